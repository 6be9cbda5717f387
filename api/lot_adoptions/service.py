"""Use cases of adoption: guard against displacement, adopt a plan, undo that."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from api.accounts.service import Actor
from api.audit import service as audit
from api.capacity import service as capacity
from api.capacity.schemas import HeldFor, Purpose
from api.clock import new_id
from api.database import transaction
from api.domain.errors import Fault, InvalidInput, NotFound, RuleViolation
from api.domain.social_return.displacement import Colour
from api.domain.tendering.displacement_questions import QUESTIONS, Answers, check_answers
from api.domain.tendering.lot_plan import PlannedLot
from api.lot_adoptions import queries
from api.lot_adoptions.drafts import check_motive, holds, planned_lot, settled_motive, stale_facts
from api.lot_adoptions.schemas import (
    AdoptionIn,
    AdoptionOut,
    DeclarationIn,
    GuardOut,
    LotGuard,
    UndoingIn,
)
from api.lot_plans import queries as plan_rows
from api.lot_plans import service as lot_plans
from api.lot_plans.drafts import guard_of
from api.lot_plans.queries import KeptPlan, KeptRun
from api.reference.service import reference
from api.tenders import service as tenders
from api.tenders.drafts import check_words


class LotPlanStale(RuleViolation):
    """The facts that a plan stands on changed; make a new one."""

    code = "lot-plan-stale"


class LotPlanAdopted(RuleViolation):
    """The lots of the draft come from a plan already; undo that first."""

    code = "lot-plan-adopted"


class DisplacementUnjustified(RuleViolation):
    """A lot replaces paid work, and nobody said why that is right."""

    code = "displacement-unjustified"


async def guards(plan_id: UUID, actor: Actor) -> GuardOut:
    """Give the questions on displacement, and how every lot stands."""
    kept, _ = await lot_plans.kept_plan(plan_id, actor)
    return GuardOut(QUESTIONS, await _guards(kept))


async def _guards(kept: KeptPlan) -> tuple[LotGuard, ...]:
    """Give the last declaration per lot; where there is none, what the items say."""
    declared = await queries.guards(kept.id)
    doers = (await plan_rows.inputs(kept.run)).beside.done_now_by
    return tuple(
        declared.get(lot.number)
        or LotGuard(
            lot_number=lot.number,
            declared=False,
            question_set=QUESTIONS.version,
            check=guard_of(lot, doers, Answers()),
            author=None,
            declared_at=None,
        )
        for lot in kept.proposal.plan.lots
    )


async def declare(plan_id: UUID, given: DeclarationIn, actor: Actor, now: datetime) -> GuardOut:
    """Record the answers on displacement for one lot; earlier ones stay on record."""
    kept, _ = await lot_plans.kept_plan(plan_id, actor)
    check_answers(given.answers)
    check_words(given.answers)
    if given.question_set != QUESTIONS.version:
        detail = f"The questions are of version {QUESTIONS.version}."
        raise InvalidInput(Fault("other-question-set", detail, "/questionSet"))
    lot = next((one for one in kept.proposal.plan.lots if one.number == given.lot_number), None)
    if lot is None:
        detail = f"The plan has no lot {given.lot_number}."
        raise InvalidInput(Fault("unknown-id", detail, "/lotNumber"))
    doers = (await plan_rows.inputs(kept.run)).beside.done_now_by
    check = guard_of(lot, doers, given.answers)
    async with transaction():
        await queries.insert_declaration(plan_id, given, check, actor.name, now)
        await audit.record(
            "lot-plan.declared",
            [plan_id],
            actor.name,
            now,
            lot=given.lot_number,
            colour=check.colour,
        )
    return await guards(plan_id, actor)


async def adopt(plan_id: UUID, given: AdoptionIn, actor: Actor, now: datetime) -> AdoptionOut:
    """Make a plan's lots the lots of its draft; refused when a fact changed since."""
    kept, run = await lot_plans.kept_plan(plan_id, actor)
    lots, motive = kept.proposal.plan.lots, kept.proposal.motive
    check_words(given)
    check_motive(given.motive, lots)
    async with transaction():
        draft = await tenders.locked_draft(run.tender, actor)
        await _refuse_second(run.tender)
        await _refuse_stale(run, lots, actor, now)
        await _refuse_displacement(kept)
        inputs = await plan_rows.inputs(run.id)
        wanted = holds(given.hold, lots, inputs)

        adoption_id = new_id()
        row = {
            "id": adoption_id,
            "plan": plan_id,
            "tender": run.tender,
            "motive": settled_motive(given.motive, motive),
            "author": actor.name,
            "created_at": now,
            "undone_at": None,
            "undone_by": None,
            "undone_because": None,
        }
        await queries.insert_adoption(row)
        geography = (await reference()).geography
        items = {one.id: one for one in inputs.request.items}
        made = [planned_lot(one, items, draft.starts_on, geography) for one in lots]
        await tenders.replace_lots(draft, made, now)
        if wanted:
            until = now + timedelta(days=given.hold_days)
            await capacity.reserve(wanted, HeldFor(Purpose.LOT_PLAN, plan_id, until), actor, now)
        await audit.record("lot-plan.adopted", [run.tender], actor.name, now, plan=str(plan_id))
        return await _live(run.tender)


