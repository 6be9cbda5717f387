"""Adopting a lot plan over HTTP, and the guard that stands before it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.auth import SECURITY, current_actor, needs
from api.lot_adoptions import service
from api.lot_adoptions.schemas import (
    AdoptionIn,
    AdoptionOut,
    DeclarationIn,
    GuardOut,
    UndoingIn,
)
from api.problems import answers

WRITE: dict[str, Any] = {"guards": [needs("tenders:write")], "security": SECURITY}
Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]


@get(
    "/lot-plans/{plan_id:uuid}/displacement",
    operation_id="getDisplacementGuard",
    summary="Who may be pushed out, per lot",
    responses=answers(400, 401, 403, 404),
    **WRITE,
)
async def get_guard(request: Caller, plan_id: FromPath[UUID]) -> GuardOut:
    """Give the questions, and per lot green, amber or red with the reasons."""
    return await service.guards(plan_id, current_actor(request))


@post(
    "/lot-plans/{plan_id:uuid}/displacement",
    operation_id="declareDisplacement",
    summary="Answer the questions for one lot",
    responses=answers(400, 401, 403, 404, 413),
    **WRITE,
)
async def declare(
    request: Caller, plan_id: FromPath[UUID], data: JSONBody[DeclarationIn], now: Now
) -> GuardOut:
    """Record a declaration; the last one of a lot counts, earlier ones stay on record."""
    return await service.declare(plan_id, data, current_actor(request), now)


@post(
    "/lot-plans/{plan_id:uuid}/adoption",
    operation_id="adoptLotPlan",
    summary="Make a plan's lots those of the draft",
    responses=answers(400, 401, 403, 404, 409, 413),
    **WRITE,
)
async def adopt(
    request: Caller, plan_id: FromPath[UUID], data: JSONBody[AdoptionIn], now: Now
) -> AdoptionOut:
    """Adopt a plan. Refused when what it stands on changed, naming what did."""
    return await service.adopt(plan_id, data, current_actor(request), now)


@get(
    "/lot-plans/{plan_id:uuid}/adoption",
    operation_id="listAdoptions",
    summary="What became of a plan",
    responses=answers(400, 401, 403, 404),
    **WRITE,
)
async def list_adoptions(request: Caller, plan_id: FromPath[UUID]) -> tuple[AdoptionOut, ...]:
    """List when a plan was adopted and undone, by whom and why."""
    return await service.adoptions(plan_id, current_actor(request))


@post(
    "/lot-plans/{plan_id:uuid}/adoption/undoing",
    operation_id="undoAdoption",
    summary="Undo an adoption before publication",
    status_code=200,
    responses=answers(400, 401, 403, 404, 409, 413),
    **WRITE,
)
async def undo(
    request: Caller, plan_id: FromPath[UUID], data: JSONBody[UndoingIn], now: Now
) -> AdoptionOut:
    """Cancel the planned lots and give back the capacity that was held."""
    return await service.undo(plan_id, data, current_actor(request), now)


router = Router(
    "/", route_handlers=[get_guard, declare, adopt, list_adoptions, undo], tags=["Lot plans"]
)
