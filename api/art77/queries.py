"""Reads and writes of the register of art. 77, in SQL. No rule is decided here."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from api.art77.schemas import MissionOut
from api.art77.tables import Art77Award
from api.clock import new_id
from api.database import Row, as_struct, copy_rows, fetch

_AWARDS: Final = """
SELECT a.id, a.buyer_name, a.enterprise AS enterprise_id, e.name, a.lot AS lot_id, a.awarded_on,
  a.source, a.author, a.created_at, a.organisation
FROM art77_award a JOIN enterprise e ON e.id = a.enterprise
"""
_PAGE: Final = f"""{_AWARDS}
WHERE ($1::uuid IS NULL OR a.enterprise = $1) AND ($2::uuid IS NULL OR a.id < $2)
ORDER BY a.id DESC LIMIT $3
"""


async def awards(enterprise_id: UUID | None, before: UUID | None, limit: int) -> list[Row]:
    """List awards, the last recorded first."""
    return await fetch(_PAGE, enterprise_id, before, limit)


async def award(award_id: UUID) -> Row | None:
    """Give an award."""
    rows = await fetch(f"{_AWARDS} WHERE a.id = $1", award_id)
    return rows[0] if rows else None


async def same_award(enterprise_id: UUID, keys: Sequence[str], awarded_on: date) -> UUID | None:
    """Find the award of a buyer to an enterprise on a day."""
    sql = """
    SELECT id FROM art77_award
    WHERE enterprise = $1 AND buyer_keys && $2::text[] AND awarded_on = $3
    """
    rows = await fetch(sql, enterprise_id, list(keys), awarded_on)
    return rows[0]["id"] if rows else None


async def last_awards(keys: Sequence[str]) -> dict[str, date]:
    """Give the last award of a buyer to each enterprise."""
    sql = """
    SELECT enterprise::text, max(awarded_on) AS last FROM art77_award
    WHERE buyer_keys && $1::text[] GROUP BY enterprise
    """
    return {row["enterprise"]: row["last"] for row in await fetch(sql, list(keys))}


async def insert_award(row: Row) -> None:
    """Store an award."""
    await copy_rows(Art77Award, [row])


async def delete_award(award_id: UUID) -> None:
    """Drop an award that was recorded in error."""
    await fetch("DELETE FROM art77_award WHERE id = $1", award_id)


async def missions() -> dict[str, bool]:
    """Give every statement on a mission."""
    rows = await fetch("SELECT enterprise::text, met FROM public_service_mission")
    return {row["enterprise"]: row["met"] for row in rows}


async def mission(enterprise_id: UUID) -> MissionOut | None:
    """Give the statement on the mission of an enterprise."""
    sql = """
    SELECT enterprise AS enterprise_id, met, basis, author, created_at
    FROM public_service_mission WHERE enterprise = $1
    """
    rows = await fetch(sql, enterprise_id)
    return as_struct(rows[0], MissionOut) if rows else None


async def put_mission(
    enterprise_id: UUID, told: tuple[bool, str], author: str, now: datetime
) -> None:
    """Store a statement on a mission, or a new one; `told` is whether it is met, and the basis."""
    sql = """
    INSERT INTO public_service_mission (id, enterprise, met, basis, author, created_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (enterprise)
    DO UPDATE SET met = $3, basis = $4, author = $5, created_at = $6
    """
    await fetch(sql, new_id(), enterprise_id, *told, author, now)


async def is_known(enterprise_id: UUID) -> bool:
    """Tell whether there is such an enterprise, published or not."""
    return bool(await fetch("SELECT 1 FROM enterprise WHERE id = $1", enterprise_id))
