"""A list while it is read and stored: rows, batches, what was seen before. Pure (ADR 21)."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, NoReturn, Protocol, runtime_checkable
from uuid import UUID

import msgspec

from api.domain.errors import Fault, InvalidInput, RuleViolation, Unavailable
from api.domain.tendering.notice import Rejected
from api.domain.values import digits
from api.enterprises.drafts import Stored, StoreState
from api.enterprises.schemas import EnterpriseIn
from api.imports.schemas import ImportRequest, ListForm, Severity
from api.reference.service import Reference

BATCH: Final = 500
"""Rows a batch: in skip mode one transaction each."""
LONGEST_SOURCE: Final = 60
_SUFFIXES: Final = frozenset(("bv", "nv"))
_PLACE: Final = re.compile(r"row (\d+)(?:, (?:column|field) (.*))?", re.DOTALL)
_INDEX: Final = re.compile(r"/\d+")
_KINDS: Final = ("kvk", "identifier", "name-and-town")
_LONGEST_DETAIL: Final = 1_000
Kind = Literal["kvk", "identifier", "name-and-town"]
Locate = Callable[[Fault], Fault]


class ImportFinished(RuleViolation):
    """A job that is finished can't be cancelled."""

    code = "import-finished"


class ImportNotFinished(RuleViolation):
    """The file is given back once the job is finished."""

    code = "import-not-finished"


class NotATable(RuleViolation):
    """JSON lines have no columns to add to."""

    code = "not-a-table"


class NotUndoable(RuleViolation):
    """Only what an import stored can be taken back, once."""

    code = "import-not-undoable"


def as_is(fault: Fault) -> Fault:
    """Leave the place of a fault as it is: JSON lines have no columns."""
    return fault


class Row(msgspec.Struct, frozen=True):
    """A row that was read."""

    number: int
    enterprise: EnterpriseIn
    warnings: tuple[Fault, ...] = ()
    """What was repaired or left out; `place` as in `Rejected`."""
    locate: Locate = as_is
    """Gives a fault, whose place is a JSON pointer, its column."""


class Reading(msgspec.Struct, frozen=True):
    """A list being read: its rows come one by one, once."""

    rows: Iterator[Row | Rejected]
    warnings: tuple[Fault, ...] = ()
    """About the file as a whole."""


class Chosen(msgspec.Struct, frozen=True):
    """How a list is to be read."""

    form: ListForm
    mapping_name: str | None = None
    mapping: bytes | None = None


class Note(msgspec.Struct, frozen=True):
    """What is written beside a row when the file is given back."""

    state: str
    findings: tuple[str, ...] = ()


@runtime_checkable
class ListReader(Protocol):
    """What the importers bring: the reading of files (ADR 13)."""

    def source_of(self, chosen: Chosen) -> str | None:
        """Check the mapping, and give the name of its list; JSON lines have none."""

    def read(self, content: bytes, chosen: Chosen, known: Reference) -> Reading:
        """Read a list row by row."""

    def annotated(self, content: bytes, chosen: Chosen, notes: Mapping[int, Note]) -> bytes:
        """Give a table back with two more columns."""


class NoLists:
    """Stands in where the application was composed without a reader of lists."""

    def source_of(self, _: Chosen) -> NoReturn:
        """Read no mapping."""
        raise Unavailable("No reader of lists was composed into this service.")

    def read(self, _content: bytes, chosen: Chosen, _known: Reference) -> NoReturn:
        """Read no list."""
        self.source_of(chosen)

    def annotated(self, _content: bytes, chosen: Chosen, _notes: Mapping[int, Note]) -> NoReturn:
        """Write no list."""
        self.source_of(chosen)


class Finding(msgspec.Struct, frozen=True):
    """Something to say about a row, or about the file as a whole."""

    severity: Severity
    code: str
    detail: str
    field: str
    row: int | None


class Outcome(msgspec.Struct, frozen=True, array_like=True):
    """What became of one row."""

    row: int
    state: StoreState
    enterprise_id: UUID | None = None
    """What was made of it, so that an import can be undone."""


class BatchReport(msgspec.Struct, frozen=True):
    """What became of the rows of a batch."""

    outcomes: tuple[Outcome, ...]
    faults: tuple[tuple[Severity, Fault], ...]

    @property
    def counts(self) -> Counter[StoreState]:
        """Count the rows by what became of them."""
        return Counter(one.state for one in self.outcomes)


class Double(msgspec.Struct, frozen=True):
    """Rows that look like one enterprise. Nothing is done about it: a person decides."""

    kind: Kind
    key: str
    rows: tuple[int, ...]

    def __str__(self) -> str:
        """Give one line, such as `rows 2, 5: same kvk: 01234567`."""
        return f"rows {ranges(self.rows)}: same {self.kind}: {self.key}"


class Doubles:
    """Finds rows with the same KvK number, identifier, or name and town (own choice, ADR 21).

    Names are compared without case, accents, punctuation and B.V. or N.V. Of a row only three
    numbers of eight bytes are kept, so that a list of any length fits.
    """

    def __init__(self) -> None:
        self._first: dict[int, int] = {}
        self._found: dict[tuple[Kind, str], list[int]] = {}

    def add(self, row: Row) -> None:
        """Take note of a row."""
        for kind, key in _keys(row.enterprise):
            first = self._first.setdefault(_short(f"{kind} {key}"), row.number)
            if first != row.number:
                self._found.setdefault((kind, key), [first]).append(row.number)

    def found(self) -> tuple[Double, ...]:
        """Give the doubles, in the order of their first row."""
        several = [Double(kind, key, tuple(rows)) for (kind, key), rows in self._found.items()]
        return tuple(sorted(several, key=lambda one: (one.rows[0], _KINDS.index(one.kind))))


