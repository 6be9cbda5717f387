"""Only the buyer's own exclusion hides a lot from an enterprise."""

import pytest

from api.domain.matching.exclusion import Excluder, counts_for_enterprise

UTRECHT = frozenset({"name:gemeente utrecht", "id:30000001"})
ZEIST = frozenset({"name:gemeente zeist"})


@pytest.mark.parametrize(
    ("by", "owner"),
    [
        pytest.param(Excluder(None), None, id="the desk itself"),
        pytest.param(Excluder("a"), "a", id="who wrote the tender"),
        pytest.param(Excluder("a", UTRECHT), None, id="the buyer of the notice"),
    ],
)
def test_the_buyers_exclusion_counts(by: Excluder, owner: str | None) -> None:
    assert counts_for_enterprise(by, owner, ("name:gemeente utrecht",))


@pytest.mark.parametrize(
    ("by", "owner"),
    [
        pytest.param(Excluder("a"), "b", id="another than who wrote the tender"),
        pytest.param(Excluder("a", ZEIST), None, id="another authority"),
        pytest.param(Excluder("a"), None, id="no authority"),
    ],
)
def test_anybody_elses_does_not(by: Excluder, owner: str | None) -> None:
    assert not counts_for_enterprise(by, owner, ("name:gemeente utrecht",))


def test_a_tender_without_a_buyer_is_nobodys() -> None:
    assert not counts_for_enterprise(Excluder("a", UTRECHT), None, ())
