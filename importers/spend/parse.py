"""From a table of purchases to rows; pure. A row that can't be read is rejected, with why."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from api.domain.checks import Checks
from api.domain.errors import Fault, InvalidValue
from api.domain.social_return.privacy import personal_number_faults
from api.domain.tendering.notice import Rejected
from api.domain.values import CpvCode, parse_cpv, parse_kvk
from api.spend.drafts import SpendRow, SpendTable
from api.spend.schemas import DecimalMark, SpendForm
from importers.enterprises.cells import cents_of, date_of, digits_of, text_of, whole_of
from importers.enterprises.tables import Cell, Record, csv_table, xlsx_table

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "supplier": ("leverancier", "naam leverancier", "crediteur", "naam crediteur", "supplier"),
    "kvk": ("kvk", "kvk-nummer", "kvknummer", "kvk nummer", "kvk number"),
    "amount": ("bedrag", "bedrag excl. btw", "bedrag excl btw", "amount", "amount excl. vat"),
    "day": ("datum", "factuurdatum", "boekdatum", "date", "invoice date"),
    "year": ("jaar", "boekjaar", "year"),
    "cpv": ("cpv", "cpv-code", "cpv code"),
    "category": ("categorie", "inkoopcategorie", "inkooppakket", "category"),
    "reference": ("factuurnummer", "boekstuk", "boekstuknummer", "reference", "invoice number"),
}
"""What a column may be called; case and spare spaces don't count."""
DATES: Final = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")
MARKS: Final = {DecimalMark.COMMA: ",", DecimalMark.POINT: "."}
LONGEST: Final = 300
LARGEST_CENTS: Final = 10**13
FIRST_YEAR, LAST_YEAR = 1990, 2100


def read_spend(content: bytes, form: SpendForm, decimal: DecimalMark) -> SpendTable:
    """Read a table of purchases; without a supplier, an amount or a day it is refused whole."""
    expected = [name for names in HEADINGS.values() for name in names]
    table = csv_table(content, expected) if form is SpendForm.CSV else xlsx_table(content, expected)
    columns = _columns(table.headings)
    found = [_row(one, columns, MARKS[decimal]) for one in table.records]
    return SpendTable(
        rows=tuple(one for one in found if isinstance(one, SpendRow)),
        rejected=tuple(one for one in found if isinstance(one, Rejected)),
    )


def _columns(headings: Mapping[str, str]) -> Mapping[str, str]:
    """Find the column of each field."""
    found = {
        field: next((name for name in names if name in headings), "")
        for field, names in HEADINGS.items()
    }
    checks = Checks()
    for field in ("supplier", "amount"):
        if not found[field]:
            detail = f"no column is called {' or '.join(HEADINGS[field])}"
            checks.note("missing-column", detail, "row 1")
    if not found["day"] and not found["year"]:
        names = " or ".join((*HEADINGS["day"], *HEADINGS["year"]))
        checks.note("missing-column", f"no column is called {names}", "row 1")
    checks.settle()
    return {field: name for field, name in found.items() if name}


def _row(record: Record | Rejected, columns: Mapping[str, str], mark: str) -> SpendRow | Rejected:
    if isinstance(record, Rejected):
        return record
    cells = {field: record.cells[name] for field, name in columns.items() if name in record.cells}
    checks = Checks()
    supplier = text_of(cells.get("supplier", ""))[:LONGEST]
    if not supplier:
        checks.note("missing-field", "no supplier", "supplier")
    checks.faults += personal_number_faults(supplier, "supplier")
    kvk = checks.attempt(_kvk, cells["kvk"], "kvk") if "kvk" in cells else None
    cpv = checks.attempt(_cpv, cells["cpv"], "cpv") if "cpv" in cells else None
    amount = checks.attempt(lambda one: _cents(one, mark), cells.get("amount", ""), "amount")
    day = checks.attempt(_day, cells, "day")
    if checks.faults or amount is None or day is None:
        return _rejected(record.number, checks.faults, columns)
    return SpendRow(
        number=record.number,
        supplier=supplier,
        kvk_number=kvk,
        amount_cents=amount,
        bought_on=day,
        cpv=cpv,
        category=_text(cells, "category"),
        reference=_text(cells, "reference"),
    )


def _rejected(number: int, faults: list[Fault], columns: Mapping[str, str]) -> Rejected:
    named = [f"{columns.get(one.place, one.place)}: {one.detail}" for one in faults]
    return Rejected(f"row {number}", faults[0].code, "; ".join(named))


def _kvk(cell: Cell) -> str:
    return parse_kvk(digits_of(cell, 8)[0])


def _cpv(cell: Cell) -> CpvCode:
    return parse_cpv(digits_of(cell, 8)[0])


def _cents(cell: Cell, mark: str) -> int:
    cents = cents_of(cell, mark, in_cents=False)
    if not cents or abs(cents) > LARGEST_CENTS:
        raise InvalidValue("an amount of nothing, or too large a one", code="invalid-amount")
    return cents


def _day(cells: Mapping[str, Cell]) -> date:
    """A day, or else 1 January of the year that is given."""
    if "day" in cells:
        day = date_of(cells["day"], DATES)
    elif "year" in cells:
        year = whole_of(cells["year"])
        day = date(year, 1, 1) if 0 < year <= date.max.year else date.max
    else:
        raise InvalidValue("neither a day nor a year", code="missing-field")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidValue(f"the year {day.year} is not between 1990 and 2100", code="invalid-date")
    return day


def _text(cells: Mapping[str, Cell], field: str) -> str | None:
    return text_of(cells[field])[:LONGEST] if field in cells else None
