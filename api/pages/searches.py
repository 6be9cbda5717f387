"""Saved searches: kept from the find page, told about, frozen, and compared with now."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.auth import current_actor, needs
from api.pages import files
from api.pages.authors import author_names
from api.pages.finding import asked_in, mark_names
from api.pages.forms import Form
from api.pages.rendering import language_of, page, query, see
from api.reference.service import reference
from api.shortlists import service as shortlists
from api.shortlists.schemas import Alerts, SavedSearchIn, SavedSearchPatch

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
READ: Final[dict[str, Any]] = {"include_in_schema": False, "guards": [needs("shortlists:read")]}
WRITE: Final[dict[str, Any]] = READ | {"guards": [needs("shortlists:write")]}
SHOWN: Final = 50
ONE: Final = "/zoekvragen/{search_id:uuid}"
LOCK: Final = ONE + "/vastgezet/{lock_id:uuid}"


async def _known(request: Caller) -> dict[str, Any]:
    """Give what is needed to say a search in words, and to open it again."""
    known = await reference()
    return {
        "area": known.area_name,
        "cpv_label": known.cpv_label,
        "mark_names": await mark_names(),
        "find": lambda asked: "/zoeken" + query(**msgspec.to_builtins(asked)),
        "alerts": tuple(Alerts),
        "author": await author_names(request),
    }


@get("/zoekvragen", **READ)
async def list_searches(request: Caller) -> Response[Any]:
    """List the saved searches, with how often their changes are told."""
    cursor = request.query_params.get("cursor")
    found = await shortlists.own_searches(current_actor(request), cursor, SHOWN)
    return page(request, "searches.html", found=found, **await _known(request))


@get("/zoekvragen/nieuw", **WRITE)
async def ask_search(request: Caller) -> Response[Any]:
    """Ask how a search is called; what is searched stands in the address."""
    return await _asking(request, Form())


async def _asking(request: Caller, form: Form) -> Response[Any]:
    asked, faults = asked_in(request.query_params)
    form.faults += faults
    status = 400 if form.faults else 200
    said = query(**msgspec.to_builtins(asked))
    return page(
        request,
        "search_form.html",
        status=status,
        asked=asked,
        said=said,
        form=form,
        **await _known(request),
    )


@post("/zoekvragen/nieuw", **WRITE)
async def save(request: Caller, now: Now) -> Response[Any]:
    """Keep a search."""
    form = await Form.of(request)
    with form.noting():
        asked, _ = asked_in(request.query_params)
        given = form.build(
            SavedSearchIn,
            name=form.text("name"),
            parameters=msgspec.to_builtins(asked),
            alerts=form.text("alerts") or Alerts.OFF,
        )
        made = await shortlists.save(given, current_actor(request), now)
        return see(f"/zoekvragen/{made.id}" + query(gedaan="bewaard"))
    return await _asking(request, form)


@get(ONE, **READ)
async def show(request: Caller, search_id: FromPath[UUID]) -> Response[Any]:
    """Show a saved search with its frozen results."""
    return await _search(request, search_id, Form())


async def _search(request: Caller, search_id: UUID, form: Form) -> Response[Any]:
    found = await shortlists.saved(search_id, current_actor(request))
    form.given = Form.filled(name=found.name, alerts=found.alerts).given | form.given
    status = 400 if form.faults else 200
    return page(
        request, "search.html", status=status, found=found, form=form, **await _known(request)
    )


@post(ONE, **WRITE)
async def change(request: Caller, search_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Change the name of a search, or how often its changes are told."""
    form = await Form.of(request)
    with form.noting():
        patch = form.build(SavedSearchPatch, name=form.text("name"), alerts=form.text("alerts"))
        await shortlists.revise(search_id, patch, current_actor(request), now)
        return see(f"/zoekvragen/{search_id}" + query(gedaan="bewaard"))
    return await _search(request, search_id, form)


@post(ONE + "/weg", **WRITE)
async def forget(request: Caller, search_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Delete a search; one with frozen results stays."""
    form = Form()
    with form.noting():
        await shortlists.forget(search_id, current_actor(request), now)
        return see("/zoekvragen" + query(gedaan="weg"))
    return await _search(request, search_id, form)


@post(ONE + "/vastzetten", **WRITE)
async def lock(request: Caller, search_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Freeze what a search finds now."""
    form = Form()
    with form.noting():
        made = await shortlists.lock(search_id, current_actor(request), now)
        return see(f"/zoekvragen/{search_id}/vastgezet/{made.id}")
    return await _search(request, search_id, form)


@get(LOCK, **READ)
async def show_lock(
    request: Caller, search_id: FromPath[UUID], lock_id: FromPath[UUID]
) -> Response[Any]:
    """Show a frozen result."""
    actor = current_actor(request)
    return page(
        request,
        "search_lock.html",
        search=await shortlists.saved(search_id, actor),
        found=await shortlists.read_lock(search_id, lock_id, actor),
        **await _known(request),
    )


@get(LOCK + "/verschil", **READ)
async def compare(
    request: Caller, search_id: FromPath[UUID], lock_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Tell who came, who went and what changed since a result was frozen, and why."""
    actor = current_actor(request)
    return page(
        request,
        "search_difference.html",
        search=await shortlists.saved(search_id, actor),
        lock=await shortlists.read_lock(search_id, lock_id, actor),
        found=await shortlists.difference(search_id, lock_id, actor, now),
        **await _known(request),
    )


@get(LOCK + "/bestand/{kind:str}", **READ)
async def take_along(
    request: Caller, search_id: FromPath[UUID], lock_id: FromPath[UUID], kind: FromPath[str]
) -> Response[bytes]:
    """Give a frozen result as a file."""
    t = language_of(request)
    found = await shortlists.read_lock(search_id, lock_id, current_actor(request))
    head = [t(f"shortlists.{name}") for name in ("place", "firm", "kvk", "town", "offering")]
    rows = [
        (
            one.rank,
            one.card.name,
            one.card.kvk_number,
            one.card.town,
            one.card.offering.title if one.card.offering else None,
        )
        for one in found.entries
    ]
    return files.table(kind, f"zoekvraag-{lock_id}", head, rows)


HANDLERS: Final[tuple[Any, ...]] = (
    list_searches,
    ask_search,
    save,
    show,
    change,
    forget,
    lock,
    show_lock,
    compare,
    take_along,
)
