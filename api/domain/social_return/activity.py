"""The value of an activity: advice and training hours, lessons, events, agreed extras."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

import msgspec

from api.domain.errors import InvalidValue
from api.domain.social_return.credit import CreditLine, Draft, Reason, in_text, rule_ref
from api.domain.social_return.measures import DAYS_A_WEEK, half_up, in_digits, in_euros
from api.domain.social_return.rule_book import Block, RuleBook, Unit
from api.domain.values import Cents

ZERO: Final = Fraction(0)


class Activity(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What was done for people with a distance to the labour market, other than employing them."""

    activity: str
    """Code of the activity in the rule book."""
    quantity: Decimal = Decimal(1)
    """Hours, days or half-days of one person; times, where the value is for once."""
    persons: int = 1
    occasions: int = 1
    """Lessons or visits that the quantity is spread over."""
    days: int | None = None
    """Calendar days from first to last, where a maximum of hours a week holds."""
    preparation_hours: Decimal = Decimal(0)
    cost_cents: Cents | None = None
    prior_consent: bool = False
    earlier_quantity: Decimal = Decimal(0)
    """Booked before under the same activity on this obligation."""

    def __post_init__(self) -> None:
        """Refuse what can't have happened."""
        days = 1 if self.days is None else self.days
        none_or_more = (self.preparation_hours, self.earlier_quantity, self.cost_cents or 0)
        some = (self.quantity, self.persons, self.occasions, days)
        if any(count <= 0 for count in some) or any(count < 0 for count in none_or_more):
            raise InvalidValue("quantities are above zero", code="negative-quantity")


class _Case(msgspec.Struct, frozen=True):
    activity: Activity
    block: Block
    draft: Draft

    @property
    def value_cents(self) -> Cents:
        return self.block.value_cents or Cents(0)


def value_activity(activity: Activity, block: Block, book: RuleBook) -> CreditLine:
    """Value an activity in cents, half up, within the maxima of its block.

    Own choice, ADR 6: preparation counts only where the book says so, and inside the
    maxima; without the number of days the whole fits in one week.
    """
    draft = Draft(
        rule=rule_ref(book, block.code, block.source),
        inputs=_inputs(activity),
        categories=block.categories,
    )
    if block.prior_consent and not activity.prior_consent:
        gap = Reason("no-prior-consent", "the book asks for consent beforehand")
        return draft.refused("not counted", gap)
    return _BY_UNIT[block.unit](_Case(activity, block, draft))


def _inputs(activity: Activity) -> tuple[tuple[str, str], ...]:
    return (
        ("quantity", in_text(activity.quantity)),
        ("persons", str(activity.persons)),
        ("occasions", str(activity.occasions)),
        ("days", in_text(activity.days)),
        ("preparationHours", in_text(activity.preparation_hours)),
        ("costCents", in_text(activity.cost_cents)),
        ("earlierQuantity", in_text(activity.earlier_quantity)),
    )


def _hours(case: _Case) -> CreditLine:
    prepared = case.activity.preparation_hours if case.block.include_preparation else 0
    offered = Fraction(case.activity.quantity + prepared)
    counted = min([offered, *_hour_maxima(case)])
    reasons: tuple[Reason, ...] = ()
    if counted < offered:
        detail = f"{in_digits(counted)} of {in_digits(offered)} hours count"
        reasons = (Reason("capped-by-maximum-hours", detail),)
    if case.activity.preparation_hours and not case.block.include_preparation:
        detail = "the book does not say that preparation counts"
        reasons = (*reasons, Reason("preparation-not-counted", detail))
    return _units(case, counted, "hours * rate", reasons)


def _hour_maxima(case: _Case) -> list[Fraction]:
    block, activity = case.block, case.activity
    weeks = max(Fraction(1), Fraction(activity.days or DAYS_A_WEEK, DAYS_A_WEEK))
    maxima = (
        (block.max_hours_per_activity, Fraction(activity.occasions), ZERO),
        (block.max_hours_per_week, weeks, ZERO),
        (block.max_hours_total, Fraction(1), Fraction(activity.earlier_quantity)),
    )
    return [
        max(ZERO, Fraction(most) * times - used) for most, times, used in maxima if most is not None
    ]


def _units(
    case: _Case, quantity: Fraction, words: str, reasons: tuple[Reason, ...] = ()
) -> CreditLine:
    """Multiply; where the value is a ceiling, the actual cost counts up to it."""
    worth = half_up(case.value_cents * quantity * case.activity.persons)
    numbers = (
        f"{in_digits(quantity)} * {case.activity.persons} person(s) * {in_euros(case.value_cents)}"
    )
    if not case.block.ceiling:
        return case.draft.counted(worth, f"{words} * persons", numbers, *reasons)
    words = f"actual cost, at most {words} * persons"
    cost = case.activity.cost_cents
    if cost is None:
        return case.draft.unknown(words, Reason("cost-unknown", "no cost is given"))
    numbers = f"the lesser of {in_euros(cost)} and {numbers}"
    return case.draft.counted(min(cost, worth), words, numbers, *reasons)


def _days(case: _Case) -> CreditLine:
    return _units(case, Fraction(case.activity.quantity), f"{case.block.unit} * value")


def _once(case: _Case) -> CreditLine:
    if case.activity.earlier_quantity:
        again = Reason("already-counted", f"{case.block.code} counts once")
        return case.draft.refused("the value, once", again)
    return case.draft.counted(case.value_cents, "the value, once", in_euros(case.value_cents))


def _cost(case: _Case) -> CreditLine:
    words = "actual cost * (1 + mark-up)"
    cost = case.activity.cost_cents
    if cost is None:
        return case.draft.unknown(words, Reason("cost-unknown", "no cost is given"))
    factor = 1 + Fraction(case.block.markup or 0)
    numbers = f"{in_euros(cost)} * {in_digits(factor)}"
    return case.draft.counted(half_up(cost * factor), words, numbers)


_BY_UNIT: Mapping[Unit, Callable[[_Case], CreditLine]] = {
    Unit.HOUR: _hours,
    Unit.DAY: _days,
    Unit.HALF_DAY: _days,
    Unit.ONCE: _once,
    Unit.ACTUAL_COST: _cost,
}
"""Years, months, weeks and placements are no activities; the checks on rule books see to it."""
