"""Tables that people take along: CSV for a Dutch Excel, and a workbook."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from litestar import Response

from api.clock import LEGAL_TIME
from api.formulas import csv_rows, inert, workbook
from api.pages.rendering import missing

Cell = str | int | Decimal | date | UUID | None
KINDS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def in_euros(cents: int | None) -> Decimal | None:
    """Give an amount as spreadsheets count it."""
    return None if cents is None else Decimal(cents) / 100


def table(
    kind: str, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> Response[bytes]:
    """Give rows under a heading as a file; texts can't be read as formulas."""
    if kind not in KINDS:
        raise missing("such file")
    written: list[list[Cell]] = [[*head], *([_plain(cell) for cell in row] for row in rows)]
    body = _csv(written) if kind == "csv" else workbook(("Perceel", written))
    headers = {
        "Content-Type": KINDS[kind],
        "Content-Disposition": f'attachment; filename="{name}.{kind}"',
        "Cache-Control": "no-store",
    }
    return Response(body, headers=headers)


def _plain(cell: Cell) -> Cell:
    if isinstance(cell, datetime):
        return cell.astimezone(LEGAL_TIME).replace(tzinfo=None, microsecond=0)
    return inert(str(cell)) if isinstance(cell, (str, UUID)) else cell


def _csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    return csv_rows([_dutch(cell) for cell in row] for row in rows).encode("utf-8-sig")


def _dutch(cell: Cell) -> Cell:
    return str(cell).replace(".", ",") if isinstance(cell, Decimal) else cell
