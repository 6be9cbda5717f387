"""From what was asked and read to options, and from a plan to its lines. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Final

import msgspec

from api.domain.checks import Checks
from api.domain.errors import RuleViolation
from api.domain.social_return.activity import Activity
from api.domain.social_return.bounds import bound_faults
from api.domain.social_return.caps import caps_of
from api.domain.social_return.credit import Credit, Reason
from api.domain.social_return.measures import half_up, in_euros
from api.domain.social_return.placement import Placement
from api.domain.social_return.plan import Plan
from api.domain.social_return.plan_options import Limits, Options, PurchaseOption, hundredths
from api.domain.social_return.plan_units import Offer, Unit, activity_unit, placement_unit
from api.domain.social_return.privacy import personal_number_faults
from api.domain.social_return.purchase import Purchase, held
from api.domain.social_return.rule_book import RuleBook
from api.domain.social_return.sums import Standing, rooms_left
from api.domain.social_return.valuation import credit_for_purchase
from api.domain.tendering.cpv import relation
from api.domain.values import Cents, CpvCode, Period
from api.fulfilment_plans.queries import Candidate
from api.fulfilment_plans.schemas import (
    ActivityOptionIn,
    LineKind,
    NeedIn,
    PassedOver,
    PlacementOptionIn,
    PlanIn,
    PlanLine,
    Proposal,
)
from api.ledgers.queries import Kept

WEEK_HOURS: Final = 168
MOST_OFFERINGS: Final = 600
"""More than this are not laid before the solver: those that could bring most go first."""
PROBE: Final = Cents(10**12)
"""An amount so large that its credit tells the exact share."""


class NothingToPlan(RuleViolation):
    """What is booked and planned already covers what is due."""

    code = "nothing-to-plan"


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan stands on, beside what was asked."""

    kept: Kept
    book: RuleBook
    standing: Standing
    today: date
    contractor_kvk: str | None
    earlier: Mapping[str, Decimal]
    """Quantity booked before, by activity."""


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate for a need, with what it can still take on in the window."""

    need: NeedIn
    candidate: Candidate
    free_cents: int | None
    """In the window; `None` is unknown."""


class Usable(msgspec.Struct, frozen=True):
    """A candidate that counts for a need, and the option that stands for it."""

    offered: Offered
    option: PurchaseOption


class Piece(msgspec.Struct, frozen=True):
    """A placement or activity that was offered, with the credit of one of it."""

    asked: PlacementOptionIn | ActivityOptionIn
    unit: Unit


class Laid(msgspec.Struct, frozen=True):
    """Everything laid before the solver, in its order, and who was passed over."""

    usable: tuple[Usable, ...]
    pieces: tuple[Piece, ...]
    passed_over: tuple[PassedOver, ...]

    @property
    def options(self) -> Options:
        """Give the options alone."""
        return Options(
            tuple(one.option for one in self.usable), tuple(one.unit.option for one in self.pieces)
        )


def check(given: PlanIn, kept: Kept, unknown: Iterable[tuple[str, str, str]]) -> None:
    """Refuse what can't be planned, all at once; `unknown` are codes not in the reference."""
    checks = Checks()
    checks.faults += bound_faults(given)
    checks.settle()
    if not (given.needs or given.placements or given.activities):
        checks.note("missing-field", "give needs, placements or activities to choose from", "")
    keys = _keys(given)
    if len(set(keys)) < len(keys):
        checks.note("duplicate-key", "every key names one need, placement or activity", "/needs")
    for code, detail, place in unknown:
        checks.note(code, detail, place)
    for n, need in enumerate(given.needs):
        _check_need(checks, need, kept, f"/needs/{n}")
    for n, placement in enumerate(given.placements):
        _check_placement(checks, placement, kept, f"/placements/{n}")
    for n, activity in enumerate(given.activities):
        days = (activity.happens_on, activity.happens_on + timedelta(days=1))
        _check_days(checks, days, kept, f"/activities/{n}")
    for text in (*keys, "" if given.jobs is None else given.jobs.source):
        checks.faults += personal_number_faults(text, "/needs")
    checks.settle()


