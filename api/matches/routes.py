"""Match runs over HTTP. They tell of everybody who was left out, so reading needs a key too."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.auth import SECURITY, current_actor, needs
from api.matches import service
from api.matches.schemas import (
    FirmVerdict,
    MatchRequest,
    MatchRunOut,
    RunDifference,
    VerdictOut,
)
from api.pagination import Cursor, Limit, Page
from api.preconditions import documented
from api.problems import answers

READ: dict[str, Any] = {
    "guards": [needs("matches:read")],
    "security": SECURITY,
    "responses": answers(400, 401, 403, 404),
}


@post(
    "/lots/{lot_id:uuid}/match-runs",
    operation_id="startMatchRun",
    summary="Match a lot",
    guards=[needs("matches:write")],
    security=SECURITY,
    responses=answers(400, 401, 403, 404, 413),
    response_headers=[documented("Location", "The new run.")],
)
async def start_match_run(
    request: Request[Any, Any, Any],
    lot_id: FromPath[UUID],
    data: JSONBody[MatchRequest],
    now: NamedDependency[datetime],
) -> Response[MatchRunOut]:
    """Match a lot against the directory; send `{}` to ask only what the notice says."""
    run = await service.run_match(lot_id, data, current_actor(request), now)
    return Response(run, status_code=201, headers={"Location": f"/v1/match-runs/{run.id}"})


@get("/match-runs/{run_id:uuid}", operation_id="getMatchRun", summary="Read a match run", **READ)
async def get_match_run(run_id: FromPath[UUID]) -> MatchRunOut:
    """Read a run: its counts, criteria, versions and fingerprint."""
    return await service.read_run(run_id)


@get(
    "/match-runs/{run_id:uuid}/matches",
    operation_id="listMatches",
    summary="List who was found",
    **READ,
)
async def list_matches(
    run_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = 20
) -> Page[VerdictOut]:
    """List the enterprises that can do the lot, best first, with their points and reasons."""
    return await service.verdicts(run_id, "matched", cursor, limit)


@get(
    "/match-runs/{run_id:uuid}/near-misses",
    operation_id="listNearMisses",
    summary="List who was nearly found",
    **READ,
)
async def list_near_misses(
    run_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = 20
) -> Page[VerdictOut]:
    """List the enterprises that one small, named change would admit."""
    return await service.verdicts(run_id, "near", cursor, limit)


@get(
    "/match-runs/{run_id:uuid}/excluded",
    operation_id="listExcluded",
    summary="List who was left out",
    **READ,
)
async def list_excluded(
    run_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = 20
) -> Page[VerdictOut]:
    """List the enterprises that cannot do the lot, each with every failing reason."""
    return await service.verdicts(run_id, "excluded", cursor, limit)


@get(
    "/match-runs/{run_id:uuid}/difference",
    operation_id="compareMatchRuns",
    summary="Compare two runs of a lot",
    **(READ | {"responses": answers(400, 401, 403, 404, 409)}),
)
async def compare_match_runs(
    run_id: FromPath[UUID],
    since: Annotated[UUID, QueryParameter(description="The earlier run to compare with.")],
) -> RunDifference:
    """List every enterprise whose verdict changed since an earlier run, and why."""
    return await service.difference(since, run_id)


@get(
    "/lots/{lot_id:uuid}/matches/{enterprise_id:uuid}",
    operation_id="explainMatch",
    summary="Why, or why not, for one enterprise",
    **READ,
)
async def explain_match(lot_id: FromPath[UUID], enterprise_id: FromPath[UUID]) -> FirmVerdict:
    """Say of any one enterprise why it can or can't do a lot, as things stand now."""
    return await service.why(lot_id, enterprise_id, MatchRequest())


router = Router(
    "/",
    route_handlers=[
        start_match_run,
        get_match_run,
        list_matches,
        list_near_misses,
        list_excluded,
        compare_match_runs,
        explain_match,
    ],
    tags=["Matches"],
)
