"""Lot plans over HTTP; of the drafts of the own organisation."""

from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from litestar import MediaType, Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.auth import SECURITY, current_actor, needs
from api.domain.tendering.proportionality import Advice
from api.lot_plans import service
from api.lot_plans.schemas import (
    DemandIn,
    LotPlanOut,
    LotPlanRunCard,
    LotPlanRunOut,
    PlanRequest,
    WhatIfOut,
    WhatIfRequest,
)
from api.pagination import Cursor, Limit, Page
from api.preconditions import documented
from api.problems import answers

SVG: Final = "image/svg+xml"
INERT: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""A picture needs nothing and runs nothing."""
WRITE: dict[str, Any] = {"guards": [needs("tenders:write")], "security": SECURITY}
Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]


@post(
    "/tenders/{tender_id:uuid}/lot-plans",
    operation_id="planLots",
    summary="Divide a draft into lots",
    responses=answers(400, 401, 403, 404, 413),
    response_headers=[documented("Location", "The run, which never changes.")],
    **WRITE,
)
async def plan_lots(
    request: Caller, tender_id: FromPath[UUID], data: JSONBody[PlanRequest], now: Now
) -> Response[LotPlanRunOut]:
    """Find up to five ways to divide a draft, each with its consequences; `{}` will do.

    The same question on the same facts gives the same run. Large drafts are searched in
    stages until `deadlineSeconds` have passed; `stages` and `stoppedEarly` tell how far.
    """
    made = await service.make_plans(tender_id, data, current_actor(request), now)
    headers = {"Location": f"/v1/lot-plan-runs/{made.id}"}
    return Response(made, status_code=201, headers=headers)


@get(
    "/tenders/{tender_id:uuid}/lot-plans",
    operation_id="listLotPlanRuns",
    summary="List the runs of a draft",
    responses=answers(400, 401, 403, 404),
    **WRITE,
)
async def list_runs(
    request: Caller, tender_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = 20
) -> Page[LotPlanRunCard]:
    """List what was searched for, the last first."""
    return await service.runs(tender_id, cursor, limit, current_actor(request))


@get(
    "/lot-plan-runs/{run_id:uuid}",
    operation_id="getLotPlanRun",
    summary="Read a run with its plans",
    responses=answers(400, 401, 403, 404),
    **WRITE,
)
async def get_run(request: Caller, run_id: FromPath[UUID]) -> LotPlanRunOut:
    """Read a run: its plans, or the rules that can't be kept together."""
    return await service.read_run(run_id, current_actor(request))


@post(
    "/lot-plan-runs/{run_id:uuid}/what-ifs",
    operation_id="compareLotPlans",
    summary="What one change does",
    status_code=200,
    responses=answers(400, 401, 403, 404, 413),
    **WRITE,
)
async def compare(
    request: Caller, run_id: FromPath[UUID], data: JSONBody[WhatIfRequest]
) -> WhatIfOut:
    """Change one rule or one fact of a firm, and see the best plan before and after."""
    return await service.what_if(run_id, data, current_actor(request))


@get(
    "/lot-plans/{plan_id:uuid}",
    operation_id="getLotPlan",
    summary="Read a plan",
    responses=answers(400, 401, 403, 404),
    **WRITE,
)
async def get_plan(request: Caller, plan_id: FromPath[UUID]) -> LotPlanOut:
    """Read one way to divide the draft into lots, with its reasons and proof."""
    return await service.read_plan(plan_id, current_actor(request))


@get(
    "/lot-plans/{plan_id:uuid}/charts/{name:str}",
    operation_id="getLotPlanChart",
    summary="A picture of a plan",
    media_type=SVG,
    responses=answers(400, 401, 403, 404),
    **WRITE,
)
async def get_chart(
    request: Caller, plan_id: FromPath[UUID], name: FromPath[str]
) -> Response[bytes]:
    """Draw `values.svg`, `firms.svg` or `exemption.svg`, with a title and a description."""
    drawn = await service.chart(plan_id, name.removesuffix(".svg"), current_actor(request))
    return Response(
        drawn.encode(),
        media_type=cast("MediaType", SVG),  # any text will do, Litestar's type is narrower
        headers={"Content-Security-Policy": INERT},
    )


@post(
    "/tender-drafts/{tender_id:uuid}/social-return-advice",
    operation_id="adviseSocialReturn",
    summary="Is this share of social return attainable?",
    status_code=200,
    responses=answers(400, 401, 403, 404, 413),
    **WRITE,
)
async def advise(
    request: Caller, tender_id: FromPath[UUID], data: JSONBody[DemandIn], now: Now
) -> Advice:
    """Judge a demand against value, wages, term and local supply; with alternatives."""
    return await service.advise(tender_id, data, current_actor(request), now)


router = Router(
    "/",
    route_handlers=[plan_lots, list_runs, get_run, compare, get_plan, get_chart, advise],
    tags=["Lot plans"],
)
