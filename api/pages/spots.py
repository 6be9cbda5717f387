"""White spots on a map: what lots asked for in the own areas, and nobody offers there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.auth import current_actor, needs
from api.clock import legal_day
from api.pages import atlas, files
from api.pages.overview import YEARS, year_in
from api.pages.regions import Region, regions_around
from api.pages.rendering import language_of, page
from api.reference.service import reference
from api.social_return_reports import service as reports
from api.social_return_reports.schemas import WhiteSpot, WhiteSpotsOut

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
READ: Final[dict[str, Any]] = {"include_in_schema": False, "guards": [needs("obligations:read")]}


class Spot(msgspec.Struct, frozen=True):
    """An own area with what is asked there and not offered."""

    code: str
    name: str
    missing: int
    """Categories that nobody offers in the whole area."""
    partly: int
    """Enterprises that come to a part of it."""

    @property
    def kind(self) -> str:
        """How it is drawn."""
        if not self.missing:
            return "full"
        return "partial" if self.partly else "white"


@get("/witte-vlekken", **READ)
async def show_spots(request: Caller, now: Now) -> Response[Any]:
    """Show the white spots of a year on a map, for all categories or for one."""
    year = year_in(request, now)
    found = await reports.white_spots(year, current_actor(request), now)
    known = await reference()
    category = _category(request, found)
    chosen = [one for one in found.white_spots if category in {"", one.cpv_code}]
    drawn = regions_around(
        known.geography.municipalities.values(), [one.code for one in found.areas]
    )
    spots = _spots(found, chosen)
    return page(
        request,
        "white_spots.html",
        year=year,
        years=range(legal_day(now).year, legal_day(now).year - YEARS, -1),
        found=found,
        chosen=chosen,
        category=category,
        categories=sorted({(one.cpv_code, one.cpv_label) for one in found.white_spots}),
        spots=spots,
        drawn=drawn,
        placed=_placed(drawn.regions, spots),
        outlines=atlas.outlines(),
    )


def _category(request: Caller, found: WhiteSpotsOut) -> str:
    asked = request.query_params.get("categorie", "")
    return asked if any(one.cpv_code == asked for one in found.white_spots) else ""


def _spots(found: WhiteSpotsOut, chosen: Sequence[WhiteSpot]) -> dict[str, Spot]:
    there = {one.code: [spot for spot in chosen if spot.area == one.code] for one in found.areas}
    return {
        one.code: Spot(
            one.code,
            one.name,
            len(there[one.code]),
            sum(spot.partly for spot in there[one.code]),
        )
        for one in found.areas
    }


def _placed(regions: Sequence[Region], spots: dict[str, Spot]) -> list[tuple[Region, Spot | None]]:
    return [(one, spots.get(one.code)) for one in regions]


@get("/witte-vlekken/{year:int}/bestand/{kind:str}", **READ)
async def take_spots_along(
    request: Caller, year: FromPath[int], kind: FromPath[str], now: Now
) -> Response[bytes]:
    """Give the white spots of a year as a file."""
    t = language_of(request)
    found = await reports.white_spots(year, current_actor(request), now)
    head = [t(f"spots.{name}") for name in ("cpv", "category", "code", "area", "asked", "partly")]
    rows = [
        (one.cpv_code, one.cpv_label, one.area, one.area_name, one.asked, one.partly)
        for one in found.white_spots
    ]
    return files.table(kind, f"witte-vlekken-{year}", head, rows)


HANDLERS: Final[tuple[Any, ...]] = (show_spots, take_spots_along)
