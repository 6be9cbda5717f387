"""Every reader of files that the product has, with real files that it reads."""

import io
import json
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import msgspec
from openpyxl import Workbook

from api.entry_imports.drafts import EntryForm
from api.spend.schemas import DecimalMark, SpendForm
from importers.demo.load import notice_files
from importers.eforms import parse as eforms
from importers.enterprises.mapping import read_mapping, shipped_mapping
from importers.enterprises.parse import read_enterprises
from importers.enterprises.tables import Format
from importers.entries.parse import read_entries
from importers.entries.ubl import read_invoice
from importers.ocds import parse as ocds
from importers.reference import parse as reference
from importers.rule_books.parse import parse_rule_book
from importers.spend.parse import read_spend
from importers.tenderned import parse as tenderned
from tests.api.obligations.test_entry_imports import invoice, purchases
from tests.api.obligations.test_fuzzed_files import SPEND
from tests.builders import a_csv_notice, a_json_notice, an_enterprise
from tests.conftest import SHARED
from tests.faults import mutations
from tests.faults.mutations import Mutation

ROOT: Final = Path(__file__).parents[2]
LARGEST: Final = 150_000
"""Bytes of a file to start from: larger ones are read less often in the same time."""
WORLD: Final = SimpleNamespace(kvk={"supplier": "12345678", "contractor": "87654321"})


class Reader(msgspec.Struct, frozen=True):
    """A reader: what it reads, how its files are harmed, and files that it reads well."""

    read: Callable[[bytes], object]
    harm: Mutation
    files: Callable[[], list[bytes]]


def _all(read: Callable[[bytes], Iterable[Any]]) -> Callable[[bytes], object]:
    """Let what is read lazily be read whole."""
    return lambda content: deque(read(content), maxlen=0)


def _these(*own: bytes, shared: str = "", shipped: str = "") -> Callable[[], list[bytes]]:
    """Give files of our own, shipped ones, and those beside the repository where there are any."""

    def found() -> list[bytes]:
        paths = [*(ROOT.glob(shipped) if shipped else ()), *(SHARED.glob(shared) if shared else ())]
        small = [path for path in sorted(paths) if path.stat().st_size <= LARGEST]
        return [*own, *(path.read_bytes() for path in small)]

    return found


def _sheet(table: str) -> bytes:
    """Make a workbook of a table."""
    book, target = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for line in table.splitlines():
        sheet.append(line.split(";"))
    book.save(target)
    return target.getvalue()


def _enterprises(form: Format) -> Callable[[bytes], object]:
    mapping = None if form is Format.JSON_LINES else shipped_mapping("perceel")
    return _all(lambda content: read_enterprises(content, form, mapping).rows)


def _as_text(content: bytes) -> object:
    return parse_rule_book(content.decode(errors="replace"))


