"""Several lots at once: value first, then spread, always within capacity."""

import random
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.errors import InvalidValue
from api.domain.matching.allocate import (
    Allocation,
    Binding,
    FirmSupply,
    LotDemand,
    Uncovered,
    allocate,
    single_bids,
)
from api.domain.matching.assignment import Bid, Market, Part, honoured
from api.domain.matching.milp import maximise
from api.domain.values import Cents


def _lots(**values: int | None) -> list[LotDemand]:
    return [LotDemand(name, _cents(value)) for name, value in values.items()]


def _firms(**free: int | None) -> list[FirmSupply]:
    return [FirmSupply(name, _cents(value)) for name, value in free.items()]


def _cents(value: int | None) -> Cents | None:
    return None if value is None else Cents(value)


def _everyone(
    lots: list[LotDemand], firms: list[FirmSupply], *joint: Bid, **more: Any
) -> Allocation:
    pairs = [(lot.id, firm.id) for lot, firm in product(lots, firms)]
    return allocate(lots, firms, [*single_bids(lots, pairs), *joint], **more)


def _bid(lot_id: str, **parts: int) -> Bid:
    return Bid(lot_id, tuple(Part(name, Cents(cents)) for name, cents in parts.items()))


def test_the_highest_value_is_covered_within_capacity() -> None:
    allocation = _everyone(_lots(a=60, b=50, c=40), _firms(x=100))

    assert allocation.awards == (_bid("a", x=60), _bid("c", x=40))
    assert (allocation.covered_value_cents, allocation.highest_value_cents) == (100, 100)
    assert allocation.value_proven
    assert allocation.uncovered == (Uncovered("b", Binding.CAPACITY_TAKEN, ("x",)),)


def test_of_equal_value_the_widest_spread_is_chosen() -> None:
    allocation = _everyone(_lots(a=10, b=10, c=10), _firms(x=99, y=10, z=10))

    assert allocation.firms == 3
    assert allocation.spread_proven
    assert sorted(bid.parts[0].enterprise_id for bid in allocation.awards) == ["x", "y", "z"]


def test_no_firm_gets_more_lots_than_the_limit() -> None:
    allocation = _everyone(_lots(a=30, b=20, c=10), _firms(x=99), max_lots=2)

    assert [bid.lot_id for bid in allocation.awards] == ["a", "b"]
    assert allocation.uncovered == (Uncovered("c", Binding.LOT_LIMIT, ("x",)),)


def test_a_joint_bid_covers_what_no_firm_can_alone() -> None:
    joint = _bid("a", x=60, y=40)

    allocation = _everyone(_lots(a=100, b=40), _firms(x=60, y=80), joint)

    assert allocation.awards == (joint, _bid("b", y=40))
    assert allocation.firms == 2


def test_a_joint_bid_counts_as_a_lot_for_each_of_its_firms() -> None:
    joint = _bid("a", x=60, y=40)

    allocation = _everyone(_lots(a=100, b=40), _firms(x=60, y=80), joint, max_lots=1)

    assert allocation.awards == (joint,)
    assert allocation.uncovered == (Uncovered("b", Binding.LOT_LIMIT, ("y",)),)


def test_a_lot_that_nobody_can_do_names_what_binds() -> None:
    lots = _lots(a=None, b=50, c=50, d=50)
    firms = _firms(short=49, unknown=None)
    bids = single_bids(lots, [("a", "short"), ("c", "short"), ("d", "unknown"), ("d", "short")])

    allocation = allocate(lots, firms, bids)

    assert allocation.uncovered == (
        Uncovered("a", Binding.VALUE_UNKNOWN),
        Uncovered("b", Binding.NO_ELIGIBLE_FIRM),
        Uncovered("c", Binding.CAPACITY_SHORT, ("short",)),
        Uncovered("d", Binding.CAPACITY_UNKNOWN, ("unknown",)),
    )
    assert (allocation.covered_value_cents, allocation.firms) == (0, 0)
    assert allocation.value_proven
    assert allocation.spread_proven


def test_a_joint_bid_with_a_member_that_is_short_is_short() -> None:
    allocation = allocate(_lots(a=100), _firms(x=None, y=39), [_bid("a", x=60, y=40)])

    assert allocation.uncovered == (Uncovered("a", Binding.CAPACITY_SHORT, ("x", "y")),)


def test_a_lot_worth_nothing_is_still_given_out() -> None:
    allocation = _everyone(_lots(a=0), _firms(x=0))

    assert allocation.awards == (_bid("a", x=0),)
    assert (allocation.covered_value_cents, allocation.highest_value_cents) == (0, 0)


def test_nothing_to_allocate_is_an_answer() -> None:
    allocation = allocate([], [], [])

    assert (allocation.awards, allocation.uncovered, allocation.value_proven) == ((), (), True)


