"""What is asked of the index, as requests of the engine. Filters are built, never pasted."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

PROVINCE_CODE: Final = 4
"""Length of a NUTS-2 code."""
LARGEST_PAGE: Final = 1_000
_MOST: Final = 2**53
"""Whole numbers that the engine tells apart."""


class Near(msgspec.Struct, frozen=True):
    """Located within `km` of a point (WGS84 degrees)."""

    lat: float
    lon: float
    km: float


class Box(msgspec.Struct, frozen=True):
    """Located in a rectangle of the map (WGS84 degrees)."""

    north: float
    east: float
    south: float
    west: float


class Order(StrEnum):
    """How results are ordered. Ties are broken by lot, never by what a firm can influence."""

    RELEVANCE = "relevance"
    NAME = "name"
    UPDATED = "updated"
    DISTANCE = "distance"
    """From `near`; without `near` as `RELEVANCE`."""


class Walk(StrEnum):
    """What a walk goes by."""

    TEXT = "t"
    LOT = "l"
    NAME = "n"
    UPDATED = "u"
    DISTANCE = "d"


class Position(msgspec.Struct, frozen=True, array_like=True):
    """The end of a page."""

    walk: Walk
    key: Annotated[int, Meta(ge=0, le=_MOST)] | Annotated[str, Meta(max_length=1_000)] = 0
    """Of the last enterprise: its sort name, seconds of its change, or metres to it."""
    lot: Annotated[int, Meta(ge=0, le=_MOST)] = 0
    """Of the last enterprise: decides between equal keys."""
    seen: Annotated[bytes, Meta(max_length=10_000)] = b""
    """Marks of enterprises that were given and can come again."""

    def __post_init__(self) -> None:
        """Refuse a key that is not of its walk: nobody but us writes positions."""
        if isinstance(self.key, str) is not (self.walk is Walk.NAME):
            raise ValueError("the key is not of this walk")


class Group(StrEnum):
    """A kind of filter of which the values are alternatives, and which can be a facet."""

    CPV = "cpv"
    AREA = "area"
    MODE = "mode"
    MARK = "mark"
    TARGET_GROUP = "targetGroup"
    TARGET_GROUP_SHARE = "targetGroupShare"
    RESERVED = "reservedEligible"


class Term(msgspec.Struct, frozen=True):
    """One token of a query text."""

    token: str
    phrases: tuple[tuple[str, ...], ...]
    """What answers it: itself and its synonyms; all tokens of a phrase must be there."""
    weight: float = 1.0
    """Up to 1; the rarer in the index, the more it tells."""


class Facet(msgspec.Struct, frozen=True):
    """A group of which to count enterprises per value.

    CPV codes, areas and marks are counted for the `values` named, since these are chosen
    from a tree or a list; of other groups every value found is counted.
    """

    group: Group
    values: tuple[str, ...] = ()
    meanings: dict[str, tuple[str, ...]] = {}
    """What choosing a value asks for, where that is more than the value: a mark or higher."""

    def chosen_by(self, value: str) -> tuple[str, ...]:
        """Give what must hold, one of them, when a value is chosen."""
        return self.meanings.get(value, (value,))


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """One search. Groups must all hold, for one offering; within a group one value suffices."""

    terms: tuple[Term, ...] = ()
    """What the text asks for; one suffices, and more rank higher. Without any, all match."""
    cpv: tuple[str, ...] = ()
    """Eight digits; narrower offered codes are found too."""
    areas: tuple[str, ...] = ()
    """`GM0344`, `NL350`, `NL35` or `NL`."""
    include_partial: bool = True
    """Find offerings that cover only a part of a wanted area."""
    include_national: bool = True
    """Find offerings for the whole country."""
    modes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    """Mark codes; give equivalents too (Dir. 2014/24 art. 43)."""
    day: int = 0
    """Day on which a mark must be valid, counted as `datetime.date.toordinal`."""
    target_groups: tuple[str, ...] = ()
    target_group_shares: tuple[str, ...] = ()
    reserved_eligible: bool | None = None
    min_capacity_cents: int | None = None
    """Euro cents excl. VAT. Unknown capacity passes: it is neither enough nor too little."""
    near: Near | None = None
    box: Box | None = None
    facets: tuple[Facet, ...] = ()
    order: Order = Order.RELEVANCE
    page: int = 1
    """Counts whole pages; see `after` for a walk that edits do not disturb."""
    after: Position | None = None
    """Go on where an earlier page ended; `page` is then 1."""
    page_size: int = 20


def quoted(value: str) -> str:
    r"""Quote a value for the engine: `\` and `"` are escaped. An empty value finds nothing."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def any_of(field: str, values: Iterable[str]) -> str:
    """Build the filter that a field holds at least one of the values."""
    return f"{field} IN [{', '.join(map(quoted, values))}]"


