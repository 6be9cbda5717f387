"""The door to PostgreSQL: pool, transactions, bulk copy, locks."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import copy_context
from functools import cache
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
from asyncpg import (
    Connection,
    InterfaceError,
    InternalClientError,
    OperatorInterventionError,
    PostgresConnectionError,
    connect,
)
from piccolo.table import Table

from api.domain.errors import Unavailable
from api.piccolo_conf import DB

AWAY: Final = (
    OSError,
    PostgresConnectionError,
    OperatorInterventionError,
    InterfaceError,
    # Raised by a query on a connection whose server died while the pool was resetting it.
    InternalClientError,
)
"""What a database that is down, or went down just now, makes the driver raise."""
# Piccolo looks for its configuration at the root unless told where it stands.
os.environ.setdefault("PICCOLO_CONF", "api.piccolo_conf")
PART: Final = 2_000
"""Rows that `fetch_in_parts` holds."""
Row = Mapping[str, Any]
Kind = TypeVar("Kind", bound=msgspec.Struct)
Answer = TypeVar("Answer")


def use_database(dsn: str) -> None:
    """Point this process at a database; before the pool is opened."""
    DB.config = {"dsn": dsn}


@asynccontextmanager
async def pool(size: int) -> AsyncIterator[None]:
    """Hold a pool of connections open."""
    try:
        await DB.start_connection_pool(min_size=min(2, size), max_size=size, reset=_as_it_is)
    except AWAY as error:
        raise Unavailable(f"The database can't be reached: {error}") from error
    try:
        yield
    finally:
        await DB.close_connection_pool()


async def _as_it_is(_: Connection) -> None:
    """Take a connection back without asking the server to reset it.

    Nothing here leaves anything on one: locks of a session have a connection of their own, and a
    transaction that is still open is rolled back before this (ADR 49). It spares every read a
    second way to the server and back.
    """


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """Do one use case: all of it is stored, or none. Joins a transaction that is open."""
    async with DB.transaction():
        yield


def in_transaction() -> bool:
    """Tell whether a transaction is open here."""
    return DB.current_transaction.get() is not None


def connection() -> Connection:
    """Give the connection of the open transaction."""
    current = DB.current_transaction.get()
    if current is None:
        raise RuntimeError("outside a transaction")
    return current.connection


async def copy_rows(table: type[Table], rows: Sequence[Row]) -> None:
    """Insert many rows at once; every row names the same columns. Needs a transaction."""
    if not rows:
        return
    columns = list(rows[0])
    await copy_values(table, columns, [[row[column] for column in columns] for row in rows])


async def copy_values(
    table: type[Table], columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Insert many rows at once, each the values of `columns` in order. Needs a transaction."""
    await connection().copy_records_to_table(
        table._meta.tablename,  # noqa: SLF001  Piccolo's documented place of the name
        columns=columns,
        records=rows,
    )


async def fetch(sql: str, *values: object) -> list[Row]:
    """Run one statement with `$1` placeholders, in the open transaction when there is one."""
    current = DB.current_transaction.get()
    if current is not None:
        return list(await current.connection.fetch(sql, *values))
    if DB.pool is None:
        raise Unavailable("The database pool is not open.")
    async with DB.pool.acquire() as free:
        return list(await free.fetch(sql, *values))


async def fetch_in_parts(take: Callable[[Sequence[Row]], None], sql: str, *values: object) -> None:
    """Run one statement, and hand its rows over some thousands at a time: only those are held."""
    async with transaction():
        cursor = await connection().cursor(sql, *values)
        part = await cursor.fetch(PART)
        while part:
            take(part)
            part = await cursor.fetch(PART) if len(part) == PART else []


async def update_row(table: str, row_id: UUID, values: Row) -> None:
    """Change columns of one row. Needs a transaction."""
    # Column names come from our own tables, never from a caller; values are bound.
    assignments = ", ".join(f'"{name}" = ${n}' for n, name in enumerate(values, start=2))
    sql = f'UPDATE "{table}" SET {assignments} WHERE id = $1'  # noqa: S608  see above
    await connection().execute(sql, row_id, *values.values())


async def lock(name: str) -> None:
    """Wait until nobody else holds `name`; kept until the transaction ends."""
    await connection().execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name)


async def lock_all(names: Sequence[str]) -> None:
    """Wait for several locks, one after the other in the order given; else like `lock`."""
    sql = "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest($1::text[]) name"
    await connection().execute(sql, names)


async def try_lock(name: str) -> bool:
    """Take `name` if it is free, until the transaction ends."""
    taken: bool = await connection().fetchval(
        "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", name
    )
    return taken


@asynccontextmanager
async def session_lock(name: str) -> AsyncIterator[bool]:
    """Try to hold `name` across transactions; it is free again when the block or process ends.

    On a connection of its own: whatever ends the block, the lock ends with the connection.
    """
    # It waits for as long as the job takes, which is no reason to end it.
    own = await connect(**DB.config, server_settings={"idle_session_timeout": "0"})
    try:
        key = "hashtextextended($1, 0)"
        yield await own.fetchval(f"SELECT pg_try_advisory_lock({key})", name)
    finally:
        try:
            if not own.is_closed():  # a lost connection has lost the lock with it
                await own.fetchval("SELECT pg_advisory_unlock_all()")
        finally:
            own.terminate()


async def apart(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Do something outside the open transaction, on a connection of its own."""
    own = copy_context()
    own.run(DB.current_transaction.set, None)
    return await asyncio.create_task(work, context=own)


async def is_alive() -> bool:
    """Tell whether the database answers."""
    try:
        await fetch("SELECT 1")
    except (*AWAY, Unavailable):
        return False
    return True


def as_struct(values: Row, kind: type[Kind]) -> Kind:
    """Check columns against a struct whose fields have the same names; others are left out."""
    return msgspec.convert({told: values[name] for told, name in _columns(kind)}, kind)


@cache
def _columns(kind: type[msgspec.Struct]) -> tuple[tuple[str, str], ...]:
    return tuple((one.encode_name, one.name) for one in msgspec.structs.fields(kind))


def as_json(value: object) -> str:
    """Encode for a JSONB column."""
    return msgspec.json.encode(value).decode()
