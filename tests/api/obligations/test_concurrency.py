"""Many writers at once on one obligation, on connections of their own."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from api.database import copy_rows, fetch, transaction
from api.enterprises.tables import Mark
from tests.api.obligations.conftest import World, add_mark, peopled

WRITERS = 200
CLEARED = (
    ("ledger_entry", "obligation = ANY($1)"),
    ("fulfilment", "obligation = ANY($1)"),
    ("audit_event", "subject = ANY($1)"),
    ("obligation", "id = ANY($1)"),
)


@pytest.fixture
async def committed_world(migrated: None, caller: AsyncClient) -> AsyncIterator[World]:  # noqa: ARG001  depends by name
    """A world that others can see; every row of it is deleted afterwards."""
    world = await peopled(World(caller), "CONCURRENT")
    yield world
    sides = list(world.ids.values())
    async with transaction():
        rows = await fetch("SELECT id FROM obligation WHERE authority = ANY($1)", sides)
        for trigger, table in (
            ("ledger_entry_append_only", "ledger_entry"),
            ("rule_book_frozen", "rule_book"),
        ):
            await fetch(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        for table, condition in CLEARED:
            await fetch(f"DELETE FROM {table} WHERE {condition}", [row["id"] for row in rows])  # noqa: S608  names of our own
        await fetch("DELETE FROM rule_book WHERE id = $1", world.book)
        await fetch("DELETE FROM audit_event WHERE subject = $1", world.book)
        await fetch("DELETE FROM quality_mark WHERE enterprise = $1", world.enterprise)
        await fetch("DELETE FROM enterprise WHERE id = $1", world.enterprise)
        await fetch("DELETE FROM api_key WHERE organisation = ANY($1) OR name = 'n'", sides)
        await fetch("DELETE FROM organisation WHERE id = ANY($1)", sides)
        for trigger, table in (
            ("ledger_entry_append_only", "ledger_entry"),
            ("rule_book_frozen", "rule_book"),
        ):
            await fetch(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")


async def test_of_many_writers_none_is_lost_and_no_cap_is_broken(committed_world: World) -> None:
    world = committed_world
    async with transaction():
        await fetch("DELETE FROM quality_mark WHERE enterprise = $1", world.enterprise)
        await copy_rows(Mark, [add_mark(world.enterprise, "pso", "3")])
    path = await world.obligation(20_000_000)  # owed 10,000.00; cap 5,000.00

    # Each 30 % of 1,000.00: 16 fit whole, one for 200.00, the others find no room.
    answers = await asyncio.gather(
        *(
            world.post("contractor", f"{path}/fulfilments", world.purchase(f"F-{n}", 100_000))
            for n in range(WRITERS)
        )
    )

    assert [one.status_code for one in answers] == [201] * WRITERS
    frozen: list[int] = sorted(one.json()["amountCents"] for one in answers)
    assert frozen == [0] * (WRITERS - 17) + [20_000] + [30_000] * 16
    numbers = sorted(one.json()["number"] for one in answers)
    assert numbers == list(range(2, WRITERS + 2))
    verified: Any = (await world.get("authority", f"{path}/verification")).json()
    assert (verified["intact"], verified["entries"]) == (True, WRITERS + 1)
    position = (await world.get("authority", f"{path}/position")).json()
    assert position["submittedCents"] == 500_000


async def test_of_many_who_claim_one_invoice_one_gets_it(committed_world: World) -> None:
    world = committed_world
    paths = [await world.obligation() for _ in range(10)]

    answers = await asyncio.gather(
        *(
            world.post("contractor", f"{path}/fulfilments", world.purchase("F-1", 50_000))
            for path in paths
        )
    )

    assert sorted(one.status_code for one in answers) == [201] + [409] * 9
