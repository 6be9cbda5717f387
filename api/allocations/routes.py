"""Joint bids, allocations and opportunities over HTTP."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.allocations import service
from api.allocations.schemas import (
    AllocationOut,
    AllocationRequest,
    JointCoverageOut,
)
from api.auth import SECURITY, current_actor, for_buyers, needs
from api.problems import answers


@get(
    "/lots/{lot_id:uuid}/joint-coverage",
    operation_id="findJointCoverage",
    summary="Who can do a lot together",
    guards=[needs("matches:read"), for_buyers],
    security=SECURITY,
    responses=answers(400, 401, 403, 404),
)
async def find_joint_coverage(
    request: Request[Any, Any, Any], lot_id: FromPath[UUID], now: NamedDependency[datetime]
) -> JointCoverageOut:
    """Find the smallest sets of enterprises that cover a lot together, each with its share."""
    return await service.joint(lot_id, current_actor(request), now)


@post(
    "/tenders/{tender_id:uuid}/allocations",
    operation_id="allocateLots",
    summary="Spread lots over enterprises",
    status_code=200,
    guards=[needs("matches:read"), for_buyers],
    security=SECURITY,
    responses=answers(400, 401, 403, 404, 413),
)
async def allocate_lots(
    request: Request[Any, Any, Any],
    tender_id: FromPath[UUID],
    data: JSONBody[AllocationRequest],
    now: NamedDependency[datetime],
) -> AllocationOut:
    """See what the market can carry, and what binds where a lot is left; send `{}` for all lots."""
    return await service.allocation(tender_id, data, current_actor(request), now)


router = Router(
    "/",
    route_handlers=[find_joint_coverage, allocate_lots],
    tags=["Matches"],
)
