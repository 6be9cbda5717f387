"""Match runs in the service, on 50,000 firms with 120,000 offerings; asserts nothing about time.

The text index is left out: what it adds is told in docs/performance.md.
"""

import asyncio
import resource
import statistics
import tempfile
import warnings
from pathlib import Path
from time import perf_counter
from typing import Final
from uuid import UUID

SEED: Final = 20_261_124
SINGLE: Final = 200


async def main(dsn: str) -> None:
    """Fill the world, match lots one by one, then all of them in one go."""
    from api import database
    from importers.reference import load
    from tests.benchmarks.match_world import NOW, fill

    database.use_database(dsn)
    await database.migrate()
    async with database.pool(4):
        await load.load_shipped(NOW)
        began = perf_counter()
        lots = await fill(SEED)
        _say(f"world copied in {perf_counter() - began:.0f} s")
        await _one_by_one(lots[:SINGLE])
        await _all_at_once(lots[SINGLE:])


async def _one_by_one(lots: list[UUID]) -> None:
    from api.accounts.service import SYSTEM
    from api.matches import service
    from api.matches.schemas import MatchRequest
    from tests.benchmarks.match_world import NOW

    took, considered = [], []
    for number, lot in enumerate(lots):
        began = perf_counter()
        run = await service.run_match(lot, MatchRequest(), SYSTEM, NOW)
        if number >= 10:
            took.append((perf_counter() - began) * 1000)
            considered.append(run.considered)
    p95 = statistics.quantiles(took, n=20)[-1]
    _say(f"one lot: p50 {statistics.median(took):.1f} ms, p95 {p95:.1f} ms, max {max(took):.0f} ms")
    _say(f"considered: median {statistics.median(considered):.0f}, most {max(considered)}")


async def _all_at_once(lots: list[UUID]) -> None:
    from api.accounts.service import SYSTEM
    from api.matches import service
    from api.matches.schemas import MatchRequest
    from tests.benchmarks.match_world import NOW

    began = perf_counter()
    for lot in lots:
        await service.run_match(lot, MatchRequest(), SYSTEM, NOW)
    _say(f"{len(lots)} lots in a row: {perf_counter() - began:.1f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _say(f"peak memory of this process {peak // 1024} MB")


def _say(line: str) -> None:
    print(line)  # noqa: T201  a script


if __name__ == "__main__":
    from api.embedded import postgres

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with postgres(Path(folder) / "postgres") as dsn, warnings.catch_warnings():
            # Generated migrations repeat names that Piccolo itself then warns about.
            warnings.simplefilter("ignore")
            asyncio.run(main(dsn))
