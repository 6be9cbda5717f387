"""Gives a table back with two more columns: what became of each row, and what was found."""

import csv
import io
import re
from codecs import BOM_UTF8
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from api.domain.tendering.notice import Rejected
from api.imports.drafts import Note
from importers.enterprises.tables import Rows, csv_rows, xlsx_rows

HEADINGS: Final = ("Importstatus", "Bevindingen")
_STATES: Final = {
    "created": "opgenomen",
    "updated": "bijgewerkt",
    "unchanged": "ongewijzigd",
    "rejected": "afgewezen",
}
_LONGEST_CELL: Final = 32_000
"""Characters; Excel knows 32,767."""
_ACTIVE: Final = re.compile(r"[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"[+-]?[\d.,]+", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
Value = str | int | float | bool | date | None


def csv_file(content: bytes, expected: Collection[str], notes: Mapping[int, Note]) -> bytes:
    """Write CSV: UTF-8 with BOM, the delimiter of the file, formulas made inert."""
    delimiter, rows = csv_rows(content, expected)
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=delimiter, lineterminator="\r\n")
    for row in _with_notes(rows, notes):
        writer.writerow([_inert("" if cell is None else str(cell)) for cell in row])
    return BOM_UTF8 + target.getvalue().encode()


def xlsx_file(content: bytes, _expected: Collection[str], notes: Mapping[int, Note]) -> bytes:
    """Write one sheet; texts are texts, also those that look like formulas."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in _with_notes(xlsx_rows(content), notes):
        sheet.append([_cell(sheet, value) for value in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _cell(sheet: Any, value: Value) -> object:  # noqa: ANN401  the stubs name no such sheet
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        plain: Any = value
        return WriteOnlyCell(sheet, value=plain)
    cell = WriteOnlyCell(sheet, value=_CONTROL.sub("", value))
    cell.data_type = "s"
    return cell


def _with_notes(rows: Rows, notes: Mapping[int, Note]) -> Iterator[list[Value]]:
    """Put the notes behind the last column of the heading, which is the first row with a cell."""
    width = 0
    for row in rows:
        if isinstance(row, Rejected):
            # Nothing after a quote that is not closed was read; the report says so.
            continue
        number, raw = row
        cells = _trimmed(raw)
        if not width and cells:
            width = len(cells)
            yield [*cells, *HEADINGS]
        elif not width:
            yield []
        else:
            padded = [*cells, *([None] * (width - len(cells)))]
            yield [*padded, *_noted(notes.get(number))] if cells else []


def _noted(note: Note | None) -> tuple[str, str]:
    if note is None:
        return "", ""
    return _STATES.get(note.state, note.state), "; ".join(note.findings)[:_LONGEST_CELL]


def _trimmed(raw: Sequence[object]) -> list[Value]:
    cells = [_value(one) for one in raw]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _value(cell: object) -> Value:
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, bool | int | float | date):
        return cell
    return None if cell is None or cell == "" else str(cell)


def _inert(text: str) -> str:
    """A spreadsheet runs what begins like this; a number may (OWASP, CSV injection)."""
    return f"'{text}" if _ACTIVE.match(text) and not _NUMBER.fullmatch(text) else text
