"""Match runs over HTTP. They tell of everybody who was left out, so reading needs a key too."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.auth import SECURITY, current_actor, for_buyers, needs
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

Caller = Request[Any, Any, Any]

READ: dict[str, Any] = {
    "guards": [needs("matches:read"), for_buyers],
    "security": SECURITY,
    "responses": answers(400, 401, 403, 404),
}
WRITE: dict[str, Any] = {
    "guards": [needs("matches:write"), for_buyers],
    "security": SECURITY,
    "responses": answers(400, 401, 403, 404, 413),
}


@post(
    "/lots/{lot_id:uuid}/match-runs",
    operation_id="startMatchRun",
    summary="Match a lot",
    response_headers=[documented("Location", "The new run.")],
    **WRITE,
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


@get(
    "/lots/{lot_id:uuid}/match-runs",
    operation_id="listMatchRuns",
    summary="List the runs of a lot",
    **READ,
)
async def list_match_runs(
    request: Caller, lot_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = 20
) -> Page[MatchRunOut]:
    """List the own organisation's runs of a lot, the last made first."""
    return await service.runs(lot_id, cursor, limit, current_actor(request))


@get("/match-runs/{run_id:uuid}", operation_id="getMatchRun", summary="Read a match run", **READ)
async def get_match_run(request: Caller, run_id: FromPath[UUID]) -> MatchRunOut:
    """Read a run: its counts, criteria, versions and fingerprint."""
    return await service.read_run(run_id, current_actor(request))


@get(
    "/match-runs/{run_id:uuid}/matches",
    operation_id="listMatches",
    summary="List who was found",
    **READ,
)
async def list_matches(
    request: Caller, run_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = 20
) -> Page[VerdictOut]:
    """List the enterprises that can do the lot, best first, with their points and reasons."""
    return await service.verdicts(run_id, "matched", cursor, limit, current_actor(request))


@get(
    "/match-runs/{run_id:uuid}/near-misses",
    operation_id="listNearMisses",
    summary="List who was nearly found",
    **READ,
)
async def list_near_misses(
    request: Caller, run_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = 20
) -> Page[VerdictOut]:
    """List the enterprises that one small, named change would admit."""
    return await service.verdicts(run_id, "near", cursor, limit, current_actor(request))


@get(
    "/match-runs/{run_id:uuid}/excluded",
    operation_id="listExcluded",
    summary="List who was left out",
    **READ,
)
async def list_excluded(
    request: Caller, run_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = 20
) -> Page[VerdictOut]:
    """List the enterprises that cannot do the lot, each with every failing reason."""
    return await service.verdicts(run_id, "excluded", cursor, limit, current_actor(request))


@get(
    "/match-runs/{run_id:uuid}/difference",
    operation_id="compareMatchRuns",
    summary="Compare two runs of a lot",
    **(READ | {"responses": answers(400, 401, 403, 404, 409)}),
)
async def compare_match_runs(
    request: Caller,
    run_id: FromPath[UUID],
    since: Annotated[UUID, QueryParameter(description="The earlier run to compare with.")],
) -> RunDifference:
    """List every enterprise whose verdict changed since an earlier run, and why."""
    return await service.difference(since, run_id, current_actor(request))


@get(
    "/lots/{lot_id:uuid}/matches/{enterprise_id:uuid}",
    operation_id="explainMatch",
    summary="Why, or why not, for one enterprise",
    **(READ | {"guards": [needs("matches:read")]}),
)
async def explain_match(
    request: Request[Any, Any, Any],
    lot_id: FromPath[UUID],
    enterprise_id: FromPath[UUID],
    now: NamedDependency[datetime],
) -> FirmVerdict:
    """Say of any one enterprise why it can or can't do a lot, as things stand now.

    A key of an enterprise gets this about itself alone.
    """
    ids = (lot_id, enterprise_id)
    return await service.why(ids, MatchRequest(), current_actor(request), now)


router = Router(
    "/",
    route_handlers=[
        start_match_run,
        list_match_runs,
        get_match_run,
        list_matches,
        list_near_misses,
        list_excluded,
        compare_match_runs,
        explain_match,
    ],
    tags=["Matches"],
)
