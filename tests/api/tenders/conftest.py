"""The whole list of CPV codes, for as long as a test lasts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.reference.service import forget_reference
from importers.reference import load
from tests.conftest import NOW


@pytest.fixture
async def whole_cpv(db: None, shared: Path) -> AsyncIterator[None]:  # noqa: ARG001  depends by name
    """Every code that exists, in place of the list that is shipped."""
    content = (shared / "reference" / "cpv.csv").read_bytes()
    await load.load_cpv(content, "the whole list", NOW, complete=True)
    yield
    forget_reference()
