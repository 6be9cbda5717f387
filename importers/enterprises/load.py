"""Stores lists of enterprises, batch by batch; each batch is one transaction."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import islice
from typing import Final

import msgspec

from api.accounts.service import SYSTEM
from api.domain.errors import Fault
from api.domain.tendering.notice import Rejected
from api.domain.values import digits
from api.enterprises import service
from api.enterprises.drafts import Stored, StoreState
from api.enterprises.schemas import EnterpriseIn
from api.reference.service import Reference, reference
from importers.enterprises.mapping import EnterpriseMapping, read_mapping
from importers.enterprises.parse import Row, doubles, grouped, read_enterprises
from importers.enterprises.tables import format_of, heading_key

BATCH: Final = 500
"""Rows a transaction: after a kill the batches before it are there, and a second run goes on."""
Progress = Callable[[int], None]


class EnterpriseReport(msgspec.Struct, frozen=True):
    """What became of every row."""

    states: Mapping[str, int]
    lines: tuple[str, ...]
    """Warnings, doubles and rejections in words; equal ones together, with their rows."""
    rejected: int


async def load(
    file_name: str, content: bytes, mapping: bytes | None, now: datetime, said: Progress
) -> EnterpriseReport:
    """Store a list; a record seen before is compared, and updated where it differs.

    The source of the records is the mapping's; of JSON lines the file's form.
    """
    rules = None if mapping is None else read_mapping(mapping)
    areas = _areas(await reference())
    reading = read_enterprises(content, format_of(file_name), rules, areas)
    source = _source(rules, file_name)
    loading = _Loading(source, now)
    loading.findings += reading.warnings
    while batch := list(islice(reading.rows, BATCH)):
        await loading.store(batch)
        said(loading.stored)
    return loading.report()


class _Loading:
    """A list being stored."""

    def __init__(self, source: str, now: datetime) -> None:
        self.source, self.now = source, now
        self.states: Counter[str] = Counter()
        self.findings: list[Rejected | Fault] = []
        self.rows: list[Row] = []
        self.first_rows: dict[str, int] = {}
        self.stored = 0

    async def store(self, batch: list[Row | Rejected]) -> None:
        """Store the sound rows of a batch in one transaction."""
        rejected = [one for one in batch if isinstance(one, Rejected)]
        rows = [one for one in batch if isinstance(one, Row) and self._is_first(one)]
        records = [identified(one.enterprise) for one in rows]
        outcomes = await service.store_batch(records, self.source, SYSTEM, self.now)
        for row, outcome in zip(rows, outcomes, strict=True):
            self._note(row, outcome)
        self.findings += rejected
        self.states[StoreState.REJECTED.value] += len({one.place.split(",")[0] for one in rejected})
        self.rows += [one for one in batch if isinstance(one, Row)]
        self.stored += len(batch)

    def report(self) -> EnterpriseReport:
        """Say what became of every row."""
        same = [str(one) for one in doubles(self.rows)]
        lines = [str(one) for one in grouped(self.findings)]
        states = {state: number for state, number in self.states.items() if number}
        return EnterpriseReport(states, (*lines, *same), states.get("rejected", 0))

    def _is_first(self, row: Row) -> bool:
        """Tell whether this is the first row of its record; a later one would overwrite it."""
        key = identified(row.enterprise).external_id or ""
        first = self.first_rows.setdefault(key, row.number)
        if first == row.number:
            return True
        detail = f"the same record as row {first}, of which the first is kept"
        self.findings.append(Rejected(f"row {row.number}", "duplicate-record", detail))
        self.states[StoreState.REJECTED.value] += 1
        return False

    def _note(self, row: Row, outcome: Stored) -> None:
        self.states[outcome.state.value] += 1
        self.findings += row.warnings
        place = f"row {row.number}"
        self.findings += [Rejected(place, one.code, one.detail) for one in outcome.faults]


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


def _source(rules: EnterpriseMapping | None, file_name: str) -> str:
    return file_name if rules is None else rules.source


def _areas(known: Reference) -> Mapping[str, str]:
    """Give the code for every spelling of every area."""
    names: dict[str, str] = {}
    for code, entry in known.nuts.items():
        names[heading_key(entry.name)] = entry.successor or code
    for code, spellings in known.spellings.items():
        names |= {heading_key(spelling): code for spelling in spellings}
    return names
