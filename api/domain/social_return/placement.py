"""The value of a placement (plaatsing): building block, maxima, then bonuses."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

import msgspec

from api.domain.errors import InvalidValue
from api.domain.social_return.credit import (
    CreditLine,
    Draft,
    Reason,
    in_text,
    rule_ref,
)
from api.domain.social_return.measures import (
    CENTS_A_EURO,
    MONTHS_A_YEAR,
    half_up,
    in_digits,
    in_euros,
    months_in,
    months_in_all,
    months_later,
    weeks_in,
)
from api.domain.social_return.rule_book import Block, FullTime, HourRateRounding, RuleBook, Unit
from api.domain.values import Cents, Period

ZERO: Final = Fraction(0)


class Placement(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One person at work for a period. No name, birth date or diagnosis: only codes."""

    block: str
    started_on: date
    """The day the work with this employer began; months are counted from it."""
    period: Period
    """The days claimed now, closed, from `started_on` on."""
    hours_per_week: Decimal | None = None
    hours_total: Decimal | None = None
    """Hours worked in the period, where no week was agreed (people hired by the hour)."""
    cost_cents: Cents | None = None
    contract_starts_on: date | None = None
    wage_subsidy: bool = False
    prior_consent: bool = False
    bonuses: tuple[str, ...] = ()
    earlier: tuple[Period, ...] = ()
    """Periods of the same person and block that were booked before."""
    earlier_hours: Decimal = Decimal(0)
    earlier_bonuses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse hours or a cost below zero: a correction is a counter-entry."""
        given = (self.hours_per_week, self.hours_total, self.cost_cents, self.earlier_hours)
        if any(quantity is not None and quantity < 0 for quantity in given):
            raise InvalidValue("hours and cost are not below zero", code="negative-quantity")


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A placement beside its block, with the months that count."""

    placement: Placement
    book: RuleBook
    block: Block
    draft: Draft
    offered_months: Fraction
    counted_months: Fraction

    @property
    def value_cents(self) -> Cents:
        """Give the block's value; the checks on rule books see to it (own choice, ADR 6)."""
        return self.block.value_cents or Cents(0)

    @property
    def share_counted(self) -> Fraction:
        """Give the part of the offered months that counts (own choice, ADR 6)."""
        return self.counted_months / self.offered_months


def placement_case(placement: Placement, block: Block, book: RuleBook) -> Case:
    """Set a placement beside its block; the earliest months fill the maximum (ADR 6)."""
    if not placement.period.starts_on or placement.period.starts_on < placement.started_on:
        raise InvalidValue("the period starts before the placement", code="invalid-period")
    offered = months_in(placement.period, placement.started_on)
    if not offered:
        raise InvalidValue("the period holds no day", code="empty-period")
    return Case(
        placement=placement,
        book=book,
        block=block,
        draft=Draft(
            rule=rule_ref(book, block.code, block.source),
            inputs=_inputs(placement, offered),
            categories=block.categories,
        ),
        offered_months=offered,
        counted_months=_counted_months(placement, block, book, offered),
    )


def value_block(case: Case) -> CreditLine:
    """Value the block of a placement in cents; a closed door comes before any sum (ADR 6)."""
    reason = _closed_door(case)
    if reason:
        return case.draft.refused("not counted", reason)
    return _BY_UNIT[case.block.unit](case)


def per_full_time_year(case: Case, draft: Draft, year_value: Cents) -> CreditLine:
    """Take a year value pro rata of hours and months, or by the hour.

    Cents, half up. A week counts up to full time. Source: "naar rato omvang en duur"
    (impactoost.nl); the rate of an hour is the year value over the hours of a year.
    """
    if case.placement.hours_per_week is not None:
        return _by_week(case, draft, year_value, case.placement.hours_per_week)
    if case.placement.hours_total is not None:
        return _by_hour(case, draft, year_value, case.placement.hours_total)
    return draft.unknown("year value pro rata", Reason("hours-unknown", "no hours are given"))


def hour_rate_cents(year_value: Cents, full_time: FullTime | None) -> Cents | None:
    """Give the rate of an hour in cents, rounded half up as the book says.

    `None` where the book has no hours a year. Source: year value over 1,872 hours in whole
    euros (Noordoost-Brabant), over 2,080 hours in cents (Rijnmond).
    """
    if full_time is None or full_time.hours_per_year is None:
        return None
    rate = Fraction(year_value) / Fraction(full_time.hours_per_year)
    if full_time.hour_rate_rounding is HourRateRounding.EURO:
        return Cents(half_up(rate / CENTS_A_EURO) * CENTS_A_EURO)
    return half_up(rate)


def _inputs(placement: Placement, offered: Fraction) -> tuple[tuple[str, str], ...]:
    return (
        ("startedOn", placement.started_on.isoformat()),
        ("from", in_text(placement.period.starts_on)),
        ("until", in_text(placement.period.ends_on)),
        ("months", in_digits(offered)),
        ("hoursPerWeek", in_text(placement.hours_per_week)),
        ("hoursTotal", in_text(placement.hours_total)),
        ("costCents", in_text(placement.cost_cents)),
    )


def _counted_months(
    placement: Placement, block: Block, book: RuleBook, offered: Fraction
) -> Fraction:
    lifted = placement.wage_subsidy and book.wage_subsidy_lifts_maximum
    if block.max_months is None or lifted:
        return offered
    used = months_in_all(placement.earlier, placement.started_on)
    return max(ZERO, min(offered, Fraction(block.max_months) - used))


def _closed_door(case: Case) -> Reason | None:
    if case.block.prior_consent and not case.placement.prior_consent:
        return Reason("no-prior-consent", "the book asks for consent beforehand")
    return _outside_window(case) or _used_up(case)


