"""From bytes to numbered rows of cells: CSV, XLSX and JSON lines.

Knows no field of an enterprise. Row numbers are those a spreadsheet shows: the heading is
row 1, a blank row counts, and a cell of several lines is one row.
"""

import csv
import io
import re
import warnings
import zipfile
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

import msgspec

from api.domain.errors import Fault, InvalidInput, TooLarge
from api.domain.tendering.notice import Rejected

MAX_BYTES: Final = 100 * 1024 * 1024
MAX_UNPACKED_BYTES: Final = 400 * 1024 * 1024
"""All parts of an XLSX together; 100,000 rows of 30 columns take about 150 MB."""
MAX_OTHER_BYTES: Final = 64 * 1024 * 1024
"""All but the sheets: they stream, but the table of texts must be held in memory."""
MAX_PARTS: Final = 5_000
MAX_ROW_TAGS: Final = 300_000
MAX_OTHER_TAGS: Final = 4_000_000
MAX_SHEET_ROWS: Final = 1_048_576
"""As many as Excel knows; of these `MAX_ROWS` are read."""
MAX_LINE: Final = 4 * 1024 * 1024
"""Characters in one line of CSV; a line of nothing but commas is 8 bytes a comma in memory."""
MAX_ROWS: Final = 200_000
MAX_COLUMNS: Final = 500
DELIMITERS: Final = (",", ";", "\t")

Cell = str | int | float | bool | date
Rows = Iterator[tuple[int, Sequence[object]] | Rejected]
_CHUNK: Final = 1024 * 1024
_SAMPLE: Final = 200
_MANY_ZEROS: Final = 20
"""In a heading written in UTF-16 every other byte is zero; a stray NUL is another thing."""
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_SHEETS: Final = "worksheets/"
_ROW_END: Final = re.compile(rb"</(?:\w+:)?row>")
_ZIP: Final = b"PK\x03\x04"
_SEP_LINE: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_EXCEL_ERRORS: Final = frozenset(
    ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")
)


class Format(StrEnum):
    """The forms in which a list of enterprises comes."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON_LINES = "jsonl"


class Record(msgspec.Struct, frozen=True):
    """One row of a table."""

    number: int
    cells: Mapping[str, Cell]
    """By `heading_key`; empty cells are left out, text is stripped."""


class Table(msgspec.Struct, frozen=True):
    """A table whose heading was read; its rows come one by one, once."""

    headings: Mapping[str, str]
    """From `heading_key` to the heading as written."""
    records: Iterator[Record | Rejected]
    warnings: tuple[Fault, ...] = ()


def format_of(file_name: str) -> Format:
    """Tell the format by the end of a file's name; others raise `InvalidInput`."""
    ending = file_name.rpartition(".")[2].lower()
    known = {"csv": Format.CSV, "tsv": Format.CSV, "txt": Format.CSV, "xlsx": Format.XLSX}
    known |= dict.fromkeys(("jsonl", "ndjson"), Format.JSON_LINES)
    if ending not in known:
        detail = f"{file_name[-40:]!r} is none of .csv .tsv .txt .xlsx .jsonl .ndjson"
        raise InvalidInput(Fault("unknown-format", detail))
    return known[ending]


def folded(text: str) -> str:
    """Bring a text into the form in which texts are compared: case and spare spaces don't count."""
    return " ".join(text.casefold().split())


@lru_cache(maxsize=4096)
def heading_key(heading: str) -> str:
    """Fold a heading; there are few, and they are asked for in every row."""
    return folded(heading)


def csv_table(content: bytes, expected: Collection[str] = ()) -> Table:
    """Read CSV; encoding and delimiter are found out, `expected` headings help with the latter."""
    rows, _, found = _csv(content, expected)
    return _table(rows, _keys(expected), found, ragged=True)


def csv_rows(content: bytes, expected: Collection[str] = ()) -> tuple[str, Rows]:
    """Give the delimiter of a CSV and its bare rows, heading included."""
    rows, delimiter, _ = _csv(content, expected)
    return delimiter, rows


def xlsx_table(content: bytes, expected: Collection[str] = ()) -> Table:
    """Read the first visible sheet of an XLSX file; formulas count as their stored values."""
    _require_size(content)
    _require_sound_zip(content)
    rows, found = _sheet(content)
    return _table(rows, _keys(expected), found, ragged=False)


def xlsx_rows(content: bytes) -> Rows:
    """Give the bare rows of an XLSX file that was read before, heading included."""
    return _sheet(content)[0]


