"""The cells of one row, read column by column: what is wrong is noted with row and column."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from api.domain.errors import Fault, InvalidValue
from api.domain.values import CpvCode, parse_cpv
from importers.ocds.findings import Findings
from importers.ocds.values import DUTCH_TIME, LAST_SECOND, YEARS
from importers.tenderned.columns import Column
from importers.tenderned.table import Row

MAX_PHRASE: Final = 2_000

_MOMENT = re.compile(
    r"(?P<day>\d\d)-(?P<month>\d\d)-(?P<year>\d{4})(?: (?P<time>\d\d:\d\d(?::\d\d)?))?", re.ASCII
)
_GROUPED = re.compile(r"-?\d{1,3}(?:\.\d{3}){1,4}(?:,\d{1,4})?", re.ASCII)
_COMMA = re.compile(r"-?\d{1,15}(?:,\d{1,4})?", re.ASCII)
_POINT = re.compile(r"-?\d{1,15}\.\d{1,2}", re.ASCII)


class Cells:
    """One row, and the findings about its tender. Reading an empty cell gives `None`."""

    def __init__(self, row: Row, findings: Findings) -> None:
        self.row = row
        self.findings = findings

    def fault(self, column: Column, code: str, detail: str) -> None:
        """Note that a cell can't be read."""
        self.findings.fault(Fault(code, detail, self.row.place(column)))

    def text(self, column: Column) -> str | None:
        """Read a text of any length."""
        text = self.row.cells.get(column)
        if text is not None and "\0" in text:
            self.fault(column, "invalid-text", "holds a NUL")
            return None
        return text

    def phrase(self, column: Column) -> str | None:
        """Read a name, title or code: one line, at most 2 000 characters."""
        text = self.text(column)
        if text is not None and len(text) > MAX_PHRASE:
            self.fault(column, "text-too-long", f"{len(text)} characters; at most {MAX_PHRASE}")
            return None
        return None if text is None else " ".join(text.split())

    def needed(self, column: Column) -> str:
        """Read a phrase that has to be there."""
        found = self.phrase(column)
        if found is None:
            self.fault(column, "missing", f"{column.value} is empty")
        return found or ""

    def day(self, column: Column) -> date | None:
        """Read a date written dd-mm-yyyy."""
        written = self._written(column)
        return None if written is None else written[0].date()

    def moment(self, column: Column) -> datetime | None:
        """Read a moment of Dutch time, in UTC.

        A day alone counts to its last second (Reg. 1182/71 art. 3(2)(b)), with a warning.
        """
        written = self._written(column)
        if written is None:
            return None
        found, has_time = written
        if not has_time:
            self.findings.warn(f"{column.value}: no time; the day counts to its last second")
            found = datetime.combine(found, LAST_SECOND, DUTCH_TIME)
        return found.astimezone(UTC)

    def cpv(self, column: Column) -> CpvCode | None:
        """Read a CPV code with or without its check digit."""
        text = self.phrase(column)
        try:
            return None if text is None else parse_cpv(text)
        except InvalidValue as error:
            self.fault(column, error.value_code, error.detail)
            return None

    def number(self, column: Column) -> Decimal | None:
        """Read a number with a decimal comma.

        Points set thousands apart (`400.000` is four hundred thousand); one point with one or
        two digits behind it is a decimal point, as no thousands end so.
        """
        text = self.phrase(column)
        if text is None:
            return None
        if _GROUPED.fullmatch(text) or _COMMA.fullmatch(text):
            return Decimal(text.replace(".", "").replace(",", "."))
        if _POINT.fullmatch(text):
            return Decimal(text)
        self.fault(column, "invalid-number", f"{text[:40]!r} is not a number such as 1.234,56")
        return None

    def _written(self, column: Column) -> tuple[datetime, bool] | None:
        text = self.phrase(column)
        if text is None:
            return None
        found = _MOMENT.fullmatch(text)
        try:
            moment = (
                datetime.fromisoformat(_iso(found)).replace(tzinfo=DUTCH_TIME) if found else None
            )
        except ValueError:
            moment = None
        if found is None or moment is None or moment.year not in YEARS:
            self.fault(column, "invalid-date", f"{text[:40]!r} is not a date such as 31-01-2027")
            return None
        return moment, found["time"] is not None


def _iso(found: re.Match[str]) -> str:
    return f"{found['year']}-{found['month']}-{found['day']}T{found['time'] or '00:00'}"
