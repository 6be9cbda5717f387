"""Obligations over HTTP. An authority opens and assesses them; both sides read them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.auth import SECURITY, current_actor, needs
from api.obligations import service
from api.obligations.schemas import AssessmentIn, ObligationCard, ObligationIn, ObligationOut
from api.pagination import Cursor, Limit, Page
from api.preconditions import documented
from api.problems import answers

READ: dict[str, Any] = {"guards": [needs("obligations:read")], "security": SECURITY}
WRITE: dict[str, Any] = {"guards": [needs("obligations:write")], "security": SECURITY}


@post(
    "/obligations",
    operation_id="openObligation",
    summary="Open an obligation",
    responses=answers(400, 401, 403, 404, 409, 413),
    response_headers=[documented("Location", "The new obligation.")],
    **WRITE,
)
async def open_obligation(
    request: Request[Any, Any, Any], data: JSONBody[ObligationIn], now: NamedDependency[datetime]
) -> Response[ObligationOut]:
    """Open an obligation, by hand or from a lot; it is assessed at once."""
    made = await service.open_obligation(data, current_actor(request), now)
    return Response(made, status_code=201, headers={"Location": f"/v1/obligations/{made.id}"})


@get(
    "/obligations",
    operation_id="listObligations",
    summary="List the own obligations",
    responses=answers(400, 401, 403),
    **READ,
)
async def list_obligations(
    request: Request[Any, Any, Any], cursor: Cursor = None, limit: Limit = 20
) -> Page[ObligationCard]:
    """List the obligations of the own organisation, the last opened first."""
    return await service.obligations(cursor, limit, current_actor(request))


@get(
    "/obligations/{obligation_id:uuid}",
    operation_id="getObligation",
    summary="Read an obligation",
    responses=answers(400, 401, 403, 404),
    **READ,
)
async def get_obligation(
    request: Request[Any, Any, Any], obligation_id: FromPath[UUID], now: NamedDependency[datetime]
) -> ObligationOut:
    """Read an obligation with its assessment, the reasons, and its derived state."""
    return await service.read(obligation_id, current_actor(request), now)


@post(
    "/obligations/{obligation_id:uuid}/assessments",
    operation_id="assessObligation",
    summary="Assess an obligation anew",
    responses=answers(400, 401, 403, 404, 409, 413),
    **WRITE,
)
async def assess_obligation(
    request: Request[Any, Any, Any],
    obligation_id: FromPath[UUID],
    data: JSONBody[AssessmentIn],
    now: NamedDependency[datetime],
) -> ObligationOut:
    """Assess anew when the contract sum, wage sum or invoiced amount became known."""
    return await service.reassess(obligation_id, data, current_actor(request), now)


router = Router(
    "/",
    route_handlers=[open_obligation, list_obligations, get_obligation, assess_obligation],
    tags=["Social return"],
)
