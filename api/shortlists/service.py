"""Use cases of shortlists and saved searches. Load, decide, store."""

import asyncio
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from msgspec import UNSET

from api.accounts.service import Actor
from api.audit import service as audit
from api.clock import legal_day, new_id
from api.database import transaction
from api.directory import service as directory
from api.directory.schemas import SearchFilters, SearchOrder, SearchQuery
from api.domain.errors import Fault, InvalidInput, NotFound, RuleViolation
from api.enterprises import queries as enterprises
from api.enterprises import service as profiles
from api.pagination import Page, after, write_cursor
from api.preconditions import ANYHOW, check_state, check_version, state_tag
from api.reference.service import reference
from api.shortlists import queries
from api.shortlists.drafts import (
    Now,
    asked_of,
    entry_detail,
    entry_row,
    lock_row,
    new_search,
    placed,
    refuse_personal_numbers,
    revised,
)
from api.shortlists.queries import Owner
from api.shortlists.schemas import (
    DifferenceOut,
    EntryIn,
    LockEntry,
    LockOut,
    SavedSearchIn,
    SavedSearchOut,
    SavedSearchPatch,
    ShortlistIn,
    ShortlistOut,
    ShortlistPatch,
    ShortlistSummary,
)
from search.settings import settings_hash

LARGEST_LOCK: Final = 1_000
"""Enterprises in a lock: what one question to the index can rank."""


class SearchIsLocked(RuleViolation):
    """A lock is evidence; the search that it froze stays with it."""

    code = "search-is-locked"


class TooManyFound(RuleViolation):
    """More was found than can be frozen in one piece."""

    code = "too-many-found"


def owner_of(actor: Actor) -> Owner:
    """Give whose lists an actor keeps: a key made anew, or a colleague, goes on with them."""
    return Owner(actor.desk, actor.organisation)


async def make(data: ShortlistIn, actor: Actor, now: datetime) -> ShortlistOut:
    """Make an empty shortlist."""
    _refuse_personal_numbers(data)
    owner = owner_of(actor)
    row = msgspec.structs.asdict(data) | {
        "id": new_id(),
        "owner": owner.name,
        "organisation": owner.organisation,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    async with transaction():
        await queries.insert_shortlist(row)
        stated = msgspec.structs.asdict(data)
        await audit.record("shortlist.created", [row["id"]], actor.name, now, **stated)
        return await read(row["id"], actor)


async def own(actor: Actor, cursor: str | None, limit: int) -> Page[ShortlistSummary]:
    """Give the shortlists of the actor's organisation, oldest first."""
    found = await queries.shortlists(owner_of(actor), after(cursor), limit + 1)
    next_cursor = write_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)


async def read(shortlist_id: UUID, actor: Actor) -> ShortlistOut:
    """Give a shortlist with its entries."""
    summary = await _shortlist(shortlist_id, actor)
    entries = await queries.entries(shortlist_id)
    return ShortlistOut(**msgspec.structs.asdict(summary), entries=tuple(entries))


async def change(
    shortlist_id: UUID, patch: ShortlistPatch, version: int | None, actor: Actor, now: datetime
) -> ShortlistOut:
    """Change what a shortlist says of itself."""
    _refuse_personal_numbers(patch)
    async with transaction():
        before = await _locked(shortlist_id, version, actor)

        given = {
            name: one for name, one in msgspec.structs.asdict(patch).items() if one is not UNSET
        }

        if given:
            await queries.update_shortlist(shortlist_id, given)
        await _changed(before, "shortlist.changed", actor, now, **given)
        return await read(shortlist_id, actor)


async def delete(shortlist_id: UUID, version: int | None, actor: Actor, now: datetime) -> None:
    """Delete a shortlist. The audit trail keeps who stood on it, and why."""
    async with transaction():
        before = await _locked(shortlist_id, version, actor)
        entries = await queries.entries(shortlist_id)

        await queries.delete_shortlist(shortlist_id)
        await _record(before, "shortlist.deleted", actor, now, entries=entries)


async def put_entry(
    ids: tuple[UUID, UUID], data: EntryIn, version: int | None, actor: Actor, now: datetime
) -> ShortlistOut:
    """Set an enterprise on a shortlist, or give another reason or place; `ids`: list, firm."""
    refuse_personal_numbers({"/reason": data.reason})
    shortlist_id, enterprise_id = ids
    async with transaction():
        before = await _locked(shortlist_id, version, actor)
        entries = await queries.entries(shortlist_id)
        former = next((one for one in entries if one.enterprise_id == enterprise_id), None)
        if former is None:
            await profiles.read(enterprise_id, legal_day(now))  # raises when unknown or gone

        order = placed(entries, former, enterprise_id, data.position)
        stated = {"reason": data.reason, "author": actor.name, "updated_at": now}

        if former is None:
            await queries.insert_entry(entry_row(ids, stated, now))
        else:
            await queries.update_entry(shortlist_id, enterprise_id, stated)
        await queries.order_entries(shortlist_id, order)
        detail = entry_detail(enterprise_id, former)
        detail |= {"reason": data.reason, "position": order.index(enterprise_id) + 1}
        await _changed(before, "shortlist.entry-set", actor, now, **detail)
        return await read(shortlist_id, actor)


