"""From a claim as given to what is valued, guarded and kept. Pure: what is read comes along."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import msgspec

from api.accounts.service import Actor
from api.domain.checks import Checks
from api.domain.directory import QualityMark
from api.domain.errors import InvalidValue, RuleViolation
from api.domain.social_return.activity import Activity
from api.domain.social_return.bounds import bound_faults
from api.domain.social_return.credit import Credit, Reason
from api.domain.social_return.displacement import (
    NORMS,
    DisplacementCheck,
    DisplacementFacts,
    Replaces,
    check_displacement,
)
from api.domain.social_return.double_count import (
    Beside,
    ClaimedHours,
    ClaimedInvoice,
    invoice_counts_twice,
    invoice_key,
    person_counts_twice,
)
from api.domain.social_return.entries import Act
from api.domain.social_return.measures import weeks_in
from api.domain.social_return.placement import Placement
from api.domain.social_return.privacy import personal_number_faults, pseudonym
from api.domain.social_return.purchase import Purchase, held
from api.domain.social_return.rule_book import RuleBook
from api.domain.social_return.signals import (
    FOUR_PLACES,
    Bought,
    Placed,
    Spend,
    Work,
    with_placement,
    with_purchase,
)
from api.domain.social_return.valuation import (
    credit_for_activity,
    credit_for_custom_arrangement,
    credit_for_placement,
    credit_for_purchase,
)
from api.domain.values import Cents, KvkNumber, Period
from api.fulfilments.schemas import (
    ActivityIn,
    ArrangementIn,
    ClaimIn,
    DeclarationIn,
    Details,
    Fulfilment,
    PlacementIn,
    PurchaseIn,
)
from api.ledgers.queries import Kept
from api.rule_books.service import WrongOrganisation


class NothingCounts(RuleViolation):
    """By the rule book this brings nothing, or what it brings is not known."""

    code = "nothing-counts"


class CountedTwice(RuleViolation):
    """Together with what is booked already, an invoice or a person would count twice."""

    code = "counted-twice"

    def __init__(self) -> None:
        super().__init__(
            "This would count for more than the whole of it, together with what is booked"
            " already, here or elsewhere. Ask the authority's coordinator."
        )


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A keyed hash under which something counts once, over all authorities."""

    token: str | None = None
    pseudonym: str | None = None
    """Of a person, for one authority."""


class Earlier(msgspec.Struct, frozen=True):
    """What was booked before for the same person and block, or under the same activity."""

    starts_on: date | None
    ends_on: date | None
    facts: dict[str, Any]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What was read before a claim is decided."""

    book: RuleBook
    contract_starts_on: date
    marks: tuple[QualityMark, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    work: Work | None = None
    spend: Spend | None = None
    turnover_cents: int | None = None
    """Of the supplier, a year."""


def check(given: ClaimIn) -> None:
    """Refuse personal numbers in any free text, and quantities that can't be, all at once."""
    checks = Checks()
    checks.faults += bound_faults(given)
    for place, text in _texts(given):
        checks.faults += personal_number_faults(text, place)
    checks.settle()
    one, place = given.fulfilment, "/fulfilment"
    if isinstance(one, PlacementIn):
        _check_placement(checks, one, place)
    if isinstance(one, PurchaseIn):
        checks.attempt(lambda text: invoice_key(KvkNumber(""), text), one.invoice_number, place)
        if one.claimed_cents is not None and one.claimed_cents > one.invoice_cents:
            detail = "more than the whole invoice is claimed"
            checks.note("invalid-amount", detail, f"{place}/claimedCents")
    if _unjustified(given.declaration):
        detail = "say why work of regular staff is replaced"
        checks.note("missing-field", detail, "/declaration/justification")
    checks.settle()


def _check_placement(checks: Checks, one: PlacementIn, place: str) -> None:
    if one.from_day >= one.until_day or one.from_day < one.started_on:
        checks.note("invalid-period", "the claimed days are none, or too early", place)
    if one.hours_per_week is None and one.hours_total is None:
        detail = "give hoursPerWeek or hoursTotal"
        checks.note("missing-field", detail, f"{place}/hoursPerWeek")


def _unjustified(declared: DeclarationIn | None) -> bool:
    replaces = declared is not None and declared.replaces is Replaces.REPLACEMENT
    return replaces and declared is not None and not declared.justification.strip()


def check_reason(reason: str) -> None:
    """Refuse a personal number in a reason."""
    checks = Checks()
    checks.faults += personal_number_faults(reason, "/reason")
    checks.settle()


def credit_of(one: Fulfilment, known: Known) -> Credit:
    """Value a fulfilment by the rule book; refuse what brings nothing, or nobody knows what."""
    credit = valued(one, known)
    if not credit.amount_cents:
        reasons = [reason.detail for line in credit.lines for reason in line.reasons]
        raise NothingCounts("; ".join(reasons) or "the value is nothing")
    return credit