async def undo(plan_id: UUID, given: UndoingIn, actor: Actor, now: datetime) -> AdoptionOut:
    """Take the lots of a plan off its draft again, and give back what was held for it."""
    _, run = await lot_plans.kept_plan(plan_id, actor)
    check_words(given)
    async with transaction():
        draft = await tenders.locked_draft(run.tender, actor)
        live = await queries.live_adoption(run.tender)
        if live is None or live.plan_id != plan_id:
            raise NotFound(f"Lot plan {plan_id} is not adopted.")
        await tenders.replace_lots(draft, [], now)
        await capacity.release(Purpose.LOT_PLAN, plan_id, actor, now)
        await queries.undo(live.id, actor.name, given.because, now)
        await audit.record("lot-plan.undone", [run.tender], actor.name, now, plan=str(plan_id))
        return next(one for one in await queries.adoptions(plan_id) if one.id == live.id)


async def adoptions(plan_id: UUID, actor: Actor) -> tuple[AdoptionOut, ...]:
    """List the adoptions of a plan, undone ones too, the last first."""
    await lot_plans.kept_plan(plan_id, actor)
    return tuple(await queries.adoptions(plan_id))


async def live(tender_id: UUID, actor: Actor) -> AdoptionOut | None:
    """Give the adoption that the lots of a draft of the own organisation come from."""
    await tenders.draft(tender_id, actor)
    return await queries.live_adoption(tender_id)


async def _live(tender_id: UUID) -> AdoptionOut:
    found = await queries.live_adoption(tender_id)
    if found is None:
        raise NotFound(f"No lot plan of {tender_id} is adopted.")
    return found


async def _refuse_second(tender_id: UUID) -> None:
    live = await queries.live_adoption(tender_id)
    if live is not None:
        raise LotPlanAdopted(f"The lots come from plan {live.plan_id}; undo its adoption first.")


async def _refuse_stale(
    run: KeptRun, lots: Sequence[PlannedLot], actor: Actor, now: datetime
) -> None:
    """Compare what the plan stands on with what holds now, in the same window."""
    inputs = await plan_rows.inputs(run.id)
    subject = await lot_plans.subject_now(run.tender, actor, now)
    # A draft without a day of dispatch is compared as of the day of the plan.
    subject = msgspec.structs.replace(subject, today=inputs.request.dispatched_on)
    present = await lot_plans.request_now(subject, inputs.beside, run.question, now)
    changed = stale_facts(inputs.request, present, lots)
    if changed:
        raise LotPlanStale(f"Since the plan was made: {'; '.join(changed)}. Make a new plan.")


async def _refuse_displacement(kept: KeptPlan) -> None:
    red = [one for one in await _guards(kept) if one.check.colour is Colour.RED]
    if red:
        told = "; ".join(
            f"lot {one.lot_number}: "
            + ", ".join(s.detail for s in one.check.signals if s.colour is Colour.RED)
            for one in red
        )
        raise DisplacementUnjustified(f"Paid work would be pushed out: {told}.")
