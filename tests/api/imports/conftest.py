"""Imports commit, and are worked off by a worker: here the test itself."""

from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient

from api import database
from tests.builders import a_key

_EMPTIED = (
    *("import_finding", "import_batch", "import_job", "enterprise_revision", "quality_mark"),
    *("offering", "enterprise", "outbox", "change", "audit_event", "api_key", "organisation"),
)


@pytest.fixture
async def sender(
    client: AsyncClient,
    migrated: None,  # noqa: ARG001  fixtures depend by name
) -> AsyncIterator[AsyncClient]:
    """A caller who may import; what is stored is committed, and deleted afterwards."""
    client.headers.update(await a_key("imports:write"))
    yield client
    for table in _EMPTIED:
        await database.fetch(f"DELETE FROM {table}")  # noqa: S608  names of our own
