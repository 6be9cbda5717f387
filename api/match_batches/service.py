"""Use cases of match batches: take one in, work it off, tell how far it is."""

import asyncio
import gc
import logging
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from asyncpg import PostgresError

from api import clock
from api.accounts.service import Actor, OrganisationKind, is_shown
from api.audit import service as audit
from api.candidates.drafts import Marks
from api.database import AWAY, Row, as_json, session_lock, transaction
from api.domain.errors import DomainError, NotFound, Unavailable
from api.domain.matching.fingerprint import Written
from api.match_batches import queries
from api.match_batches.drafts import Shared, batched, by_category, divisions, grouped, together
from api.match_batches.queries import Batch
from api.match_batches.schemas import MatchBatchOut
from api.matches import queries as match_rows
from api.matches import service as matching
from api.matches.schemas import MatchRequest
from api.matches.service import Answer, Question
from api.pagination import Page, after, write_cursor
from api.tenders import service as tenders

logger = logging.getLogger(__name__)

PART: Final = 20
"""Lots that are stored together, and done again when a worker is killed."""
BEHIND: Final = 2
"""Parts that are decided and not stored yet, at most."""
ASKED: Final = 160
"""Lots whose terms are read together; of a category this large, firms are read again."""
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


class _Group:
    """Lots of a category, and all who may do any of them: read once, whatever is asked of them."""

    def __init__(
        self, asked: list[Question], found: tuple[list[Row], Marks], published: int
    ) -> None:
        self.asked = asked
        self.published = published
        self._found = found

    def decided(self, asked: Sequence[Question]) -> list[Answer]:
        """Decide some of the lots; in a thread, for what it takes."""
        shared, written = self._shared
        answers: list[Answer] = []
        for one in asked:
            firms = shared.of(one.sought)
            own_print = matching.print_of(one, firms, written)
            answers.append(matching.answered(one, firms, own_print))
        return answers

    @cached_property
    def _shared(self) -> tuple[Shared, Written]:
        return Shared(*self._found), Written()


async def _worked_off(batch: Batch) -> None:
    """Go on after the last noted run.

    A part is decided while those before it are stored and, towards the end of a category, the
    next is read: the database and this process then work at the same time, each on a core of
    its own. No more than one category is read ahead, for that is what takes memory (ADR 54).
    """
    actor = Actor(batch.author, frozenset(), batch.organisation)
    groups = _groups(batch.lots[len(batch.runs) :], batch.criteria, actor)
    coming = asyncio.create_task(anext(groups, None))
    stores = _Stores(batch.id, actor)
    try:
        while (group := await coming) is not None:
            parts = list(batched(group.asked, PART))
            for place, part in enumerate(parts):
                if place == max(0, len(parts) - 2):
                    coming = asyncio.create_task(anext(groups, None))
                ready = await asyncio.to_thread(group.decided, part)
                await stores.add(ready, group.published)
    finally:
        coming.cancel()
        await _ended([coming, *stores.open])
    await stores.done()


async def _ended(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Wait for what was begun; the first fault of a chain tells all that its followers would."""
    await asyncio.wait(tasks)
    for one in tasks:
        if not one.cancelled():
            one.exception()


class _Stores:
    """Stores parts in their order, while the next are decided; a few may wait for it."""

    def __init__(self, batch_id: UUID, actor: Actor) -> None:
        self.open: deque[asyncio.Task[None]] = deque()
        self._batch_id = batch_id
        self._actor = actor

    async def add(self, answers: Sequence[Answer], published: int) -> None:
        """Store a part behind those that are being stored; wait while that are too many."""
        if len(self.open) == BEHIND:
            await self.open.popleft()
        before = self.open[-1] if self.open else None
        self.open.append(asyncio.create_task(self._stored(answers, published, before)))

    async def done(self) -> None:
        """Wait until all is stored; raises what kept it from being so."""
        for one in self.open:
            await one

    async def _stored(
        self, answers: Sequence[Answer], published: int, before: asyncio.Task[None] | None
    ) -> None:
        if before is not None:
            await before
        async with transaction():
            made = await matching.store(answers, published, self._actor, clock.now())
            await queries.add_runs(self._batch_id, made)


async def _groups(
    lots: Sequence[UUID], request: MatchRequest, actor: Actor
) -> AsyncIterator[_Group]:
    """Read what lots ask, many at once, and then category by category who may do them."""
    for some in batched(lots, ASKED):
        asked = await matching.questions(some, request, actor, clock.now())
        for places in grouped([divisions(one.lot) for one in asked]):
            own = [asked[place] for place in places]
            found = await match_rows.candidate_rows(together([one.sought for one in own]))
            yield _Group(own, found, await match_rows.published_count())


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector still for a batch: it makes millions of values and no cycles.

    Searching them for garbage again and again took a tenth of the time, and so did the one
    search when it was let loose between two parts.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
