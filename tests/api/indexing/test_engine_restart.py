"""An engine that stops and starts again, and a database that drops its connections."""

import asyncio
from pathlib import Path

import pytest
from httpx import AsyncClient

from api import index as engines
from api import indexing
from api.database import AWAY, connection, fetch, transaction
from api.indexing import Difference
from api.outbox import service as outbox
from importers.engines import free_port
from search import engine as meilisearch
from search.errors import EngineUnavailable
from tests.api.indexing.conftest import added, until
from tests.builders import an_enterprise

EQUAL = Difference((), ())


async def test_a_worker_goes_on_when_the_engine_comes_back(
    committing_desk: AsyncClient,
    index_prefix: str,  # noqa: ARG001  depends by name
    tmp_path: Path,
) -> None:
    port = free_port()
    running = meilisearch.start(tmp_path / "engine", port)
    async with engines.engine(running.url):
        worker = asyncio.create_task(indexing.drain_forever())
        try:
            await added(5)
            await until(_nothing_waits)

            meilisearch.stop(running)
            response = await committing_desk.post("/v1/enterprises", json=an_enterprise())
            assert response.status_code == 201
            assert (await committing_desk.get("/v1/enterprises?q=schilder")).status_code == 503
            with pytest.raises(EngineUnavailable):
                await indexing.drain_once()
            assert await outbox.backlog() == 1

            running = meilisearch.start(tmp_path / "engine", port)
            await until(_nothing_waits)
            assert await indexing.compare() == EQUAL
            assert (await committing_desk.get("/v1/enterprises")).json()["total"] == 6
        finally:
            worker.cancel()
            meilisearch.stop(running)
    with pytest.raises(asyncio.CancelledError):
        await worker


async def test_a_drain_goes_on_after_the_database_dropped_its_connection(index: None) -> None:  # noqa: ARG001  depends by name
    await added(2)

    for _ in range(12):  # more often than the pool has connections
        with pytest.raises(AWAY):
            await _drain_on_a_connection_that_dies()

    assert await indexing.drain_once() == 2
    assert await indexing.compare() == EQUAL


async def _drain_on_a_connection_that_dies() -> None:
    async with transaction():
        await fetch("SELECT 1")
        connection().terminate()
        await indexing.drain_once()


async def _nothing_waits() -> bool:
    return await outbox.backlog() == 0
