"""Rebuilding while others write and search: nobody waits, and nothing is missed."""

import asyncio
from typing import Any

from httpx import AsyncClient

from api import indexing
from api.accounts.service import SYSTEM
from api.clock import new_id, now
from api.enterprises import service
from api.indexing import Difference
from api.outbox import service as outbox
from api.settings import settings
from search import rebuild as search_index
from search.client import Client
from tests.api.indexing.conftest import added, drained
from tests.search.builders import each

EQUAL = Difference((), ())


async def test_what_is_written_during_a_rebuild_is_not_missed(index: None) -> None:  # noqa: ARG001  depends by name
    old = await added(30)

    async def write() -> None:
        for enterprise_id in old[:10]:
            await service.withdraw(enterprise_id, None, SYSTEM, now())
            await added(1)

    await asyncio.gather(indexing.rebuild(), write())
    await drained()

    assert await indexing.compare() == EQUAL


async def test_searches_are_answered_during_a_rebuild(
    client: AsyncClient,
    index: None,  # noqa: ARG001  depends by name
) -> None:
    await added(30)
    await drained()
    rebuilding = asyncio.create_task(indexing.rebuild())
    totals: set[int] = set()
    statuses: set[int] = set()

    while not rebuilding.done():
        response = await client.get("/v1/enterprises", params={"q": "schilderwerk"})
        statuses.add(response.status_code)
        totals.add(response.json().get("total", -1))

    await rebuilding
    assert (statuses, totals) == ({200}, {30})


async def test_a_drain_gives_way_to_a_rebuild(index: None) -> None:  # noqa: ARG001  depends by name
    await added(5)

    sent, followed = await asyncio.gather(indexing.rebuild(), _soon_after())
    await drained()

    assert (sent, followed) == (5, 0)
    assert await indexing.compare() == EQUAL


async def test_an_index_of_other_settings_is_rebuilt_before_it_is_drained(
    index: None,  # noqa: ARG001  depends by name
    engine: Client,
) -> None:
    await added(2)
    name = search_index.live_index(settings().index_prefix)
    await engine.wait(await engine.change("PATCH", f"/indexes/{name}/settings", {"synonyms": {}}))

    await indexing.catch_up()

    build = await outbox.build_of(name)
    assert build is not None
    assert await search_index.up_to_date(engine, settings().index_prefix, build.hex)
    assert await indexing.compare() == EQUAL


async def test_what_a_build_without_its_lock_swapped_in_does_not_stand(
    index: None,  # noqa: ARG001  depends by name
    engine: Client,
) -> None:
    await added(3)
    await drained()

    # A build that had read before them, and lost its connection to the database, and with it
    # the lock: the engine swaps all the same.
    await search_index.rebuild(engine, settings().index_prefix, each(()), new_id().hex)
    pushed_aside = await indexing.compare()
    await indexing.catch_up()

    assert len(pushed_aside.missing) == 3
    assert await indexing.compare() == EQUAL


async def test_of_two_that_find_it_lacking_one_builds_it(
    index: None,  # noqa: ARG001  depends by name
    engine: Client,
) -> None:
    name = search_index.live_index(settings().index_prefix)
    await engine.wait(await engine.change("PATCH", f"/indexes/{name}/settings", {"synonyms": {}}))
    before = await _swaps(engine)

    await asyncio.gather(indexing.catch_up(), indexing.catch_up(), indexing.catch_up())

    assert await _swaps(engine) == before + 1


async def _swaps(engine: Client) -> int:
    told = await engine._read("GET", "/tasks?types=indexSwap&limit=1", dict[str, Any])
    return int(told["total"])


async def test_an_index_that_is_not_there_is_built(
    client: AsyncClient,
    index: None,  # noqa: ARG001  depends by name
    engine: Client,
) -> None:
    await added(2)
    await search_index.drop(engine, search_index.live_index(settings().index_prefix))
    assert (await client.get("/v1/enterprises?q=kwast")).status_code == 503

    await indexing.catch_up()

    assert (await client.get("/v1/enterprises")).json()["total"] == 2
    assert await indexing.compare() == EQUAL


async def _soon_after() -> int:
    """Drain while the rebuild holds the lock."""
    await asyncio.sleep(0.05)
    return await indexing.drain_once()
