from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.social_return.plan import Plan, Proof, best_plan
from api.domain.social_return.plan_options import (
    Limits,
    Mix,
    Objective,
    Options,
    PurchaseOption,
    UnitOption,
    a_year,
    cost_of,
    credit_of,
    in_window,
    keeps_to,
)
from api.domain.values import Cents


def option(supplier: str, share: str = "1", **more: Any) -> PurchaseOption:
    facts: dict[str, Any] = {"need": "green", "offering": f"of {supplier}"}
    return PurchaseOption(supplier=supplier, share=Fraction(share), **(facts | more))


def limits(target: int, need: int = 1_000_000, **more: Any) -> Limits:
    needs = {"green": Cents(need), "lunch": Cents(need)}
    return Limits(target_cents=Cents(target), needs=needs, **more)


PLACEMENT = UnitOption(
    key="wajong",
    credit_cents=Cents(300_000),
    cost_cents=Cents(90_000),
    job_years=Fraction(1, 2),
    at_most=4,
)
HOUR = UnitOption(key="advice", credit_cents=Cents(10_000), cost_cents=Cents(4_000), at_most=10)


def best(options: Options, bounds: Limits, objective: Objective = Objective.LEAST_COST) -> Plan:
    plan = best_plan(options, bounds, objective)
    assert keeps_to(plan.mix, options, bounds)
    assert plan.credit_cents == credit_of(plan.mix, options)
    assert plan.closes == (plan.credit_cents >= bounds.target_cents)
    return plan


def test_buying_what_is_needed_anyhow_comes_before_what_costs_extra() -> None:
    plan = best(Options((option("a"),), (PLACEMENT,)), limits(400_000))

    assert (plan.mix.amounts, plan.mix.counts) == ((400_000,), (0,))
    assert (plan.extra_cost_cents, plan.proof, plan.bound) == (0, Proof.OPTIMAL, Decimal(0))


def test_the_rest_is_filled_by_the_cheapest_units() -> None:
    plan = best(Options((option("a"),), (PLACEMENT, HOUR)), limits(640_000, need=300_000))

    # 300,000 bought; 340,000 left: one placement (90,000) and four hours (16,000)
    assert plan.mix.counts == (1, 4)
    assert plan.extra_cost_cents == 106_000


def test_the_most_jobs_go_no_further_than_one_unit_beyond() -> None:
    options = Options((option("a"),), (PLACEMENT,))
    plan = best(options, limits(400_000), Objective.MOST_JOBS)

    # Two placements bring 600,000; a third would go beyond by more than one unit.
    assert plan.mix.counts == (2,)
    assert plan.job_years == 1


def test_the_fewest_suppliers_and_then_the_least_cost() -> None:
    dear = option("dear", extra_share=Fraction(1, 10))
    options = Options((dear, option("big"), option("small", capacity_cents=Cents(200_000))))
    plan = best(options, limits(500_000), Objective.FEWEST_SUPPLIERS)

    assert (plan.suppliers, plan.mix.amounts) == (1, (0, 500_000, 0))


def test_one_offering_serves_two_needs_within_its_capacity() -> None:
    capacity: dict[str, Any] = {"capacity_cents": Cents(400_000)}
    options = Options((option("a", **capacity), option("a", need="lunch", **capacity)))
    plan = best(options, limits(500_000))

    assert not plan.closes
    assert plan.credit_cents == 400_000
    assert {one.limit: one.would_close for one in plan.blockers} == {"capacity": True}


def test_a_cap_limits_what_counts_and_is_named_when_it_is_in_the_way() -> None:
    options = Options((option("a", "0.3", categories=("pso",)),), (HOUR,))
    plan = best(options, limits(250_000, rooms={"pso": Cents(120_000)}))

    assert plan.credit_cents == 220_000
    assert {one.limit for one in plan.blockers if one.would_close} == {"caps", "units"}
    assert "budget" not in {one.limit for one in plan.blockers}


def test_a_budget_that_is_too_small_says_how_far_one_gets_without_it() -> None:
    options = Options((), (PLACEMENT,))
    plan = best(options, limits(900_000, budget_cents=Cents(200_000)))

    assert (plan.mix.counts, plan.closes) == ((2,), False)
    [blocker] = plan.blockers
    assert (blocker.limit, blocker.reachable_cents, blocker.would_close) == (
        "budget",
        900_000,
        True,
    )


def test_the_smallest_purchase_of_a_supplier_is_kept_to() -> None:
    options = Options((option("a", at_least_cents=Cents(250_050)),), (HOUR,))

    assert best(options, limits(60_000)).mix.amounts == (250_100,)
    assert best(options, limits(60_000, need=200_000)).mix.counts == (6,)
    far = best(options, limits(160_000, need=200_000))
    assert not far.closes
    assert "smallest-purchase" in {one.limit for one in far.blockers}


def test_without_anything_to_choose_nothing_is_planned() -> None:
    plan = best(Options(), limits(100))

    assert (plan.mix, plan.closes, plan.blockers) == (Mix((), ()), False, ())


