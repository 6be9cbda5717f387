"""From input to an assessed obligation: pure steps between what is read and what is stored."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from api.domain.checks import Checks
from api.domain.errors import RuleViolation
from api.domain.social_return.bounds import bound_faults
from api.domain.social_return.discount import Contractor, own_discount
from api.domain.social_return.measures import months_in
from api.domain.social_return.obligation import (
    Contract,
    Duty,
    TenderTerms,
    assess_obligation,
)
from api.domain.social_return.position import Position
from api.domain.social_return.privacy import personal_number_faults
from api.domain.social_return.purchase import HeldMark, MarkStatus
from api.domain.social_return.rule_book import RuleBook
from api.domain.tendering.law import BuyerLevel, ContractKind
from api.domain.tendering.regime import threshold_for
from api.domain.values import Cents, Period
from api.obligations.schemas import (
    Assessed,
    AssessmentIn,
    Basis,
    ObligationIn,
    ObligationState,
    OwnMarkIn,
)
from api.tenders.schemas import LotOut

EURO: Final = "EUR"
DAY: Final = timedelta(days=1)


class NoRuleBook(RuleViolation):
    """No single rule book applies; name the one that the tender documents cite."""

    code = "no-rule-book"


def completed(given: ObligationIn, lot: LotOut | None, published_on: date | None) -> ObligationIn:
    """Fill in from the lot what was not given."""
    if lot is None:
        return given
    ends_on = None if lot.ends_on is None else lot.ends_on + DAY
    return msgspec.structs.replace(
        given,
        title=given.title or lot.title[:200],
        published_on=given.published_on or published_on,
        starts_on=given.starts_on or lot.starts_on,
        due_on=given.due_on or ends_on,
        contract=msgspec.structs.replace(
            given.contract,
            kind=given.contract.kind or lot.nature,
            value_cents=_value(given, lot),
            months=_months(given, lot),
        ),
    )


def check(given: ObligationIn) -> None:
    """Refuse what is missing or wrong, all at once."""
    checks = Checks()
    checks.faults += bound_faults(given)
    for name in ("title", "starts_on", "due_on"):
        if getattr(given, name) is None:
            place = f"/{_camel(name)}"
            checks.note("missing-field", f"{_camel(name)} is known from no lot.", place)
    if given.starts_on and given.due_on and given.starts_on >= given.due_on:
        checks.note("invalid-period", "the obligation is due before it starts", "/dueOn")
    for place, text in (("/title", given.title), ("/terms/source", _source(given))):
        checks.faults += personal_number_faults(text or "", place)
    checks.settle()


def check_assessment(given: AssessmentIn) -> None:
    """Refuse numbers and days that no contract holds, and a personal number in the source."""
    checks = Checks()
    checks.faults += bound_faults(given)
    checks.faults += personal_number_faults(_source(given) or "", "/terms/source")
    checks.settle()


def basis_of(given: AssessmentIn, awarded_on: date | None) -> Basis:
    """Gather what the assessment stands on."""
    terms = given.terms
    return Basis(
        contract=Contract(**msgspec.structs.asdict(given.contract)),
        terms=None if terms is None else TenderTerms(**msgspec.structs.asdict(terms)),
        contractor=None
        if awarded_on is None
        else Contractor(
            marks=tuple(_held(mark) for mark in given.own_marks),
            awarded_on=awarded_on,
            target_group_share=given.target_group_share,
            areas=given.areas,
        ),
    )


def assessed(basis: Basis, book: RuleBook, published_on: date | None) -> Assessed:
    """Assess what is owed, and what own certificates take off."""
    owed = assess_obligation(basis.contract, book, thresholds_on(published_on), basis.terms)
    if owed.amount_cents is None or basis.contractor is None or owed.duty is not Duty.OWED:
        return Assessed(obligation=owed)
    contractor = msgspec.structs.replace(basis.contractor, obligation_share=owed.share)
    discount = own_discount(owed.amount_cents, contractor, book)
    return Assessed(obligation=owed, discount=discount)


def discount_cents(found: Assessed) -> Cents:
    """Give the discount; one that is not decided yet takes off nothing."""
    if found.discount is None or found.discount.amount_cents is None:
        return Cents(0)
    return found.discount.amount_cents


def thresholds_on(day: date | None) -> Mapping[str, Cents]:
    """Name the European thresholds of a day as rule books refer to them."""
    if day is None:
        return {}
    found = {
        f"eu.{kind}.{level}": threshold_for(kind, level, day)
        for kind in ContractKind
        for level in BuyerLevel
    }
    return {name: Cents(row.amount_cents) for name, row in found.items() if row is not None}


def state_of(found: Position, duty: Duty, due_on: date, today: date) -> ObligationState:
    """Derive where an obligation stands on a day."""
    if duty is Duty.NOT_OWED:
        return ObligationState.NOT_OWED
    if found.remaining_cents is None:
        return ObligationState.UNKNOWN
    if not found.remaining_cents:
        return ObligationState.FULFILLED
    return ObligationState.OVERDUE if today >= due_on else ObligationState.OPEN


def _held(mark: OwnMarkIn) -> HeldMark:
    until = None if mark.valid_until is None else mark.valid_until + DAY
    period = Period(mark.valid_from, until)
    return HeldMark(scheme=mark.scheme, level=mark.level, status=MarkStatus.VERIFIED, period=period)


def _value(given: ObligationIn, lot: LotOut) -> int | None:
    if given.contract.value_cents is not None or lot.estimated_value is None:
        return given.contract.value_cents
    amount = lot.estimated_value
    return amount.amount_cents if amount.currency == EURO else None


def _months(given: ObligationIn, lot: LotOut) -> Decimal | None:
    """Count the months of a dated lot; a length in days alone is not turned into months."""
    if given.contract.months is not None or lot.starts_on is None or lot.ends_on is None:
        return given.contract.months
    months = months_in(Period(lot.starts_on, lot.ends_on + DAY), lot.starts_on)
    return (Decimal(months.numerator) / months.denominator).quantize(Decimal("0.01"))


def _source(given: AssessmentIn) -> str | None:
    return None if given.terms is None else given.terms.source


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
