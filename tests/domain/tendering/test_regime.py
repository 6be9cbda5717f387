"""The regime is decided on the sum of all lots, by the day of dispatch."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import InvalidValue
from api.domain.tendering.estimate import LotValue
from api.domain.tendering.law import BuyerLevel, ContractKind, kind_of
from api.domain.tendering.law_data import THRESHOLDS
from api.domain.tendering.notice import Nature
from api.domain.tendering.regime import Regime, decide_regime, main_kind, threshold_for

CENTRAL, SUB_CENTRAL, UTILITY = BuyerLevel.CENTRAL, BuyerLevel.SUB_CENTRAL, BuyerLevel.UTILITY
WORKS, SUPPLIES, SERVICES = ContractKind.WORKS, ContractKind.SUPPLIES, ContractKind.SERVICES
SOCIAL, CONCESSION = ContractKind.SOCIAL_SERVICES, ContractKind.CONCESSION
IN_2023, IN_2025, IN_2026 = date(2023, 6, 1), date(2025, 12, 31), date(2026, 1, 1)


def services(*cents: int) -> list[LotValue]:
    return [LotValue(f"lot {n}", SERVICES, value) for n, value in enumerate(cents)]


@pytest.mark.parametrize(
    ("kind", "level", "day", "euros"),
    [
        (SERVICES, SUB_CENTRAL, IN_2023, 215_000),
        (SERVICES, CENTRAL, IN_2023, 140_000),
        (SUPPLIES, UTILITY, IN_2023, 431_000),
        (SOCIAL, UTILITY, IN_2023, 1_000_000),
        (SERVICES, SUB_CENTRAL, IN_2025, 221_000),
        (SUPPLIES, CENTRAL, IN_2025, 143_000),
        (WORKS, UTILITY, IN_2025, 5_538_000),
        (SUPPLIES, UTILITY, IN_2025, 443_000),
        (CONCESSION, SUB_CENTRAL, IN_2025, 5_538_000),
        (SERVICES, SUB_CENTRAL, IN_2026, 216_000),
        (SUPPLIES, CENTRAL, IN_2026, 140_000),
        (WORKS, CENTRAL, IN_2026, 5_404_000),
        (SOCIAL, SUB_CENTRAL, IN_2026, 750_000),
        (SERVICES, UTILITY, IN_2026, 432_000),
        (SOCIAL, UTILITY, IN_2026, 1_000_000),
        (CONCESSION, CENTRAL, IN_2026, 5_404_000),
    ],
)
def test_the_threshold_of_the_day_of_dispatch_holds(
    kind: ContractKind, level: BuyerLevel, day: date, euros: int
) -> None:
    found = threshold_for(kind, level, day)
    assert found is not None
    assert found.amount_cents == euros * 100


def test_no_two_rows_hold_for_the_same_case() -> None:
    days = [date(year, 1, 1) for year in range(2022, 2028)]
    for kind in ContractKind:
        for level in BuyerLevel:
            for day in days:
                fitting = [
                    row
                    for row in THRESHOLDS
                    if row.kind is kind
                    and row.level in (None, level)
                    and row.basis.period.holds(day)
                ]
                assert len(fitting) == 1


def test_every_row_names_its_source_and_unread_ones_say_so() -> None:
    assert all(row.basis.source and row.basis.version for row in THRESHOLDS)
    unread = {(row.kind, row.level) for row in THRESHOLDS if not row.basis.verified}
    assert unread == {
        (SUPPLIES, CENTRAL),
        (SERVICES, CENTRAL),
        (SUPPLIES, UTILITY),
        (SERVICES, UTILITY),
        (SOCIAL, UTILITY),
    }


def test_l4_below_the_threshold_of_2026_is_national() -> None:
    found = decide_regime(services(200_000_00), SUB_CENTRAL, IN_2026)
    assert found.regime is Regime.NATIONAL
    assert found.reasons[0].code == "below-threshold"


def test_l5_exactly_the_threshold_is_european() -> None:
    assert decide_regime(services(216_000_00), SUB_CENTRAL, IN_2026).regime is Regime.EU
    assert decide_regime(services(216_000_00), SUB_CENTRAL, IN_2025).regime is Regime.NATIONAL
    assert decide_regime(services(215_999_99), SUB_CENTRAL, IN_2026).regime is Regime.NATIONAL


def test_lots_are_summed_before_the_test() -> None:
    found = decide_regime(services(100_000_00, 100_000_00, 16_000_00), SUB_CENTRAL, IN_2026)
    assert (found.regime, found.total_cents) == (Regime.EU, 216_000_00)


def test_social_services_fall_under_the_light_regime() -> None:
    lots = [LotValue("a", SOCIAL, 750_000_00)]
    assert decide_regime(lots, SUB_CENTRAL, IN_2026).regime is Regime.EU_LIGHT


def test_a_day_without_data_is_unknown_not_national() -> None:
    found = decide_regime(services(1_00), SUB_CENTRAL, date(2028, 1, 1))
    assert (found.regime, found.threshold) == (Regime.UNKNOWN, None)
    assert found.reasons[0].code == "threshold-unknown"


def test_the_kind_with_the_highest_value_decides_unless_the_buyer_says_otherwise() -> None:
    lots = [LotValue("a", SERVICES, 150_000_00), LotValue("b", WORKS, 160_000_00)]
    assert decide_regime(lots, SUB_CENTRAL, IN_2026).regime is Regime.NATIONAL
    overruled = decide_regime(lots, SUB_CENTRAL, IN_2026, kind=SERVICES)
    assert overruled.regime is Regime.EU
    assert overruled.reasons[1].code == "mixed-contract"
    assert overruled.reasons[1].detail == "decided as services; the lots also hold works"


def test_a_tie_between_kinds_takes_the_strictest() -> None:
    assert main_kind([LotValue("a", WORKS, 5), LotValue("b", SERVICES, 5)]) is SERVICES


@pytest.mark.parametrize("lots", [[], [LotValue("a", SERVICES, -1)]])
def test_no_lots_or_a_negative_one_is_refused(lots: list[LotValue]) -> None:
    with pytest.raises(InvalidValue, match="lots"):
        decide_regime(lots, SUB_CENTRAL, IN_2026)


def test_only_a_service_becomes_a_social_service() -> None:
    assert kind_of(Nature.SERVICES, social=True) is SOCIAL
    assert kind_of(Nature.WORKS, social=True) is WORKS
    assert kind_of(Nature.SUPPLIES) is SUPPLIES


@given(st.lists(st.integers(min_value=0, max_value=10**8), min_size=1, max_size=12))
def test_cutting_a_tender_into_lots_never_changes_its_regime(cents: list[int]) -> None:
    whole = decide_regime(services(sum(cents)), SUB_CENTRAL, IN_2026)
    assert decide_regime(services(*cents), SUB_CENTRAL, IN_2026).regime is whole.regime
