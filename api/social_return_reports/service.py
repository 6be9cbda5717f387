"""The use cases of the yearly report."""

import asyncio
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from api.accounts import service as accounts
from api.accounts.service import Actor, OrganisationKind
from api.clock import LEGAL_TIME, legal_day
from api.database import transaction
from api.domain.errors import Fault, InvalidInput, NotFound
from api.domain.tendering.cpv import lineage
from api.domain.values import CpvCode
from api.reference.service import Reference, reference
from api.rule_books.service import WrongOrganisation
from api.social_return_reports import queries
from api.social_return_reports.drafts import (
    Found,
    Year,
    as_csv,
    as_svg,
    as_xlsx,
    case_of,
    report_of,
)
from api.social_return_reports.schemas import (
    BusinessCaseIn,
    BusinessCaseOut,
    OwnArea,
    ReportOut,
    TableName,
    WhiteSpot,
    WhiteSpotsOut,
)

COUNTRY: Final = "NL"


async def report(year: int, as_of: datetime | None, actor: Actor, now: datetime) -> ReportOut:
    """Report on a year of the own authority, as known at an instant (at most the year's end)."""
    authority = _authority(actor)
    span = _span(year, as_of, now)
    async with transaction():
        running = await queries.running(authority, _days(year), span.begins, span.as_of)
        ids = [one.id for one in running]
        claims = await queries.realised(ids, span.begins, span.as_of)
        books = await queries.books(sorted({one.rule_book for one in running}))
    if not running:
        raise NotFound(f"There are no obligations in {year}.")
    found = Found(running, claims, books)
    return await asyncio.to_thread(report_of, authority, found, span)


async def csv_file(year: int, as_of: datetime | None, actor: Actor, now: datetime) -> str:
    """Give the report as CSV."""
    return as_csv(await report(year, as_of, actor, now))


async def xlsx_file(year: int, as_of: datetime | None, actor: Actor, now: datetime) -> bytes:
    """Give the report as a workbook."""
    found = await report(year, as_of, actor, now)
    return await asyncio.to_thread(as_xlsx, found)


async def chart(
    year: int, name: TableName, as_of: datetime | None, actor: Actor, now: datetime
) -> str:
    """Draw one table of the report."""
    return as_svg(await report(year, as_of, actor, now), name)


async def business_case(
    year: int, given: BusinessCaseIn, as_of: datetime | None, actor: Actor, now: datetime
) -> BusinessCaseOut:
    """Set the financial return beside the social one; nothing is stored."""
    return case_of(await report(year, as_of, actor, now), given)


async def white_spots(year: int, actor: Actor, now: datetime) -> WhiteSpotsOut:
    """Tell what lots of a year asked for in the areas of the authority, and nobody offers."""
    owner = await accounts.organisation(_authority(actor))
    known = await reference()
    areas = _areas(() if owner is None else owner.municipalities, known)
    asked = await queries.asked(_days(year), sorted({*areas, *_around(areas, known)}))
    codes = {code: [*map(str, lineage(CpvCode(code)))] for code in asked}
    supplied = await queries.supply(codes, areas)

    return WhiteSpotsOut(
        year=year,
        supply_at=now,
        asked=len(supplied),
        areas=tuple(OwnArea(one, known.area_name(one)) for one in areas),
        white_spots=tuple(
            WhiteSpot(
                cpv_code=row["code"],
                cpv_label=known.cpv_label(row["code"]),
                area=row["area"],
                area_name=known.area_name(row["area"]),
                asked=asked[row["code"]],
                partly=row["partly"],
            )
            for row in supplied
            if not row["whole"]
        ),
    )


def _authority(actor: Actor) -> UUID:
    if actor.organisation is None or actor.kind is not OrganisationKind.AUTHORITY:
        raise WrongOrganisation("Reports are those of an authority, for its own key.")
    return actor.organisation


def _areas(municipalities: tuple[str, ...], known: Reference) -> list[str]:
    """Give the COROP areas that an authority lies in."""
    places = known.geography.municipalities
    return sorted({places[code].nuts3 for code in municipalities if code in places})


def _around(areas: list[str], known: Reference) -> set[str]:
    """Give the municipalities and provinces of some COROP areas, and the country."""
    inside = [one for one in known.geography.municipalities.values() if one.nuts3 in areas]
    return {one.code for one in inside} | {one.province for one in inside} | {COUNTRY}


def _days(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year + 1, 1, 1)


def _span(year: int, as_of: datetime | None, now: datetime) -> Year:
    """Begin with the year in Dutch legal time; end with it, or at the instant asked."""
    begins = datetime.combine(date(year, 1, 1), time(), LEGAL_TIME)
    ends = datetime.combine(date(year + 1, 1, 1), time(), LEGAL_TIME)
    if as_of is not None and as_of.utcoffset() is None:
        raise InvalidInput(Fault("invalid-value", "asOf needs an offset, such as Z.", "asOf"))
    wanted = now if as_of is None else as_of
    if wanted > now or legal_day(now) < date(year, 1, 1):
        raise InvalidInput(Fault("in-the-future", "This lies in the future.", "asOf"))
    # The year's last microsecond: what happens at midnight belongs to the next one.
    return Year(year, begins, min(wanted, ends - datetime.resolution))