class Seen:
    """What earlier rows of the list were about."""

    def __init__(self) -> None:
        self.doubles = Doubles()
        self._first: dict[int, int] = {}

    def firsts(self, batch: Iterable[Row | Rejected]) -> tuple[list[Row], list[Rejected]]:
        """Part the rows that are first of their record from those that would overwrite one."""
        rows: list[Row] = []
        later: list[Rejected] = []
        for one in batch:
            if isinstance(one, Row):
                self.doubles.add(one)
                row = msgspec.structs.replace(one, enterprise=identified(one.enterprise))
                key = _short(row.enterprise.external_id or "")
                first = self._first.setdefault(key, row.number)
                if first == row.number:
                    rows.append(row)
                else:
                    detail = f"the same record as row {first}, of which the first is kept"
                    later.append(Rejected(f"row {row.number}", "duplicate-record", detail))
        return rows, later


def identified(record: EnterpriseIn) -> EnterpriseIn:
    """Give a record an id within its source, so that the same file again changes nothing.

    Its own id, else its number in a register, else its name and place.
    """
    if record.external_id is not None:
        return record
    if record.kvk_number is not None:
        external_id = f"kvk {digits(record.kvk_number)}"
    elif record.identifier is not None:
        external_id = f"{record.identifier.scheme} {record.identifier.id}"
    else:
        named = f"{record.name}\n{record.town}\n{record.postcode}".casefold()
        external_id = f"name {hashlib.sha256(named.encode()).hexdigest()[:32]}"
    return msgspec.structs.replace(record, external_id=external_id)


def source_name(asked: ImportRequest, reader: ListReader, chosen: Chosen) -> str:
    """Name the list. Two lists under one name would overwrite each other's records."""
    of_mapping = reader.source_of(chosen)
    if of_mapping is not None and asked.source is not None:
        raise InvalidInput(Fault("ambiguous-source", "The mapping names the list.", "source"))
    source = of_mapping or asked.source
    if source is None:
        detail = "JSON lines don't say what list they are; name it by `source`."
        raise InvalidInput(Fault("missing-field", detail, "source"))
    if len(source) > LONGEST_SOURCE:
        detail = f"The name of a list has at most {LONGEST_SOURCE} characters."
        raise InvalidInput(Fault("invalid-value", detail, "source"))
    return source


def batches(rows: Iterator[Row | Rejected]) -> Iterator[list[Row | Rejected]]:
    """Cut a list into batches of so many rows; all findings on a row stay together."""
    batch: list[Row | Rejected] = []
    last, count = -1, 0
    for one in rows:
        number = number_of(one)
        if number != last and count == BATCH:
            yield batch
            batch, count = [], 0
        count += number != last
        last = number
        batch.append(one)
    if batch:
        yield batch


def number_of(one: Row | Rejected) -> int:
    """Give the number of the row that something is about; 0: of no row."""
    if isinstance(one, Row):
        return one.number
    found = _PLACE.fullmatch(one.place)
    return 0 if found is None else int(found[1])


def batch_report(
    rows: Sequence[Row], stored: Sequence[Stored], rejected: Sequence[Rejected]
) -> BatchReport:
    """Say what became of every row of a batch; a fault of the rules gets its column."""
    outcomes = {number_of(one): Outcome(number_of(one), StoreState.REJECTED) for one in rejected}
    faults = [(Severity.ERROR, Fault(one.code, one.detail, one.place)) for one in rejected]
    for row, outcome in zip(rows, stored, strict=True):
        made = outcome.enterprise_id if outcome.state is StoreState.CREATED else None
        outcomes[row.number] = Outcome(row.number, outcome.state, made)
        told = Severity.ERROR if outcome.state is StoreState.REJECTED else Severity.WARNING
        faults += [(Severity.WARNING, one) for one in row.warnings]
        faults += [(told, _located(row, one)) for one in outcome.faults]
    return BatchReport(tuple(outcomes[row] for row in sorted(outcomes)), tuple(faults))


def finding(severity: Severity, fault: Fault) -> Finding:
    """Part the place of a fault into row and column."""
    found = _PLACE.fullmatch(fault.place)
    row = None if found is None else int(found[1])
    field = fault.place if found is None else found[2] or ""
    detail = fault.detail[:_LONGEST_DETAIL].replace("\0", "\N{REPLACEMENT CHARACTER}")
    return Finding(severity, fault.code, detail, _INDEX.sub("", field).replace("\0", ""), row)


def double_finding(one: Double) -> Finding:
    """Word a double as a finding on its second row; a person decides."""
    detail = f"rows {ranges(one.rows)} have the same {one.kind}: {one.key}"
    return finding(Severity.WARNING, Fault("possible-double", detail, f"row {one.rows[1]}"))


def ranges(rows: Iterable[int]) -> str:
    """`3-17, 20` for ascending numbers."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _located(row: Row, fault: Fault) -> Fault:
    located = row.locate(fault)
    if _PLACE.fullmatch(located.place):
        return located
    place = f"row {row.number}, field {fault.place}" if fault.place else f"row {row.number}"
    return Fault(fault.code, fault.detail, place)


def _keys(one: EnterpriseIn) -> Iterator[tuple[Kind, str]]:
    if one.kvk_number is not None:
        yield "kvk", digits(one.kvk_number)
    if one.identifier is not None:
        yield "identifier", f"{one.identifier.scheme} {one.identifier.id}"
    yield "name-and-town", f"{_plain(one.name)}, {_plain(one.town or '')}"


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold().replace(".", ""))
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return " ".join(word for word in re.findall(r"\w+", bare) if word not in _SUFFIXES)


def _short(key: str) -> int:
    """Sum a key up in 64 bits: among 200,000 keys, one in a billion lists has a false pair."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")
