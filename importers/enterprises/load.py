"""Stores lists of enterprises from the command line, batch by batch; each is one transaction."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import Final

import msgspec

from api.accounts.service import SYSTEM
from api.domain.errors import Fault, InvalidInput
from api.enterprises.drafts import StoreState
from api.imports import service as imports
from api.imports.drafts import Chosen, Seen
from api.imports.schemas import ListForm
from api.reference.service import reference
from importers.enterprises.parse import grouped
from importers.enterprises.reader import EnterpriseLists
from importers.enterprises.tables import format_of

LONGEST_SOURCE: Final = 60
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

    The source of the records is the mapping's; of JSON lines the file's name. After a kill the
    batches before it are there, and a second run finds them unchanged.
    """
    lists, chosen = EnterpriseLists(), Chosen(ListForm(format_of(file_name).value), None, mapping)
    source = _sound(lists.source_of(chosen) or file_name)
    reading = lists.read(content, chosen, await reference())
    seen, states = Seen(), Counter[StoreState]()
    findings: list[Fault] = list(reading.warnings)
    async with aclosing(imports.prepared(reading, seen)) as parts:
        async for part in parts:
            report = await imports.stored(part, source, SYSTEM, now)
            states += report.counts
            findings += [fault for _, fault in report.faults]
            said(states.total())
    lines = [str(one) for one in (*grouped(findings), *seen.doubles.found())]
    counts = {state.value: number for state, number in states.items()}
    return EnterpriseReport(counts, tuple(lines), states[StoreState.REJECTED])


def _sound(source: str) -> str:
    if len(source) > LONGEST_SOURCE:
        detail = f"The source {source!r} has more than {LONGEST_SOURCE} characters."
        raise InvalidInput(Fault("invalid-value", detail, "source"))
    return source
