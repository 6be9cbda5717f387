"""Reads and writes of tenders, in SQL. No rule is decided here."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from api.clock import new_id
from api.database import Row, as_json, as_struct, copy_rows, fetch, update_row
from api.domain.tendering.notice import Buyer, Money, Notice, NoticeLot, Place
from api.tenders.schemas import LotOut, TenderCard, TenderIn, TenderOut, money
from api.tenders.tables import Lot, Tender

_SAME: Final = (
    *("title", "description", "procedure", "dispatched_on", "starts_on"),
    *("max_lots_submitted", "max_lots_awarded"),
)
_PUBLISHED: Final = """NOT EXISTS (
  SELECT FROM tender t
  WHERE t.id = lot.tender AND t.source = 'manual' AND t.published_on IS NULL)"""
_LOTS: Final = "SELECT *, tender AS tender_id FROM lot"
_CARDS: Final = """
SELECT t.id, t.source, t.source_id, t.title, t.buyer, t.procedure, t.published_on, t.updated_at,
  (SELECT count(*) FROM lot l WHERE l.tender = t.id AND l.status = 'active') AS lot_count
FROM tender t WHERE ($1::uuid IS NULL OR t.id < $1)
  AND (t.source = 'manual' AND t.published_on IS NULL) = ($3::text <> 'published')
  AND ($3 <> 'own' OR t.organisation IS NOT DISTINCT FROM $4)
