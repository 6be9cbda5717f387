"""Pages that anybody may see: start, find, profile."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.datastructures import MultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.auth import current_actor, signed_in
from api.clock import legal_day
from api.contacts import service as contacts
from api.contacts.schemas import ContactOut, Purpose, RevealIn
from api.directory import service as directory
from api.directory.schemas import (
    EnterpriseCard,
    FacetName,
    SearchFilters,
    SearchPage,
    SearchQuery,
)
from api.domain.errors import Fault, InvalidInput, InvalidValue
from api.domain.tendering.coverage import Covers
from api.domain.values import parse_cpv
from api.enterprises import service as enterprises
from api.enterprises.schemas import OfferingOut
from api.exports.drafts import linked
from api.marks import service as marks
from api.pages import atlas, rendering
from api.pages.atlas import Marker
from api.pages.forms import Form
from api.pages.wording import mark_label
from api.reference.service import Reference, reference
from api.settings import settings

PAGE_SIZE: Final = 20
SEVERAL: Final = ("cpv", "serviceMode", "targetGroup", "mark")
ONE: Final = (
    *("q", "municipality", "province", "minCapacityCents", "reservedEligible"),
    *("near", "radiusKm", "bbox", "includeNational"),
)
"""What the form asks, and after it what only an address can: of a saved search, or typed."""
FACETS: Final = (
    FacetName.PROVINCE,
    FacetName.SERVICE_MODE,
    FacetName.MARK,
    FacetName.TARGET_GROUP,
    FacetName.RESERVED_ELIGIBLE,
)
MUNICIPALITY_PREFIX: Final = "GM"


class Choice(msgspec.Struct, frozen=True):
    """A value of a facet."""

    value: str
    label: str
    count: int
    chosen: bool


class Advice(msgspec.Struct, frozen=True):
    """A wider search that does find something."""

    kind: str
    count: int
    address: str


@get("/", include_in_schema=False)
async def start(request: Request[Any, Any, Any], now: NamedDependency[datetime]) -> Template:
    """Welcome whoever comes, and let them search at once."""
    found = await directory.search(SearchQuery(limit=1), legal_day(now))
    return rendering.page(request, "start.html", total=found.total)


@post("/taal", include_in_schema=False)
async def choose_language(request: Request[Any, Any, Any]) -> Redirect:
    """Remember the language, and go back to the page."""
    form = await request.form()
    cookie = rendering.language_cookie(str(form.get("taal")))
    return rendering.see(rendering.local(form.get("terug")), cookie)


@get("/zoeken", include_in_schema=False)
async def find(request: Request[Any, Any, Any], now: NamedDependency[datetime]) -> Template:
    """Search the directory: what is asked stands in the address, so that it can be shared."""
    params = request.query_params
    known = await reference()
    asked, faults = asked_in(params)
    today = legal_day(now)
    number = _page_number(params)
    try:
        found = None if faults else await directory.search(_query(asked, number), today)
    except InvalidInput as error:
        found, faults = None, error.faults
    context = {
        "asked": asked,
        "typed": {name: params.get(name, "") for name in ("q", "municipality")},
        "faults": faults,
        "found": found,
        "number": number,
        "pages": 0 if found is None else -(-found.total // PAGE_SIZE),
        "filters": msgspec.to_builtins(asked),
        "address": lambda **changes: _address(asked, **changes),
    }
    if found is not None:
        context |= await _around(request, asked, found, known, today)
    status = 400 if faults else 200
    return rendering.page(request, "find.html", status=status, **(_EMPTY | context))


_EMPTY: Final[dict[str, Any]] = {
    "facets": {},
    "markers": (),
    "outlines": (),
    "advice": (),
    "nearby": None,
    "cpv_labels": {},
    "mark_names": {},
    "tiles": None,
    "tiles_source": "",
}


async def _around(
    request: Request[Any, Any, Any],
    asked: SearchFilters,
    found: SearchPage,
    known: Reference,
    today: date,
) -> dict[str, Any]:
    """Give what stands around the list: facets, map, and help where little was found."""
    names = await mark_names()
    return {
        "facets": _facets(request, asked, found, known, names),
        "markers": _markers(found.items, known),
        "outlines": atlas.outlines(),
        "advice": await _advice(asked, today) if found.total == 0 else (),
        "nearby": _from_elsewhere(found),
        "cpv_labels": {code: known.cpv_label(code) for code in asked.cpv},
        "mark_names": names,
        "tiles": settings().tile_url,
        "tiles_source": settings().tile_attribution,
    }


@get("/ondernemingen/{enterprise_id:uuid}", include_in_schema=False)
async def profile(
    request: Request[Any, Any, Any], enterprise_id: FromPath[UUID], now: NamedDependency[datetime]
) -> Template:
    """Show a profile."""
    return await _profile(request, enterprise_id, now, None)


@post("/ondernemingen/{enterprise_id:uuid}/contact", include_in_schema=False, guards=[signed_in])
async def contact(
    request: Request[Any, Any, Any], enterprise_id: FromPath[UUID], now: NamedDependency[datetime]
) -> Template:
    """Tell how an enterprise can be reached, for a purpose; it leaves a trace (ADR 24)."""
    form = await Form.of(request)
    purpose = form.build(RevealIn, purpose=form.text("purpose")).purpose
    told = await contacts.reveal(enterprise_id, purpose, current_actor(request), now)
    return await _profile(request, enterprise_id, now, told)


async def _profile(
    request: Request[Any, Any, Any], enterprise_id: UUID, now: datetime, told: ContactOut | None
) -> Template:
    today = legal_day(now)
    found = await enterprises.read(enterprise_id, today)
    known = await reference()
    as_data = msgspec.json.encode(linked(found, known)).decode()
    codes = {code for one in found.offerings for code in one.cpv_codes}
    return rendering.page(
        request,
        "profile.html",
        firm=found,
        # Nothing in it can end the element that holds it.
        linked=as_data.replace("<", "\\u003c"),
        area=known.area_name,
        cpv_labels={code: known.cpv_label(code) for code in codes},
        told=told,
        purposes=tuple(Purpose),
        mark_names=await mark_names(),
        outlines=atlas.outlines(),
        reach=_reach(found.offerings, known),
        today=today,
    )


async def mark_names() -> dict[str, str]:
    """Give the name of every kind of mark."""
    return {one.code: one.name for one in await marks.schemes()}


def _reach(offerings: Sequence[OfferingOut], known: Reference) -> dict[str, str]:
    """Tell per province how far the offerings reach it, at best."""
    reaches = [known.geography.reach(one.coverage) for one in offerings]
    order = (Covers.FULL, Covers.PARTIAL, Covers.NO)
    return {
        one.code: min(
            (reach.covers(one.code) for reach in reaches), key=order.index, default=Covers.NO
        )
        for one in atlas.outlines()
    }


def asked_in(params: MultiDict[Any]) -> tuple[SearchFilters, tuple[Fault, ...]]:
    """Read the filters from an address; what is unknown there is not ours."""
    given: dict[str, Any] = {name: params[name] for name in ONE if params.get(name, "").strip()}
    given |= {name: tuple(params.getall(name)) for name in SEVERAL if name in params}
    given["cpv"] = tuple(_plain_code(one) for one in given.get("cpv", ()) if one)
    try:
        return msgspec.convert(given, SearchFilters, strict=False), ()
    except msgspec.ValidationError as error:
        fault = Fault("invalid-value", str(error), _place(str(error)))
        return SearchFilters(), (fault,)


def _plain_code(text: str) -> str:
    try:
        return parse_cpv(text)
    except InvalidValue:
        return text


def _place(message: str) -> str:
    return message.rpartition("`$.")[2].rstrip("`") if "`$." in message else ""


def _page_number(params: MultiDict[Any]) -> int:
    text = params.get("pagina", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1  # noqa: PLR2004  digits


def _query(asked: SearchFilters, number: int) -> SearchQuery:
    return SearchQuery(filters=asked, facets=FACETS, page=number, limit=PAGE_SIZE)


def _address(asked: SearchFilters, **changes: Any) -> str:  # noqa: ANN401  values of an address
    """Give the address of this search with some filters changed; empty ones fall out."""
    given = msgspec.to_builtins(asked) | changes
    said = {name: "false" if value is False else value for name, value in given.items()}
    return "/zoeken" + rendering.query(**said)


def _facets(
    request: Request[Any, Any, Any],
    asked: SearchFilters,
    found: SearchPage,
    known: Reference,
    names: dict[str, str],
) -> dict[str, list[Choice]]:
    t = rendering.language_of(request)
    labels: dict[str, Callable[[str], str]] = {
        "province": known.area_name,
        "serviceMode": lambda code: t.label("mode", code),
        "targetGroup": lambda code: t.label("group", code),
        "mark": lambda code: mark_label(code, names, t("mark.step")),
    }
    chosen: dict[str, set[Any]] = {
        "province": {asked.province},
        "serviceMode": set(asked.service_mode),
        "targetGroup": set(asked.target_group),
        "mark": set(asked.mark),
    }
    return {
        name: [
            Choice(value, label(value), count, value in chosen[name])
            for value, count in found.facets.get(name, {}).items()
            if count or value in chosen[name]
        ]
        for name, label in labels.items()
    } | {"reservedEligible": _reserved(asked, found)}


def _reserved(asked: SearchFilters, found: SearchPage) -> list[Choice]:
    count = found.facets.get("reservedEligible", {}).get("true", 0)
    chosen = asked.reserved_eligible is True
    return [Choice("true", "", count, chosen)] if count or chosen else []


def _markers(cards: Iterable[EnterpriseCard], known: Reference) -> list[Marker]:
    """Group the enterprises of a page by municipality."""
    there: dict[str, list[tuple[str, str]]] = {}
    for card in cards:
        code = card.municipality
        if code is not None and code in known.geography.municipalities:
            there.setdefault(code, []).append((f"/ondernemingen/{card.id}", card.name))
    places = known.geography.municipalities
    return [
        atlas.marker(places[code].name, places[code].centre, one) for code, one in there.items()
    ]


def _from_elsewhere(found: SearchPage) -> str | None:
    """Give the municipality asked for, where nobody found sits in it but all come to it."""
    codes = [area.code for area in found.areas]
    whole = 0 < found.total <= PAGE_SIZE and len(codes) == 1
    if not whole or not codes[0].startswith(MUNICIPALITY_PREFIX):
        return None
    inside = any(card.municipality == codes[0] for card in found.items)
    return None if inside else found.areas[0].name


async def _advice(asked: SearchFilters, today: date) -> Sequence[Advice]:
    """Try wider searches, and tell which of them find something."""
    wider: dict[str, dict[str, Any]] = {
        "marks": {"mark": (), "reserved_eligible": None},
        "filters": {"mark": (), "reserved_eligible": None, "service_mode": (), "target_group": ()},
        "place": {"municipality": None, "province": None},
        "words": {"q": None},
    }
    tried: list[Advice] = []
    for kind, changes in wider.items():
        other = msgspec.structs.replace(asked, **changes)
        if other != asked and (count := await _count(other, today)):
            tried.append(Advice(kind, count, _address(other)))
    return tried


async def _count(filters: SearchFilters, today: date) -> int:
    found = await directory.search(SearchQuery(filters=filters, limit=1), today)
    return found.total