_LINES: Final = "\n".join(json.dumps(an_enterprise()) for _ in range(3)).encode()
_LIST: Final = (
    "Nummer;KvK-nummer;Naam;Rechtsvorm;Plaats;Postcode;Website;Aanbod;CPV-codes;Leveringswijze;"
    "Opgericht op;Omzet per jaar (euro);Breedtegraad;Lengtegraad;Toegezegde capaciteit per jaar"
    " (euro)\r\n"
    "1;12345678;De Kwast;stichting;Utrecht;3511 AB;kwast.example;Schilderwerk;45442100;dienst;"
    "01-02-2010;1.250.000,50;52,09;5,12;100000\r\n"
    "2;87654321;De Spade;bv;Ede;6711 AA;;Groen;77310000;dienst;2011-01-01;;;;\r\n"
)
_ENTRIES: Final = purchases(WORLD, ("F-1", "1.250,50"), ("F-2", "300"))
_INVOICE: Final = invoice(WORLD).replace("QUJD" * 80_000, "QUJD")
_CREDIT: Final = invoice(WORLD, "C-1", root="CreditNote", refers="F-1").replace("QUJD" * 80_000, "")
_DATASET: Final = a_csv_notice()
_OCDS: Final = a_json_notice(
    lots=[{"id": "1", "title": "Groen", "value": {"amount": 12.5, "currency": "EUR"}}],
    items=[{"id": "1", "relatedLot": "1", "classification": {"scheme": "CPV", "id": "77310000"}}],
)
_TABLES: Final = {
    "cpv": reference.cpv_codes,
    "municipalities": reference.municipalities,
    "nuts": reference.nuts,
    "towns": reference.towns,
    "postcodes": reference.postcodes,
}
_POSTCODES: Final = (
    b"postcode,woonplaats,gemeente,provincie,latitude,longitude\n"
    b"3511,Utrecht,Utrecht,Utrecht,52.09,5.12\n6711,Ede,Ede,Gelderland,52.04,5.67\n"
)
_TOWNS: Final = (
    b"Woonplaatscode,Woonplaats,Gemeentecode,Gemeente,COROP-gebiedcode,COROP-gebied\n"
    b"WP1000,Utrecht,GM0344,Utrecht,CR17,Utrecht\n"
)
_REFERENCE: Final = {
    "cpv": _these(shipped="importers/reference/data/cpv.csv"),
    "municipalities": _these(
        shipped="importers/reference/data/municipalities.csv", shared="reference/nl-gemeenten.csv"
    ),
    "nuts": _these(shipped="importers/reference/data/nuts*.csv", shared="reference/nuts*.csv"),
    "towns": _these(_TOWNS, shared="reference/nl-woonplaatsen-corop.csv"),
    "postcodes": _these(_POSTCODES),
}
READERS: Final[dict[str, Reader]] = {
    "eforms": Reader(
        _all(eforms.notices),
        mutations.xml,
        _these(*(path.read_bytes() for path in notice_files()), shared="eforms*/*.xml"),
    ),
    "ocds": Reader(_all(ocds.notices), mutations.jsons, _these(_OCDS, shared="ocds/*.json")),
    "tenderned": Reader(_all(tenderned.notices), mutations.csvs, _these(_DATASET)),
    "enterprises-csv": Reader(
        _enterprises(Format.CSV),
        mutations.csvs,
        _these(_LIST.encode(), shared="enterprises/*.csv"),
    ),
    "enterprises-xlsx": Reader(
        _enterprises(Format.XLSX), mutations.workbook, _these(_sheet(_LIST))
    ),
    "enterprises-jsonl": Reader(_enterprises(Format.JSON_LINES), mutations.jsons, _these(_LINES)),
    "mappings": Reader(
        read_mapping, mutations.texts, _these(shipped="importers/enterprises/mappings/*.toml")
    ),
    **{
        f"reference-{name}": Reader(_all(read), mutations.csvs, _REFERENCE[name])
        for name, read in _TABLES.items()
    },
    "rule-books": Reader(
        _as_text, mutations.texts, _these(shipped="importers/rule_books/data/*.yaml")
    ),
    "invoices": Reader(read_invoice, mutations.xml, _these(_INVOICE.encode(), _CREDIT.encode())),
    "spend-csv": Reader(
        partial(read_spend, form=SpendForm.CSV, decimal=DecimalMark.COMMA),
        mutations.csvs,
        _these(SPEND.encode()),
    ),
    "spend-xlsx": Reader(
        partial(read_spend, form=SpendForm.XLSX, decimal=DecimalMark.COMMA),
        mutations.workbook,
        _these(_sheet(SPEND)),
    ),
    "entries-csv": Reader(
        _all(lambda content: read_entries(content, EntryForm.CSV)),
        mutations.csvs,
        _these(_ENTRIES.encode()),
    ),
    "entries-xlsx": Reader(
        _all(lambda content: read_entries(content, EntryForm.XLSX)),
        mutations.workbook,
        _these(_sheet(_ENTRIES)),
    ),
}
