"""Bringing the database to the version of the code while others serve. Forward only (ADR 10).

One process migrates at a time. Each migration is a transaction together with the note that it
ran. It waits briefly for a table: whoever asks for a table that a migration waits for stands
in line behind it, so one long transaction would otherwise stop all traffic.
"""

import asyncio
import io
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, redirect_stdout
from datetime import UTC
from typing import Final

import msgspec
from asyncpg import Connection, DeadlockDetectedError, LockNotAvailableError, connect
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager, run_forwards
from piccolo.apps.migrations.tables import Migration

from api.database import AWAY, connection, transaction
from api.domain.errors import Unavailable
from api.piccolo_conf import DB

logger = logging.getLogger(__name__)

_APP: Final = "perceel"
_LOCK: Final = "SELECT pg_advisory_lock(hashtextextended('migrations', 0))"
# Building an index may take long; idle_session_timeout would end the one that holds the lock.
_HOLDS: Final = "SET idle_session_timeout = 0"
_UNLIMITED: Final = "SET LOCAL statement_timeout = 0"
_HOLDERS: Final = """
SELECT pid, coalesce(state, 'unknown') AS state, xact_start FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
AND xact_start < now() - interval '1 second' ORDER BY xact_start LIMIT 3
"""


class Patience(msgspec.Struct, frozen=True):
    """How long a migration waits for tables that others hold."""

    lock_seconds: float = 2.0
    """Others that ask for the table wait for as long, at most."""
    tries: int = 12
    pause_seconds: float = 3.0
    """Between two tries everybody goes on."""


class MigrationFailed(Exception):
    """The database could not be brought to the version of this code."""


_PATIENCE: Final = Patience()


async def migrate(patience: Patience = _PATIENCE) -> None:
    """Run every migration that has not run; raise `MigrationFailed` with a sentence.

    What ran before a failure stays, so the same command goes on where it stopped.
    """
    try:
        async with _alone() as own:
            told = io.StringIO()
            with redirect_stdout(told):  # Piccolo prints; a failure is told below
                for name in await _waiting():
                    await _run(name, patience, own, told)
    except AWAY as error:
        raise Unavailable(f"The database can't be reached: {error}") from error


@asynccontextmanager
async def _alone() -> AsyncIterator[Connection]:
    """Hold the lock of migrations; others wait, and then find nothing to do."""
    own: Connection = await connect(**DB.config)
    try:
        await own.execute(_HOLDS)
        await own.execute(_LOCK)
        yield own
    finally:
        await own.close()


async def _waiting() -> list[str]:
    """Give what has not run, in order."""
    manager = ForwardsMigrationManager(_APP)
    with redirect_stdout(io.StringIO()):
        await manager.create_migration_table()
    folder = manager.get_app_config(_APP).resolved_migrations_folder_path
    known = manager.get_migration_ids(manager.get_migration_modules(folder))
    return sorted(set(known) - set(await Migration.get_migrations_which_ran(_APP)))


async def _run(name: str, patience: Patience, own: Connection, told: io.StringIO) -> None:
    holders = ""
    for tried in range(patience.tries):
        if tried:
            await asyncio.sleep(patience.pause_seconds)
        try:
            await _once(name, patience, told)
        except (LockNotAvailableError, DeadlockDetectedError):
            holders = await _holders(own)
            logger.warning("migration %s waits for a table: %s", name, holders)
        else:
            return
    raise MigrationFailed(
        f"Migration {name} did not get a table that others hold: {patience.tries} times"
        f" {patience.lock_seconds:g} s. {holders} Nothing of it was done and nobody was stopped."
        " End that transaction, or run this again when it has ended."
    )


async def _once(name: str, patience: Patience, told: io.StringIO) -> None:
    async with transaction():
        milliseconds = int(patience.lock_seconds * 1_000)
        await connection().execute(f"SET LOCAL lock_timeout = {milliseconds}")
        await connection().execute(_UNLIMITED)
        result = await run_forwards(_APP, name)
        if not result.success:
            raise MigrationFailed(f"{result.message}\n{told.getvalue()}")


async def _holders(own: Connection) -> str:
    rows = await own.fetch(_HOLDERS)
    if not rows:
        return "No transaction is open any more."
    named = [
        f"process {row['pid']} ({row['state']}) since {row['xact_start'].astimezone(UTC):%H:%M:%S}"
        for row in rows
    ]
    return f"Open transactions, oldest first: {', '.join(named)} UTC."
