"""An index that former code left, and one that is made for the first time."""

import asyncio
from collections.abc import AsyncIterator

from httpx import AsyncClient

from api import indexing
from search.client import Client
from search.errors import EngineRefused
from search.rebuild import drop, live_index
from tests.api.indexing.conftest import added
from tests.builders import CLEANING
from tests.match_builders import a_lot, a_tender, lots_of


async def test_an_index_without_what_is_asked_is_being_built(
    desk: AsyncClient, engine: Client, index_prefix: str
) -> None:
    """As after an upgrade, until the worker has made it anew: no fault of ours, no empty list."""
    await drop(engine, live_index(index_prefix))
    body = {"uid": live_index(index_prefix), "primaryKey": "id"}
    await engine.wait(await engine.change("POST", "/indexes", body))
    [lot] = await lots_of(await a_tender(a_lot(1, cpv_main=CLEANING)))

    search = await desk.get("/v1/enterprises?q=schoonmaak")
    run = await desk.post(f"/v1/lots/{lot}/match-runs", json={})

    await drop(engine, live_index(index_prefix))
    assert (search.status_code, search.json()["code"]) == (503, "unavailable")
    assert (run.status_code, run.json()["textSearch"]) == (201, "unavailable")


async def test_the_first_index_answers_with_everybody_or_not_at_all(
    committing_desk: AsyncClient, engine: Client, index_prefix: str
) -> None:
    await drop(engine, live_index(index_prefix))
    await added(3)
    building = asyncio.create_task(indexing.rebuild())
    seen = {await _documents(engine, index_prefix) async for _ in _until(building)}
    await building

    assert seen <= {None, 3}
    assert (await committing_desk.get("/v1/enterprises")).json()["total"] == 3


async def _documents(engine: Client, prefix: str) -> int | None:
    try:
        return len([one async for one in engine.stored(live_index(prefix))])
    except EngineRefused:
        return None


async def _until(task: asyncio.Task[int]) -> AsyncIterator[None]:
    while not task.done():
        yield
