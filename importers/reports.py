"""Imports from the command line, with progress, and a report that names every rejected record."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from api.accounts.service import SYSTEM
from api.domain.errors import DomainError, Fault, InvalidInput
from api.domain.tendering.notice import Notice, Rejected
from api.tenders import service as tenders
from api.tenders.service import NoticeReader
from importers.eforms import parse as eforms
from importers.enterprises import load as enterprises
from importers.enterprises.load import EnterpriseReport
from importers.ocds import parse as ocds
from importers.tenderned import parse as tenderned

NOTICES: dict[str, NoticeReader] = {
    "eforms": eforms.notices,
    "ocds": ocds.notices,
    "tenderned": tenderned.notices,
}
SHOWN = 50
"""Lines of rejections a file; the count tells how many more there are."""


async def import_all(
    source: str, files: Sequence[Path], mapping: Path | None, console: Console, now: datetime
) -> bool:
    """Import files one by one; tell whether every record of every file was sound."""
    sound = True
    for file in files:
        content = file.read_bytes()
        try:
            if source in NOTICES:
                found = await _notices(file, NOTICES[source](content), console, now)
            else:
                found = await _enterprises(file, content, mapping, console, now)
        except DomainError as error:
            found = False
            _print_refusal(file, error, console)
        sound = sound and found
    return sound


async def _notices(
    file: Path, records: Iterator[Notice | Rejected], console: Console, now: datetime
) -> bool:
    report = await tenders.store_records(list(records), SYSTEM, now)
    states = [one.state for one in report.notices]
    counts = ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))
    lots = sum(one.lots for one in report.notices)
    console.print(Text(f"{file.name}: {counts}; {lots} lots; {len(report.rejected)} rejected"))
    _print_rejected(report.rejected, console)
    return not report.rejected


async def _enterprises(
    file: Path, content: bytes, mapping: Path | None, console: Console, now: datetime
) -> bool:
    rules = None if mapping is None else mapping.read_bytes()  # noqa: ASYNC240  as above
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(f"{file.name}: reading")

        def said(rows: int) -> None:
            progress.update(task, description=f"{file.name}: {rows} rows stored")

        report = await enterprises.load(file.name, content, rules, now, said)
    _print_enterprises(file, report, console)
    return not report.rejected


def _print_enterprises(file: Path, report: EnterpriseReport, console: Console) -> None:
    counts = ", ".join(f"{number} {state}" for state, number in sorted(report.states.items()))
    console.print(Text(f"{file.name}: {counts or 'nothing'}"))
    for line in report.lines[:SHOWN]:
        console.print(Text(f"  {line}"))
    if len(report.lines) > SHOWN:
        console.print(f"  … and {len(report.lines) - SHOWN} more")


def _print_rejected(rejected: Sequence[Rejected], console: Console) -> None:
    for one in rejected[:SHOWN]:
        line = f"  rejected {one.record or '-'} at {one.place}: {one.detail} ({one.code})"
        console.print(Text(line, style="yellow"))
    if len(rejected) > SHOWN:
        console.print(f"  … and {len(rejected) - SHOWN} more")


def _print_refusal(file: Path, error: DomainError, console: Console) -> None:
    console.print(Text(f"{file.name}: refused, nothing stored", style="red"))
    faults = error.faults if isinstance(error, InvalidInput) else (Fault(error.code, error.detail),)
    for fault in faults[:SHOWN]:
        console.print(Text(f"  {fault.place}: {fault.detail} ({fault.code})", style="red"))
