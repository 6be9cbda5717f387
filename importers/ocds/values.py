"""Values inside an OCDS section: days, moments, amounts and CPV codes."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from api.domain.errors import InvalidValue
from api.domain.tendering.notice import Money
from api.domain.values import Cents, CpvCode, euros_to_cents, parse_cpv
from importers.ocds.section import Section

MAX_CENTS: Final = 10**13
"""100 thousand million of any currency: above it the amount is a typing error (own choice)."""
CPV: Final = "CPV"

_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d(?P<time>[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
MAX_DAYS: Final = 36_500
YEARS: Final = range(1990, 2101)
DUTCH_TIME: Final = ZoneInfo("Europe/Amsterdam")
LAST_SECOND: Final = time(23, 59, 59)

_CURRENCY = re.compile(r"[A-Z]{3}")
_NOT_HUNDREDTHS = re.compile(
    "BHD|BIF|CLF|CLP|DJF|GNF|IQD|ISK|JOD|JPY|KMF|KRW|KWD|LYD|OMR|PYG|RWF|TND|UGX|UYI|UYW|VND|VUV|"
    "XAF|XOF|XPF"
)
"""Currencies whose minor unit is not a hundredth (ISO 4217, table A.1)."""


def day(section: Section, key: str) -> date | None:
    """Read the day of a moment as it was written, in its own offset (RFC 3339)."""
    written = _written(section, key)
    return None if written is None else written[0].date()


def moment(section: Section, key: str) -> datetime | None:
    """Read a moment in UTC (RFC 3339).

    A day alone counts to its last second (Reg. 1182/71 art. 3(2)(b)), and what has no offset
    is Dutch time (own choice): both are repairs, so both warn.
    """
    written = _written(section, key)
    if written is None:
        return None
    found, has_time = written
    if not has_time:
        section.warn(f"{key} has no time; the end of the day is taken")
        found = datetime.combine(found, LAST_SECOND)
    if found.tzinfo is None:
        section.warn(f"{key} has no offset; Dutch time is taken")
        found = found.replace(tzinfo=DUTCH_TIME)
    return found.astimezone(UTC)


def period(section: Section) -> tuple[date | None, date | None]:
    """Read the first and the last day of a Period object, as published."""
    starts_on, ends_on = day(section, "startDate"), day(section, "endDate")
    if starts_on and ends_on and ends_on < starts_on:
        section.fault("endDate", "invalid-period", f"ends on {ends_on}, before {starts_on}")
    return starts_on, ends_on


def duration_days(section: Section) -> int | None:
    """Read the days of a Period object; none at all says nothing, and is read as absent."""
    days = section.count("durationInDays")
    if days == 0:
        section.warn("a duration of 0 is read as absent")
    if days is not None and days > MAX_DAYS:
        section.fault("durationInDays", "invalid-duration", f"{days} is more than {MAX_DAYS}")
    return days or None


def money(section: Section, key: str) -> Money | None:
    """Read a Value object in hundredths of its currency, halves up (own choice, ADR 5).

    No contract is worth 0, so a published 0 means that nothing was estimated: unknown, with
    a warning. Below 0 and above `MAX_CENTS` are faults.
    """
    value = section.section(key)
    amount, currency = value.number("amount"), value.phrase("currency")
    if amount is None or currency is None:
        if value.has("amount") or value.has("currency"):
            value.warn("an amount needs both amount and currency; left out")
        return None
    if not _CURRENCY.fullmatch(currency):
        value.fault("currency", "invalid-currency", f"{currency[:20]!r} is not an ISO 4217 code")
        return None
    if _NOT_HUNDREDTHS.fullmatch(currency):
        value.warn(f"{currency} has no hundredths; left out")
        return None
    cents = _cents(value, amount)
    return None if cents is None else Money(cents, currency)


def cents_of(amount: Decimal) -> Cents | None:
    """Turn a published amount into hundredths, halves up; 0 means that none was published.

    Raises `InvalidValue` below 0 and above `MAX_CENTS`.
    """
    if amount < 0:
        raise InvalidValue(f"{amount} is below 0", code="negative-amount")
    if amount > Decimal(MAX_CENTS) / 100:
        raise InvalidValue(f"{amount} is more than any contract", code="absurd-amount")
    return euros_to_cents(amount) or None


def cpv(classification: Section) -> CpvCode | None:
    """Read the CPV code of a Classification object; other schemes are left out and named."""
    code = classification.identifier("id")
    scheme = classification.text("scheme") or "without a scheme"
    if code is None:
        return None
    if scheme.upper() != CPV:
        classification.findings.leave_out("classifications of other schemes", scheme)
        return None
    try:
        return parse_cpv(code)
    except InvalidValue as error:
        classification.fault("id", error.value_code, error.detail)
        return None


def _cents(value: Section, amount: Decimal) -> Cents | None:
    try:
        cents = cents_of(amount)
    except InvalidValue as error:
        value.fault("amount", error.value_code, error.detail)
        return None
    if cents is None:
        value.warn("an amount of 0 is read as not published")
    return cents


def _written(section: Section, key: str) -> tuple[datetime, bool] | None:
    """Give a moment as it was written, and whether it had a time of day."""
    text = section.text(key)
    if text is None:
        return None
    form = _MOMENT.fullmatch(text.upper())
    try:
        found = datetime.fromisoformat(text.upper()) if form else None
    except ValueError:
        found = None
    if form is None or found is None or found.year not in YEARS:
        section.fault(key, "invalid-date", f"{text[:40]!r} is not a date-time of RFC 3339")
        return None
    return found, form["time"] is not None
