"""Use cases of match batches: take one in, work it off, tell how far it is."""

import asyncio
import gc
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from asyncpg import PostgresError

from api import clock
from api.accounts.service import Actor, OrganisationKind, is_shown
from api.audit import service as audit
from api.database import AWAY, Row, as_json, session_lock, transaction
from api.domain.errors import DomainError, NotFound, Unavailable
from api.domain.matching.fingerprint import Written
from api.match_batches import queries
from api.match_batches.drafts import Shared, by_category, divisions, grouped, together
from api.match_batches.queries import Batch
from api.match_batches.schemas import MatchBatchOut
from api.matches import queries as match_rows
from api.matches import service as matching
from api.matches.drafts import Marks
from api.matches.schemas import MatchRequest
from api.matches.service import Answer, Question
from api.pagination import Page, after, write_cursor
from api.tenders import service as tenders

logger = logging.getLogger(__name__)

CHUNK: Final = 40
"""Lots that are stored together, and done again when a worker is killed."""
IDLE_SECONDS: Final = 1.0
LONGEST_PAUSE: Final = 30.0


async def submit(
    tender_id: UUID, request: MatchRequest, actor: Actor, now: datetime
) -> MatchBatchOut:
    """Take in that every active lot of a tender is to be matched; a worker does so."""
    await matching.check_marks(request)
    tender = await tenders.tender(tender_id)
    batch_id = clock.new_id()
    row = {
        "id": batch_id,
        "tender": tender_id,
        "organisation": actor.organisation,
        "state": "queued",
        "criteria": as_json(request),
        "lots": by_category(lot for lot in tender.lots if lot.status == "active"),
        "runs": [],
        "fault": None,
        "author": actor.name,
        "created_at": now,
        "finished_at": None,
    }
    async with transaction():
        await queries.insert(row)
        await audit.record("match-batch.submitted", [tender_id], actor.name, now)
        return await read(batch_id, actor)


async def read(batch_id: UUID, actor: Actor) -> MatchBatchOut:
    """Tell how far a batch is; another organisation's does not exist."""
    found = await queries.card(batch_id)
    if found is None or not is_shown(found[1], actor):
        raise NotFound(f"There is no match batch {batch_id}.")
    return found[0]


async def batches(cursor: str | None, limit: int, actor: Actor) -> Page[MatchBatchOut]:
    """List the batches of the own organisation, the last added first."""
    everybodys = actor.kind is OrganisationKind.PLATFORM
    asked = (actor.organisation, after(cursor), limit + 1)
    found = await queries.cards(*asked, everybodys=everybodys)
    next_cursor = write_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)


async def work_forever() -> None:
    """Work batches off until cancelled. A database that is down delays, and loses nothing."""
    pause = IDLE_SECONDS
    while True:
        try:
            worked = await work_once()
        except (Unavailable, PostgresError, *AWAY) as error:
            pause = min(2 * pause, LONGEST_PAUSE)
            logger.warning("match batches wait: %s; next try in %.0f s", error, pause)
            worked = False
        else:
            pause = IDLE_SECONDS
        await asyncio.sleep(0.0 if worked else pause)


async def work_once() -> bool:
    """Work the oldest free batch off; tell whether there was one.

    The lock belongs to the connection: when this process dies, the batch is free again, and
    goes on after the last lot that was noted. A lot matched twice on the same facts is one run.
    """
    for batch_id in await queries.open_batches():
        async with session_lock(f"match batch {batch_id}") as free:
            batch = await queries.claim(batch_id) if free else None
            if batch is not None:
                await _settled(batch)
                return True
    return False


async def _settled(batch: Batch) -> None:
    try:
        with _uncollected():
            await _worked_off(batch)
    except (Unavailable, PostgresError, *AWAY):
        raise
    except DomainError as error:
        await queries.finish(batch.id, "failed", error.detail, clock.now())
    except Exception:
        logger.exception("match batch %s met a fault of ours", batch.id)
        await queries.finish(batch.id, "failed", "The server failed at this lot.", clock.now())
    else:
        await queries.finish(batch.id, "done", None, clock.now())


class _Group(msgspec.Struct, frozen=True):
    """Lots of a category, with the rows of all who may do any of them."""

    asked: list[Question]
    rows: list[Row]
    marks: Marks


class _Chunk(msgspec.Struct, frozen=True):
    """All that is read for lots that are stored together."""

    groups: list[_Group]
    published: int


async def _worked_off(batch: Batch) -> None:
    """Go on after the last noted run.

    A chunk is decided while the one before it is stored and the one after it is read: the
    database and this process then work at the same time, each on a core of its own.
    """
    actor = Actor(batch.author, frozenset(), batch.organisation)
    left = batch.lots[len(batch.runs) :]
    chunks = [left[start : start + CHUNK] for start in range(0, len(left), CHUNK)]
    ready: list[Answer] = []
    published = 0
    reading = asyncio.create_task(_read(chunks[:1], batch.criteria, actor))
    try:
        for place in range(1, len(chunks) + 1):
            storing = asyncio.create_task(_stored(batch.id, ready, published, actor))
            try:
                chunk = await reading
                following = _read(chunks[place : place + 1], batch.criteria, actor)
                reading = asyncio.create_task(following)
                ready = await asyncio.to_thread(_decided, chunk)
            finally:
                await storing
            published = chunk.published
        await _stored(batch.id, ready, published, actor)
    finally:
        reading.cancel()
        await asyncio.wait([reading])


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector still for a batch: a chunk makes a million values and no cycles.

    Searching them for garbage again and again took a tenth of the time, and so did the one
    search when it was let loose between two chunks.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


async def _stored(batch_id: UUID, answers: Sequence[Answer], published: int, actor: Actor) -> None:
    if not answers:
        return
    async with transaction():
        made = await matching.store(answers, published, actor, clock.now())
        await queries.add_runs(batch_id, made)


async def _read(chunks: Sequence[Sequence[UUID]], request: MatchRequest, actor: Actor) -> _Chunk:
    """Read a chunk, if there is one left; the candidates of a category are read once."""
    groups: list[_Group] = []
    for lots in chunks:
        asked = await matching.questions(lots, request, actor, clock.now())
        for places in grouped([divisions(one.lot) for one in asked]):
            own = [asked[place] for place in places]
            found = await match_rows.candidate_rows(together([one.sought for one in own]))
            groups.append(_Group(own, *found))
    return _Chunk(groups, await match_rows.published_count() if groups else 0)


def _decided(chunk: _Chunk) -> list[Answer]:
    found: list[Answer] = []
    for group in chunk.groups:
        shared, written = Shared(group.rows, group.marks), Written()
        for one in group.asked:
            firms = shared.of(one.sought)
            found.append(matching.answered(one, firms, matching.print_of(one, firms, written)))
    return found
