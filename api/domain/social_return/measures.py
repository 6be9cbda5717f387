"""Exact quantities behind the sums: rounding, euros in words, months and weeks of a period."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Final

from api.domain.errors import InvalidValue
from api.domain.values import Cents, Period

MONTHS_A_YEAR: Final = 12
DAYS_A_WEEK: Final = 7
CENTS_A_EURO: Final = 100

HALF: Final = Fraction(1, 2)


def half_up(amount: Fraction) -> Cents:
    """Round an exact number of cents to whole cents, halves up (own choice, ADR 5)."""
    return Cents(floor(amount + HALF))


def in_euros(cents: int) -> str:
    """Write cents as euros for a formula, such as `€ 12,345.67` (own choice, ADR 5)."""
    sign = "-" if cents < 0 else ""
    euros, rest = divmod(abs(cents), CENTS_A_EURO)
    return f"{sign}€ {euros:,}.{rest:02d}"


def in_digits(quantity: Fraction | Decimal) -> str:
    """Write a quantity for a formula, with at most four decimals (own choice, ADR 5)."""
    rounded = Decimal(floor(Fraction(quantity) * 10_000 + HALF)).scaleb(-4)
    return f"{rounded.normalize():f}"


def closed(period: Period) -> tuple[date, date]:
    """Give both ends of a period, or refuse an open one (own choice, ADR 6)."""
    if period.starts_on is None or period.ends_on is None:
        raise InvalidValue("the period has no start or no end", code="open-period")
    return period.starts_on, period.ends_on


def months_later(day: date, months: int) -> date:
    """Give the same day `months` later, or the month's last day (own choice, ADR 6)."""
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_since(anchor: date, day: date) -> Fraction:
    """Count months from `anchor`: whole ones, then days over the days of the month begun.

    Own choice, ADR 6: "naar rato omvang en duur" names no day count. Counted from one
    anchor, the months of consecutive periods add up, so cutting a period gains nothing.
    """
    whole = (day.year - anchor.year) * MONTHS_A_YEAR + day.month - anchor.month
    if months_later(anchor, whole) > day:
        whole -= 1
    begun, complete = months_later(anchor, whole), months_later(anchor, whole + 1)
    return whole + Fraction((day - begun).days, (complete - begun).days)


def months_in(period: Period, anchor: date) -> Fraction:
    """Count the months of a closed period, seen from `anchor` (see `months_since`; ADR 6)."""
    starts_on, ends_on = closed(period)
    return months_since(anchor, ends_on) - months_since(anchor, starts_on)


def months_in_all(periods: Iterable[Period], anchor: date) -> Fraction:
    """Add the months of closed periods, seen from `anchor` (own choice, ADR 6)."""
    return sum((months_in(period, anchor) for period in periods), start=Fraction(0))


def weeks_in(period: Period) -> Fraction:
    """Count the weeks of a closed period, days over seven (own choice, ADR 6)."""
    starts_on, ends_on = closed(period)
    return Fraction((ends_on - starts_on).days, DAYS_A_WEEK)
