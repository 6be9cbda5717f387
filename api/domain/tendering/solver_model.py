"""A model for HiGHS, written column by column. One thread, a fixed seed, no clock.

The solver is loaded at the first model: most processes never solve one (ADR 49).
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from highspy._core import _Highs

INFINITE: Final = math.inf
FEASIBLE: Final = 2
"""`kSolutionStatusFeasible`, the number by which the solver says that it found something."""


class Model:
    """A mixed-integer model, written column by column."""

    def __init__(self) -> None:
        self.costs: list[float] = []
        self.uppers: list[float] = []
        self.rows: list[tuple[float, float]] = []
        self._starts: list[int] = [0]
        self._index: list[int] = []
        self._coefficients: list[float] = []

    def add_row(self, low: float, high: float) -> int:
        """Add a row between two limits; give its number (own choice, ADR 16)."""
        self.rows.append((low, high))
        return len(self.rows) - 1

    def add_column(
        self, cost: float, entries: Sequence[tuple[int, float]], upper: float = 1.0
    ) -> int:
        """Add a column with its row numbers and coefficients; give its number.

        Own choice, ADR 16.
        """
        self.costs.append(cost)
        self.uppers.append(upper)
        self._index += [row for row, _ in entries]
        self._coefficients += [coefficient for _, coefficient in entries]
        self._starts.append(len(self._index))
        return len(self.costs) - 1

    def load(self, seed: int, *, whole: bool) -> "_Highs":
        """Hand the model to a fresh, silent solver that maximises (own choice, ADR 16)."""
        import highspy
        from highspy._core import _Highs  # the public subclass prints a banner, unasked

        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.costs), len(self.rows)
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = self.costs
        lp.col_lower_, lp.col_upper_ = [0.0] * len(self.costs), self.uppers
        lp.row_lower_ = [low for low, _ in self.rows]
        lp.row_upper_ = [high for _, high in self.rows]
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = self._starts, self._index
        lp.a_matrix_.value_ = self._coefficients
        if whole:
            lp.integrality_ = [highspy.HighsVarType.kInteger] * len(self.costs)
        solver = _Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("random_seed", seed)):
            solver.setOptionValue(name, value)
        solver.passModel(lp)
        return solver
