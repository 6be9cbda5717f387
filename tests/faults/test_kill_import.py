"""A short run of the killing; the long one is `python -m tests.faults.kill_import`."""

import pytest

from tests.faults.kill_import import run


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_processes_are_killed() -> None:
    outcome = run(enterprises=150, kills=4, seed=7)

    assert outcome.acknowledged == 150
    assert sum(outcome.kills.values()) >= 1
    assert (outcome.lost, outcome.without_trace) == (0, 0)
    assert (outcome.index_missing, outcome.index_surplus) == (0, 0)
