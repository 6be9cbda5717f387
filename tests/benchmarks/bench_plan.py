"""A plan with 300 candidate suppliers for four needs; asserts nothing about time.

`--size` names other numbers of suppliers, `--worlds` of worlds.
"""

import argparse
import statistics
from fractions import Fraction
from random import Random
from time import perf_counter, process_time
from typing import Final

from api.domain.social_return.plan import best_plan
from api.domain.social_return.plan_options import (
    Limits,
    Objective,
    Options,
    PurchaseOption,
    UnitOption,
)
from api.domain.values import Cents

SUPPLIERS: Final = 300
NEEDS: Final = 4
SEEDS: Final = 20


def main() -> None:
    """Plan twenty worlds with each objective."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, default=SUPPLIERS)
    asked.add_argument("--worlds", type=int, default=SEEDS)
    given = asked.parse_args()
    for objective in Objective:
        _measure(objective, given.size, given.worlds)


def _measure(objective: Objective, suppliers: int, worlds: int) -> None:
    took, busy, closed, proven, options = [], [], 0, 0, 0
    for seed in range(worlds):
        found, limits = _world(seed, suppliers)
        began, working = perf_counter(), process_time()
        plan = best_plan(found, limits, objective)
        took.append(perf_counter() - began)
        busy.append(process_time() - working)
        closed += plan.closes
        proven += plan.proof == "optimal"
        options += len(found.purchases)
    print(  # noqa: T201  a script
        f"{objective.value}: median {statistics.median(took):.2f} s, worst {max(took):.2f} s;"
        f" processor median {statistics.median(busy):.2f} s, worst {max(busy):.2f} s;"
        f" {closed} of {worlds} close, {proven} proven, {options // worlds} options on average"
    )


def _world(seed: int, suppliers: int) -> tuple[Options, Limits]:
    random = Random(seed)
    purchases = tuple(
        _purchase(random, supplier, need)
        for supplier in range(suppliers)
        for need in range(NEEDS)
        if random.random() < 0.6
    )
    year = Fraction(1, 3)
    units = (
        UnitOption(
            key="placement",
            credit_cents=Cents(1_666_667),
            cost_cents=Cents(900_000),
            job_years=year,
            at_most=5,
        ),
        UnitOption(
            key="advice",
            credit_cents=Cents(10_000),
            cost_cents=Cents(4_000),
            at_most=80,
            categories=("knowledge",),
        ),
    )
    limits = Limits(
        target_cents=Cents(8_400_000 * random.randrange(1, 6)),
        needs={f"n{n}": Cents(random.randrange(2_000_000, 20_000_000)) for n in range(NEEDS)},
        rooms={"pso": Cents(2_000_000), "knowledge": Cents(500_000)},
        budget_cents=Cents(3_000_000) if random.random() < 0.5 else None,
    )
    return Options(purchases, units), limits


def _purchase(random: Random, supplier: int, need: int) -> PurchaseOption:
    share = Fraction(random.choice((10, 20, 30, 100)), 100)
    known = random.random() < 0.9
    return PurchaseOption(
        need=f"n{need}",
        supplier=f"s{supplier}",
        offering=f"o{supplier}",
        share=share,
        extra_share=Fraction(random.randrange(15), 100),
        at_least_cents=Cents(random.choice((50_000, 150_000, 500_000))),
        capacity_cents=Cents(random.randrange(500_000, 20_000_000)) if known else None,
        categories=("pso",) if share < 1 else (),
    )


if __name__ == "__main__":
    main()
