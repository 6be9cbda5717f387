"""Small cases: every lot is a candidate, so the best division comes with proof."""

from collections.abc import Sequence

from api.domain.tendering.lot_case import NO_LIMIT, Case, Column
from api.domain.tendering.lot_objective import Goal, winnable
from api.domain.tendering.lot_solver import Ended, Solved, choose_lots


class Search:
    """Questions about one case over all its candidates, each asked once."""

    def __init__(self, case: Case, columns: Sequence[Column], goal: Goal) -> None:
        self.case, self.goal = case, goal
        self._columns = sorted(columns)
        self._known: dict[tuple[int, int], Solved] = {}

    def values(self) -> Sequence[int]:
        """Give the cents that a largest lot can have, rising (own choice, ADR 16)."""
        return sorted({column.value for column in self._columns})

    def best(self, most_lots: int, maximum: int = NO_LIMIT) -> Solved:
        """Give the division of most reach within at most so many lots of at most `maximum` cents.

        Own choice, ADR 16.
        """
        key = (most_lots, maximum)
        if key not in self._known:
            self._known[key] = self._solve(most_lots, maximum)
        return self._known[key]

    def is_sure(self) -> bool:
        """Tell whether no question ran out of nodes (own choice, ADR 16)."""
        return all(solved.ended is not Ended.LIMIT for solved in self._known.values())

    def _solve(self, most_lots: int, maximum: int) -> Solved:
        """First without asking who wins what: often nobody gets in anybody's way."""
        columns = [column for column in self._columns if column.value <= maximum]
        easy = self._choose(columns, most_lots, joint=False)
        if not easy.lots or winnable(self.case, easy.lots, self.goal) == easy.reach:
            return easy
        return self._choose(columns, most_lots, joint=True)

    def _choose(self, columns: Sequence[Column], most_lots: int, *, joint: bool) -> Solved:
        nodes, seed = self.goal.nodes, self.goal.seed
        return choose_lots(self.case, columns, most_lots, nodes=nodes, seed=seed, joint=joint)
