"""Use cases of rule books: write a version, publish it, give it back."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from api.accounts.service import SYSTEM, Actor, OrganisationKind
from api.audit import service as audit
from api.clock import new_id
from api.database import as_json, lock, transaction
from api.domain.errors import InvalidInput, NotFound, RuleViolation, Unavailable
from api.domain.social_return.entries import FourEyes
from api.domain.social_return.rule_book import RuleBook
from api.domain.social_return.rule_book_checks import shelf_faults
from api.pagination import Page, after, write_cursor
from api.problems import AccessDenied
from api.rule_books import queries
from api.rule_books.queries import KeptBook
from api.rule_books.schemas import RuleBookCard, RuleBookOut

RuleBookReader = Callable[[str], RuleBook]
"""Reads a file into a book, or raises every fault with its line."""
_LOCK: Final = "rule-book-shelf"
_MOST_HELD: Final = 200
_held: dict[UUID, RuleBook] = {}
"""Published versions that this process has read; the oldest goes first."""


def no_reader(_: str) -> RuleBook:
    """Stand in where the application was composed without a reader of files."""
    raise Unavailable("No reader of rule books was composed into this service.")


class RuleBookPublished(RuleViolation):
    """A published version never changes; a correction is a new version."""

    code = "rule-book-published"


class SeriesTaken(RuleViolation):
    """A series of rule books belongs to whoever wrote its first version."""

    code = "rule-book-series-taken"


class WrongOrganisation(AccessDenied):
    """The key acts for no organisation, or for one that stands on another side."""

    code = "wrong-organisation"


async def write(text: str, reader: RuleBookReader, actor: Actor, now: datetime) -> RuleBookOut:
    """Keep a draft; a draft of the same version is replaced."""
    owner = _owner(actor)
    book = await asyncio.to_thread(reader, text)
    async with transaction():
        await lock(_LOCK)
        series = await queries.series(book.id)

        same = _replaceable(series, book, owner)

        columns = _columns(book, text) | {"author": actor.identity, "created_at": now}
        version_id = new_id() if same is None else same.id
        if same is None:
            unpublished = {"published_by": None, "published_at": None}
            row = {"id": version_id, "organisation": owner} | columns | unpublished
            await queries.insert([row])
        else:
            await queries.update(version_id, columns)
        await audit.record("rule-book.written", [version_id], actor.name, now)
        return _out(await _existing(version_id))


async def publish(version_id: UUID, actor: Actor, now: datetime) -> RuleBookOut:
    """Publish a draft that somebody else wrote, if it can stand on the shelf."""
    owner = _owner(actor)
    async with transaction():
        await lock(_LOCK)
        draft = await queries.locked(version_id)
        others = await queries.shelf(owner)

        if draft is None or not _may_see(draft, actor):
            raise NotFound(f"There is no rule book {version_id}.")
        _check_publication(draft, [one.book for one in others], actor)

        values = {"published_by": actor.identity, "published_at": now}
        await queries.update(version_id, values)
        await audit.record("rule-book.published", [version_id], actor.name, now)
        return _out(await _existing(version_id))


async def store_shipped(books: Iterable[tuple[RuleBook, str]], now: datetime) -> int:
    """Publish the books that come with the product, where they are not yet; gives how many."""
    async with transaction():
        await lock(_LOCK)
        present = {(one.book.id, one.book.version) for one in await queries.shelf(None)}
        rows = [
            _columns(book, text)
            | {"id": new_id(), "organisation": None, "author": SYSTEM.name, "created_at": now}
            | {"published_by": SYSTEM.name, "published_at": now}
            for book, text in books
            if (book.id, book.version) not in present
        ]
        await queries.insert(rows)
        await audit.record("rule-book.shipped", [row["id"] for row in rows], SYSTEM.name, now)
    return len(rows)


async def read(version_id: UUID) -> RuleBookOut:
    """Give a published version."""
    found = await queries.version(version_id)
    if found is None or found.published_at is None:
        raise NotFound(f"There is no rule book {version_id}.")
    return _out(found)


async def published(cursor: str | None, limit: int) -> Page[RuleBookCard]:
    """List published versions, the last added first."""
    found = await queries.published(after(cursor), limit + 1)
    next_cursor = write_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(_card(one) for one in found[:limit]), next_cursor=next_cursor)


async def drafts(cursor: str | None, limit: int, actor: Actor) -> Page[RuleBookOut]:
    """List the drafts of the own organisation, the last written first."""
    if actor.organisation is None:
        raise WrongOrganisation("This key acts for no organisation.")
    found = await queries.drafts(actor.organisation, after(cursor), limit + 1)
    next_cursor = write_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(_out(one) for one in found[:limit]), next_cursor=next_cursor)


async def shelf(organisation_id: UUID) -> list[KeptBook]:
    """Give what an authority chooses from: shipped books, the platform's, and its own."""
    return await queries.shelf(organisation_id)


async def book(version_id: UUID) -> RuleBook:
    """Give the rules of a published version; it never changes, so it is read once a process."""
    if version_id not in _held:
        if len(_held) >= _MOST_HELD:
            _held.pop(next(iter(_held)))
        _held[version_id] = (await read(version_id)).book
    return _held[version_id]


def _owner(actor: Actor) -> UUID:
    if actor.organisation is None or actor.kind not in _WRITERS:
        raise WrongOrganisation("Rule books are kept by authorities and by the platform.")
    return actor.organisation


_WRITERS: Final = frozenset({OrganisationKind.AUTHORITY, OrganisationKind.PLATFORM})


def _replaceable(series: list[KeptBook], book: RuleBook, owner: UUID) -> KeptBook | None:
    """Find the draft that a new text replaces; refuse what may not be written."""
    if any(one.organisation != owner for one in series):
        raise SeriesTaken(f"The series {book.id!r} belongs to another organisation.")
    same = next((one for one in series if one.book.version == book.version), None)
    if same is not None and same.published_at is not None:
        raise RuleBookPublished(f"{book.id} {book.version} is published: write a new version.")
    return same


def _check_publication(draft: KeptBook, shelf: list[RuleBook], actor: Actor) -> None:
    book = draft.book
    if draft.published_at is not None:
        raise RuleBookPublished(f"{book.id} {book.version} is published already.")
    if draft.author == actor.identity:
        raise FourEyes("Who wrote a rule book does not publish it.")
    faults = [fault for other in shelf for fault in shelf_faults((other, book))]
    if faults:
        raise InvalidInput(*faults)


def _may_see(kept: KeptBook, actor: Actor) -> bool:
    return actor.kind is OrganisationKind.PLATFORM or kept.organisation == actor.organisation


async def _existing(version_id: UUID) -> KeptBook:
    found = await queries.version(version_id)
    if found is None:
        raise NotFound(f"There is no rule book {version_id}.")
    return found


def _columns(book: RuleBook, text: str) -> dict[str, Any]:
    return {
        "book_id": book.id,
        "version": book.version,
        "content": as_json(book),
        "source_text": text,
    }


def _card(kept: KeptBook) -> RuleBookCard:
    return RuleBookCard(
        id=kept.id,
        book_id=kept.book.id,
        version=kept.book.version,
        name=kept.book.name,
        source_kind=kept.book.source_kind,
        organisation_id=kept.organisation,
        state="draft" if kept.published_at is None else "published",
        published_at=kept.published_at,
    )


def _out(kept: KeptBook) -> RuleBookOut:
    card = _card(kept)
    shared = {name: getattr(card, name) for name in RuleBookCard.__struct_fields__}
    return RuleBookOut(**shared, book=kept.book)
