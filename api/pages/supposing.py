"""Before a plan is taken over: what if a limit changed, and whose work it may push out."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.auth import current_actor, needs
from api.domain.errors import Fault
from api.domain.social_return.displacement import Replaces
from api.lot_adoptions import service as adoptions
from api.lot_adoptions.schemas import DeclarationIn, UndoingIn
from api.lot_plans import service as lot_plans
from api.lot_plans.schemas import LotPlanRunOut, WhatIfRequest
from api.pages.authors import author_names
from api.pages.drafting import euros
from api.pages.forms import Form
from api.pages.rendering import page, query, see
from api.reference.service import reference
from api.tenders import service as tenders
from api.work_items import service as work_items

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
WRITE: Final[dict[str, Any]] = {"include_in_schema": False, "guards": [needs("tenders:write")]}
CHANGES: Final = ("without", "lapses", "grows")
"""What may happen to a firm."""
GUARD: Final = "/plannen/{plan_id:uuid}/verdringing"
NUMBERS: Final = ("unpaidHours", "allHours", "longestUnpaidMonths")
YES: Final = {"yes": True, "no": False}


@get("/verdelingen/{run_id:uuid}/wat-als", **WRITE)
async def what_if(request: Caller, run_id: FromPath[UUID]) -> Response[Any]:
    """Say what one change does to the best plan; the address holds the question."""
    params = request.query_params
    form, actor = Form({name: params.getall(name) for name in params}), current_actor(request)
    run = await lot_plans.read_run(run_id, actor)
    found = None
    with form.noting():
        if form.given:
            found = await lot_plans.what_if(run_id, _change(form, run), actor)
    form.rename({"firmGrows": "moreCents", "enterpriseId": "firm"})
    if not form.given:
        form = _rules(run)
    return page(
        request,
        "what_if.html",
        status=400 if form.faults else 200,
        run=run,
        tender=await tenders.draft(run.tender_id, actor),
        form=form,
        found=found,
        firms=sorted(run.firms, key=lambda one: one.name),
        changes=CHANGES,
        titles={one.code: one.title for one in await work_items.items(run.tender_id, actor)},
        names={str(one.id): one.name for one in run.firms},
    )


def _rules(run: LotPlanRunOut) -> Form:
    """Show the rules that the run kept to."""
    rules = run.question.rules
    values = {
        "minimumValueCents": rules.minimum_value_cents,
        "maximumValueCents": rules.maximum_value_cents,
    }
    return Form.filled(
        **{name: None if one is None else euros(one) for name, one in values.items()},
        maximumLots=rules.maximum_lots,
        winCap=rules.win_cap,
        ableFirms=rules.able_firms,
        everyLotAble="1" if rules.every_lot_able else None,
        sameRegion="1" if rules.same_region else None,
    )


def _change(form: Form, run: LotPlanRunOut) -> WhatIfRequest:
    """Read the one change: something that happens to a firm, else other rules."""
    what, firm = form.text("what"), form.word("firm")
    if what in CHANGES:
        form.needs("firm", *(["moreCents"] if what == "grows" else []))
        asked: dict[str, dict[str, object]] = {
            "without": {"withoutFirm": firm},
            "lapses": {"markLapses": firm},
            "grows": {"firmGrows": {"enterpriseId": firm, "moreCents": form.cents("moreCents")}},
        }
        return form.build(WhatIfRequest, **asked[what])
    rules = {
        "minimumValueCents": form.cents("minimumValueCents"),
        "maximumValueCents": form.cents("maximumValueCents"),
        "maximumLots": form.whole("maximumLots"),
        "winCap": form.whole("winCap"),
        "ableFirms": form.whole("ableFirms") or run.question.rules.able_firms,
        "everyLotAble": form.ticked("everyLotAble"),
        "sameRegion": form.ticked("sameRegion"),
    }
    return form.build(WhatIfRequest, rules=rules)


@get(GUARD, **WRITE)
async def show_guard(request: Caller, plan_id: FromPath[UUID]) -> Response[Any]:
    """Show per lot whether paid workers may be pushed out, and ask what is not known."""
    return await _guard(request, plan_id, Form())


async def _guard(request: Caller, plan_id: UUID, form: Form) -> Response[Any]:
    actor = current_actor(request)
    plan = await lot_plans.read_plan(plan_id, actor)
    return page(
        request,
        "displacement.html",
        status=400 if form.faults else 200,
        plan=plan,
        tender=await tenders.draft(plan.tender_id, actor),
        guard=await adoptions.guards(plan_id, actor),
        form=form,
        author=await author_names(request),
        replaces=tuple(Replaces),
        area=(await reference()).area_name,
    )


@post(GUARD, **WRITE)
async def declare(request: Caller, plan_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Record the answers for one lot; what was answered before stays on record."""
    form, actor = await Form.of(request), current_actor(request)
    lot = form.text("lotNumber")
    with form.noting():
        given = form.build(
            DeclarationIn,
            lotNumber=form.whole("lotNumber"),
            questionSet=form.text("questionSet"),
            answers=_answers(form),
        )
        await adoptions.declare(plan_id, given, actor, now)
        return see(f"/plannen/{plan_id}/verdringing" + query(gedaan=lot) + f"#perceel-{lot}")
    form.faults = [_of_lot(one, lot) for one in form.faults]
    return await _guard(request, plan_id, form)


def _answers(form: Form) -> dict[str, object]:
    """Read the answers; what was left open is not answered."""
    numbers = {name: form.decimal(name) for name in NUMBERS}
    return {name: str(one) for name, one in numbers.items() if one is not None} | {
        "replaces": form.word("replaces"),
        "justification": form.text("justification"),
        "paidJobsReplaced": YES.get(form.text("paidJobsReplaced")),
        "priceCents": form.cents("priceCents"),
        "referencePriceCents": form.cents("referencePriceCents"),
    }


def _of_lot(fault: Fault, lot: str) -> Fault:
    """Point at the field of the lot: every lot has the same questions."""
    return msgspec.structs.replace(fault, place=f"{fault.place}-{lot}" if fault.place else "")


@post("/plannen/{plan_id:uuid}/terugdraaien", **WRITE)
async def undo(request: Caller, plan_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Take the lots of a plan off the draft again."""
    form, actor = await Form.of(request), current_actor(request)
    plan = await lot_plans.read_plan(plan_id, actor)
    form.needs("because")
    with form.noting():
        given = form.build(UndoingIn, because=form.text("because"))
        await adoptions.undo(plan_id, given, actor, now)
        return see(f"/aanbestedingen/{plan.tender_id}/werk" + query(gedaan="teruggedraaid"))
    tender = await tenders.draft(plan.tender_id, actor)
    return page(request, "undoing.html", status=400, plan=plan, tender=tender, form=form)


@get("/plannen/{plan_id:uuid}/terugdraaien", **WRITE)
async def ask_undo(request: Caller, plan_id: FromPath[UUID]) -> Response[Any]:
    """Ask why a plan is taken off again."""
    actor = current_actor(request)
    plan = await lot_plans.read_plan(plan_id, actor)
    tender = await tenders.draft(plan.tender_id, actor)
    return page(request, "undoing.html", plan=plan, tender=tender, form=Form())


HANDLERS: Final[tuple[Any, ...]] = (what_if, show_guard, declare, ask_undo, undo)
