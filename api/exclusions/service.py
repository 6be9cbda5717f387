"""Use cases of exclusions: leave a firm out of a tender, and let it take part again."""

from datetime import datetime
from uuid import UUID

from api.accounts.service import Actor
from api.audit import service as audit
from api.database import transaction
from api.domain.errors import NotFound
from api.exclusions import queries
from api.exclusions.schemas import ExclusionIn, ExclusionOut
from api.matches import queries as matches
from api.preconditions import ANYHOW, check_state
from api.tenders import service as tenders


async def exclude(
    tender_id: UUID,
    enterprise_id: UUID,
    given: ExclusionIn,
    actor: Actor,
    now: datetime,
    *,
    wanted: str | None = ANYHOW,
) -> ExclusionOut:
    """Leave an enterprise out of a tender, or give another reason; later runs tell it."""
    await tenders.tender(tender_id)
    if not await matches.names([enterprise_id]):
        raise NotFound(f"There is no enterprise {enterprise_id}.")
    async with transaction():
        present = await _exclusion(tender_id, enterprise_id, actor)
        check_state(None if present is None else present.etag, wanted)
        await queries.put_exclusion(tender_id, enterprise_id, given.reason, actor, now)
        detail = {"enterprise": str(enterprise_id), "reason": given.reason}
        await audit.record("exclusion.put", [tender_id], actor.name, now, **detail)
        found = await queries.of_tender(tender_id, actor.organisation)
    return next(one for one in found if one.enterprise_id == enterprise_id)


async def readmit(
    tender_id: UUID, enterprise_id: UUID, actor: Actor, now: datetime, *, wanted: str = ANYHOW
) -> None:
    """Take an exclusion back; the audit trail and earlier runs keep it."""
    async with transaction():
        present = await _exclusion(tender_id, enterprise_id, actor)
        if present is None:
            raise NotFound(f"Enterprise {enterprise_id} is not excluded from this tender.")
        check_state(present.etag, wanted)
        await queries.delete_exclusion(tender_id, enterprise_id, actor.organisation)
        detail = {"enterprise": str(enterprise_id), "reason": present.reason}
        await audit.record("exclusion.removed", [tender_id], actor.name, now, **detail)


async def of_tender(tender_id: UUID, actor: Actor) -> tuple[ExclusionOut, ...]:
    """List whom the actor's organisation left out of a tender, and why."""
    await tenders.tender(tender_id)
    return tuple(await queries.of_tender(tender_id, actor.organisation))


async def _exclusion(tender_id: UUID, enterprise_id: UUID, actor: Actor) -> ExclusionOut | None:
    """Give the present exclusion, locked also where there is none."""
    await queries.lock_exclusion(tender_id, enterprise_id, actor.organisation)
    found = await queries.of_tender(tender_id, actor.organisation)
    return next((one for one in found if one.enterprise_id == enterprise_id), None)
