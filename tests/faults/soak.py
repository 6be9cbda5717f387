"""`make soak`: mixed traffic at seven tenths of capacity for half an hour; nothing may grow.

    python -m tests.faults.soak [--minutes 30] [--firms 3000] [--write]

First the capacity is measured with as many callers as help, then requests are sent at a steady
pace, whether answers come or not. Every minute memory, connections and latency are noted; at
the end a line is laid through them, the first fifth left out as warm-up. Exit 1 when one of
them rose by more than it may (`growth.MOST`), or a request failed. `--write` puts the table
into docs/faults.md.
"""

import argparse
import asyncio
import itertools
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
import asyncpg
import msgspec

from tests.faults.checks import wait_until
from tests.faults.growth import Minute, report, trends, written_into
from tests.faults.seeding import ask, seed
from tests.faults.world import PYTHON, ROOT, World
from tests.faults.writers import Seeded

SHARE: Final = 0.7
CALLERS: Final = 16
MEASURED_SECONDS: Final = 20
DOCUMENT: Final = ROOT / "docs" / "faults.md"
Asked = tuple[str, str, str, Any]
"""Method, path, key and body of a request."""
Draw = Callable[[], Asked]
WORDS: Final = ("schoonmaak", "groenonderhoud", "lunch vergadering", "drukwerk", "fietsen")


class Traffic:
    """Draws requests: mostly searches and profiles, some matches and bookings."""

    def __init__(self, world: World, seeded: Seeded, profiles: list[str]) -> None:
        self._seeded, self._profiles = seeded, profiles
        self._ports = list(world.ports.values())
        self._chance, self._number = random.Random(1), itertools.count()
        self._draws: list[tuple[float, Draw]] = [
            (0.6, self.search),
            (0.25, self.profile),
            (0.1, self.booking),
            (0.05, self.match),
        ]

    async def send(self, session: aiohttp.ClientSession, draw: Draw | None = None) -> bool:
        """Send one request, of any kind unless told; tell whether it was answered well."""
        method, path, key, body = (draw or self._any())()
        url = f"http://127.0.0.1:{self._chance.choice(self._ports)}/v1{path}"
        headers = {"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"}
        try:
            async with session.request(method, url, json=body, headers=headers) as answer:
                await answer.read()
                return answer.status < 300
        except (aiohttp.ClientError, TimeoutError):
            return False

    def _any(self) -> Draw:
        weights, draws = zip(*self._draws, strict=True)
        drawn: Draw = self._chance.choices(draws, weights)[0]
        return drawn

    def nothing(self) -> Asked:
        """Give the request that does nothing."""
        return "GET", "/health/live", self._seeded.desk, None

    def search(self) -> Asked:
        """Draw a search with a facet."""
        path = f"/enterprises?q={self._chance.choice(WORDS)}&facets=serviceMode"
        return "GET", path, self._seeded.desk, None

    def profile(self) -> Asked:
        """Draw a profile to read."""
        path = f"/enterprises/{self._chance.choice(self._profiles)}"
        return "GET", path, self._seeded.desk, None

    def booking(self) -> Asked:
        """Draw a purchase to book on the one obligation."""
        fulfilment = {
            "kind": "purchase",
            "supplierId": self._seeded.supplier,
            "invoiceNumber": f"S-{next(self._number)}",
            "invoicedOn": "2026-10-01",
            "invoiceCents": 12_300,
        }
        path = f"/obligations/{self._seeded.obligation}/fulfilments"
        return "POST", path, self._seeded.contractor, {"fulfilment": fulfilment}

    def match(self) -> Asked:
        """Draw a lot to match, with a seed of its own."""
        lot = self._chance.choice(self._seeded.lots)
        seed_text = f"soak-{next(self._number)}"
        return "POST", f"/lots/{lot}/match-runs", self._seeded.desk, {"seed": seed_text}


async def capacity(traffic: Traffic) -> float:
    """Give the requests a second that are answered when nobody waits."""
    done = 0

    async def call(session: aiohttp.ClientSession, end: float) -> None:
        nonlocal done
        while time.perf_counter() < end:
            # Not `done += await ...`: that reads the sum before the others have added theirs.
            answered = await traffic.send(session)
            done += answered

    async with aiohttp.ClientSession() as session:
        end = time.perf_counter() + MEASURED_SECONDS
        await asyncio.gather(*(call(session, end) for _ in range(CALLERS)))
    return done / MEASURED_SECONDS


async def minute(traffic: Traffic, pace: float, world: World) -> Minute:
    """Send at a steady pace for a minute, and note how it went."""
    times: list[float] = []
    failed = 0

    async def one(session: aiohttp.ClientSession) -> None:
        nonlocal failed
        began = time.perf_counter()
        answered = await traffic.send(session)
        failed += not answered
        times.append(time.perf_counter() - began)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as session:
        began, sent = time.perf_counter(), []
        for number in range(int(pace * 60)):
            await asyncio.sleep(max(0.0, began + number / pace - time.perf_counter()))
            sent.append(asyncio.create_task(one(session)))
        await asyncio.gather(*sent)
    ordered = sorted(times)
    memory = world.memory_mb()
    return Minute(
        requests=len(ordered),
        failed=failed,
        p50_ms=statistics.median(ordered) * 1000,
        p95_ms=ordered[int(len(ordered) * 0.95)] * 1000,
        api_mb=memory["api"] + memory["api-2"],
        worker_mb=memory["worker"] + memory["worker-2"],
        connections=await asyncio.to_thread(ask, world, _connections),
    )


async def _connections(database: asyncpg.Connection) -> int:
    return int(await database.fetchval("SELECT count(*) FROM pg_stat_activity"))


async def soaked(traffic: Traffic, world: World, minutes: int) -> tuple[float, list[Minute]]:
    """Measure the capacity, then send for as many minutes; gives both."""
    full = await capacity(traffic)
    tell(f"capacity {full:.0f} requests a second; soaking at {SHARE * full:.0f}")
    found = []
    for number in range(1, minutes + 1):
        found.append(await minute(traffic, SHARE * full, world))
        tell(f"{number}: {msgspec.json.encode(found[-1]).decode()}")
    return full, found


def tell(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextmanager
def installed(firms: int) -> Iterator[tuple[Traffic, World]]:
    """Start an installation of its own and fill it; give the traffic for it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        world = World(Path(folder))
        try:
            fill = [PYTHON, "-m", "tests.benchmarks.world", "--firms", str(firms)]
            fill += ["--offerings", str(int(firms * 2.4))]
            subprocess.run(fill, cwd=ROOT, env=world.direct, check=True)
            seeded = seed(world)
            world.start_all()
            wait_until(world, 200, search=True)
            yield Traffic(world, seeded, ask(world, _profiles)), world
        finally:
            world.close()


def main() -> None:
    """Soak, and say what grew."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=int, default=30)
    arguments.add_argument("--firms", type=int, default=3_000)
    arguments.add_argument("--write", action="store_true", help="into docs/faults.md")
    given = arguments.parse_args()
    with installed(given.firms) as (traffic, world):
        full, minutes = asyncio.run(soaked(traffic, world, given.minutes))
    table = report(minutes, full, SHARE * full)
    tell(table)
    if given.write:
        written_into(DOCUMENT, table)
    sys.exit(any(one.failed for one in minutes) or any(one.grew for one in trends(minutes)))


async def _profiles(database: asyncpg.Connection) -> list[str]:
    sql = "SELECT id::text FROM enterprise WHERE source = 'world' ORDER BY id LIMIT 500"
    return [row["id"] for row in await database.fetch(sql)]


if __name__ == "__main__":
    main()
