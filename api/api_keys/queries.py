"""Reads and writes of keys, in SQL. No rule is decided here."""

from datetime import datetime
from typing import Final
from uuid import UUID

from api.database import Row, fetch

_KEYS: Final = """
SELECT k.id, k.name, k.prefix, k.scopes, k.created_at, k.expires_at, k.revoked_at, k.last_used_at,
       k.person AS made_by, k.replaces, EXISTS (
           SELECT 1 FROM membership m WHERE m.organisation = k.organisation
           AND m.person::text = k.person AND m.ended_at IS NULL) AS maker_is_member
FROM api_key k WHERE k.organisation = $1 AND ($2::text IS NULL OR k.person = $2)
"""


async def keys(organisation: UUID, person: str | None, after: UUID | None, limit: int) -> list[Row]:
    """Give keys of an organisation, of one person if so asked, in the order of their making."""
    sql = f"{_KEYS} AND ($3::uuid IS NULL OR k.id > $3) ORDER BY k.id LIMIT $4"
    return await fetch(sql, organisation, person, after, limit)


async def key(
    organisation: UUID, person: str | None, key_id: UUID, *, lock: bool = False
) -> Row | None:
    """Give one of those keys, locked until the transaction ends if so asked."""
    sql = f"{_KEYS} AND k.id = $3 {'FOR UPDATE OF k' if lock else ''}"
    rows = await fetch(sql, organisation, person, key_id)
    return rows[0] if rows else None


async def key_with(prefix: str) -> UUID:
    """Give the id of a key that is there."""
    [row] = await fetch("SELECT id FROM api_key WHERE prefix = $1", prefix)
    found: UUID = row["id"]
    return found


async def live(organisation: UUID, now: datetime) -> int:
    """Count the keys of an organisation that work."""
    sql = """
    SELECT count(*) AS found FROM api_key WHERE organisation = $1 AND revoked_at IS NULL
    AND (expires_at IS NULL OR expires_at > $2)
    """
    [row] = await fetch(sql, organisation, now)
    return int(row["found"])


async def follow(key_id: UUID, replaced: UUID, until: datetime) -> None:
    """Note what a key replaces, and let that end no later than `until`."""
    await fetch("UPDATE api_key SET replaces = $2 WHERE id = $1", key_id, replaced)
    sql = "UPDATE api_key SET expires_at = least(coalesce(expires_at, $2), $2) WHERE id = $1"
    await fetch(sql, replaced, until)


async def revoke(key_id: UUID, now: datetime) -> None:
    """End a key at once."""
    await fetch(
        "UPDATE api_key SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", key_id, now
    )
