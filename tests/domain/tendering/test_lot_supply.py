"""Who is able: one offering must satisfy category, place and capacity."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.tendering.lot_case import Case
from api.domain.tendering.lot_model import Firm, Item, Rules
from api.domain.tendering.lot_supply import Core, Supply, bits_of, category, places
from api.domain.tendering.reserved import Answer
from api.domain.values import CpvCode
from tests.domain.tendering.lot_cases import (
    CATERING,
    CLEANING,
    GREEN,
    UTRECHT,
    ZEIST,
    firm,
    item,
    offering,
)


def case(items: list[Item], firms: list[Firm], rules: Rules | None = None) -> Case:
    return Case(items, rules or Rules(able_firms=1), Supply(firms, items))


def able(one: Case, lot: int) -> set[str]:
    return {one.supply.firms[n].id for n in one.supply.firms_of(one.able(lot))}


def unknown(one: Case, lot: int) -> set[str]:
    return {one.supply.firms[n].id for n in one.unknown(lot)}


@pytest.mark.parametrize(
    ("offered", "wanted", "answer"),
    [
        ("90910000", "90910000", Answer.YES),
        ("90900000", "90910000", Answer.YES),
        ("90911200", "90910000", Answer.YES),
        ("90911200", "90000000", Answer.UNKNOWN),
        ("90000000", "90911200", Answer.YES),
        ("77310000", "90910000", Answer.NO),
    ],
)
def test_a_code_fits_when_same_broader_or_narrower_than_more_than_a_division(
    offered: str, wanted: str, answer: Answer
) -> None:
    assert category(CpvCode(offered), CpvCode(wanted)) is answer


def test_capacity_at_exactly_the_need_is_enough() -> None:
    one = case([item("a", 100)], [firm("f", offering(100)), firm("g", offering(99))])
    assert able(one, 1) == {"f"}


def test_category_place_and_capacity_never_come_from_different_offerings() -> None:
    split_over_three = firm(
        "f",
        offering(10, [CLEANING], [UTRECHT]),
        offering(500, [GREEN], [UTRECHT]),
        offering(500, [CLEANING], [ZEIST]),
    )
    one = case([item("a", 100)], [split_over_three])
    assert (able(one, 1), unknown(one, 1)) == (set(), set())


def test_a_lot_needs_one_offering_for_all_its_items() -> None:
    both = firm("both", offering(300, [CLEANING, GREEN]))
    apart = firm("apart", offering(300, [CLEANING]), offering(300, [GREEN]))
    one = case([item("a", 100), item("b", 100, GREEN)], [both, apart])
    assert able(one, 0b01) == {"apart", "both"}
    assert able(one, 0b11) == {"both"}


def test_every_area_of_an_item_must_be_covered_whole() -> None:
    one = case(
        [item("a", 100, areas=(UTRECHT, ZEIST))],
        [firm("f", offering(100)), firm("g", offering(100, areas=[UTRECHT, ZEIST]))],
    )
    assert able(one, 1) == {"g"}


def test_an_unknown_capacity_is_counted_apart() -> None:
    firms = [
        firm("sure", offering(None), offering(100)),
        firm("unknown", offering(None)),
        firm("unable", offering(1)),
        firm("elsewhere", offering(None, areas=[ZEIST])),
    ]
    one = case([item("a", 100)], firms)
    assert (able(one, 1), unknown(one, 1)) == ({"sure"}, {"unknown"})


def test_a_narrow_offer_for_a_mere_division_is_unknown() -> None:
    one = case([item("a", 100, CpvCode("90000000"))], [firm("f", offering(100))])
    assert (able(one, 1), unknown(one, 1)) == (set(), {"f"})


def test_a_reserved_lot_asks_eligible_firms() -> None:
    firms = [
        firm("yes", offering(100), target_share=Decimal("0.3"), integration_is_main_aim=True),
        firm("no", offering(100), target_share=Decimal("0.1"), integration_is_main_aim=True),
        firm("maybe", offering(100), target_share=Decimal("0.3")),
    ]
    one = case([item("a", 100, reserved=True)], firms, Rules(reserved_able_firms=1))
    assert (able(one, 1), unknown(one, 1)) == ({"yes"}, {"maybe"})
    assert (one.asked(1), one.is_reached(1), one.is_reserved(1)) == (1, True, True)


def test_two_offerings_of_one_firm_are_one_firm() -> None:
    items = [item("a", 100)]
    twice = [firm("f", offering(100), offering(200))]
    assert not case(items, twice, Rules(able_firms=2)).is_reached(1)
    assert case(items, [*twice, firm("g", offering(100))], Rules(able_firms=2)).is_reached(1)


def test_offerings_that_others_stand_above_are_left_out_of_the_core() -> None:
    items = [item("a", 100), item("b", 100, GREEN)]
    firms = [firm(f"f{n}", offering(500 - n, [CLEANING, GREEN])) for n in range(3)]
    firms += [firm("weak", offering(400)), firm("other", offering(900, [CATERING]))]
    supply = Supply(firms, items)
    core = Core(supply, supply.known, supply.sure, 2)
    assert core.all == 0b11
    assert core.capacity(core.cover[0]) == 499_00
    assert core.capacity(0) == -1


def test_bits_are_walked_lowest_first() -> None:
    assert list(places(0b10110)) == [1, 2, 4]


@st.composite
def offers(draw: st.DrawFn) -> list[Firm]:
    codes = st.sets(st.sampled_from([CLEANING, GREEN, CATERING]), min_size=1)
    areas = st.sets(st.sampled_from([UTRECHT, ZEIST]), min_size=1)
    sizes = st.sampled_from([None, 50, 100, 150, 200, 300])
    one = st.builds(lambda c, k, a: offering(c, sorted(k), sorted(a)), sizes, codes, areas)
    rows = draw(st.lists(st.lists(one, max_size=3), max_size=7))
    return [firm(f"f{n}", *row) for n, row in enumerate(rows)]


ITEMS = [
    item("a", 40),
    item("b", 60, GREEN),
    item("c", 100, areas=(ZEIST,)),
    item("d", 90, CATERING, areas=(UTRECHT, ZEIST)),
]


@given(offers(), st.integers(1, 3), st.integers(1, 15))
def test_the_core_gives_the_same_verdict_as_counting_all_firms(
    firms: list[Firm], k: int, lot: int
) -> None:
    one = case(ITEMS, firms, Rules(able_firms=k))
    wanted = [ITEMS[n] for n in places(lot)]
    need = sum(x.yearly_cents for x in wanted)
    counted = sum(
        any(
            x.free_capacity_cents is not None
            and x.free_capacity_cents >= need
            and all(w.cpv in x.cpv_codes and set(w.areas) <= set(x.reach.full) for w in wanted)
            for x in one_firm.offerings
        )
        for one_firm in firms
    )
    assert one.is_reached(lot) == (counted >= k)
    assert len(able(one, lot)) == counted


@given(offers(), st.integers(1, 15), st.integers(0, 3))
def test_a_larger_lot_never_has_more_able_firms(firms: list[Firm], lot: int, more: int) -> None:
    one = case(ITEMS, firms)
    assert able(one, lot | 1 << more) <= able(one, lot)
    assert not able(one, lot) & unknown(one, lot)


@given(st.lists(st.booleans(), max_size=2_000))
def test_flags_become_bits_and_their_places_are_found_again(flags: list[bool]) -> None:
    bits = bits_of(flags)

    assert bits == sum(1 << place for place, flag in enumerate(flags) if flag)
    assert list(places(bits)) == [place for place, flag in enumerate(flags) if flag]


@given(st.sets(st.integers(0, 3_000)))
def test_places_of_a_large_integer_come_lowest_first(wanted: set[int]) -> None:
    assert list(places(sum(1 << place for place in wanted))) == sorted(wanted)
