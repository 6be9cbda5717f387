"""Reads for reports, in SQL. Their rows belong to the ledgers."""

from datetime import date, datetime
from uuid import UUID

from api.database import fetch


async def running(authority: UUID, first: date, after_last: date, as_of: datetime) -> list[UUID]:
    """Give the obligations, opened by an instant, that ran or had entries in a span of days."""
    sql = """
    SELECT o.id FROM obligation o WHERE o.authority = $1 AND o.created_at <= $4
      AND (o.starts_on < $3 AND o.due_on > $2 OR EXISTS (
        SELECT FROM ledger_entry e WHERE e.obligation = o.id AND e.at >= $2 AND e.at < $3))
    ORDER BY o.id
    """
    return [row["id"] for row in await fetch(sql, authority, first, after_last, as_of)]
