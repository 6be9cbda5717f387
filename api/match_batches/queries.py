"""Reads and writes of match batches, in SQL. No rule is decided here."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from api.database import Row, as_struct, copy_rows, fetch
from api.match_batches.schemas import LotRun, MatchBatchOut
from api.match_batches.tables import MatchBatch
from api.matches.schemas import MatchRequest


class Batch(msgspec.Struct, frozen=True):
    """A batch that is being worked off."""

    id: UUID
    criteria: MatchRequest
    lots: tuple[UUID, ...]
    runs: tuple[UUID, ...]
    author: str
    organisation: UUID | None


async def insert(row: Row) -> None:
    """Store a batch."""
    await copy_rows(MatchBatch, [row])


async def card(batch_id: UUID) -> tuple[MatchBatchOut, UUID | None] | None:
    """Tell how far a batch is, and whose it is."""
    rows = await fetch("SELECT * FROM match_batch WHERE id = $1", batch_id)
    if not rows:
        return None
    return _card(rows[0]), rows[0]["organisation"]


async def cards(
    organisation: UUID | None, before: UUID | None, limit: int, *, everybodys: bool
) -> list[MatchBatchOut]:
    """List the batches of an organisation and of nobody, the last added first."""
    sql = """
    SELECT * FROM match_batch WHERE ($1 OR organisation IS NULL OR organisation = $2)
    AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4
    """
    return [_card(row) for row in await fetch(sql, everybodys, organisation, before, limit)]


def _card(found: Row) -> MatchBatchOut:
    row = dict(found)
    # Runs follow lots as they are made, by category; they are told as the lots were added.
    pairs = sorted(zip(row["lots"], row["runs"], strict=False))
    told = {
        "tender_id": row["tender"],
        "lots": len(row["lots"]),
        "done": len(row["runs"]),
        "runs": tuple(LotRun(*pair) for pair in pairs),
    }
    return as_struct(row | told, MatchBatchOut)


async def open_batches() -> list[UUID]:
    """List batches that are not finished, the oldest first."""
    sql = "SELECT id FROM match_batch WHERE state IN ('queued', 'running') ORDER BY id"
    return [row["id"] for row in await fetch(sql)]


async def claim(batch_id: UUID) -> Batch | None:
    """Take a batch up, unless it was finished meanwhile."""
    sql = """
    UPDATE match_batch SET state = 'running' WHERE id = $1 AND state IN ('queued', 'running')
    RETURNING id, criteria, lots, runs, author, organisation
    """
    rows = await fetch(sql, batch_id)
    if not rows:
        return None
    criteria = msgspec.json.decode(rows[0]["criteria"], type=MatchRequest)
    return as_struct(dict(rows[0]) | {"criteria": criteria}, Batch)


async def add_runs(batch_id: UUID, runs: Sequence[UUID]) -> None:
    """Note runs that were made."""
    await fetch("UPDATE match_batch SET runs = runs || $2 WHERE id = $1", batch_id, list(runs))


async def finish(batch_id: UUID, state: str, fault: str | None, now: datetime) -> None:
    """End a batch."""
    sql = "UPDATE match_batch SET state = $2, fault = $3, finished_at = $4 WHERE id = $1"
    await fetch(sql, batch_id, state, fault, now)
