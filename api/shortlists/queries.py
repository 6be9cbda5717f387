"""Reads and writes of shortlists, saved searches and locks, in SQL. No rule is decided here."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from api.database import Row, as_struct, copy_rows, fetch, update_row
from api.directory.schemas import EnterpriseCard, SearchFilters
from api.shortlists.schemas import (
    EntryOut,
    LockEntry,
    LockSummary,
    SavedSearchOut,
    ShortlistSummary,
    Why,
)
from api.shortlists.tables import (
    SavedSearch,
    SearchLock,
    SearchLockEntry,
    Shortlist,
    ShortlistEntry,
)


class Owner(msgspec.Struct, frozen=True):
    """Whose a list is: the organisation's where the key has one, else the key's."""

    name: str
    organisation: UUID | None


# A key without an organisation sees what keys of its name made, and nobody else's.
_OWN: Final = """
(organisation = $1 OR ($1::uuid IS NULL AND organisation IS NULL AND owner = $2))
"""
_SHORTLISTS: Final = f"""
SELECT s.*, (SELECT count(*) FROM shortlist_entry WHERE shortlist = s.id) AS entry_count
FROM shortlist s WHERE {_OWN}
"""  # noqa: S608  pieces of our own; values are bound
_ENTRIES: Final = """
SELECT n.enterprise AS enterprise_id, e.name, e.kvk_number, e.town, e.state,
       e.successor AS successor_id, n.position, n.reason, n.author, n.added_at, n.updated_at
FROM shortlist_entry n JOIN enterprise e ON e.id = n.enterprise
WHERE n.shortlist = $1 ORDER BY n.position
"""
_SAVED: Final = f"""
SELECT s.*, coalesce((
  SELECT jsonb_agg(jsonb_build_object(
    'id', l.id, 'author', l.author, 'lockedAt', l.locked_at, 'day', l.day,
    'settingsHash', l.settings_hash,
    'total', (SELECT count(*) FROM search_lock_entry WHERE search_lock = l.id)) ORDER BY l.id)
  FROM search_lock l WHERE l.saved_search = s.id), '[]') AS locks
