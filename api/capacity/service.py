"""Use cases of capacity: hold it, give it back, see what is left."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from api.accounts.service import Actor
from api.audit import service as audit
from api.capacity import queries
from api.capacity.schemas import (
    HeldFor,
    OfferingCapacity,
    Purpose,
    ReservationIn,
    ReservationOut,
    Wanted,
)
from api.clock import legal_day, new_id
from api.database import Row, transaction
from api.domain.capacity import left, peak
from api.domain.errors import Fault, InvalidInput, NotFound, RuleViolation
from api.enterprises import service as enterprises
from api.preconditions import ANYHOW, check_state

Window = tuple[date, date]
YEAR: Final = timedelta(days=365)


class CapacityTaken(RuleViolation):
    """An offering has less free capacity than what was asked."""

    code = "capacity-taken"


async def reserve(
    wanted: Sequence[Wanted], held_for: HeldFor, actor: Actor, now: datetime
) -> tuple[UUID, ...]:
    """Hold capacity, all of it or none. Raises `CapacityTaken`; needs an open transaction.

    Unknown capacity can't be exceeded. Offerings are locked in order of id, so that two at
    once can't both take the last of it, nor wait for each other.
    """
    known = await queries.reliable([one.offering_id for one in wanted], locking=True)
    made = []
    for one in wanted:
        await _check(one, known, now)
        made.append(new_id())
        await queries.insert([_row(made[-1], one, held_for, actor, now)])
    detail = {"purpose": held_for.purpose.value, "offerings": [str(one) for one in known]}
    await audit.record("capacity.reserved", [held_for.subject], actor.name, now, **detail)
    return tuple(made)


def _row(row_id: UUID, one: Wanted, held_for: HeldFor, actor: Actor, now: datetime) -> Row:
    return {
        "id": row_id,
        "offering": one.offering_id,
        "purpose": held_for.purpose.value,
        "subject": held_for.subject,
        "amount_cents": one.amount_cents,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "expires_at": held_for.expires_at,
        "released_at": None,
        "author": actor.name,
        "created_at": now,
    }


async def _check(one: Wanted, known: dict[UUID, int | None], now: datetime) -> None:
    if one.offering_id not in known:
        raise NotFound(f"There is no offering {one.offering_id}.")
    window = (one.starts_on, one.ends_on)
    taken = await reserved(window, now, [one.offering_id])
    free_cents = left(known[one.offering_id], taken.get(one.offering_id, 0))
    if free_cents is not None and one.amount_cents > free_cents:
        raise CapacityTaken(
            f"Offering {one.offering_id} has {free_cents} cents a year free from "
            f"{one.starts_on} to {one.ends_on}; {one.amount_cents} were asked."
        )


async def release(purpose: Purpose, subject: UUID, actor: Actor, now: datetime) -> int:
    """Give back all that is held for something. Needs an open transaction."""
    ended = await queries.release(purpose, subject, now)
    if ended:
        await audit.record("capacity.released", [subject], actor.name, now, purpose=purpose.value)
    return ended


async def reserved(
    window: Window, now: datetime, offering_ids: Collection[UUID] | None = None
) -> dict[UUID, int]:
    """Give the most held at one moment of a half-open window; who holds nothing is absent."""
    found = await queries.held(window, now, offering_ids)
    return {offering: peak(held, *window) for offering, held in found.items()}


async def reserved_in(windows: Collection[Window], now: datetime) -> dict[Window, dict[str, int]]:
    """Give for several windows the most held at one moment, by the id of the offering as text."""
    if not windows:
        return {}
    whole = (min(start for start, _ in windows), max(end for _, end in windows))
    found = await queries.held(whole, now, None)
    return {
        window: {
            str(offering): most for offering, held in found.items() if (most := peak(held, *window))
        }
        for window in windows
    }


async def free(
    offering_ids: Sequence[UUID], window: Window, now: datetime
) -> dict[UUID, int | None]:
    """Give what is free throughout a half-open window, in cents a year; `None` is unknown."""
    known = await queries.reliable(offering_ids)
    taken = await reserved(window, now, offering_ids)
    return {one: left(known[one], taken.get(one, 0)) for one in known}


async def capacity(
    enterprise_id: UUID, since: date | None, until: date | None, now: datetime
) -> tuple[OfferingCapacity, ...]:
    """Say of every offering what it can still take on; by default in a year from today."""
    start = since or legal_day(now)
    window = (start, until or min(start, date.max - YEAR) + YEAR)
    _refuse_empty(window, "until")
    offerings = await enterprises.offerings(enterprise_id, legal_day(now))
    taken = await reserved(window, now, [one.id for one in offerings])
    return tuple(
        OfferingCapacity(
            offering_id=one.id,
            title=one.title,
            nominal_capacity_cents=one.nominal_capacity_cents,
            reliable_capacity_cents=one.reliable_capacity_cents,
            reserved_cents=taken.get(one.id, 0),
            free_capacity_cents=left(one.reliable_capacity_cents, taken.get(one.id, 0)),
        )
        for one in offerings
    )


async def reservations(
    enterprise_id: UUID, actor: Actor, now: datetime
) -> tuple[ReservationOut, ...]:
    """List what is reserved at an enterprise, to those who may change its profile."""
    async with transaction():
        await enterprises.locked(enterprise_id, actor)
        return tuple(await queries.live(enterprise_id, now))


async def hold_own(
    ids: tuple[UUID, UUID], given: ReservationIn, actor: Actor, now: datetime
) -> ReservationOut:
    """Let an enterprise take capacity off the market; `ids`: enterprise and offering."""
    enterprise_id, offering_id = ids
    _refuse_empty((given.starts_on, given.ends_on), "/endsOn")
    wanted = Wanted(offering_id, given.amount_cents, given.starts_on, given.ends_on)
    async with transaction():
        await enterprises.locked(enterprise_id, actor)
        await enterprises.offering(enterprise_id, offering_id, legal_day(now))
        subject = new_id()
        [made] = await reserve([wanted], HeldFor(Purpose.OWN, subject), actor, now)
        live = await queries.live(enterprise_id, now)
    return next(one for one in live if one.id == made)


async def give_back(
    enterprise_id: UUID, reservation_id: UUID, actor: Actor, now: datetime, *, wanted: str = ANYHOW
) -> None:
    """End a reservation that the enterprise made itself; others end with what they are for."""
    async with transaction():
        await enterprises.locked(enterprise_id, actor)
        live = await queries.live(enterprise_id, now)
        present = next((one.etag for one in live if one.id == reservation_id), None)
        if present is not None:
            check_state(present, wanted)
        ended = await queries.release_own(enterprise_id, reservation_id, now)
        if ended is None:
            raise NotFound(f"There is no reservation {reservation_id} of the enterprise's own.")
        await audit.record("capacity.released", [ended], actor.name, now, purpose="own")


def _refuse_empty(window: Window, place: str) -> None:
    if window[1] <= window[0]:
        raise InvalidInput(Fault("invalid-period", "The period ends before it starts.", place))
