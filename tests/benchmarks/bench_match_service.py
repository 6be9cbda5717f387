"""Match runs in the service, on 50,000 firms with 120,000 offerings; asserts nothing about time.

The text index is left out: what it adds is told in docs/performance.md. The world is copied in
by another process, so that the memory told is that of matching alone. `--size` names another
number of firms.
"""

import argparse
import asyncio
import gc
import multiprocessing
import resource
import statistics
import tempfile
import warnings
from pathlib import Path
from time import perf_counter, process_time
from typing import Final
from uuid import UUID

SEED: Final = 20_261_124
SINGLE: Final = 200
WARM: Final = 10
BATCH: Final = 1_000


def copy_in(dsn: str, size: int) -> None:
    """Make the schema and fill the world."""
    with warnings.catch_warnings():
        # Generated migrations repeat names that Piccolo itself then warns about.
        warnings.simplefilter("ignore")
        asyncio.run(_copy_in(dsn, size))


async def _copy_in(dsn: str, size: int) -> None:
    from api import database
    from api.migrations.forward import migrate
    from importers.reference import load
    from tests.benchmarks.match_world import NOW, fill

    database.use_database(dsn)
    await migrate()
    async with database.pool(4):
        await load.load_shipped(NOW)
        began = perf_counter()
        await fill(SEED, size, size * 12 // 5)
        _say(f"world copied in {perf_counter() - began:.0f} s")


async def main(dsn: str) -> None:
    """Match lots one by one, then all of them as a job."""
    from api import database

    database.use_database(dsn)
    async with database.pool(6):
        rows = await database.fetch("SELECT id FROM lot ORDER BY id LIMIT $1", BATCH)
        lots = [row["id"] for row in rows]
        gc.collect()
        gc.freeze()  # as the service does when it starts
        await _one_by_one(lots[:SINGLE])
        await _all_at_once(lots)


async def _one_by_one(lots: list[UUID]) -> None:
    from api.accounts.service import SYSTEM
    from api.matches import service
    from api.matches.schemas import MatchRequest
    from tests.benchmarks.match_world import NOW

    took, spent, considered = [], [], []
    for number, lot in enumerate(lots):
        began, busy = perf_counter(), process_time()
        run = await service.run_match(lot, MatchRequest(), SYSTEM, NOW)
        if number >= min(WARM, len(lots) // 2):
            took.append((perf_counter() - began) * 1000)
            spent.append((process_time() - busy) * 1000)
            considered.append(run.considered)
    for name, values in (("one lot", took), ("of which this process computes", spent)):
        p95 = statistics.quantiles(values, n=20)[-1]
        _say(
            f"{name}: p50 {statistics.median(values):.1f} ms, p95 {p95:.1f} ms,"
            f" max {max(values):.0f} ms"
        )
    _say(f"considered: median {statistics.median(considered):.0f}, most {max(considered)}")


async def _all_at_once(lots: list[UUID]) -> None:
    from api import database
    from api.clock import new_id
    from api.match_batches import queries, service
    from api.match_batches.drafts import by_category
    from api.tenders import queries as tenders
    from tests.benchmarks.match_world import NOW

    [tender] = await database.fetch("SELECT id FROM tender LIMIT 1")
    row = {
        "id": new_id(),
        "tender": tender["id"],
        "organisation": None,
        "state": "queued",
        "criteria": "{}",
        "lots": by_category(await tenders.lots(lots)),
        "runs": [],
        "fault": None,
        "author": "benchmark",
        "created_at": NOW,
        "finished_at": None,
    }
    async with database.transaction():
        await queries.insert(row)
    began, busy = perf_counter(), process_time()
    await service.work_once()
    _say(
        f"{len(lots)} lots as a job: {perf_counter() - began:.1f} s,"
        f" of which this process computes {process_time() - busy:.1f} s"
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _say(f"peak memory of this process {peak // 1024} MB")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  a script


if __name__ == "__main__":
    from api.embedded import postgres

    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--size", type=int, default=50_000)
    size = wanted.parse_args().size
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with postgres(Path(folder) / "postgres") as dsn:
            filler = multiprocessing.get_context("spawn").Process(target=copy_in, args=(dsn, size))
            filler.start()
            filler.join()
            asyncio.run(main(dsn))