FROM saved_search s WHERE {_OWN}
"""  # noqa: S608  as above


async def shortlists(owner: Owner, after: UUID | None, limit: int) -> list[ShortlistSummary]:
    """Walk the shortlists of an owner by id."""
    sql = f"{_SHORTLISTS} AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4"
    rows = await fetch(sql, owner.organisation, owner.name, after, limit)
    return [as_struct(row, ShortlistSummary) for row in rows]


async def shortlist(
    shortlist_id: UUID, owner: Owner, *, lock: bool = False
) -> ShortlistSummary | None:
    """Give one shortlist without its entries; locked until the transaction ends, if wished."""
    sql = f"{_SHORTLISTS} AND id = $3 {'FOR UPDATE' if lock else ''}"
    rows = await fetch(sql, owner.organisation, owner.name, shortlist_id)
    return as_struct(rows[0], ShortlistSummary) if rows else None


async def entries(shortlist_id: UUID) -> list[EntryOut]:
    """Give the entries of a shortlist, in order."""
    return [as_struct(row, EntryOut) for row in await fetch(_ENTRIES, shortlist_id)]


async def insert_shortlist(row: Row) -> None:
    """Store a new shortlist."""
    await copy_rows(Shortlist, [row])


async def update_shortlist(shortlist_id: UUID, values: Row) -> None:
    """Change columns of a shortlist."""
    await update_row("shortlist", shortlist_id, values)


async def delete_shortlist(shortlist_id: UUID) -> None:
    """Delete a shortlist with its entries; the audit trail keeps what stood on it."""
    await fetch("DELETE FROM shortlist_entry WHERE shortlist = $1", shortlist_id)
    await fetch("DELETE FROM shortlist WHERE id = $1", shortlist_id)


async def insert_entry(row: Row) -> None:
    """Store a new entry."""
    await copy_rows(ShortlistEntry, [row])


async def update_entry(shortlist_id: UUID, enterprise_id: UUID, values: Row) -> None:
    """Write the reason of an entry anew."""
    sql = """
    UPDATE shortlist_entry SET reason = $3, author = $4, updated_at = $5
    WHERE shortlist = $1 AND enterprise = $2
    """
    stated = (values["reason"], values["author"], values["updated_at"])
    await fetch(sql, shortlist_id, enterprise_id, *stated)


async def delete_entry(shortlist_id: UUID, enterprise_id: UUID) -> None:
    """Delete one entry."""
    sql = "DELETE FROM shortlist_entry WHERE shortlist = $1 AND enterprise = $2"
    await fetch(sql, shortlist_id, enterprise_id)


async def order_entries(shortlist_id: UUID, enterprises: Sequence[UUID]) -> None:
    """Number the entries in this order, from 1."""
    sql = """
    UPDATE shortlist_entry SET position = wanted.place
    FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted(enterprise, place)
    WHERE shortlist = $1 AND shortlist_entry.enterprise = wanted.enterprise
    """
    await fetch(sql, shortlist_id, list(enterprises))


async def saved_searches(owner: Owner, after: UUID | None, limit: int) -> list[SavedSearchOut]:
    """Walk the saved searches of an owner by id."""
    sql = f"{_SAVED} AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4"
    rows = await fetch(sql, owner.organisation, owner.name, after, limit)
    return [_saved_search(row) for row in rows]


async def saved_search(search_id: UUID, owner: Owner) -> SavedSearchOut | None:
    """Give one saved search with its locks."""
    rows = await fetch(f"{_SAVED} AND id = $3", owner.organisation, owner.name, search_id)
    return _saved_search(rows[0]) if rows else None


async def insert_saved_search(row: Row) -> None:
    """Store a new saved search."""
    await copy_rows(SavedSearch, [row])


async def lock_saved_search(search_id: UUID) -> None:
    """Lock a saved search until the transaction ends."""
    await fetch("SELECT 1 FROM saved_search WHERE id = $1 FOR UPDATE", search_id)


async def update_saved_search(search_id: UUID, values: Row) -> None:
    """Change columns of a saved search."""
    await update_row("saved_search", search_id, values)


async def forget_what_was_found(search_id: UUID) -> None:
    """Forget what alerts compare with: of another question the first look tells nothing."""
    await fetch("DELETE FROM search_watch WHERE id = $1", search_id)


async def delete_saved_search(search_id: UUID) -> None:
    """Delete a saved search; one with locks is refused by the database."""
    await fetch("DELETE FROM saved_search WHERE id = $1", search_id)


async def insert_lock(lock: Row, found: Sequence[Row]) -> None:
    """Store a lock with everything that was found."""
    await copy_rows(SearchLock, [lock])
    await copy_rows(SearchLockEntry, found)


async def lock_entries(lock_id: UUID) -> list[LockEntry]:
    """Give what a lock froze, best first."""
    sql = "SELECT * FROM search_lock_entry WHERE search_lock = $1 ORDER BY rank"
    return [_lock_entry(row) for row in await fetch(sql, lock_id)]


def _saved_search(row: Row) -> SavedSearchOut:
    whole = dict(row) | {
        "parameters": msgspec.json.decode(row["parameters"], type=SearchFilters),
        "locks": msgspec.json.decode(row["locks"], type=tuple[LockSummary, ...]),
    }
    return as_struct(whole, SavedSearchOut)


def _lock_entry(row: Row) -> LockEntry:
    whole = dict(row) | {
        "enterprise_id": row["enterprise"],
        "card": msgspec.json.decode(row["card"], type=EnterpriseCard),
        "why": msgspec.json.decode(row["why"], type=Why),
    }
    return as_struct(whole, LockEntry)