def _keys(given: PlanIn) -> list[str]:
    keys = [one.key for one in given.needs]
    keys += [one.key for one in given.placements]
    return keys + [one.key for one in given.activities]


def _check_placement(checks: Checks, one: PlacementOptionIn, kept: Kept, place: str) -> None:
    _check_days(checks, (one.from_day, one.until_day), kept, place)
    if not 0 < one.hours_per_week <= WEEK_HOURS:
        checks.note("invalid-value", "hours a week", f"{place}/hoursPerWeek")


def _check_need(checks: Checks, need: NeedIn, kept: Kept, place: str) -> None:
    _check_days(checks, (need.from_day, need.until_day), kept, place)
    day = expected_on(need)
    if not kept.starts_on <= day < kept.due_on:
        detail = f"the invoice must fall within {kept.starts_on} and {kept.due_on}"
        checks.note("outside-period", detail, f"{place}/invoiceOn")
    for name, share in (("labourShare", need.labour_share), ("extraShare", need.extra_share)):
        if share is not None and not 0 <= share <= 1:
            checks.note("invalid-value", "a share lies between 0 and 1", f"{place}/{name}")


def _check_days(checks: Checks, days: tuple[date, date], kept: Kept, place: str) -> None:
    from_day, until_day = days
    if until_day <= from_day:
        checks.note("invalid-period", "the period ends before it starts", place)
    elif from_day >= kept.due_on or until_day > kept.due_on:
        detail = f"all must be fulfilled before {kept.due_on}"
        checks.note("outside-period", detail, place)


def expected_on(need: NeedIn) -> date:
    """Give the day on which a mark must be valid: that of the invoice."""
    return need.invoice_on or need.until_day - timedelta(days=1)


def days_of(need: NeedIn) -> int:
    """Count the days in the window of a need."""
    return (need.until_day - need.from_day).days


def laid_out(given: PlanIn, offered: Sequence[Offered], ground: Ground) -> Laid:
    """Lay before the solver what counts, and keep why the others do not."""
    usable: list[Usable] = []
    passed: list[PassedOver] = []
    for one in offered:
        credit = _credit(one.need, PROBE, one.candidate, ground.book)
        reasons = (*_refusals(one, given, ground), *_uncounted(credit))
        if reasons:
            passed.append(_passed_over(one, reasons))
        else:
            usable.append(Usable(one, _option(one, given, credit)))
    usable.sort(key=_promise)
    passed += [_passed_over(one.offered, (_TOO_MANY,)) for one in usable[MOST_OFFERINGS:]]
    pieces = [_placement(one, ground) for one in given.placements]
    pieces += [_activity(one, ground) for one in given.activities]
    return Laid(tuple(usable[:MOST_OFFERINGS]), tuple(pieces), tuple(passed))


_TOO_MANY: Final = Reason(
    "many-candidates", f"more than {MOST_OFFERINGS} offerings could bring more"
)


def limits_of(given: PlanIn, ground: Ground, target: Cents) -> Limits:
    """Give the limits of a plan: needs, budget, and the room that is left under each cap."""
    return Limits(
        target_cents=target,
        needs={one.key: Cents(one.amount_cents) for one in given.needs},
        rooms=rooms_left(ground.standing, caps_of(ground.book)),
        budget_cents=None if given.budget_cents is None else Cents(given.budget_cents),
    )


