"""Pairs and triples that can carry out a lot together."""

from decimal import Decimal

from api.domain.tendering.joint_bids import JointBids, joint_bids
from api.domain.tendering.lot_case import Case
from api.domain.tendering.lot_model import Firm, Item, Rules
from api.domain.tendering.lot_supply import Supply
from tests.domain.tendering.lot_cases import CATERING, CLEANING, GREEN, firm, item, offering

BOTH = [item("a", 100), item("b", 100, GREEN)]


def found(items: list[Item], firms: list[Firm]) -> JointBids:
    case = Case(items, Rules(), Supply(firms, items))
    return joint_bids(case, (1 << len(items)) - 1)


def groups(items: list[Item], firms: list[Firm]) -> list[tuple[str, ...]]:
    return [bid.firm_ids for bid in found(items, firms).bids]


def test_two_firms_that_together_have_the_capacity() -> None:
    firms = [firm("f", offering(60)), firm("g", offering(40)), firm("h", offering(39))]
    assert groups([item("a", 100)], firms) == [("f", "g")]
    [bid] = found([item("a", 100)], firms).bids
    assert bid.capacity_cents == 100_00


def test_a_triple_counts_only_without_such_a_pair() -> None:
    firms = [firm(name, offering(40)) for name in "fgh"]
    assert groups([item("a", 100)], firms) == [("f", "g", "h")]
    more = [*firms, firm("i", offering(60))]
    assert groups([item("a", 100)], more) == [("f", "i"), ("g", "i"), ("h", "i"), ("f", "g", "h")]


def test_members_may_each_cover_their_own_items() -> None:
    firms = [firm("f", offering(100, [CLEANING])), firm("g", offering(100, [GREEN]))]
    assert groups(BOTH, firms) == [("f", "g")]


def test_capacity_in_one_category_does_not_help_in_another() -> None:
    firms = [firm("f", offering(500, [CLEANING])), firm("g", offering(99, [GREEN]))]
    assert groups(BOTH, firms) == []


def test_a_shared_category_is_shared_out() -> None:
    firms = [firm("f", offering(120, [CLEANING, GREEN])), firm("g", offering(80, [GREEN]))]
    assert groups(BOTH, firms) == [("f", "g")]
    short = [firm("f", offering(119, [CLEANING, GREEN])), firm("g", offering(80, [GREEN]))]
    assert groups(BOTH, short) == []


def test_an_item_that_nobody_covers_is_never_covered_even_if_it_takes_nothing() -> None:
    items = [item("a", 100), item("z", 0, CATERING)]
    assert groups(items, [firm("f", offering(60)), firm("g", offering(60))]) == []


def test_firms_that_are_able_alone_or_unknown_stay_out() -> None:
    firms = [firm("able", offering(100)), firm("f", offering(60)), firm("g", offering(None))]
    assert groups([item("a", 100)], firms) == []


def test_the_offering_that_could_do_most_speaks_for_a_firm() -> None:
    firms = [firm("f", offering(10), offering(50)), firm("g", offering(50), offering(0))]
    assert groups([item("a", 100)], firms) == [("f", "g")]


def test_a_reserved_lot_asks_eligible_members() -> None:
    eligible = {"target_share": Decimal("0.5"), "integration_is_main_aim": True}
    firms = [firm("f", offering(60), **eligible), firm("g", offering(60))]
    reserved = [item("a", 100, reserved=True)]
    assert groups(reserved, firms) == []
    assert groups(reserved, [*firms, firm("h", offering(60), **eligible)]) == [("f", "h")]


def test_many_firms_are_cut_off_and_counted() -> None:
    answer = found([item("a", 100)], [firm(f"f{n:02}", offering(50 + n)) for n in range(15)])
    assert (len(answer.bids), answer.found) == (10, 66)
    assert (answer.firms_considered, answer.firms_left_out) == (12, 3)
    assert answer.bids[0].firm_ids == ("f03", "f04")