def either(*filters: str) -> str:
    """Build the filter that at least one of the filters holds."""
    return " OR ".join(f"({one})" for one in filters)


def covers(areas: Iterable[str], *, partial: bool, national: bool) -> str:
    """Build the filter that an offering reaches an area (design decision 2)."""
    wanted = tuple(areas)
    ways = [any_of("areaFull", wanted)]
    if partial:
        ways.append(any_of("areaPartial", wanted))
    if national:
        return either("nationwide = true", *ways)
    return f"nationwide = false AND ({either(*ways)})"


def holds_mark(marks: Iterable[str], day: int) -> str:
    """Build the filter that one of the marks is valid on a day (ordinal; first to last day)."""
    fields = ((quoted(f"marksFrom.{mark}"), quoted(f"marksUntil.{mark}")) for mark in marks)
    return either(*(f"{first} <= {day} AND {last} >= {day}" for first, last in fields))


def has_any(terms: Iterable[Term], *fields: str) -> str:
    """Build the filter that some of the fields answer at least one of the terms.

    Without fields: that an offering answers it at all.
    """
    places = fields or ("terms",)
    phrases = dict.fromkeys(phrase for term in terms for phrase in term.phrases)
    single = [phrase[0] for phrase in phrases if len(phrase) == 1]
    longer = [phrase for phrase in phrases if len(phrase) > 1]
    each = (" AND ".join(_somewhere(places, [token]) for token in phrase) for phrase in longer)
    return either(*([any_of(place, single) for place in places] if single else []), *each)


def _somewhere(fields: Sequence[str], values: Sequence[str]) -> str:
    ways = [any_of(field, values) for field in fields]
    return ways[0] if len(ways) == 1 else f"({either(*ways)})"


def condition(search: Search, group: Group, values: tuple[str, ...]) -> str:
    """Build the filter of one group for these values."""
    match group:
        case Group.AREA:
            return covers(values, partial=search.include_partial, national=search.include_national)
        case Group.MARK:
            return holds_mark(values, search.day)
        case _:
            return any_of(FIELDS[group], values)


FIELDS: Final = {
    Group.CPV: "cpvLineage",
    Group.MODE: "serviceMode",
    Group.TARGET_GROUP: "targetGroups",
    Group.TARGET_GROUP_SHARE: "targetGroupShare",
    Group.RESERVED: "reservedEligible",
}


def chosen(search: Search) -> dict[Group, tuple[str, ...]]:
    """Give the groups that the search restricts, with the values chosen."""
    reserved = () if search.reserved_eligible is None else (str(search.reserved_eligible).lower(),)
    values = {
        Group.CPV: search.cpv,
        Group.AREA: search.areas,
        Group.MODE: search.modes,
        Group.MARK: search.marks,
        Group.TARGET_GROUP: search.target_groups,
        Group.TARGET_GROUP_SHARE: search.target_group_shares,
        Group.RESERVED: reserved,
    }
    return {group: wanted for group, wanted in values.items() if wanted}


