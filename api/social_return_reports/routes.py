"""Yearly reports over HTTP, for the authority itself; what they tell may be published."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from api.auth import SECURITY, current_actor, needs
from api.problems import answers
from api.social_return_reports import service
from api.social_return_reports.schemas import ReportOut

READ: dict[str, Any] = {
    "guards": [needs("obligations:read")],
    "security": SECURITY,
    "responses": answers(400, 401, 403, 404, 409),
}
ReportYear = Annotated[int, PathParameter(ge=2000, le=2200, description="Calendar year.")]
AsOf = Annotated[
    datetime | None,
    QueryParameter(name="asOf", description="An instant with its offset; absent: now."),
]


@get(
    "/social-return-reports/{year:int}",
    operation_id="getSocialReturnReport",
    summary="Report on a year",
    **READ,
)
async def get_report(
    request: Request[Any, Any, Any],
    year: ReportYear,
    now: NamedDependency[datetime],
    as_of: AsOf = None,
) -> ReportOut:
    """Report what was realised, by kind, target group and region; small cells are suppressed."""
    return await service.report(year, as_of, current_actor(request), now)


@get(
    "/social-return-reports/{year:int}/csv",
    operation_id="getSocialReturnReportAsCsv",
    summary="Report on a year, as CSV",
    media_type="text/csv",
    **READ,
)
async def get_report_as_csv(
    request: Request[Any, Any, Any],
    year: ReportYear,
    now: NamedDependency[datetime],
    as_of: AsOf = None,
) -> Response[str]:
    """Give the same report as a table."""
    text = await service.table(year, as_of, current_actor(request), now)
    name = f'attachment; filename="social-return-{year}.csv"'
    headers = {"Content-Disposition": name}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


router = Router("/", route_handlers=[get_report, get_report_as_csv], tags=["Social return"])
