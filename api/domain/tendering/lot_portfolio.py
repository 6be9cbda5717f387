"""Large cases: a collection of divisions that grows, from which the best is taken."""

from collections.abc import Iterable, Sequence

import msgspec

from api.domain.tendering.lot_case import NO_LIMIT, Case
from api.domain.tendering.lot_generation import most_reach
from api.domain.tendering.lot_objective import Goal, largest, winnable
from api.domain.tendering.lot_solver import Ended, Solved

_Lots = tuple[int, ...]


class _Division(msgspec.Struct, frozen=True):
    """A division, and what it reaches if nobody gets in anybody's way."""

    lots: _Lots
    reach: int
    largest: int


class Portfolio:
    """Divisions found so far. Their bounds are those of the relaxation, by number of lots."""

    def __init__(self, case: Case, goal: Goal) -> None:
        self.case, self.goal = case, goal
        self._divisions: dict[_Lots, _Division] = {}
        self._joint: dict[_Lots, int] = {}
        self._bounds = {len(case.blocks): most_reach(case)}

    def add(self, divisions: Iterable[_Lots]) -> None:
        """Add divisions (own choice, ADR 16)."""
        for lots in divisions:
            reach = self.case.reach_of(lots)
            self._divisions[lots] = _Division(lots, reach, largest(self.case, lots))

    def divisions(self) -> tuple[_Lots, ...]:
        """Give all divisions found (own choice, ADR 16)."""
        return tuple(self._divisions)

    def limit(self, most_lots: int, bound: int) -> None:
        """Note that no division of at most so many lots reaches more (own choice, ADR 16)."""
        self._bounds[most_lots] = bound

    def bound(self, most_lots: int) -> int:
        """Give the cents that no division of at most so many lots exceeds (own choice, ADR 16)."""
        return min(bound for lots, bound in self._bounds.items() if lots >= most_lots)

    def values(self) -> Sequence[int]:
        """Give the cents that a largest lot has, rising (own choice, ADR 16)."""
        return sorted({division.largest for division in self._divisions.values()})

    def is_sure(self) -> bool:
        """Tell that the best need not be among what was found (own choice, ADR 16)."""
        return False

    def best(self, most_lots: int, maximum: int = NO_LIMIT) -> Solved:
        """Give the best division within the limits, by what firms can win together.

        On a tie: fewest lots, smallest largest lot, first. Own choice, ADR 16.
        """
        within = [
            one
            for one in self._divisions.values()
            if len(one.lots) <= most_lots and one.largest <= maximum
        ]
        best: tuple[int, int, int, _Lots] | None = None
        for one in sorted(within, key=lambda one: (-one.reach, len(one.lots), one.largest)):
            if best is not None and one.reach < -best[0]:
                break
            joint = self._winnable(one)
            if joint is not None:
                key = (-joint, len(one.lots), one.largest, one.lots)
                best = key if best is None else min(best, key)
        return Solved(Ended.LIMIT) if best is None else self._solved(best[3], -best[0], most_lots)

    def _winnable(self, one: _Division) -> int | None:
        """Give the cents won together; nothing where every lot must be won and isn't."""
        if one.lots not in self._joint:
            self._joint[one.lots] = winnable(self.case, one.lots, self.goal)
        joint = self._joint[one.lots]
        return None if self.case.rules.every_lot_able and joint < one.reach else joint

    def _solved(self, lots: _Lots, reach: int, most_lots: int) -> Solved:
        bound = max(reach, self.bound(most_lots))
        return Solved(Ended.OPTIMAL if bound == reach else Ended.LIMIT, lots, reach, bound)