def proposal_of(given: PlanIn, plan: Plan, laid: Laid, ground: Ground) -> Proposal:
    """Write a plan out in lines that explain themselves."""
    lines = tuple(_lines(plan, laid, ground.book))
    sources = [ground.book.source_text(None)]
    if given.jobs is not None:
        sources.append(given.jobs.source)
    suppliers = {one.offered.candidate.supplier_id for one in laid.usable}
    suppliers |= {one.supplier_id for one in laid.passed_over}
    return Proposal(
        objective=given.objective,
        closes=plan.closes,
        credit_cents=sum(line.credit_cents for line in lines),
        extra_cost_cents=plan.extra_cost_cents,
        job_years=plan.job_years,
        suppliers=plan.suppliers,
        proof=plan.proof,
        bound=plan.bound,
        lines=lines,
        blockers=plan.blockers,
        considered=len(suppliers),
        passed_over=laid.passed_over,
        sources=tuple(sources),
    )


def labour_of(need: NeedIn, amount: int) -> Cents | None:
    """Give the labour part of an amount, rounded up so that no line brings less than planned."""
    share = need.labour_share
    return None if share is None else Cents(min(amount, ceil(Fraction(share) * amount)))


def _credit(need: NeedIn, amount: Cents, candidate: Candidate, book: RuleBook) -> Credit:
    purchase = Purchase(
        invoice_cents=amount,
        invoiced_on=expected_on(need),
        marks=tuple(held(mark) for mark in candidate.marks),
        labour_cents=labour_of(need, amount),
        subject=need.subject,
    )
    return credit_for_purchase(purchase, book)


def _uncounted(credit: Credit) -> tuple[Reason, ...]:
    if credit.amount_cents:
        return ()
    return tuple(reason for line in credit.lines for reason in line.reasons)


def _refusals(one: Offered, given: PlanIn, ground: Ground) -> Iterator[Reason]:
    need, candidate = one.need, one.candidate
    if candidate.kvk_number is not None and candidate.kvk_number == ground.contractor_kvk:
        yield Reason("own-invoice", "a contractor does not buy from itself")
    if not candidate.covers:
        yield Reason("area-not-covered", f"does not serve the whole of {need.area}")
    ready = ground.today + timedelta(days=candidate.lead_time_days or 0)
    if need.until_day <= ready:
        yield Reason("lead-time", f"can't deliver before {ready}")
    least = _least(one, given)
    if least > need.amount_cents:
        detail = f"takes orders from {in_euros(least)}, {in_euros(need.amount_cents)} is needed"
        yield Reason("below-minimum-order", detail)
    if one.free_cents is not None and one.free_cents < max(1, least):
        detail = f"{in_euros(one.free_cents)} is free from {need.from_day} to {need.until_day}"
        yield Reason("no-free-capacity", detail)


def _least(one: Offered, given: PlanIn) -> int:
    smallest = min(given.smallest_purchase_cents, one.need.amount_cents)
    return max(one.candidate.minimum_order_cents, smallest)


def _option(one: Offered, given: PlanIn, credit: Credit) -> PurchaseOption:
    per_job = None if given.jobs is None else given.jobs.cents_per_job_year
    return PurchaseOption(
        need=one.need.key,
        supplier=str(one.candidate.supplier_id),
        offering=str(one.candidate.offering_id),
        share=Fraction(credit.amount_cents or 0, PROBE),
        extra_share=Fraction(one.need.extra_share),
        job_years=Fraction(0) if per_job is None else Fraction(1, per_job),
        at_least_cents=Cents(_least(one, given)),
        capacity_cents=None if one.free_cents is None else Cents(one.free_cents),
        categories=credit.categories,
    )


def _promise(one: Usable) -> tuple[Fraction, str, str]:
    """Order by the most credit that it could bring, then by id: rows in any order are alike."""
    free, need = one.offered.free_cents, one.offered.need
    most = need.amount_cents if free is None else min(need.amount_cents, free)
    return (-one.option.share * most, one.option.offering, need.key)


def _passed_over(one: Offered, reasons: Sequence[Reason]) -> PassedOver:
    return PassedOver(
        need=one.need.key,
        supplier_id=one.candidate.supplier_id,
        supplier=one.candidate.name,
        reasons=tuple(reasons),
    )


