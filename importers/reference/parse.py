"""Reads reference tables: bytes of CSV into entries or rejections.

Each function takes the full table and the small one in `data/`; the heading tells which it is.
A heading without the columns of either raises `InvalidInput`.
"""

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final, TypeVar

from api.domain.errors import Fault, InvalidInput, InvalidValue
from api.domain.tendering.coverage import Municipality
from api.domain.tendering.notice import Rejected
from api.domain.values import Point, parse_cpv
from importers.reference.records import (
    CpvEntry,
    MunicipalityEntry,
    NutsEntry,
    PostcodeEntry,
    TownEntry,
)

MAX_BYTES: Final = 64 * 1024 * 1024
"""Forty times the largest table there is."""
Entry = TypeVar("Entry")
Form = Collection[str]

_CPV: Final = ("code", "label_nl")
_MUNICIPALITIES: Final = ("gm_code", "gemeente", "naam_kort", "nuts3", "lat", "lon")
_MUNICIPALITIES_OWN: Final = ("code", "name", "also", "nuts3", "lat", "lon")
_NUTS: Final = ("code", "label_nl")
_NUTS_OWN: Final = ("code", "name_nl")
_POSTCODES: Final = ("postcode", "woonplaats", "gemeente", "provincie", "latitude", "longitude")
_TOWNS: Final = (
    *("Woonplaatscode", "Woonplaats", "Gemeentecode", "Gemeente"),
    *("COROP-gebiedcode", "COROP-gebied"),
)


class _Row:
    """One row: cells by heading, stripped, and the place for messages."""

    def __init__(self, number: int, cells: Mapping[str, str]) -> None:
        self.number = number
        self.cells = cells

    def text(self, *columns: str) -> str:
        """The first of `columns` that stands in this form of the table; it may not be empty."""
        column = next(column for column in columns if column in self.cells)
        if not self.cells[column]:
            raise _BadCell(column, "missing-value", f"{column} is empty")
        return self.cells[column]

    def optional(self, column: str) -> str | None:
        """The cell, or `None` when it is empty or the table has no such column."""
        return self.cells.get(column) or None

    def matching(self, pattern: str, *columns: str) -> str:
        """A cell of exactly this form."""
        text = self.text(*columns)
        if not re.fullmatch(pattern, text, re.ASCII):
            column = next(column for column in columns if column in self.cells)
            raise _BadCell(column, "invalid-code", f"{text[:40]!r} has not the form {pattern}")
        return text

    def point(self, lat: str, lon: str) -> Point:
        """Two cells in decimal degrees."""
        try:
            return Point(float(self.text(lat)), float(self.text(lon)))
        except ValueError as error:
            raise _BadCell(lat, "invalid-point", str(error)) from error

    def rejected(self, column: str, code: str, detail: str) -> Rejected:
        """This row, refused for one cell; known by its first cell."""
        record = next(iter(self.cells.values()), "")
        return Rejected(f"row {self.number}, column {column}", code, detail, record)


class _BadCell(Exception):
    """One cell can't be read; becomes a `Rejected`."""

    def __init__(self, column: str, code: str, detail: str) -> None:
        super().__init__(detail)
        self.column = column
        self.code = code
        self.detail = detail


def cpv_codes(content: bytes) -> Iterator[CpvEntry | Rejected]:
    """Read a CPV table; a code whose parent is not in the table is refused."""
    rows = list(_rows(content, _CPV))
    known = {row.cells["code"][:8] for row in rows if isinstance(row, _Row)}

    def entry(row: _Row) -> CpvEntry:
        try:
            code = parse_cpv(row.text("code"))
        except InvalidValue as error:
            raise _BadCell("code", error.value_code, error.detail) from error
        _require_parent(row, known, f"{code[:2]}000000")
        return CpvEntry(code, row.text("label_nl"), row.optional("label_en"), _social(row))

    return _entries(iter(rows), entry, "code")


def municipalities(content: bytes) -> Iterator[MunicipalityEntry | Rejected]:
    """Read a table of municipalities, with the other spellings of their names."""
    rows = _rows(content, _MUNICIPALITIES, _MUNICIPALITIES_OWN)
    return _entries(rows, _municipality, "gm_code", "code")


def nuts(content: bytes) -> Iterator[NutsEntry | Rejected]:
    """Read NUTS areas of any country, or superseded codes with their successors."""
    rows = list(_rows(content, _NUTS, _NUTS_OWN))
    known = {row.cells["code"] for row in rows if isinstance(row, _Row)}

    def entry(row: _Row) -> NutsEntry:
        code = row.matching(r"[A-Z]{2}[0-9A-Z]{0,3}", "code")
        successor = row.optional("successor")
        if successor is None and len(code) > 2:  # noqa: PLR2004  a country has no parent
            _require_parent(row, known, code[:-1])
        return NutsEntry(code, row.text("label_nl", "name_nl"), successor)

    return _entries(iter(rows), entry, "code")


