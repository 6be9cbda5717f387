"""Reads of obligations, in SQL. Their rows belong to the ledgers."""

from typing import Final
from uuid import UUID

from api.database import as_struct, fetch
from api.obligations.schemas import ObligationCard

_CARDS: Final = """
SELECT *, authority AS authority_id, contractor AS contractor_id FROM obligation
WHERE ($1::uuid IS NULL OR authority = $1 OR contractor = $1)
  AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3
"""


async def cards(organisation: UUID | None, before: UUID | None, limit: int) -> list[ObligationCard]:
    """List the obligations of an organisation, or all, the last opened first."""
    rows = await fetch(_CARDS, organisation, before, limit)
    return [as_struct(row, ObligationCard) for row in rows]