def _outside_window(case: Case) -> Reason | None:
    months, starts_on = case.book.entry_window_months, case.placement.contract_starts_on
    if months is None or starts_on is None:
        return None
    earliest = months_later(starts_on, -months)
    if case.placement.started_on >= earliest:
        return None
    detail = f"started on {case.placement.started_on}, before {earliest}"
    return Reason("outside-entry-window", detail)


def _used_up(case: Case) -> Reason | None:
    if case.block.unit in {Unit.PLACEMENT, Unit.ONCE}:
        again = bool(case.placement.earlier)
        return Reason("already-counted", f"{case.block.code} counts once") if again else None
    if case.counted_months:
        return None
    return Reason("maximum-months-reached", f"{case.block.max_months} months were booked before")


def _cut(case: Case) -> tuple[Reason, ...]:
    if case.counted_months == case.offered_months:
        return ()
    counted, offered = in_digits(case.counted_months), in_digits(case.offered_months)
    detail = f"{counted} of {offered} months count: at most {case.block.max_months} in all"
    return (Reason("capped-by-maximum-months", detail),)


def _by_week(case: Case, draft: Draft, year_value: Cents, hours: Decimal) -> CreditLine:
    words = "year value * hours a week / full-time week * months / 12"
    full_time = case.book.week_hours
    if full_time is None:
        gap = Reason("full-time-week-unknown", "the book does not say what full-time is")
        return draft.unknown(words, gap)
    week = min(hours, full_time, case.block.max_hours_per_week or hours)
    months = case.counted_months
    amount = year_value * Fraction(week) / Fraction(full_time) * months / MONTHS_A_YEAR
    part_time = f"{in_digits(week)}/{in_digits(full_time)}"
    numbers = f"{in_euros(year_value)} * {part_time} * {in_digits(months)}/12"
    return draft.counted(half_up(amount), words, numbers, *_cut(case))


def _by_hour(case: Case, draft: Draft, year_value: Cents, hours: Decimal) -> CreditLine:
    words = "hours * (year value / hours a year)"
    rate = hour_rate_cents(year_value, case.book.full_time)
    if rate is None:
        gap = Reason("hours-of-year-unknown", "the book gives no hours a year")
        return draft.unknown(words, gap)
    counted = Fraction(hours) * case.share_counted
    numbers = f"{in_digits(counted)} * {in_euros(rate)}"
    return draft.counted(half_up(counted * rate), words, numbers, *_cut(case))


def _year(case: Case) -> CreditLine:
    return per_full_time_year(case, case.draft, case.value_cents)


def _month(case: Case) -> CreditLine:
    amount = half_up(case.value_cents * case.counted_months)
    numbers = f"{in_euros(case.value_cents)} * {in_digits(case.counted_months)}"
    return case.draft.counted(amount, "month value * months", numbers, *_cut(case))


def _week(case: Case) -> CreditLine:
    weeks = weeks_in(case.placement.period) * case.share_counted
    amount = half_up(case.value_cents * weeks)
    numbers = f"{in_euros(case.value_cents)} * {in_digits(weeks)}"
    return case.draft.counted(amount, "week value * weeks", numbers, *_cut(case))


def _hour(case: Case) -> CreditLine:
    offered = _offered_hours(case)
    if offered is None:
        gap = Reason("hours-unknown", "no hours are given")
        return case.draft.unknown("hours * rate", gap)
    hours = _hours_within_maxima(case, offered)
    reasons = _cut(case)
    if hours < offered * case.share_counted:
        detail = f"{in_digits(hours)} of {in_digits(offered)} hours count"
        reasons = (*reasons, Reason("capped-by-maximum-hours", detail))
    numbers = f"{in_digits(hours)} * {in_euros(case.value_cents)}"
    return case.draft.counted(half_up(hours * case.value_cents), "hours * rate", numbers, *reasons)


def _offered_hours(case: Case) -> Fraction | None:
    if case.placement.hours_total is not None:
        return Fraction(case.placement.hours_total)
    if case.placement.hours_per_week is None:
        return None
    return Fraction(case.placement.hours_per_week) * weeks_in(case.placement.period)


def _hours_within_maxima(case: Case, hours: Fraction) -> Fraction:
    weekly, total = case.block.max_hours_per_week, case.block.max_hours_total
    if weekly is not None:
        hours = min(hours, Fraction(weekly) * weeks_in(case.placement.period))
    hours *= case.share_counted
    if total is not None:
        hours = min(hours, max(ZERO, Fraction(total - case.placement.earlier_hours)))
    return hours


def _flat(case: Case) -> CreditLine:
    numbers = in_euros(case.value_cents)
    return case.draft.counted(case.value_cents, "the value, once", numbers)


def _cost(case: Case) -> CreditLine:
    words = "actual cost * (1 + mark-up)"
    if case.placement.cost_cents is None:
        return case.draft.unknown(words, Reason("cost-unknown", "no cost is given"))
    factor = 1 + Fraction(case.block.markup or 0)
    cost = case.placement.cost_cents * case.share_counted
    numbers = f"{in_euros(half_up(cost))} * {in_digits(factor)}"
    return case.draft.counted(half_up(cost * factor), words, numbers, *_cut(case))


_BY_UNIT: Mapping[Unit, Callable[[Case], CreditLine]] = {
    Unit.YEAR: _year,
    Unit.MONTH: _month,
    Unit.WEEK: _week,
    Unit.HOUR: _hour,
    Unit.PLACEMENT: _flat,
    Unit.ONCE: _flat,
    Unit.ACTUAL_COST: _cost,
}
"""Days and half-days are activities; the checks on rule books see to it."""
