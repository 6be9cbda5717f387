"""Lists of fulfilments in CSV and XLSX: one row, one fulfilment. Headings in Dutch or English."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec

from api.decoding import as_fault
from api.domain.errors import Fault, InvalidInput, InvalidValue
from api.domain.tendering.notice import Rejected
from api.domain.values import parse_kvk
from api.entry_imports.drafts import NOBODY, EntryForm, EntryRow
from api.fulfilments.schemas import NewClaimIn
from importers.enterprises import cells
from importers.enterprises.tables import Cell, Record, csv_table, heading_key, xlsx_table

DATES: Final = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y")
KINDS: Final = {
    "placement": "placement",
    "plaatsing": "placement",
    "purchase": "purchase",
    "inkoop": "purchase",
    "activity": "activity",
    "activiteit": "activity",
    "arrangement": "arrangement",
    "maatwerk": "arrangement",
}
Parse = Callable[[Cell], Any]


def _text(cell: Cell) -> str:
    return cells.text_of(cell)


def _day(cell: Cell) -> str:
    return cells.date_of(cell, DATES).isoformat()


def _next_day(cell: Cell) -> str:
    return (cells.date_of(cell, DATES) + timedelta(days=1)).isoformat()


def _cents(cell: Cell) -> int:
    return cells.cents_of(cell, ",", in_cents=False)


def _quantity(cell: Cell) -> str:
    cells.number_of(cell)
    return cells.text_of(cell).replace(",", ".")


def _codes(cell: Cell) -> list[str]:
    parts = (part.strip() for part in cells.text_of(cell).replace(";", ",").split(","))
    return [part for part in parts if part]


def _kvk(cell: Cell) -> str:
    return parse_kvk(cells.digits_of(cell, 8)[0])


def _kind(cell: Cell) -> str:
    kind = KINDS.get(cells.text_of(cell).casefold())
    if kind is None:
        raise InvalidValue(f"one of {', '.join(sorted(KINDS))}", code="unknown-kind")
    return kind


COLUMNS: Final[Mapping[str, tuple[str, Parse]]] = {
    "soort": ("kind", _kind),
    "kvk leverancier": ("supplierKvk", _kvk),
    "factuurnummer": ("invoiceNumber", _text),
    "factuurdatum": ("invoicedOn", _day),
    "factuurbedrag": ("invoiceCents", _cents),
    "geclaimd bedrag": ("claimedCents", _cents),
    "loondeel": ("labourCents", _cents),
    "onderwerp": ("subject", _text),
    "bouwblok": ("block", _text),
    "uitgever": ("issuer", _text),
    "verwijzing": ("reference", _text),
    "begonnen op": ("startedOn", _day),
    "van": ("fromDay", _day),
    "tot en met": ("untilDay", _next_day),
    "uren per week": ("hoursPerWeek", _quantity),
    "uren totaal": ("hoursTotal", _quantity),
    "loonkostensubsidie": ("wageSubsidy", cells.flag_of),
    "onbetaald": ("unpaid", cells.flag_of),
    "bonussen": ("bonuses", _codes),
    "activiteit": ("activity", _text),
    "datum": ("happenedOn", _day),
    "aantal": ("quantity", _quantity),
    "personen": ("persons", cells.whole_of),
    "keren": ("occasions", cells.whole_of),
    "dagen": ("days", cells.whole_of),
    "voorbereiding": ("preparationHours", _quantity),
    "kosten": ("costCents", _cents),
    "akkoord vooraf": ("priorConsent", cells.flag_of),
    "afgesproken bedrag": ("agreedCents", _cents),
    "afspraak": ("agreement", _text),
    "categorie": ("category", _text),
    "bewijsstuk": ("evidence", _text),
    "opmerking": ("note", _text),
    "gepland": ("planned", cells.flag_of),
    "kenmerk": ("label", _text),
}
"""Field and form by Dutch heading; the name of the field is its English heading."""
_BY_HEADING: Final = {heading_key(name): found for name, found in COLUMNS.items()} | {
    heading_key(field): (field, parse) for field, parse in COLUMNS.values()
}
_OUTSIDE: Final = frozenset(("supplierKvk", "evidence", "note", "planned", "label"))
"""Fields that are not of the fulfilment itself."""


def read_entries(content: bytes, form: EntryForm) -> Iterator[EntryRow | Rejected]:
    """Read a list; a row with a fault is told with its column, and nothing is dropped in silence.

    A column that is not known is refused: its contents would be lost.
    """
    table = (csv_table if form is EntryForm.CSV else xlsx_table)(content, list(_BY_HEADING))
    unknown = [name for key, name in table.headings.items() if key not in _BY_HEADING]
    if unknown:
        known = ", ".join(COLUMNS)
        detail = "There is no column {!r}; known: {}."
        raise InvalidInput(
            *(Fault("unknown-column", detail.format(name[:60], known), "row 1") for name in unknown)
        )
    for record in table.records:
        if isinstance(record, Rejected):
            yield record
        else:
            yield _row(record, table.headings)


def _row(record: Record, headings: Mapping[str, str]) -> EntryRow | Rejected:
    values: dict[str, Any] = {}
    for key, cell in record.cells.items():
        field, parse = _BY_HEADING[key]
        try:
            values[field] = parse(cell)
        except InvalidValue as error:
            place = f"row {record.number}, column {headings[key]}"
            return Rejected(place, error.value_code, error.detail)
    return _entry(record.number, values)


def _entry(number: int, values: dict[str, Any]) -> EntryRow | Rejected:
    outside = {name: values.pop(name) for name in _OUTSIDE & values.keys()}
    if "issuer" in values or "reference" in values:
        person = {name: values.pop(name) for name in ("issuer", "reference") if name in values}
        values["person"] = person
    supplier = outside.get("supplierKvk")
    if supplier is not None:
        values["supplierId"] = str(NOBODY)
    claim: dict[str, Any] = {"fulfilment": values, "note": outside.get("note", "")}
    claim["planned"] = outside.get("planned", False)
    if "evidence" in outside:
        claim["evidence"] = {"reference": outside["evidence"]}
    try:
        read = msgspec.convert(claim, NewClaimIn)
    except msgspec.ValidationError as error:
        fault = as_fault(str(error))
        return Rejected(f"row {number}, {fault.place}", fault.code, fault.detail)
    return EntryRow(
        number=number, claim=read, supplier_kvk=supplier, label=outside.get("label", "")
    )
