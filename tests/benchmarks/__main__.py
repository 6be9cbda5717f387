"""`make bench`: a seeded world at several sizes, each request and job beside its floor.

    python -m tests.benchmarks [--size 3000 --size 10000 --size 50000] [--whole] [--seconds 3]

Prints its tables and writes them into docs/performance.md, and the heaviest statements with
their plans into docs/explain.md. The floor of a search is the engine asked the same thing
directly, that of a match the same SQL sent directly, that of everything else a handler that
does nothing; all by the same clients in the same run. `--whole` adds 200,000 enterprises.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil

from api import database
from importers.engines import embedded_engines, free_port
from tests.benchmarks import statements
from tests.benchmarks.jobs import JOBS, Job, in_its_own_process
from tests.benchmarks.requests import Case, measure_all, prepared
from tests.benchmarks.tables import Size, tables
from tests.benchmarks.world import fill_database

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "performance.md"
PLANS: Final = ROOT / "docs" / "explain.md"
BEGIN, END = "<!-- side by side -->", "<!-- end -->"
OFFERINGS_A_FIRM: Final = 2.4
USUAL: Final = (3_000, 10_000, 50_000)
WHOLE: Final = (*USUAL, 200_000)
_SET: Final = {
    "PSEUDONYM_KEY": "only-for-benchmarks-0123456789abcdef",
    "SECRETS_KEY": "only-for-benchmarks-0123456789abcdef",
}
_SERVED: Final = {
    "RATE_LIMIT_ANONYMOUS": "0",
    "RATE_LIMIT_KNOWN": "0",
    "REQUEST_SECONDS": "3600",
    "LOG_LEVEL": "INFO",
}
_began: Final = time.perf_counter()


def main() -> None:
    """Measure every size and write the tables."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, action="append")
    asked.add_argument("--whole", action="store_true")
    asked.add_argument("--seconds", type=float, default=3.0)
    asked.add_argument("--print", action="store_true", help="print only, write no pages")
    given = asked.parse_args()
    wanted = sorted(given.size or (WHOLE if given.whole else USUAL))
    before = os.getloadavg()
    sizes: list[Size] = []
    table = plans = ""
    for firms in wanted:
        size, plans = _size(firms, given.seconds)
        sizes.append(size)
        took = time.perf_counter() - _began
        table = "\n".join(tables(sizes, before, os.getloadavg(), took))
        if not given.print:
            # After every size: the largest takes longest, and who breaks it off keeps the rest.
            _write(table)
            PLANS.write_text(plans, encoding="utf-8")
    sys.stdout.write(table + "\n" + (plans if given.print else ""))


def _size(firms: int, seconds: float) -> tuple[Size, str]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        for name in ("DATABASE_URL", "MEILISEARCH_URL", "MEILISEARCH_KEY"):
            os.environ.pop(name, None)
        os.environ.update(_SET)
        with embedded_engines(Path(folder), _say):
            return _measured(Path(folder), firms, seconds)


def _measured(folder: Path, firms: int, seconds: float) -> tuple[Size, str]:
    _say(f"{firms:,} enterprises: filling")
    began = time.perf_counter()
    with warnings.catch_warnings():
        # Generated migrations repeat names that Piccolo itself then warns about.
        warnings.simplefilter("ignore")
        asyncio.run(fill_database(1, firms, int(firms * OFFERINGS_A_FIRM)))
    filled = time.perf_counter() - began
    jobs = [_job("rebuild", firms)]
    cases, key = asyncio.run(prepared())
    with _served(folder) as (url, process):
        measured = asyncio.run(measure_all(cases, url, key, seconds, _say))
        memory = _memory_mb(process)
    plans = asyncio.run(_explained(firms, cases))
    jobs += [_job(name, firms) for name in JOBS if name != "rebuild"]
    return Size(firms, filled, measured, tuple(jobs), memory), plans


def _job(name: str, firms: int) -> Job:
    done = in_its_own_process(name, firms)
    _say(
        f"  {done.name}: {done.amount:,} {done.unit} in {done.seconds:.1f} s,"
        f" {done.floor_name} {done.floor_seconds:.1f} s, {done.memory_mb:.0f} MB"
    )
    return done


async def _explained(firms: int, cases: list[Case]) -> str:
    said = [one for case in cases for one in case.said]
    heavy = await statements.heaviest(said)
    async with database.pool(1):
        rows = await database.fetch(
            "SELECT relname, reltuples::bigint AS rows FROM pg_class WHERE relkind = 'r'"
        )
    return statements.page(firms, heavy, {row["relname"]: row["rows"] for row in rows})


@contextmanager
def _served(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Serve the API in a process of its own, without limits on the number of requests."""
    port = free_port()
    with (folder / "api.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "importers", "serve"],
            cwd=ROOT,
            env=os.environ | _SERVED | {"PORT": str(port)},
            stdout=log,
            stderr=log,
        )
        try:
            yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(30)


def _memory_mb(process: psutil.Process) -> float:
    family = [process, *process.children(recursive=True)]
    return max(one.memory_info().rss for one in family) / 2**20


def _write(table: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")


def _say(text: str) -> None:
    sys.stderr.write(f"[{time.perf_counter() - _began:6.0f} s] {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
