"""Reads single fields out of the tree: text, codes, amounts, dates; notes what is wrong where."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache
from typing import Final, TypeVar
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

import msgspec

from api.domain.errors import Fault, InvalidValue
from api.domain.tendering.notice import Money
from api.domain.values import CpvCode, euros_to_cents, parse_cpv

NAMESPACES: Final = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "ext": "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
    "efac": "http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1",
    "efbc": "http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1",
    "efext": "http://data.europa.eu/p27/eforms-ubl-extensions/1",
}
"""Our prefixes; a document may choose others."""
EXTENSION: Final = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/efext:EformsExtension"

MAX_NOTES: Final = 100
"""Faults, and warnings, of one document; the rest is counted (own choice)."""
MAX_PHRASE: Final = 2_000
"""Characters in a title, name or address part; eForms allows 400 (own choice)."""
MAX_CENTS: Final = 10**13
"""A hundred billion euros: more is a typing error (own choice)."""
MAX_DAYS: Final = 36_500

PLACEHOLDER: Final = re.compile(r"[A-Z_]{1,40}_REQUIRED_HERE")
"""What the converter of the EU Publications Office writes where the source had nothing."""

_PREFIX = re.compile(r"\b([a-z]+):")
_SHOWN = 40
_AMOUNT = re.compile(r"\+?\d{1,18}(?:\.\d{1,10})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")
_NOT_HUNDREDTHS = re.compile(
    "BHD|BIF|CLF|CLP|DJF|GNF|IQD|ISK|JOD|JPY|KMF|KRW|KWD|LYD|OMR|PYG|RWF|TND|UGX|UYI|UYW|VND|VUV|"
    "XAF|XOF|XPF"
)
"""Currencies whose minor unit is not a hundredth (ISO 4217, table A.1)."""
_COUNT = re.compile(r"\d{1,6}(?:\.0{1,3})?", re.ASCII)
_DURATION = re.compile(r"\d{1,6}(?:\.\d{1,3})?", re.ASCII)
_DAYS: Final = {"DAY": 1, "WEEK": 7, "MONTH": 30, "YEAR": 365}
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)?", re.ASCII)
_TIME = re.compile(r"(\d\d:\d\d:\d\d)(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_YEARS: Final = range(1990, 2101)
_LAST_SECOND: Final = "23:59:59"

Code = TypeVar("Code", bound=StrEnum)


class Report:
    """The faults and warnings of one document, in the order in which they were met."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._warnings: list[str] = []
        self._more_faults = 0
        self._more_warnings = 0

    def fault(self, code: str, detail: str, place: str) -> None:
        """Note what makes the document unusable."""
        if len(self._faults) < MAX_NOTES:
            self._faults.append(Fault(code, detail, place))
        else:
            self._more_faults += 1

    def warn(self, detail: str, place: str) -> None:
        """Note what was left out or repaired."""
        if len(self._warnings) < MAX_NOTES:
            self._warnings.append(f"{place}: {detail}")
        else:
            self._more_warnings += 1

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All faults; beyond 100 (`MAX_NOTES`) only their number."""
        if not self._more_faults:
            return tuple(self._faults)
        return (*self._faults, Fault("more-faults", f"{self._more_faults} more, not listed."))

    @property
    def warnings(self) -> tuple[str, ...]:
        """All warnings; beyond 100 (`MAX_NOTES`) only their number."""
        if not self._more_warnings:
            return tuple(self._warnings)
        return (*self._warnings, f"{self._more_warnings} more warnings, not listed")


class Node(msgspec.Struct, frozen=True):
    """An element, the XPath by which a reader finds it, and the report of its document."""

    element: Element
    place: str
    report: Report

    @property
    def text(self) -> str:
        """The text, stripped; empty when there is none, or only a converter's placeholder."""
        text = (self.element.text or "").strip()
        return "" if PLACEHOLDER.fullmatch(text) else text

    @property
    def shown(self) -> str:
        """The text as a message may repeat it."""
        return repr(self.text if len(self.text) <= _SHOWN else self.text[:_SHOWN] + "…")

    def attribute(self, name: str) -> str:
        """Give an attribute; empty when absent."""
        return self.element.get(name, "").strip()

    def each(self, path: str) -> list["Node"]:
        """Find all elements at `path`, in document order."""
        found = self.element.findall(_qualified(path))
        if not found:
            return []
        place = f"{self.place}/{path}"
        if len(found) == 1:
            return [Node(found[0], place, self.report)]
        return [Node(one, f"({place})[{n}]", self.report) for n, one in enumerate(found, 1)]

    def values(self, path: str) -> list["Node"]:
        """Find the elements at `path` that hold a text."""
        return [one for one in self.each(path) if one.text]

    def value(self, path: str) -> "Node | None":
        """Find the first element at `path` that holds a text; warn when others differ."""
        found = self.values(path)
        if len(found) > 1 and len({one.text for one in found}) > 1:
            found[0].warn(f"{len(found)} different values; kept the first, {found[0].shown}")
        return found[0] if found else None

    def fault(self, code: str, detail: str) -> None:
        """Note a fault at this place."""
        self.report.fault(code, detail, self.place)

    def warn(self, detail: str) -> None:
        """Note a warning at this place."""
        self.report.warn(detail, self.place)


