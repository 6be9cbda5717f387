"""A table of work items, CSV or XLSX, in Dutch or English headings."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from api.domain.errors import Fault, InvalidInput, InvalidValue
from api.domain.tendering.notice import Rejected
from api.problems import UnsupportedMediaType
from api.reference.service import Reference
from api.work_items.schemas import WorkItemIn
from importers.enterprises.cells import cents_of, flag_of, text_of, whole_of
from importers.enterprises.tables import Cell, Record, csv_table, heading_key, xlsx_table

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_FAULTS: Final = 100
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("code", "nummer"),
    "title": ("titel", "title", "omschrijving"),
    "cpv": ("cpv", "cpv-code"),
    "kind": ("soort", "kind"),
    "yearlyCents": ("per jaar", "yearly", "euro per jaar"),
    "totalCents": ("totaal", "total"),
    "months": ("maanden", "months"),
    "indefinite": ("onbepaalde tijd", "indefinite"),
    "areas": ("plaatsen", "areas", "plaats"),
    "optionsCents": ("opties", "options"),
    "extensionsCents": ("verlengingen", "extensions"),
    "group": ("blijft bij", "group", "groep"),
    "apart": ("niet samen met", "apart"),
    "reserved": ("voorbehouden", "reserved"),
    "doneNowBy": ("nu gedaan door", "done now by"),
}
"""Per field the headings that are read; the first is the one of the template."""
_KINDS: Final = {
    "werken": "works",
    "werk": "works",
    "leveringen": "supplies",
    "levering": "supplies",
    "diensten": "services",
    "dienst": "services",
    "sociale diensten": "social-services",
    "concessie": "concession",
}
_DOERS: Final = {
    "niemand": "nobody",
    "eigen personeel": "own-staff",
    "eigen mensen": "own-staff",
    "bedrijf": "firm",
}
_FIELDS: Final = {heading: name for name, given in COLUMNS.items() for heading in given}
_PARTS = re.compile(r"[;|\n]")


def read_items(
    content: bytes, media_type: str, known: Reference
) -> Sequence[tuple[str, WorkItemIn]]:
    """Read every row, or raise all faults with their rows (at most 100)."""
    if media_type not in ("text/csv", XLSX):
        raise UnsupportedMediaType(f"{media_type or 'No media type'} is not text/csv or {XLSX}.")
    table = (csv_table if media_type == "text/csv" else xlsx_table)(content, tuple(_FIELDS))
    _check_headings(table.headings)
    names = _area_names(known)
    found: list[tuple[str, WorkItemIn]] = []
    faults: list[Fault] = []
    for record in table.records:
        try:
            found.append(_read(record, names))
        except InvalidInput as error:
            faults += error.faults
        if len(faults) > MOST_FAULTS:
            break
    if faults:
        raise InvalidInput(*faults[:MOST_FAULTS])
    if not found:
        raise InvalidInput(Fault("empty-file", "there is no row under the heading"))
    return found


def _check_headings(headings: Mapping[str, str]) -> None:
    unknown = [name for key, name in headings.items() if key not in _FIELDS]
    fields = {_FIELDS[key] for key in headings if key in _FIELDS}
    faults = [Fault("unknown-column", f"{name[:60]!r} is no column", "row 1") for name in unknown]
    faults += [
        Fault("missing-column", f"there is no column {COLUMNS[name][0]!r}", "row 1")
        for name in ("code", "title")
        if name not in fields
    ]
    if len(fields) + len(unknown) < len(headings):
        faults.append(Fault("duplicate-column", "two columns mean the same", "row 1"))
    if faults:
        raise InvalidInput(*faults)


def _read(record: Record | Rejected, names: Mapping[str, str]) -> tuple[str, WorkItemIn]:
    if isinstance(record, Rejected):
        raise InvalidInput(Fault(record.code, record.detail, record.place))
    place, values, faults = f"row {record.number}", dict[str, Any](), list[Fault]()
    for heading, cell in record.cells.items():
        name = _FIELDS[heading]
        try:
            values[name] = _CELLS.get(name, text_of)(cell)
        except InvalidValue as error:
            faults.append(Fault(error.value_code, error.detail, f"{place}, column {heading}"))
    values["areas"] = [names.get(heading_key(one), one) for one in values.get("areas", ())]
    if faults:
        raise InvalidInput(*faults)
    try:
        return place, msgspec.convert(values, WorkItemIn)
    except msgspec.ValidationError as error:
        raise InvalidInput(Fault("invalid-value", str(error), place)) from error


def _cents(cell: Cell) -> int:
    return cents_of(cell, ",", in_cents=False)


def _parts(cell: Cell) -> list[str]:
    return [part.strip() for part in _PARTS.split(text_of(cell)) if part.strip()]


def _word(words: Mapping[str, str]) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        text = heading_key(text_of(cell))
        return words.get(text, text)

    return read


_CELLS: Final[Mapping[str, Callable[[Cell], Any]]] = {
    "kind": _word(_KINDS),
    "yearlyCents": _cents,
    "totalCents": _cents,
    "optionsCents": _cents,
    "extensionsCents": _cents,
    "months": whole_of,
    "indefinite": flag_of,
    "reserved": flag_of,
    "areas": _parts,
    "apart": _parts,
    "doneNowBy": _word(_DOERS),
}


def _area_names(known: Reference) -> Mapping[str, str]:
    """Give the code for every spelling; a municipality goes before a province of its name."""
    names = {heading_key(entry.name): entry.successor or code for code, entry in known.nuts.items()}
    for code, spellings in known.spellings.items():
        names |= {heading_key(spelling): code for spelling in spellings}
    return names