async def remove_entry(
    ids: tuple[UUID, UUID], version: int | None, actor: Actor, now: datetime
) -> None:
    """Take an enterprise off a shortlist; `ids`: list, firm."""
    shortlist_id, enterprise_id = ids
    async with transaction():
        before = await _locked(shortlist_id, version, actor)
        entries = await queries.entries(shortlist_id)
        former = next((one for one in entries if one.enterprise_id == enterprise_id), None)
        if former is None:
            raise NotFound(f"Enterprise {enterprise_id} is not on this shortlist.")

        await queries.delete_entry(shortlist_id, enterprise_id)
        left = [one.enterprise_id for one in entries if one is not former]
        await queries.order_entries(shortlist_id, left)
        detail = entry_detail(enterprise_id, former)
        await _changed(before, "shortlist.entry-removed", actor, now, **detail)


async def save(data: SavedSearchIn, actor: Actor, now: datetime) -> SavedSearchOut:
    """Keep the parameters of a search, checked as the search itself checks them."""
    refuse_personal_numbers({"/name": data.name, "/parameters/q": data.parameters.q})
    await _question(data.parameters, data.sort, now, "/parameters/")
    row = new_search(data, owner_of(actor), now)
    async with transaction():
        await queries.insert_saved_search(row)
        await audit.record("saved-search.created", [row["id"]], actor.name, now, name=data.name)
        return await saved(row["id"], actor)


async def own_searches(actor: Actor, cursor: str | None, limit: int) -> Page[SavedSearchOut]:
    """Give the saved searches of the actor's organisation, oldest first."""
    found = await queries.saved_searches(owner_of(actor), after(cursor), limit + 1)
    next_cursor = write_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)


async def saved(search_id: UUID, actor: Actor) -> SavedSearchOut:
    """Give a saved search with its locks."""
    found = await queries.saved_search(search_id, owner_of(actor))
    if found is None:
        raise NotFound(f"There is no saved search {search_id}.")
    return found


async def revise(
    search_id: UUID, patch: SavedSearchPatch, actor: Actor, now: datetime, *, wanted: str = ANYHOW
) -> SavedSearchOut:
    """Change a saved search; what it asks only while no lock froze a result of it."""
    async with transaction():
        await queries.lock_saved_search(search_id)
        before = await saved(search_id, actor)
        check_state(search_tag(before), wanted)

        after_it, given = revised(before, patch)
        asks_otherwise = asked_of(after_it) != asked_of(before)
        if asks_otherwise:
            _require_unlocked(before)
            await _question(after_it.parameters, after_it.sort, now, "/parameters/")

        if given:
            await queries.update_saved_search(search_id, given)
            await audit.record("saved-search.changed", [search_id], actor.name, now, **given)
        if asks_otherwise:
            await queries.forget_what_was_found(search_id)
        return await saved(search_id, actor)


def search_tag(search: SavedSearchOut) -> str:
    """Give the ETag of a saved search."""
    return state_tag(msgspec.to_builtins(search))


async def forget(search_id: UUID, actor: Actor, now: datetime, *, wanted: str = ANYHOW) -> None:
    """Delete a saved search; one with locks stays."""
    async with transaction():
        await queries.lock_saved_search(search_id)
        found = await saved(search_id, actor)
        check_state(search_tag(found), wanted)
        _require_unlocked(found)

        await queries.delete_saved_search(search_id)
        await audit.record("saved-search.deleted", [search_id], actor.name, now, name=found.name)


async def lock(search_id: UUID, actor: Actor, now: datetime) -> LockOut:
    """Freeze what a saved search finds now: who, in which order, with which facts, and why."""
    search = await saved(search_id, actor)
    found, _ = await _found(search.parameters, search.sort, (), now)

    lock_id = new_id()
    row = {
        "id": lock_id,
        "saved_search": search_id,
        "author": actor.name,
        "locked_at": now,
        "day": legal_day(now),
        "settings_hash": settings_hash(),
    }
    async with transaction():
        await queries.lock_saved_search(search_id)
        await saved(search_id, actor)  # raises when it was deleted while we searched
        await queries.insert_lock(row, [lock_row(lock_id, one) for one in found])
        detail = {"saved_search": str(search_id), "total": len(found)}
        await audit.record("search-lock.created", [lock_id], actor.name, now, **detail)
        return await read_lock(search_id, lock_id, actor)