@cache
def _qualified(path: str) -> str:
    """Write the namespaces out: the search is two to five times faster than with a prefix map."""
    return _PREFIX.sub(lambda found: f"{{{NAMESPACES[found[1]]}}}", path)


def localized(node: Node, path: str, language: str | None) -> Node | None:
    """Pick the text in the language of the notice, else one without language, else the first."""

    def rank(one: Node) -> int:
        tongue = one.attribute("languageID")
        return 0 if tongue == language else 1 if not tongue else 2

    found = min(node.values(path), key=rank, default=None)
    if found and language and rank(found) > 1:
        found.warn(f"not in the language of the notice, {language}")
    return found


def phrase(node: Node | None) -> str | None:
    """Read a title, name or address part: one line, at most 2,000 characters."""
    if node is None:
        return None
    if len(node.text) > MAX_PHRASE:
        node.fault("text-too-long", f"{len(node.text)} characters; at most {MAX_PHRASE}.")
        return None
    return " ".join(node.text.split())


def prose(node: Node | None) -> str:
    """Read a description: its lines stripped of the document's indentation."""
    return "\n".join(_lines(node)).strip() if node else ""


def form(node: Node | None, pattern: re.Pattern[str], code: str, meaning: str) -> str | None:
    """Read a text that must match `pattern` as a whole."""
    if node is None or pattern.fullmatch(node.text):
        return node.text if node else None
    node.fault(code, f"{node.shown} is not {meaning}.")
    return None


def member(node: Node | None, codes: type[Code]) -> Code | None:
    """Read a code of a closed code list."""
    if node is None:
        return None
    try:
        return codes(node.text)
    except ValueError:
        node.fault("unknown-code", f"{node.shown} is none of: {', '.join(codes)}.")
        return None


def cpv(node: Node) -> CpvCode | None:
    """Read a CPV code; only its form is checked here."""
    try:
        return parse_cpv(node.text)
    except InvalidValue as error:
        node.fault(error.value_code, f"{error.detail}.")
        return None


def money(node: Node | None) -> Money | None:
    """Read an amount in whole currency units into cents; halves round up (own choice, ADR 5).

    Zero is what forms say where nothing was filled in, and is read as unknown.
    """
    if node is None:
        return None
    currency = node.attribute("currencyID")
    if not _CURRENCY.fullmatch(currency):
        node.fault("invalid-currency", f"{currency[:_SHOWN]!r} in @currencyID is no currency code.")
    if not _AMOUNT.fullmatch(node.text):
        node.fault("invalid-amount", f"{node.shown} is not an amount such as 1234.56, 0 or more.")
    elif _NOT_HUNDREDTHS.fullmatch(currency):
        node.warn(f"left out: {currency} has no hundredths")
    elif not Decimal(node.text):
        node.warn("an amount of zero was read as unknown")
    else:
        return _within_reason(node, Money(euros_to_cents(Decimal(node.text)), currency))
    return None


