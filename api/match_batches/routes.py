"""Match batches over HTTP."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.auth import SECURITY, current_actor, for_buyers, needs
from api.match_batches import service
from api.match_batches.schemas import MatchBatchOut
from api.matches.schemas import MatchRequest
from api.pagination import Cursor, Limit, Page
from api.preconditions import documented
from api.problems import answers


@post(
    "/tenders/{tender_id:uuid}/match-runs",
    operation_id="matchTender",
    summary="Match all lots of a tender",
    status_code=202,
    guards=[needs("matches:write"), for_buyers],
    security=SECURITY,
    responses=answers(400, 401, 403, 404, 413),
    response_headers=[documented("Location", "The batch: ask there how far it is.")],
)
async def match_tender(
    request: Request[Any, Any, Any],
    tender_id: FromPath[UUID],
    data: JSONBody[MatchRequest],
    now: NamedDependency[datetime],
) -> Response[MatchBatchOut]:
    """Match every active lot, one run each; a worker does it. Send `{}` to ask nothing more."""
    batch = await service.submit(tender_id, data, current_actor(request), now)
    headers = {"Location": f"/v1/match-batches/{batch.id}"}
    return Response(batch, status_code=202, headers=headers)


@get(
    "/match-batches",
    operation_id="listMatchBatches",
    summary="List the batches",
    guards=[needs("matches:read"), for_buyers],
    security=SECURITY,
    responses=answers(400, 401, 403),
)
async def list_match_batches(
    request: Request[Any, Any, Any], cursor: Cursor = None, limit: Limit = 20
) -> Page[MatchBatchOut]:
    """List the own organisation's batches, the last added first, each with how far it is."""
    return await service.batches(cursor, limit, current_actor(request))


@get(
    "/match-batches/{batch_id:uuid}",
    operation_id="getMatchBatch",
    summary="See how far a batch is",
    guards=[needs("matches:read"), for_buyers],
    security=SECURITY,
    responses=answers(400, 401, 403, 404),
)
async def get_match_batch(
    request: Request[Any, Any, Any], batch_id: FromPath[UUID]
) -> MatchBatchOut:
    """See how far it is, and the runs made so far; it goes on whether anybody looks or not."""
    return await service.read(batch_id, current_actor(request))


router = Router(
    "/", route_handlers=[match_tender, list_match_batches, get_match_batch], tags=["Matches"]
)
