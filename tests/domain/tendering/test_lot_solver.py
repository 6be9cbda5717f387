"""The solver's edges: rounding, empty limits, and searches that are cut off."""

from decimal import Decimal

import msgspec

from api.domain.tendering.lot_case import Case, Column
from api.domain.tendering.lot_columns import all_columns
from api.domain.tendering.lot_conflict import find_conflict
from api.domain.tendering.lot_generation import Budget, Pool, most_reach
from api.domain.tendering.lot_large import Explorer
from api.domain.tendering.lot_merge import merged_divisions
from api.domain.tendering.lot_model import Effort, Firm, Item, Objective, Rules
from api.domain.tendering.lot_objective import Goal, by_objective
from api.domain.tendering.lot_relaxation import pick_lots
from api.domain.tendering.lot_search import Search
from api.domain.tendering.lot_solver import Contest, Ended, _Division, choose_lots
from api.domain.tendering.lot_supply import Supply
from tests.domain.tendering.lot_cases import GREEN, firm, item, offering, request

GOAL = Goal(Objective.MOST_REACH, Decimal(1), 1_000, 0)
APART = Rules(able_firms=1, apart=(("a", "b"),))
PAIR = [item("a", 60), item("b", 60)]


def case_of(items: list[Item], firms: list[Firm], rules: Rules | None = None) -> Case:
    return Case(items, rules or Rules(able_firms=1), Supply(firms, items))


def columns_of(case: Case) -> list[Column]:
    return list(all_columns(case) or ())


def test_a_cent_too_much_for_a_capacity_is_seen_however_large_it_is() -> None:
    # a billion euros of work for one firm that lacks a cent of capacity
    items = [item("a", 500_000_000), item("b", 500_000_000)]
    almost = msgspec.structs.replace(offering(1), free_capacity_cents=100_000_000_000 - 1)
    case = case_of(items, [firm("f", almost)], APART)
    found = choose_lots(case, columns_of(case), 2, nodes=100, seed=0, joint=True)
    assert (found.reach, found.bound) == (50_000_000_000, 50_000_000_000)
    enough = msgspec.structs.replace(almost, free_capacity_cents=100_000_000_000)
    case = case_of(items, [firm("f", enough)], APART)
    found = choose_lots(case, columns_of(case), 2, nodes=100, seed=0, joint=True)
    assert found.reach == 100_000_000_000


def test_an_item_that_takes_no_capacity_can_be_won_beside_others() -> None:
    free = item("b", 0, options_cents=10_00)
    case = case_of([item("a", 60), free], [firm("f", offering(60))], APART)
    found = choose_lots(case, columns_of(case), 2, nodes=100, seed=0, joint=True)
    assert found.reach == 70_00


def test_a_search_without_nodes_finds_nothing_and_says_so() -> None:
    items = [item(f"i{n}", 10 + n) for n in range(9)]
    case = case_of(items, [firm(f"f{n}", offering(20 + 5 * n)) for n in range(5)])
    columns = columns_of(case)
    found = choose_lots(case, columns, 4, nodes=0, seed=0, joint=False)
    assert (found.ended, found.lots) == (Ended.LIMIT, ())
    assert pick_lots(case, [c for c in columns if c.reached], 4, 0, 0) == ()
    search = Search(case, columns, msgspec.structs.replace(GOAL, nodes=0))
    assert by_objective(search).lots == ()
    assert not search.is_sure()


def test_an_unfinished_search_keeps_the_bound_above_what_it_found() -> None:
    case = case_of(PAIR, [firm("f", offering(60))], APART)
    columns = columns_of(case)
    division = _Division(case, columns, 2, Contest({}), [])
    unfinished, _ = division._read([1.0, 1.0], float("inf"), Ended.LIMIT)
    assert (unfinished.reach, unfinished.bound) == (120_00, 120_00)
    worse = msgspec.structs.replace(columns[0], reached=False)
    division = _Division(case, [worse, columns[1]], 2, Contest({}), [])
    unfinished, _ = division._read([1.0, 1.0], float("inf"), Ended.LIMIT)
    assert (unfinished.reach, unfinished.bound) == (60_00, 120_00)


def test_no_candidates_is_infeasible() -> None:
    case = case_of(PAIR, [], Rules(maximum_value_cents=1_00))
    assert columns_of(case) == []
    found = choose_lots(case, [], 2, nodes=10, seed=0, joint=False)
    assert (found.ended, found.lots) == (Ended.INFEASIBLE, ())


def test_merging_can_miss_what_a_full_search_finds() -> None:
    sizes = {"a": 50, "b": 40, "c": 50, "d": 30, "e": 30}
    items = [item(name, euros) for name, euros in sizes.items()]
    rules = Rules(minimum_value_cents=100_00, maximum_value_cents=100_00)
    case = case_of(items, [], rules)
    assert merged_divisions(case) == []
    found = by_objective(Search(case, columns_of(case), GOAL))
    assert found.lots == (0b00101, 0b11010)
    asked = request(items, [], rules=rules)
    assert find_conflict(asked, GOAL).proven is False


def thin() -> Case:
    items = [item(f"i{n}", 20 + 7 * n) for n in range(6)] + [item("g", 40, GREEN)]
    firms = [firm(f"f{n}", offering(60 + 9 * n)) for n in range(4)]
    return case_of(items, firms)


def test_few_steps_still_give_a_bound_that_holds() -> None:
    case = thin()
    exact = Search(case, columns_of(case), GOAL).best(3)
    tries = ((1, 0, 0, 1), (1, 50, 50, 0), (20, 0, 500, 0), (20, 0, 500, 9), (20, 500, 500, 1))
    for rounds, steps, proof_steps, proofs in tries:
        pool = Pool(case, 0)
        budget = Budget(
            rounds, steps, proof_steps, proofs, nodes=9, columns=9, more_columns=9, descents=0
        )
        assert exact.reach <= pool.widen(3, budget) <= most_reach(case)


def test_without_descents_the_number_of_lots_is_left_as_found() -> None:
    explorer = Explorer(thin(), GOAL, Effort.NORMAL, lambda: False)
    explorer.budget = msgspec.structs.replace(explorer.budget, descents=0)
    assert by_objective(explorer.run()).lots
