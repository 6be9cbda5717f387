"""`make faults`: every scenario once, a table of what was done and what was harmed.

    python -m tests.faults [--kills 300] [--seed 1] [--only kills --only truth]

A seed that failed can be given again. Exit 1 when anything acknowledged is not there once.
"""

import argparse
import sys

import msgspec

from tests.faults import scenarios
from tests.faults.checks import bad
from tests.faults.replicas import replicas
from tests.faults.scenarios import Outcome

NUMBERS = {
    "kills": 300,
    "lost_locks": 8,
    "lines": 12,
    "truth": 0,
    "disk_full": 0,
    "clock_steps": 8,
    "replicas": 120,
}
SCENARIOS = scenarios.SCENARIOS | {"replicas": replicas}


def main() -> None:
    """Run what is asked and print it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=NUMBERS["kills"])
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--only", action="append", choices=list(SCENARIOS))
    given = arguments.parse_args()
    numbers = NUMBERS | {"kills": given.kills}
    outcomes = []
    for name in given.only or SCENARIOS:
        outcome = SCENARIOS[name](given.seed, numbers.get(name, 60))
        outcomes.append(outcome)
        tell(outcome)
    sys.exit(any(bad(one.harm) or one.strange for one in outcomes))


def tell(outcome: Outcome) -> None:
    """Print one outcome."""
    if outcome.skipped:
        sys.stdout.write(f"{outcome.scenario}: skipped, {outcome.skipped}\n")
        return
    harm = {name: count for name, count in outcome.harm.items() if count}
    parts = (
        f"{outcome.scenario} (seed {outcome.seed}, {outcome.seconds:.0f} s)",
        f"  faults       {msgspec.json.encode(outcome.faults).decode()}",
        f"  acknowledged {msgspec.json.encode(outcome.acknowledged).decode()}",
        f"  sent again   {outcome.retried}",
        f"  figures      {msgspec.json.encode(outcome.figures).decode()}",
        f"  harmed       {msgspec.json.encode(harm).decode() if harm else 'nothing'}",
        *(f"  strange      {line}" for line in outcome.strange),
    )
    sys.stdout.write("\n".join(parts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
