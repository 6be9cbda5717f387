"""Migrations under running replicas: one process at a time, and nobody is stopped."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from api.embedded import postgres

ROOT = Path(__file__).parents[3]
UNLOGGED = "2026-11-28T16:52:00:000000"
"""A landed migration that needs a table for itself: the counters of limits."""
RAN = "SELECT count(*) FROM migration WHERE name = $1"
COUNTERS = "SELECT count(*) FROM rate_window"
MIGRATE = [sys.executable, "-m", "importers", "migrate"]
IMPATIENT = """
import asyncio, sys
from api.database import use_database
from api.migrations.forward import MigrationFailed, Patience, migrate
use_database(sys.argv[1])
try:
    asyncio.run(migrate(Patience(lock_seconds=0.5, tries=3, pause_seconds=0.5)))
except MigrationFailed as error:
    sys.exit(str(error))
"""


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    """A database of its own: these tests take tables away."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with postgres(Path(folder) / "postgres") as address:
            yield address


def started(command: list[str], dsn: str) -> subprocess.Popen[str]:
    engines = {"DATABASE_URL": dsn, "MEILISEARCH_URL": "http://127.0.0.1:1"}
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | engines,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    told, _ = process.communicate(timeout=120)
    return process.returncode, told


async def test_two_processes_migrate_once(dsn: str) -> None:
    both = [started(MIGRATE, dsn) for _ in range(2)]

    outcomes = [await asyncio.to_thread(ended, one) for one in both]

    assert [code for code, _ in outcomes] == [0, 0], outcomes
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch("SELECT name, count(*) AS times FROM migration GROUP BY name")
    await connection.close()
    assert {row["times"] for row in rows} == {1}


async def test_the_second_waits_until_the_first_is_done(dsn: str) -> None:
    first = await asyncpg.connect(dsn)
    await first.execute("SELECT pg_advisory_lock(hashtextextended('migrations', 0))")
    second = started(MIGRATE, dsn)
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"

    for _ in range(300):
        if await first.fetchval(waiting):
            break
        await asyncio.sleep(0.1)
    assert await first.fetchval(waiting) == 1
    assert second.poll() is None
    await first.close()

    assert await asyncio.to_thread(ended, second) == (0, "")


async def test_a_long_transaction_delays_a_migration_and_nobody_else(dsn: str) -> None:
    assert await asyncio.to_thread(ended, started(MIGRATE, dsn)) == (0, "")
    connection, reader = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    await connection.execute("ALTER TABLE rate_window SET LOGGED")
    await connection.execute("DELETE FROM migration WHERE name = $1", UNLOGGED)
    reading = reader.transaction()
    await reading.start()
    await reader.fetchval(COUNTERS)
    await asyncio.sleep(1.1)

    process = started([sys.executable, "-c", IMPATIENT, dsn], dsn)
    slowest = await slowest_read(connection, process)
    code, told = await asyncio.to_thread(ended, process)

    assert code == 1
    assert f"Migration {UNLOGGED} did not get a table that others hold: 3 times 0.5 s." in told
    assert f"process {reader.get_server_pid()} (idle in transaction)" in told
    assert slowest < 5, "readers stand in line for as long as a try lasts, not for ever"
    assert await connection.fetchval(RAN, UNLOGGED) == 0

    await reading.rollback()
    await reader.close()
    assert await asyncio.to_thread(ended, started(MIGRATE, dsn)) == (0, "")
    assert await connection.fetchval(RAN, UNLOGGED) == 1
    kept = "SELECT relpersistence FROM pg_class WHERE relname = 'rate_window'"
    assert await connection.fetchval(kept) == b"u"
    await connection.close()


async def slowest_read(connection: asyncpg.Connection, process: subprocess.Popen[str]) -> float:
    """Read from the table as others do until the process ends; the longest wait in seconds."""
    slowest = 0.0
    while process.poll() is None:
        began = time.monotonic()
        await connection.fetchval(COUNTERS)
        slowest = max(slowest, time.monotonic() - began)
        await asyncio.sleep(0.02)
    return slowest
