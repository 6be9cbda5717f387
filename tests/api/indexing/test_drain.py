"""Draining the outbox makes the index equal to the database, whatever comes in between."""

import asyncio
from uuid import UUID

import asyncpg
import pytest
from httpx import AsyncClient

from api import database, indexing
from api import index as engines
from api.accounts.service import SYSTEM
from api.clock import now
from api.enterprises import service
from api.indexing import Difference
from api.outbox import service as outbox
from api.settings import settings
from importers.engines import free_port
from search import rebuild as search_index
from search.client import Client
from search.errors import EngineUnavailable
from tests.api.indexing.conftest import added, drained, until
from tests.builders import an_offering, stored

EQUAL = Difference((), ())


async def documents(engine: Client) -> list[str]:
    name = search_index.live_index(settings().index_prefix)
    return [one.id async for one in engine.stored(name)]


async def test_what_waits_is_missing_and_after_the_drain_it_is_not(index: None) -> None:  # noqa: ARG001  depends by name
    await added(3)
    waiting = await indexing.compare()

    followed = await indexing.drain_once()

    assert len(waiting.missing) == 3
    assert followed == 3
    assert await indexing.compare() == EQUAL
    assert await outbox.backlog() == 0
    assert await indexing.drain_once() == 0


async def test_every_kind_of_change_reaches_the_index(
    committing_desk: AsyncClient,
    index: None,  # noqa: ARG001  depends by name
    engine: Client,
) -> None:
    desk, star = committing_desk, {"If-Match": "*"}
    firms = [await stored(desk, name=f"Firma {number}") for number in range(4)]
    paths = [f"/v1/enterprises/{one['id']}" for one in firms]
    await drained()

    await desk.patch(paths[0], json={"name": "Zwaluwstaart"}, headers=star)
    await desk.delete(paths[1], headers=star)
    extra = await desk.post(f"{paths[2]}/offerings", json=an_offering(title="Drukwerk"))
    await desk.delete(f"{paths[3]}/offerings/{firms[3]['offerings'][0]['id']}", headers=star)
    await drained()

    assert await indexing.compare() == EQUAL
    # A firm without offerings has one document, under its own id.
    assert set(await documents(engine)) == {
        firms[0]["offerings"][0]["id"],
        firms[2]["offerings"][0]["id"],
        extra.json()["id"],
        firms[3]["id"],
    }
    found = (await desk.get("/v1/enterprises", params={"q": "zwaluwstaart"})).json()
    assert [one["id"] for one in found["items"]] == [firms[0]["id"]]


async def test_more_enterprises_than_a_request_holds_are_one_step(index: None) -> None:  # noqa: ARG001  depends by name
    await added(indexing.BATCH + 1, offerings=[])

    assert [await indexing.drain_once() for _ in range(2)] == [indexing.BATCH + 1, 0]
    assert await indexing.compare() == EQUAL


async def test_more_changes_than_a_step_holds_are_followed_in_steps(index: None) -> None:  # noqa: ARG001  depends by name
    [enterprise] = await added(1)
    async with database.transaction():
        await outbox.enqueue([enterprise] * indexing.STEP, now())

    assert [await indexing.drain_once() for _ in range(3)] == [indexing.STEP, 1, 0]
    assert await indexing.compare() == EQUAL


async def test_two_drains_at_once_do_the_work_once(index: None) -> None:  # noqa: ARG001  depends by name
    await added(20)

    followed = await asyncio.gather(indexing.drain_once(), indexing.drain_once())

    assert sorted(followed) == [0, 20]
    assert await indexing.compare() == EQUAL


async def test_changes_during_a_drain_are_followed_by_the_next(index: None) -> None:  # noqa: ARG001  depends by name
    [first, *_] = await added(50)

    withdrawal = service.withdraw(first, None, SYSTEM, now())
    await asyncio.gather(indexing.drain_once(), withdrawal, added(10))
    await drained()

    assert await indexing.compare() == EQUAL


async def test_the_last_of_many_quick_changes_is_the_one_that_is_found(
    committing_desk: AsyncClient,
    index: None,  # noqa: ARG001  depends by name
) -> None:
    made = await stored(committing_desk, name="Naam nul")
    path, star = f"/v1/enterprises/{made['id']}", {"If-Match": "*"}
    names = ("Aardbei", "Braambos", "Citroenboom", "Dadelpalm")

    async def rename() -> None:
        for name in names:
            await committing_desk.patch(path, json={"name": name}, headers=star)

    await asyncio.gather(rename(), *(indexing.drain_once() for _ in range(6)))
    await drained()

    totals = [
        (await committing_desk.get("/v1/enterprises", params={"q": name})).json()["total"]
        for name in names
    ]
    assert totals == [0, 0, 0, 1]


async def test_a_drain_killed_before_its_rows_are_deleted_is_done_again(
    index: None,  # noqa: ARG001  depends by name
    engine: Client,
    database_url: str,
) -> None:
    async def five_are_there() -> bool:
        return len(await documents(engine)) == 5

    await added(5)
    before = await outbox.oldest(10)
    other = await asyncpg.connect(database_url)
    async with other.transaction():
        # Held by another, the rows can't be deleted: the drain stands where it is to be killed.
        await other.fetch("SELECT id FROM outbox FOR UPDATE")
        drain = asyncio.create_task(indexing.drain_once())
        await until(five_are_there)
        drain.cancel()
        with pytest.raises(asyncio.CancelledError):
            await drain
    await other.close()

    assert await outbox.oldest(10) == before
    assert await indexing.drain_once() == 5
    assert await indexing.compare() == EQUAL


async def test_a_drain_without_an_engine_loses_nothing(index: None) -> None:  # noqa: ARG001  depends by name
    await added(2)

    async with engines.engine(f"http://127.0.0.1:{free_port()}"):
        with pytest.raises(EngineUnavailable):
            await indexing.drain_once()

    assert await outbox.backlog() == 2
    assert await indexing.drain_once() == 2
    assert await indexing.compare() == EQUAL


async def test_whom_a_step_sent_that_broke_off_is_sent_again(
    index: None,  # noqa: ARG001  depends by name
    engine: Client,
) -> None:
    [one] = await added(1)
    unsure: set[UUID] = set()
    async with engines.engine(f"http://127.0.0.1:{free_port()}"):
        with pytest.raises(EngineUnavailable):
            await indexing.drain_once(unsure)
    broken_off = set(unsure)
    # Another process follows the row, and then what was under way arrives after all.
    await drained()
    await search_index.replace(engine, settings().index_prefix, {str(one): ()})

    followed = await indexing.drain_once(unsure)

    assert (broken_off, followed, unsure) == ({one}, 0, set())
    assert await indexing.compare() == EQUAL


async def test_an_index_that_lost_documents_is_found_out_and_healed(
    index: None,  # noqa: ARG001  depends by name
    engine: Client,
) -> None:
    ids = await added(3)
    await drained()
    name = search_index.live_index(settings().index_prefix)
    task = await engine.delete_where(name, f'enterpriseId = "{ids[0]}"')
    await engine.wait(task)
    await database.fetch("UPDATE enterprise SET state = 'withdrawn' WHERE id = $1", ids[1])

    found = await indexing.compare()

    assert (len(found.missing), len(found.surplus)) == (1, 1)
    await indexing.rebuild()
    assert await indexing.compare() == EQUAL