def test_a_search_that_ends_at_its_limit_says_so() -> None:
    many = tuple(
        option(f"s{n}", "0.3", capacity_cents=Cents(10_007 * (n + 3)), at_least_cents=Cents(9_999))
        for n in range(40)
    )
    plan = best_plan(
        Options(many), limits(200_000, need=800_000), Objective.FEWEST_SUPPLIERS, nodes=0
    )

    assert plan.proof in {Proof.GAP, Proof.OPTIMAL}
    assert keeps_to(plan.mix, Options(many), limits(200_000, need=800_000))


suppliers = st.builds(
    option,
    st.sampled_from("abc"),
    st.sampled_from(["0.1", "0.3", "1"]),
    need=st.sampled_from(["green", "lunch"]),
    extra_share=st.sampled_from([Fraction(0), Fraction(1, 20), Fraction(1, 7)]),
    at_least_cents=st.sampled_from([Cents(0), Cents(33_333)]),
    capacity_cents=st.sampled_from([None, Cents(40_001), Cents(500_000)]),
    categories=st.sampled_from([(), ("pso",)]),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(suppliers, max_size=6, unique_by=lambda one: (one.supplier, one.need)),
    st.integers(1, 900_000),
    st.sampled_from(list(Objective)),
)
def test_every_plan_keeps_to_every_limit_to_the_cent(
    found: list[PurchaseOption], target: int, objective: Objective
) -> None:
    bounds = limits(target, need=300_000, rooms={"pso": Cents(77_777)}, budget_cents=Cents(20_000))
    options = Options(tuple(found), (HOUR,))
    plan = best(options, bounds, objective)
    for one, cents in zip(options.purchases, plan.mix.amounts, strict=True):
        assert cents == 0 or cents >= one.at_least_cents


@settings(max_examples=60, deadline=None)
@given(
    target=st.integers(1, 1_400_000),
    persons=st.integers(0, 4),
    hours=st.integers(0, 6),
    tight=st.booleans(),
)
def test_whole_units_are_chosen_as_by_trying_them_all(
    target: int, persons: int, hours: int, *, tight: bool
) -> None:
    units = tuple(
        UnitOption(
            key=one.key, credit_cents=one.credit_cents, cost_cents=one.cost_cents, at_most=most
        )
        for one, most in ((PLACEMENT, persons), (HOUR, hours))
    )
    options = Options((), units)
    bounds = limits(target, budget_cents=Cents(300_000) if tight else None)
    tried = (Mix((), counts) for counts in product(range(persons + 1), range(hours + 1)))
    good = [
        cost_of(mix, options)
        for mix in tried
        if keeps_to(mix, options, bounds) and credit_of(mix, options) >= target
    ]

    plan = best(options, bounds)

    assert plan.closes == bool(good)
    if good:
        assert plan.extra_cost_cents == min(good)


@pytest.mark.parametrize("objective", list(Objective))
def test_equal_questions_get_equal_plans(objective: Objective) -> None:
    options = Options(
        tuple(option(name, "0.3", capacity_cents=Cents(99_999)) for name in "abcdef"), (PLACEMENT,)
    )

    assert best(options, limits(400_000), objective) == best(options, limits(400_000), objective)


def test_units_under_a_cap_are_checked_too() -> None:
    hour = UnitOption(key="h", credit_cents=Cents(100), at_most=9, categories=("knowledge",))
    bounds = limits(500, rooms={"knowledge": Cents(300)})

    assert keeps_to(Mix((), (3,)), Options((), (hour,)), bounds)
    assert not keeps_to(Mix((), (4,)), Options((), (hour,)), bounds)
    assert best(Options((), (hour,)), bounds).credit_cents == 300


def test_jobs_behind_what_is_bought_are_kept_where_they_are_the_objective() -> None:
    many = option("many", job_years=Fraction(1, 100_000), extra_share=Fraction(1, 10))
    options = Options((many, option("none")), (PLACEMENT,))
    plan = best(options, limits(400_000), Objective.MOST_JOBS)

    # 400,000 and one placement more: 7 job years of the purchase at most
    assert plan.job_years == Decimal(7)
    assert plan.mix.amounts == (699_900, 0)


def test_what_counts_for_nothing_is_never_bought() -> None:
    plan = best(Options((option("nothing", "0"), option("a"))), limits(5_000))

    assert plan.mix.amounts == (0, 5_000)


def test_lines_too_small_to_count_close_nothing() -> None:
    crumbs = tuple(option(f"s{n}", "0.1", capacity_cents=Cents(4)) for n in range(10))
    plan = best(Options(crumbs), limits(4))

    # Each line of 0.4 cents is rounded to nothing, although together they are four cents.
    assert (plan.closes, plan.credit_cents) == (False, 0)


def test_capacity_a_year_is_shared_out_over_the_days_and_back() -> None:
    assert in_window(None, 90) is None
    assert in_window(10_000_000, 92) == 2_520_547
    assert a_year(2_520_547, 92) <= 10_000_000
    assert a_year(1, 92) == 4
