"""How long the lot splitter takes, and how close it comes. Prints figures and asserts none.

The tenders are made from a fixed seed, so that figures of two days can be compared.
Run: `PYTHONPATH=. python tests/benchmarks/bench_splitter.py`; `--size` names another number of
items in the large tenders, `--scenes` how many sets of rules they are divided by.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random
from time import perf_counter, process_time

import msgspec

from api.domain.tendering.coverage import Reach
from api.domain.tendering.exemption import ExemptionLot, best_exempt_set
from api.domain.tendering.law import BuyerLevel, ContractKind
from api.domain.tendering.lot_model import (
    Effort,
    Firm,
    Item,
    Objective,
    Offering,
    Rules,
    SplitRequest,
)
from api.domain.tendering.lots import Splitting, split
from api.domain.values import CpvCode

CODES = [
    *("90910000", "90911200", "90919200", "77310000", "77314000", "77340000"),
    *("55520000", "55523000", "79810000", "90610000", "98310000", "50110000"),
]
BROAD = ["90900000", "77300000", "55500000"]
TOWNS = [f"GM{number:04}" for number in range(60)]
"""Five towns make a COROP area, fifteen a province."""

SCENES = {
    "free": Rules(),
    "20 lots, win cap 2": Rules(maximum_lots=20, win_cap=2),
    "8 lots": Rules(maximum_lots=8),
    "6 lots": Rules(maximum_lots=6),
    "from 100,000": Rules(minimum_value_cents=100_000_00, maximum_lots=30, win_cap=3),
    "one province, 12 lots": Rules(same_region=True, maximum_lots=12),
    "one category": Rules(same_region=True, category_digits=3),
    "all lots able": Rules(every_lot_able=True),
}


def a_tender(seed: int, items: int, firms: int) -> SplitRequest:
    """Services worth some 30,000 to 150,000 euros a year; capacities of the same order."""
    draw = Random(seed)
    return SplitRequest(
        items=tuple(_items(draw, items)),
        firms=tuple(_firms(draw, firms)),
        level=BuyerLevel.SUB_CENTRAL,
        dispatched_on=date(2026, 3, 1),
    )


def _items(draw: Random, count: int) -> Iterator[Item]:
    for number in range(count):
        town = draw.randrange(60)
        yield Item(
            id=f"i{number:03}",
            title=f"item {number}",
            cpv=CpvCode(draw.choice(CODES)),
            kind=ContractKind.SERVICES,
            yearly_cents=int(draw.lognormvariate(10.3, 0.8) * 100),
            months=draw.choice([12, 24, 36, 48]),
            areas=(TOWNS[town],),
            region=f"P{town // 15}",
        )


def _firms(draw: Random, count: int) -> Iterator[Firm]:
    for number in range(count):
        offerings = []
        for _ in range(draw.choice([1, 1, 2])):
            codes = {draw.choice(CODES + BROAD) for _ in range(draw.choice([1, 1, 2, 3]))}
            known = draw.random() >= 0.1
            capacity = int(draw.lognormvariate(11.2, 1.0) * 100) if known else None
            offerings.append(Offering(tuple(map(CpvCode, sorted(codes))), _reach(draw), capacity))
        yield Firm(id=f"f{number:04}", name=f"firm {number}", offerings=tuple(offerings))


def _reach(draw: Random) -> Reach:
    kind = draw.random()
    if kind < 0.15:
        return Reach(tuple(TOWNS), ())
    size = 15 if kind < 0.5 else 5
    first = draw.randrange(60 // size) * size
    return Reach(tuple(TOWNS[first : first + size]), ())


def report(name: str, request: SplitRequest) -> None:
    """Time one request and print what came of it."""
    start, worked = perf_counter(), process_time()
    answer = split(request)
    seconds, worked = perf_counter() - start, process_time() - worked
    times = f"{seconds:6.2f} s ({worked:5.2f} s of work)"
    sys.stdout.write(f"{name:44} {times}  {_outcome(answer)}\n")


def _outcome(answer: Splitting) -> str:
    if not answer.proposals:
        return "no plan"
    plan = answer.proposals[0].plan
    share = Decimal(plan.reach_cents) / Decimal(plan.total_cents)
    return (
        f"{answer.method:6} reach {share:6.1%} lots {len(plan.lots):2}"
        f" gap {Decimal(plan.gap):5.1%} {plan.proof}, {len(answer.proposals)} plans"
    )


def _report_exemption(count: int) -> None:
    draw = Random(count)
    kind = ContractKind.SERVICES
    cents = [draw.randint(1_000_00, 99_000_00) for _ in range(count)]
    lots = [ExemptionLot(str(n), kind, value, value) for n, value in enumerate(cents)]
    start = perf_counter()
    found = best_exempt_set(lots)
    seconds = perf_counter() - start
    left = found.benefit_bound - found.benefit
    sys.stdout.write(
        f"{f'exempt set of {count} lots':44} {seconds:7.2f} s  at most {left} cents short\n"
    )


def main() -> None:
    """Print all figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, default=60)
    asked.add_argument("--scenes", type=int, default=len(SCENES))
    given = asked.parse_args()
    size, scenes = given.size, list(SCENES.items())[: given.scenes]
    for items, firms in ((8, 6), (8, 2_000), (10, 200), (10, 2_000)):
        report(f"{items} items, {firms} firms", a_tender(1, items, firms))
    for seed in (1, 2):
        large = a_tender(seed, size, 2_000)
        for name, rules in scenes:
            for effort in (Effort.FIRST, Effort.NORMAL):
                request = msgspec.structs.replace(large, rules=rules, effort=effort)
                report(f"{size} x 2000 ({seed}), {name}, {effort}", request)
        even = msgspec.structs.replace(large, objective=Objective.BALANCED)
        report(f"{size} x 2000 ({seed}), free, balanced", even)
    for count in (20, 32, size):
        _report_exemption(count)


if __name__ == "__main__":
    main()
