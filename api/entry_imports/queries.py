"""Reads and writes of imports of entries, in SQL. No rule is decided here."""

from datetime import datetime
from typing import Any
from uuid import UUID

from api.clock import new_id
from api.database import Row, copy_rows, fetch
from api.domain.social_return.ledger import LIVE
from api.entry_imports.tables import ImportedEntry


async def imported(obligation_id: UUID, key: str) -> UUID | None:
    """Give the fulfilment that was made of the same row or invoice before."""
    sql = "SELECT claim FROM imported_entry WHERE obligation = $1 AND key = $2"
    rows = await fetch(sql, obligation_id, key)
    return rows[0]["claim"] if rows else None


async def keep(obligation_id: UUID, key: str, claim_id: UUID, now: datetime) -> None:
    """Remember what was imported."""
    row: dict[str, Any] = {
        "id": new_id(),
        "obligation": obligation_id,
        "key": key,
        "claim": claim_id,
        "created_at": now,
    }
    await copy_rows(ImportedEntry, [row])


async def enterprise(kvk_number: str) -> UUID | None:
    """Give the enterprise with a KvK number."""
    rows = await fetch("SELECT id FROM enterprise WHERE kvk_number = $1", kvk_number)
    return rows[0]["id"] if rows else None


async def claimed_invoices(obligation_id: UUID, token: str) -> list[Row]:
    """Give the live fulfilments on an obligation that claim one invoice."""
    sql = """
    SELECT id, whole_cents, basis_cents, credited_basis_cents FROM fulfilment
    WHERE obligation = $1 AND token = $2 AND state = ANY($3) ORDER BY id
    """
    return await fetch(sql, obligation_id, token, sorted(LIVE))