def _csv(content: bytes, expected: Collection[str]) -> tuple[Rows, str, tuple[Fault, ...]]:
    _require_size(content)
    _refuse_spreadsheet(content)
    encoding, found = _encoding(content)
    text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    start, given = _after_sep_line(text)
    wanted = _keys(expected)
    delimiter = given or max(DELIMITERS, key=lambda one: _fit(text, start, one, wanted))
    text.seek(start)
    return _csv_rows(text, delimiter), delimiter, found


def _keys(expected: Collection[str]) -> set[str]:
    return {heading_key(one) for one in expected}


def json_lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the lines that are not blank with their numbers, the first being 1."""
    _require_size(content)
    lines = io.BytesIO(content.removeprefix(BOM_UTF8))
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, line


def _require_size(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise TooLarge(f"the file has {len(content)} bytes; at most {MAX_BYTES} are read")


def _refuse_spreadsheet(content: bytes) -> None:
    if content.startswith((_ZIP, _OLD_EXCEL)):
        raise InvalidInput(Fault("wrong-format", "this is a spreadsheet, not CSV"))


def _encoding(content: bytes) -> tuple[str, tuple[Fault, ...]]:
    """UTF-8 passes in silence; what had to be guessed gives a warning."""
    candidates = ["utf-8-sig", "cp1252"]
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif content[1:_SAMPLE:2].count(0) > _MANY_ZEROS:
        candidates = ["utf-16-le"]
    elif content[:_SAMPLE:2].count(0) > _MANY_ZEROS:
        candidates = ["utf-16-be"]
    for encoding in candidates:
        if _decodes(content, encoding):
            detail = f"the file is read as {encoding}, not as UTF-8"
            odd = encoding != "utf-8-sig"
            return encoding, (Fault("encoding", detail),) if odd else ()
    raise InvalidInput(Fault("unknown-encoding", "neither UTF-8, UTF-16 nor Windows-1252"))


def _decodes(content: bytes, encoding: str) -> bool:
    decoder = getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), _CHUNK):
            decoder.decode(content[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _after_sep_line(text: io.TextIOWrapper) -> tuple[int, str | None]:
    """Excel's `sep=;` before the heading, which Excel itself doesn't count as a row."""
    found = _SEP_LINE.fullmatch(text.readline(20))
    if found is None:
        return 0, None
    return text.tell(), found[1]


def _fit(
    text: io.TextIOWrapper, start: int, delimiter: str, wanted: Collection[str]
) -> tuple[int, int]:
    """How many known headings, then how many cells, the first row has with this delimiter."""
    text.seek(start)
    try:
        row = next((row for row in csv.reader(_lines(text), delimiter=delimiter) if any(row)), [])
    except csv.Error:
        return 0, 0
    return sum(heading_key(cell) in wanted for cell in row), len(row)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    for line in text:
        if len(line) > MAX_LINE:
            raise TooLarge(f"a line has more than {MAX_LINE} characters")
        yield line


def _csv_rows(text: io.TextIOWrapper, delimiter: str) -> Rows:
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        line_before = reader.line_num
        try:
            row = next(reader, None)
        except csv.Error as error:
            lines = reader.line_num - line_before
            yield _malformed(number, error, line_before + 1, lines)
            if lines > 1 or "end of data" in str(error):
                return
            continue
        if row is None:
            return
        yield number, row


def _malformed(number: int, error: csv.Error, line: int, lines: int) -> Rejected:
    detail = f"{error} (line {line})"
    if lines > 1 or "end of data" in str(error):
        detail += "; a quote is not closed, so nothing after this line was read"
    return Rejected(f"row {number}", "malformed-csv", detail)


def _require_sound_zip(content: bytes) -> None:
    """A part can't unpack to more than the zip's directory says: zipfile stops there."""
    if content.startswith(_OLD_EXCEL):
        detail = "an old .xls file or one with a password; save it as .xlsx without password"
        raise InvalidInput(Fault("wrong-format", detail))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _require_small(archive.infolist())
            for part in archive.infolist():
                _require_sound_part(archive, part)
    except TooLarge:
        raise
    except Exception as error:
        raise _unreadable(error) from error


def _require_small(parts: Sequence[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    others = sum(part.file_size for part in parts if _SHEETS not in part.filename)
    if unpacked > MAX_UNPACKED_BYTES or others > MAX_OTHER_BYTES or len(parts) > MAX_PARTS:
        raise TooLarge(f"the file unpacks to {unpacked} bytes in {len(parts)} parts; too much")


def _require_sound_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A parser holds a row of a sheet at once, and other parts whole: many tags, much memory."""
    tags = rows = 0
    is_sheet = _SHEETS in part.filename
    limit = MAX_ROW_TAGS if is_sheet else MAX_OTHER_TAGS
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            pieces = _ROW_END.split(chunk) if is_sheet else [chunk]
            tags += pieces[0].count(b"<")
            rows += len(pieces) - 1
            if tags > limit or rows > MAX_SHEET_ROWS:
                raise TooLarge(f"{part.filename} in the file has too many elements")
            tags = pieces[-1].count(b"<") if len(pieces) > 1 else tags


