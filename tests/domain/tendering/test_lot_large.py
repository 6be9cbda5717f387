"""Large cases: candidates are generated; the bound must hold and the answer must repeat."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random

import msgspec

from api.domain.tendering.lot_case import Case
from api.domain.tendering.lot_columns import all_columns
from api.domain.tendering.lot_large import Explorer
from api.domain.tendering.lot_model import Effort, Objective, Rules, SplitRequest
from api.domain.tendering.lot_objective import Goal, by_objective
from api.domain.tendering.lot_plan import Proof
from api.domain.tendering.lot_search import Search
from api.domain.tendering.lot_solver import Solved
from api.domain.tendering.lot_supply import Supply
from api.domain.tendering.lots import Method, split
from tests.domain.tendering.lot_cases import (
    CATERING,
    CLEANING,
    GREEN,
    UTRECHT,
    ZEIST,
    a_random_request,
    firm,
    item,
    offering,
    request,
)


def case_of(asked: SplitRequest) -> Case:
    return Case(asked.items, asked.rules, Supply(asked.firms, asked.items))


def goal_of(asked: SplitRequest) -> Goal:
    return Goal(asked.objective, asked.reach_share, 2_000, 0)


def explored(asked: SplitRequest, effort: Effort = Effort.NORMAL) -> Solved:
    explorer = Explorer(case_of(asked), goal_of(asked), effort, lambda: False)
    return by_objective(explorer.run())


def a_large_request(seed: int, **other: object) -> SplitRequest:
    """Fourteen items that may all be together: too many lots to list."""
    random, codes, areas = Random(seed), (CLEANING, GREEN, CATERING), (UTRECHT, ZEIST)
    items = [
        item(f"i{n:02}", random.randint(10, 60) * 1000, random.choice(codes)) for n in range(14)
    ]
    firms = [
        firm(
            f"f{n:02}",
            offering(random.randint(30, 200) * 1000, random.sample(codes, 2), areas),
        )
        for n in range(40)
    ]
    rules = Rules(win_cap=2, maximum_lots=10)
    return request(items, firms, **{"rules": rules, **other})


def test_generated_candidates_keep_to_the_bound_and_come_close_to_the_best() -> None:
    random, ratios = Random(5), []
    for _ in range(60):
        asked = a_random_request(random)
        case = case_of(asked)
        columns = all_columns(case)
        assert columns is not None
        exact = by_objective(Search(case, columns, goal_of(asked)))
        found = explored(asked)
        if not exact.lots:
            assert not found.lots
        elif found.lots:
            assert sum(found.lots) == (1 << len(case.blocks)) - 1
            assert all(case.is_valid(lot) for lot in found.lots)
            assert found.reach <= found.bound
            ratios.append((found.reach, exact.reach, found.bound))
    assert all(bound >= best for _, best, bound in ratios)
    assert sum(reach == best for reach, best, _ in ratios) >= 0.9 * len(ratios)


def test_a_large_tender_is_searched_and_says_how_sure_it_is() -> None:
    answer = split(a_large_request(1))
    assert (answer.method, answer.stopped_early, answer.conflict) == (Method.SEARCH, False, None)
    best = answer.proposals[0].plan
    assert best.proof in (Proof.REACH, Proof.NONE)
    assert best.reach_cents <= best.reach_bound_cents
    assert Decimal(best.gap) <= Decimal("0.05")
    assert sum(lot.value_cents for lot in best.lots) == best.regime.total_cents
    assert [stage.name for stage in answer.stages][:2] == ["first plans", "at most 10 lots"]
    reaches = [stage.reach_cents for stage in answer.stages]
    assert reaches == sorted(reaches)


def test_two_identical_large_requests_give_identical_answers() -> None:
    first, again = (split(a_large_request(2)) for _ in range(2))
    assert msgspec.json.encode(first) == msgspec.json.encode(again)


def test_first_effort_gives_first_plans_only() -> None:
    answer = split(a_large_request(1, effort=Effort.FIRST))
    assert [stage.name for stage in answer.stages] == ["first plans"]
    assert answer.proposals


def test_a_deadline_ends_the_search_at_a_whole_stage() -> None:
    answers: Iterator[bool] = iter([False, True])
    answer = split(a_large_request(1), late=lambda: next(answers))
    assert answer.stopped_early
    assert [stage.name for stage in answer.stages] == ["first plans", "at most 10 lots"]


def test_one_lot_fewer_is_tried_as_long_as_it_helps() -> None:
    answer = split(a_large_request(8, rules=Rules(able_firms=2)))
    assert [(stage.name, stage.lots) for stage in answer.stages] == [
        ("first plans", 4),
        ("at most 14 lots", 4),
        ("at most 3 lots", 3),
        ("at most 2 lots", 3),
        ("at most 1 lots", 3),
    ]


def test_a_balanced_plan_has_no_larger_lots_than_needed() -> None:
    asked = a_large_request(3, objective=Objective.BALANCED)
    even, packed = explored(asked), explored(a_large_request(3))
    case = case_of(asked)
    assert even.reach == packed.reach
    assert max(map(case.value_of, even.lots)) <= max(map(case.value_of, packed.lots))
    late = iter([False] * 5 + [True] * 20)
    explorer = Explorer(case, goal_of(asked), Effort.NORMAL, lambda: next(late))
    assert by_objective(explorer.run()).lots


def test_fewer_lots_are_taken_when_less_reach_is_enough() -> None:
    share = {"objective": Objective.FEWEST_LOTS, "reach_share": Decimal("0.3")}
    assert len(explored(a_large_request(4, **share)).lots) < len(explored(a_large_request(4)).lots)


def test_minimum_maximum_and_able_firms_hold_in_large_cases() -> None:
    rules = Rules(
        able_firms=2,
        every_lot_able=True,
        minimum_value_cents=40_000_00,
        maximum_value_cents=150_000_00,
    )
    asked = a_large_request(5, rules=rules)
    case, found = case_of(asked), explored(asked)
    assert all(40_000_00 <= case.value_of(lot) <= 150_000_00 for lot in found.lots)
    assert found.reach == sum(case.value)


def test_a_large_tender_that_cannot_be_divided_has_no_plan() -> None:
    pair = ("i00", "i01")
    asked = a_large_request(6, rules=Rules(apart=(pair,), minimum_value_cents=1_00))
    grouped = tuple(
        msgspec.structs.replace(one, group="g") if one.id in pair else one for one in asked.items
    )
    asked = msgspec.structs.replace(asked, items=grouped)
    assert not explored(asked).lots
    assert not explored(msgspec.structs.replace(asked, objective=Objective.BALANCED)).lots
    answer = split(asked)
    assert (answer.proposals, answer.method) == ((), Method.SEARCH)
    assert answer.conflict is not None
    assert [part.rule for part in answer.conflict.parts] == ["apart", "together"]
