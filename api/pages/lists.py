"""Shortlists of the own organisation: who stands on them, and why."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.auth import current_actor, needs
from api.clock import legal_day
from api.enterprises import service as enterprises
from api.pages import files
from api.pages.authors import author_names
from api.pages.forms import Form
from api.pages.rendering import id_in, language_of, page, query, see
from api.shortlists import service as shortlists
from api.shortlists.schemas import EntryIn, ShortlistIn, ShortlistOut, ShortlistPatch

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
READ: Final[dict[str, Any]] = {"include_in_schema": False, "guards": [needs("shortlists:read")]}
WRITE: Final[dict[str, Any]] = READ | {"guards": [needs("shortlists:write")]}
SHOWN: Final = 50
LIST: Final = "/shortlists/{list_id:uuid}"
ENTRY: Final = LIST + "/ondernemingen/{enterprise_id:uuid}"
ADD: Final = "/ondernemingen/{enterprise_id:uuid}/shortlist"
NEW: Final = "nieuw"
"""What the form sends where a new list is to be made."""


@get("/shortlists", **READ)
async def list_lists(request: Caller) -> Response[Any]:
    """List the shortlists, with a form for a new one."""
    return await _lists(request, Form())


async def _lists(request: Caller, form: Form) -> Response[Any]:
    found = await shortlists.own(current_actor(request), request.query_params.get("cursor"), SHOWN)
    return page(
        request, "shortlists.html", status=400 if form.faults else 200, found=found, form=form
    )


@post("/shortlists", **WRITE)
async def make(request: Caller, now: Now) -> Response[Any]:
    """Make an empty shortlist."""
    form = await Form.of(request)
    with form.noting():
        made = await shortlists.make(_new(form), current_actor(request), now)
        return see(f"/shortlists/{made.id}")
    return await _lists(request, form)


def _new(form: Form) -> ShortlistIn:
    return form.build(
        ShortlistIn,
        name=form.text("name"),
        department=form.text("department"),
        purpose=form.text("purpose"),
    )


@get(LIST, **READ)
async def show(request: Caller, list_id: FromPath[UUID]) -> Response[Any]:
    """Show a shortlist with everybody's reason."""
    return await _list(request, list_id, Form())


async def _list(request: Caller, list_id: UUID, form: Form) -> Response[Any]:
    found = await shortlists.read(list_id, current_actor(request))
    stands = Form.filled(name=found.name, department=found.department, purpose=found.purpose)
    form.given = stands.given | form.given
    status = 400 if form.faults else 200
    author = await author_names(request)
    return page(request, "shortlist.html", status=status, found=found, form=form, author=author)


@post(LIST, **WRITE)
async def change(request: Caller, list_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Change what a shortlist says of itself."""
    form = await Form.of(request)
    with form.noting():
        patch = form.build(
            ShortlistPatch,
            name=form.text("name"),
            department=form.text("department"),
            purpose=form.text("purpose"),
        )
        version = form.whole("version")
        await shortlists.change(list_id, patch, version, current_actor(request), now)
        return see(f"/shortlists/{list_id}" + query(gedaan="bewaard"))
    return await _list(request, list_id, form)


@post(LIST + "/weg", **WRITE)
async def delete(request: Caller, list_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Delete a shortlist; the audit trail keeps who stood on it."""
    form = await Form.of(request)
    with form.noting():
        await shortlists.delete(list_id, form.whole("version"), current_actor(request), now)
        return see("/shortlists" + query(gedaan="weg"))
    return await _list(request, list_id, form)


@post(ENTRY, **WRITE)
async def put_entry(
    request: Caller, list_id: FromPath[UUID], enterprise_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Give another reason, or another place in the list."""
    form, actor = await Form.of(request), current_actor(request)
    with form.noting():
        given = form.build(EntryIn, reason=form.text("reason"), position=form.whole("position"))
        ids, version = (list_id, enterprise_id), form.whole("version")
        await shortlists.put_entry(ids, given, version, actor, now)
        return see(f"/shortlists/{list_id}" + query(gedaan="bewaard"))
    form.rename({name: f"{name}-{enterprise_id}" for name in ("reason", "position")})
    form.given["firm"] = [str(enterprise_id)]
    return await _list(request, list_id, form)


@post(ENTRY + "/weg", **WRITE)
async def remove_entry(
    request: Caller, list_id: FromPath[UUID], enterprise_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Take an enterprise off a shortlist."""
    form, actor = await Form.of(request), current_actor(request)
    with form.noting():
        version = form.whole("version")
        await shortlists.remove_entry((list_id, enterprise_id), version, actor, now)
        return see(f"/shortlists/{list_id}" + query(gedaan="eraf"))
    return await _list(request, list_id, form)


@get(ADD, **WRITE)
async def ask_entry(request: Caller, enterprise_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Ask on which shortlist an enterprise goes, and why."""
    return await _adding(request, enterprise_id, Form(), now)


async def _adding(request: Caller, enterprise_id: UUID, form: Form, now: datetime) -> Response[Any]:
    found = await shortlists.own(current_actor(request), None, SHOWN)
    return page(
        request,
        "shortlist_add.html",
        status=400 if form.faults else 200,
        firm=await enterprises.read(enterprise_id, legal_day(now)),
        lists=found.items,
        form=form,
        new=NEW,
    )


@post(ADD, **WRITE)
async def add_entry(request: Caller, enterprise_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Set an enterprise on a shortlist, a new one where that is asked."""
    form, actor = await Form.of(request), current_actor(request)
    form.needs("list", "reason", *(("name", "department") if form.text("list") == NEW else ()))
    with form.noting():
        if form.faults:
            return await _adding(request, enterprise_id, form, now)
        given = form.build(EntryIn, reason=form.text("reason"))
        await enterprises.read(enterprise_id, legal_day(now))  # before a list is made for it
        kept = await _chosen(form, request, now)
        await shortlists.put_entry((kept.id, enterprise_id), given, kept.version, actor, now)
        return see(f"/shortlists/{kept.id}" + query(gedaan="erbij"))
    return await _adding(request, enterprise_id, form, now)


async def _chosen(form: Form, request: Caller, now: datetime) -> ShortlistOut:
    actor = current_actor(request)
    if form.text("list") == NEW:
        return await shortlists.make(_new(form), actor, now)
    return await shortlists.read(id_in(form.text("list")), actor)


@get(LIST + "/bestand/{kind:str}", **READ)
async def take_along(
    request: Caller, list_id: FromPath[UUID], kind: FromPath[str]
) -> Response[bytes]:
    """Give a shortlist as a file."""
    t = language_of(request)
    found = await shortlists.read(list_id, current_actor(request))
    author = await author_names(request)
    head = [t(f"shortlists.{name}") for name in ("place", "firm", "kvk", "town", "reason")]
    rows = [
        (
            one.position,
            one.name,
            one.kvk_number,
            one.town,
            one.reason,
            author(one.author),
            one.added_at,
        )
        for one in found.entries
    ]
    return files.table(
        kind, f"shortlist-{list_id}", [*head, t("runs.by"), t("shortlists.on")], rows
    )


HANDLERS: Final[tuple[Any, ...]] = (
    list_lists,
    make,
    show,
    change,
    delete,
    put_entry,
    remove_entry,
    ask_entry,
    add_entry,
    take_along,
)
