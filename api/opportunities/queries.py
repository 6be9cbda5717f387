"""Reads of what is open for an enterprise, in SQL. No rule is decided here."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from api.database import as_struct, fetch
from api.domain.directory import QualityMark
from api.domain.tendering.cpv import lineages, prefix
from api.domain.tendering.notice import Buyer
from api.domain.values import CpvCode, Point
from api.opportunities.drafts import OpenObligation

# Of the same branch: a code of the lot stands above an offered one, or below it.
_OPEN_LOTS: Final = """
SELECT l.id FROM lot l
WHERE l.status = 'active' AND (l.deadline_at IS NULL OR l.deadline_at > $1)
  AND ($2::uuid IS NULL OR l.id < $2)
  AND (l.cpv_main = ANY($3::text[]) OR l.cpv_additional && $3::text[]
    OR EXISTS (SELECT 1 FROM unnest(l.cpv_additional || l.cpv_main) code
               WHERE code LIKE ANY($4::text[])))
ORDER BY l.id DESC LIMIT $5
"""
_TENDERS: Final = "SELECT id, title, buyer, procedure FROM tender WHERE id = ANY($1::uuid[])"


class TenderHead(msgspec.Struct, frozen=True):
    """What an opportunity tells of its tender."""

    id: UUID
    title: str
    buyer: Buyer | None
    procedure: str | None


async def open_lots(
    codes: Sequence[CpvCode], now: datetime, before: UUID | None, limit: int
) -> list[UUID]:
    """Find the open lots of the branches of some codes, the last added first."""
    below = [f"{prefix(code)}%" for code in codes]
    rows = await fetch(_OPEN_LOTS, now, before, list(lineages(codes)), below, limit)
    return [row["id"] for row in rows]


async def tender_heads(tender_ids: Sequence[UUID]) -> dict[UUID, TenderHead]:
    """Give the heads of some tenders."""
    found = {}
    for row in await fetch(_TENDERS, list(tender_ids)):
        buyer = None if row["buyer"] is None else msgspec.json.decode(row["buyer"], type=Buyer)
        found[row["id"]] = as_struct(dict(row) | {"buyer": buyer}, TenderHead)
    return found


async def seat(enterprise_id: UUID) -> Point | None:
    """Give where an enterprise has its seat."""
    [row] = await fetch("SELECT lat, lon FROM enterprise WHERE id = $1", enterprise_id)
    return None if row["lat"] is None else Point(row["lat"], row["lon"])


async def art77_awards(enterprise_id: UUID) -> list[tuple[tuple[str, ...], date]]:
    """Give awards under art. 77: by what the buyer is known, and when."""
    sql = "SELECT buyer_keys, awarded_on FROM art77_award WHERE enterprise = $1"
    return [
        (tuple(row["buyer_keys"]), row["awarded_on"]) for row in await fetch(sql, enterprise_id)
    ]


async def marks(enterprise_id: UUID) -> list[QualityMark]:
    """Give the quality marks of an enterprise."""
    rows = await fetch(
        "SELECT * FROM quality_mark WHERE enterprise = $1 ORDER BY id", enterprise_id
    )
    return [as_struct(row, QualityMark) for row in rows]


async def open_obligations(today: date) -> list[OpenObligation]:
    """Give the obligations that can still be fulfilled; neither who owes them nor how much."""
    sql = """
    SELECT o.id, a.name AS authority, o.rule_book, o.municipality, o.region, o.due_on
    FROM obligation o JOIN organisation a ON a.id = o.authority
    WHERE o.due_on > $1 AND o.owed_cents > 0 ORDER BY o.id
    """
    return [as_struct(row, OpenObligation) for row in await fetch(sql, today)]
