"""Large cases: first plans by merging, better ones by column generation, stage by stage."""

from collections.abc import Callable
from fractions import Fraction
from typing import Final

import msgspec

from api.domain.tendering.lot_case import Case
from api.domain.tendering.lot_generation import Budget, Pool
from api.domain.tendering.lot_merge import merged_divisions
from api.domain.tendering.lot_model import Effort, Objective
from api.domain.tendering.lot_objective import Goal, asked_reach, largest
from api.domain.tendering.lot_portfolio import Portfolio
from api.domain.tendering.lot_relaxation import pick_lots

BUDGETS: Final = {
    Effort.FIRST: Budget(
        rounds=0, steps=0, proof_steps=0, proofs=0, nodes=0, columns=0, more_columns=0, descents=0
    ),
    Effort.NORMAL: Budget(
        rounds=60,
        steps=200,
        proof_steps=10_000,
        proofs=2,
        nodes=100,
        columns=300,
        more_columns=800,
        descents=3,
    ),
    Effort.THOROUGH: Budget(
        rounds=200,
        steps=1_000,
        proof_steps=100_000,
        proofs=10,
        nodes=2_000,
        columns=1_000,
        more_columns=3_000,
        descents=12,
    ),
}
"""Own choice, ADR 16: measured there."""
FRACTIONS: Final = (Fraction(3, 4), Fraction(1, 2), Fraction(1, 4))
"""Of the chosen number of lots, for plans with fewer lots and less reach."""
_HALVED: Final = 256
"""The largest lot is narrowed down to one part in so many."""
Late = Callable[[], bool]


class Stage(msgspec.Struct, frozen=True, rename="camel"):
    """A finished step of a search, and the best reach so far."""

    name: str
    reach_cents: int
    lots: int


class Explorer:
    """Searches one case in whole stages; a deadline is looked at between their steps."""

    def __init__(self, case: Case, goal: Goal, effort: Effort, late: Late) -> None:
        self.case, self.goal, self._late = case, goal, late
        self.budget, self._effort = BUDGETS[effort], effort
        self.portfolio = Portfolio(case, goal)
        self.stages: list[Stage] = []
        self.stopped = False
        self._picked: set[int] = set()

    def run(self) -> Portfolio:
        """Search until the stages, or the time, are up (own choice, ADR 16)."""
        self._merge()
        if self.budget.rounds:
            self._refine()
        return self.portfolio

    def _merge(self) -> None:
        self.portfolio.add(merged_divisions(self.case))
        self._note("first plans")

    def _refine(self) -> None:
        pool = self._pool()
        if self.goal.objective is Objective.BALANCED:
            self._pick(pool, self.case.most_lots)
            self._even_out()
        else:
            self._deepen(pool)
        chosen = len(self.portfolio.best(self.case.most_lots).lots)
        for fraction in FRACTIONS:
            self._pick(pool, max(1, chosen * fraction.numerator // fraction.denominator))

    def _pool(self) -> Pool:
        pool = Pool(self.case, self.goal.seed)
        pool.add(lot for division in self.portfolio.divisions() for lot in division)
        return pool

    def _deepen(self, pool: Pool) -> None:
        self._pick(pool, self.case.most_lots)
        self._descend(pool)

    def _pick(self, pool: Pool, most_lots: int) -> None:
        """One stage: widen the candidates for so many lots, and pick the best division."""
        if most_lots in self._picked or self._is_late():
            return
        self._picked.add(most_lots)
        self.portfolio.limit(most_lots, pool.widen(most_lots, self.budget))
        self._complete(pool, most_lots, self.budget.columns)
        best = self.portfolio.best(most_lots)
        if most_lots == self.case.most_lots and best.reach < best.bound:
            self._complete(pool, most_lots, self.budget.more_columns)
        self._note(f"at most {most_lots} lots")

    def _complete(self, pool: Pool, most_lots: int, most_columns: int) -> None:
        """Pick from the most promising candidates, and merge what is left."""
        columns = pool.promising(self.portfolio.best(most_lots).lots, most_columns)
        picked = pick_lots(self.case, columns, most_lots, self.budget.nodes, self.goal.seed)
        self.portfolio.add(merged_divisions(self.case, picked))

    def _descend(self, pool: Pool) -> None:
        """Try one lot fewer as long as the reach that is asked stays."""
        most = self.portfolio.best(self.case.most_lots)
        asked = asked_reach(self.goal, most.reach)
        for _ in range(self.budget.descents):
            fewest = self._fewest(asked)
            if fewest <= 1 or self.portfolio.bound(fewest - 1) < asked:
                return
            self._pick(pool, fewest - 1)
            if self._fewest(asked) == fewest:
                return

    def _fewest(self, asked: int) -> int:
        counts = range(1, self.case.most_lots + 1)
        return next((m for m in counts if self.portfolio.best(m).reach >= asked), 0)

    def _even_out(self) -> None:
        """Find the smallest largest lot at which merging keeps the reach, and search below it."""
        most_lots = self.case.most_lots
        most = self.portfolio.best(most_lots)
        if self._is_late() or not most.lots:
            return
        low, high = max(self.case.value), largest(self.case, most.lots)
        near = (high - low) // _HALVED
        while low + near < high and not self._is_late():
            middle = (low + high) // 2
            self.portfolio.add(merged_divisions(self.case.capped(middle)))
            if self.portfolio.best(most_lots, middle).reach >= most.reach:
                high = middle
            else:
                low = middle + 1
        below = Explorer(self.case.capped(high), self.goal, self._effort, self._late)
        below._merge()
        below._deepen(below._pool())
        self.portfolio.add(below.portfolio.divisions())
        self._note(f"no lot above {high} cents")

    def _is_late(self) -> bool:
        self.stopped = self.stopped or self._late()
        return self.stopped

    def _note(self, name: str) -> None:
        best = self.portfolio.best(self.case.most_lots)
        self.stages.append(Stage(name, best.reach, len(best.lots)))