def filters(search: Search, without: Group | None = None) -> list[str]:
    """Build the filters of a search, all of which must hold; one group can be left out.

    The radius comes last: it is the dearest, and is skipped when nothing is left.
    """
    groups = chosen(search).items()
    built = [condition(search, group, values) for group, values in groups if group != without]
    if search.terms:
        built.append(has_any(search.terms))
    if search.min_capacity_cents is not None:
        enough = f"reliableCapacityCents >= {search.min_capacity_cents}"
        built.append(either(enough, "reliableCapacityCents NOT EXISTS"))
    if search.box is not None:
        built.append(_in_box(search.box))
    if search.near is not None:
        metres = round(search.near.km * 1000)
        built.append(f"_geoRadius({_degrees(search.near.lat, search.near.lon)}, {metres})")
    return built


def doubtful(search: Search, without: Group | None = None) -> str:
    """Build the filter that another offering of the same enterprise might answer as well.

    Of two offerings of one enterprise that answer a search, both meet it (ADR 43).
    """
    wanted = ["alone = false"]
    if search.cpv and without is not Group.CPV:
        wanted.append(any_of("othersLineage", search.cpv))
    if search.modes and without is not Group.MODE:
        wanted.append(any_of("othersModes", search.modes))
    if search.areas and without is not Group.AREA and are_provinces(search.areas):
        wanted.append(any_of("othersReaches", search.areas))
    if search.terms:
        wanted.append(f"({has_any(search.terms, 'othersTerms')})")
    return " AND ".join(wanted)


def are_provinces(areas: Iterable[str]) -> bool:
    """Tell whether documents say of each of the areas whether others reach it."""
    return all(len(area) == PROVINCE_CODE for area in areas)


def about_firms(search: Search, without: Group | None = None) -> bool:
    """Tell whether nothing is asked that differs between the offerings of an enterprise."""
    differing = {Group.CPV, Group.AREA, Group.MODE} - {without}
    offered = differing & chosen(search).keys()
    return not offered and not search.terms and search.min_capacity_cents is None


def listing(
    search: Search, index: str, *, behind: Sequence[str] = (), spare: int = 0
) -> dict[str, Any]:
    """Build the request for a page of enterprises in an order that needs no text.

    With `spare` more, to leave out who was given before. The number of all is asked apart:
    with `limit` the engine stops as soon as the page is full.
    """
    return {
        "indexUid": index,
        "filter": [*filters(search), *behind],
        "offset": (search.page - 1) * search.page_size,
        "limit": min(search.page_size, LARGEST_PAGE) + spare,
        "sort": _sort(search),
        "attributesToRetrieve": ["id", "enterpriseId", "sortName", "updatedAt", "lot", "_geo"],
    }


def paged(body: dict[str, Any]) -> dict[str, Any]:
    """Make of a first page one that tells how many there are in all, exactly."""
    kept = {name: value for name, value in body.items() if name not in {"offset", "limit"}}
    return kept | {"hitsPerPage": body["limit"], "page": 1}


def counting(index: str, wanted: Sequence[str]) -> dict[str, Any]:
    """Build the request that counts enterprises and gives none.

    `hitsPerPage` makes the count exact; with `limit` the engine gives an estimate.
    """
    return {
        "indexUid": index,
        "filter": wanted,
        "hitsPerPage": 0,
        "page": 1,
    }


def _in_box(box: Box) -> str:
    north_east, south_west = _degrees(box.north, box.east), _degrees(box.south, box.west)
    return f"_geoBoundingBox([{north_east}], [{south_west}])"


def _degrees(lat: float, lon: float) -> str:
    """Write a point to 0.1 m; the engine does not read powers of ten such as 1e-05."""
    return f"{lat:.6f}, {lon:.6f}"


def _sort(search: Search) -> list[str]:
    match search.order:
        case Order.NAME:
            return ["sortName:asc", "lot:asc"]
        case Order.UPDATED:
            return ["updatedAt:desc", "lot:asc"]
        case Order.DISTANCE if search.near is not None:
            return [f"_geoPoint({_degrees(search.near.lat, search.near.lon)}):asc"]
        case _:
            return ["lot:asc"]
