"""Plans over HTTP: both sides may ask for one, the contractor accepts it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.auth import SECURITY, current_actor, needs
from api.fulfilment_plans import service
from api.fulfilment_plans.schemas import AcceptanceIn, PlanCard, PlanIn, PlanOut
from api.pagination import Cursor, Limit, Page
from api.preconditions import documented
from api.problems import answers

AnyRequest = Request[Any, Any, Any]
PLANS = "/obligations/{obligation_id:uuid}/plans"
PLAN = f"{PLANS}/{{plan_id:uuid}}"
READ: dict[str, Any] = {
    "guards": [needs("obligations:read")],
    "security": SECURITY,
    "responses": answers(400, 401, 403, 404),
}
WRITE: dict[str, Any] = {
    "guards": [needs("obligations:write")],
    "security": SECURITY,
    "responses": answers(400, 401, 403, 404, 409, 413),
}


@post(
    PLANS,
    operation_id="proposePlan",
    summary="Work out a plan",
    response_headers=[documented("Location", "The new plan.")],
    **WRITE,
)
async def propose_plan(
    request: AnyRequest,
    obligation_id: FromPath[UUID],
    data: JSONBody[PlanIn],
    now: NamedDependency[datetime],
) -> Response[PlanOut]:
    """Find the best mix of purchases, placements and advice that closes what remains.

    Optimal, or with the gap that is left; every line with its formula. Where nothing closes
    it, the nearest mix, and what each limit costs.
    """
    made = await service.propose(obligation_id, data, current_actor(request), now)
    location = f"/v1/obligations/{obligation_id}/plans/{made.id}"
    return Response(made, status_code=201, headers={"Location": location})


@get(PLANS, operation_id="listPlans", summary="List the plans of an obligation", **READ)
async def list_plans(
    request: AnyRequest, obligation_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = 20
) -> Page[PlanCard]:
    """List the plans to close an obligation, the last made first."""
    return await service.plans(obligation_id, cursor, limit, current_actor(request))


@get(PLAN, operation_id="getPlan", summary="Read a plan", **READ)
async def get_plan(
    request: AnyRequest, obligation_id: FromPath[UUID], plan_id: FromPath[UUID]
) -> PlanOut:
    """Read a plan as it was worked out; it never changes."""
    return await service.read(obligation_id, plan_id, current_actor(request))


@post(f"{PLAN}/acceptances", operation_id="acceptPlan", summary="Accept a plan", **WRITE)
async def accept_plan(
    request: AnyRequest,
    obligation_id: FromPath[UUID],
    plan_id: FromPath[UUID],
    data: JSONBody[AcceptanceIn],
    now: NamedDependency[datetime],
) -> PlanOut:
    """Make planned fulfilments of its lines and hold the capacity, which expires by itself."""
    return await service.accept((obligation_id, plan_id), data, current_actor(request), now)


@post(f"{PLAN}/releases", operation_id="releasePlan", summary="Release a plan", **WRITE)
async def release_plan(
    request: AnyRequest,
    obligation_id: FromPath[UUID],
    plan_id: FromPath[UUID],
    now: NamedDependency[datetime],
) -> PlanOut:
    """Give its capacity back, and withdraw what is still only planned."""
    return await service.release(obligation_id, plan_id, current_actor(request), now)


router = Router(
    "/",
    route_handlers=[propose_plan, list_plans, get_plan, accept_plan, release_plan],
    tags=["Social return"],
)
