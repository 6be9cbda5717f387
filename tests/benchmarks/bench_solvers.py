"""HiGHS beside CP-SAT on the same markets: the table of ADR 17. Asserts nothing about time.

First step only: the highest value under capacity and at most three lots a firm. CP-SAT is no
dependency of ours; put it beside the environment to have it measured, else its column is empty:

    python -m pip install --target /tmp/ortools ortools
    PYTHONPATH=.:/tmp/ortools python tests/benchmarks/bench_solvers.py

Both run on one thread with a fixed seed. `computed` is time of the processor, which a busy
machine leaves nearly alone. `--size` leaves markets of more lots out.
"""

import argparse
import os
import sys
from collections import defaultdict
from importlib import import_module
from time import perf_counter, process_time
from typing import Any, Final

from api.domain.matching.allocate import NODE_LIMIT
from api.domain.matching.assignment import Bid, Market, bid_order, most_value, value_of
from tests.benchmarks.bench_matching import market

SIZES: Final = ((20, 500, 50), (200, 5_000, 120), (1_000, 20_000, 220))
"""Lots, firms, and the most firms that are eligible for a lot."""
MOST_LOTS: Final = 3
SECONDS: Final = 120.0


def main() -> None:
    """Print a row per market: both times, and whether both found the same optimum."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, default=SIZES[-1][0])
    largest = asked.parse_args().size
    _say("| lots x firms | bids | HiGHS | CP-SAT | value |")
    _say("|---|---|---|---|---|")
    for lots, firms, most in SIZES:
        if lots > largest:
            continue
        world = _market(lots, firms, most)
        ours, theirs = _timed(_highs, world), _timed(_cp_sat, world)
        same = "" if theirs[2] is None else " the same" if theirs[2] == ours[2] else " OTHER"
        size = f"{lots:,} x {firms:,} | {len(world.bids):,}"
        _say(f"| {size} | {_told(ours)} | {_told(theirs)} |{same} |")
    _say(f"load average {os.getloadavg()[0]:.1f}")


def _market(lots: int, firms: int, most: int) -> Market:
    _, supply, bids = market(lots, firms, most)
    capacity = {one.id: one.free_capacity_cents or 0 for one in supply}
    able = [one for one in sorted(bids, key=bid_order) if _fits(one, capacity)]
    return Market(tuple(able), capacity, MOST_LOTS)


def _fits(bid: Bid, capacity: dict[str, int]) -> bool:
    return all(part.value_cents <= capacity[part.enterprise_id] for part in bid.parts)


def _timed(solve: Any, world: Market) -> tuple[float, float, int | None]:
    began, busy = perf_counter(), process_time()
    value = solve(world)
    return perf_counter() - began, process_time() - busy, value


def _told(found: tuple[float, float, int | None]) -> str:
    clock, computed, value = found
    return "" if value is None else f"{clock:.2f} s, computed {computed:.2f} s"


def _highs(world: Market) -> int:
    best = most_value(world, NODE_LIMIT)
    assert best.proven
    return sum(value_of(one) for one in best.bids)


def _cp_sat(world: Market) -> int | None:
    try:
        cp_model: Any = import_module("ortools.sat.python.cp_model")
    except ImportError:
        return None
    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in world.bids]
    of_lot, of_firm = defaultdict(list), defaultdict(list)
    for variable, bid in zip(chosen, world.bids, strict=True):
        of_lot[bid.lot_id].append(variable)
        for part in bid.parts:
            of_firm[part.enterprise_id].append((variable, part.value_cents))
    for group in of_lot.values():
        model.add_at_most_one(group)
    for firm, taken in of_firm.items():
        model.add(sum(cents * one for one, cents in taken) <= world.capacity[firm])
        model.add(sum(one for one, _ in taken) <= MOST_LOTS)
    model.maximize(sum(value_of(b) * v for v, b in zip(chosen, world.bids, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_time_in_seconds = SECONDS
    status = solver.solve(model)
    return round(solver.objective_value) if status == cp_model.OPTIMAL else None


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