def valued(one: Fulfilment, known: Known) -> Credit:
    """Value a fulfilment by the rule book, whatever comes of it."""
    try:
        return _valued(one, known)
    except InvalidValue as error:
        raise NothingCounts(error.detail) from error


def token_of(one: Fulfilment, authority: UUID, supplier_kvk: str | None, key: bytes) -> Token:
    """Give the keyed hashes of what may count once only (ADR 18)."""
    if isinstance(one, PurchaseIn):
        supplier = KvkNumber(supplier_kvk or str(one.supplier_id))
        return Token(token=pseudonym(key, "invoice", invoice_key(supplier, one.invoice_number)))
    if isinstance(one, PlacementIn):
        reference = f"{one.person.issuer}/{one.person.reference}"
        return Token(
            token=pseudonym(key, "person", reference),
            pseudonym=pseudonym(key, f"person {authority}", reference),
        )
    return Token()


def guard(one: Fulfilment, obligation: UUID, book: RuleBook, beside: Sequence[Beside]) -> None:
    """Refuse what would count twice; nothing of the other contract is told (ADR 18)."""
    twice = False
    if isinstance(one, PurchaseIn):
        invoice = ClaimedInvoice(
            supplier=KvkNumber(""),
            invoice_number=one.invoice_number,
            invoice_cents=Cents(one.invoice_cents),
            claimed_cents=_claimed(one),
        )
        twice = invoice_counts_twice(invoice, beside)
    if isinstance(one, PlacementIn):
        period = Period(one.from_day, one.until_day)
        hours = ClaimedHours(period=period, hours_per_week=_hours(one))
        twice = person_counts_twice(hours, obligation, book, beside)
    if twice:
        raise CountedTwice


def signals_of(given: ClaimIn, known: Known) -> DisplacementCheck | None:
    """Judge displacement, market price and concentration; they are for a person to weigh."""
    one, declared = given.fulfilment, given.declaration or DeclarationIn()
    facts = DisplacementFacts(
        replaces=declared.replaces,
        justification=declared.justification,
        paid_jobs_replaced=declared.paid_jobs_replaced,
        contract_starts_on=known.contract_starts_on,
        entry_window_months=known.book.entry_window_months,
    )
    if isinstance(one, PlacementIn):
        placed = Placed(
            period=Period(one.from_day, one.until_day),
            started_on=one.started_on,
            hours_per_week=_hours(one),
            unpaid=one.unpaid,
            earlier=tuple(Period(each.starts_on, each.ends_on) for each in known.earlier),
        )
        return check_displacement(with_placement(facts, placed, known.work), NORMS)
    if isinstance(one, PurchaseIn):
        reference = declared.reference_price_cents
        bought = Bought(
            invoice_cents=Cents(one.invoice_cents),
            claimed_cents=_claimed(one),
            reference_price_cents=None if reference is None else Cents(reference),
            turnover_cents=known.turnover_cents,
        )
        return check_displacement(with_purchase(facts, bought, known.spend), NORMS)
    return None


def claim_columns(one: Fulfilment, token: Token) -> dict[str, Any]:
    """Give the columns of a claim that the rules of the ledger do not decide."""
    columns: dict[str, Any] = {
        "kind": one.__struct_config__.tag,
        "code": None,
        "supplier": getattr(one, "supplier_id", None),
        "token": token.token,
        "whole_cents": None,
        "starts_on": None,
        "ends_on": None,
        "hours_per_week": None,
    }
    if isinstance(one, PlacementIn):
        days = {"starts_on": one.from_day, "ends_on": one.until_day}
        columns |= {"code": one.block, "hours_per_week": _hours(one)} | days
    elif isinstance(one, PurchaseIn):
        columns["whole_cents"] = one.invoice_cents
    elif isinstance(one, ActivityIn):
        columns["code"] = one.activity
    return columns


def basis_cents(one: Fulfilment) -> Cents:
    """Give the invoice amount behind a credit; nothing where there is no invoice."""
    return _claimed(one) if isinstance(one, PurchaseIn) else Cents(0)


def facts_of(one: Fulfilment) -> dict[str, Any]:
    """Give the facts as given, without by what a person is known; who issued that stays."""
    facts: dict[str, Any] = msgspec.to_builtins(one)
    if "person" in facts:
        facts["issuer"] = facts.pop("person")["issuer"]
    return facts


def details_of(
    given: ClaimIn, known: Known, credit: Credit, pseudonym_: str | None, cut: tuple[Reason, ...]
) -> Details:
    """Give what an entry keeps of a claim, so that the chain covers it."""
    one = given.fulfilment
    return Details(
        kind=str(one.__struct_config__.tag),
        facts=facts_of(one),
        lines=credit.lines,
        group=group_of(one, known.book),
        pseudonym=pseudonym_,
        evidence=given.evidence,
        declaration=given.declaration,
        signals=signals_of(given, known),
        note=given.note,
        cut=cut,
    )


