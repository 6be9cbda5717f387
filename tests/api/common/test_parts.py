"""Statements whose rows are read some at a time."""

import asyncpg
import pytest

from api import database
from api.piccolo_conf import DB
from tests.benchmarks import statements

SQL = "SELECT n FROM generate_series(1, $1::int) n"


async def parts(count: int) -> list[list[int]]:
    taken: list[list[int]] = []
    await database.fetch_in_parts(lambda part: taken.append([row["n"] for row in part]), SQL, count)
    return taken


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
async def test_every_row_comes_once_and_no_part_is_too_large(
    committed: None,  # noqa: ARG001  depends by name
    monkeypatch: pytest.MonkeyPatch,
    count: int,
) -> None:
    monkeypatch.setattr(database, "PART", 2)

    alone = await parts(count)
    async with database.transaction():
        joined = await parts(count)

    assert alone == joined
    assert [n for part in alone for n in part] == list(range(1, count + 1))
    assert all(0 < len(part) <= 2 for part in alone)


async def test_a_bench_hears_of_them(db: None) -> None:  # noqa: ARG001  depends by name
    connection = await asyncpg.connect(**DB.config, connection_class=statements.Recording)
    with statements.recorded() as said:
        async with connection.transaction():
            await connection.cursor(SQL, 3)
        heard = [(one.sql, one.values) for one in said]
    await connection.close()

    assert (SQL, (3,)) in heard
