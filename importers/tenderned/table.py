"""Untrusted CSV bytes into rows of the columns that are read, or the reasons why not."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from api.domain.errors import Fault, InvalidInput
from importers.tenderned.columns import KNOWN, MANDATORY, Column

MAX_COLUMNS: Final = 500
DELIMITER: Final = ";"


class Row(msgspec.Struct, frozen=True):
    """One row: the cells that are not empty, under the columns that are read."""

    number: int
    """As a spreadsheet counts: the header is row 1."""
    cells: Mapping[Column, str]

    def place(self, column: Column) -> str:
        """Say where a cell is."""
        return f"row {self.number}, column {column.value}"


class Table(msgspec.Struct, frozen=True):
    """The rows of a file, the rows that don't fit its header, and what was repaired."""

    rows: tuple[Row, ...]
    misfits: tuple[tuple[int, int], ...]
    """First and last of rows in a run with more or fewer cells than the header."""
    warnings: tuple[str, ...]


def table(document: bytes) -> Table:
    """Read semicolon separated text in UTF-8, else in Windows-1252.

    Raises `InvalidInput` when it is no such text, or lacks a mandatory column.
    """
    text, encoding_warnings = _text(document)
    lines = _lines(text)
    header = next(lines, [])
    wanted, column_warnings = _columns(header)
    rows: list[Row] = []
    misfits: list[tuple[int, int]] = []
    for number, cells in enumerate(lines, start=2):
        if len(cells) == len(header):
            rows.extend(_row(number, cells, wanted))
        elif any(cells):
            follows = bool(misfits) and misfits[-1][1] == number - 1
            misfits.append((misfits.pop()[0] if follows else number, number))
    return Table(tuple(rows), tuple(misfits), (*encoding_warnings, *column_warnings))


def _row(number: int, cells: Sequence[str], wanted: Mapping[Column, int]) -> Iterator[Row]:
    """Keep what is read; a row that is empty there says nothing."""
    filled = {column: cells[at].strip() for column, at in wanted.items()}
    kept = {column: cell for column, cell in filled.items() if cell}
    if kept:
        yield Row(number, kept)


def _text(document: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        return document.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    try:
        return document.decode("cp1252"), ("not UTF-8; read as Windows-1252",)
    except UnicodeDecodeError as error:
        place = f"line {document.count(10, 0, error.start) + 1}"
        fault = Fault("invalid-encoding", "neither UTF-8 nor Windows-1252", place)
        raise InvalidInput(fault) from error


def _lines(text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITER, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        fault = Fault("invalid-csv", f"not CSV: {error}", f"line {reader.line_num}")
        raise InvalidInput(fault) from error


def _columns(header: Sequence[str]) -> tuple[Mapping[Column, int], tuple[str, ...]]:
    """Find the columns that are read by their names; unknown ones are named in one warning."""
    if len(header) > MAX_COLUMNS:
        detail = f"{len(header)} columns; at most {MAX_COLUMNS}"
        raise InvalidInput(Fault("too-many-columns", detail, "row 1"))
    header = [name.strip() for name in header]
    faults = [*_missing(header), *_repeated(header)]
    if faults:
        raise InvalidInput(*faults)
    unknown = [name[:80] for name in header if name and name not in KNOWN]
    warnings = (f"unknown columns, not read: {', '.join(unknown)}",) if unknown else ()
    return {column: header.index(column) for column in Column if column in header}, warnings


def _missing(header: Sequence[str]) -> Iterator[Fault]:
    for column in MANDATORY:
        if column not in header:
            yield Fault("missing-column", f"the column {column.value} is missing", "row 1")


def _repeated(header: Sequence[str]) -> Iterator[Fault]:
    for name, times in Counter(header).items():
        if times > 1 and name in KNOWN:
            yield Fault("duplicate-column", f"the column {name} occurs {times} times", "row 1")
