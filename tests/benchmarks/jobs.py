"""Jobs that are done once: rebuild, match of many lots, import, export, each beside its floor.

Each runs in a process of its own, so that the memory told is its own:
`python -m tests.benchmarks.jobs rebuild --firms 50000`.
"""

import argparse
import asyncio
import gc
import os
import random
import resource
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import aiohttp
import asyncpg
import msgspec

from api import database, index
from api.accounts.service import SYSTEM
from api.heap import give_large_buffers_back
from api.settings import settings
from tests.benchmarks.match_world import FIRMS_A_LOT, LOTS
from tests.benchmarks.statements import reads, recorded
from tests.benchmarks.world import NOW

ROOT: Final = Path(__file__).parents[2]
MOST_IMPORTED: Final = 5_000
SENT_AT_ONCE: Final = 1_000
FLOOR_INDEX: Final = "floor"


class Job(msgspec.Struct, frozen=True):
    """What one job came to, beside the floor beneath it."""

    name: str
    amount: int
    unit: str
    seconds: float
    floor_name: str
    floor_seconds: float
    memory_mb: float


async def rebuild(_: int) -> Job:
    """Rebuild the index; the floor is the engine's own time for the same bytes."""
    from api import indexing

    began = perf_counter()
    documents = await indexing.rebuild()
    took, memory = perf_counter() - began, _memory_mb()
    floor = await _engine_alone()
    return Job("index rebuild", documents, "documents", took, "the engine", floor, memory)


async def _engine_alone() -> float:
    """Send the same documents, made beforehand, to an index with the same settings."""
    from api import indexing
    from search import rebuild as live

    batches = [msgspec.json.encode(batch) async for batch in _batches(indexing._all_documents())]
    headers = {"Authorization": f"Bearer {settings().meilisearch_key}"}
    base = str(settings().meilisearch_url)
    async with aiohttp.ClientSession(base, headers=headers) as engine:
        source = live.live_index(settings().index_prefix)
        async with engine.get(f"/indexes/{source}/settings") as answer:
            wanted = await answer.read()
        began = perf_counter()
        make = msgspec.json.encode({"uid": FLOOR_INDEX, "primaryKey": "id"})
        await _sent(engine, "POST", "/indexes", make)
        await _sent(engine, "PATCH", f"/indexes/{FLOOR_INDEX}/settings", wanted)
        path = f"/indexes/{FLOOR_INDEX}/documents"
        tasks = [await _sent(engine, "POST", path, batch) for batch in batches]
        await _done(engine, tasks[-1])
        took = perf_counter() - began
        await _done(engine, await _sent(engine, "DELETE", f"/indexes/{FLOOR_INDEX}", b""))
    return took


async def _batches(documents: AsyncIterator[Any]) -> AsyncIterator[list[Any]]:
    batch: list[Any] = []
    async for one in documents:
        batch.append(one)
        if len(batch) == SENT_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


async def _sent(engine: aiohttp.ClientSession, method: str, path: str, body: bytes) -> int:
    headers = {"Content-Type": "application/json"}
    async with engine.request(method, path, data=body, headers=headers) as answer:
        told = await answer.json()
        assert answer.status == 202, told
        return int(told["taskUid"])


async def _done(engine: aiohttp.ClientSession, task: int) -> None:
    while True:
        async with engine.get(f"/tasks/{task}") as answer:
            told = await answer.json()
        if told["status"] not in {"enqueued", "processing"}:
            assert told["status"] == "succeeded", told
            return
        await asyncio.sleep(0.02)


