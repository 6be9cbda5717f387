"""The estimated value: every rule by hand, and what must always hold."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import InvalidInput
from api.domain.tendering.estimate import (
    CallOffs,
    Extras,
    FixedPrice,
    LotValue,
    Periodic,
    Price,
    counted_months,
    estimate,
    half_up,
    lots_differ,
)
from api.domain.tendering.law import ContractKind

SERVICES, SUPPLIES, WORKS = ContractKind.SERVICES, ContractKind.SUPPLIES, ContractKind.WORKS
amounts = st.integers(min_value=0, max_value=10**10)


def total(kind: ContractKind, price: Price, extras: Extras | None = None) -> int:
    return estimate(kind, price, extras or Extras()).total_cents


def test_options_and_extensions_are_part_of_the_value() -> None:
    extras = Extras(options_cents=20_000_00, extensions_cents=30_000_00)
    assert total(SERVICES, FixedPrice(100_000_00), extras) == 150_000_00


def test_an_indefinite_service_counts_48_months() -> None:
    assert total(SERVICES, Periodic(5_000_00, 1, None)) == 240_000_00


def test_a_service_above_48_months_counts_48_months() -> None:
    assert total(SERVICES, Periodic(5_000_00, 1, 60)) == 240_000_00


def test_a_service_of_48_months_or_less_counts_its_term() -> None:
    assert total(SERVICES, Periodic(5_000_00, 1, 48)) == 240_000_00
    assert total(SERVICES, Periodic(5_000_00, 1, 47)) == 235_000_00


def test_social_services_follow_the_rule_of_services() -> None:
    assert total(ContractKind.SOCIAL_SERVICES, Periodic(12_000_00, 12, 120)) == 48_000_00


def test_supplies_above_48_months_count_their_whole_term() -> None:
    assert total(SUPPLIES, Periodic(1_000_00, 1, 60)) == 60_000_00
    assert counted_months(SUPPLIES, None) == 48


def test_a_yearly_price_is_rounded_half_up_once() -> None:
    # 100.03 * 6 / 12 = 50.015 -> 50.02
    assert total(SERVICES, Periodic(100_03, 12, 6)) == 50_02


def test_works_count_what_the_buyer_provides() -> None:
    assert total(WORKS, FixedPrice(900_000_00), Extras(provided_cents=50_000_00)) == 950_000_00


def test_a_framework_counts_all_planned_call_offs() -> None:
    assert total(SUPPLIES, CallOffs((10_00, 20_00, 30_00))) == 60_00


def test_every_part_names_its_rule() -> None:
    found = estimate(SERVICES, Periodic(1_00, 1, None), Extras(options_cents=5))
    assert [(part.cents, part.rule) for part in found.parts] == [
        (48_00, "Aw 2012 art. 2.17(e)"),
        (5, "Aw 2012 art. 2.15(2)"),
    ]


@pytest.mark.parametrize(
    ("kind", "price", "extras", "codes"),
    [
        (SERVICES, FixedPrice(-1), Extras(), ["negative-amount"]),
        (SERVICES, FixedPrice(1), Extras(provided_cents=1), ["provided-not-works"]),
        (SERVICES, Periodic(1, 3, 0), Extras(), ["invalid-price-period", "invalid-term"]),
        (WORKS, Periodic(1, 12, None), Extras(), ["term-missing"]),
        (SERVICES, CallOffs((1, -1)), Extras(), ["negative-amount"]),
    ],
)
def test_every_fault_is_told_at_once(
    kind: ContractKind, price: Price, extras: Extras, codes: list[str]
) -> None:
    with pytest.raises(InvalidInput) as caught:
        estimate(kind, price, extras)
    assert [fault.code for fault in caught.value.faults] == codes


def test_a_total_five_percent_off_the_lots_is_flagged() -> None:
    lots = [LotValue("a", SERVICES, 60_00), LotValue("b", SERVICES, 35_00)]
    flagged = lots_differ(100_00, lots)
    assert flagged is not None
    assert flagged.code == "total-differs-from-lots"
    assert lots_differ(99_99, lots) is None
    assert lots_differ(95_00, lots) is None


@given(amounts, amounts, amounts)
def test_the_parts_sum_to_the_total(price: int, options: int, extensions: int) -> None:
    found = estimate(SERVICES, FixedPrice(price), Extras(options, extensions))
    assert sum(part.cents for part in found.parts) == found.total_cents


@given(amounts, st.integers(min_value=1, max_value=200))
def test_a_longer_term_is_never_worth_less(price: int, months: int) -> None:
    longer = total(SERVICES, Periodic(price, 12, months + 1))
    assert longer >= total(SERVICES, Periodic(price, 12, months))


@given(st.fractions(min_value=0, max_value=10**12))
def test_rounding_moves_at_most_half_a_cent(amount: Fraction) -> None:
    assert -Fraction(1, 2) < half_up(amount) - amount <= Fraction(1, 2)
