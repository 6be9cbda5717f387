"""Use cases of plans: work one out, accept it, give its capacity back."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from api.accounts import service as accounts
from api.accounts.service import Actor
from api.audit import service as audit
from api.capacity import service as capacity
from api.capacity.schemas import HeldFor, Purpose, Wanted
from api.clock import legal_day, new_id
from api.database import as_json, transaction
from api.domain.errors import NotFound, RuleViolation
from api.domain.social_return.caps import ObligationNotAssessed
from api.domain.social_return.entries import ClaimState
from api.domain.social_return.plan import best_plan
from api.domain.social_return.plan_options import a_year, in_window
from api.domain.social_return.position import standing_position
from api.domain.tendering.cpv import lineage
from api.domain.values import Cents, CpvCode
from api.fulfilment_plans import queries
from api.fulfilment_plans.drafts import (
    Ground,
    NothingToPlan,
    Offered,
    check,
    days_of,
    labour_of,
    laid_out,
    limits_of,
    proposal_of,
)
from api.fulfilment_plans.queries import KeptPlan
from api.fulfilment_plans.schemas import (
    AcceptanceIn,
    ActivityOptionIn,
    LineKind,
    NeedIn,
    PlacementOptionIn,
    PlanCard,
    PlanIn,
    PlanLine,
    PlanOut,
    PlanState,
    Proposal,
)
from api.fulfilments import queries as claims
from api.fulfilments import service as fulfilments
from api.fulfilments.schemas import (
    ActivityIn,
    Fulfilment,
    NewClaimIn,
    PersonIn,
    PlacementIn,
    PurchaseIn,
)
from api.ledgers import queries as ledger_rows
from api.ledgers import service as ledgers
from api.ledgers.queries import Kept
from api.pagination import Page, after, write_cursor
from api.reference.service import reference
from api.rule_books import service as rule_books
from api.rule_books.service import WrongOrganisation


class PlanOutdated(RuleViolation):
    """Something was booked since the plan was made; make a new one."""

    code = "plan-outdated"


class PlanSettled(RuleViolation):
    """A plan is accepted once, and released once."""

    code = "plan-settled"


async def propose(obligation_id: UUID, given: PlanIn, actor: Actor, now: datetime) -> PlanOut:
    """Work out the best mix that closes what remains, and keep it as a proposal."""
    kept = await ledgers.seen(obligation_id, actor)
    check(given, kept, await _unknown(given))
    ground = await _ground(kept, given, now)
    target = _target(ground)
    offered = [one for need in given.needs for one in await _offered(need, now)]

    proposal = await asyncio.to_thread(_worked_out, given, offered, ground, target)

    plan_id = new_id()
    row = {
        "id": plan_id,
        "obligation": kept.id,
        "ledger_number": kept.ledger_number,
        "target_cents": target,
        "request": as_json(given),
        "plan": as_json(proposal),
        "author": actor.identity,
        "created_at": now,
    } | dict.fromkeys(("accepted_at", "held_until", "released_at", "claims"))
    async with transaction():
        await queries.insert(row)
        await audit.record("plan.proposed", [kept.id], actor.name, now, plan=str(plan_id))
    return await read(obligation_id, plan_id, actor)


async def read(obligation_id: UUID, plan_id: UUID, actor: Actor) -> PlanOut:
    """Give a plan to a side of its obligation."""
    await ledgers.seen(obligation_id, actor)
    return _plan_out(await _existing(obligation_id, plan_id))


async def plans(
    obligation_id: UUID, cursor: str | None, limit: int, actor: Actor
) -> Page[PlanCard]:
    """List the plans of an obligation, the last made first."""
    await ledgers.seen(obligation_id, actor)
    found = await queries.plans(obligation_id, after(cursor), limit + 1)
    next_cursor = write_cursor(found[limit - 1].id) if len(found) > limit else None
    cards = [_plan_out(one) for one in found[:limit]]
    fields = PlanCard.__struct_fields__
    shown = [PlanCard(**{name: getattr(one, name) for name in fields}) for one in cards]
    return Page(items=tuple(shown), next_cursor=next_cursor)


async def accept(
    ids: tuple[UUID, UUID], given: AcceptanceIn, actor: Actor, now: datetime
) -> PlanOut:
    """Plan what the proposal says, and hold the capacity; all of it or none.

    `ids`: obligation and plan.
    """
    obligation_id, plan_id = ids
    async with transaction():
        kept = await _own(obligation_id, actor)
        found = await _existing(obligation_id, plan_id)
        _check_acceptable(found, kept)
        asked = msgspec.json.decode(found.request, type=PlanIn)
        proposal = msgspec.json.decode(found.plan, type=Proposal)
        until = now + timedelta(days=given.hold_days)

        held_for = HeldFor(Purpose.OBLIGATION_PLAN, plan_id, until)
        await capacity.reserve([*_wanted(asked, proposal)], held_for, actor, now)
        made = []
        for claim in _claims(plan_id, asked, proposal):
            entry = await fulfilments.book(obligation_id, claim, actor, now)
            made.append(entry.claim_id)

        values = {"accepted_at": now, "held_until": until, "claims": as_json(made)}
        await queries.update(plan_id, values)
        await audit.record("plan.accepted", [obligation_id], actor.name, now, plan=str(plan_id))
    return await read(obligation_id, plan_id, actor)


async def release(obligation_id: UUID, plan_id: UUID, actor: Actor, now: datetime) -> PlanOut:
    """Give the capacity back, and withdraw what is still only planned."""
    async with transaction():
        await _own(obligation_id, actor)
        found = await _existing(obligation_id, plan_id)
        if found.accepted_at is None or found.released_at is not None:
            raise PlanSettled("Only an accepted plan is released, and once.")

        await capacity.release(Purpose.OBLIGATION_PLAN, plan_id, actor, now)
        for claim_id in _plan_out(found).claim_ids:
            claim = await ledger_rows.claim(obligation_id, claim_id)
            if claim is not None and claim["state"] == ClaimState.PLANNED:
                reason = "the plan was released"
                await fulfilments.withdraw(obligation_id, claim_id, reason, actor, now)

        await queries.update(plan_id, {"released_at": now})
        await audit.record("plan.released", [obligation_id], actor.name, now, plan=str(plan_id))
    return await read(obligation_id, plan_id, actor)


def _worked_out(
    given: PlanIn, offered: Sequence[Offered], ground: Ground, target: Cents
) -> Proposal:
    laid = laid_out(given, offered, ground)
    plan = best_plan(laid.options, limits_of(given, ground, target), given.objective)
    return proposal_of(given, plan, laid, ground)


async def _ground(kept: Kept, given: PlanIn, now: datetime) -> Ground:
    book = await rule_books.book(kept.rule_book)
    contractor = await accounts.organisation(kept.contractor)
    earlier = {}
    for code in {one.activity for one in given.activities}:
        booked = await claims.of_activity(kept.id, code, kept.id)
        quantities = (Decimal(str(one.facts.get("quantity", 1))) for one in booked)
        earlier[code] = sum(quantities, Decimal(0))
    return Ground(
        kept=kept,
        book=book,
        standing=await ledgers.standing(kept, book),
        today=legal_day(now),
        contractor_kvk=None if contractor is None else contractor.kvk_number,
        earlier=earlier,
    )


def _target(ground: Ground) -> Cents:
    terms = ledgers.terms_of(ground.kept, ground.book)
    remaining = standing_position(ground.standing, terms, ground.today).forecast_remaining_cents
    if remaining is None:
        raise ObligationNotAssessed("assess the obligation before planning to fulfil it")
    if not remaining:
        raise NothingToPlan("What is booked and planned covers what is due.")
    return remaining


async def _offered(need: NeedIn, now: datetime) -> list[Offered]:
    code = CpvCode(need.cpv_code)
    found = await queries.candidates(code, [*map(str, lineage(code))], need.area)
    window = (need.from_day, need.until_day)
    free = await capacity.free([one.offering_id for one in found], window, now)
    return [
        Offered(
            need=need, candidate=one, free_cents=in_window(free.get(one.offering_id), days_of(need))
        )
        for one in found
    ]


async def _unknown(given: PlanIn) -> list[tuple[str, str, str]]:
    """Name the codes that the reference does not hold."""
    known = await reference()
    found = []
    for n, need in enumerate(given.needs):
        if not known.knows_cpv(CpvCode(need.cpv_code)):
            detail = f"There is no CPV code {need.cpv_code}."
            found.append(("unknown-cpv", detail, f"/needs/{n}/cpvCode"))
        if need.area is not None and need.area not in known.geography.members:
            found.append(("unknown-area", f"There is no area {need.area}.", f"/needs/{n}/area"))
    return found


async def _existing(obligation_id: UUID, plan_id: UUID) -> KeptPlan:
    found = await queries.plan(obligation_id, plan_id)
    if found is None:
        raise NotFound(f"There is no plan {plan_id} of this obligation.")
    return found


async def _own(obligation_id: UUID, actor: Actor) -> Kept:
    kept = await ledgers.locked(obligation_id, actor)
    if actor.organisation != kept.contractor:
        raise WrongOrganisation("Only the contractor accepts or releases a plan.")
    return kept


def _check_acceptable(found: KeptPlan, kept: Kept) -> None:
    if found.accepted_at is not None:
        raise PlanSettled("This plan was accepted already.")
    if found.ledger_number != kept.ledger_number:
        raise PlanOutdated("Something was booked since this plan was made: make a new one.")


def _wanted(asked: PlanIn, proposal: Proposal) -> Iterator[Wanted]:
    needs = {one.key: one for one in asked.needs}
    for line in proposal.lines:
        if line.offering_id is not None and line.amount_cents is not None:
            need = needs[line.key]
            yearly = a_year(line.amount_cents, days_of(need))
            yield Wanted(line.offering_id, yearly, need.from_day, need.until_day)


def _claims(plan_id: UUID, asked: PlanIn, proposal: Proposal) -> Iterator[NewClaimIn]:
    """Write every line as planned fulfilments; whom and by which invoice is told on submission."""
    needs = {one.key: one for one in asked.needs}
    placements = {one.key: one for one in asked.placements}
    activities = {one.key: one for one in asked.activities}
    for number, line in enumerate(proposal.lines, start=1):
        name = f"{_letters(plan_id)}-{number}"
        if line.kind is LineKind.PURCHASE:
            yield _planned(_purchase(line, needs[line.key], name))
        elif line.kind is LineKind.ACTIVITY and line.count:
            yield _planned(_advice(line, activities[line.key]))
        else:
            for person in range(1, line.count + 1):
                yield _planned(_placed(placements[line.key], f"{name}-{person}"))


def _planned(fulfilment: Fulfilment) -> NewClaimIn:
    return NewClaimIn(fulfilment=fulfilment, planned=True)


def _purchase(line: PlanLine, need: NeedIn, name: str) -> PurchaseIn:
    amount = line.amount_cents or 0
    if line.supplier_id is None:
        raise PlanOutdated("This plan names no supplier.")
    return PurchaseIn(
        supplier_id=line.supplier_id,
        invoice_number=f"plan {name}",
        invoiced_on=line.expected_on,
        invoice_cents=amount,
        labour_cents=labour_of(need, amount),
        subject=need.subject,
    )


def _advice(line: PlanLine, asked: ActivityOptionIn) -> ActivityIn:
    return ActivityIn(
        activity=asked.activity,
        happened_on=asked.happens_on,
        supplier_id=asked.supplier_id,
        quantity=Decimal(line.count),
        occasions=line.count,
        days=line.count * 7,
        cost_cents=asked.cost_cents * line.count,
        prior_consent=asked.prior_consent,
    )


def _placed(asked: PlacementOptionIn, name: str) -> PlacementIn:
    return PlacementIn(
        block=asked.block,
        person=PersonIn(issuer="plan", reference=name),
        started_on=asked.from_day,
        from_day=asked.from_day,
        until_day=asked.until_day,
        hours_per_week=asked.hours_per_week,
        wage_subsidy=asked.wage_subsidy,
        prior_consent=asked.prior_consent,
        bonuses=asked.bonuses,
    )


def _letters(plan_id: UUID) -> str:
    """Name a plan in letters: digits in free text could look like a personal number."""
    return "".join(chr(ord("a") + int(digit, 16)) for digit in plan_id.hex[-12:])


def _plan_out(kept: KeptPlan) -> PlanOut:
    """Show a plan as kept."""
    proposal = msgspec.json.decode(kept.plan, type=Proposal)
    made = msgspec.json.decode(kept.claims or "[]", type=tuple[UUID, ...])
    state = PlanState.PROPOSED if kept.accepted_at is None else PlanState.ACCEPTED
    return PlanOut(
        id=kept.id,
        obligation_id=kept.obligation,
        state=state if kept.released_at is None else PlanState.RELEASED,
        objective=proposal.objective,
        closes=proposal.closes,
        target_cents=kept.target_cents,
        credit_cents=proposal.credit_cents,
        created_at=kept.created_at,
        accepted_at=kept.accepted_at,
        held_until=kept.held_until,
        ledger_number=kept.ledger_number,
        request=msgspec.json.decode(kept.request, type=PlanIn),
        proposal=proposal,
        claim_ids=made,
    )
