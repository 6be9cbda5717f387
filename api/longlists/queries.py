"""Reads and writes of locks on longlists, in SQL. No rule is decided here."""

from datetime import datetime
from uuid import UUID

from api.database import Row, as_struct, copy_rows, fetch, update_row
from api.longlists.schemas import LonglistLockOut
from api.longlists.tables import LonglistLock


async def locks(lot_id: UUID, organisation: UUID | None) -> list[LonglistLockOut]:
    """List an organisation's locks on a lot, undone ones too, the last first."""
    sql = """
    SELECT id, lot AS lot_id, run AS run_id, note, author, locked_at, undone_at, undone_by,
      undone_because FROM longlist_lock
    WHERE lot = $1 AND organisation IS NOT DISTINCT FROM $2 ORDER BY id DESC
    """
    return [as_struct(row, LonglistLockOut) for row in await fetch(sql, lot_id, organisation)]


async def insert(row: Row) -> None:
    """Store a lock."""
    await copy_rows(LonglistLock, [row])


async def undo(lock_id: UUID, author: str, because: str, now: datetime) -> None:
    """Note that a lock was taken off."""
    values = {"undone_at": now, "undone_by": author, "undone_because": because}
    await update_row("longlist_lock", lock_id, values)
