"""Every version of the schema, with rows in all its tables, is brought to that of today.

No version was released yet, so each migration counts as one: rows are written after every
step, and go through all that follow. At the end every row is there, unchanged in the columns
that still are, and the code of today reads it.
"""

import io
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.columns import Column

from api import database
from api.embedded import postgres
from api.migrations.piccolo_app import APP_CONFIG
from api.piccolo_conf import DB
from importers.reference import load
from tests.api.common.filling import Filler, ids
from tests.builders import a_key
from tests.conftest import NOW

HERE = "api.migrations.piccolo_migrations"
VERSIONS = [
    import_module(f"{HERE}.{path.stem}").ID
    for path in sorted(Path(APP_CONFIG.resolved_migrations_folder_path).glob("perceel_*.py"))
]

EMPTIED_BEFORE = {"2026-11-28T15:00:27:409346": ("match_verdict", "match_run")}
"""What operators are told to empty first (changelog): pre-release installations only."""


class Migrated:
    """A database that went through every version with rows in it."""

    def __init__(self, filler: Filler, found: asyncpg.Connection) -> None:
        self.filler, self.database = filler, found


@pytest.fixture(scope="module")
async def grown() -> AsyncIterator[Migrated]:
    """A server of our own, its schema of today, and the rows of all versions."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        _open_to_all(folder)
        with postgres(Path(folder) / "postgres") as dsn, _pointed_at(dsn):
            connection = await asyncpg.connect(dsn)
            filler = Filler(connection)
            for number, version in enumerate(VERSIONS, start=1):
                await filler.empty(EMPTIED_BEFORE.get(version, ()))
                await _migrate(version)
                await filler.fill(number)
            async with database.pool(4):
                yield Migrated(filler, connection)
            await connection.close()


def _open_to_all(folder: str) -> None:
    """Let the server in, which runs under a user of its own where we are root."""
    Path(folder).chmod(0o755)


@contextmanager
def _pointed_at(dsn: str) -> Iterator[None]:
    """Turn this process to another database for a while; its pool stays as it is."""
    before = DB.config, DB.pool
    DB.config, DB.pool = {"dsn": dsn}, None
    try:
        yield
    finally:
        DB.config, DB.pool = before


async def _migrate(version: str) -> None:
    told = io.StringIO()
    with warnings.catch_warnings(), redirect_stdout(told):
        # Generated migrations repeat names that Piccolo itself then warns about.
        warnings.simplefilter("ignore")
        result = await run_forwards("perceel", migration_id=version)
    assert result.success, told.getvalue()


async def test_every_row_of_every_version_is_still_there_and_the_same(grown: Migrated) -> None:
    assert len({one.version for one in grown.filler.kept}) == len(VERSIONS)

    assert await grown.filler.lost() == []


async def test_every_table_got_rows_in_every_version_that_has_it(grown: Migrated) -> None:
    tables = {table._meta.tablename for table in APP_CONFIG.table_classes}

    assert {one.table for one in grown.filler.kept if one.version == len(VERSIONS)} == tables


async def test_the_schema_after_all_migrations_is_that_of_the_tables(grown: Migrated) -> None:
    sql = """
    SELECT table_name, column_name, is_nullable = 'YES' AS nullable, udt_name
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'migration'
    """
    rows = await grown.database.fetch(sql)
    found = {(r["table_name"], r["column_name"]): (r["nullable"], r["udt_name"]) for r in rows}
    wanted = {
        (table._meta.tablename, column._meta.db_column_name): (
            column._meta.null,
            _udt(column),
        )
        for table in APP_CONFIG.table_classes
        for column in table._meta.columns
    }

    assert found == wanted


def _udt(column: Column) -> str:
    """Give PostgreSQL's own name of the type of a column in code."""
    written = str(column.column_type).lower().partition("(")[0].strip()
    known = {
        "integer": "int4",
        "serial": "int4",
        "bigint": "int8",
        "bigserial": "int8",
        "boolean": "bool",
        "double precision": "float8",
        "timestamp with time zone": "timestamptz",
    }
    if written.endswith("[]"):
        return "_" + known.get(written[:-2], written[:-2])
    return known.get(written, written)


async def test_the_code_of_today_reads_the_rows_of_every_version(
    app: Litestar, grown: Migrated
) -> None:
    await load.load_shipped(NOW)
    transport: Any = ASGITransport(app)  # type: ignore[arg-type]  # Litestar narrows ASGI
    paths = [
        *(f"/enterprises/{one}" for one in ids(grown.filler.kept, "enterprise")),
        *(f"/enterprises/{one}/capacity" for one in ids(grown.filler.kept, "enterprise")),
        *(f"/enterprises/{one}/reservations" for one in ids(grown.filler.kept, "enterprise")),
        *(f"/tenders/{one}" for one in ids(grown.filler.kept, "tender")),
        *(f"/lots/{one}" for one in ids(grown.filler.kept, "lot")),
        *("/tenders", "/changes", "/imports"),
    ]

    async with AsyncClient(transport=transport, base_url="http://perceel.test") as client:
        client.headers.update(await a_key())
        answers = {path: await client.get(f"/v1{path}") for path in paths}

    assert {path: one.text for path, one in answers.items() if one.status_code != 200} == {}
