"""A short while of harmed files for every reader; longer with `make fuzz`."""

import pytest

from tests.faults.parsers import apart
from tests.faults.readers import READERS


@pytest.mark.parametrize("name", READERS)
def test_harmed_files_are_read_or_refused(name: str) -> None:
    found = apart(name, seconds=0.4, seed=3)

    assert found.failures == {}
    assert found.files > 5