def _sheet(content: bytes) -> tuple[Rows, tuple[Fault, ...]]:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        sheet = sheets[0]
        sheet.reset_dimensions()  # the size that a file claims may be false
        rows = sheet.iter_rows(values_only=True, max_row=MAX_ROWS + 2)
    except Exception as error:
        raise _unreadable(error) from error
    others = [other.title for other in sheets[1:]]
    detail = f"only the sheet {sheet.title!r} is read, not {others}"
    return _sheet_rows(iter(rows)), (Fault("unread-sheet", detail),) if others else ()


def _sheet_rows(rows: Iterator[Sequence[object]]) -> Rows:
    number = 0
    while True:
        number += 1
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                row = next(rows, None)
        except Exception as error:
            raise _unreadable(error) from error
        if row is None:
            return
        yield number, row[: MAX_COLUMNS + 1]


def _unreadable(error: Exception) -> InvalidInput:
    """Openpyxl has no error of its own: it raises what its XML makes it stumble on."""
    detail = f"the workbook can't be read: {type(error).__name__} {str(error)[:200]}".rstrip()
    return InvalidInput(Fault("not-xlsx", detail))


def _table(rows: Rows, wanted: Collection[str], found: tuple[Fault, ...], *, ragged: bool) -> Table:
    names = _headings(rows)
    keys = [heading_key(name) for name in names]
    twice = sorted({key for key in keys if key in wanted and keys.count(key) > 1})
    if twice:
        detail = f"more than one column is called {', '.join(map(repr, twice))}"
        raise InvalidInput(Fault("duplicate-column", detail, "row 1"))
    headings = {key: name for key, name in zip(keys, names, strict=True) if key}
    records = _records(rows, keys, headings, ragged=ragged)
    return Table(headings, records, found)


def _headings(rows: Rows) -> list[str]:
    for row in rows:
        if isinstance(row, Rejected):
            raise InvalidInput(Fault(row.code, row.detail, row.place))
        headings = ["" if cell is None else str(cell).strip() for cell in row[1]]
        while headings and not headings[-1]:
            headings.pop()
        if len(headings) > MAX_COLUMNS:
            raise TooLarge(f"the heading has more than {MAX_COLUMNS} columns")
        if headings:
            return headings
    raise InvalidInput(Fault("empty-file", "there is no heading"))


def _records(
    rows: Rows, keys: list[str], headings: Mapping[str, str], *, ragged: bool
) -> Iterator[Record | Rejected]:
    for row in rows:
        if isinstance(row, Rejected):
            yield row
            continue
        number, raw = row
        if number > MAX_ROWS + 1:
            yield Rejected(f"row {number}", "too-many-rows", f"only {MAX_ROWS} rows are read")
            return
        cells = [None if value is None else _cell(value) for value in raw]
        if all(cell is None for cell in cells):
            continue
        too_short = ragged and len(cells) < len(keys)
        if too_short or any(cell is not None for cell in cells[len(keys) :]):
            detail = f"{len(cells)} cells under {len(keys)} headings"
            yield Rejected(f"row {number}", "ragged-row", detail)
            continue
        yield _record(number, zip(keys, cells, strict=False), headings)


def _record(
    number: int, cells: Iterable[tuple[str, Cell | None]], headings: Mapping[str, str]
) -> Record | Rejected:
    filled = {key: cell for key, cell in cells if cell is not None and key}
    for key, cell in filled.items():
        place = f"row {number}, column {headings[key]}"
        if isinstance(cell, str) and cell in _EXCEL_ERRORS:
            return Rejected(place, "spreadsheet-error", f"the cell holds {cell}")
        if isinstance(cell, str) and "\0" in cell:
            return Rejected(place, "nul-character", "the cell holds a NUL")
    return Record(number, filled)


def _cell(value: object) -> Cell | None:
    """A text is stripped and never taken for a formula; other things than Cell become text."""
    if isinstance(value, bool | int | float | date):
        return value
    return str(value).replace("_x000D_", "").strip() or None
