"""`make bench`: a seeded world at several sizes, each request beside the floor beneath it.

    python -m tests.benchmarks [--size 3000 --size 10000 --size 50000] [--seconds 3]

Prints one table and writes it into docs/performance.md. The floor of a search is the engine
asked the same thing directly, that of a read the same SQL sent directly, that of everything
else a handler that does nothing; all by the same clients in the same run.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
import psutil

from importers.engines import embedded_engines, free_port
from tests.benchmarks.load import CLIENTS, Figures, exponent
from tests.benchmarks.requests import Measured, measure_all, prepared
from tests.benchmarks.world import fill_everything

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- side by side -->", "<!-- end -->"
OFFERINGS_A_FIRM: Final = 2.4


class Size(msgspec.Struct, frozen=True):
    """All figures at one size."""

    firms: int
    documents: int
    fill_seconds: float
    measured: tuple[Measured, ...]
    memory_mb: float


def main() -> None:
    """Measure every size and write the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, action="append")
    asked.add_argument("--seconds", type=float, default=3.0)
    given = asked.parse_args()
    sizes = [_size(one, given.seconds) for one in given.size or (3_000, 10_000, 50_000)]
    table = "\n".join(_lines(sizes))
    sys.stdout.write(table + "\n")
    _write(table)


def _size(firms: int, seconds: float) -> Size:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        for name in ("DATABASE_URL", "MEILISEARCH_URL", "MEILISEARCH_KEY"):
            os.environ.pop(name, None)
        os.environ["PSEUDONYM_KEY"] = "only-for-benchmarks-0123456789abcdef"
        with embedded_engines(Path(folder), _say):
            _say(f"{firms} enterprises: filling and indexing")
            began = time.perf_counter()
            documents = asyncio.run(fill_everything(1, firms, int(firms * OFFERINGS_A_FIRM)))
            took = time.perf_counter() - began
            cases, key = asyncio.run(prepared())
            with _served(Path(folder)) as (url, process):
                measured = asyncio.run(measure_all(cases, url, key, seconds, _say))
                memory = _memory_mb(process)
    return Size(firms, documents, took, measured, memory)


@contextmanager
def _served(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Serve the API in a process of its own, without limits on the number of requests."""
    port = free_port()
    settings = {"PORT": str(port), "RATE_LIMIT_ANONYMOUS": "0", "RATE_LIMIT_KNOWN": "0"}
    with (folder / "api.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "importers", "serve"],
            cwd=ROOT,
            env=os.environ | settings,
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


def _lines(sizes: list[Size]) -> Iterator[str]:
    largest = sizes[-1]
    yield (
        f"| request at {largest.firms:,} enterprises | p50 ms | p95 ms | "
        + " | ".join(f"{n} clients /s" for n in CLIENTS)
        + " | of its floor | p95 of its floor, 32 clients | statements | grows with n^ | noise |"
    )
    yield "|---|" + "---|" * (7 + len(CLIENTS))
    for place, one in enumerate(largest.measured):
        growth = exponent(
            [size.firms for size in sizes],
            [size.measured[place].alone.p50_ms for size in sizes],
        )
        yield _line(one, growth)
    yield ""
    yield "| enterprises | documents | filled and indexed | memory of the API process |"
    yield "|---|---|---|---|"
    for size in sizes:
        yield (
            f"| {size.firms:,} | {size.documents:,} | {size.fill_seconds:.0f} s"
            f" | {size.memory_mb:.0f} MB |"
        )


def _line(one: Measured, growth: float | None) -> str:
    rates = " | ".join(f"{figures.per_second:,.0f}" for figures in one.at)
    crowd: Figures = one.at[-1]
    share = crowd.per_second / one.floor.per_second
    return (
        f"| {one.name} | {one.alone.p50_ms:.1f} | {one.alone.p95_ms:.1f} | {rates}"
        f" | {share:.2f} of {one.floor_name} | {crowd.p95_ms / one.floor.p95_ms:.1f}"
        f" | {one.statements} | {'' if growth is None else f'{growth:.2f}'}"
        f" | {crowd.noise:.0%} |"
    )


def _write(table: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