def salted(made: Details, salt: str) -> Details:
    """Let the hash over what concerns a person be one that nobody can guess (ADR 47)."""
    return made if made.pseudonym is None else msgspec.structs.replace(made, salt=salt)


def check_side(kept: Kept, act: Act, actor: Actor) -> None:
    """Refuse an act that is of the other side of the obligation."""
    if act is Act.COUNTER and actor.organisation in {kept.authority, kept.contractor}:
        return
    side = kept.contractor if act in _OF_CONTRACTOR else kept.authority
    if act is Act.COUNTER or actor.organisation != side:
        raise WrongOrganisation(f"This side of the obligation may not {act}.")


_OF_CONTRACTOR: Final = frozenset({Act.PLAN, Act.SUBMIT, Act.WITHDRAW})


def group_of(one: Fulfilment, book: RuleBook) -> str | None:
    """Give the target group of a placement, as the book names it."""
    if not isinstance(one, PlacementIn):
        return None
    found = next((block for block in book.blocks if block.code == one.block), None)
    return one.block if found is None or found.group is None else found.group


def _texts(given: ClaimIn) -> list[tuple[str, str]]:
    one = given.fulfilment
    found = [("/note", given.note)]
    if given.evidence is not None:
        found.append(("/evidence/reference", given.evidence.reference))
    if given.declaration is not None:
        found.append(("/declaration/justification", given.declaration.justification))
    if isinstance(one, PlacementIn):
        found.append(("/fulfilment/person/reference", one.person.reference))
        found.append(("/fulfilment/person/issuer", one.person.issuer))
    if isinstance(one, PurchaseIn):
        found.append(("/fulfilment/subject", one.subject or ""))
    if isinstance(one, ArrangementIn):
        found.append(("/fulfilment/agreement", one.agreement))
    return found


def _valued(one: Fulfilment, known: Known) -> Credit:
    if isinstance(one, PlacementIn):
        return credit_for_placement(_placement(one, known), known.book)
    if isinstance(one, PurchaseIn):
        purchase = Purchase(
            invoice_cents=_claimed(one),
            invoiced_on=one.invoiced_on,
            marks=tuple(held(mark) for mark in known.marks),
            labour_cents=None if one.labour_cents is None else Cents(one.labour_cents),
            subject=one.subject,
        )
        return credit_for_purchase(purchase, known.book)
    if isinstance(one, ActivityIn):
        return credit_for_activity(_activity(one, known), known.book)
    agreed = Cents(one.agreed_cents)
    return credit_for_custom_arrangement(agreed, one.category, one.agreement, known.book)


def _placement(one: PlacementIn, known: Known) -> Placement:
    before = known.earlier
    hours = sum((Decimal(str(each.facts.get("hoursTotal") or 0)) for each in before), Decimal(0))
    return Placement(
        block=one.block,
        started_on=one.started_on,
        period=Period(one.from_day, one.until_day),
        hours_per_week=one.hours_per_week,
        hours_total=one.hours_total,
        cost_cents=None if one.cost_cents is None else Cents(one.cost_cents),
        contract_starts_on=known.contract_starts_on,
        wage_subsidy=one.wage_subsidy,
        prior_consent=one.prior_consent,
        bonuses=one.bonuses,
        earlier=tuple(Period(each.starts_on, each.ends_on) for each in before),
        earlier_hours=hours,
        earlier_bonuses=tuple(code for each in before for code in each.facts.get("bonuses", ())),
    )


def _activity(one: ActivityIn, known: Known) -> Activity:
    booked = (Decimal(str(each.facts.get("quantity", 1))) for each in known.earlier)
    return Activity(
        activity=one.activity,
        quantity=one.quantity,
        persons=one.persons,
        occasions=one.occasions,
        days=one.days,
        preparation_hours=one.preparation_hours,
        cost_cents=None if one.cost_cents is None else Cents(one.cost_cents),
        prior_consent=one.prior_consent,
        earlier_quantity=sum(booked, Decimal(0)),
    )


def _claimed(one: PurchaseIn) -> Cents:
    return Cents(one.invoice_cents if one.claimed_cents is None else one.claimed_cents)


def _hours(one: PlacementIn) -> Decimal:
    """Give the hours a week; where only a total is known, spread over the days claimed."""
    if one.hours_per_week is not None:
        return one.hours_per_week.quantize(FOUR_PLACES)
    weeks = weeks_in(Period(one.from_day, one.until_day))
    spread = Decimal(weeks.denominator) / Decimal(weeks.numerator)
    return ((one.hours_total or Decimal(0)) * spread).quantize(FOUR_PLACES)
