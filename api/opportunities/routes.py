"""What is open for an enterprise, over HTTP. Its own caller sees it, and buyers do."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.auth import SECURITY, current_actor, needs
from api.opportunities import service
from api.opportunities.schemas import ObligationOpportunity, OpportunityOut
from api.pagination import Cursor, Limit, Page
from api.problems import answers


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


@get(
    "/enterprises/{enterprise_id:uuid}/opportunities/obligations",
    operation_id="listObligationOpportunities",
    summary="Social-return obligations that a purchase would fulfil",
    guards=[needs("matches:read")],
    security=SECURITY,
    responses=answers(400, 401, 403, 404),
)
async def list_obligation_opportunities(
    request: Request[Any, Any, Any],
    enterprise_id: FromPath[UUID],
    now: NamedDependency[datetime],
) -> tuple[ObligationOpportunity, ...]:
    """List under which authorities something is owed that buying here fulfils, or nearly.

    Neither contractors nor contracts nor amounts owed are told; the authority brings both together.
    """
    return await service.obligations(enterprise_id, current_actor(request), now)


router = Router(
    "/",
    route_handlers=[list_opportunities, list_obligation_opportunities],
    tags=["Matches"],
)