async def read_lock(search_id: UUID, lock_id: UUID, actor: Actor) -> LockOut:
    """Give a frozen result."""
    search = await saved(search_id, actor)
    summary = next((one for one in search.locks if one.id == lock_id), None)
    if summary is None:
        raise NotFound(f"Saved search {search_id} has no lock {lock_id}.")
    return LockOut(
        **msgspec.structs.asdict(summary),
        saved_search_id=search_id,
        parameters=search.parameters,
        sort=search.sort,
        entries=tuple(await queries.lock_entries(lock_id)),
    )


async def difference(search_id: UUID, lock_id: UUID, actor: Actor, now: datetime) -> DifferenceOut:
    """Tell what a locked search finds otherwise now, and why."""
    locked = await read_lock(search_id, lock_id, actor)
    before = {one.enterprise_id: one for one in locked.entries}
    found, today = await _found(locked.parameters, locked.sort, tuple(before), now)

    here = {one.enterprise_id for one in found}
    searched_otherwise = settings_hash() != locked.settings_hash
    pairs = [(before[one.enterprise_id], one) for one in found if one.enterprise_id in before]
    return DifferenceOut(
        lock_id=lock_id,
        compared_at=now,
        settings_hash=settings_hash(),
        settings_changed=searched_otherwise,
        added=tuple(
            today.added(one, locked, settings_changed=searched_otherwise)
            for one in found
            if one.enterprise_id not in before
        ),
        removed=tuple(
            today.removed(one, settings_changed=searched_otherwise)
            for one in locked.entries
            if one.enterprise_id not in here
        ),
        changed=tuple(
            found_otherwise
            for then, one in pairs
            if (found_otherwise := today.changed(then, one)) is not None
        ),
    )


async def finds(parameters: SearchFilters, sort: SearchOrder, now: datetime) -> list[UUID] | None:
    """Give which enterprises a search finds now; `None`: more than can be compared."""
    found = await directory.look_up(await _question(parameters, sort, now, ""))
    if found.total > LARGEST_LOCK:
        return None
    return [UUID(hit.enterprise_id) for hit in found.hits]


async def _found(
    parameters: SearchFilters, sort: SearchOrder, also: tuple[UUID, ...], now: datetime
) -> tuple[list[LockEntry], Now]:
    """Search, and read who was found with all that is known of them; `also` reads others too."""
    asked = await _question(parameters, sort, now, "")
    found = await directory.look_up(asked)
    if found.total > LARGEST_LOCK:
        detail = f"{found.total} enterprises were found; at most {LARGEST_LOCK} can be locked."
        raise TooManyFound(f"{detail} Narrow the search.")
    search = msgspec.structs.replace(asked.search, terms=found.wording.terms)
    cards = await directory.cards(asked, found, legal_day(now))
    rows = await enterprises.profiles([*{*(card.id for card in cards), *also}])
    known = await reference()

    def said() -> tuple[list[LockEntry], Now]:
        today = Now(rows, legal_day(now), known)
        return [today.entry(n, card, search) for n, card in enumerate(cards, start=1)], today

    return await asyncio.to_thread(said)


async def _question(
    parameters: SearchFilters, sort: SearchOrder, now: datetime, place: str
) -> directory.Question:
    """Check parameters as a search does; faults are placed in the body that gave them."""
    wanted = SearchQuery(filters=parameters, sort=sort, limit=LARGEST_LOCK)
    try:
        return await directory.question(wanted, legal_day(now))
    except InvalidInput as error:
        faults = [Fault(one.code, one.detail, f"{place}{one.place}") for one in error.faults]
        raise InvalidInput(*faults) from error


def _require_unlocked(search: SavedSearchOut) -> None:
    if search.locks:
        raise SearchIsLocked(f"{len(search.locks)} locks froze results of this search.")


async def _shortlist(
    shortlist_id: UUID, actor: Actor, *, lock_row: bool = False
) -> ShortlistSummary:
    found = await queries.shortlist(shortlist_id, owner_of(actor), lock=lock_row)
    if found is None:
        raise NotFound(f"There is no shortlist {shortlist_id}.")
    return found


async def _locked(shortlist_id: UUID, version: int | None, actor: Actor) -> ShortlistSummary:
    found = await _shortlist(shortlist_id, actor, lock_row=True)
    check_version(found.version, version)
    return found


async def _changed(
    before: ShortlistSummary, action: str, actor: Actor, now: datetime, **detail: object
) -> None:
    values = {"version": before.version + 1, "updated_at": now}
    await queries.update_shortlist(before.id, values)
    await _record(before, action, actor, now, **detail)


async def _record(
    before: ShortlistSummary, action: str, actor: Actor, now: datetime, **detail: object
) -> None:
    await audit.record(action, [before.id], actor.name, now, **detail)


def _refuse_personal_numbers(data: ShortlistIn | ShortlistPatch) -> None:
    texts = msgspec.structs.asdict(data).items()
    refuse_personal_numbers({f"/{name}": text for name, text in texts if text is not UNSET})
