"""Guards against counting the same thing twice: an invoice, or the hours of one person."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import msgspec

from api.domain.errors import InvalidValue
from api.domain.social_return.credit import Reason
from api.domain.social_return.measures import DAYS_A_WEEK, closed, half_up, in_digits, in_euros
from api.domain.social_return.rule_book import DoubleCounting, RuleBook
from api.domain.values import Cents, KvkNumber, Period

_FILLING = re.compile(r"[^0-9A-Z]")


class ClaimedInvoice(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An invoice, or a part of it, that is or was claimed on some obligation."""

    supplier: KvkNumber
    invoice_number: str
    invoice_cents: Cents
    """The whole invoice, excluding VAT."""
    claimed_cents: Cents
    """The part of it that is claimed, after credit notes."""


class ClaimedHours(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Hours a week of one pseudonym in a closed period, on some obligation."""

    period: Period
    hours_per_week: Decimal


class OverfullWeek(msgspec.Struct, frozen=True, rename="camel"):
    """An ISO week in which one person would count above full time."""

    week: str
    """Such as `2026-W07`."""
    hours: Decimal
    """Hours together, rounded to hundredths."""


class Beside(msgspec.Struct, frozen=True):
    """A live claim under the same keyed hash, on any obligation."""

    obligation: UUID
    book_id: str
    whole_cents: int | None
    claimed_cents: int
    starts_on: date | None
    ends_on: date | None
    hours_per_week: Decimal | None

    @property
    def hours(self) -> ClaimedHours:
        """Give the hours that it claims (own choice, ADR 18)."""
        period = Period(self.starts_on, self.ends_on)
        return ClaimedHours(period=period, hours_per_week=self.hours_per_week or Decimal(0))


def invoice_counts_twice(claim: ClaimedInvoice, beside: Iterable[Beside]) -> bool:
    """Tell whether claims of one invoice, known to be the same by its hash, exceed it (ADR 18)."""
    others = (
        msgspec.structs.replace(
            claim,
            invoice_cents=Cents(one.whole_cents or 0),
            claimed_cents=Cents(one.claimed_cents),
        )
        for one in beside
    )
    return bool(invoice_faults(claim, others))


def person_counts_twice(
    claim: ClaimedHours, obligation: UUID, book: RuleBook, beside: Sequence[Beside]
) -> bool:
    """Look everywhere for the full-time week, and at other obligations where forbidden (ADR 18)."""
    everywhere = [one.hours for one in beside]
    if person_faults(claim, everywhere, DoubleCounting.FULL_TIME, book.week_hours):
        return True
    elsewhere = [
        one.hours for one in beside if one.book_id == book.id and one.obligation != obligation
    ]
    return bool(person_faults(claim, elsewhere, book.double_counting, book.week_hours))


def invoice_key(supplier: KvkNumber, invoice_number: str) -> str:
    """Give the key under which an invoice counts once: capitals and digits only.

    Own choice, ADR 6: `2026/0012` and `2026-0012` of one supplier are one invoice.
    """
    number = _FILLING.sub("", invoice_number.upper())
    if not number:
        raise InvalidValue(f"{invoice_number!r} is no invoice number", code="invoice-number")
    return f"{supplier}:{number}"


def invoice_faults(claim: ClaimedInvoice, others: Iterable[ClaimedInvoice]) -> tuple[Reason, ...]:
    """Tell whether an invoice would count for more than the whole of it (own choice, ADR 6).

    `others` are claims on any obligation; those of other invoices are passed over. Where
    the amounts of one invoice differ, the smallest is believed.
    """
    key = invoice_key(claim.supplier, claim.invoice_number)
    same = [one for one in others if invoice_key(one.supplier, one.invoice_number) == key]
    whole = min(one.invoice_cents for one in (claim, *same))
    claimed = sum(one.claimed_cents for one in (claim, *same))
    reasons: tuple[Reason, ...] = ()
    if any(one.invoice_cents != claim.invoice_cents for one in same):
        detail = "another claim gives this invoice another amount"
        reasons = (Reason("invoice-amount-differs", detail),)
    if claimed > whole:
        detail = f"{in_euros(claimed)} claimed of an invoice of {in_euros(whole)}"
        reasons = (*reasons, Reason("invoice-counted-twice", detail))
    return reasons


def overfull_weeks(
    claim: ClaimedHours, others: Sequence[ClaimedHours], full_time: Decimal
) -> tuple[OverfullWeek, ...]:
    """Give the ISO weeks in which the claim lifts one pseudonym above full time.

    Hours are spread evenly over the seven days, so a change of job within a week is no
    double count. Own choice, ADR 6.
    """
    return tuple(
        OverfullWeek(_name(monday), _hundredths(hours))
        for monday in _mondays(claim.period)
        if (hours := _hours_in((claim, *others), monday)) > Fraction(full_time)
    )


def person_faults(
    claim: ClaimedHours,
    others: Sequence[ClaimedHours],
    rule: DoubleCounting | None,
    full_time: Decimal | None,
) -> tuple[Reason, ...]:
    """Tell whether one pseudonym would count twice, by the rule of the book (ADR 6).

    `others` are claims of the same pseudonym on other obligations in the area of the book.
    Where the book is silent, a full-time week is the bound.
    """
    beside = [one for one in others if _meet(one.period, claim.period)]
    if not beside:
        return ()
    if rule is DoubleCounting.FORBID:
        return (Reason("person-counted-twice", "counts on another obligation in this period"),)
    if full_time is None:
        return (Reason("full-time-week-unknown", "beside other claims the bound is not known"),)
    weeks = overfull_weeks(claim, beside, full_time)
    if not weeks:
        return ()
    named = ", ".join(f"{one.week} ({in_digits(one.hours)} h)" for one in weeks[:3])
    detail = f"above {in_digits(full_time)} hours in {len(weeks)} week(s): {named}"
    return (Reason("above-full-time", detail),)


def _meet(one: Period, other: Period) -> bool:
    (start, end), (other_start, other_end) = closed(one), closed(other)
    return max(start, other_start) < min(end, other_end)


def _mondays(period: Period) -> Iterator[date]:
    starts_on, ends_on = closed(period)
    monday = starts_on - timedelta(days=starts_on.weekday())
    while monday < ends_on:
        yield monday
        monday += timedelta(days=DAYS_A_WEEK)


def _hours_in(claims: Iterable[ClaimedHours], monday: date) -> Fraction:
    return sum((_share_of_week(one, monday) for one in claims), start=Fraction(0))


def _share_of_week(claim: ClaimedHours, monday: date) -> Fraction:
    starts_on, ends_on = closed(claim.period)
    days = (min(ends_on, monday + timedelta(days=DAYS_A_WEEK)) - max(starts_on, monday)).days
    return Fraction(claim.hours_per_week) * Fraction(max(0, days), DAYS_A_WEEK)


def _hundredths(hours: Fraction) -> Decimal:
    return Decimal(half_up(hours * 100)).scaleb(-2)


def _name(monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"
