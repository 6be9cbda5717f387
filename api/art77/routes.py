"""The register of art. 77 over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.art77 import service
from api.art77.schemas import Art77AwardIn, Art77AwardOut, MissionIn, MissionOut
from api.auth import SECURITY, current_actor, for_buyers, needs
from api.pagination import Cursor, Limit, Page
from api.preconditions import IfMatch, IfMatchWhereThere, documented, wanted_state
from api.problems import answers

Firm = Annotated[
    UUID | None, QueryParameter(name="enterpriseId", description="Awards to this enterprise only.")
]
MISSION_ETAG = documented("ETag", "Of the statement.")
READ: dict[str, Any] = {"security": SECURITY, "responses": answers(400, 401, 403, 404)}


@post(
    "/art-77-awards",
    operation_id="recordReservedAward",
    summary="Record an award under art. 77",
    guards=[needs("matches:write"), for_buyers],
    security=SECURITY,
    responses=answers(400, 401, 403, 404, 409, 413),
)
async def record_award(
    request: Request[Any, Any, Any], data: JSONBody[Art77AwardIn], now: NamedDependency[datetime]
) -> Art77AwardOut:
    """Record who awarded to whom, and when: the same buyer then waits for three years."""
    return await service.record(data, current_actor(request), now)


@get(
    "/art-77-awards",
    operation_id="listReservedAwards",
    summary="List awards under art. 77",
    guards=[needs("matches:read"), for_buyers],
    **READ,
)
async def list_awards(
    enterprise_id: Firm = None, cursor: Cursor = None, limit: Limit = 20
) -> Page[Art77AwardOut]:
    """List awards under art. 77, each with the day until which it blocks the next."""
    return await service.awards(enterprise_id, cursor, limit)


@delete(
    "/art-77-awards/{award_id:uuid}",
    operation_id="strikeReservedAward",
    summary="Take back an award recorded in error",
    guards=[needs("matches:write"), for_buyers],
    **(READ | {"responses": answers(400, 401, 403, 404, 412, 428)}),
)
async def strike_award(
    request: Request[Any, Any, Any],
    award_id: FromPath[UUID],
    if_match: IfMatch,
    now: NamedDependency[datetime],
) -> None:
    """Take an award back; the audit trail keeps it."""
    wanted, actor = wanted_state(if_match), current_actor(request)
    await service.strike(award_id, actor, now, wanted=wanted)


@put(
    "/enterprises/{enterprise_id:uuid}/public-service-mission",
    operation_id="stateMission",
    summary="State whether an enterprise meets art. 77(2)",
    guards=[needs("matches:write"), for_buyers],
    security=SECURITY,
    response_headers=[MISSION_ETAG],
    responses=answers(400, 401, 403, 404, 412, 413, 428),
)
async def state_mission(
    request: Request[Any, Any, Any],
    enterprise_id: FromPath[UUID],
    data: JSONBody[MissionIn],
    now: NamedDependency[datetime],
    if_match: IfMatchWhereThere = None,
) -> Response[MissionOut]:
    """Record whether the mission, the use of profit and participation are proven, and by what.

    The first statement needs no `If-Match`; another one in its place does.
    """
    wanted = None if if_match is None else wanted_state(if_match)
    actor = current_actor(request)
    made = await service.state_mission(enterprise_id, data, actor, now, wanted=wanted)
    return Response(made, headers={"ETag": service.mission_tag(made)})


@get(
    "/enterprises/{enterprise_id:uuid}/public-service-mission",
    operation_id="getMission",
    summary="What is stated on the mission of an enterprise",
    guards=[needs("matches:read"), for_buyers],
    response_headers=[MISSION_ETAG],
    **READ,
)
async def get_mission(enterprise_id: FromPath[UUID]) -> Response[MissionOut]:
    """Tell what was stated, on what basis and by whom; 404 while nothing was."""
    found = await service.mission(enterprise_id)
    return Response(found, headers={"ETag": service.mission_tag(found)})


router = Router(
    "/",
    route_handlers=[record_award, list_awards, strike_award, state_mission, get_mission],
    tags=["Matches"],
)
