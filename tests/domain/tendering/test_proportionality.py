"""Is a demand for social return attainable, and what could be asked instead?"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import InvalidInput
from api.domain.tendering.proportionality import (
    Advice,
    Attainable,
    Demand,
    DemandBase,
    LocalSupply,
    advise_social_return,
    supply_cents,
)

CONTRACT, WAGES = DemandBase.CONTRACT_SUM, DemandBase.WAGE_SUM
AMPLE = LocalSupply(Decimal(4), 40_000_00, 100_000_00, Decimal("0.5"))


def demand(
    euros: int,
    percentage: str = "5",
    *,
    base: DemandBase = CONTRACT,
    months: int = 12,
    wages: str | None = "0.60",
) -> Demand:
    share = None if wages is None else Decimal(wages)
    return Demand(euros * 100, Decimal(percentage), base, months, share)


def codes(found: Advice) -> set[str]:
    return {reason.code for reason in found.reasons}


def offered(found: Advice) -> dict[str, Decimal | None]:
    return {one.code: one.percentage for one in found.alternatives}


def test_a_fitting_demand_is_attainable() -> None:
    found = advise_social_return(demand(1_000_000), AMPLE)
    assert found.attainable is Attainable.YES
    # 4 places x 40,000 + 50 % of 100,000 = 210,000 a year
    assert (found.obligation_cents, found.supply_cents) == (50_000_00, 210_000_00)
    assert found.wage_sum_cents == 600_000_00
    assert codes(found) == {"within-supply"}
    assert found.alternatives == ()
    assert len(found.norms) == 2


def test_more_than_the_region_has_is_not_attainable_and_a_lower_share_is_offered() -> None:
    scarce = LocalSupply(Decimal("0.5"), 40_000_00, 10_000_00)
    found = advise_social_return(demand(1_000_000), scarce)
    # 20,000 + 10,000 = 30,000 of 1,000,000 is 3.0 %
    assert (found.attainable, found.supply_cents) == (Attainable.NO, 30_000_00)
    assert offered(found) == {"lower-percentage": Decimal("3.0"), "wider-region": None}


def test_without_any_supply_no_percentage_is_offered() -> None:
    found = advise_social_return(demand(1_000_000), LocalSupply(Decimal(0), 0, 0))
    assert offered(found) == {"wider-region": None}


def test_more_than_all_wages_is_not_attainable() -> None:
    found = advise_social_return(demand(1_000_000, "5", wages="0.04"), AMPLE)
    assert found.attainable is Attainable.NO
    assert codes(found) == {"above-wage-sum", "low-wage-share", "within-supply"}
    assert offered(found) == {
        "lower-percentage": Decimal("4.0"),
        "low-wage-percentage": Decimal(2),
        "percentage-of-wages": Decimal(5),
    }


def test_few_wages_in_the_contract_strain_a_share_of_the_contract_sum() -> None:
    found = advise_social_return(demand(600_000, wages="0.22"), AMPLE)
    assert (found.attainable, "low-wage-share" in codes(found)) == (Attainable.STRAINED, True)
    assert offered(found)["low-wage-percentage"] == Decimal(2)
    assert codes(advise_social_return(demand(600_000, "2", wages="0.22"), AMPLE)) == {
        "within-supply"
    }
    on_wages = advise_social_return(demand(600_000, wages="0.22", base=WAGES), AMPLE)
    assert on_wages.obligation_cents == 6_600_00
    assert "low-wage-share" not in codes(on_wages)


def test_a_small_and_short_contract_is_better_served_by_a_custom_arrangement() -> None:
    found = advise_social_return(demand(250_000, months=5), AMPLE)
    assert found.attainable is Attainable.STRAINED
    assert codes(found) == {"small-contract", "short-term", "within-supply"}
    assert offered(found) == {"custom-arrangement": None}


def test_a_cent_above_the_norm_and_six_months_meet_it() -> None:
    found = advise_social_return(demand(250_001, months=6), AMPLE)
    assert found.attainable is Attainable.YES


def test_using_most_of_the_supply_is_strained() -> None:
    found = advise_social_return(demand(3_000_000), AMPLE)
    assert (found.obligation_cents, found.attainable) == (150_000_00, Attainable.STRAINED)
    assert "most-of-supply" in codes(found)


@pytest.mark.parametrize(
    "supply",
    [
        LocalSupply(None, 1, 1),
        LocalSupply(Decimal(1), None, 1),
        LocalSupply(Decimal(1), 1, None),
    ],
)
def test_an_unknown_supply_is_never_zero(supply: LocalSupply) -> None:
    found = advise_social_return(demand(1_000_000), supply)
    assert (found.attainable, found.supply_cents) == (Attainable.UNKNOWN, None)


def test_an_unknown_wage_share_leaves_the_wage_sum_unknown() -> None:
    found = advise_social_return(demand(1_000_000, base=WAGES, wages=None), AMPLE)
    assert (found.obligation_cents, found.wage_sum_cents) == (None, None)
    assert codes(found) == {"wage-share-unknown", "supply-unknown"}
    on_contract = advise_social_return(demand(1_000_000, wages=None), AMPLE)
    assert (on_contract.obligation_cents, on_contract.attainable) == (50_000_00, Attainable.YES)


def test_supply_is_counted_over_the_term_and_rounded_down() -> None:
    assert supply_cents(LocalSupply(Decimal(0), 0, 1_00, Decimal("0.333")), 18) == 49


def test_every_fault_is_told_at_once() -> None:
    wrong = Demand(0, Decimal(101), CONTRACT, 0, Decimal(2))
    with pytest.raises(InvalidInput) as caught:
        advise_social_return(wrong, LocalSupply(Decimal(-1)))
    assert [fault.code for fault in caught.value.faults] == [
        "invalid-contract",
        "invalid-percentage",
        "invalid-share",
        "negative-amount",
    ]


@given(st.integers(1, 1000), st.integers(0, 10**8))
def test_a_lower_demand_is_never_less_attainable(tenths: int, purchasable: int) -> None:
    supply = LocalSupply(Decimal(1), 30_000_00, purchasable)
    higher = advise_social_return(demand(900_000, str(Decimal(tenths) / 10)), supply)
    lower = advise_social_return(demand(900_000, str(Decimal(tenths) / 20)), supply)
    order = [Attainable.NO, Attainable.STRAINED, Attainable.YES]
    assert order.index(lower.attainable) >= order.index(higher.attainable)


@given(st.integers(1, 10**8), st.integers(1, 48))
def test_the_lower_percentage_that_is_offered_is_attainable(purchasable: int, months: int) -> None:
    supply = LocalSupply(Decimal(0), 0, purchasable)
    found = advise_social_return(demand(900_000, "60", months=months), supply)
    percentage = offered(found).get("lower-percentage")
    if percentage is not None:
        again = advise_social_return(demand(900_000, str(percentage), months=months), supply)
        assert again.attainable is not Attainable.NO
