"""Use cases of lot plans: divide a draft, compare, guard, adopt, undo."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Final
from uuid import UUID

from api.accounts.service import Actor
from api.audit import service as audit
from api.candidates.drafts import Sought
from api.capacity import service as capacity
from api.clock import legal_day, new_id
from api.database import as_json, lock, transaction
from api.domain.errors import NotFound
from api.domain.tendering.charts import CHARTS
from api.domain.tendering.estimate import LotValue
from api.domain.tendering.lot_model import SplitRequest, item_value
from api.domain.tendering.lots import Splitting, split
from api.domain.tendering.proportionality import (
    Advice,
    Demand,
    LocalSupply,
    advise_social_return,
)
from api.domain.tendering.what_if import what_if as compared
from api.lot_plans import queries
from api.lot_plans.drafts import (
    COUNTED_MONTHS,
    Subject,
    change_of,
    check_complete,
    firms_in,
    firms_of,
    print_of,
    purchasable,
    split_request,
    window,
)
from api.lot_plans.queries import KeptInputs, KeptPlan, KeptRun
from api.lot_plans.schemas import (
    DemandIn,
    Inputs,
    LotPlanOut,
    LotPlanRunCard,
    LotPlanRunOut,
    NamedFirm,
    PlanRequest,
    RunHead,
    WhatIfOut,
    WhatIfRequest,
)
from api.matches import queries as matches
from api.pagination import Page, after, write_cursor
from api.reference.service import reference
from api.tenders import service as tenders
from api.work_items import queries as item_rows
from api.work_items import service as work_items

AT_ONCE: Final = asyncio.Semaphore(2)
"""Searches at a time in one process: each keeps a core busy."""
CHART_NAMES: Final = tuple(CHARTS)


async def make_plans(
    tender_id: UUID, asked: PlanRequest, actor: Actor, now: datetime
) -> LotPlanRunOut:
    """Divide a draft in the best ways that are found in time, and keep what was found."""
    subject = await subject_now(tender_id, actor, now)
    beside = _beside(subject)
    request = await request_now(subject, beside, asked, now)

    fingerprint = print_of(request, beside, asked)
    same = await queries.same_run(tender_id, fingerprint, actor.name)
    if same is not None:
        return await read_run(same, actor)
    async with AT_ONCE:
        answer = await asyncio.to_thread(split, request, _late(asked.deadline_seconds))

    run_id = new_id()
    row = {
        "id": run_id,
        "tender": tender_id,
        "author": actor.name,
        "created_at": now,
        "fingerprint": fingerprint,
        "question": as_json(asked),
        "compared": await asyncio.to_thread(queries.packed, KeptInputs(request, beside)),
        "answer": as_json(await _head(subject, request, beside, answer, now)),
    }
    async with transaction():
        # Two at once on the same facts leave one run.
        await lock(f"lot plans {tender_id}")
        same = await queries.same_run(tender_id, fingerprint, actor.name)
        if same is None:
            await queries.insert_run(row, answer.proposals)
            await audit.record("lot-plans.made", [tender_id], actor.name, now, run=str(run_id))
        return await read_run(same or run_id, actor)


async def subject_now(tender_id: UUID, actor: Actor, now: datetime) -> Subject:
    """Gather what is divided, as it stands."""
    draft = await tenders.draft(tender_id, actor)
    items = await item_rows.items([tender_id])
    check_complete(items)
    policy = await work_items.policy_of(draft.organisation_id)
    return Subject(draft, items, policy, legal_day(now), (await reference()).geography)


def _beside(subject: Subject) -> Inputs:
    starts_on, ends_on = window(subject)
    return Inputs({one.code: one.done_now_by for one in subject.items}, starts_on, ends_on)


async def request_now(
    subject: Subject, beside: Inputs, asked: PlanRequest, now: datetime
) -> SplitRequest:
    """Read the firms in the categories of the items, with what they have free in the window."""
    areas = sorted({area for one in subject.items for area in one.areas})
    bare = split_request(subject, (), asked)
    codes = tuple(sorted({one.cpv for one in bare.items}))
    found = await matches.candidates(Sought(codes, tuple(areas)))
    term = (beside.starts_on, beside.ends_on)
    taken = (await capacity.reserved_in([term], now))[term]
    sizes = await queries.size_classes([firm.id for firm in found])
    return split_request(subject, firms_of(found, taken, sizes, areas), asked)


def _late(seconds: int) -> Callable[[], bool]:
    ends = monotonic() + seconds
    return lambda: monotonic() > ends


async def _head(
    subject: Subject, request: SplitRequest, beside: Inputs, answer: Splitting, now: datetime
) -> RunHead:
    named = firms_in(answer)
    values = [LotValue(one.id, one.kind, item_value(one)) for one in request.items]
    return RunHead(
        method=answer.method,
        stages=answer.stages,
        stopped_early=answer.stopped_early,
        firms_considered=answer.firms_considered,
        conflict=answer.conflict,
        basis=answer.basis,
        firms=tuple(NamedFirm(UUID(one.id), one.name) for one in request.firms if one.id in named),
        evasion=await work_items.warnings(subject.draft, subject.items, values, now),
        capacity_from=beside.starts_on,
        capacity_until=beside.ends_on,
    )


async def read_run(run_id: UUID, actor: Actor) -> LotPlanRunOut:
    """Give a run with its plans."""
    kept = await _run(run_id, actor)
    plans = await queries.plans(run_id)
    head = {name: getattr(kept.answer, name) for name in RunHead.__struct_fields__}
    return LotPlanRunOut(
        **head,
        id=kept.id,
        tender_id=kept.tender,
        author=kept.author,
        created_at=kept.created_at,
        fingerprint=kept.fingerprint,
        question=kept.question,
        plans=tuple(_plan_out(one, kept) for one in plans),
    )


async def _run(run_id: UUID, actor: Actor) -> KeptRun:
    kept = await queries.run(run_id)
    if kept is None or not tenders.may_see(await tenders.kept(kept.tender), actor):
        raise NotFound(f"There is no run of lot plans {run_id}.")
    return kept


async def kept_plan(plan_id: UUID, actor: Actor) -> tuple[KeptPlan, KeptRun]:
    """Give a plan and its run, as kept; of the own organisation."""
    kept = await queries.plan(plan_id)
    if kept is None:
        raise NotFound(f"There is no lot plan {plan_id}.")
    return kept, await _run(kept.run, actor)


def _plan_out(kept: KeptPlan, run: KeptRun) -> LotPlanOut:
    return LotPlanOut(
        id=kept.id,
        run_id=kept.run,
        tender_id=run.tender,
        rank=kept.rank,
        plan=kept.proposal.plan,
        motive=kept.proposal.motive,
        charts=tuple(f"/v1/lot-plans/{kept.id}/charts/{name}.svg" for name in CHART_NAMES),
    )


async def runs(
    tender_id: UUID, cursor: str | None, limit: int, actor: Actor
) -> Page[LotPlanRunCard]:
    """List the runs of a tender of the own organisation, the last made first."""
    if not tenders.may_see(await tenders.kept(tender_id), actor):
        raise NotFound(f"There is no draft {tender_id}.")
    found = await queries.cards(tender_id, after(cursor), limit + 1)
    next_cursor = write_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)


async def read_plan(plan_id: UUID, actor: Actor) -> LotPlanOut:
    """Give a plan with its consequences."""
    return _plan_out(*await kept_plan(plan_id, actor))


async def chart(plan_id: UUID, name: str, actor: Actor) -> str:
    """Draw one of the pictures of a plan."""
    kept, _ = await kept_plan(plan_id, actor)
    drawing = CHARTS.get(name)
    if drawing is None:
        raise NotFound(f"There is no chart {name[:40]!r}; known: {', '.join(CHART_NAMES)}.")
    return drawing(kept.proposal.plan)


async def what_if(run_id: UUID, asked: WhatIfRequest, actor: Actor) -> WhatIfOut:
    """Say what one change does to the best plan of a run, on the facts of that run."""
    kept = await _run(run_id, actor)
    request = (await queries.inputs(run_id)).request
    change = change_of(asked, request)
    late = _late(kept.question.deadline_seconds)

    async with AT_ONCE:
        found = await asyncio.to_thread(compared, request, change, late)

    rules = getattr(change, "rules", request.rules)
    return WhatIfOut(run_id=run_id, fingerprint=kept.fingerprint, rules=rules, difference=found)


async def advise(tender_id: UUID, given: DemandIn, actor: Actor, now: datetime) -> Advice:
    """Say before publication whether a share of social return is attainable here."""
    subject = await subject_now(tender_id, actor, now)
    request = await request_now(subject, _beside(subject), PlanRequest(), now)
    months = max(one.months or COUNTED_MONTHS for one in request.items)
    value = sum(item_value(one) for one in request.items)
    free = given.purchasable_year_cents
    demand = Demand(
        value_cents=value if given.value_cents is None else given.value_cents,
        percentage=given.percentage,
        base=given.base,
        months=given.months or months,
        wage_share=given.wage_share,
    )
    supply = LocalSupply(
        places=given.places,
        place_year_cents=given.place_year_cents,
        purchasable_year_cents=purchasable(request) if free is None else free,
        purchase_credit=given.purchase_credit,
    )
    return advise_social_return(demand, supply)
