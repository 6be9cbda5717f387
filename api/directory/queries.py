"""Reads for search results, in SQL."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from api.database import Row, fetch

# Keeps the order of the index; rows that left the directory since are dropped.
_CARDS: Final = """
SELECT e.id, e.name, e.kvk_number, e.town, e.municipality, e.website, e.target_group_share,
  coalesce((SELECT array_agg(m.scheme || coalesce('-' || lower(m.level), '') ORDER BY m.scheme)
            FROM quality_mark m
            WHERE m.enterprise = e.id AND m.verified_on IS NOT NULL
              AND (m.issued_on IS NULL OR m.issued_on <= $3)
              AND (m.valid_until IS NULL OR m.valid_until >= $3)
              AND (m.revoked_on IS NULL OR m.revoked_on > $3)), '{}') AS marks,
  o.id AS offering_id, o.title, o.products, o.cpv_codes, o.service_mode,
  o.reliable_capacity_cents, o.area_full, o.area_partial
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS hit(enterprise, offering, place)
JOIN enterprise e ON e.id = hit.enterprise AND e.state = 'published'
LEFT JOIN offering o ON o.id = hit.offering AND o.withdrawn_at IS NULL
ORDER BY hit.place
"""


async def cards(enterprises: Sequence[UUID], offerings: Sequence[UUID], today: date) -> list[Row]:
    """Read the enterprises that the index found, each with the offering that was found."""
    return await fetch(_CARDS, list(enterprises), list(offerings), today)
