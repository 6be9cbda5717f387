"""Export of 100,000 enterprises in every form: time, size and memory; asserts nothing.

`--enterprises` narrows it. The database is its own; each file is made by a process of its own.
"""

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import warnings
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Final

import msgspec
import psutil

ROOT: Final = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
NOW: Final = datetime(2026, 11, 24, tzinfo=UTC)
KINDS: Final = ("csv", "geojson", "jsonl", "xlsx")
STORED_AT_ONCE: Final = 1_000
MB: Final = 1_000_000


async def seed(count: int) -> None:
    """Fill the database."""
    from api import database
    from api.accounts.service import SYSTEM
    from api.enterprises import service
    from api.enterprises.schemas import EnterpriseIn
    from api.migrations.forward import migrate
    from api.reference.service import reference
    from importers.reference import load
    from tests.benchmarks.bench_import import enterprises

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        await migrate()
    async with database.pool(4):
        await load.load_shipped(NOW)
        places = sorted((await reference()).geography.municipalities)
        batch: list[EnterpriseIn] = []
        for one in enterprises(count, places):
            batch.append(msgspec.convert(one, EnterpriseIn))
            if len(batch) == STORED_AT_ONCE:
                await service.store_batch(batch, "bench", SYSTEM, NOW)
                batch = []
        if batch:
            await service.store_batch(batch, "bench", SYSTEM, NOW)


async def export(kind: str) -> None:
    """Make one file as the route does, count its bytes, and print what it took."""
    from api import database
    from api.directory.schemas import SearchFilters
    from api.exports import service

    make = {
        "csv": service.csv_file,
        "geojson": service.geojson_file,
        "jsonl": service.json_lines_file,
        "xlsx": service.xlsx_file,
    }[kind]
    async with database.pool(4):
        chosen = await service.choose(SearchFilters(), NOW.date())
        before = psutil.Process().memory_info().rss
        began, first, size = perf_counter(), 0.0, 0
        async for chunk in make(chosen):
            first = first or perf_counter() - began
            size += len(chunk)
        took = perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(  # noqa: T201  the point of a benchmark
        f"{kind:8} {size / MB:7.1f} MB  first byte {first:6.2f} s  whole {took:6.1f} s  "
        f"memory {before / MB:.0f} MB before, {peak / MB:.0f} MB at most"
    )


def main() -> None:
    """Seed, then make each file in a process of its own, so that memory is its own too."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--enterprises", type=int, default=100_000)
    asked.add_argument("--kind", choices=KINDS)
    given = asked.parse_args()
    if given.kind:
        asyncio.run(export(given.kind))
        return
    from api.database import use_database
    from api.embedded import postgres

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with postgres(Path(folder) / "postgres") as dsn:
            use_database(dsn)
            asyncio.run(seed(given.enterprises))
            for kind in KINDS:
                subprocess.run(
                    [sys.executable, __file__, "--kind", kind],
                    env=os.environ | {"DATABASE_URL": dsn},
                    cwd=ROOT,
                    check=True,
                )


if __name__ == "__main__":
    main()
