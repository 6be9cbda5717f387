"""Reads of who was shown, in SQL. No rule is decided here."""

from datetime import datetime
from typing import Final
from uuid import UUID

from api.database import as_struct, fetch
from api.exposure.schemas import ExposureOut

_EXPOSURE: Final = """
SELECT v.enterprise AS enterprise_id, e.name, count(*) AS shown,
  count(*) FILTER (WHERE v.outcome = 'matched') AS matched,
  count(*) FILTER (WHERE v.outcome = 'near') AS near_misses,
  count(*) FILTER (WHERE v.outcome = 'matched' AND v.rank <= $5) AS among_first,
  min(v.rank) FILTER (WHERE v.outcome = 'matched') AS best_rank
FROM match_verdict v JOIN match_run r ON r.id = v.run JOIN enterprise e ON e.id = v.enterprise
WHERE r.created_at >= $1 AND r.created_at < $2 AND ($3::uuid IS NULL OR v.enterprise > $3)
  AND ($6::text IS NULL OR e.kvk_number = $6)
GROUP BY v.enterprise, e.name ORDER BY v.enterprise LIMIT $4
"""
FIRST_RANKS: Final = 10
"""Ranks that a reader surely sees: a first page."""


async def exposure(
    period: tuple[datetime, datetime], after: UUID | None, limit: int, kvk_number: str | None
) -> list[ExposureOut]:
    """Count how often enterprises were shown in runs of a period, by id."""
    rows = await fetch(_EXPOSURE, *period, after, limit, FIRST_RANKS, kvk_number)
    return [as_struct(row, ExposureOut) for row in rows]
