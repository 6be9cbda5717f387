"""A plan that closes an obligation: asked, shown with its sums, accepted or given back."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.auth import current_actor, needs
from api.clock import legal_day
from api.fulfilment_plans import service as plans
from api.fulfilment_plans.schemas import AcceptanceIn, PlanIn
from api.ledgers import service as ledgers
from api.obligations import service as obligations
from api.pages.forms import Form
from api.pages.rendering import page, query, see
from api.reference.service import Reference, reference

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
READ: Final[dict[str, Any]] = {"include_in_schema": False, "guards": [needs("obligations:read")]}
WRITE: Final[dict[str, Any]] = READ | {"guards": [needs("obligations:write")]}
ROWS: Final = ("1", "2", "3")
"""Purchases that the form has room for."""
PATH: Final = "/verplichtingen/{obligation_id:uuid}/plannen"


@get(PATH, **READ)
async def ask_plan(request: Caller, obligation_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Ask what is going to be bought anyhow; show the plans made before."""
    return await _asked(request, obligation_id, Form(), now)


async def _asked(request: Caller, obligation_id: UUID, form: Form, now: datetime) -> Response[Any]:
    actor = current_actor(request)
    return page(
        request,
        "plan_form.html",
        status=400 if form.faults else 200,
        obligation=await obligations.read(obligation_id, actor, now),
        stands=await ledgers.position_of(obligation_id, None, actor, now),
        earlier=await plans.plans(obligation_id, None, 10, actor),
        form=form,
        rows=ROWS,
    )


@post(PATH, **WRITE)
async def propose(request: Caller, obligation_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Work a plan out from what was typed."""
    form, actor = await Form.of(request), current_actor(request)
    with form.noting():
        obligation = await obligations.read(obligation_id, actor, now)
        tomorrow = legal_day(now) + timedelta(days=1)
        window = (max(tomorrow, obligation.starts_on), _until(form) or obligation.due_on)
        needed = [
            _need(form, row, window, await reference()) for row in ROWS if form.text(f"cpv{row}")
        ]
        if not needed:
            form.note("form-empty", "Name at least one purchase.", "cpv1")
        given = form.build(
            PlanIn,
            objective=form.text("objective") or "least-extra-cost",
            budgetCents=form.cents("budget"),
            needs=needed,
        )
        made = await plans.propose(obligation_id, given, actor, now)
        return see(f"/verplichtingen/{obligation_id}/plannen/{made.id}")
    return await _asked(request, obligation_id, form, now)


def _until(form: Form) -> date | None:
    """Give the day after the last one that was typed."""
    last = form.day("until")
    return None if last is None else last + timedelta(days=1)


def _need(form: Form, row: str, window: tuple[date, date], known: Reference) -> dict[str, object]:
    place = form.text(f"place{row}")
    area = known.area_named(place) if place else None
    if place and area is None:
        form.note("unknown-area", "There is no such area.", f"place{row}")
    amount = form.cents(f"amount{row}")
    if amount is None:
        form.note("form-empty", "This can't stay empty.", f"amount{row}")
    return {
        "key": f"inkoop-{row}",
        "cpvCode": form.text(f"cpv{row}").split()[0],
        "amountCents": amount,
        "area": area,
        "fromDay": window[0],
        "untilDay": window[1],
    }


@get(PATH + "/{plan_id:uuid}", **READ)
async def show_plan(
    request: Caller, obligation_id: FromPath[UUID], plan_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Show a plan with the sum and the reason of every line."""
    return await _plan(request, (obligation_id, plan_id), Form(), now)


async def _plan(
    request: Caller, ids: tuple[UUID, UUID], form: Form, now: datetime
) -> Response[Any]:
    actor = current_actor(request)
    obligation = await obligations.read(ids[0], actor, now)
    plan = await plans.read(*ids, actor)
    status = 400 if form.faults else 200
    return page(request, "plan.html", status=status, obligation=obligation, plan=plan, form=form)


@post(PATH + "/{plan_id:uuid}", **WRITE)
async def settle(
    request: Caller, obligation_id: FromPath[UUID], plan_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Accept a plan, or give back what it held."""
    form, actor, ids = await Form.of(request), current_actor(request), (obligation_id, plan_id)
    with form.noting():
        if form.text("actie") == "loslaten":
            await plans.release(*ids, actor, now)
        else:
            await plans.accept(ids, AcceptanceIn(), actor, now)
        return see(f"/verplichtingen/{obligation_id}" + query(gedaan=form.text("actie")))
    return await _plan(request, ids, form, now)
