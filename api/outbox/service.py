"""Noting, inside the transaction of a change, what the index and the feed have yet to follow."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from api.database import copy_rows, fetch
from api.outbox.tables import OutboxRow

# The number of the writing transaction lets readers wait for all that began before (ADR 19).
_APPEND_CHANGES: Final = """
INSERT INTO change (transaction_id, enterprise, changed_at)
SELECT pg_current_xact_id()::text::bigint, changed, $2 FROM unnest($1::uuid[]) AS changed
"""
_REMEMBER_BUILD: Final = """
INSERT INTO index_build (name, build, built_at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET build = excluded.build, built_at = excluded.built_at
"""


class Pending(msgspec.Struct, frozen=True):
    """A row that the index has not followed yet."""

    id: int
    enterprise: UUID


async def enqueue(enterprises: Iterable[UUID], now: datetime) -> None:
    """Ask the index and the feed to follow these enterprises once this is committed."""
    ids = list(enterprises)
    await copy_rows(OutboxRow, [{"enterprise": one, "queued_at": now} for one in ids])
    await fetch(_APPEND_CHANGES, ids, now)


async def oldest(limit: int) -> list[Pending]:
    """Give the rows that wait longest."""
    rows = await fetch("SELECT id, enterprise FROM outbox ORDER BY id LIMIT $1", limit)
    return [Pending(row["id"], row["enterprise"]) for row in rows]


async def forget(ids: Sequence[int]) -> None:
    """Drop rows that the index has followed."""
    await fetch("DELETE FROM outbox WHERE id = ANY($1::bigint[])", list(ids))


async def backlog() -> int:
    """Count the rows that wait."""
    rows = await fetch("SELECT count(*) AS waiting FROM outbox")
    return int(rows[0]["waiting"])


async def build_of(index: str) -> UUID | None:
    """Give the build that an index should be of; `None` where none was finished."""
    rows = await fetch("SELECT build FROM index_build WHERE name = $1", index)
    return rows[0]["build"] if rows else None


async def remember_build(index: str, build: UUID, now: datetime) -> None:
    """Keep which build an index is of. Needs the transaction that holds the lock on the index."""
    await fetch(_REMEMBER_BUILD, index, build, now)