ORDER BY t.id DESC LIMIT $2
"""


class StoredTender(msgspec.Struct, frozen=True):
    """What an import must know of a tender that is already here."""

    id: UUID
    content_hash: str
    version: int


async def stored_tender(source: str, source_id: str) -> StoredTender | None:
    """Find the tender that a notice is about."""
    sql = "SELECT id, content_hash, version FROM tender WHERE source = $1 AND source_id = $2"
    rows = await fetch(sql, source, source_id)
    return as_struct(rows[0], StoredTender) if rows else None


async def tender(tender_id: UUID) -> TenderOut | None:
    """Give a tender with its lots."""
    rows = await fetch("SELECT * FROM tender WHERE id = $1", tender_id)
    if not rows:
        return None
    lots = await fetch(f"{_LOTS} WHERE tender = $1 ORDER BY position, id", tender_id)
    return _tender_out(rows[0], tuple(_lot_out(row) for row in lots))


async def cards(before: UUID | None, limit: int) -> list[TenderCard]:
    """List published tenders, the last added first."""
    return [_card(row) for row in await fetch(_CARDS, before, limit, "published", None)]


async def draft_cards(
    organisation: UUID | None, before: UUID | None, limit: int, *, everybodys: bool
) -> list[TenderCard]:
    """List drafts of an organisation, or of everybody, the last added first."""
    whose = "everybodys" if everybodys else "own"
    found = await fetch(_CARDS, before, limit, whose, organisation)
    return [_card(row) for row in found]


async def lock_tender(tender_id: UUID) -> None:
    """Hold a tender until the transaction ends."""
    await fetch("SELECT id FROM tender WHERE id = $1 FOR UPDATE", tender_id)


async def activate_lots(tender_id: UUID) -> None:
    """Open the planned lots of a tender that was published."""
    sql = """
    UPDATE lot SET status = 'active', version = version + 1
    WHERE tender = $1 AND status = 'planned'
    """
    await fetch(sql, tender_id)


async def published_lots(lot_ids: Sequence[UUID]) -> dict[UUID, LotOut]:
    """Give some lots; those of drafts are absent."""
    rows = await fetch(f"{_LOTS} WHERE id = ANY($1) AND {_PUBLISHED}", list(lot_ids))
    return {row["id"]: _lot_out(row) for row in rows}


async def lots(lot_ids: Sequence[UUID]) -> list[LotOut]:
    """Give some lots, by id."""
    rows = await fetch(f"{_LOTS} WHERE id = ANY($1) ORDER BY id", list(lot_ids))
    return [_lot_out(row) for row in rows]


async def insert_tender(values: Row, lots: Sequence[Row]) -> None:
    """Insert a tender with its lots."""
    await copy_rows(Tender, [values])
    await copy_rows(Lot, lots)


async def update_lots(tender_id: UUID, lots: Sequence[Row]) -> None:
    """Make the lots of a tender equal to `lots`; one that is missing is cancelled."""
    rows = await fetch("SELECT id, source_lot_id, version FROM lot WHERE tender = $1", tender_id)
    former = {row["source_lot_id"]: row for row in rows}
    added: list[Row] = []
    for values in lots:
        old = former.pop(values["source_lot_id"], None)
        if old is None:
            added.append(values)
        else:
            own = {"id": old["id"], "version": old["version"] + 1}
            await update_row("lot", old["id"], dict(values) | own)
    await copy_rows(Lot, added)
    sql = "UPDATE lot SET status = 'cancelled', version = version + 1 WHERE id = ANY($1)"
    await fetch(sql, [row["id"] for row in former.values()])


def tender_columns(notice: Notice) -> dict[str, Any]:
    """Give the columns that a notice fills."""
    return {
        "source": notice.source,
        "source_id": notice.source_id,
        "notice_id": notice.notice_id,
        "title": notice.title,
        "description": notice.description,
        "language": notice.language,
        "buyer": None if notice.buyer is None else as_json(notice.buyer),
        "procedure": notice.procedure,
        "published_on": notice.published_on,
        "dispatched_on": notice.dispatched_on,
        "max_lots_submitted": notice.max_lots_submitted,
        "max_lots_awarded": notice.max_lots_awarded,
        **_money_columns("estimated_value", notice.estimated_value),
        "warnings": list(notice.warnings),
    }


def draft_columns(given: TenderIn, buyer: Buyer | None) -> dict[str, Any]:
    """Give the columns that a draft by hand fills."""
    amount = given.estimated_value_cents
    return {
        **{name: getattr(given, name) for name in _SAME},
        "buyer": None if buyer is None else as_json(buyer),
        "buyer_level": given.buyer_level.value,
        "main_kind": None if given.main_kind is None else given.main_kind.value,
        **_money_columns("estimated_value", None if amount is None else Money(amount, "EUR")),
    }


def lot_columns(tender_id: UUID, position: int, lot: NoticeLot, areas: Sequence[str]) -> Row:
    """Give a whole row of a lot."""
    return {
        "id": new_id(),
        "tender": tender_id,
        "source_lot_id": lot.source_lot_id,
        "position": position,
        "status": "planned" if lot.planned else "active",
        "title": lot.title,
        "description": lot.description,
        "nature": lot.nature,
        "cpv_main": lot.cpv_main,
        "cpv_additional": list(lot.cpv_additional),
        **_money_columns("estimated_value", lot.estimated_value),
        **_money_columns("framework_maximum", lot.framework_maximum),
        "duration_days": lot.duration_days,
        "starts_on": lot.starts_on,
        "ends_on": lot.ends_on,
        "places": as_json(lot.places),
        "areas": list(areas),
        "deadline_at": lot.deadline_at,
        "reservations": list(lot.reservations),
        "reserved_execution": lot.reserved_execution,
        "social_objectives": list(lot.social_objectives),
        "sme_suitable": lot.sme_suitable,
        "version": 1,
    }


def _money_columns(name: str, amount: Money | None) -> dict[str, Any]:
    return {
        f"{name}_cents": None if amount is None else amount.amount_cents,
        f"{name}_currency": None if amount is None else amount.currency,
    }


def _card(row: Row) -> TenderCard:
    return as_struct(dict(row) | {"buyer": _buyer(row)}, TenderCard)


def _buyer(row: Row) -> Buyer | None:
    return None if row["buyer"] is None else msgspec.json.decode(row["buyer"], type=Buyer)


def _tender_out(row: Row, lots: tuple[LotOut, ...]) -> TenderOut:
    whole = dict(row) | {"buyer": _buyer(row), "lots": lots}
    whole["estimated_value"] = money(row, "estimated_value")
    whole["organisation_id"] = row["organisation"]
    return as_struct(whole, TenderOut)


def _lot_out(row: Row) -> LotOut:
    whole = dict(row)
    for name in ("estimated_value", "framework_maximum"):
        whole[name] = money(row, name)
    whole["places"] = msgspec.json.decode(row["places"], type=tuple[Place, ...])
    return as_struct(whole, LotOut)