@pytest.mark.parametrize(
    ("bids", "message"),
    [
        ([_bid("z", x=10)], "unknown id"),
        ([_bid("a", z=10)], "unknown id"),
        ([_bid("a", x=9)], "do not make up the lot"),
        ([Bid("a", (Part("x", Cents(5)), Part("x", Cents(5))))], "do not make up the lot"),
        ([_bid("b", x=0)], "do not make up the lot"),
    ],
)
def test_a_bid_that_makes_no_sense_is_refused(bids: list[Bid], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        allocate(_lots(a=10, b=None), _firms(x=10), bids)


def test_ids_that_occur_twice_are_refused() -> None:
    with pytest.raises(InvalidValue, match="twice"):
        allocate([*_lots(a=1), *_lots(a=1)], [], [])
    with pytest.raises(InvalidValue, match="twice"):
        allocate([], [*_firms(x=1), *_firms(x=1)], [])


def test_an_exact_check_drops_what_does_not_fit() -> None:
    bids = (_bid("a", x=60), _bid("a", y=60), _bid("b", x=50), _bid("c", y=1), _bid("d", y=1))
    market = Market(bids, {"x": 100, "y": 99}, max_lots=1)

    assert honoured(bids, market) == (_bid("a", x=60), _bid("c", y=1))


def _scarce() -> tuple[list[LotDemand], list[FirmSupply], list[Bid]]:
    draw = random.Random(7)
    lots = [LotDemand(f"l{one:03}", Cents(draw.randrange(1_000, 50_000))) for one in range(60)]
    firms = [FirmSupply(f"f{one:02}", Cents(draw.randrange(20_000, 80_000))) for one in range(12)]
    pairs = [(lot.id, firm.id) for lot in lots for firm in draw.sample(firms, 6)]
    return lots, firms, single_bids(lots, pairs)


def test_a_search_that_stops_says_how_far_off_it_may_be() -> None:
    lots, firms, bids = _scarce()

    allocation = allocate(lots, firms, bids, max_lots=3, node_limit=1)

    assert not allocation.value_proven
    assert allocation.covered_value_cents <= allocation.highest_value_cents
    assert allocation.covered_value_cents > allocation.highest_value_cents * 9 // 10
    again = allocate(lots[::-1], firms[::-1], bids[::-1], max_lots=3, node_limit=1)
    assert msgspec.json.encode(again) == msgspec.json.encode(allocation)


def test_a_search_that_never_starts_is_bounded_by_all_lots() -> None:
    lots, firms, bids = _scarce()

    allocation = allocate(lots, firms, bids, max_lots=3, node_limit=0)

    asked = sum(lot.value_cents or 0 for lot in lots)
    assert not allocation.value_proven
    assert allocation.covered_value_cents <= allocation.highest_value_cents <= asked
    assert len(allocation.awards) + len(allocation.uncovered) == 60


def test_a_seed_decides_between_equals_alone() -> None:
    lots, firms = _lots(a=10), _firms(x=10, y=10, z=10)

    found = {seed: _everyone(lots, firms, seed=seed) for seed in map(str, range(20))}

    winners = {one.awards[0].parts[0].enterprise_id for one in found.values()}
    assert winners == {"x", "y", "z"}
    assert {one.covered_value_cents for one in found.values()} == {10}
    for seed, one in found.items():
        again = _everyone(lots[::-1], firms[::-1], seed=seed)
        assert msgspec.json.encode(again) == msgspec.json.encode(one)


def test_no_seed_admits_a_worse_choice() -> None:
    lots, firms = _lots(a=10, b=30), _firms(x=30, y=10)

    outcomes = {msgspec.json.encode(_everyone(lots, firms, seed=str(one))) for one in range(20)}

    assert len(outcomes) == 1


def test_without_any_node_the_start_is_the_answer() -> None:
    assert maximise([], [], node_limit=0).proven


small = st.lists(st.integers(1, 9), min_size=1, max_size=4)


@settings(max_examples=60)
@given(small, small, st.sampled_from((None, 1, 2)), st.randoms(use_true_random=False))
def test_small_markets_are_solved_as_by_trying_everything(
    values: list[int], free: list[int], max_lots: int | None, draw: random.Random
) -> None:
    lots = [LotDemand(f"l{place}", Cents(cents)) for place, cents in enumerate(values)]
    firms = [FirmSupply(f"f{place}", Cents(cents)) for place, cents in enumerate(free)]
    pairs = [pair for pair in product(lots, firms) if draw.random() < 0.7]
    bids = single_bids(lots, [(lot.id, firm.id) for lot, firm in pairs])

    allocation = allocate(lots, firms, bids, max_lots=max_lots)

    best, firms_of_best = _by_brute_force(lots, firms, bids, max_lots)
    assert allocation.value_proven
    assert allocation.covered_value_cents == best
    assert allocation.spread_proven
    assert allocation.firms <= firms_of_best
    market = Market(tuple(bids), {one.id: one.free_capacity_cents or 0 for one in firms}, max_lots)
    assert honoured(allocation.awards, market) == allocation.awards


def _by_brute_force(
    lots: list[LotDemand], firms: list[FirmSupply], bids: list[Bid], max_lots: int | None
) -> tuple[int, int]:
    market = Market(tuple(bids), {one.id: one.free_capacity_cents or 0 for one in firms}, max_lots)
    options = [[None, *(bid for bid in bids if bid.lot_id == lot.id)] for lot in lots]
    best = (0, 0)
    for choice in product(*options):
        wanted = tuple(bid for bid in choice if bid is not None)
        if honoured(wanted, market) == wanted:
            value = sum(part.value_cents for bid in wanted for part in bid.parts)
            names = {part.enterprise_id for bid in wanted for part in bid.parts}
            best = max(best, (value, len(names)))
    return best
