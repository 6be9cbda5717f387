"""Reads and writes of obligations and ledgers, in SQL. No rule is decided here."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from api.clock import new_id
from api.database import Row, as_struct, copy_rows, fetch, update_row
from api.domain.social_return.chain import Link
from api.domain.social_return.entries import Act, ClaimState, Entry
from api.domain.social_return.ledger import LIVE, Claim
from api.domain.social_return.sums import OPEN
from api.ledgers.tables import Claim as ClaimRow
from api.ledgers.tables import LedgerEntry, Obligation

_OPEN_CLAIMS: Final = "SELECT * FROM fulfilment WHERE obligation = $1 AND state = ANY($2)"
_OPEN: Final = sorted(OPEN)
_LIVE: Final = sorted(LIVE)
_PURCHASES: Final = """
SELECT coalesce(supplier::text, '') AS supplier,
  sum(basis_cents - credited_basis_cents)::bigint AS cents
FROM fulfilment WHERE obligation = $1 AND kind = 'purchase' AND state = ANY($2) GROUP BY 1
"""


class Kept(msgspec.Struct, frozen=True):
    """An obligation as kept, with the head of its ledger."""

    id: UUID
    authority: UUID
    contractor: UUID
    lot: UUID | None
    rule_book: UUID
    title: str
    municipality: str | None
    region: str | None
    published_on: date | None
    awarded_on: date | None
    starts_on: date
    due_on: date
    basis: str
    assessment: str
    owed_cents: int | None
    discount_cents: int
    ledger_number: int
    ledger_at: datetime | None
    ledger_hash: str
    ledger_sums: str | None
    purchases: str | None
    created_at: datetime


class Stored(msgspec.Struct, frozen=True):
    """An entry of a ledger as it stands in the table."""

    number: int
    link: Link | None
    """`None`: the row can't be read as an entry."""
    details: str | None


async def obligation(obligation_id: UUID) -> Kept | None:
    """Give an obligation."""
    rows = await fetch("SELECT * FROM obligation WHERE id = $1", obligation_id)
    return as_struct(rows[0], Kept) if rows else None


async def locked(obligation_id: UUID) -> Kept | None:
    """Give an obligation, locked until the transaction ends: one writer at a time."""
    rows = await fetch("SELECT * FROM obligation WHERE id = $1 FOR UPDATE", obligation_id)
    return as_struct(rows[0], Kept) if rows else None


async def ids_of_authority(authority: UUID | None) -> list[UUID]:
    """Give the obligations of an authority, or all."""
    sql = "SELECT id FROM obligation WHERE $1::uuid IS NULL OR authority = $1 ORDER BY id"
    return [row["id"] for row in await fetch(sql, authority)]


async def insert_obligation(row: Row) -> None:
    """Insert an obligation."""
    await copy_rows(Obligation, [row])


async def update_obligation(obligation_id: UUID, values: Mapping[str, object]) -> None:
    """Change columns of an obligation that no entry decides."""
    await update_row("obligation", obligation_id, values)


async def claim(obligation_id: UUID, claim_id: UUID) -> Row | None:
    """Give one fulfilment of an obligation."""
    sql = "SELECT * FROM fulfilment WHERE id = $1 AND obligation = $2"
    rows = await fetch(sql, claim_id, obligation_id)
    return rows[0] if rows else None


async def open_claims(obligation_id: UUID) -> dict[str, Claim]:
    """Give the open fulfilments, one by one."""
    rows = await fetch(_OPEN_CLAIMS, obligation_id, _OPEN)
    return {str(row["id"]): claim_of(row) for row in rows}


async def purchases(obligation_id: UUID) -> dict[str, int]:
    """Add up the live purchases of an obligation by supplier, in cents; one by one."""
    return {row["supplier"]: row["cents"] for row in await fetch(_PURCHASES, obligation_id, _LIVE)}


async def append(
    link: Link,
    details: str | None,
    obligation: Mapping[str, object],
    claim: Row | None,
    *,
    new: bool,
) -> None:
    """Write an entry, its fulfilment, and what is kept of it with the obligation."""
    entry = link.entry
    columns = msgspec.structs.asdict(entry)
    columns |= {
        "id": new_id(),
        "obligation": UUID(columns.pop("obligation_id")),
        "claim": None if entry.claim_id is None else UUID(entry.claim_id),
        "categories": list(entry.categories),
        "details": details,
        "hash": link.hash,
    }
    del columns["claim_id"]
    await copy_rows(LedgerEntry, [columns])
    if claim is not None and new:
        await copy_rows(ClaimRow, [claim])
    elif claim is not None:
        await update_row("fulfilment", claim["id"], claim)
    head = {"ledger_number": entry.number, "ledger_at": entry.at, "ledger_hash": link.hash}
    await update_row("obligation", columns["obligation"], dict(obligation) | head)


async def entries(obligation_id: UUID, after: int, limit: int | None) -> list[Stored]:
    """Give the entries of a ledger after a number, in order."""
    sql = (
        "SELECT * FROM ledger_entry WHERE obligation = $1 AND number > $2 ORDER BY number LIMIT $3"
    )
    return [_stored(row) for row in await fetch(sql, obligation_id, after, limit)]


async def forgotten(obligation_id: UUID) -> set[int]:
    """Give the numbers of entries whose details, by the audit trail, were anonymised."""
    sql = """
    SELECT DISTINCT jsonb_array_elements_text(detail -> 'numbers')::int AS number
    FROM audit_event WHERE subject = $1 AND action = 'ledger.anonymised'
    """
    return {row["number"] for row in await fetch(sql, obligation_id)}


async def claims_of(obligation_id: UUID) -> dict[str, Claim]:
    """Give every fulfilment of an obligation as kept."""
    rows = await fetch("SELECT * FROM fulfilment WHERE obligation = $1", obligation_id)
    return {str(row["id"]): claim_of(row) for row in rows}


def claim_of(row: Row) -> Claim:
    """Give a fulfilment as the rules see it."""
    whole = dict(row) | {"claim_id": str(row["id"]), "state": ClaimState(row["state"])}
    for name in ("categories", "handled_by"):
        whole[name] = tuple(row[name])
    return Claim(**{name: whole[name] for name in Claim.__struct_fields__})


def claim_columns(claim: Claim) -> dict[str, Any]:
    """Give the columns that the rules decide."""
    columns = msgspec.structs.asdict(claim)
    columns["id"] = UUID(columns.pop("claim_id"))
    columns["state"] = claim.state.value
    columns["categories"] = list(claim.categories)
    columns["handled_by"] = list(claim.handled_by)
    return columns


def _stored(row: Row) -> Stored:
    try:
        link = Link(_entry(row), row["hash"])
    except ValueError:
        link = None
    return Stored(row["number"], link, row["details"])


def _entry(row: Row) -> Entry:
    return Entry(
        form=row["form"],
        obligation_id=str(row["obligation"]),
        number=row["number"],
        at=row["at"],
        actor=row["actor"],
        act=Act(row["act"]),
        claim_id=None if row["claim"] is None else str(row["claim"]),
        amount_cents=row["amount_cents"],
        discount_cents=row["discount_cents"],
        raw_cents=row["raw_cents"],
        basis_cents=row["basis_cents"],
        categories=tuple(row["categories"]),
        rule_book=row["rule_book"],
        evidence=row["evidence"],
        reason=row["reason"],
    )
