"""The real engine for the tests of this room: the one in MEILISEARCH_URL, or one of our own."""

import os
import socket
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from search.client import Client
from search.engine import start, stop
from search.rebuild import drop, live_index, next_index


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def engine_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if given := os.environ.get("MEILISEARCH_URL"):
        yield given
        return
    engine = start(tmp_path_factory.mktemp("engine"), free_port())
    yield engine.url
    stop(engine)


@pytest.fixture(scope="session")
async def client(engine_url: str) -> AsyncIterator[Client]:
    async with Client(engine_url, os.environ.get("MEILISEARCH_KEY")) as opened:
        yield opened


@pytest.fixture
async def prefix(client: Client) -> AsyncIterator[str]:
    """A prefix of this test alone; afterwards only its own indexes are dropped."""
    own = f"test-{uuid.uuid4().hex}"
    yield own
    for index in (live_index(own), next_index(own)):
        await drop(client, index)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def data() -> Path:
    return Path(__file__).parent / "data"
