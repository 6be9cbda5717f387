"""HiGHS for large cases: lots that are reached, picked from candidates; what is left is lumped.

Left blocks need lots too: at least one per kind of block, and more where the maximum value
asks it. That is less than they may truly need, so a bound found here holds.
"""

from collections.abc import Sequence
from math import floor
from typing import Final

from api.domain.tendering.lot_case import NO_LIMIT, Case, Column
from api.domain.tendering.lot_pricing import Prices
from api.domain.tendering.lot_supply import places
from api.domain.tendering.solver_model import FEASIBLE, INFINITE, Model

_SCALE: Final = 1_000.0
"""What the whole tender is worth in the model: a size at which tolerances do no harm."""
_PENALTY: Final = 1e-4
"""What all lots together cost, as a share of the tender, so that few lots are preferred."""
_MISSING: Final = 10.0
"""What a block in no lot at all costs, in tenders."""
_GAP: Final = 1e-5
_HALF: Final = 0.5


class _Packing:
    """The model without candidates: every block is in a candidate, left, or missing."""

    def __init__(self, case: Case, most_lots: int) -> None:
        self.case = case
        self.model = Model()
        self.per_cent = _SCALE / max(1, sum(case.value))
        self.penalty = _PENALTY * _SCALE / max(1, len(case.blocks))
        self.blocks = [self.model.add_row(1, 1) for _ in case.blocks]
        self.limit = self.model.add_row(0, most_lots)
        self.left = self.model.add_row(0, INFINITE)
        for row in self.blocks:
            self.model.add_column(-_MISSING * _SCALE, [(row, 1.0)])
        if not case.rules.every_lot_able:
            self._add_left()

    def _add_left(self) -> None:
        """Add what may be left, and the lots that it takes, per kind of block."""
        case, kinds = self.case, sorted(set(self.case.kind))
        room = {kind: self.model.add_row(-INFINITE, 0) for kind in kinds}
        limited = 0.0 if case.maximum == NO_LIMIT else 1.0
        needed: dict[int, list[tuple[int, float]]] = {kind: [] for kind in kinds}
        for block, kind in enumerate(case.kind):
            row = self.model.add_row(-INFINITE, 0)
            needed[kind].append((row, -1.0))
            share = limited * case.value[block] / max(1, case.maximum)
            self.model.add_column(0.0, [(self.blocks[block], 1.0), (row, 1.0), (room[kind], share)])
        for kind in kinds:
            entries = [(self.limit, 1.0), (self.left, 1.0), (room[kind], -1.0), *needed[kind]]
            self.model.add_column(-self.penalty, entries, upper=float(len(case.blocks)))

    def gain(self, column: Column) -> float:
        return column.value * self.per_cent - self.penalty

    def rows(self, column: Column) -> list[int]:
        return [*(self.blocks[block] for block in places(column.lot)), self.limit]


class Relaxation:
    """The division with parts of lots allowed, to which reached candidates are added."""

    def __init__(self, case: Case, seed: int) -> None:
        self._packing = _Packing(case, case.most_lots)
        self._solver = self._packing.model.load(seed, whole=False)

    def add(self, column: Column) -> None:
        """Add a candidate that is reached (own choice, ADR 16)."""
        rows, gain = self._packing.rows(column), self._packing.gain(column)
        self._solver.addCol(gain, 0.0, INFINITE, len(rows), rows, [1.0] * len(rows))

    def allow(self, most_lots: int, *, something_left: bool) -> None:
        """Change the number of lots; `something_left`: some block is certainly not reached.

        What is left takes a whole lot at least. Source: own choice, ADR 16.
        """
        self._solver.changeRowBounds(self._packing.limit, 0.0, float(most_lots))
        self._solver.changeRowBounds(self._packing.left, float(something_left), INFINITE)

    def prices(self) -> Prices:
        """Solve, and give what the blocks and one more lot are worth (own choice, ADR 16)."""
        self._solver.run()
        duals = list(self._solver.getSolution().row_dual)
        blocks = tuple(duals[row] for row in self._packing.blocks)
        lot = duals[self._packing.limit] + self._packing.penalty
        return Prices(blocks, lot, self._packing.per_cent)

    def gain(self, column: Column, prices: Prices) -> float:
        """Give how much a candidate betters the relaxation, at most (own choice, ADR 16)."""
        blocks = sum(prices.blocks[block] for block in places(column.lot))
        return column.value * prices.per_cent - blocks - prices.lot

    def bound(self, most_lots: int, slack: float) -> int:
        """Give the cents that no division can exceed, after `prices`.

        Any candidate may still add `slack`, and at most `most_lots` are chosen: Lagrangian
        bound (own choice, ADR 16).
        """
        most = self._solver.getInfo().objective_function_value
        more = most_lots * (self._packing.penalty + slack)
        return floor((most + more) / self._packing.per_cent + _HALF)


def pick_lots(
    case: Case, columns: Sequence[Column], most_lots: int, nodes: int, seed: int
) -> tuple[int, ...]:
    """Pick candidates of most reach that share no block; what they leave still has to be lumped.

    Nothing when the nodes run out first. Source: own choice, ADR 16.
    """
    packing = _Packing(case, most_lots)
    first = len(packing.model.costs)
    for column in columns:
        packing.model.add_column(packing.gain(column), [(row, 1.0) for row in packing.rows(column)])
    solver = packing.model.load(seed, whole=True)
    solver.setOptionValue("mip_rel_gap", _GAP)
    solver.setOptionValue("mip_max_nodes", nodes)
    solver.run()
    if solver.getInfo().primal_solution_status != FEASIBLE:
        return ()
    values = solver.getSolution().col_value[first:]
    return tuple(column.lot for column, value in zip(columns, values, strict=True) if value > _HALF)
