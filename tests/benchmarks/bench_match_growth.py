"""Does a match grow with the directory, or with its category? Asserts nothing about time.

The same lots are matched before and after three times as many firms join that offer what no
lot asks. Each lot considers the same firms both times, so that what is told as the ratio is
the cost of everybody else.

    PYTHONPATH=. python tests/benchmarks/bench_match_growth.py

`--size` names another number of firms to begin with.
"""

import argparse
import asyncio
import gc
import statistics
import sys
import tempfile
import warnings
from pathlib import Path
from time import perf_counter, process_time
from typing import Final
from uuid import UUID

import msgspec

SEED: Final = 20_261_128
FIRMS: Final = 12_500
TIMES: Final = 4
LOTS: Final = 60
ROUNDS: Final = 3


class Told(msgspec.Struct, frozen=True):
    """What matching all lots once came to."""

    by_the_clock: float
    computed: float
    considered: tuple[int, ...]


async def main(dsn: str, firms: int) -> None:
    """Match some lots in a world, and again when it is four times as large."""
    from api import database
    from api.migrations.forward import migrate
    from importers.reference import load
    from tests.benchmarks.match_world import NOW, add_outside, fill

    database.use_database(dsn)
    with warnings.catch_warnings():
        # Generated migrations repeat names that Piccolo itself then warns about.
        warnings.simplefilter("ignore")
        await migrate()
    async with database.pool(4):
        await load.load_shipped(NOW)
        lots = (await fill(SEED, firms, firms * 12 // 5))[:LOTS]
        await _settled()
        before = await _best(lots, "before")
        await add_outside(SEED, firms * (TIMES - 1), firms * (TIMES - 1) * 12 // 5)
        await _settled()
        after = await _best(lots, "after")
    same = "the same firms" if before.considered == after.considered else "OTHER FIRMS"
    _say(f"{firms:,} firms, then {firms * TIMES:,}; each lot considers {same} both times,")
    _say(f"  {statistics.median(before.considered):.0f} at the median")
    for name, former, later in (
        ("by the clock", before.by_the_clock, after.by_the_clock),
        ("of which this process computes", before.computed, after.computed),
    ):
        _say(f"{name}: {former:.1f} ms a lot, then {later:.1f} ms: x {later / former:.2f}")


async def _settled() -> None:
    """Do what autovacuum does in its own time; fresh rows otherwise are looked up one by one."""
    from api import database

    await database.fetch("VACUUM (ANALYZE)")


async def _best(lots: list[UUID], name: str) -> Told:
    """Match all lots a few times; each round asks with a seed of its own, so that all is done."""
    rounds = [await _round(lots, f"{name}-{one}") for one in range(ROUNDS)]
    return Told(
        min(one.by_the_clock for one in rounds),
        min(one.computed for one in rounds),
        rounds[0].considered,
    )


async def _round(lots: list[UUID], seed: str) -> Told:
    from api.accounts.service import SYSTEM
    from api.matches import service
    from api.matches.schemas import MatchRequest
    from tests.benchmarks.match_world import NOW

    gc.collect()
    took, spent, considered = [], [], []
    for lot in lots:
        began, busy = perf_counter(), process_time()
        run = await service.run_match(lot, MatchRequest(seed=seed), SYSTEM, NOW)
        took.append((perf_counter() - began) * 1000)
        spent.append((process_time() - busy) * 1000)
        considered.append(run.considered)
    return Told(statistics.median(took), statistics.median(spent), tuple(considered))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    from api.embedded import postgres

    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--size", type=int, default=FIRMS)
    size = wanted.parse_args().size

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with postgres(Path(folder) / "postgres") as dsn:
            asyncio.run(main(dsn, size))
