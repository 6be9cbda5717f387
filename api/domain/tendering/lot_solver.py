"""HiGHS for small cases: choose lots out of candidates so that every block is in one.

One thread and a fixed seed; limits are counted in nodes, never in seconds, so that equal
requests give equal answers. Sums of money are checked again in whole cents.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import floor
from typing import Final

import msgspec

from api.domain.tendering.lot_case import Case, Column
from api.domain.tendering.lot_supply import places
from api.domain.tendering.solver_model import FEASIBLE, INFINITE, Model

_WORTH: Final = 1e6
"""What the whole tender is worth in the model: of a size that solvers like."""
_ONE_SHORT: Final = 0.5
"""Values are whole units: within half a unit of the bound nothing better exists."""
_IMPOSSIBLE: Final = frozenset({"kInfeasible", "kUnboundedOrInfeasible", "kModelEmpty"})


class Ended(StrEnum):
    """How a search over candidates ended."""

    OPTIMAL = "optimal"
    LIMIT = "limit"
    """The nodes ran out; the division, if any, is the best one found."""
    INFEASIBLE = "infeasible"


class Solved(msgspec.Struct, frozen=True):
    """A division into lots, sorted by their bits; no lots when none was found."""

    ended: Ended
    lots: tuple[int, ...] = ()
    reach: int = 0
    """Cents that social enterprises can win together."""
    bound: int = 0
    """No division of these candidates reaches more cents."""


class Contest(msgspec.Struct, frozen=True):
    """Which firms could win which lots, where they may get in each other's way."""

    able: dict[int, tuple[int, ...]]
    """Offerings able for a lot; a lot with as many able firms as there are lots is absent,
    since one of them is always left."""


def contest(case: Case, columns: Sequence[Column], most_lots: int) -> Contest:
    """Find the candidates whose able firms may all be taken by other lots (own choice, ADR 16)."""
    able = {}
    for column in columns:
        offerings = case.able(column.lot) if column.reached else 0
        if column.reached and len(case.supply.firms_of(offerings)) < most_lots:
            able[column.lot] = tuple(places(offerings))
    return Contest(able)


def choose_lots(
    case: Case, columns: Sequence[Column], most_lots: int, *, nodes: int, seed: int, joint: bool
) -> Solved:
    """Choose candidates so that every block is in one lot and reach is highest.

    `joint` also hands every reached lot to one able firm, within its capacity per year
    and its win cap. The bound is in whole cents. Source: own choice, ADR 16.
    """
    rivals = contest(case, columns, most_lots) if joint else Contest({})
    overfull: list[frozenset[_Award]] = []
    while True:
        division = _Division(case, columns, most_lots, rivals, overfull)
        solved, awards = division.solve(nodes, seed)
        found = _overfull(case, awards)
        if not found:
            return solved
        overfull += found


_Award = tuple[int, int]
"""A lot and the offering that wins it."""


def _overfull(case: Case, awards: Sequence[_Award]) -> list[frozenset[_Award]]:
    """Give the offerings that were given more than their capacity, which rounding can do."""
    taken: dict[int, list[_Award]] = {}
    for award in awards:
        taken.setdefault(award[1], []).append(award)
    return [
        frozenset(lots)
        for offering, lots in taken.items()
        if sum(case.need_of(lot) for lot, _ in lots) > (case.supply.capacity[offering] or 0)
    ]


class _Division:
    """The model of one choice: a column per candidate, and per candidate and able offering."""

    def __init__(
        self,
        case: Case,
        columns: Sequence[Column],
        most_lots: int,
        rivals: Contest,
        overfull: Sequence[frozenset[_Award]],
    ) -> None:
        self.case, self.columns, self.rivals = case, columns, rivals
        self.worth = _WORTH / max(1, sum(case.value))
        self.model = Model()
        self.blocks = [self.model.add_row(1, 1) for _ in case.blocks]
        self.limit = self.model.add_row(0, most_lots)
        self.links = {lot: self._link() for lot in rivals.able}
        self.awards: list[_Award] = []
        """What the columns after those of the candidates stand for."""
        self.cuts = [(self.model.add_row(-INFINITE, len(cut) - 1), cut) for cut in overfull]
        self._limits: dict[int, int] = {}
        self._caps: dict[int, int] = {}
        for column in columns:
            self._add_candidate(column)
        for lot, offerings in rivals.able.items():
            for offering in offerings:
                self._add_award(lot, offering)

    def _link(self) -> int:
        must = 0.0 if self.case.rules.every_lot_able else -INFINITE
        return self.model.add_row(must, 0)

    def _add_candidate(self, column: Column) -> None:
        entries = [(self.blocks[block], 1.0) for block in places(column.lot)]
        entries.append((self.limit, 1.0))
        if column.lot in self.links:
            entries.append((self.links[column.lot], -1.0))
        sure = column.reached and column.lot not in self.links
        self.model.add_column(column.value * self.worth if sure else 0.0, entries)

    def _add_award(self, lot: int, offering: int) -> None:
        capacity, need = self.case.supply.capacity[offering] or 0, self.case.need_of(lot)
        entries = [(self.links[lot], 1.0)]
        if need:
            entries.append((self._row(self._limits, offering, 1), need / capacity))
        if self.case.rules.win_cap is not None:
            firm = self.case.supply.firm_of[offering]
            entries.append((self._row(self._caps, firm, self.case.rules.win_cap), 1.0))
        entries += [(row, 1.0) for row, cut in self.cuts if (lot, offering) in cut]
        self.awards.append((lot, offering))
        self.model.add_column(self.case.value_of(lot) * self.worth, entries)

    def _row(self, rows: dict[int, int], key: int, most: int) -> int:
        if key not in rows:
            rows[key] = self.model.add_row(-INFINITE, most)
        return rows[key]

    def solve(self, nodes: int, seed: int) -> tuple[Solved, list[_Award]]:
        """Run the solver; give the division and who wins what in it."""
        solver = self.model.load(seed, whole=True)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("mip_abs_gap", _ONE_SHORT * self.case.unit * self.worth)
        solver.setOptionValue("mip_max_nodes", nodes)
        solver.run()
        status, info = solver.getModelStatus(), solver.getInfo()
        if status.name in _IMPOSSIBLE:
            return Solved(Ended.INFEASIBLE), []
        if info.primal_solution_status != FEASIBLE:
            return Solved(Ended.LIMIT), []
        ended = Ended.OPTIMAL if status.name == "kOptimal" else Ended.LIMIT
        return self._read(solver.getSolution().col_value, info.mip_dual_bound, ended)

    def _read(
        self, values: Sequence[float], dual_bound: float, ended: Ended
    ) -> tuple[Solved, list[_Award]]:
        chosen = [
            column
            for column, value in zip(self.columns, values, strict=False)
            if value > _ONE_SHORT
        ]
        won = values[len(self.columns) :]
        awards = [
            award for award, value in zip(self.awards, won, strict=True) if value > _ONE_SHORT
        ]
        winners = {lot for lot, _ in awards}
        reach = sum(
            column.value
            for column in chosen
            if column.reached and (column.lot not in self.links or column.lot in winners)
        )
        bound = reach
        if ended is Ended.LIMIT:
            bound = max(reach, floor(min(dual_bound, _WORTH) / self.worth + _ONE_SHORT))
        lots = tuple(sorted(column.lot for column in chosen))
        return Solved(ended, lots, reach, bound), awards
