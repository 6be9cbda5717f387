"""Reads and writes of lot plans, in SQL. No rule is decided here."""

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from api.clock import new_id
from api.database import Row, as_json, as_struct, copy_rows, fetch
from api.domain.tendering.lot_model import SplitRequest
from api.domain.tendering.lots import Proposal
from api.lot_plans.schemas import (
    Inputs,
    LotPlanRunCard,
    PlanRequest,
    RunHead,
)
from api.lot_plans.tables import LotPlan, LotPlanRun

QUICK: Final = 1
_CARDS: Final = """
SELECT r.id, r.author, r.created_at, r.fingerprint,
  (SELECT count(*) FROM lot_plan p WHERE p.run = r.id) AS plans
FROM split_run r WHERE r.tender = $1 AND ($2::uuid IS NULL OR r.id < $2)
ORDER BY r.id DESC LIMIT $3
"""


class KeptRun(msgspec.Struct, frozen=True):
    """A run as kept, without its plans and inputs."""

    id: UUID
    tender: UUID
    author: str
    created_at: datetime
    fingerprint: str
    question: PlanRequest
    answer: RunHead


class KeptInputs(msgspec.Struct, frozen=True):
    """Everything that a run compared."""

    request: SplitRequest
    beside: Inputs


class KeptPlan(msgspec.Struct, frozen=True):
    """A plan as kept."""

    id: UUID
    run: UUID
    rank: int
    proposal: Proposal


async def same_run(tender_id: UUID, fingerprint: str, author: str) -> UUID | None:
    """Find a run of this author on the same facts and rules: its answer would be the same."""
    sql = "SELECT id FROM split_run WHERE tender = $1 AND fingerprint = $2 AND author = $3"
    rows = await fetch(sql, tender_id, fingerprint, author)
    return rows[0]["id"] if rows else None


async def insert_run(run: Row, proposals: Sequence[Proposal]) -> None:
    """Store a run with its plans."""
    await copy_rows(LotPlanRun, [run])
    rows = [
        {"id": new_id(), "run": run["id"], "rank": rank, "proposal": as_json(one)}
        for rank, one in enumerate(proposals, start=1)
    ]
    await copy_rows(LotPlan, rows)


async def run(run_id: UUID) -> KeptRun | None:
    """Give a run."""
    sql = """
    SELECT id, tender, author, created_at, fingerprint, question, answer
    FROM split_run WHERE id = $1
    """
    rows = await fetch(sql, run_id)
    if not rows:
        return None
    whole = dict(rows[0])
    whole["question"] = msgspec.json.decode(whole["question"], type=PlanRequest)
    whole["answer"] = msgspec.json.decode(whole["answer"], type=RunHead)
    return as_struct(whole, KeptRun)


async def inputs(run_id: UUID) -> KeptInputs:
    """Give what a run compared; the run is known to be there."""
    [row] = await fetch("SELECT compared FROM split_run WHERE id = $1", run_id)
    return msgspec.json.decode(zlib.decompress(row["compared"]), type=KeptInputs)


def packed(inputs: KeptInputs) -> bytes:
    """Write down what was compared; a fifth of its size, for nothing looks into it by SQL."""
    return zlib.compress(msgspec.json.encode(inputs), QUICK)


async def plans(run_id: UUID) -> list[KeptPlan]:
    """Give the plans of a run, the first one first."""
    rows = await fetch("SELECT * FROM lot_plan WHERE run = $1 ORDER BY rank", run_id)
    return [_plan(row) for row in rows]


async def plan(plan_id: UUID) -> KeptPlan | None:
    """Give one plan."""
    rows = await fetch("SELECT * FROM lot_plan WHERE id = $1", plan_id)
    return _plan(rows[0]) if rows else None


def _plan(row: Row) -> KeptPlan:
    proposal = msgspec.json.decode(row["proposal"], type=Proposal)
    return KeptPlan(row["id"], row["run"], row["rank"], proposal)


async def cards(tender_id: UUID, before: UUID | None, limit: int) -> list[LotPlanRunCard]:
    """List the runs of a tender, the last made first."""
    return [as_struct(row, LotPlanRunCard) for row in await fetch(_CARDS, tender_id, before, limit)]


async def size_classes(enterprise_ids: Sequence[str]) -> dict[str, str | None]:
    """Give the size classes by staff that enterprises state."""
    sql = """
    SELECT id::text AS id, details ->> 'sizeClass' AS size_class
    FROM enterprise WHERE id = ANY($1::uuid[])
    """
    return {row["id"]: row["size_class"] for row in await fetch(sql, list(enterprise_ids))}
