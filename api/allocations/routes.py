"""Joint bids, allocations and opportunities over HTTP."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody

from api.allocations import service
from api.allocations.schemas import (
    AllocationOut,
    AllocationRequest,
    JointCoverageOut,
    OpportunityOut,
)
from api.auth import SECURITY, current_actor, needs
from api.matches.service import refuse_enterprises
from api.pagination import Cursor, Limit, Page
from api.problems import answers


async def for_officers(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Let no key of an enterprise read about others. Stands behind the guard on the scope."""
    refuse_enterprises(connection.state.actor)


@get(
    "/lots/{lot_id:uuid}/joint-coverage",
    operation_id="findJointCoverage",
    summary="Who can do a lot together",
    guards=[needs("matches:read"), for_officers],
    security=SECURITY,
    responses=answers(400, 401, 403, 404),
)
async def find_joint_coverage(
    request: Request[Any, Any, Any], lot_id: FromPath[UUID]
) -> JointCoverageOut:
    """Find the smallest sets of enterprises that cover a lot together, each with its share."""
    return await service.joint(lot_id, current_actor(request))


@post(
    "/tenders/{tender_id:uuid}/allocations",
    operation_id="allocateLots",
    summary="Spread lots over enterprises",
    status_code=200,
    guards=[needs("matches:read"), for_officers],
    security=SECURITY,
    responses=answers(400, 401, 403, 404, 413),
)
async def allocate_lots(
    request: Request[Any, Any, Any], tender_id: FromPath[UUID], data: JSONBody[AllocationRequest]
) -> AllocationOut:
    """See what the market can carry, and what binds where a lot is left; send `{}` for all lots."""
    return await service.allocation(tender_id, data, current_actor(request))


@get(
    "/enterprises/{enterprise_id:uuid}/opportunities",
    operation_id="listOpportunities",
    summary="Open lots that fit an enterprise",
    guards=[needs("matches:read")],
    security=SECURITY,
    responses=answers(400, 401, 403, 404),
)
async def list_opportunities(
    request: Request[Any, Any, Any],
    enterprise_id: FromPath[UUID],
    now: NamedDependency[datetime],
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[OpportunityOut]:
    """List open lots that an enterprise can do, and those where one named thing is missing."""
    actor = current_actor(request)
    return await service.opportunities(enterprise_id, cursor, limit, actor, now)


router = Router(
    "/",
    route_handlers=[find_joint_coverage, allocate_lots, list_opportunities],
    tags=["Matches"],
)