def postcodes(content: bytes) -> Iterator[PostcodeEntry | Rejected]:
    """Read four-digit postcodes; names of municipalities are of the year of the table."""
    return _entries(_rows(content, _POSTCODES), _postcode, "postcode")


def towns(content: bytes) -> Iterator[TownEntry | Rejected]:
    """Read towns (woonplaatsen) with their municipality and COROP area."""
    return _entries(_rows(content, _TOWNS), _town, "Woonplaatscode")


def _municipality(row: _Row) -> MunicipalityEntry:
    name = row.text("gemeente", "name")
    also = row.cells.get("naam_kort", row.cells.get("also", "")).split("|")
    spellings = {spelling.strip() for spelling in also} - {name, ""}
    municipality = Municipality(
        code=row.matching(r"GM\d{4}", "gm_code", "code"),
        name=name,
        nuts3=row.matching(r"NL[0-9A-Z]{3}", "nuts3"),
        centre=row.point("lat", "lon"),
    )
    return MunicipalityEntry(municipality, tuple(sorted(spellings)))


def _postcode(row: _Row) -> PostcodeEntry:
    also = (row.optional("alternatieve_schrijfwijzen") or "").split(",")
    town = row.text("woonplaats")
    return PostcodeEntry(
        postcode=row.matching(r"[1-9]\d{3}", "postcode"),
        town=town,
        spellings=tuple(sorted({spelling.strip() for spelling in also} - {town, ""})),
        municipality=row.optional("gemeente"),
        province=row.optional("provincie"),
        point=row.point("latitude", "longitude"),
    )


def _town(row: _Row) -> TownEntry:
    return TownEntry(
        code=row.matching(r"\d{4}", "Woonplaatscode"),
        name=row.text("Woonplaats"),
        municipality="GM" + row.matching(r"\d{4}", "Gemeentecode"),
        municipality_name=row.text("Gemeente"),
        corop=row.matching(r"\d{2}", "COROP-gebiedcode"),
        corop_name=row.text("COROP-gebied"),
    )


def _social(row: _Row) -> bool | None:
    return None if "social_service" not in row.cells else row.cells["social_service"] == "1"


def _require_parent(row: _Row, known: Collection[str], default: str) -> None:
    """The parent is named in a column of the full table, and follows from the code in the own."""
    parent = row.cells.get("parent", default)
    if parent and parent not in known:
        column = "parent" if "parent" in row.cells else "code"
        raise _BadCell(column, "unknown-parent", f"{parent} stands nowhere in the table")


def _entries(
    rows: Iterator[_Row | Rejected], read: Callable[[_Row], Entry], *key: str
) -> Iterator[Entry | Rejected]:
    seen: dict[str, int] = {}
    for row in rows:
        if isinstance(row, Rejected):
            yield row
            continue
        column = next(column for column in key if column in row.cells)
        without_check_digit = row.cells[column].partition("-")[0]
        first = seen.setdefault(without_check_digit, row.number)
        if first != row.number:
            detail = f"{row.cells[column]} stands in row {first} too"
            yield row.rejected(column, "duplicate-code", detail)
            continue
        try:
            yield read(row)
        except _BadCell as bad:
            yield row.rejected(bad.column, bad.code, bad.detail)


def _rows(content: bytes, *forms: Form) -> Iterator[_Row | Rejected]:
    reader = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    try:
        heading = [cell.strip() for cell in next(reader, [])]
        _require_form(heading, forms)
        yield from _numbered(reader, heading)
    except csv.Error as error:
        raise InvalidInput(Fault("malformed-csv", str(error), f"line {reader.line_num}")) from error


def _numbered(reader: Iterator[list[str]], heading: list[str]) -> Iterator[_Row | Rejected]:
    for number, cells in enumerate(reader, start=2):
        if not cells:
            continue
        if len(cells) != len(heading):
            detail = f"{len(cells)} cells under {len(heading)} headings"
            yield Rejected(f"row {number}", "ragged-row", detail, cells[0])
            continue
        if any("\0" in cell for cell in cells):
            yield Rejected(f"row {number}", "nul-character", "a cell holds a NUL", cells[0][:40])
            continue
        stripped = (cell.strip() for cell in cells)
        yield _Row(number, dict(zip(heading, stripped, strict=True)))


def _require_form(heading: list[str], forms: tuple[Form, ...]) -> None:
    twice = sorted({column for column in heading if heading.count(column) > 1})
    if twice:
        raise InvalidInput(Fault("duplicate-column", f"twice in the heading: {twice}", "row 1"))
    if not any(set(form) <= set(heading) for form in forms):
        wanted = " or ".join(", ".join(form) for form in forms)
        raise InvalidInput(Fault("missing-column", f"the heading must hold {wanted}", "row 1"))


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise InvalidInput(Fault("too-large", f"a reference table holds at most {MAX_BYTES} bytes"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        detail = f"not UTF-8: byte {error.start} is {content[error.start]:#04x}"
        raise InvalidInput(Fault("unknown-encoding", detail)) from error
