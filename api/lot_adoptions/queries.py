"""Reads and writes of adoptions and declarations, in SQL. No rule is decided here."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from api.clock import new_id
from api.database import Row, as_json, as_struct, copy_rows, fetch, update_row
from api.domain.social_return.displacement import DisplacementCheck
from api.lot_adoptions.schemas import AdoptionOut, DeclarationIn, LotGuard
from api.lot_adoptions.tables import LotDeclaration, LotPlanAdoption

_ADOPTION: Final = """
SELECT id, plan AS plan_id, motive, author, created_at, undone_at, undone_by, undone_because
FROM lot_plan_adoption
"""


async def guards(plan_id: UUID) -> dict[int, LotGuard]:
    """Give the last declaration of every lot that has one."""
    sql = """
    SELECT DISTINCT ON (lot_number) lot_number, question_set, outcome, author, created_at
    FROM lot_declaration WHERE plan = $1 ORDER BY lot_number, id DESC
    """
    return {
        row["lot_number"]: LotGuard(
            lot_number=row["lot_number"],
            declared=True,
            question_set=row["question_set"],
            check=msgspec.json.decode(row["outcome"], type=DisplacementCheck),
            author=row["author"],
            declared_at=row["created_at"],
        )
        for row in await fetch(sql, plan_id)
    }


async def insert_declaration(
    plan_id: UUID, given: DeclarationIn, check: DisplacementCheck, author: str, now: datetime
) -> None:
    """Store what was declared of a lot; earlier declarations stay."""
    row = {
        "id": new_id(),
        "plan": plan_id,
        "lot_number": given.lot_number,
        "question_set": given.question_set,
        "answers": as_json(given.answers),
        "outcome": as_json(check),
        "author": author,
        "created_at": now,
    }
    await copy_rows(LotDeclaration, [row])


async def adoptions(plan_id: UUID) -> list[AdoptionOut]:
    """List the adoptions of a plan, undone ones too, the last first."""
    rows = await fetch(f"{_ADOPTION} WHERE plan = $1 ORDER BY id DESC", plan_id)
    return [as_struct(row, AdoptionOut) for row in rows]


async def live_adoption(tender_id: UUID) -> AdoptionOut | None:
    """Give the adoption that the lots of a tender come from."""
    rows = await fetch(f"{_ADOPTION} WHERE tender = $1 AND undone_at IS NULL", tender_id)
    return as_struct(rows[0], AdoptionOut) if rows else None


async def insert_adoption(row: Row) -> None:
    """Store an adoption."""
    await copy_rows(LotPlanAdoption, [row])


async def undo(adoption_id: UUID, author: str, because: str, now: datetime) -> None:
    """Mark an adoption as undone."""
    values = {"undone_at": now, "undone_by": author, "undone_because": because}
    await update_row("lot_plan_adoption", adoption_id, values)
