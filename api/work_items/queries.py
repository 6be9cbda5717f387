"""Reads and writes of work items, in SQL. No rule is decided here."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from api.clock import new_id
from api.database import Row, as_json, as_struct, copy_rows, fetch
from api.domain.tendering.law import ProcedurePolicy
from api.domain.tendering.notice import Buyer
from api.work_items.tables import WorkItem

# One row per tender of the buyer: the lots that stand are summed where all have a value in
# euros; kind and category are those of the largest lot.
_TENDERS_OF_BUYER: Final = """
SELECT t.id, t.source = 'manual' AND t.published_on IS NULL AS draft, t.main_kind,
  coalesce(t.dispatched_on, t.published_on) AS dispatched_on, l.nature, l.cpv_main,
  coalesce(s.cents, CASE WHEN t.estimated_value_currency = 'EUR' THEN t.estimated_value_cents END)
    AS total_cents
FROM tender t
LEFT JOIN LATERAL (
  SELECT CASE WHEN bool_and(estimated_value_currency IS NOT DISTINCT FROM 'EUR')
    THEN sum(estimated_value_cents)::bigint END AS cents
  FROM lot WHERE tender = t.id AND status <> 'cancelled') s ON true
LEFT JOIN LATERAL (
  SELECT nature, cpv_main FROM lot WHERE tender = t.id AND status <> 'cancelled'
  ORDER BY estimated_value_cents DESC NULLS LAST, position LIMIT 1) l ON true
WHERE t.id <> $1 AND (t.organisation = $2 OR (
    (t.source <> 'manual' OR t.published_on IS NOT NULL
      OR t.organisation IS NOT DISTINCT FROM $2)
    AND (t.buyer ->> 'identifier' = $3 OR lower(t.buyer ->> 'name') = lower($4))))
  AND (coalesce(t.dispatched_on, t.published_on) IS NULL
    OR coalesce(t.dispatched_on, t.published_on) BETWEEN $5 AND $6)
ORDER BY t.id
"""


class KeptItem(msgspec.Struct, frozen=True):
    """A work item as kept; `None` is unknown."""

    id: UUID
    tender: UUID
    code: str
    title: str
    cpv: str | None
    kind: str | None
    yearly_cents: int | None
    total_cents: int | None
    months: int | None
    indefinite: bool
    options_cents: int
    extensions_cents: int
    areas: tuple[str, ...]
    stays_with: str | None
    apart: tuple[str, ...]
    reserved: bool
    done_now_by: str | None
    version: int
    updated_at: datetime


class TenderOfBuyer(msgspec.Struct, frozen=True):
    """What the guard against evasion must know of another tender of a buyer."""

    id: UUID
    draft: bool
    main_kind: str | None
    dispatched_on: date | None
    nature: str | None
    cpv_main: str | None
    total_cents: int | None


class KeptPolicy(msgspec.Struct, frozen=True):
    """A buyer's own policy."""

    policy: ProcedurePolicy
    version: int


async def items(tender_ids: Sequence[UUID]) -> list[KeptItem]:
    """Give the items of some tenders, in the order in which they were added."""
    rows = await fetch("SELECT * FROM work_item WHERE tender = ANY($1) ORDER BY id", tender_ids)
    return [as_struct(row, KeptItem) for row in rows]


async def item(tender_id: UUID, item_id: UUID) -> KeptItem | None:
    """Give one item of a tender."""
    sql = "SELECT * FROM work_item WHERE tender = $1 AND id = $2"
    rows = await fetch(sql, tender_id, item_id)
    return as_struct(rows[0], KeptItem) if rows else None


async def insert(rows: Sequence[Row]) -> None:
    """Store items."""
    await copy_rows(WorkItem, rows)


async def delete(item_id: UUID) -> None:
    """Drop an item."""
    await fetch("DELETE FROM work_item WHERE id = $1", item_id)


async def rename(tender_id: UUID, code: str, new_code: str | None, now: datetime) -> None:
    """Let the items that stand apart from `code` follow its new name, or forget it."""
    changed = "array_remove(apart, $2)" if new_code is None else "array_replace(apart, $2, $4)"
    sql = f"""
    UPDATE work_item SET apart = {changed}, version = version + 1, updated_at = $3
    WHERE tender = $1 AND $2 = ANY(apart) AND ($4::text IS NULL OR $4 <> $2)
    """  # noqa: S608  one of two constants of ours
    await fetch(sql, tender_id, code, now, new_code)


async def tenders_of_buyer(
    besides: UUID, organisation: UUID | None, buyer: Buyer | None, window: tuple[date, date]
) -> list[TenderOfBuyer]:
    """Find the other tenders of a buyer around a day; drafts only of the organisation itself."""
    identifier = None if buyer is None else buyer.identifier
    name = None if buyer is None else buyer.name
    rows = await fetch(_TENDERS_OF_BUYER, besides, organisation, identifier, name, *window)
    return [as_struct(row, TenderOfBuyer) for row in rows]


async def policy(organisation: UUID) -> KeptPolicy | None:
    """Give the policy of an organisation."""
    sql = "SELECT policy, version FROM procedure_policy WHERE organisation = $1"
    rows = await fetch(sql, organisation)
    if not rows:
        return None
    decoded = msgspec.json.decode(rows[0]["policy"], type=ProcedurePolicy)
    return KeptPolicy(decoded, rows[0]["version"])


async def put_policy(
    organisation: UUID, policy: ProcedurePolicy, author: str, version: int, now: datetime
) -> None:
    """Store a policy in place of the former one."""
    sql = """
    INSERT INTO procedure_policy (id, organisation, policy, author, version, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (organisation)
    DO UPDATE SET policy = $3, author = $4, version = $5, updated_at = $6
    """
    await fetch(sql, new_id(), organisation, as_json(policy), author, version, now)
