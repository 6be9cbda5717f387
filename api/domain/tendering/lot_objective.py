"""The division that an objective asks for, whoever answers the questions.

Every objective is a row of questions with a yes-or-no answer: "is this reach still possible
with at most m lots, none above v cents?" Reach never falls as m or v grows, so halving finds
the edge; all comparisons are of whole cents.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

import msgspec

from api.domain.tendering.lot_case import NO_LIMIT, Case
from api.domain.tendering.lot_model import Objective
from api.domain.tendering.lot_solver import Solved, choose_lots


class Goal(msgspec.Struct, frozen=True):
    """What to look for, and how hard."""

    objective: Objective
    reach_share: Decimal
    """Used for the fewest lots only."""
    nodes: int
    """Nodes of the search tree per question."""
    seed: int


class Oracle(Protocol):
    """Answers questions about one case."""

    @property
    def case(self) -> Case:
        """The case that is asked about."""

    @property
    def goal(self) -> Goal:
        """What is looked for."""

    def best(self, most_lots: int, maximum: int = NO_LIMIT) -> Solved:
        """Give the division of most reach within limits on lots and on cents per lot."""

    def values(self) -> Sequence[int]:
        """Give the cents that a largest lot can have."""

    def is_sure(self) -> bool:
        """Tell whether every answer so far was the best that exists."""


def by_objective(oracle: Oracle, goal: Goal | None = None) -> Solved:
    """Give the division that the objective asks for; without lots when there is none.

    `goal` asks for another objective than the oracle's own. Own choice, ADR 16: see `Objective`.
    """
    most_lots, goal = oracle.case.most_lots, goal or oracle.goal
    most = oracle.best(most_lots)
    if not most.lots:
        return most
    if goal.objective is Objective.BALANCED:
        even = _smallest(oracle, most, most_lots)
        return _fewest(oracle, even, even.reach, largest(oracle.case, even.lots))
    few = _fewest(oracle, most, asked_reach(goal, most.reach))
    return _smallest(oracle, few, len(few.lots))


def asked_reach(goal: Goal, most_reach: int) -> int:
    """Give the reach that fewer lots have to keep, cents, rounded up (own choice, ADR 16)."""
    share = goal.reach_share if goal.objective is Objective.FEWEST_LOTS else 1
    return -(-most_reach * Fraction(share) // 1)


def largest(case: Case, lots: Sequence[int]) -> int:
    """Give the value of the largest lot, cents (own choice, ADR 16)."""
    return max(case.value_of(lot) for lot in lots)


def winnable(case: Case, lots: Sequence[int], goal: Goal) -> int:
    """Give the cents that able firms can win together in a division (own choice, ADR 16).

    Where every lot has as many able firms as there are lots, nobody is in the way.
    """
    columns = [case.column(lot) for lot in sorted(lots)]
    reached = [column for column in columns if column.reached]
    crowds = (case.supply.firms_of(case.able(column.lot)) for column in reached)
    if all(len(crowd) >= len(reached) for crowd in crowds):
        return sum(column.value for column in reached)
    nodes, seed = goal.nodes, goal.seed
    return choose_lots(case, columns, len(columns), nodes=nodes, seed=seed, joint=True).reach


def _fewest(oracle: Oracle, found: Solved, reach: int, maximum: int = NO_LIMIT) -> Solved:
    """Lower the number of lots as far as `reach` cents remain possible."""
    counts = range(1, len(found.lots))
    return _lowest(counts, lambda most_lots: oracle.best(most_lots, maximum), reach, found)


def _smallest(oracle: Oracle, found: Solved, most_lots: int) -> Solved:
    """Lower the value of the largest lot as far as the reach remains possible."""
    now = largest(oracle.case, found.lots)
    values = [value for value in oracle.values() if value < now]
    return _lowest(values, lambda value: oracle.best(most_lots, value), found.reach, found)


def _lowest(
    limits: Sequence[int], solve: Callable[[int], Solved], reach: int, found: Solved
) -> Solved:
    """Give the division under the lowest of the rising limits that keeps the reach."""
    low, high = 0, len(limits)
    while low < high:
        middle = (low + high) // 2
        tried = solve(limits[middle])
        if tried.lots and tried.reach >= reach:
            found, high = tried, middle
        else:
            low = middle + 1
    return found
