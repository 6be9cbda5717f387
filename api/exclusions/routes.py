"""Exclusions over HTTP; each buyer sees its own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.auth import SECURITY, current_actor, for_buyers, needs
from api.exclusions import service
from api.exclusions.schemas import ExclusionIn, ExclusionOut
from api.preconditions import IfMatch, IfMatchWhereThere, documented, wanted_state
from api.problems import answers

Caller = Request[Any, Any, Any]
READ: dict[str, Any] = {
    "guards": [needs("matches:read"), for_buyers],
    "security": SECURITY,
    "responses": answers(400, 401, 403, 404),
}
WRITE: dict[str, Any] = {"guards": [needs("matches:write"), for_buyers], "security": SECURITY}


@put(
    "/tenders/{tender_id:uuid}/exclusions/{enterprise_id:uuid}",
    operation_id="excludeEnterprise",
    summary="Leave an enterprise out of a tender",
    response_headers=[documented("ETag", "Of the exclusion; it also stands in the list.")],
    responses=answers(400, 401, 403, 404, 412, 413, 428),
    **WRITE,
)
async def exclude_enterprise(
    request: Request[Any, Any, Any],
    tender_id: FromPath[UUID],
    enterprise_id: FromPath[UUID],
    data: JSONBody[ExclusionIn],
    now: NamedDependency[datetime],
    if_match: IfMatchWhereThere = None,
) -> Response[ExclusionOut]:
    """Record the buyer's reason; runs from now on exclude the enterprise, and tell it.

    The first reason needs no `If-Match`; another one in its place does.
    """
    wanted = None if if_match is None else wanted_state(if_match)
    ids = (tender_id, enterprise_id)
    made = await service.exclude(*ids, data, current_actor(request), now, wanted=wanted)
    return Response(made, headers={"ETag": made.etag})


@delete(
    "/tenders/{tender_id:uuid}/exclusions/{enterprise_id:uuid}",
    operation_id="readmitEnterprise",
    summary="Take an exclusion back",
    responses=answers(400, 401, 403, 404, 412, 428),
    **WRITE,
)
async def readmit_enterprise(
    request: Request[Any, Any, Any],
    tender_id: FromPath[UUID],
    enterprise_id: FromPath[UUID],
    if_match: IfMatch,
    now: NamedDependency[datetime],
) -> None:
    """Take an exclusion back; earlier runs and the audit trail keep it."""
    wanted, ids = wanted_state(if_match), (tender_id, enterprise_id)
    await service.readmit(*ids, current_actor(request), now, wanted=wanted)


@get(
    "/tenders/{tender_id:uuid}/exclusions",
    operation_id="listExclusions",
    summary="List whom the buyer left out",
    **READ,
)
async def list_exclusions(request: Caller, tender_id: FromPath[UUID]) -> tuple[ExclusionOut, ...]:
    """List the enterprises that the buyer leaves out of a tender, with the reasons."""
    return await service.of_tender(tender_id, current_actor(request))


router = Router(
    "/",
    route_handlers=[exclude_enterprise, readmit_enterprise, list_exclusions],
    tags=["Matches"],
)
