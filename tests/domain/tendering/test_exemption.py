"""The small-lot exemption: boundaries by hand, optimality against every subset."""

from decimal import Decimal
from itertools import combinations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import InvalidInput
from api.domain.tendering.exemption import (
    ExemptionLot,
    ExemptSet,
    best_exempt_set,
    exemption_matters,
)
from api.domain.tendering.law import ContractKind
from api.domain.tendering.law_data import EXEMPTION
from api.domain.tendering.regime import Regime

WORKS, SUPPLIES, SERVICES = ContractKind.WORKS, ContractKind.SUPPLIES, ContractKind.SERVICES


def lot(
    name: str, cents: int, kind: ContractKind = SERVICES, benefit: int | None = None
) -> ExemptionLot:
    return ExemptionLot(name, kind, cents, cents if benefit is None else benefit)


def codes(found: ExemptSet) -> list[str]:
    return [verdict.reason.code for verdict in found.verdicts]


def test_l1_the_published_example() -> None:
    found = best_exempt_set(
        [lot("A", 90_000_00), lot("B", 20_000_00), lot("C", 20_000_00), lot("D", 85_000_00)]
    )
    assert (found.total_cents, found.room_cents) == (215_000_00, 43_000_00)
    assert (found.lot_ids, found.value_cents) == (("B", "C"), 40_000_00)
    assert found.proven
    assert codes(found) == ["above-ceiling", "exempt", "exempt", "above-ceiling"]


def test_l2_a_cent_below_the_ceiling_and_within_the_share() -> None:
    found = best_exempt_set([lot("a", 79_999_99), lot("rest", 320_000_00)])
    # 20 % of 399,999.99 is 79,999.998: rounded down to whole cents 79,999.99
    assert (found.room_cents, found.lot_ids) == (79_999_99, ("a",))


def test_l7_works_have_a_ceiling_of_a_million() -> None:
    lots = [lot("a", 990_000_00, WORKS), lot("b", 1_200_000_00, WORKS)]
    found = best_exempt_set([*lots, lot("c", 4_000_000_00, WORKS)])
    assert (found.total_cents, found.room_cents) == (6_190_000_00, 1_238_000_00)
    assert found.lot_ids == ("a",)


def test_exactly_the_ceiling_is_exempt_only_when_the_switch_says_so() -> None:
    lots = [lot("a", 80_000_00), lot("rest", 400_000_00)]
    assert best_exempt_set(lots).lot_ids == ()
    assert best_exempt_set(lots, inclusive=True).lot_ids == ("a",)


def test_exactly_the_ceiling_for_works_follows_the_same_switch() -> None:
    lots = [lot("a", 1_000_000_00, WORKS), lot("rest", 9_000_000_00, WORKS)]
    assert best_exempt_set(lots).lot_ids == ()
    assert best_exempt_set(lots, inclusive=True).lot_ids == ("a",)


def test_a_cent_above_the_ceiling_is_never_exempt() -> None:
    lots = [lot("a", 80_000_01), lot("rest", 800_000_00)]
    assert best_exempt_set(lots, inclusive=True).lot_ids == ()


def test_exactly_twenty_percent_is_allowed_and_a_cent_more_is_not() -> None:
    assert best_exempt_set([lot("a", 20_000_00), lot("rest", 80_000_00)]).lot_ids == ("a",)
    assert best_exempt_set([lot("a", 20_000_01), lot("rest", 80_000_00)]).lot_ids == ()


def test_twenty_point_zero_one_percent_is_not_allowed() -> None:
    lots = [lot("a", 20_010_00), lot("rest", 79_990_00)]
    found = best_exempt_set(lots)
    assert (found.room_cents, found.lot_ids) == (20_000_00, ())
    assert codes(found) == ["above-share", "above-share"]


def test_exempt_lots_count_in_the_total_that_the_share_is_taken_of() -> None:
    found = best_exempt_set([lot("a", 30_000_00), lot("b", 120_000_00)])
    assert (found.room_cents, found.lot_ids) == (30_000_00, ("a",))


def test_natures_have_their_own_ceiling_and_share_one_room() -> None:
    lots = [lot("a", 79_999_99), lot("b", 500_000_00, WORKS), lot("c", 2_320_000_01, WORKS)]
    found = best_exempt_set(lots)
    assert (found.room_cents, found.lot_ids) == (580_000_00, ("a", "b"))


def test_jobs_can_be_maximised_instead_of_value() -> None:
    lots = [lot("few", 70_000_00, benefit=1), lot("many", 40_000_00, benefit=9)]
    found = best_exempt_set([*lots, lot("rest", 290_000_00, benefit=0)])
    assert (found.lot_ids, found.benefit) == (("many",), 9)


