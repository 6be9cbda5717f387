"""Fills any schema of ours with rows, as its catalogue describes it; no code of ours is asked.

Two rows a table: one with every column filled, one with nothing that may be left out. What a
row holds can be found back later, whatever migrations came in between.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import msgspec

_COLUMNS: Final = """
SELECT c.relname AS "table", a.attname AS "column", a.atttypid::regtype::text AS type,
  a.attnotnull AS required, a.atthasdef AND pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%'
    AS counted,
  CASE WHEN a.atttypmod > 4 AND a.atttypid = 'varchar'::regtype THEN a.atttypmod - 4 END AS length,
  f.confrelid::regclass::text AS parent, p.attname AS parent_column
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f' AND f.conkey = ARRAY[a.attnum]
LEFT JOIN pg_attribute p ON p.attrelid = f.confrelid AND p.attnum = f.confkey[1]
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'migration'
ORDER BY c.relname, a.attnum
"""
_FIRST_DAY: Final = date(2026, 1, 1)
_FIRST_MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)
_COUNTRY: Final = {"kind": "country"}
WORDS: Final[dict[tuple[str, str], Any]] = {
    ("enterprise", "state"): "published",
    ("enterprise", "country"): "NLD",
    ("enterprise", "kvk_number"): "{:08d}",
    ("enterprise", "target_groups"): [],
    ("enterprise", "legal_form"): "stichting",
    ("enterprise", "phase"): "idee",
    ("enterprise", "municipality"): "GM0344",
    ("enterprise", "target_group_share"): "30-49",
    ("enterprise", "details"): {},
    ("capacity_reservation", "purpose"): "own",
    ("offering", "product_details"): [],
    ("offering", "cpv_codes"): ["77310000"],
    ("offering", "cpv_lineage"): ["77000000", "77310000"],
    ("offering", "service_mode"): "service",
    ("offering", "coverage"): _COUNTRY,
    ("tender", "source"): "ocds",
    ("tender", "buyer"): {"name": "Gemeente Ede"},
    ("tender", "buyer_level"): "sub-central",
    ("tender", "main_kind"): "services",
    ("lot", "status"): "active",
    ("lot", "nature"): "services",
    ("lot", "reservations"): ["res-ws"],
    ("lot", "reserved_execution"): "yes",
    ("lot", "cpv_main"): "77310000",
    ("import_job", "state"): "done",
    ("import_job", "form"): "csv",
    ("import_job", "mode"): "atomic",
    ("import_finding", "severity"): "warning",
}
"""What the code of today must be able to read; the rest is any text of the right length."""


class Column(msgspec.Struct, frozen=True):
    """A column as the catalogue knows it."""

    table: str
    column: str
    type: str
    required: bool
    counted: bool
    length: int | None
    parent: str | None
    parent_column: str | None


class Kept(msgspec.Struct, frozen=True):
    """A row as it was when it was written, as text; `version` is the schema that it came with."""

    version: int
    table: str
    values: dict[str, str | None]


class Filler:
    """Writes rows into one database, through all its versions."""

    def __init__(self, database: asyncpg.Connection) -> None:
        self._database = database
        self._numbers = count(1)
        self.kept: list[Kept] = []

    async def fill(self, version: int) -> None:
        """Write two rows into every table of this schema."""
        tables: dict[str, list[Column]] = {}
        for row in await self._database.fetch(_COLUMNS):
            tables.setdefault(row["table"], []).append(Column(**dict(row)))
        for whole in (True, False):
            written: dict[str, dict[str, Any]] = {}
            for table in _in_order(tables):
                values = self._row(tables[table], written, whole=whole)
                written[table] = await self._write(table, values)
                self.kept.append(Kept(version, table, _as_text(written[table])))

    async def empty(self, tables: Sequence[str]) -> None:
        """Delete the rows of tables, and expect them no more."""
        for table in tables:
            await self._database.execute(f'DELETE FROM "{table}"')  # noqa: S608  names of the caller
        self.kept = [one for one in self.kept if one.table not in tables]

    async def lost(self) -> list[str]:
        """Name what is no longer there, or no longer the same, in columns that still are."""
        found: list[str] = []
        now: dict[str, list[dict[str, str | None]]] = {}
        for kept in self.kept:
            if kept.table not in now:
                rows = await self._database.fetch(f'SELECT * FROM "{kept.table}"')  # noqa: S608  from the catalogue
                now[kept.table] = [_as_text(dict(row)) for row in rows]
            if not any(_same(kept.values, row) for row in now[kept.table]):
                found.append(f"{kept.table} of version {kept.version}: {kept.values}")
        return found

    def _row(
        self, columns: Sequence[Column], written: dict[str, dict[str, Any]], *, whole: bool
    ) -> dict[str, Any]:
        number, values = next(self._numbers), dict[str, Any]()
        for place, one in enumerate(columns):
            if one.counted or not (whole or one.required):
                continue
            if one.parent is None or one.parent_column is None:
                values[one.column] = _value(one, number, place)
            elif one.parent in written:
                values[one.column] = written[one.parent][one.parent_column]
        return values

    async def _write(self, table: str, values: dict[str, Any]) -> dict[str, Any]:
        names = ", ".join(f'"{name}"' for name in values)
        places = ", ".join(f"${place}" for place in range(1, len(values) + 1))
        sql = f'INSERT INTO "{table}" ({names}) VALUES ({places}) RETURNING *'  # noqa: S608  from the catalogue
        [row] = await self._database.fetch(sql, *values.values())
        return dict(row)


def _in_order(tables: dict[str, list[Column]]) -> Iterable[str]:
    """Give parents before children; where two need each other, the one that can do without."""
    done: list[str] = []
    while len(done) < len(tables):
        free = [name for name in tables if name not in done and _is_free(tables[name], done)]
        assert free, set(tables) - set(done)
        done += free
    return done


def _is_free(columns: Iterable[Column], done: Sequence[str]) -> bool:
    parents = {one.parent for one in columns if one.parent and one.required}
    own = {one.table for one in columns}
    return parents <= {*done, *own}


def _value(one: Column, number: int, place: int) -> Any:
    word = WORDS.get((one.table, one.column))
    if isinstance(word, str):
        return word.format(number)
    if word is not None:
        return json.dumps(word) if one.type.startswith("json") else word
    if one.type == "character varying":
        return f"{number}x{place}"[: one.length]
    day = timedelta(days=number + place)
    of_type: dict[str, Any] = {
        "uuid": uuid4(),
        "text": f"{one.column} {number}",
        "integer": number,
        "bigint": number,
        "numeric": Decimal(number) / 100,
        "double precision": number / 4,
        "boolean": number % 2 == 0,
        "date": _FIRST_DAY + day,
        "timestamp with time zone": _FIRST_MOMENT + day,
        "bytea": str(number).encode(),
        "json": "[]",
        "jsonb": "[]",
        "text[]": [f"{one.column} {number}"],
        "integer[]": [number],
        "uuid[]": [uuid4()],
        "bytea[]": [str(number).encode()],
    }
    return of_type[one.type]


def _as_text(row: dict[str, Any]) -> dict[str, str | None]:
    return {name: None if value is None else _text(value) for name, value in row.items()}


def _text(value: Any) -> str:
    """Write a value so that it compares with what another type of column makes of it."""
    if isinstance(value, Decimal | float):
        return f"{float(value):.6f}"
    return json.dumps(value, default=str) if isinstance(value, list) else str(value)


def _same(was: dict[str, str | None], row: dict[str, str | None]) -> bool:
    return all(row[name] == value for name, value in was.items() if name in row)


def ids(kept: Iterable[Kept], table: str) -> list[UUID]:
    """Give the ids of the rows that were written into a table."""
    return [UUID(one.values["id"] or "") for one in kept if one.table == table]
