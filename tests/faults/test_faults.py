"""A short run of the kills; the long one, with the other faults, is `make faults`."""

import pytest

from tests.faults.checks import bad
from tests.faults.scenarios import kills


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_processes_are_killed() -> None:
    outcome = kills(seed_number=7, number=6)

    assert sum(outcome.faults.values()) == 6
    assert min(outcome.acknowledged.values()) >= 1
    assert not bad(outcome.harm), outcome.harm
    assert outcome.strange == ()
