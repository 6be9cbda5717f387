"""Shortlists, saved searches and locks over HTTP; each organisation sees its own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.auth import SECURITY, current_actor, needs
from api.pagination import Cursor, Limit, Page
from api.preconditions import IfMatch, documented, etag, wanted_state, wanted_version
from api.problems import answers
from api.shortlists import service
from api.shortlists.schemas import (
    DifferenceOut,
    EntryIn,
    LockOut,
    SavedSearchIn,
    SavedSearchOut,
    SavedSearchPatch,
    ShortlistIn,
    ShortlistOut,
    ShortlistPatch,
    ShortlistSummary,
)

ETAG = [documented("ETag", "Version of the shortlist, entries included.")]
SEARCH_ETAG = documented("ETag", "Of the saved search, locks included.")
READ: dict[str, Any] = {"guards": [needs("shortlists:read")], "security": SECURITY}
WRITE: dict[str, Any] = {"guards": [needs("shortlists:write")], "security": SECURITY}
Caller = Request[Any, Any, Any]


@post(
    "/shortlists",
    operation_id="createShortlist",
    summary="Make a shortlist",
    responses=answers(400, 401, 403, 413),
    response_headers=[*ETAG, documented("Location", "The new shortlist.")],
    **WRITE,
)
async def create_shortlist(
    request: Caller, data: JSONBody[ShortlistIn], now: NamedDependency[datetime]
) -> Response[ShortlistOut]:
    """Make an empty shortlist for a department."""
    made = await service.make(data, current_actor(request), now)
    headers = {"ETag": etag(made.version), "Location": f"/v1/shortlists/{made.id}"}
    return Response(made, status_code=201, headers=headers)


@get(
    "/shortlists",
    operation_id="listShortlists",
    summary="List the own shortlists",
    responses=answers(400, 401, 403),
    **READ,
)
async def list_shortlists(
    request: Caller, cursor: Cursor = None, limit: Limit = 20
) -> Page[ShortlistSummary]:
    """List the shortlists of the own organisation, oldest first."""
    return await service.own(current_actor(request), cursor, limit)


@get(
    "/shortlists/{shortlist_id:uuid}",
    operation_id="getShortlist",
    summary="Read a shortlist",
    responses=answers(400, 401, 403, 404),
    response_headers=ETAG,
    **READ,
)
async def get_shortlist(request: Caller, shortlist_id: FromPath[UUID]) -> Response[ShortlistOut]:
    """Read a shortlist with its entries, those that left the directory included."""
    return _with_etag(await service.read(shortlist_id, current_actor(request)))


@patch(
    "/shortlists/{shortlist_id:uuid}",
    operation_id="changeShortlist",
    summary="Change a shortlist",
    responses=answers(400, 401, 403, 404, 412, 413, 428),
    response_headers=ETAG,
    **WRITE,
)
async def change_shortlist(
    request: Caller,
    shortlist_id: FromPath[UUID],
    data: JSONBody[ShortlistPatch],
    if_match: IfMatch,
    now: NamedDependency[datetime],
) -> Response[ShortlistOut]:
    """Change name, department or purpose; the entries stay as they are."""
    version, actor = wanted_version(if_match), current_actor(request)
    return _with_etag(await service.change(shortlist_id, data, version, actor, now))


@delete(
    "/shortlists/{shortlist_id:uuid}",
    operation_id="deleteShortlist",
    summary="Delete a shortlist",
    responses=answers(400, 401, 403, 404, 412, 428),
    **WRITE,
)
async def delete_shortlist(
    request: Caller, shortlist_id: FromPath[UUID], if_match: IfMatch, now: NamedDependency[datetime]
) -> None:
    """Delete a shortlist; the audit trail keeps who stood on it, and why."""
    version, actor = wanted_version(if_match), current_actor(request)
    await service.delete(shortlist_id, version, actor, now)


@put(
    "/shortlists/{shortlist_id:uuid}/entries/{enterprise_id:uuid}",
    operation_id="putShortlistEntry",
    summary="Set an enterprise on a shortlist",
    responses=answers(400, 401, 403, 404, 409, 410, 412, 413, 428),
    response_headers=ETAG,
    **WRITE,
)
async def put_shortlist_entry(
    request: Caller,
    shortlist_id: FromPath[UUID],
    enterprise_id: FromPath[UUID],
    data: JSONBody[EntryIn],
    if_match: IfMatch,
    now: NamedDependency[datetime],
) -> Response[ShortlistOut]:
    """Set an enterprise on a shortlist, or give another reason or place; answers the list."""
    version, ids = wanted_version(if_match), (shortlist_id, enterprise_id)
    return _with_etag(await service.put_entry(ids, data, version, current_actor(request), now))


@delete(
    "/shortlists/{shortlist_id:uuid}/entries/{enterprise_id:uuid}",
    operation_id="removeShortlistEntry",
    summary="Take an enterprise off a shortlist",
    responses=answers(400, 401, 403, 404, 412, 428),
    **WRITE,
)
async def remove_shortlist_entry(
    request: Caller,
    shortlist_id: FromPath[UUID],
    enterprise_id: FromPath[UUID],
    if_match: IfMatch,
    now: NamedDependency[datetime],
) -> None:
    """Take an enterprise off a shortlist; the audit trail keeps the reason."""
    version, ids = wanted_version(if_match), (shortlist_id, enterprise_id)
    await service.remove_entry(ids, version, current_actor(request), now)


@post(
    "/saved-searches",
    operation_id="saveSearch",
    summary="Keep a search",
    responses=answers(400, 401, 403, 413),
    response_headers=[SEARCH_ETAG, documented("Location", "The saved search.")],
    **WRITE,
)
async def save_search(
    request: Caller, data: JSONBody[SavedSearchIn], now: NamedDependency[datetime]
) -> Response[SavedSearchOut]:
    """Keep the parameters of a search of the directory."""
    made = await service.save(data, current_actor(request), now)
    headers = {"ETag": service.search_tag(made), "Location": f"/v1/saved-searches/{made.id}"}
    return Response(made, status_code=201, headers=headers)


@get(
    "/saved-searches",
    operation_id="listSavedSearches",
    summary="List the own saved searches",
    responses=answers(400, 401, 403),
    **READ,
)
async def list_saved_searches(
    request: Caller, cursor: Cursor = None, limit: Limit = 20
) -> Page[SavedSearchOut]:
    """List the saved searches of the own organisation, oldest first."""
    return await service.own_searches(current_actor(request), cursor, limit)


@get(
    "/saved-searches/{search_id:uuid}",
    operation_id="getSavedSearch",
    summary="Read a saved search",
    responses=answers(400, 401, 403, 404),
    response_headers=[SEARCH_ETAG],
    **READ,
)
async def get_saved_search(request: Caller, search_id: FromPath[UUID]) -> Response[SavedSearchOut]:
    """Read a saved search, with its locks in short."""
    found = await service.saved(search_id, current_actor(request))
    return Response(found, headers={"ETag": service.search_tag(found)})


@patch(
    "/saved-searches/{search_id:uuid}",
    operation_id="changeSavedSearch",
    summary="Change a saved search",
    responses=answers(400, 401, 403, 404, 409, 412, 413, 428),
    response_headers=[SEARCH_ETAG],
    **WRITE,
)
async def change_saved_search(
    request: Caller,
    search_id: FromPath[UUID],
    data: JSONBody[SavedSearchPatch],
    if_match: IfMatch,
    now: NamedDependency[datetime],
) -> Response[SavedSearchOut]:
    """Change name or alerts, or, while it has no locks, parameters or sort."""
    wanted, actor = wanted_state(if_match), current_actor(request)
    found = await service.revise(search_id, data, actor, now, wanted=wanted)
    return Response(found, headers={"ETag": service.search_tag(found)})


@delete(
    "/saved-searches/{search_id:uuid}",
    operation_id="deleteSavedSearch",
    summary="Delete a saved search",
    responses=answers(400, 401, 403, 404, 409, 412, 428),
    **WRITE,
)
async def delete_saved_search(
    request: Caller, search_id: FromPath[UUID], if_match: IfMatch, now: NamedDependency[datetime]
) -> None:
    """Delete a saved search; one with locks stays, since locks are evidence."""
    wanted, actor = wanted_state(if_match), current_actor(request)
    await service.forget(search_id, actor, now, wanted=wanted)


@post(
    "/saved-searches/{search_id:uuid}/locks",
    operation_id="lockSearch",
    summary="Freeze the result of a search",
    responses=answers(400, 401, 403, 404, 409, 503),
    response_headers=[documented("Location", "The frozen result.")],
    **WRITE,
)
async def lock_search(
    request: Caller, search_id: FromPath[UUID], now: NamedDependency[datetime]
) -> Response[LockOut]:
    """Freeze who is found now, in which order, with which facts, and why; at most 1,000."""
    made = await service.lock(search_id, current_actor(request), now)
    headers = {"Location": f"/v1/saved-searches/{search_id}/locks/{made.id}"}
    return Response(made, status_code=201, headers=headers)


@get(
    "/saved-searches/{search_id:uuid}/locks/{lock_id:uuid}",
    operation_id="getSearchLock",
    summary="Read a frozen result",
    responses=answers(400, 401, 403, 404),
    **READ,
)
async def get_search_lock(
    request: Caller, search_id: FromPath[UUID], lock_id: FromPath[UUID]
) -> LockOut:
    """Read a frozen result with the facts of that moment; it never changes."""
    return await service.read_lock(search_id, lock_id, current_actor(request))


@get(
    "/saved-searches/{search_id:uuid}/locks/{lock_id:uuid}/difference",
    operation_id="compareSearchLock",
    summary="Compare a frozen result with now",
    responses=answers(400, 401, 403, 404, 409, 503),
    **READ,
)
async def compare_search_lock(
    request: Caller,
    search_id: FromPath[UUID],
    lock_id: FromPath[UUID],
    now: NamedDependency[datetime],
) -> DifferenceOut:
    """Tell who came, who went and what changed since the lock, each with its causes."""
    return await service.difference(search_id, lock_id, current_actor(request), now)


def _with_etag(shortlist: ShortlistOut) -> Response[ShortlistOut]:
    return Response(shortlist, headers={"ETag": etag(shortlist.version)})


router = Router(
    "/",
    route_handlers=[
        create_shortlist,
        list_shortlists,
        get_shortlist,
        change_shortlist,
        delete_shortlist,
        put_shortlist_entry,
        remove_shortlist_entry,
        save_search,
        list_saved_searches,
        get_saved_search,
        change_saved_search,
        delete_saved_search,
        lock_search,
        get_search_lock,
        compare_search_lock,
    ],
    tags=["Shortlists"],
)
