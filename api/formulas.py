"""Tables that people open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

_STARTS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")
"""Full-width signs too: spreadsheets of some languages read them as the plain ones."""


def inert(text: str) -> str:
    """Make text that a spreadsheet would take for a formula plain text.

    A quotation mark goes before `=`, `+`, `-`, `@`, tab and line ends. Source: OWASP, CSV
    Injection.
    """
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text


def csv_rows(rows: Iterable[Iterable[Any]]) -> str:
    """Write rows as a Dutch Excel reads them: `;` between cells, CRLF after each row."""
    target = io.StringIO()
    csv.writer(target, delimiter=";", lineterminator="\r\n").writerows(rows)
    return target.getvalue()


def workbook(*sheets: tuple[str, Iterable[Iterable[Any]]]) -> bytes:
    """Write an XLSX workbook of sheets, each a name and its rows."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
