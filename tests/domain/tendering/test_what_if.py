"""What one change does to the best plan."""

import pytest

from api.domain.errors import InvalidInput
from api.domain.tendering.lot_model import Rules
from api.domain.tendering.regime import Regime
from api.domain.tendering.what_if import OtherFirm, OtherRules, WithoutFirm, what_if
from tests.domain.tendering.lot_cases import GREEN, firm, item, offering, request

ITEMS = [item("a", 60), item("b", 60), item("c", 10, GREEN)]
FIRMS = [
    firm("f", offering(60)),
    firm("g", offering(60)),
    firm("h", offering(10, [GREEN])),
    firm("i", offering(10, [GREEN])),
]
ASKED = request(ITEMS, FIRMS)


def test_more_capacity_of_a_firm_makes_fewer_lots_enough() -> None:
    found = what_if(ASKED, OtherFirm(firm("f", offering(120))))
    assert (found.before.lots, found.after.lots, found.lots_change) == (3, 2, -1)
    assert (found.reach_change_cents, found.after.reach_cents) == (0, 130_00)
    assert found.kept == (("c",),)
    assert found.gone == (("a",), ("b",))
    assert found.new == (("a", "b"),)
    assert found.able == ()
    assert found.after.regime is Regime.NATIONAL
    assert found.after.largest_cents == 120_00


def test_a_firm_that_leaves_costs_reach_and_able_firms() -> None:
    found = what_if(ASKED, WithoutFirm("i"))
    assert found.reach_change_cents == 0
    [change] = found.able
    assert (change.item_ids, change.gained, change.lost) == (("c",), (), ("i",))
    found = what_if(ASKED, WithoutFirm("f"))
    assert found.reach_change_cents == -60_00


def test_a_new_firm_is_added() -> None:
    found = what_if(ASKED, OtherFirm(firm("n", offering(10, [GREEN]))))
    assert found.able[0].gained == ("n",)


def test_a_rule_that_makes_it_impossible_says_why() -> None:
    found = what_if(ASKED, OtherRules(Rules(able_firms=1, minimum_value_cents=500_00)))
    assert (found.after.lots, found.after.regime) == (0, None)
    assert found.after.conflict is not None
    assert found.reach_change_cents == -130_00
    assert (found.kept, found.new) == ((), ())
    back = what_if(
        request(ITEMS, FIRMS, rules=Rules(able_firms=1, minimum_value_cents=500_00)),
        OtherRules(Rules(able_firms=1)),
    )
    assert (back.before.lots, back.reach_change_cents) == (0, 130_00)


def test_exempt_value_is_part_of_the_outcome() -> None:
    items = [item("a", 20_000), item("b", 300_000)]
    firms = [firm("f", offering(320_000))]
    asked = request(items, firms, rules=Rules(able_firms=1, apart=(("a", "b"),)))
    found = what_if(asked, OtherRules(Rules(able_firms=1, maximum_lots=1)))
    assert (found.before.exempt_cents, found.after.exempt_cents) == (20_000_00, 0)


def test_an_unknown_firm_cannot_leave() -> None:
    with pytest.raises(InvalidInput, match="no firm zz"):
        what_if(ASKED, WithoutFirm("zz"))
