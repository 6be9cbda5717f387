"""Lists of enterprises: bytes into enterprises or rejections, row by row. Pure.

Nothing is lost in silence: a row becomes a `Row` or at least one `Rejected`, and whatever was
repaired or left out stands in a warning.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec

from api.decoding import as_fault, faults_of
from api.domain.errors import Fault, InvalidInput, InvalidValue
from api.domain.tendering.notice import Rejected
from api.domain.values import parse_cpv, parse_kvk
from api.enterprises.schemas import EnterpriseIn
from api.imports.drafts import Double, Doubles, Reading, Row, ranges
from importers.enterprises.fields import RowFields
from importers.enterprises.mapping import EnterpriseMapping
from importers.enterprises.tables import (
    MAX_ROWS,
    Format,
    Record,
    Table,
    csv_table,
    heading_key,
    json_lines,
    xlsx_table,
)

_PLACE: Final = re.compile(r"row (\d+)(?:, (?:column|field) (.*))?", re.DOTALL)
_ESCAPED_NUL: Final = b"u0000"
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Group(msgspec.Struct, frozen=True):
    """Equal findings of many rows."""

    code: str
    column: str
    """Empty when the row as a whole is meant."""
    detail: str
    """Of the first row."""
    rows: tuple[int, ...]

    def __str__(self) -> str:
        """Give one line, such as `rows 3-17, 20: invalid-kvk in column KvK: …`."""
        where = f" in column {self.column}" if self.column else ""
        word = "row" if len(self.rows) == 1 else "rows"
        rows = f"{word} {ranges(self.rows)}: " if self.rows else ""
        return f"{rows}{self.code}{where}: {self.detail}"


def read_enterprises(
    content: bytes,
    form: Format,
    mapping: EnterpriseMapping | None = None,
    areas: Mapping[str, str] | None = None,
) -> Reading:
    """Read a list of enterprises.

    A table needs a `mapping`; JSON lines hold `EnterpriseIn` and need none. `areas` gives the
    code for a name of an area, in the form of `folded`; without it places must be codes.
    A file that can't be read at all raises `InvalidInput`, or `TooLarge` beyond a limit.
    """
    if form is Format.JSON_LINES:
        return Reading(_json_rows(content))
    if mapping is None:
        raise InvalidInput(Fault("missing-mapping", "a table is read by a mapping"))
    read = csv_table if form is Format.CSV else xlsx_table
    table = read(content, mapping.columns)
    found = (*table.warnings, *_heading_warnings(table, mapping))
    return Reading(_table_rows(table, mapping, areas or {}), found)


def _heading_warnings(table: Table, mapping: EnterpriseMapping) -> Iterator[Fault]:
    columns = {heading_key(column): column for column in mapping.columns}
    if not columns.keys() & table.headings.keys():
        detail = f"the heading has none of {', '.join(columns.values())}"
        raise InvalidInput(Fault("missing-column", detail[:1000], "row 1"))
    absent = [column for key, column in columns.items() if key not in table.headings]
    unread = [column for key, column in table.headings.items() if key not in columns]
    if absent:
        yield Fault("absent-columns", f"not in the file: {', '.join(absent)}", "row 1")
    if unread:
        yield Fault("unread-columns", f"not read: {', '.join(unread)}"[:1000], "row 1")


def _table_rows(
    table: Table, mapping: EnterpriseMapping, areas: Mapping[str, str]
) -> Iterator[Row | Rejected]:
    for record in table.records:
        if isinstance(record, Rejected):
            yield record
        else:
            yield from _table_row(record, mapping, table.headings, areas)


def _table_row(
    record: Record,
    mapping: EnterpriseMapping,
    headings: Mapping[str, str],
    areas: Mapping[str, str],
) -> Iterator[Row | Rejected]:
    fields = RowFields(record, mapping, headings, areas)
    raw = fields.enterprise()
    enterprise = _converted(raw)
    if isinstance(enterprise, EnterpriseIn) and not fields.faults:
        yield Row(record.number, enterprise, tuple(fields.warnings), fields.located)
        return
    found = list(fields.faults)
    if isinstance(enterprise, Fault):
        faults = faults_of(msgspec.json.encode(raw), EnterpriseIn) or (enterprise,)
        located = [fields.located(fault) for fault in faults]
        found += [fault for fault in located if fault.place not in fields.blamed]
    name = str(raw.get("externalId") or raw.get("name") or "")[:100]
    for fault in found:
        yield Rejected(fault.place, fault.code, fault.detail, name)


def _converted(raw: dict[str, object]) -> EnterpriseIn | Fault:
    try:
        return msgspec.convert(raw, EnterpriseIn)
    except msgspec.ValidationError as error:
        return as_fault(str(error))


def _json_rows(content: bytes) -> Iterator[Row | Rejected]:
    for number, line in json_lines(content):
        if number > MAX_ROWS:
            yield Rejected(f"row {number}", "too-many-rows", f"only {MAX_ROWS} rows are read")
            return
        yield from _json_row(number, line)


def _json_row(number: int, line: bytes) -> Iterator[Row | Rejected]:
    record = ""
    found: tuple[Fault, ...]
    try:
        enterprise = msgspec.json.decode(line, type=EnterpriseIn)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        found = faults_of(line, EnterpriseIn) or (as_fault(str(error)),)
    else:
        record = enterprise.external_id or enterprise.name
        found = tuple(_code_faults(enterprise))
        if _ESCAPED_NUL in line and _NUL.search(line):
            found += (Fault("nul-character", "a text holds a NUL"),)
        if not found:
            yield Row(number, enterprise)
    for fault in found:
        place = f"row {number}, field {fault.place}" if fault.place else f"row {number}"
        yield Rejected(place, fault.code, fault.detail, record)


def _code_faults(enterprise: EnterpriseIn) -> Iterator[Fault]:
    """The forms of codes, which the schema leaves to the rules."""
    codes: list[tuple[Callable[[str], object], str, str]] = []
    if enterprise.kvk_number is not None:
        codes.append((parse_kvk, enterprise.kvk_number, "/kvkNumber"))
    for n, offering in enumerate(enterprise.offerings):
        codes += [(parse_cpv, code, f"/offerings/{n}/cpvCodes") for code in offering.cpv_codes]
    for n, mark in enumerate(enterprise.marks):
        holders = mark.holder_kvk_numbers
        codes += [(parse_kvk, code, f"/marks/{n}/holderKvkNumbers") for code in holders]
    for parse, text, place in codes:
        try:
            parse(text)
        except InvalidValue as error:
            yield Fault(error.value_code, error.detail, place)


def doubles(rows: Iterable[Row]) -> tuple[Double, ...]:
    """Find rows with the same KvK number, identifier, or name and town."""
    seen = Doubles()
    for row in rows:
        seen.add(row)
    return seen.found()


def grouped(findings: Iterable[Rejected | Fault]) -> tuple[Group, ...]:
    """Bring findings of the same code and column together, in the order of their first row."""
    rows: dict[tuple[str, str], list[int]] = {}
    details: dict[tuple[str, str], str] = {}
    for finding in findings:
        found = _PLACE.fullmatch(finding.place)
        column = finding.place if found is None else re.sub(r"/\d+", "", found[2] or "")
        key = (finding.code, column)
        rows.setdefault(key, []).extend([] if found is None else [int(found[1])])
        details.setdefault(key, finding.detail)
    return tuple(
        Group(code, column, details[code, column], tuple(sorted(set(numbers))))
        for (code, column), numbers in rows.items()
    )
