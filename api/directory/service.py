"""The use case of search: one question to the index, one read of the database."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from api.database import Row
from api.directory import queries
from api.directory.drafts import listed
from api.directory.schemas import (
    AreaRef,
    EnterpriseCard,
    FacetName,
    OfferingHit,
    SearchFilters,
    SearchOrder,
    SearchPage,
    SearchQuery,
)
from api.domain.checks import Checks
from api.domain.errors import InvalidInput, InvalidValue, Unavailable
from api.domain.matching.rules import RULES_2026
from api.domain.tendering.coverage import Covers
from api.domain.values import CpvCode, Point, digits, parse_cpv
from api.index import answering, client
from api.pagination import read_packed, write_packed
from api.reference.service import Reference, reference
from api.settings import settings
from search import query as index
from search.dutch import analyser
from search.find import Found, find
from search.marks import recognise_marks
from search.paging import walk_of
from search.places import recognise, spelling
from search.rebuild import live_index

PROVINCE_CODE: Final = 4
"""Length of a NUTS-2 code."""
_KVK: Final = re.compile(r"[0-9]{8}")
_MARK: Final = re.compile(r"[a-z0-9][a-z0-9 .+-]{0,99}")
_ORDERS: Final = {one: index.Order(one.value) for one in SearchOrder}
_GROUPS: Final = {
    FacetName.SERVICE_MODE: index.Group.MODE,
    FacetName.TARGET_GROUP: index.Group.TARGET_GROUP,
    FacetName.TARGET_GROUP_SHARE: index.Group.TARGET_GROUP_SHARE,
    FacetName.RESERVED_ELIGIBLE: index.Group.RESERVED,
    FacetName.PROVINCE: index.Group.AREA,
    FacetName.MARK: index.Group.MARK,
}

# Asking a struct for its fields takes longer than filling it.
_CARD: Final = tuple(one for one in EnterpriseCard.__struct_fields__ if one != "offering")


class Question(msgspec.Struct, frozen=True):
    """A search as the index understands it, and the words to search for."""

    search: index.Search
    text: str


async def search(wanted: SearchQuery, today: date) -> SearchPage:
    """Find enterprises. One offering must satisfy category, mode and area together."""
    known = await reference()
    asked = await question(wanted, today)
    found, degraded = await _answered(wanted, asked)

    return SearchPage(
        items=await cards(asked, found, today),
        total=found.total,
        areas=tuple(AreaRef(code, known.area_name(code)) for code in asked.search.areas),
        unknown_words=found.wording.unknown,
        facets=_facets(found.facets),
        degraded=degraded,
        next_cursor=None if found.next is None else write_packed(found.next),
    )


async def _answered(wanted: SearchQuery, asked: Question) -> tuple[Found, bool]:
    """Ask the index, or the database where that suffices; tells which it was."""
    try:
        return await look_up(asked), False
    except Unavailable:
        naming = _naming(wanted, asked)
        if naming is None:
            raise
        marks = asked.search.marks or recognise_marks(asked.text).codes
        search = msgspec.structs.replace(asked.search, marks=marks)
        if search.after is not None and search.after.walk is not walk_of(search):
            raise
        rows = await queries.matching(search, naming)
        if naming.names and not rows:
            raise
        return await asyncio.to_thread(listed, rows, search, asked.text), True


def _naming(wanted: SearchQuery, asked: Question) -> queries.Naming | None:
    """Tell whom a text names, if the database can look that up; `None` if it needs the index.

    A name counts only whole. What else a text asks for only the index knows.
    """
    if not analyser().query_tokens(recognise_marks(asked.text).text):
        return queries.Naming()
    if _KVK.fullmatch(asked.text):
        return queries.Naming(kvk_number=asked.text)
    return queries.Naming(names=(asked.text.strip(), (wanted.filters.q or "").strip()))


async def question(wanted: SearchQuery, today: date) -> Question:
    """Check every parameter, and name all that is wrong at once."""
    known = await reference()
    filters = wanted.filters
    checks = Checks()
    text, areas = _areas(filters, known, checks)
    near, here = _near(filters, known, checks)
    asked = index.Search(
        cpv=_cpv(filters, known, checks),
        areas=areas or here,
        include_national=filters.include_national,
        modes=tuple(mode.value for mode in filters.service_mode),
        marks=tuple(code for mark in filters.mark for code in _marks(mark, checks)),
        day=today.toordinal(),
        target_groups=tuple(group.value for group in filters.target_group),
        reserved_eligible=filters.reserved_eligible,
        min_capacity_cents=filters.min_capacity_cents,
        near=near,
        box=None if filters.bbox is None else checks.attempt(_box, filters.bbox, "bbox"),
        facets=tuple(_facet(name, known) for name in wanted.facets),
        order=_ORDERS[wanted.sort],
        page=wanted.page,
        after=_after(wanted.cursor, checks),
        page_size=wanted.limit,
    )
    if wanted.sort is SearchOrder.DISTANCE and filters.near is None:
        checks.note("half-a-circle", "Sorting by distance needs near and radiusKm.", "sort")
    checks.settle()
    return Question(asked, text)


def _after(cursor: str | None, checks: Checks) -> index.Position | None:
    try:
        return None if cursor is None else read_packed(cursor, index.Position)
    except InvalidInput as error:
        checks.faults += error.faults
        return None


async def look_up(asked: Question) -> Found:
    """Ask the index. Raises `Unavailable` when it does not answer."""
    name = live_index(settings().index_prefix)
    with answering():
        return await find(client(), name, asked.text, asked.search, analyser())


async def cards(asked: Question, found: Found, today: date) -> tuple[EnterpriseCard, ...]:
    """Read what was found, in its order; who left the directory since is left out."""
    ids = [UUID(hit.enterprise_id) for hit in found.hits]
    offerings = [UUID(hit.id) for hit in found.hits]
    rows = await queries.cards(ids, offerings, today, asked.search.areas)
    return tuple(_card(row, in_areas=bool(asked.search.areas)) for row in rows)


def _areas(wanted: SearchFilters, known: Reference, checks: Checks) -> tuple[str, tuple[str, ...]]:
    """Give the words to search for and the areas to search in.

    Places in the words count only where no place was given apart from them.
    """
    text = _words(wanted.q or "")
    places = known.places
    given = {"municipality": wanted.municipality, "province": wanted.province}
    if wanted.radius_km is not None and any(given.values()):
        detail = "A radius can't be combined with a municipality or a province."
        checks.note("radius-with-area", detail, "radiusKm")
    found = [
        checks.attempt(lambda name: _area(name, known), name, parameter)
        for parameter, name in given.items()
        if name is not None
    ]
    if found or wanted.near is not None:
        return text, tuple(area for area in found if area is not None)
    placed = recognise(text, places)
    return (placed.text, placed.areas) if placed.areas else (text, ())


def _words(text: str) -> str:
    """Write a KvK number as it is kept (design decision 14); leave other words alone."""
    number = digits(text)
    return number if _KVK.fullmatch(number) else text


def _area(name: str, known: Reference) -> str:
    """Read an area code, or a name in any of its spellings."""
    if name in known.geography.members:
        return name
    code = known.places.get(spelling(name))
    if code is None:
        raise InvalidValue(f"There is no area {name!r}.", code="unknown-area")
    return code


def _near(
    wanted: SearchFilters, known: Reference, checks: Checks
) -> tuple[index.Near | None, tuple[str, ...]]:
    """Give the circle to search in, and the municipality at its centre.

    Both radii must hold (design decision 3): the firm lies within the buyer's, and an
    offering of it reaches the buyer's municipality.
    """
    if (wanted.near is None) != (wanted.radius_km is None):
        checks.note("half-a-circle", "near and radiusKm belong together.", "near")
    if wanted.near is None or wanted.radius_km is None:
        return None, ()
    point = checks.attempt(_point, wanted.near, "near")
    if point is None:
        return None, ()
    places = known.geography.municipalities.values()
    nearest = min(places, key=lambda one: (one.centre.distance_km(point), one.code))
    return index.Near(point.lat, point.lon, wanted.radius_km), (nearest.code,)


def _point(text: str) -> Point:
    return Point(*_numbers(text, 2, "latitude,longitude"))


def _box(text: str) -> index.Box:
    west, south, east, north = _numbers(text, 4, "west,south,east,north")
    low, high = Point(south, west), Point(north, east)
    if low.lat >= high.lat or low.lon >= high.lon:
        raise InvalidValue("bbox is west,south,east,north", code="invalid-bbox")
    return index.Box(north=high.lat, east=high.lon, south=low.lat, west=low.lon)


def _numbers(text: str, count: int, form: str) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise InvalidValue(f"{text!r} is not {form}", code="invalid-point") from error
    if len(numbers) != count:
        raise InvalidValue(f"{text!r} is not {form}", code="invalid-point")
    return numbers


def _cpv(wanted: SearchFilters, known: Reference, checks: Checks) -> tuple[str, ...]:
    codes = checks.attempt_all(parse_cpv, wanted.cpv, "cpv")
    for code in codes:
        if not known.knows_cpv(CpvCode(code)):
            checks.note("unknown-cpv", f"There is no CPV code {code}.", "cpv")
    return codes


def _marks(mark: str, checks: Checks) -> Sequence[str]:
    """Give the codes that satisfy a mark: of a scheme with levels the asked one and higher."""
    scheme, _, level = mark.partition("-")
    levels = RULES_2026.mark_levels.get(scheme)
    if levels is None and not _MARK.fullmatch(mark):
        checks.note("unknown-mark", f"{mark[:20]!r} is no mark.", "mark")
    if levels is None:
        return (mark,)
    known = [one.replace("+", "plus") for one in levels]
    if level and level not in known:
        checks.note("unknown-mark", f"{scheme} has the levels {', '.join(known)}.", "mark")
        return ()
    start = known.index(level) if level else 0
    return [f"{scheme}-{one}" for one in known[start:]]


def _facet(name: FacetName, known: Reference) -> index.Facet:
    values: tuple[str, ...] = ()
    meanings: dict[str, tuple[str, ...]] = {}
    if name is FacetName.PROVINCE:
        areas = known.geography.members
        values = tuple(sorted(one for one in areas if len(one) == PROVINCE_CODE))
    if name is FacetName.MARK:
        levels = RULES_2026.mark_levels.items()
        values = tuple(
            f"{scheme}-{one.replace('+', 'plus')}" for scheme, all_ in levels for one in all_
        )
        meanings = {value: tuple(_marks(value, Checks())) for value in values}
    return index.Facet(_GROUPS[name], values, meanings)


def _facets(counts: Mapping[index.Group, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    names = {group: name.value for name, group in _GROUPS.items()}
    return {names[group]: dict(sorted(found.items())) for group, found in counts.items()}


def _card(row: Row, *, in_areas: bool) -> EnterpriseCard:
    offering = None if row["offering_id"] is None else _offering(row, in_areas=in_areas)
    values = {name: row[name] for name in _CARD}
    values["marks"] = tuple(mark.replace("+", "plus") for mark in row["marks"])
    return EnterpriseCard(**values, offering=offering)


def _offering(row: Row, *, in_areas: bool) -> OfferingHit:
    whole = Covers.FULL if row["covers_whole"] else Covers.PARTIAL
    return OfferingHit(
        id=row["offering_id"],
        title=row["title"],
        products=tuple(row["products"]),
        cpv_codes=tuple(row["cpv_codes"]),
        service_mode=row["service_mode"],
        reliable_capacity_cents=row["reliable_capacity_cents"],
        covers=whole if in_areas else None,
    )
