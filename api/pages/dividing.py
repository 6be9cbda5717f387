"""Dividing a tender into lots: plans side by side, their consequences, and taking one over."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.accounts.service import Actor
from api.auth import current_actor, needs
from api.domain.errors import NotFound
from api.lot_adoptions import service as adoptions
from api.lot_adoptions.schemas import AdoptionIn
from api.lot_plans import service as lot_plans
from api.lot_plans.schemas import LotPlanOut, LotPlanRunOut, PlanRequest
from api.pages.forms import Form
from api.pages.rendering import id_in, page, query, see
from api.reference.service import reference
from api.tenders import service as tenders
from api.tenders.schemas import TenderOut
from api.work_items import service as work_items

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
WRITE: Final[dict[str, Any]] = {"include_in_schema": False, "guards": [needs("tenders:write")]}
SECONDS: Final = 8
"""A person waits for it."""
SMALL_LOTS_SHARE: Final = 20
"""Percent that exempt lots may make of the whole (Aw art. 2.18), drawn as a line."""


async def visible(tender_id: UUID, actor: Actor) -> TenderOut:
    """Give a published tender, or a draft of the own organisation."""
    try:
        return await tenders.tender(tender_id)
    except NotFound:
        return await tenders.draft(tender_id, actor)


@post("/aanbestedingen/{tender_id:uuid}/verdelingen", **WRITE)
async def divide(request: Caller, tender_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Work out how a tender can be divided; of a published one a draft is made first."""
    actor = current_actor(request)
    found = await visible(tender_id, actor)
    if tenders.is_draft(found):
        items = await work_items.items(found.id, actor)
        if not items or any(one.missing for one in items):
            return see(f"/aanbestedingen/{found.id}/werk" + query(gedaan="onvolledig"))
        draft = found.id
    else:
        proposed = await work_items.proposed(found.id)
        if not proposed or any(one.missing for one in proposed):
            return see(f"/aanbestedingen/{found.id}/verdelen")
        given = [one.item for one in proposed]
        draft = (await work_items.draft_of(found.id, given, actor, now)).id
    asked = PlanRequest(deadline_seconds=SECONDS)
    run = await lot_plans.make_plans(draft, asked, actor, now)
    return see(f"/verdelingen/{run.id}")


@get("/verdelingen/{run_id:uuid}", **WRITE)
async def show_plans(request: Caller, run_id: FromPath[UUID]) -> Response[Any]:
    """Show the plans of a search side by side."""
    run = await lot_plans.read_run(run_id, current_actor(request))
    return await _plans(request, run, _asked(run))


def _asked(run: LotPlanRunOut) -> Form:
    rules = run.question.rules
    return Form.filled(maximumLots=rules.maximum_lots, ableFirms=rules.able_firms)


async def _plans(request: Caller, run: LotPlanRunOut, form: Form) -> Response[Any]:
    actor = current_actor(request)
    known = await reference()
    return page(
        request,
        "division.html",
        status=400 if form.faults else 200,
        run=run,
        tender=await tenders.draft(run.tender_id, actor),
        shares={one.id: _exempt_percent(one) for one in run.plans},
        limit=SMALL_LOTS_SHARE,
        guards={one.id: (await adoptions.guards(one.id, actor)).guards for one in run.plans},
        live=await adoptions.live(run.tender_id, actor),
        area=known.area_name,
        form=form,
    )


def _exempt_percent(one: LotPlanOut) -> float | None:
    exempt = one.plan.exemption
    if exempt is None or not exempt.total_cents:
        return None
    return round(100 * exempt.value_cents / exempt.total_cents, 1)


@post("/verdelingen/{run_id:uuid}", **WRITE)
async def divide_anew(request: Caller, run_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Search again under other rules."""
    form, actor = await Form.of(request), current_actor(request)
    run = await lot_plans.read_run(run_id, actor)
    with form.noting():
        rules = msgspec.to_builtins(run.question.rules) | {"maximumLots": form.whole("maximumLots")}
        rules["ableFirms"] = form.whole("ableFirms") or run.question.rules.able_firms
        asked = form.build(PlanRequest, rules=rules, deadlineSeconds=SECONDS)
        made = await lot_plans.make_plans(run.tender_id, asked, actor, now)
        return see(f"/verdelingen/{made.id}")
    return await _plans(request, run, form)


@post("/verdelingen/{run_id:uuid}/overnemen", **WRITE)
async def adopt(request: Caller, run_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Make the lots of a plan those of the draft."""
    form, actor = await Form.of(request), current_actor(request)
    run = await lot_plans.read_run(run_id, actor)
    with form.noting():
        plan_id = id_in(form.text("plan"))
        given = form.build(AdoptionIn, motive=form.word("motive"))
        await adoptions.adopt(plan_id, given, actor, now)
        return see(f"/aanbestedingen/{run.tender_id}" + query(gedaan="overgenomen"))
    form.given = {**_asked(run).given, **form.given}
    return await _plans(request, run, form)
