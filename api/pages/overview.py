"""The authority's year: obligations, spend, work, and what nobody offers."""

from datetime import datetime
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency

from api.auth import current_actor, needs
from api.clock import legal_day
from api.domain.errors import NotFound
from api.pages.rendering import page
from api.social_return_reports import service as reports

Caller = Request[Any, Any, Any]
FIRST_YEAR: Final = 2000
YEARS: Final = 5


@get("/overzicht", include_in_schema=False, guards=[needs("obligations:read")])
async def overview(request: Caller, now: NamedDependency[datetime]) -> Response[Any]:
    """Show a year in figures and bars, with the files beside them."""
    this_year = legal_day(now).year
    typed = request.query_params.get("jaar", "")
    year = int(typed) if typed.isdecimal() and len(typed) == len(str(this_year)) else this_year
    year = min(max(year, FIRST_YEAR), this_year)
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
        tables=(("kind", report.by_kind), ("group", report.by_group), ("region", report.by_region)),
        spots=spots,
        areas=sorted(
            {(one.area, one.area_name) for one in spots.white_spots}, key=lambda one: one[1]
        ),
        rows=_rows(spots.white_spots),
    )


def _rows(spots: tuple[Any, ...]) -> list[tuple[str, str, dict[str, Any]]]:
    """Lay the white spots out: a row per category, a cell per area."""
    rows: dict[str, tuple[str, str, dict[str, Any]]] = {}
    for one in spots:
        row = rows.setdefault(one.cpv_code, (one.cpv_code, one.cpv_label, {}))
        row[2][one.area] = one
    return list(rows.values())
