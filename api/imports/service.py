"""Use cases of imports: take a list in, work it off, tell what became of it (ADR 21)."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from asyncpg import PostgresError

from api import clock
from api.accounts import service as accounts
from api.accounts.service import Actor, OrganisationKind
from api.audit import service as audit
from api.database import AWAY, apart, session_lock, transaction
from api.domain.errors import (
    DomainError,
    Fault,
    Gone,
    InvalidInput,
    NotFound,
    Unavailable,
)
from api.domain.tendering.notice import Rejected
from api.enterprises import queries as profiles
from api.enterprises import service as enterprises
from api.enterprises.drafts import Draft, StoreState, drafted
from api.enterprises.service import NotTheOwner
from api.imports import queries
from api.imports.drafts import (
    BatchReport,
    Chosen,
    ImportFinished,
    ImportNotFinished,
    ListReader,
    NotATable,
    NotUndoable,
    Reading,
    Row,
    Seen,
    batch_report,
    batches,
    double_finding,
    finding,
    source_name,
)
from api.imports.queries import Job
from api.imports.schemas import (
    GroupedError,
    ImportMode,
    ImportOut,
    ImportRequest,
    ListForm,
    Severity,
    UndoneOut,
)
from api.pagination import Page, after, read_position, write_cursor
from api.preconditions import ANYHOW, check_state, state_tag
from api.reference.service import Reference, reference

logger = logging.getLogger(__name__)

IDLE_SECONDS: Final = 1.0
LONGEST_PAUSE: Final = 30.0
KEPT: Final = timedelta(days=30)
"""How long the file of a finished job is kept."""
MOST_ATTEMPTS: Final = 5
"""Without a batch stored in between: a file that brings workers down is left alone."""


class Prepared(msgspec.Struct, frozen=True):
    """A batch that was read and checked."""

    rows: tuple[Row, ...]
    drafts: tuple[Draft | tuple[Fault, ...], ...]
    rejected: tuple[Rejected, ...]


class _Undone(Exception):
    """Everything was done, and is to be undone."""


class _TakenOver(Exception):
    """The job was cancelled, or another worker took it up."""


async def submit(
    asked: ImportRequest, reader: ListReader, actor: Actor, now: datetime
) -> ImportOut:
    """Take a list in; a worker takes it up. A faulty mapping is refused at once."""
    if actor.kind is OrganisationKind.ENTERPRISE:
        raise NotTheOwner("An enterprise keeps its own profile; it imports no lists.")
    chosen = Chosen(asked.form, asked.mapping_name, asked.mapping)
    source = await asyncio.to_thread(source_name, asked, reader, chosen)
    columns = {name: getattr(asked, name) for name in ("form", "mode", "dry_run", "content")}
    columns |= {"mapping_name": asked.mapping_name, "mapping": asked.mapping, "source": source}
    job_id = clock.new_id()
    async with transaction():
        await queries.forget_files(now - KEPT)
        await queries.insert(queries.job_row(job_id, columns, actor, now))
        await audit.record("import.submitted", [job_id], actor.name, now)
        return await read(job_id, actor)


async def read(job_id: UUID, actor: Actor) -> ImportOut:
    """Tell how far a job is."""
    found = await queries.card(job_id, _own(actor))
    if found is None:
        raise NotFound(f"There is no import {job_id}.")
    return found


async def imports(cursor: str | None, limit: int, actor: Actor) -> Page[ImportOut]:
    """List the jobs of the own organisation, the last added first."""
    found = await queries.cards(after(cursor), limit + 1, _own(actor))
    items = tuple(found[:limit])
    following = write_cursor(items[-1].id) if len(found) > limit else None
    return Page(items=items, next_cursor=following)


def tag(job: ImportOut) -> str:
    """Give the ETag of a job: of its state alone, since it gets on from one look to the next."""
    return state_tag(job.id, job.state)


async def cancel(job_id: UUID, actor: Actor, now: datetime, *, wanted: str = ANYHOW) -> None:
    """End a job. Batches that were stored in skip mode stay; the one under way is undone."""
    async with transaction():
        await read(job_id, actor)
        held = await queries.held(job_id)
        check_state(state_tag(job_id, held.state), wanted)
        if held.state not in {"queued", "running"}:
            raise ImportFinished(f"Import {job_id} is {held.state}.")
        await queries.finish(job_id, "cancelled", (), now)
        await audit.record("import.cancelled", [job_id], actor.name, now)


async def undo(job_id: UUID, actor: Actor, now: datetime) -> UndoneOut:
    """Take back the profiles that an import made, but for those that people worked on since."""
    async with transaction():
        job = await read(job_id, actor)
        if job.finished_at is None or job.dry_run or job.undone_at is not None:
            raise NotUndoable("An import is undone once, when it has ended, and was no dry run.")

        made = await queries.made(job_id)
        taken_back = await profiles.take_back(made, now)
        await queries.note_undone(job_id, now)
        await audit.record("import.undone", [job_id], actor.name, now)
        await enterprises.announce("enterprise.withdrawn", taken_back, actor, now)
        kept = len(made) - len(taken_back)
        return UndoneOut(withdrawn=len(taken_back), kept=kept, updated=job.rows_updated)


async def errors(job_id: UUID, cursor: str | None, limit: int, actor: Actor) -> Page[GroupedError]:
    """List what was found, equal findings together, in the order of the list."""
    await read(job_id, actor)
    position = None if cursor is None else read_position(cursor)
    rows = await queries.grouped_errors(job_id, position, limit + 1)
    items = tuple(queries.as_grouped(row) for row in rows[:limit])
    following = write_cursor(rows[limit - 1]["place"]) if len(rows) > limit else None
    return Page(items=items, next_cursor=following)


async def annotated(job_id: UUID, reader: ListReader, actor: Actor) -> tuple[bytes, ListForm]:
    """Give the file back, with what became of each row and why beside it."""
    job = await read(job_id, actor)
    if job.form is ListForm.JSON_LINES:
        raise NotATable("JSON lines have no columns; see the errors of the import.")
    if job.finished_at is None:
        raise ImportNotFinished(f"Import {job_id} is {job.state}.")
    kept = await queries.file_of(job_id)
    if kept["content"] is None:
        raise Gone(f"The file of import {job_id} was dropped {KEPT.days} days after it ended.")
    chosen = Chosen(job.form, kept["mapping_name"], kept["mapping"])
    notes = await queries.notes(job_id)
    return await asyncio.to_thread(reader.annotated, kept["content"], chosen, notes), job.form


async def work_forever(reader: ListReader) -> None:
    """Work jobs off until cancelled. A database that is down delays, and loses nothing."""
    pause = IDLE_SECONDS
    while True:
        try:
            worked = await work_once(reader)
        except (Unavailable, PostgresError, *AWAY) as error:
            pause = min(2 * pause, LONGEST_PAUSE)
            logger.warning("imports wait: %s; next try in %.0f s", error, pause)
            worked = False
        else:
            pause = IDLE_SECONDS
        await asyncio.sleep(0.0 if worked else pause)


async def work_once(reader: ListReader) -> bool:
    """Work the oldest free job off; tell whether there was one.

    The lock belongs to the connection: when this process dies, the job is free again.
    """
    for job_id in await queries.open_jobs():
        async with session_lock(f"import {job_id}") as free:
            job = await _claimed(job_id) if free else None
            if job is not None:
                await _settled(job, reader)
                return True
    return False


async def _claimed(job_id: UUID) -> Job | None:
    async with transaction():
        job = await queries.claim(job_id, clock.now())
        if job is None or job.attempt <= MOST_ATTEMPTS + await queries.batches_done(job_id):
            return job
        detail = f"The import was begun {job.attempt - 1} times and never came to its end."
        await queries.finish(job_id, "failed", [Fault("import-abandoned", detail)], clock.now())
        return None


async def _settled(job: Job, reader: ListReader) -> None:
    try:
        await _worked_off(job, reader)
    except _TakenOver:
        logger.info("import %s was cancelled or taken over", job.id)
    except InvalidInput as error:
        await _failed(job, error.faults)
    except (Unavailable, PostgresError, *AWAY):
        raise
    except DomainError as error:
        await _failed(job, (Fault(error.code, error.detail),))
    except Exception:
        logger.exception("import %s met a fault of ours", job.id)
        await _failed(job, (Fault("internal-error", "The server failed to read this list."),))


async def _worked_off(job: Job, reader: ListReader) -> None:
    known = await reference()
    reading = await asyncio.to_thread(reader.read, job.content, job.chosen, known)
    if job.mode is ImportMode.SKIP and not job.dry_run:
        await _batch_by_batch(job, reading)
    else:
        await _all_or_nothing(job, reading)


async def _batch_by_batch(job: Job, reading: Reading) -> None:
    """Store batch by batch; what is noted with a batch tells where to go on after a kill."""
    actor, seen = await _actor(job), Seen()
    number = await queries.batches_done(job.id)
    async with aclosing(prepared(reading, seen, number)) as parts:
        async for part in parts:
            number += 1
            async with transaction():
                await _still_ours(job)
                report = await stored(part, job.source, actor, clock.now())
                await _note(job, number, report)
    async with transaction():
        await _still_ours(job)
        await _note_whole(job, reading, seen)
        await queries.finish(job.id, "done", (), clock.now())


async def _all_or_nothing(job: Job, reading: Reading) -> None:
    """Store all in one transaction. What is noted goes beside it, for whoever looks meanwhile."""
    async with transaction():
        await _still_ours(job)
        await queries.forget_report(job.id)
    faults: list[Fault] = []
    try:
        async with transaction():
            rejected = await _stored_in_one(job, reading)
            if rejected and job.mode is ImportMode.ATOMIC:
                detail = f"{rejected} rows were rejected, so no row was stored."
                faults.append(Fault("rows-rejected", detail))
            await _still_ours(job)
            _keep(kept=not faults and not job.dry_run)
            await queries.finish(job.id, "done", (), clock.now())
    except _Undone:
        await _closed(job, "failed" if faults else "done", faults)


def _keep(*, kept: bool) -> None:
    """Undo all that the open transaction did, unless it is to be kept."""
    if not kept:
        raise _Undone


async def _stored_in_one(job: Job, reading: Reading) -> int:
    actor, seen = await _actor(job), Seen()
    number = rejected = 0
    async with aclosing(prepared(reading, seen)) as parts:
        async for part in parts:
            number += 1
            report = await stored(part, job.source, actor, clock.now())
            rejected += report.counts[StoreState.REJECTED]
            await apart(_noted(job, number, report))
    await apart(_noted_whole(job, reading, seen))
    return rejected


async def prepared(reading: Reading, seen: Seen, skip: int = 0) -> AsyncGenerator[Prepared, None]:
    """Read and check a list batch by batch, one ahead; `skip`: batches that are stored already."""
    known = await reference()
    parts = _checked(reading, seen, known, skip)
    ahead = asyncio.create_task(asyncio.to_thread(next, parts, None))
    try:
        while (ready := await ahead) is not None:
            ahead = asyncio.create_task(asyncio.to_thread(next, parts, None))
            yield ready
    finally:
        await asyncio.gather(ahead, return_exceptions=True)


async def stored(part: Prepared, source: str, actor: Actor, now: datetime) -> BatchReport:
    """Store a batch in one transaction."""
    records = [row.enterprise for row in part.rows]
    outcomes = await enterprises.store_drafts(records, part.drafts, source, actor, now)
    return batch_report(part.rows, outcomes, part.rejected)


def _checked(reading: Reading, seen: Seen, known: Reference, skip: int) -> Iterator[Prepared]:
    for number, batch in enumerate(batches(reading.rows)):
        rows, later = seen.firsts(batch)
        if number >= skip:
            drafts = tuple(drafted(row.enterprise, known) for row in rows)
            unread = [one for one in batch if isinstance(one, Rejected)]
            yield Prepared(tuple(rows), drafts, (*unread, *later))


async def _still_ours(job: Job) -> None:
    held = await queries.held(job.id)
    if (held.state, held.attempt) != ("running", job.attempt):
        raise _TakenOver


async def _noted(job: Job, number: int, report: BatchReport) -> None:
    async with transaction():
        await _still_ours(job)
        await _note(job, number, report)


async def _note(job: Job, number: int, report: BatchReport) -> None:
    await queries.note_batch(job.id, number, report)
    await queries.note_findings(job.id, [finding(*one) for one in report.faults])


async def _noted_whole(job: Job, reading: Reading, seen: Seen) -> None:
    async with transaction():
        await _still_ours(job)
        await _note_whole(job, reading, seen)


async def _note_whole(job: Job, reading: Reading, seen: Seen) -> None:
    about_file = [finding(Severity.WARNING, one) for one in reading.warnings]
    doubles = [double_finding(one) for one in seen.doubles.found()]
    await queries.note_findings(job.id, [*about_file, *doubles])


async def _failed(job: Job, faults: Iterable[Fault]) -> None:
    try:
        await _closed(job, "failed", list(faults))
    except _TakenOver:
        logger.info("import %s was cancelled or taken over", job.id)


async def _closed(job: Job, state: str, faults: list[Fault]) -> None:
    async with transaction():
        await _still_ours(job)
        await queries.finish(job.id, state, faults, clock.now())


async def _actor(job: Job) -> Actor:
    """Give whoever sent the list in: what they may is asked at that moment only."""
    organisation = job.organisation
    record = None if organisation is None else await accounts.organisation(organisation)
    kind = None if record is None else record.kind
    return Actor(job.author, frozenset(), organisation, kind, person=job.person)


def _own(actor: Actor) -> UUID | None:
    """Give the organisation whose jobs an actor sees; the platform sees all."""
    return None if actor.kind is OrganisationKind.PLATFORM else actor.organisation
