"""The main job, printed: the lots of a demo notice, and per lot who can do it and why."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.accounts.service import SYSTEM
from api.matches import service as matches
from api.matches.schemas import Explanation, MatchRequest, MatchRunOut, VerdictOut
from api.reference.service import Reference, reference
from api.tenders import service as tenders
from api.tenders.schemas import LotOut, TenderOut

SHOWN_MATCHES: Final = 5
SHOWN_NEAR_MISSES: Final = 3


async def run_main_job(tender_id: UUID, console: Console, now: datetime) -> None:
    """Match every lot of a tender and print what was found."""
    tender = await tenders.tender(tender_id)
    known = await reference()
    _print_tender(tender, console)
    for lot in tender.lots:
        run = await matches.run_match(lot.id, MatchRequest(), SYSTEM, now)
        found = await matches.verdicts(run.id, "matched", None, SHOWN_MATCHES, SYSTEM)
        near = await matches.verdicts(run.id, "near", None, SHOWN_NEAR_MISSES, SYSTEM)
        _print_lot(lot, known, console)
        _print_matches(found.items, run, console)
        _print_near_misses(near.items, console)


def _print_tender(tender: TenderOut, console: Console) -> None:
    buyer = "" if tender.buyer is None else f"{tender.buyer.name}: "
    console.rule(Text(f"{buyer}{tender.title}", style="bold"))
    console.print(f"{len(tender.lots)} lots; tender {tender.id}", highlight=False)


def _print_lot(lot: LotOut, known: Reference, console: Console) -> None:
    parts = [
        "no CPV code"
        if lot.cpv_main is None
        else f"{lot.cpv_main} {known.cpv_label(lot.cpv_main)}",
        "value unknown" if lot.estimated_value is None else euros(lot.estimated_value.amount_cents),
        f"{lot.duration_days or 'unknown'} days",
        ", ".join(known.area_name(area) for area in lot.areas) or "place unknown",
        *(f"reserved: {one.value}" for one in lot.reservations if one.value != "none"),
    ]
    console.print()
    console.print(Text(f"{lot.source_lot_id}  {lot.title}", style="bold cyan"))
    console.print(Text("  " + " | ".join(parts)))


def _print_matches(found: Iterable[VerdictOut], run: MatchRunOut, console: Console) -> None:
    counts = (
        f"  {run.matched} found, {run.near_misses} nearly, {run.excluded} left out"
        f" of {run.considered} in the category; {run.outside_category} outside it"
    )
    console.print(Text(counts))
    table = Table(box=None, padding=(0, 2), show_header=True, header_style="dim")
    for heading in ("", "score", "enterprise", "town", "points for"):
        table.add_column(heading, overflow="fold")
    for one in found:
        why = _points(one.explanation)
        table.add_row(str(one.rank), str(one.score), one.name, one.town or "", why)
    if run.matched:
        console.print(table)
    for warning in run.warnings:
        console.print(Text(f"  note: {warning}", style="yellow"))


def _print_near_misses(near: Iterable[VerdictOut], console: Console) -> None:
    for one in near:
        missing = one.explanation.shortfall
        change = "" if missing is None else missing.change
        console.print(Text(f"  nearly: {one.name} ({one.town}): {change}", style="magenta"))


def _points(explanation: Explanation) -> str:
    earned = [f"{line.signal.value} {line.points}" for line in explanation.breakdown if line.points]
    asked = [f"ask: {code}" for code in explanation.unknown]
    return ", ".join([*earned, *asked])


def euros(cents: int) -> str:
    """Write an amount the Dutch way, in whole euros."""
    return f"€ {cents // 100:,}".replace(",", ".")
