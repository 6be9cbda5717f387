"""Use cases of art. 77: record awards and missions, so that matching knows them."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from api.accounts.service import Actor, is_shown
from api.art77 import queries
from api.art77.schemas import (
    Art77AwardIn,
    Art77AwardOut,
    Art77Facts,
    AwardingBuyer,
    MissionIn,
    MissionOut,
    keys_of,
)
from api.audit import service as audit
from api.clock import legal_day, new_id
from api.database import Row, as_struct, lock, transaction
from api.domain.errors import Fault, InvalidInput, NotFound, RuleViolation
from api.domain.matching.reserved import years_after
from api.domain.matching.rules import RULES_2026
from api.domain.social_return.privacy import personal_number_faults
from api.domain.tendering.notice import Buyer, Reservation
from api.pagination import Page, after, write_cursor
from api.preconditions import ANYHOW, check_state, state_tag
from api.tenders import service as tenders

UNDER_ART77: Final = Reservation.PUBLIC_SERVICE_MISSION


class LotNotReserved(RuleViolation):
    """The lot is not reserved under art. 77, so nothing is awarded under it."""

    code = "lot-not-reserved"


async def record(given: Art77AwardIn, actor: Actor, now: datetime) -> Art77AwardOut:
    """Put an award on record; the same one twice stays one."""
    faults = [*personal_number_faults(given.source, "/source")]
    if given.awarded_on > legal_day(now):
        faults.append(Fault("in-the-future", "The award lies in the future.", "/awardedOn"))
    if (given.lot_id is None) == (given.buyer is None):
        faults.append(Fault("missing-field", "Name either the lot or the buyer.", "/lotId"))
    if faults:
        raise InvalidInput(*faults)
    buyer = given.buyer if given.lot_id is None else await _buyer_of(given.lot_id)
    if buyer is None:
        raise InvalidInput(Fault("missing-field", "The notice names no buyer.", "/buyer"))
    return await _stored(given, buyer, actor, now)


async def _buyer_of(lot_id: UUID) -> Buyer | None:
    lot = await tenders.lot(lot_id)
    if UNDER_ART77 not in lot.reservations:
        raise LotNotReserved(f"Lot {lot_id} is not reserved under art. 77.")
    return (await tenders.tender(lot.tender_id)).buyer


async def _stored(
    given: Art77AwardIn, buyer: Buyer | AwardingBuyer, actor: Actor, now: datetime
) -> Art77AwardOut:
    firm, keys = given.enterprise_id, keys_of(buyer)
    async with transaction():
        # Two at once would both find the award absent.
        await lock(f"art77 {firm}")
        if not await queries.is_known(firm):
            raise NotFound(f"There is no enterprise {firm}.")
        same = await queries.same_award(firm, keys, given.awarded_on)
        if same is not None:
            return await read(same)
        award_id = new_id()
        row = {
            "id": award_id,
            "buyer_name": buyer.name,
            "buyer_keys": list(keys),
            "enterprise": firm,
            "lot": given.lot_id,
            "awarded_on": given.awarded_on,
            "organisation": actor.organisation,
            "source": given.source,
            "author": actor.name,
            "created_at": now,
        }
        await queries.insert_award(row)
        detail = {"buyer": buyer.name, "awardedOn": given.awarded_on.isoformat()}
        await audit.record("art77-award.recorded", [firm], actor.name, now, **detail)
        return await read(award_id)


async def read(award_id: UUID) -> Art77AwardOut:
    """Give an award."""
    row = await queries.award(award_id)
    if row is None:
        raise NotFound(f"There is no award {award_id}.")
    return _award(row)


def _award(row: Row) -> Art77AwardOut:
    free_after = years_after(row["awarded_on"], RULES_2026.art77.waiting_years)
    made = {"free_after": free_after, "etag": state_tag(row["id"], row["author"])}
    return as_struct(dict(row) | made, Art77AwardOut)


async def awards(enterprise_id: UUID | None, cursor: str | None, limit: int) -> Page[Art77AwardOut]:
    """List awards under art. 77, the last recorded first."""
    rows = await queries.awards(enterprise_id, after(cursor), limit + 1)
    next_cursor = write_cursor(rows[limit - 1]["id"]) if len(rows) > limit else None
    return Page(items=tuple(_award(row) for row in rows[:limit]), next_cursor=next_cursor)


async def strike(award_id: UUID, actor: Actor, now: datetime, *, wanted: str = ANYHOW) -> None:
    """Take back an award that was recorded in error; the audit trail keeps it."""
    async with transaction():
        row = await queries.award(award_id)
        if row is None or not is_shown(row["organisation"], actor):
            raise NotFound(f"There is no award {award_id} of this organisation.")
        found = _award(row)
        check_state(found.etag, wanted)
        await queries.delete_award(award_id)
        detail = {"buyer": found.buyer_name, "awardedOn": found.awarded_on.isoformat()}
        await audit.record("art77-award.struck", [found.enterprise_id], actor.name, now, **detail)


def mission_tag(told: MissionOut) -> str:
    """Give the ETag of a statement."""
    return state_tag(*msgspec.structs.astuple(told))


async def state_mission(
    enterprise_id: UUID,
    given: MissionIn,
    actor: Actor,
    now: datetime,
    *,
    wanted: str | None = ANYHOW,
) -> MissionOut:
    """Record whether an enterprise meets art. 77(2)(a) to (c), and what shows it."""
    faults = personal_number_faults(given.basis, "/basis")
    if faults:
        raise InvalidInput(*faults)
    async with transaction():
        if not await queries.is_known(enterprise_id):
            raise NotFound(f"There is no enterprise {enterprise_id}.")
        await lock(f"mission {enterprise_id}")
        present = await queries.mission(enterprise_id)
        check_state(None if present is None else mission_tag(present), wanted)
        await queries.put_mission(enterprise_id, (given.met, given.basis), actor.name, now)
        detail = msgspec.to_builtins(given)
        await audit.record("mission.stated", [enterprise_id], actor.name, now, **detail)
        return await mission(enterprise_id)


async def mission(enterprise_id: UUID) -> MissionOut:
    """Give the statement on the mission of an enterprise."""
    found = await queries.mission(enterprise_id)
    if found is None:
        raise NotFound(f"Nothing is stated on the mission of enterprise {enterprise_id}.")
    return found


async def facts(buyer: Buyer | None) -> Art77Facts:
    """Give what matching must know where a lot of a buyer is reserved under art. 77."""
    return Art77Facts(await queries.missions(), await queries.last_awards(keys_of(buyer)))