def _placement(asked: PlacementOptionIn, ground: Ground) -> Piece:
    placement = Placement(
        block=asked.block,
        started_on=asked.from_day,
        period=Period(asked.from_day, asked.until_day),
        hours_per_week=asked.hours_per_week,
        contract_starts_on=ground.kept.starts_on,
        wage_subsidy=asked.wage_subsidy,
        prior_consent=asked.prior_consent,
        bonuses=asked.bonuses,
    )
    return Piece(asked, placement_unit(placement, _offer(asked), ground.book))


def _activity(asked: ActivityOptionIn, ground: Ground) -> Piece:
    one = Activity(
        activity=asked.activity,
        prior_consent=asked.prior_consent,
        earlier_quantity=ground.earlier.get(asked.activity, Decimal(0)),
        cost_cents=Cents(asked.cost_cents),
    )
    return Piece(asked, activity_unit(one, _offer(asked), ground.book))


def _offer(asked: PlacementOptionIn | ActivityOptionIn) -> Offer:
    return Offer(key=asked.key, at_most=asked.at_most, cost_cents=Cents(asked.cost_cents))


def _lines(plan: Plan, laid: Laid, book: RuleBook) -> Iterator[PlanLine]:
    for usable, cents in zip(laid.usable, plan.mix.amounts, strict=True):
        if cents:
            yield _purchase_line(usable, Cents(cents), book)
    for piece, count in zip(laid.pieces, plan.mix.counts, strict=True):
        if count or not piece.unit.option.at_most:
            yield _unit_line(piece, count)


def _purchase_line(usable: Usable, cents: Cents, book: RuleBook) -> PlanLine:
    need, candidate = usable.offered.need, usable.offered.candidate
    credit = _credit(need, cents, candidate, book)
    return PlanLine(
        kind=LineKind.PURCHASE,
        key=need.key,
        supplier_id=candidate.supplier_id,
        supplier=candidate.name,
        offering_id=candidate.offering_id,
        offering=candidate.title,
        amount_cents=cents,
        credit_cents=credit.amount_cents or 0,
        extra_cost_cents=half_up(usable.option.extra_share * cents),
        job_years=hundredths(usable.option.job_years * cents),
        expected_on=expected_on(need),
        sums=credit.lines,
        why=tuple(_why(usable.offered)),
    )


def _why(one: Offered) -> Iterator[Reason]:
    wanted = CpvCode(one.need.cpv_code)
    related = [(code, relation(code, wanted)) for code in one.candidate.cpv_codes]
    for code, found in related:
        if found is not None:
            yield Reason(f"category-{found}", f"offers {code}, {wanted} is needed")
            break
    yield Reason("area-covered", one.need.area or "no area was asked")
    if one.free_cents is None:
        yield Reason("capacity-unknown", "the supplier did not say what it can take on: ask")
    else:
        window = f"from {one.need.from_day} to {one.need.until_day}"
        yield Reason("free-capacity", f"{in_euros(one.free_cents)} {window}")


def _unit_line(piece: Piece, count: int) -> PlanLine:
    asked, unit = piece.asked, piece.unit
    placed = isinstance(asked, PlacementOptionIn)
    reason = Reason("offered", f"{count} of at most {unit.option.at_most}")
    if not unit.option.at_most:
        reason = Reason("brings-nothing", "see the reasons of its sum")
    return PlanLine(
        kind=LineKind.PLACEMENT if placed else LineKind.ACTIVITY,
        key=asked.key,
        supplier_id=asked.supplier_id if isinstance(asked, ActivityOptionIn) else None,
        count=count,
        credit_cents=unit.option.credit_cents * count,
        extra_cost_cents=unit.option.cost_cents * count,
        job_years=hundredths(unit.option.job_years * count),
        expected_on=asked.from_day if isinstance(asked, PlacementOptionIn) else asked.happens_on,
        sums=unit.credit.lines,
        why=(reason,),
    )
