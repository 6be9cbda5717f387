"""Use cases of the funnel. Nothing is sent by itself: each step is somebody's act."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from api.accounts.service import Actor, OrganisationKind, is_shown
from api.art77 import service as art77
from api.art77.schemas import Art77AwardIn
from api.audit import service as audit
from api.auth import OwnExplanationsOnly, refuse_enterprises
from api.clock import legal_day, new_id
from api.database import lock, transaction
from api.domain.errors import Fault, InvalidInput, NotFound, RuleViolation
from api.domain.social_return.privacy import personal_number_faults
from api.invitations import queries
from api.invitations.drafts import (
    AlreadyInvited,
    DeclinedBefore,
    LotClosed,
    NotInRun,
    State,
    after_workdays,
    check_next_wave,
    check_step,
)
from api.invitations.schemas import EventIn, Funnel, InvitationOut, Proposal, WaveIn, WaveOut
from api.matches import queries as match_rows
from api.matches import service as matching
from api.matches.schemas import MatchRunOut
from api.matches.service import RunsOfOtherLots
from api.pagination import Page, after, write_cursor
from api.tenders import service as tenders
from api.tenders.schemas import LotOut


async def propose(
    lot_id: UUID, run_id: UUID, size: int, enough: int, actor: Actor, now: datetime
) -> Proposal:
    """Name the next enterprises in rank, and what forbids a wave now. Stores nothing."""
    lot = await tenders.lot(lot_id)
    await _run_of(run_id, lot_id, actor)
    found = await queries.uncontacted(run_id, lot_id, actor.organisation, size)
    try:
        await _check_open(lot, enough, actor, now)
    except RuleViolation as error:
        return Proposal(enterprise_ids=found, hindrance=error.code, detail=error.detail)
    return Proposal(enterprise_ids=found, hindrance=None, detail=None)


async def start_wave(lot_id: UUID, given: WaveIn, actor: Actor, now: datetime) -> WaveOut:
    """Record that an officer invites enterprises for a lot."""
    async with transaction():
        # Two officers at once would both find the lot free for a wave.
        await lock(f"funnel {lot_id}")
        lot = await tenders.lot(lot_id)
        await _run_of(given.run_id, lot_id, actor)
        found = await queries.in_run(given.run_id, given.enterprise_ids)
        own = actor.organisation
        former, waves = await queries.of_lot(lot_id, own), await queries.waves(lot_id, own)

        await _check_open(lot, given.enough_interested, actor, now)
        _check_firms(given.enterprise_ids, found, former)

        wave = {
            "id": new_id(),
            "lot": lot_id,
            "run": given.run_id,
            "organisation": own,
            "number": len(waves) + 1,
            "sent_at": now,
            "author": actor.name,
            "reply_by": after_workdays(legal_day(now), given.reply_within_workdays),
            "enough_interested": given.enough_interested,
        }
        await queries.insert_wave(wave, given.enterprise_ids)
        invited = [str(one) for one in given.enterprise_ids]
        await audit.record("wave.started", [lot_id], actor.name, now, invited=invited)
        return (await queries.waves(lot_id, own))[-1]


async def _run_of(run_id: UUID, lot_id: UUID, actor: Actor) -> MatchRunOut:
    run = await matching.read_run(run_id, actor)
    if run.lot_id != lot_id:
        raise RunsOfOtherLots("The run is of another lot.")
    return run


async def _check_open(lot: LotOut, enough: int, actor: Actor, now: datetime) -> None:
    """Refuse where the lot is closed, and by the rules on waves."""
    if lot.status != "active" or (lot.deadline_at is not None and lot.deadline_at <= now):
        raise LotClosed("The lot was cancelled, or its deadline has passed.")
    own = actor.organisation
    invited, waves = await queries.of_lot(lot.id, own), await queries.waves(lot.id, own)
    last = waves[-1] if waves else None
    check_next_wave(
        [one.state for one in invited],
        [one.state for one in invited if last is not None and one.wave == last.number],
        None if last is None else last.reply_by,
        enough,
        legal_day(now),
    )


def _check_firms(
    wanted: Sequence[UUID], in_run: set[UUID], former: Iterable[InvitationOut]
) -> None:
    states = {one.enterprise_id: one.state for one in former}
    if len(set(wanted)) != len(wanted):
        raise InvalidInput(Fault("duplicate-id", "An enterprise is named twice.", "/enterpriseIds"))
    for one in wanted:
        if states.get(one) is State.DECLINED:
            raise DeclinedBefore(f"Enterprise {one} declined this lot; it is not contacted again.")
        if one in states:
            raise AlreadyInvited(f"Enterprise {one} was invited for this lot before.")
        if one not in in_run:
            raise NotInRun(f"The run did not match enterprise {one}, nor nearly so.")


async def add_event(
    invitation_id: UUID, given: EventIn, actor: Actor, now: datetime
) -> InvitationOut:
    """Record what an enterprise answered, or that the lot was awarded to it."""
    if given.state is State.DECLINED and given.reason is None:
        raise InvalidInput(Fault("missing-field", "Declining needs a reason.", "/reason"))
    faults = personal_number_faults(given.reason or "", "/reason")
    if faults:
        raise InvalidInput(*faults)
    async with transaction():
        kept = await _visible(invitation_id, actor)
        await lock(f"funnel {kept.lot_id}")
        kept = await _visible(invitation_id, actor)

        if given.state is State.AWARDED:
            refuse_enterprises(actor)
        check_step(kept.state, given.state)

        await queries.add_event(invitation_id, given.state, actor.name, now, given.reason)
        if given.state is State.AWARDED:
            await _register(kept, actor, now)
        detail = {"state": given.state.value, "reason": given.reason}
        await audit.record("invitation.answered", [invitation_id], actor.name, now, **detail)
        return await _visible(invitation_id, actor)


async def _register(kept: InvitationOut, actor: Actor, now: datetime) -> None:
    """Put an award of a lot reserved under art. 77 in its register; the buyer is on the notice."""
    lot = await tenders.lot(kept.lot_id)
    buyer = (await tenders.tender(lot.tender_id)).buyer
    if art77.UNDER_ART77 in lot.reservations and buyer is not None:
        award = Art77AwardIn(
            enterprise_id=kept.enterprise_id,
            awarded_on=legal_day(now),
            # No id in it: nine of its digits could pass for a personal number.
            source="award in the funnel of this lot",
            lot_id=lot.id,
        )
        await art77.record(award, actor, now)


async def _visible(invitation_id: UUID, actor: Actor) -> InvitationOut:
    """Give an invitation; to another enterprise, and to another buyer, it does not exist."""
    found = await queries.one(invitation_id)
    if found is not None and await _is_shown(*found, actor):
        return found[0]
    raise NotFound(f"There is no invitation {invitation_id}.")


async def _is_shown(invitation: InvitationOut, owner: UUID | None, actor: Actor) -> bool:
    if actor.kind is not OrganisationKind.ENTERPRISE:
        return is_shown(owner, actor)
    try:
        await matching.check_own(invitation.enterprise_id, actor)
    except OwnExplanationsOnly:
        return False
    return True


async def funnel(lot_id: UUID, actor: Actor) -> Funnel:
    """Tell where every invitation of the actor's organisation for a lot stands."""
    await tenders.lot(lot_id)
    found = await queries.of_lot(lot_id, actor.organisation)
    last = (await match_rows.last_bases([lot_id], actor)).get(lot_id)
    said = {}
    if last is not None:
        said = await match_rows.outcomes(last[0], [one.enterprise_id for one in found])

    counts = Counter(one.state for one in found)
    return Funnel(
        last_run_id=None if last is None else last[0],
        waves=tuple(await queries.waves(lot_id, actor.organisation)),
        counts={state: counts[state] for state in State},
        invitations=tuple(
            msgspec.structs.replace(one, in_last_run=said.get(one.enterprise_id)) for one in found
        ),
    )


async def of_enterprise(
    enterprise_id: UUID, cursor: str | None, limit: int, actor: Actor
) -> Page[InvitationOut]:
    """Give the invitations of an enterprise, the last first."""
    await matching.check_own(enterprise_id, actor)
    found = await queries.of_enterprise(enterprise_id, actor, after(cursor), limit + 1)
    next_cursor = write_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)
