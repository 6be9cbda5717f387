"""Why no division exists: the smallest set of rules that can't go together."""

from decimal import Decimal

import msgspec

from api.domain.tendering.lot_conflict import Conflict, find_conflict
from api.domain.tendering.lot_model import Firm, Item, Objective, Rules
from api.domain.tendering.lot_objective import Goal
from api.domain.tendering.lots import split
from tests.domain.tendering.lot_cases import (
    CLEANING,
    GREEN,
    firm,
    item,
    offering,
    request,
)

ITEMS = [item("a", 100), item("b", 100), item("c", 100)]
FIRMS = [firm("f", offering(100)), firm("g", offering(100))]
GOAL = Goal(Objective.MOST_REACH, Decimal(1), 1_000, 0)


def conflict(items: list[Item], rules: Rules, firms: list[Firm] | None = None) -> Conflict:
    answer = split(request(items, FIRMS if firms is None else firms, rules=rules))
    assert answer.proposals == ()
    assert answer.conflict is not None
    return answer.conflict


def blamed(found: Conflict) -> list[str]:
    return [part.rule.value for part in found.parts]


def test_a_pair_kept_apart_within_a_group() -> None:
    grouped = [item("a", 1, group="g"), item("b", 1, group="g"), item("c", 1)]
    found = conflict(grouped, Rules(apart=(("b", "a"),), maximum_lots=2))
    assert (blamed(found), found.proven, found.minimal) == (["apart", "together"], True, True)
    assert found.parts[0].detail == "these may not share a lot: a, b"
    assert found.parts[1].item_ids == ("a", "b")


def test_more_pairs_apart_than_lots_allow() -> None:
    pairs = (("a", "b"), ("b", "c"), ("a", "c"))
    found = conflict(ITEMS, Rules(apart=pairs, maximum_lots=2))
    assert blamed(found) == ["maximum-lots", "apart", "apart", "apart"]
    assert found.parts[0].detail == "there are at most 2 lots"


def test_an_item_above_the_maximum_is_named() -> None:
    found = conflict(ITEMS, Rules(maximum_value_cents=99_99))
    assert blamed(found) == ["maximum-value"]
    assert found.parts[0].detail == "no lot is above 9999 cents; alone above it: a, b, c"


def test_a_maximum_and_a_number_of_lots_that_do_not_hold_the_tender() -> None:
    found = conflict(ITEMS, Rules(maximum_value_cents=150_00, maximum_lots=2))
    assert blamed(found) == ["maximum-value", "maximum-lots"]


def test_a_minimum_above_the_tender() -> None:
    found = conflict(ITEMS, Rules(minimum_value_cents=301_00))
    assert blamed(found) == ["minimum-value"]
    assert found.parts[0].detail == "no lot is below 30100 cents"


def test_a_minimum_against_coherent_categories_and_regions() -> None:
    mixed = [item("a", 100), item("b", 50, GREEN), item("c", 100)]
    rules = Rules(minimum_value_cents=60_00, category_digits=2, same_region=True)
    found = conflict(mixed, rules)
    assert blamed(found) == ["category", "minimum-value"]
    assert found.parts[0].detail == "a lot shares the first 2 digits of its CPV"
    elsewhere = [item("a", 100), item("b", 50, region="NL32")]
    found = conflict(elsewhere, rules)
    assert blamed(found) == ["same-region", "minimum-value"]
    assert found.parts[0].detail == "a lot stays within one region"


def test_a_reserved_item_that_is_too_small_for_a_lot_of_its_own() -> None:
    mixed = [item("a", 10, reserved=True), item("b", 100)]
    found = conflict(mixed, Rules(minimum_value_cents=50_00))
    assert blamed(found) == ["minimum-value", "reserved"]
    assert found.parts[1].detail == "reserved items share no lot with others: a"


def test_too_few_able_firms_are_named() -> None:
    found = conflict(ITEMS, Rules(able_firms=3, every_lot_able=True))
    assert blamed(found) == ["every-lot-able"]
    part = found.parts[0]
    assert part.detail.startswith("every lot has 3 able firms (2 when reserved)")
    assert "able are for a (Firma f, Firma g); b (" in part.detail
    assert (part.item_ids, part.firm_ids) == (("a", "b", "c"), ("f", "g"))


def test_nobody_able_is_said_so() -> None:
    found = conflict([item("a", 1, GREEN)], Rules(able_firms=1, every_lot_able=True))
    assert found.parts[0].detail.endswith("able are for a (none)")


def test_firms_that_are_able_for_each_lot_but_not_for_all_together() -> None:
    rules = Rules(able_firms=2, every_lot_able=True)
    found = conflict(ITEMS, rules)
    assert (blamed(found), found.minimal) == (["every-lot-able"], True)
    assert found.parts[0].firm_ids == ("f", "g")


def test_a_win_cap_is_blamed_when_it_is_what_stands_in_the_way() -> None:
    large = [firm("f", offering(200)), firm("g", offering(200))]
    pairs = (("a", "b"), ("b", "c"), ("a", "c"))
    rules = Rules(able_firms=1, every_lot_able=True, win_cap=1, apart=pairs)
    found = conflict(ITEMS, rules, large)
    assert blamed(found)[:2] == ["win-cap", "every-lot-able"]
    assert found.parts[0].detail == "one firm wins at most 1 lots"


def test_every_part_of_a_minimal_conflict_is_needed() -> None:
    rules = Rules(
        minimum_value_cents=150_00,
        maximum_value_cents=250_00,
        maximum_lots=2,
        category_digits=3,
    )
    found = conflict(ITEMS, rules)
    assert found.minimal
    assert blamed(found) == ["minimum-value", "maximum-value"]
    without = msgspec.structs.replace(rules, minimum_value_cents=None)
    assert split(request(ITEMS, FIRMS, rules=without)).proposals
    without = msgspec.structs.replace(rules, maximum_value_cents=None)
    assert split(request(ITEMS, FIRMS, rules=without)).proposals


def many(count: int) -> list[Item]:
    return [item(f"i{n:02}", 100) for n in range(count)]


def test_what_a_large_case_cannot_prove_it_does_not_claim() -> None:
    # forty items of 100 in lots of 300 to 350: three in each lot leaves one over
    rules = Rules(minimum_value_cents=300_00, maximum_value_cents=350_00)
    found = find_conflict(request(many(40), [], rules=rules), GOAL)
    assert (found.parts, found.proven) == ((), False)


def test_a_large_conflict_that_needs_no_search_is_proven() -> None:
    rules = Rules(maximum_value_cents=350_00, maximum_lots=5)
    found = find_conflict(request(many(20), [], rules=rules), GOAL)
    assert (blamed(found), found.proven) == (["maximum-value", "maximum-lots"], True)
    assert found.minimal


def test_able_firms_of_other_offerings_do_not_count() -> None:
    both = [firm("f", offering(100, [CLEANING]), offering(100, [GREEN]))]
    items = [item("a", 50, group="g"), item("b", 50, GREEN, group="g")]
    found = conflict(items, Rules(able_firms=1, every_lot_able=True), both)
    assert blamed(found) == ["every-lot-able", "together"]
