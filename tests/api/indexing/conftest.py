"""Enterprises that are really committed, and an index that starts out equal to the database."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec
import pytest

from api import indexing
from api.accounts.service import SYSTEM
from api.clock import now
from api.enterprises import service
from api.enterprises.schemas import EnterpriseIn
from search.client import Client
from tests.builders import an_enterprise


async def added(count: int, **changes: object) -> list[UUID]:
    records = [msgspec.convert(an_enterprise(**changes), EnterpriseIn) for _ in range(count)]
    stored = await service.store_batch(records, "manual", SYSTEM, now())
    return [one.enterprise_id for one in stored if one.enterprise_id is not None]


async def until(reached: Callable[[], Awaitable[bool]]) -> None:
    """Look again and again; half a minute at most."""
    async with asyncio.timeout(30):
        while not await reached():  # noqa: ASYNC110  the other side is another program
            await asyncio.sleep(0.01)


async def drained() -> None:
    """Drain until nothing waits."""
    while await indexing.drain_once():
        pass


@pytest.fixture
async def index(committed: None, engine: Client) -> None:  # noqa: ARG001  depend by name
    """An empty index, up to date; the rows of the test are deleted after it."""
    await indexing.rebuild()
