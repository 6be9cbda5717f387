"""The authority's year: obligations, spend, work, and what nobody offers."""

from datetime import datetime
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.auth import current_actor, needs
from api.clock import legal_day
from api.domain.errors import NotFound
from api.domain.social_return.report import ReportTable
from api.pages import files
from api.pages.rendering import language_of, missing, page
from api.social_return_reports import service as reports
from api.social_return_reports.schemas import ReportOut, TableName

Caller = Request[Any, Any, Any]
FIRST_YEAR: Final = 2000
YEARS: Final = 5
READ: Final[dict[str, Any]] = {"include_in_schema": False, "guards": [needs("obligations:read")]}


def year_in(request: Caller, now: datetime) -> int:
    """Give the year that an address asks for; this year where it asks for none of ours."""
    this_year = legal_day(now).year
    typed = request.query_params.get("jaar", "")
    year = int(typed) if typed.isdecimal() and len(typed) == len(str(this_year)) else this_year
    return min(max(year, FIRST_YEAR), this_year)


@get("/overzicht", **READ)
async def overview(request: Caller, now: NamedDependency[datetime]) -> Response[Any]:
    """Show a year in figures and bars, with the files beside them."""
    year, this_year = year_in(request, now), legal_day(now).year
    years = range(this_year, this_year - YEARS, -1)
    actor = current_actor(request)
    try:
        report = await reports.report(year, None, actor, now)
    except NotFound:
        return page(request, "overview_none.html", year=year, years=years)
    spots = await reports.white_spots(year, actor, now)
    return page(
        request,
        "overview.html",
        year=year,
        years=years,
        report=report,
        tables=[(name.value, _table(report, name)) for name in TableName],
        spots=spots,
        areas=sorted(
            {(one.area, one.area_name) for one in spots.white_spots}, key=lambda one: one[1]
        ),
        rows=_rows(spots.white_spots),
    )


def _table(report: ReportOut, name: TableName) -> ReportTable:
    return {
        TableName.KIND: report.by_kind,
        TableName.GROUP: report.by_group,
        TableName.REGION: report.by_region,
    }[name]


@get("/overzicht/{year:int}/{name:str}/bestand/{kind:str}", **READ)
async def take_table_along(
    request: Caller,
    year: FromPath[int],
    name: FromPath[str],
    kind: FromPath[str],
    now: NamedDependency[datetime],
) -> Response[bytes]:
    """Give one table of the year as a file; what is suppressed is an empty cell."""
    if name not in set(TableName):
        raise missing("such table")
    t = language_of(request)
    found = _table(await reports.report(year, None, current_actor(request), now), TableName(name))
    head = [t("fulfilment.what")] + [
        t(f"overview.{one}") for one in ("persons", "job_years", "credit", "spend")
    ]
    rows = [
        (
            t.label("kind", one.key) if name == TableName.KIND else one.key,
            one.persons,
            one.job_years,
            files.in_euros(one.credit_cents),
            files.in_euros(one.spend_cents),
        )
        for one in (*found.cells, found.total)
    ]
    return files.table(kind, f"social-return-{year}-{name}", head, rows)


def _rows(spots: tuple[Any, ...]) -> list[tuple[str, str, dict[str, Any]]]:
    """Lay the white spots out: a row per category, a cell per area."""
    rows: dict[str, tuple[str, str, dict[str, Any]]] = {}
    for one in spots:
        row = rows.setdefault(one.cpv_code, (one.cpv_code, one.cpv_label, {}))
        row[2][one.area] = one
    return list(rows.values())


HANDLERS: Final[tuple[Any, ...]] = (overview, take_table_along)
