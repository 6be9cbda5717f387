"""Use cases of exports: choose as a search does, then read in batches; nothing is held whole."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from typing import IO, Any, Final
from uuid import UUID

import msgspec

from api.directory import service as directory
from api.directory.schemas import SearchFilters, SearchOrder, SearchQuery
from api.domain.errors import Fault, Gone, InvalidInput, Unavailable
from api.enterprises import queries as enterprises
from api.enterprises import service as profiles
from api.enterprises.schemas import EnterpriseOut, as_out
from api.exports import queries
from api.exports.drafts import (
    COLUMNS,
    Row,
    cells,
    csv_head,
    csv_lines,
    features,
    json_lines,
    linked,
    row_of,
)
from api.exports.queries import Place
from api.exports.schemas import ChangePage
from api.pagination import read_cursor, write_cursor
from api.reference.service import Reference, reference
from search.dutch import analyser
from search.query import Search

BATCH: Final = 500
"""Enterprises that are in memory at once."""
MOST_BY_TEXT: Final = 10_000
"""Enterprises that an export of a text search can hold; filters alone have no limit."""
INDEX_PAGE: Final = 1_000
TRIES: Final = 3
CHUNK_BYTES: Final = 64 * 1024
_workbooks: Final = asyncio.Semaphore(2)
"""A workbook keeps a core busy for as long as it is made."""


class FeedRestarted(Gone):
    """The database was moved to another cluster; places in its former feed mean nothing here."""

    code = "feed-restarted"


class Selection(msgspec.Struct, frozen=True):
    """What to export, checked; and where the feed stood before anything was read."""

    search: Search
    found_by_text: tuple[UUID, ...] | None
    today: date
    known: Reference
    feed_cursor: str


async def choose(filters: SearchFilters, today: date) -> Selection:
    """Check the filters as a search does, and ask the index where they hold a text."""
    newest = await queries.newest(await queries.cluster())
    wanted = SearchQuery(filters=filters, sort=SearchOrder.NAME, limit=INDEX_PAGE)
    asked = await directory.question(wanted, today)
    by_text = bool(analyser().query_tokens(asked.text))
    return Selection(
        search=asked.search,
        found_by_text=await _found_by_text(asked) if by_text else None,
        today=today,
        known=await reference(),
        feed_cursor=write_cursor(newest),
    )


async def csv_file(selection: Selection) -> AsyncIterator[bytes]:
    """Write a CSV file for a Dutch Excel."""
    yield csv_head()
    async for lines in _made(selection, csv_lines):
        yield lines


async def json_lines_file(selection: Selection) -> AsyncIterator[bytes]:
    """Write one profile a line."""
    async for batch in _profiles(selection):
        yield await asyncio.to_thread(json_lines, batch)


async def geojson_file(selection: Selection) -> AsyncIterator[bytes]:
    """Write a GeoJSON FeatureCollection (RFC 7946)."""
    opening = b'{"type":"FeatureCollection","features":[\n'
    async for several in _made(selection, features):
        yield opening + several
        opening = b",\n"
    yield b"\n]}\n" if opening == b",\n" else opening + b"]}\n"


async def xlsx_file(selection: Selection) -> AsyncIterator[bytes]:
    """Write a workbook, on disk first: its table of contents comes last."""
    async with _workbooks:
        with tempfile.TemporaryFile() as file:
            await _write_workbook(selection, file)
            file.seek(0)
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


async def linked_profile(enterprise_id: UUID, today: date) -> dict[str, Any]:
    """Give a profile as JSON-LD in the words of schema.org."""
    found = await profiles.read(enterprise_id, today)
    return linked(found, await reference())


async def feed(cursor: str | None, limit: int) -> ChangePage:
    """Give the changes after a cursor, of which the order is final (ADR 19)."""
    cluster = await queries.cluster()
    start = Place(cluster) if cursor is None else read_cursor(cursor, Place)
    if start.cluster != cluster:
        detail = "The feed started anew on another database cluster; read it from the beginning."
        raise FeedRestarted(detail)
    found = await queries.changes(start, limit + 1)
    shown = found[:limit]
    end = shown[-1][0] if shown else start
    return ChangePage(
        items=tuple(change for _, change in shown),
        next_cursor=write_cursor(end),
        has_more=len(found) > limit,
    )


async def _found_by_text(asked: directory.Question) -> tuple[UUID, ...]:
    """Read from the index who answers a text; again when it changed underway."""
    for _ in range(TRIES):
        ids, total = await _walked(asked)
        if len(ids) == total:
            return tuple(sorted(ids))
    raise Unavailable("The index changed while it was read; try again.")


async def _walked(asked: directory.Question) -> tuple[set[UUID], int]:
    ids: set[UUID] = set()
    page = 0
    while True:
        page += 1
        search = msgspec.structs.replace(asked.search, page=page)
        found = await directory.look_up(directory.Question(search, asked.text))
        if found.total > MOST_BY_TEXT:
            detail = f"{found.total} enterprises answer the text; at most {MOST_BY_TEXT} can go"
            raise InvalidInput(Fault("too-many-found", f"{detail} into one file.", "q"))
        ids.update(UUID(hit.enterprise_id) for hit in found.hits)
        if page * INDEX_PAGE >= found.total:
            return ids, found.total


async def _batches(selection: Selection) -> AsyncIterator[Sequence[UUID]]:
    """Walk what was chosen by id. No connection is held while a slow reader takes its time."""
    if selection.found_by_text is not None:
        ids = selection.found_by_text
        for start in range(0, len(ids), BATCH):
            yield ids[start : start + BATCH]
        return
    after: UUID | None = None
    while batch := await queries.page_of_ids(selection.search, after, BATCH):
        yield batch
        after = batch[-1]


async def _profiles(selection: Selection) -> AsyncIterator[list[EnterpriseOut]]:
    """Read profiles in order of id; who left the directory meanwhile is left out."""

    def published(rows: list[dict[str, Any]]) -> list[EnterpriseOut]:
        here = (row for row in rows if row["state"] == "published")
        return sorted((as_out(row, selection.today) for row in here), key=lambda one: one.id)

    async for ids in _batches(selection):
        rows = await enterprises.profiles(ids)
        if found := await asyncio.to_thread(published, rows):
            yield found


async def _made(
    selection: Selection, make: Callable[[Iterator[Row]], bytes]
) -> AsyncIterator[bytes]:
    """Make bytes of each batch, off the event loop."""
    async for batch in _profiles(selection):
        rows = (row_of(one, selection.known) for one in batch)
        yield await asyncio.to_thread(make, rows)


async def _write_workbook(selection: Selection, file: IO[bytes]) -> None:
    with _sheet() as (book, sheet):
        sheet.append(list(COLUMNS))

        def append(batch: list[EnterpriseOut]) -> None:
            for one in batch:
                sheet.append(cells(row_of(one, selection.known)))

        async for batch in _profiles(selection):
            await asyncio.to_thread(append, batch)
        await asyncio.to_thread(book.save, file)


@contextmanager
def _sheet() -> Iterator[tuple[Any, Any]]:
    """Hold a sheet that goes to disk row by row; its temporary file goes with it."""
    from openpyxl import Workbook
    from openpyxl.utils.exceptions import WorkbookAlreadySaved

    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("enterprises")
    try:
        yield book, sheet
    except BaseException:
        # Both are done already where it ended in the midst of saving.
        with suppress(OSError, ValueError, WorkbookAlreadySaved):
            sheet.close()
        with suppress(OSError, ValueError):
            sheet._writer.cleanup()  # noqa: SLF001  openpyxl drops it only after a whole save
        raise