async def match_many(firms: int) -> Job:
    """Match lots anywhere in the tree and the country as one job; the floor is its reads."""
    from api.match_batches import service

    lots = max(1, min(LOTS, firms // FIRMS_A_LOT))
    await _queued(lots)
    gc.collect()
    gc.freeze()  # as a worker does when it starts
    give_large_buffers_back()  # likewise
    with recorded() as said:
        async with database.pool(6):
            began = perf_counter()
            assert await service.work_once()
            took, memory = perf_counter() - began, _memory_mb()
    asked = reads(said)
    connection = await asyncpg.connect(settings().database_url)
    began = perf_counter()
    for one in asked:
        await connection.fetch(one.sql, *one.values)
    floor = perf_counter() - began
    await connection.close()
    return Job("match lots, one job", lots, "lots", took, "its reads", floor, memory)


async def _queued(count: int) -> None:
    """Copy in a tender with lots, and the job to match them."""
    from api.clock import new_id
    from api.match_batches import queries
    from api.match_batches.drafts import by_category
    from api.reference.service import reference
    from api.tenders import queries as tenders
    from api.tenders.tables import Lot, Tender
    from tests.benchmarks import match_world

    async with database.pool(2):
        known = await reference()
        tender = new_id()
        drawn = match_world.lots(random.Random(count), known, match_world.specific(known), count)
        lots = [one | {"tender": tender, "position": n} for n, one in enumerate(drawn)]
        async with database.transaction():
            await database.copy_rows(Tender, [match_world.tender(tender)])
            await database.copy_rows(Lot, lots)
            kept = await tenders.lots([one["id"] for one in lots])
            row = {
                "id": new_id(),
                "tender": tender,
                "organisation": None,
                "state": "queued",
                "criteria": "{}",
                "lots": by_category(kept),
                "runs": [],
                "fault": None,
                "author": "benchmark",
                "created_at": NOW,
                "finished_at": None,
            }
            await queries.insert(row)
        await database.fetch("ANALYZE")


async def imported(firms: int) -> Job:
    """Import new enterprises through a job; the floor is the server copying the same rows."""
    from api.imports import service
    from api.imports.schemas import ImportMode, ImportRequest, ListForm
    from api.reference.service import reference
    from importers.enterprises.reader import EnterpriseLists
    from tests.benchmarks.bench_import import as_lines

    count = min(MOST_IMPORTED, firms)
    places = sorted((await reference()).geography.municipalities)
    # The world has numbers from 10,000,000 on.
    content = as_lines(count, places).replace(b'"kvkNumber": "1', b'"kvkNumber": "2')
    asked = ImportRequest(
        form=ListForm("jsonl"),
        content=content,
        mode=ImportMode("skip"),
        mapping_name=None,
        source="bench",
    )
    job = await service.submit(asked, EnterpriseLists(), SYSTEM, NOW)
    began = perf_counter()
    await service.work_once(EnterpriseLists())
    took, memory = perf_counter() - began, _memory_mb()
    done = await service.read(job.id, SYSTEM)
    assert done.rows_created == count, done
    return Job("import", count, "enterprises", took, "bare SQL", await _copied(), memory)


async def _copied() -> float:
    """Write the imported rows into tables like theirs, indexes included."""
    took = 0.0
    for table, chosen in (
        ("enterprise", "source = 'bench'"),
        ("offering", "enterprise IN (SELECT id FROM enterprise WHERE source = 'bench')"),
    ):
        await database.fetch(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING ALL)")
        began = perf_counter()
        # Both names and conditions stand above, and come from nobody.
        await database.fetch(f"INSERT INTO floor_{table} SELECT * FROM {table} WHERE {chosen}")  # noqa: S608
        took += perf_counter() - began
        await database.fetch(f"DROP TABLE floor_{table}")
    return took


async def exported(_: int) -> Job:
    """Write the whole directory as CSV; the floor is the server writing its tables as CSV."""
    from api.directory.schemas import SearchFilters
    from api.exports import service

    chosen = await service.choose(SearchFilters(), NOW.date())
    began, rows = perf_counter(), 0
    file = service.csv_file(chosen)
    await anext(file)  # what columns there are
    async for chunk in file:
        rows += chunk.count(b"\r\n")
    took, memory = perf_counter() - began, _memory_mb()
    floor = await _written()
    return Job("export, CSV", rows, "rows", took, "bare SQL", floor, memory)


async def _written() -> float:
    sql = """
    SELECT e.*, o.* FROM enterprise e JOIN offering o ON o.enterprise = e.id
    WHERE e.state = 'published' AND o.withdrawn_at IS NULL ORDER BY e.id
    """

    async def drop(_: bytes) -> None:
        pass

    connection = await asyncpg.connect(settings().database_url)
    began = perf_counter()
    await connection.copy_from_query(sql, output=drop, format="csv")
    took = perf_counter() - began
    await connection.close()
    return took


JOBS: Final[dict[str, Callable[[int], Awaitable[Job]]]] = {
    "rebuild": rebuild,
    "match": match_many,
    "export": exported,
    "import": imported,
}
"""In the order in which they run: the import comes last, for it adds to the world."""
_OWN_POOL: Final = frozenset({"match"})


def in_its_own_process(name: str, firms: int) -> Job:
    """Do a job in a process of its own, on the engines that the environment names."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.jobs", name, "--firms", str(firms)],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.PIPE,
        check=True,
    )
    return msgspec.json.decode(done.stdout, type=Job)


def _memory_mb() -> float:
    """Give the most that this process held; `ru_maxrss` would count its parent's as well."""
    status = Path("/proc/self/status")
    if not status.exists():  # other systems than Linux do not inherit it
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    [line] = [one for one in status.read_text().splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


async def _do(name: str, firms: int) -> Job:
    database.use_database(str(settings().database_url))
    async with index.engine():
        if name in _OWN_POOL:
            return await JOBS[name](firms)
        async with database.pool(8):
            return await JOBS[name](firms)


def main() -> None:
    """Do one job and print what it came to."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("name", choices=list(JOBS))
    asked.add_argument("--firms", type=int, required=True)
    given = asked.parse_args()
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(_do(given.name, given.firms))))


if __name__ == "__main__":
    main()
