"""The search for the smallest sets, against all sets there are."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from api.domain.matching.cover import Candidate, smallest_covers

candidates = st.lists(
    st.builds(Candidate, covers=st.integers(0, 31), volume=st.integers(0, 9)), max_size=8
)


def _by_brute_force(
    given: list[Candidate], needs: int, volume: int, max_size: int
) -> list[tuple[int, ...]]:
    for size in range(max_size + 1):
        found = [
            places
            for places in combinations(range(len(given)), size)
            if _is_enough([given[place] for place in places], needs, volume)
        ]
        if found:
            return found
    return []


def _is_enough(chosen: list[Candidate], needs: int, volume: int) -> bool:
    covered = 0
    for one in chosen:
        covered |= one.covers
    return covered & needs == needs and sum(one.volume for one in chosen) >= volume


@given(candidates, st.integers(0, 31), st.integers(0, 20), st.integers(1, 4))
def test_all_smallest_sets_are_found(
    given: list[Candidate], needs: int, volume: int, max_size: int
) -> None:
    covers = smallest_covers(given, needs, volume, max_size=max_size, max_nodes=10**6)

    expected = _by_brute_force(given, needs, volume, max_size)
    assert covers.complete
    assert list(covers.sets) == expected


@given(candidates, st.integers(1, 31), st.integers(0, 20))
def test_no_member_of_a_set_is_superfluous(given: list[Candidate], needs: int, volume: int) -> None:
    covers = smallest_covers(given, needs, volume, max_size=4, max_nodes=10**6)

    for places in covers.sets:
        for left_out in places:
            rest = [given[place] for place in places if place != left_out]
            assert not _is_enough(rest, needs, volume)


@given(candidates, st.integers(1, 31), st.integers(0, 20), st.integers(1, 30))
def test_an_early_stop_says_so_and_gives_only_true_sets(
    given: list[Candidate], needs: int, volume: int, max_nodes: int
) -> None:
    covers = smallest_covers(given, needs, volume, max_size=3, max_nodes=max_nodes)

    everything = _by_brute_force(given, needs, volume, 3)
    assert covers.nodes <= max_nodes
    assert set(covers.sets) <= set(everything)
    assert not covers.complete or list(covers.sets) == everything


def test_nothing_to_do_needs_nobody() -> None:
    assert smallest_covers([], 0, 0, max_size=2, max_nodes=9).sets == ((),)


def test_without_candidates_nothing_is_covered() -> None:
    covers = smallest_covers([], 1, 0, max_size=2, max_nodes=9)

    assert (covers.sets, covers.complete, covers.nodes) == ((), True, 2)
