"""Reads for exports and the feed, in SQL. No rule is decided here."""

from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from api.database import as_struct, fetch
from api.directory.queries import Statement, conditions
from api.exports.schemas import ChangeOut
from search.query import Search

# Only what began before every transaction that still runs: its place is final (ADR 19).
_CHANGES: Final = """
SELECT c.transaction_id, c.id, c.enterprise AS enterprise_id, e.state,
       e.successor AS successor_id, e.version, c.changed_at
FROM change c JOIN enterprise e ON e.id = c.enterprise
WHERE (c.transaction_id, c.id) > ($1, $2)
  AND c.transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY c.transaction_id, c.id LIMIT $3
"""
_NEWEST: Final = """
SELECT transaction_id, id FROM change
WHERE transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY transaction_id DESC, id DESC LIMIT 1
"""


_Number = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A place in the feed: which database cluster, which transaction, which row."""

    cluster: str
    transaction: _Number = 0
    row: _Number = 0


async def page_of_ids(search: Search, after: UUID | None, limit: int) -> list[UUID]:
    """Walk by id the published enterprises that meet the filters of a search; terms aside."""
    statement = Statement()
    wanted = conditions(search, statement)
    if after is not None:
        wanted.append(f"e.id > {statement.bind(after)}")
    # Conditions are built of our own words; every value is bound.
    sql = f"SELECT e.id FROM enterprise e WHERE {' AND '.join(wanted)}"  # noqa: S608  see above
    rows = await fetch(f"{sql} ORDER BY e.id LIMIT {statement.bind(limit)}", *statement.values)
    return [row["id"] for row in rows]


async def cluster() -> str:
    """Name the database cluster: transactions are counted per cluster."""
    rows = await fetch("SELECT system_identifier::text AS name FROM pg_control_system()")
    return str(rows[0]["name"])


async def changes(after: Place, limit: int) -> list[tuple[Place, ChangeOut]]:
    """Give the changes after a place of which the order is final."""
    rows = await fetch(_CHANGES, after.transaction, after.row, limit)
    return [
        (Place(after.cluster, row["transaction_id"], row["id"]), as_struct(row, ChangeOut))
        for row in rows
    ]


async def newest(of_cluster: str) -> Place:
    """Give the last place in the feed of which the order is final."""
    rows = await fetch(_NEWEST)
    if not rows:
        return Place(of_cluster)
    return Place(of_cluster, rows[0]["transaction_id"], rows[0]["id"])
