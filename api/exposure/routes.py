"""Exposure over HTTP."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, Router, get
from litestar.params import QueryParameter

from api.auth import SECURITY, current_actor, needs
from api.exposure import service
from api.exposure.schemas import ExposureOut
from api.pagination import Cursor, Limit, Page
from api.problems import answers

Since = Annotated[date, QueryParameter(description="First day of the period, Dutch time.")]
Until = Annotated[date, QueryParameter(description="The day after the last of the period.")]


@get(
    "/exposure",
    operation_id="listExposure",
    summary="Who was shown how often",
    guards=[needs("matches:read")],
    security=SECURITY,
    responses=answers(400, 401, 403),
)
async def list_exposure(
    request: Request[Any, Any, Any],
    since: Since,
    until: Until,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[ExposureOut]:
    """Count in how many runs each enterprise was shown; a key of an enterprise sees itself."""
    return await service.exposure((since, until), cursor, limit, current_actor(request))


router = Router("/", route_handlers=[list_exposure], tags=["Matches"])
