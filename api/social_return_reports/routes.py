"""Yearly reports over HTTP, for the authority itself; what they tell may be published."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter

from api.auth import SECURITY, current_actor, needs
from api.problems import answers
from api.social_return_reports import service
from api.social_return_reports.schemas import (
    BusinessCaseIn,
    BusinessCaseOut,
    ReportOut,
    TableName,
    WhiteSpotsOut,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PATH = "/social-return-reports/{year:int}"
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
AnyRequest = Request[Any, Any, Any]
Now = NamedDependency[datetime]


@get(PATH, operation_id="getSocialReturnReport", summary="Report on a year", **READ)
async def get_report(
    request: AnyRequest, year: ReportYear, now: Now, as_of: AsOf = None
) -> ReportOut:
    """Report what was realised, by kind, target group and region; small cells are suppressed."""
    return await service.report(year, as_of, current_actor(request), now)


@get(
    f"{PATH}/csv",
    operation_id="getSocialReturnReportAsCsv",
    summary="Report on a year, as CSV",
    media_type="text/csv",
    **READ,
)
async def get_report_as_csv(
    request: AnyRequest, year: ReportYear, now: Now, as_of: AsOf = None
) -> Response[str]:
    """Give the same report as one CSV with semicolons, as Dutch spreadsheets read it."""
    text = await service.csv_file(year, as_of, current_actor(request), now)
    headers = _named(f"social-return-{year}.csv")
    return Response(text, media_type="text/csv", headers=headers)


@get(
    f"{PATH}/xlsx",
    operation_id="getSocialReturnReportAsXlsx",
    summary="Report on a year, as a workbook",
    media_type=XLSX,
    **READ,
)
async def get_report_as_xlsx(
    request: AnyRequest, year: ReportYear, now: Now, as_of: AsOf = None
) -> Response[bytes]:
    """Give the same report as a workbook; what is suppressed is an empty cell."""
    content = await service.xlsx_file(year, as_of, current_actor(request), now)
    return Response(content, media_type=XLSX, headers=_named(f"social-return-{year}.xlsx"))


@get(
    f"{PATH}/charts/{{table:str}}",
    operation_id="getSocialReturnChart",
    summary="Draw a table of the report",
    media_type="image/svg+xml",
    **READ,
)
async def get_chart(
    request: AnyRequest, year: ReportYear, table: FromPath[TableName], now: Now, as_of: AsOf = None
) -> Response[str]:
    """Draw bars as SVG, with the figures in words; suppressed cells say so."""
    drawn = await service.chart(year, table, as_of, current_actor(request), now)
    # Opened by itself it could run scripts; there are none, and it may load nothing.
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return Response(drawn, media_type="image/svg+xml", headers=headers)


@get(
    f"{PATH}/white-spots",
    operation_id="listWhiteSpots",
    summary="List what is asked and not offered",
    **READ,
)
async def list_white_spots(request: AnyRequest, year: ReportYear, now: Now) -> WhiteSpotsOut:
    """List the categories that lots of the year asked for in the own areas without supply."""
    return await service.white_spots(year, current_actor(request), now)


@post(
    f"{PATH}/business-cases",
    operation_id="computeBusinessCase",
    summary="Compute a business case",
    status_code=200,
    guards=[needs("obligations:read")],
    security=SECURITY,
    responses=answers(400, 401, 403, 404, 409, 413),
)
async def compute_business_case(
    request: AnyRequest,
    year: ReportYear,
    data: JSONBody[BusinessCaseIn],
    now: Now,
    as_of: AsOf = None,
) -> BusinessCaseOut:
    """Set the financial return beside the social one, every factor with its source.

    The two are never added up. Nothing is stored.
    """
    return await service.business_case(year, data, as_of, current_actor(request), now)


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


router = Router(
    "/",
    route_handlers=[
        get_report,
        get_report_as_csv,
        get_report_as_xlsx,
        get_chart,
        list_white_spots,
        compute_business_case,
    ],
    tags=["Social return"],
)
