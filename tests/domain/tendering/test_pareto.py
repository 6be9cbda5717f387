"""Which plans are shown."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from api.domain.tendering.estimate import LotValue
from api.domain.tendering.law import BuyerLevel, ContractKind
from api.domain.tendering.lot_plan import Outline
from api.domain.tendering.lot_solver import Ended, Solved
from api.domain.tendering.pareto import front
from api.domain.tendering.regime import decide_regime

DAY = date(2026, 3, 1)
REGIME = decide_regime([LotValue("1", ContractKind.WORKS, 1)], BuyerLevel.CENTRAL, DAY)
Counts = tuple[int, int, int]


def outline(reach: int, lots: int, points: int) -> Outline:
    bits = tuple(1 << n for n in range(lots))
    return Outline(Solved(Ended.OPTIMAL, bits, reach, reach), points, REGIME, None)


def shown(*counts: Counts) -> list[Counts]:
    kept = front([outline(*one) for one in counts])
    return [(one.solved.reach, len(one.solved.lots), one.administration) for one in kept]


def test_a_plan_that_another_beats_or_equals_is_left_out() -> None:
    assert shown((90, 3, 30), (90, 3, 30), (80, 3, 40), (80, 2, 40)) == [(90, 3, 30), (80, 2, 40)]


def test_the_first_plan_stays_even_when_beaten() -> None:
    assert shown((50, 5, 50), (90, 3, 30)) == [(50, 5, 50), (90, 3, 30)]


def test_less_paperwork_at_the_same_reach_is_worth_showing() -> None:
    assert shown((90, 3, 30), (90, 3, 20)) == [(90, 3, 30), (90, 3, 20)]


def test_of_many_plans_five_are_taken_evenly() -> None:
    many = [(100 - n, 20 - n, 50 - n) for n in range(12)]
    # of the eleven others, numbers 0, 3, 6 and 10
    assert [one[0] for one in shown(*many)] == [100, 99, 96, 93, 89]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9), st.integers(0, 9)), min_size=1))
def test_among_the_others_no_plan_beats_another(counts: list[Counts]) -> None:
    kept = shown(*counts)[1:]
    assert len(kept) <= 4
    for one in kept:
        beaten = [o for o in kept if o[0] >= one[0] and o[1] <= one[1] and o[2] <= one[2]]
        assert beaten == [one]
