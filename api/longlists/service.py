"""Use cases of the longlist: write a run down whole, and say which run of a lot it is."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from api.accounts.service import Actor
from api.audit import service as audit
from api.clock import new_id
from api.database import lock as held
from api.database import transaction
from api.domain.errors import InvalidInput, NotFound, RuleViolation
from api.domain.social_return.privacy import personal_number_faults
from api.longlists import queries
from api.longlists.schemas import LockIn, Longlist, LonglistLockOut, UnlockIn
from api.matches import queries as matches
from api.matches import service as matching
from api.tenders import service as tenders


async def document(run_id: UUID, write: Callable[[Longlist], bytes], actor: Actor) -> bytes:
    """Write the longlist of a run."""
    run = await matching.read_run(run_id, actor)
    lot = await tenders.lot(run.lot_id)
    tender = await tenders.tender(lot.tender_id)
    matched = await matches.verdicts(run_id, "matched", 0, run.matched)
    near = await matches.verdicts(run_id, "near", 0, run.near_misses)
    left_out = await matches.excluded(run_id, 0, run.excluded)
    found = Longlist(
        run,
        lot,
        tender,
        (
            *(("matched", one) for one in matched),
            *(("near", one) for one in near),
            *(("excluded", one) for one in left_out),
        ),
    )
    return await asyncio.to_thread(write, found)


class LonglistLocked(RuleViolation):
    """A lot has one longlist at a time; take the lock off before another run is locked."""

    code = "longlist-locked"


async def lock(run_id: UUID, given: LockIn, actor: Actor, now: datetime) -> LonglistLockOut:
    """Say that a run is the longlist of its lot; the same run again changes nothing."""
    _refuse_personal_numbers(given.note, "/note")
    run = await matching.read_run(run_id, actor)
    async with transaction():
        # Two officers at once would both find the lot without a longlist.
        await held(f"longlist {run.lot_id} {actor.organisation}")
        live = await live_lock(run.lot_id, actor)
        if live is not None and live.run_id == run_id:
            return live
        if live is not None:
            raise LonglistLocked(f"Run {live.run_id} is the longlist of this lot already.")

        lock_id = new_id()
        row = {
            "id": lock_id,
            "lot": run.lot_id,
            "run": run_id,
            "organisation": actor.organisation,
            "note": given.note,
            "author": actor.name,
            "locked_at": now,
            "undone_at": None,
            "undone_by": None,
            "undone_because": None,
        }
        await queries.insert(row)
        await audit.record("longlist.locked", [run.lot_id], actor.name, now, run=str(run_id))
        return await _of(run.lot_id, lock_id, actor)


async def unlock(run_id: UUID, given: UnlockIn, actor: Actor, now: datetime) -> LonglistLockOut:
    """Take the lock off a run, with the reason; that it was there stays on record."""
    _refuse_personal_numbers(given.because, "/because")
    run = await matching.read_run(run_id, actor)
    async with transaction():
        await held(f"longlist {run.lot_id} {actor.organisation}")
        live = await live_lock(run.lot_id, actor)
        if live is None or live.run_id != run_id:
            raise NotFound(f"Run {run_id} is not locked.")
        await queries.undo(live.id, actor.name, given.because, now)
        await audit.record("longlist.unlocked", [run.lot_id], actor.name, now, run=str(run_id))
        return await _of(run.lot_id, live.id, actor)


async def locks(lot_id: UUID, actor: Actor) -> tuple[LonglistLockOut, ...]:
    """List the own organisation's locks on a lot, undone ones too, the last first."""
    await tenders.lot(lot_id)
    return tuple(await queries.locks(lot_id, actor.organisation))


async def live_lock(lot_id: UUID, actor: Actor) -> LonglistLockOut | None:
    """Give the lock that holds on a lot, for the own organisation."""
    found = await queries.locks(lot_id, actor.organisation)
    return next((one for one in found if one.undone_at is None), None)


async def _of(lot_id: UUID, lock_id: UUID, actor: Actor) -> LonglistLockOut:
    found = await queries.locks(lot_id, actor.organisation)
    return next(one for one in found if one.id == lock_id)


def _refuse_personal_numbers(text: str, place: str) -> None:
    faults = personal_number_faults(text, place)
    if faults:
        raise InvalidInput(*faults)