def count(node: Node | None) -> int | None:
    """Read a whole number of one or more."""
    if node is None:
        return None
    number = int(Decimal(node.text)) if _COUNT.fullmatch(node.text) else 0
    if number < 1:
        node.fault("invalid-number", f"{node.shown} is not a whole number of 1 or more.")
        return None
    return number


def indicator(node: Node | None) -> bool | None:
    """Read `true` or `false` (`1` or `0`: XML Schema allows both)."""
    if node is None:
        return None
    known = {"true": True, "1": True, "false": False, "0": False}
    if node.text not in known:
        node.fault("invalid-indicator", f"{node.shown} is neither true nor false.")
    return known.get(node.text)


def duration(node: Node | None) -> int | None:
    """Read a duration in days: a month counts 30, a year 365 (OCDS profile for the EU).

    Halves round up. A duration of zero says nothing, and is read as absent.
    """
    if node is None:
        return None
    per_unit = _DAYS.get(node.attribute("unitCode"))
    if per_unit is None or not _DURATION.fullmatch(node.text):
        node.fault("invalid-duration", f"{node.shown} with @unitCode is not a duration.")
        return None
    days = int((Decimal(node.text) * per_unit).quantize(Decimal(1), ROUND_HALF_UP))
    if days > MAX_DAYS:
        node.fault("invalid-duration", f"{days} days is more than {MAX_DAYS}.")
        return None
    if days == 0:
        node.warn("a duration of zero was read as absent")
    return days or None


def day(node: Node | None) -> date | None:
    """Read a date as published; its offset is dropped (design decision 10)."""
    found = _DATE.fullmatch(node.text) if node else None
    try:
        read = date.fromisoformat(found[1]) if found else None
    except ValueError:
        read = None
    if node and (read is None or read.year not in _YEARS):
        node.fault("invalid-date", f"{node.shown} is not a date such as 2027-01-31+01:00.")
        return None
    return read


def moment(period: Node) -> datetime | None:
    """Read the end of a period (`cbc:EndDate`, `cbc:EndTime`) as a moment in UTC.

    Without a time the day counts to its last second (Reg. 1182/71 art. 3(2)(b)); without an
    offset it is Dutch time (own choice). Both are warned about.
    """
    on, at = period.value("cbc:EndDate"), period.value("cbc:EndTime")
    if on is None:
        period.warn("ends without a date; left out")
        return None
    ends_on, clock = day(on), _clock(at)
    if at is None:
        on.warn("no time of day; the day counts to its last second")
    if ends_on is None or clock is None:
        return None
    time_of_day, offset = clock
    return _instant(at or on, ends_on, time_of_day, _offset(on, offset))


def _clock(at: Node | None) -> tuple[str, str] | None:
    if at is None:
        return _LAST_SECOND, ""
    found = _TIME.fullmatch(at.text)
    if found is None:
        at.fault("invalid-time", f"{at.shown} is not a time such as 12:00:00+01:00.")
        return None
    return found[1], found[2] or ""


def _offset(on: Node, of_time: str) -> str:
    of_date = on.text[len("2027-01-31") :]
    if of_time and of_date and of_time != of_date:
        on.warn(f"the offset of the time, {of_time}, was taken instead of {of_date}")
    return of_time or of_date


def _instant(node: Node, on: date, clock: str, offset: str) -> datetime | None:
    # XML Schema lets a day end at 24:00:00, which is the next day's midnight.
    midnight = clock == "24:00:00"
    clock, on = ("00:00:00", on + timedelta(days=1)) if midnight else (clock, on)
    try:
        read = datetime.fromisoformat(f"{on}T{clock}{offset}")
    except ValueError:
        node.fault("invalid-time", f"{node.shown} is not a time of day with an offset.")
        return None
    if read.tzinfo is None:
        node.warn("no offset from UTC; read as Dutch time")
        read = read.replace(tzinfo=ZoneInfo("Europe/Amsterdam"))
    return read.astimezone(UTC)


def _within_reason(node: Node, amount: Money) -> Money | None:
    if amount.amount_cents <= MAX_CENTS:
        return amount
    node.fault("invalid-amount", f"{node.shown} is more than {MAX_CENTS // 100}.")
    return None


def _lines(node: Node) -> Iterator[str]:
    return (line.strip() for line in node.text.splitlines())
