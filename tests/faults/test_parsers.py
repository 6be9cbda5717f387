"""Some harmed files for every reader, the same each time; more and others with `make fuzz`."""

from itertools import islice

import pytest

from tests.faults.mutations import texts
from tests.faults.parsers import Read, apart, tried
from tests.faults.readers import READERS, Reader

FILES = 25


@pytest.mark.parametrize("name", READERS)
def test_harmed_files_are_read_or_refused(name: str) -> None:
    found = Read(reader=name)

    assert sum(1 for _ in islice(tried(found, seed=3), FILES)) == FILES

    assert found.failures == {}
    assert found.files == FILES


def test_a_reader_works_in_a_process_of_its_own_with_bounds() -> None:
    found = apart("tenderned", seconds=0.2, seed=3)

    assert found.failures == {}
    assert found.refused >= 1


def test_what_is_no_refusal_is_told_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(content: bytes) -> int:
        return int(content)

    monkeypatch.setitem(READERS, "numbers", Reader(read, texts, lambda: [b"1"]))
    found = Read(reader="numbers")

    list(islice(tried(found, seed=3), FILES))

    assert [place.partition(" at ")[0] for place in found.failures] == ["ValueError"]
