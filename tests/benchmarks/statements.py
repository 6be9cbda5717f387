"""Every statement of a process with its time; the heaviest explained by the database."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import asyncpg
import msgspec

from api.piccolo_conf import DB
from api.settings import settings

LONGEST_LINE: Final = 160
_TIME: Final = re.compile(r"^Execution Time: ([\d.]+) ms")
CANDIDATES: Final = 15
UNTOLD: Final = float("inf")
"""Seconds of a statement that is read in parts: it is always looked at."""
_SCAN: Final = re.compile(r"Seq Scan on (\w+)")
_PLANNED: Final = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
_OWN_SCHEMA: Final = re.compile(r"pg_(catalog|class|type|advisory)|information_schema", re.ASCII)


class Said(msgspec.Struct, frozen=True):
    """A statement that was sent, with its values and its time in seconds."""

    sql: str
    values: tuple[Any, ...]
    seconds: float


class Heavy(msgspec.Struct, frozen=True):
    """A statement text with all its calls, and the plan of the slowest."""

    sql: str
    calls: int
    seconds: float
    plan: tuple[str, ...]

    @property
    def database_ms(self) -> float:
        """How long the database took for the call that is explained."""
        return sum(float(time) for line in self.plan for time in _TIME.findall(line))


_ABOUT: Final = (
    "Written by `make bench` at {:,} enterprises: of all that its requests ask of the database,"
    " each asked once, the statements that take it longest in all (calls by the time of the"
    " slowest), with the plan of that one. Times under EXPLAIN are longer than without it; long"
    " lines are cut off."
)
_heard: list[Said] = []


class Recording(asyncpg.Connection):  # type: ignore[misc]  # the driver has no types
    """A connection that tells what it sends; the pool's own housekeeping included."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.add_query_logger(_hear)

    def cursor(self, query: str, *values: Any, **named: Any) -> Any:
        """Tell of a statement that is read in parts, which the driver does not."""
        _heard.append(Said(query, values, UNTOLD))
        return super().cursor(query, *values, **named)


def _hear(told: asyncpg.connection.LoggedQuery) -> None:
    _heard.append(Said(told.query, tuple(told.args or ()), told.elapsed))


@contextmanager
def recorded() -> Iterator[list[Said]]:
    """Record what is sent over connections that are made within; gives the list that grows."""
    former = DB.config
    DB.config = {**former, "connection_class": Recording}
    _heard.clear()
    try:
        yield _heard
    finally:
        DB.config = former


def reads(said: Sequence[Said]) -> list[Said]:
    """Give the reads of our own tables among them."""
    return [one for one in said if _first(one.sql) in _PLANNED[:2] and _is_ours(one.sql)]


async def heaviest(said: Sequence[Said], most: int = 5) -> list[Heavy]:
    """Choose the statements of the longest time in all, and have each explained and undone.

    The longest are chosen by the clock of the caller, and of them the heaviest by that of the
    database: the way there and back says nothing about a plan.
    """
    by_text: dict[str, list[Said]] = defaultdict(list)
    for one in said:
        if _first(one.sql) in _PLANNED and _is_ours(one.sql):
            by_text[" ".join(one.sql.split())].append(one)
    ranked = sorted(by_text.values(), key=lambda calls: -sum(one.seconds for one in calls))
    connection = await asyncpg.connect(settings().database_url)
    try:
        found = [await _explained(connection, calls) for calls in ranked[:CANDIDATES]]
    finally:
        await connection.close()
    return sorted(found, key=lambda one: -one.calls * one.database_ms)[:most]


async def _explained(connection: Any, calls: Sequence[Said]) -> Heavy:
    slowest = max(calls, key=lambda one: one.seconds)
    transaction = connection.transaction()
    await transaction.start()
    try:
        asked = f"EXPLAIN (ANALYZE, BUFFERS) {slowest.sql}"
        rows = await connection.fetch(asked, *slowest.values)
    finally:
        await transaction.rollback()
    plan = tuple(str(row[0]) for row in rows)
    return Heavy(slowest.sql, len(calls), sum(one.seconds for one in calls), plan)


def page(firms: int, heavy: Sequence[Heavy], sizes: Mapping[str, int]) -> str:
    """Write the plans down, each with what it reads from its first row to its last."""
    parts = [
        "# The heaviest statements, explained",
        _ABOUT.format(firms),
        *(part for number, one in enumerate(heavy, start=1) for part in _told(number, one, sizes)),
    ]
    return "\n\n".join(parts) + "\n"


def _told(number: int, one: Heavy, sizes: Mapping[str, int]) -> Iterator[str]:
    yield f"## {number}. {one.calls:,} calls, {one.database_ms:,.1f} ms at most in the database"
    yield f"```sql\n{one.sql.strip()}\n```"
    scanned = sorted({name for line in one.plan for name in _SCAN.findall(line)})
    known = [f"`{name}` ({sizes.get(name, 0):,} rows)" for name in scanned]
    yield f"Tables read whole: {', '.join(known) or 'none'}."
    yield "```text\n" + "\n".join(_cut(line) for line in one.plan) + "\n```"


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} ..."


def _first(sql: str) -> str:
    words = sql.split(maxsplit=1)
    return words[0].upper() if words else ""


def _is_ours(sql: str) -> bool:
    return _OWN_SCHEMA.search(sql) is None
