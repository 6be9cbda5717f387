"""Reads and writes of reservations, in SQL. No rule is decided here."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from api.capacity.schemas import Purpose, ReservationOut
from api.capacity.tables import CapacityReservation
from api.database import Row, as_struct, copy_rows, fetch
from api.domain.capacity import Held
from api.preconditions import state_tag

_LIVE: Final = "released_at IS NULL AND (expires_at IS NULL OR expires_at > $1)"
Windows = dict[UUID, list[Held]]


async def held(
    window: tuple[date, date], now: datetime, offering_ids: Collection[UUID] | None
) -> Windows:
    """Give live reservations that overlap a half-open window, per offering; `None`: of all."""
    sql = f"""
    SELECT offering, amount_cents, starts_on, ends_on FROM capacity_reservation
    WHERE {_LIVE} AND starts_on < $3 AND ends_on > $2
      AND ($4::uuid[] IS NULL OR offering = ANY($4))
    """  # noqa: S608  a constant of ours
    ids = None if offering_ids is None else list(offering_ids)
    found: Windows = {}
    for row in await fetch(sql, now, *window, ids):
        found.setdefault(row["offering"], []).append(as_struct(row, Held))
    return found


async def live(enterprise_id: UUID, now: datetime) -> list[ReservationOut]:
    """List the live reservations of an enterprise, by offering and start."""
    sql = f"""
    SELECT r.id, r.offering AS offering_id, r.purpose, r.amount_cents, r.starts_on, r.ends_on,
      r.expires_at
    FROM capacity_reservation r JOIN offering o ON o.id = r.offering
    WHERE {_LIVE} AND o.enterprise = $2 ORDER BY r.offering, r.starts_on, r.id
    """  # noqa: S608  a constant of ours
    return [_reservation(row) for row in await fetch(sql, now, enterprise_id)]


def _reservation(row: Row) -> ReservationOut:
    told = dict(row)
    return as_struct(told | {"etag": state_tag(*told.values())}, ReservationOut)


async def reliable(
    offering_ids: Sequence[UUID], *, locking: bool = False
) -> dict[UUID, int | None]:
    """Give the reliable capacity of offerings; locked in order of id until the transaction ends."""
    sql = "SELECT id, reliable_capacity_cents FROM offering WHERE id = ANY($1) ORDER BY id"
    rows = await fetch(f"{sql} FOR UPDATE" if locking else sql, list(offering_ids))
    return {row["id"]: row["reliable_capacity_cents"] for row in rows}


async def insert(rows: Sequence[Row]) -> None:
    """Store reservations."""
    await copy_rows(CapacityReservation, rows)


async def release(purpose: Purpose, subject: UUID, now: datetime) -> int:
    """End what is held for something; gives how many reservations that were."""
    sql = f"""
    UPDATE capacity_reservation SET released_at = $1
    WHERE {_LIVE} AND purpose = $2 AND subject = $3 RETURNING id
    """  # noqa: S608  a constant of ours
    return len(await fetch(sql, now, purpose.value, subject))


async def release_own(enterprise_id: UUID, reservation_id: UUID, now: datetime) -> UUID | None:
    """End one reservation that an enterprise made itself; gives its subject."""
    sql = f"""
    UPDATE capacity_reservation SET released_at = $1
    WHERE {_LIVE} AND id = $2 AND purpose = 'own'
      AND offering IN (SELECT id FROM offering WHERE enterprise = $3) RETURNING subject
    """  # noqa: S608  a constant of ours
    rows = await fetch(sql, now, reservation_id, enterprise_id)
    return rows[0]["subject"] if rows else None