def test_greedy_by_size_would_miss_the_best_pair() -> None:
    lots = [lot("a", 60_000_00), lot("b", 45_000_00), lot("c", 40_000_00)]
    found = best_exempt_set([*lots, lot("rest", 305_000_00)])
    assert (found.room_cents, found.lot_ids) == (90_000_00, ("b", "c"))
    assert codes(found) == ["share-used-better", "exempt", "exempt", "above-ceiling"]


def test_a_tie_goes_to_the_smaller_sum_then_fewer_lots_then_the_first() -> None:
    rest = lot("rest", 850_000_00)
    smaller = best_exempt_set([lot("a", 70_00, benefit=5), lot("b", 60_00, benefit=5), rest])
    assert smaller.lot_ids == ("a", "b")
    tight = msgspec.structs.replace(EXEMPTION[0], share=Decimal("0.00001"))
    lots = [lot("a", 4_00), lot("b", 4_00), lot("c", 8_00), rest]
    assert best_exempt_set(lots, rule=tight).lot_ids == ("c",)
    assert best_exempt_set([*lots[:2], rest], rule=tight).lot_ids == ("a", "b")
    tighter = msgspec.structs.replace(EXEMPTION[0], share=Decimal("0.000005"))
    assert best_exempt_set([*lots[:2], rest], rule=tighter).lot_ids == ("a",)


def test_lots_without_benefit_dissimilar_supplies_and_concessions_stay_out() -> None:
    lots = [
        lot("a", 10_00, benefit=0),
        ExemptionLot("b", SUPPLIES, 10_00, 10_00, homogeneous=False),
        lot("c", 10_00, ContractKind.CONCESSION),
        lot("d", 10_00, SUPPLIES),
        lot("rest", 100_000_00),
    ]
    found = best_exempt_set(lots)
    assert found.lot_ids == ("d",)
    expected = ["no-benefit", "not-homogeneous", "concession", "exempt", "above-ceiling"]
    assert codes(found) == expected


def test_the_exemption_matters_only_where_eu_rules_hold() -> None:
    assert exemption_matters(Regime.EU)
    assert exemption_matters(Regime.EU_LIGHT)
    assert not exemption_matters(Regime.NATIONAL)
    assert not exemption_matters(Regime.UNKNOWN)


def test_an_unproven_set_says_so_and_gives_a_bound() -> None:
    lots = [lot(f"{n:02}", 1_000_00 + 37 * n * n) for n in range(40)]
    found = best_exempt_set(lots, max_states=8)
    assert not found.proven
    assert found.value_cents <= found.benefit_bound <= found.room_cents


def test_the_bound_of_a_cut_list_is_reached_when_every_lot_fits() -> None:
    lots = [lot(f"{n:02}", 100_00 + n) for n in range(12)]
    found = best_exempt_set([*lots, lot("rest", 900_000_00)], max_states=4)
    assert found.benefit_bound == sum(one.value_cents for one in lots)


def test_wrong_lots_are_refused_with_every_fault() -> None:
    with pytest.raises(InvalidInput) as caught:
        best_exempt_set([lot("a", -1), lot("a", 1)])
    assert [fault.code for fault in caught.value.faults] == ["duplicate-lot", "negative-amount"]


kinds = st.sampled_from([WORKS, SUPPLIES, SERVICES])
values = st.integers(min_value=0, max_value=90_000_00)
small_lots = st.lists(st.tuples(kinds, values, st.integers(0, 50)), min_size=1, max_size=9)


@given(small_lots)
def test_no_subset_does_better(drawn: list[tuple[ContractKind, int, int]]) -> None:
    lots = [lot(str(n), cents, kind, gain) for n, (kind, cents, gain) in enumerate(drawn)]
    total = sum(cents for _, cents, _ in drawn)
    open_lots = [one for one in lots if one.kind is WORKS or one.value_cents < 80_000_00]
    sets = (s for size in range(len(open_lots) + 1) for s in combinations(open_lots, size))
    allowed = [s for s in sets if 5 * sum(one.value_cents for one in s) <= total]
    found = best_exempt_set(lots)
    assert found.benefit == max(sum(one.benefit for one in s) for s in allowed)
    assert found.proven
    assert 5 * found.value_cents <= total


@given(small_lots)
def test_the_switch_for_the_ceiling_never_loses(
    drawn: list[tuple[ContractKind, int, int]],
) -> None:
    lots = [lot(str(n), cents, kind, gain) for n, (kind, cents, gain) in enumerate(drawn)]
    assert best_exempt_set(lots, inclusive=True).benefit >= best_exempt_set(lots).benefit
