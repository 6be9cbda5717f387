"""One JSON object at a time, read field by field: what is wrong is noted, never thrown.

`null` means absent, as in the OCDS merging rules.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final, TypeVar

from api.domain.errors import Fault
from importers.ocds.decode import JsonValue
from importers.ocds.findings import Findings

MAX_COUNT: Final = 2**31 - 1
MAX_PHRASE: Final = 2_000

_NAMES: Final[Mapping[type, str]] = {
    str: "a text",
    bool: "true or false",
    Decimal: "a number",
    dict: "an object",
    list: "a list",
}
_Kind = TypeVar("_Kind", str, bool, Decimal)


class Section:
    """One JSON object with its place in the release. Reading an absent field gives `None`.

    The keys asked for are those of the standard, which need no escaping in a pointer.
    """

    def __init__(self, fields: Mapping[str, JsonValue], place: str, findings: Findings) -> None:
        self.fields = fields
        self.place = place
        self.findings = findings

    def has(self, key: str) -> bool:
        """Tell whether the field is there and not `null`."""
        return self.fields.get(key) is not None

    def fault(self, key: str, code: str, detail: str) -> None:
        """Note that a field can't be read."""
        self.findings.fault(Fault(code, detail, f"{self.place}/{key}"))

    def warn(self, warning: str) -> None:
        """Note a repair in this section."""
        self.findings.warn(f"{self.place or '/'}: {warning}")

    def text(self, key: str) -> str | None:
        """Read a text without the spaces around it; an empty one is absent."""
        return (self._typed(key, str) or "").strip() or None

    def phrase(self, key: str) -> str | None:
        """Read a title, name or address part: one line, at most 2 000 characters."""
        text = self.text(key)
        if text is not None and len(text) > MAX_PHRASE:
            self.fault(key, "text-too-long", f"{len(text)} characters; at most {MAX_PHRASE}")
            return None
        return None if text is None else " ".join(text.split())

    def flag(self, key: str) -> bool | None:
        """Read true or false."""
        return self._typed(key, bool)

    def identifier(self, key: str) -> str | None:
        """Read an id, which OCDS allows to be a text or a whole number."""
        if isinstance(self.fields.get(key), Decimal):
            number = self.count(key)
            return None if number is None else str(number)
        return self.phrase(key)

    def number(self, key: str) -> Decimal | None:
        """Read a number."""
        return self._typed(key, Decimal)

    def count(self, key: str) -> int | None:
        """Read a whole number from 0 to 2 147 483 647."""
        number = self.number(key)
        if number is None:
            return None
        if not 0 <= number <= MAX_COUNT or number != number.to_integral_value():
            self.fault(key, "invalid-number", f"{number} is not a whole number in range")
            return None
        return int(number)

    def section(self, key: str) -> "Section":
        """Read an object; an absent one is empty."""
        value = self.fields.get(key)
        place = f"{self.place}/{key}"
        if value is None or isinstance(value, dict):
            return Section(value or {}, place, self.findings)
        self._wrong_type(key, value, "an object")
        return Section({}, place, self.findings)

    def sections(self, key: str) -> tuple["Section", ...]:
        """Read a list of objects; an absent one is empty."""
        entries = self._entries(key)
        return tuple(entries.section(index) for index in entries.fields)

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of texts; an absent one is empty."""
        entries = self._entries(key)
        found = (entries.text(index) for index in entries.fields)
        return tuple(text for text in found if text is not None)

    def _entries(self, key: str) -> "Section":
        """Give a list as a section whose keys are the indices: pointers name both alike."""
        value = self.fields.get(key)
        if value is not None and not isinstance(value, list):
            self._wrong_type(key, value, "a list")
            value = None
        entries = {str(index): one for index, one in enumerate(value or [])}
        return Section(entries, f"{self.place}/{key}", self.findings)

    def _typed(self, key: str, kind: type[_Kind]) -> _Kind | None:
        value = self.fields.get(key)
        if value is None or isinstance(value, kind):
            return value
        self._wrong_type(key, value, _NAMES[kind])
        return None

    def _wrong_type(self, key: str, value: JsonValue, wanted: str) -> None:
        self.fault(key, "wrong-type", f"expected {wanted}, found {_NAMES[type(value)]}")


def nearest(lot: Section, tender: Section, *path: str) -> Section:
    """Give the section with the last field of `path`: within the lot, or else the tender."""
    *above, field = path
    found = _within(lot, above)
    return found if found.has(field) else _within(tender, above)


def _within(section: Section, path: Iterable[str]) -> Section:
    for key in path:
        section = section.section(key)
    return section
