"""Reads and writes of plans, in SQL. No rule is decided here."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from api.database import Row, as_struct, copy_rows, fetch, update_row
from api.domain.directory import QualityMark
from api.domain.values import CpvCode
from api.fulfilment_plans.tables import FulfilmentPlan

_CANDIDATES: Final = """
SELECT o.id AS offering_id, o.title, o.cpv_codes, e.id AS supplier_id, e.name, e.kvk_number,
  coalesce(o.minimum_order_cents, 0) AS minimum_order_cents, o.lead_time_days,
  ($3::text IS NULL OR o.area_full && ARRAY[$3, 'NL']) AS covers,
  coalesce((SELECT jsonb_agg(jsonb_build_object(
      'scheme', m.scheme, 'level', m.level, 'issuedOn', m.issued_on,
      'validUntil', m.valid_until, 'verifiedOn', m.verified_on, 'revokedOn', m.revoked_on)
      ORDER BY m.scheme, m.id)
    FROM quality_mark m WHERE m.enterprise = e.id), '[]') AS marks
FROM offering o JOIN enterprise e ON e.id = o.enterprise AND e.state = 'published'
WHERE o.withdrawn_at IS NULL AND (o.cpv_lineage @> ARRAY[$1] OR o.cpv_codes && $2::text[])
ORDER BY o.id
"""
_PAGE: Final = """
SELECT * FROM fulfilment_plan WHERE obligation = $1 AND ($2::uuid IS NULL OR id < $2)
ORDER BY id DESC LIMIT $3
"""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """An offering in the category of a need."""

    offering_id: UUID
    title: str
    cpv_codes: tuple[CpvCode, ...]
    supplier_id: UUID
    name: str
    kvk_number: str | None
    minimum_order_cents: int
    lead_time_days: int | None
    covers: bool
    marks: tuple[QualityMark, ...]


class KeptPlan(msgspec.Struct, frozen=True):
    """A plan as kept."""

    id: UUID
    obligation: UUID
    ledger_number: int
    target_cents: int
    request: str
    plan: str
    created_at: datetime
    accepted_at: datetime | None
    held_until: datetime | None
    released_at: datetime | None
    claims: str | None


async def candidates(code: CpvCode, above: list[str], area: str | None) -> list[Candidate]:
    """Give every published offering in a category, whether it covers the area or not."""
    return [_candidate(row) for row in await fetch(_CANDIDATES, code, above, area)]


async def insert(row: Row) -> None:
    """Insert a plan."""
    await copy_rows(FulfilmentPlan, [row])


async def update(plan_id: UUID, values: Row) -> None:
    """Note what became of a plan."""
    await update_row("fulfilment_plan", plan_id, values)


async def plan(obligation_id: UUID, plan_id: UUID) -> KeptPlan | None:
    """Give a plan of an obligation."""
    sql = "SELECT * FROM fulfilment_plan WHERE obligation = $1 AND id = $2"
    rows = await fetch(sql, obligation_id, plan_id)
    return as_struct(rows[0], KeptPlan) if rows else None


async def plans(obligation_id: UUID, before: UUID | None, limit: int) -> list[KeptPlan]:
    """List the plans of an obligation, the last made first."""
    rows = await fetch(_PAGE, obligation_id, before, limit)
    return [as_struct(row, KeptPlan) for row in rows]


def _candidate(row: Row) -> Candidate:
    marks = msgspec.json.decode(row["marks"], type=tuple[QualityMark, ...])
    whole = dict(row) | {"marks": marks, "cpv_codes": tuple(row["cpv_codes"])}
    return Candidate(**whole)
