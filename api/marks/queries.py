"""Reads and writes of quality marks, in SQL."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from api.database import Row, copy_rows, fetch, update_row
from api.enterprises.tables import Mark


async def insert(row: Row) -> None:
    """Add a mark."""
    await copy_rows(Mark, [row])


async def update(mark_id: UUID, values: Row) -> None:
    """Change columns of a mark."""
    await update_row("quality_mark", mark_id, values)


async def mark(enterprise_id: UUID, mark_id: UUID) -> Mapping[str, Any] | None:
    """Give a mark of an enterprise."""
    sql = "SELECT * FROM quality_mark WHERE enterprise = $1 AND id = $2"
    rows = await fetch(sql, enterprise_id, mark_id)
    return rows[0] if rows else None


async def held_twice(enterprise_id: UUID, columns: Row) -> bool:
    """Tell whether the same certificate is known already, and was not revoked."""
    sql = """
    SELECT 1 FROM quality_mark
    WHERE enterprise = $1 AND scheme = $2 AND level IS NOT DISTINCT FROM $3
      AND issued_on IS NOT DISTINCT FROM $4 AND valid_until IS NOT DISTINCT FROM $5
      AND revoked_on IS NULL
    """
    names = ("scheme", "level", "issued_on", "valid_until")
    return bool(await fetch(sql, enterprise_id, *(columns[name] for name in names)))


async def copies(mark_id: UUID) -> list[Row]:
    """Give the same certificate where other firms that it names hold it; their profile and mark."""
    sql = """
    SELECT m.enterprise, m.id FROM quality_mark m
    JOIN enterprise e ON e.id = m.enterprise AND e.state = 'published'
    JOIN quality_mark own ON own.id = $1 AND own.enterprise <> m.enterprise
      AND own.scheme = m.scheme AND own.reference = m.reference
      AND own.level IS NOT DISTINCT FROM m.level
      AND own.holder_kvk_numbers && m.holder_kvk_numbers
    WHERE m.revoked_on IS NULL ORDER BY m.enterprise
    """
    return await fetch(sql, mark_id)


async def share(enterprise_id: UUID) -> Row:
    """Give the stated share of target groups, and who stated it."""
    sql = "SELECT target_group_share, share_stated_by FROM enterprise WHERE id = $1"
    return (await fetch(sql, enterprise_id))[0]


async def stated_shares(after: UUID | None, limit: int) -> list[Row]:
    """Give the shares of target groups of which nobody saw proof, oldest profile first."""
    sql = """
    SELECT id AS enterprise_id, name AS enterprise_name, target_group_share FROM enterprise
    WHERE state = 'published' AND target_group_share IS NOT NULL AND share_verified_on IS NULL
      AND ($1::uuid IS NULL OR id > $1)
    ORDER BY id LIMIT $2
    """
    return await fetch(sql, after, limit)


async def expiring(
    today: date, until: date, after: tuple[date, UUID] | None, limit: int
) -> list[Row]:
    """Give the verified marks whose last valid day lies from `today` to `until`, soonest first."""
    sql = """
    SELECT m.id, m.enterprise AS enterprise_id, e.name AS enterprise_name, m.scheme, m.level,
           m.valid_until, m.valid_until - $1::date AS days_left
    FROM quality_mark m JOIN enterprise e ON e.id = m.enterprise AND e.state = 'published'
    WHERE m.verified_on IS NOT NULL AND (m.revoked_on IS NULL OR m.revoked_on > $1)
      AND m.valid_until BETWEEN $1 AND $2
      AND ($3::date IS NULL OR (m.valid_until, m.id) > ($3, $4::uuid))
    ORDER BY m.valid_until, m.id LIMIT $5
    """
    return await fetch(sql, today, until, *(after or (None, None)), limit)


async def claimed(today: date, after: UUID | None, limit: int) -> list[Row]:
    """Give the marks that nobody verified, and that still hold on a day, oldest first."""
    sql = """
    SELECT m.id, m.enterprise AS enterprise_id, e.name AS enterprise_name, m.scheme, m.level,
           m.reference, m.holder_kvk_numbers, m.issued_on, m.valid_until
    FROM quality_mark m JOIN enterprise e ON e.id = m.enterprise AND e.state = 'published'
    WHERE m.verified_on IS NULL AND m.revoked_on IS NULL
      AND (m.valid_until IS NULL OR m.valid_until >= $1)
      AND ($2::uuid IS NULL OR m.id > $2)
    ORDER BY m.id LIMIT $3
    """
    return await fetch(sql, today, after, limit)
