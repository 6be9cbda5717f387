"""The application on real engines. Nobody listens on a port: requests go in as ASGI."""

import os
import secrets
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from api import database, index
from api.app import create_app
from api.settings import settings
from importers.asgi import READERS
from importers.engines import free_port
from search.client import Client
from search.engine import start, stop
from search.rebuild import drop, live_index, next_index
from tests.builders import a_key

_REBUILT = (
    *("spend_line", "spend_file", "spend_supplier", "match_batch", "art77_award"),
    "public_service_mission",
    "longlist_lock",
    *("match_verdict", "match_run", "lot", "tender", "quality_mark", "offering"),
    *("duplicate_refusal", "profile_claim", "enterprise_revision", "enterprise"),
)
_PLANNED = (
    *("capacity_reservation", "lot_plan_adoption", "lot_declaration", "lot_plan", "split_run"),
    "work_item",
)
_PEOPLE = ("signed_in_session", "membership", "person")
_EMPTIED = (*_PLANNED, *_REBUILT, "outbox", "audit_event", "api_key", "kept_answer", *_PEOPLE)


@pytest.fixture(scope="session")
def app() -> Litestar:
    return create_app(READERS, with_engines=False)


@pytest.fixture(scope="session")
def index_prefix() -> Iterator[str]:
    """A prefix of this run alone, so that a shared engine keeps its other indexes."""
    before = os.environ.get("INDEX_PREFIX")
    os.environ["INDEX_PREFIX"] = f"test-{uuid.uuid4().hex[:12]}"
    settings.cache_clear()
    yield settings().index_prefix
    os.environ.pop("INDEX_PREFIX")
    if before is not None:
        os.environ["INDEX_PREFIX"] = before
    settings.cache_clear()


@pytest.fixture(scope="session")
def engine_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str | None]]:
    """Address and key of the engine in MEILISEARCH_URL, or of one of our own."""
    if given := os.environ.get("MEILISEARCH_URL"):
        yield given, os.environ.get("MEILISEARCH_KEY")
        return
    key = secrets.token_urlsafe(16)
    running = start(tmp_path_factory.mktemp("engine"), free_port(), key)
    yield running.url, key
    stop(running)


@pytest.fixture(scope="session")
async def engine(
    engine_address: tuple[str, str | None], index_prefix: str
) -> AsyncIterator[Client]:
    """The connection that the application uses; afterwards our own indexes are dropped."""
    async with index.engine(*engine_address) as client:
        yield client
        for name in (live_index(index_prefix), next_index(index_prefix)):
            await drop(client, name)


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[AsyncClient]:
    """A caller without a key."""
    async with AsyncClient(
        transport=ASGITransport(cast("Any", app)), base_url="http://perceel.test"
    ) as opened:
        yield opened


@pytest.fixture
async def desk(client: AsyncClient, db: None) -> AsyncClient:  # noqa: ARG001  depends by name
    """A caller whose key has every scope; all it stores is rolled back."""
    client.headers.update(await a_key())
    return client


@pytest.fixture
async def committed(migrated: None) -> AsyncIterator[None]:  # noqa: ARG001  depends by name
    """For tests that need real commits: the rows that they leave are deleted."""
    yield
    for table in _EMPTIED:
        await database.fetch(f"DELETE FROM {table}")  # noqa: S608  names of our own


@pytest.fixture
async def committing_desk(
    client: AsyncClient,
    committed: None,  # noqa: ARG001  depends by name
) -> AsyncClient:
    """A caller whose key has every scope; what it stores is committed."""
    client.headers.update(await a_key())
    return client
