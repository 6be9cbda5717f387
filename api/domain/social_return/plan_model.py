"""HiGHS for plans: how much of each option, under every limit, best in one thing at a time.

One thread and a fixed seed; limits are counted in nodes, never in seconds, so that equal
requests give equal answers (own choice, ADR 31). Euros and floats in here; what comes out is
checked again in whole cents. The solver is loaded at the first question (ADR 49).
"""

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from api.domain.social_return.plan_options import (
    Limits,
    Objective,
    Options,
    most_of,
)

if TYPE_CHECKING:
    import highspy
    from highspy._core import _Highs

EURO: Final = 100
SEED: Final = 0
INFINITE: Final = math.inf
_LESS_THAN_ONE: Final = 0.5
"""Counts are whole: within half a one of the bound nothing better exists."""
_CENT: Final = 0.01
_FEASIBLE: Final = 2
"""`kSolutionStatusFeasible`, the number by which the solver says that it found something."""


class Aim(StrEnum):
    """One thing to be best in."""

    COST = "cost"
    JOBS = "jobs"
    SUPPLIERS = "suppliers"
    CREDIT = "credit"
    """As much credit as can be; what is tried where the target can't be reached."""


ANYTHING: Final = (-INFINITE, INFINITE)
AIMS: Final = {
    Objective.LEAST_COST: (Aim.COST, Aim.SUPPLIERS),
    Objective.MOST_JOBS: (Aim.JOBS, Aim.COST),
    Objective.FEWEST_SUPPLIERS: (Aim.SUPPLIERS, Aim.COST),
}
"""In their order: the second decides between plans that are equally good in the first."""


class Found(msgspec.Struct, frozen=True):
    """A choice: euros and counts, in the order of the options."""

    euros: tuple[float, ...]
    counts: tuple[float, ...]
    value: float
    """Of the aim: euros, job years or suppliers."""
    bound: float
    """Nothing is better than this."""
    proven: bool
    columns: tuple[float, ...] = ()
    """Of the programme, to start a next question from."""


class Lifted(StrEnum):
    """A limit that is left out, to see whether it is what stands in the way."""

    NONE = "none"
    BUDGET = "budget"
    CAPS = "caps"
    NEEDS = "needs"
    CAPACITY = "capacity"
    UNITS = "units"
    SMALLEST = "smallest-purchase"


LIFTED_FACTOR: Final = 1_000
"""How many times more of a need or a unit is tried where that limit is left out."""


class Programme:
    """The columns and rows of one question."""

    def __init__(
        self, options: Options, limits: Limits, lifted: Lifted = Lifted.NONE, *, whole: bool = True
    ) -> None:
        self.options, self.limits, self.lifted = options, limits, lifted
        self.whole = whole
        self._lower: list[float] = []
        self._upper: list[float] = []
        self._is_whole: list[bool] = []
        self._rows: list[tuple[float, float, dict[int, float]]] = []
        self.bought = [self._column(self._most(one)) for one in range(len(options.purchases))]
        self.added = [
            self._column(unit.at_most * self._times(Lifted.UNITS), whole=True)
            for unit in options.units
        ]
        self.used = self._add_suppliers()
        self._add_limits()

    def solve(
        self, aim: Aim, credit: tuple[float, float], *, nodes: int, after: Found | None = None
    ) -> Found | None:
        """Be best in one thing, with credit within bounds in euros; `None`: it can't be done.

        After a first question the second need not be settled to the last cent (ADR 31).
        """
        rows = [*self._rows, (*credit, self._credit())]
        solver = self._loaded(self.worth(aim), rows, nodes)
        gap = _LESS_THAN_ONE if aim is Aim.SUPPLIERS else _CENT * _CENT
        solver.setOptionValue("mip_abs_gap", gap if after is None else _LESS_THAN_ONE)
        if after is not None:
            import highspy

            start = highspy.HighsSolution()
            start.col_value = list(after.columns)
            solver.setSolution(start)
        solver.run()
        return self._answer(solver, aim)

    def keep(self, aim: Aim, value: float) -> None:
        """Let later questions be no worse in this (own choice, ADR 31)."""
        slack = _CENT if aim is Aim.COST else _CENT * _CENT
        worth = self.worth(aim)
        sign = 1 if aim in {Aim.JOBS, Aim.CREDIT} else -1
        self._rows.append((sign * value - slack, INFINITE, worth))

    def worth(self, aim: Aim) -> dict[int, float]:
        """Give what each column adds to an aim; all are maximised (own choice, ADR 31)."""
        if aim is Aim.CREDIT:
            return self._credit()
        if aim is Aim.SUPPLIERS:
            return dict.fromkeys(self.used.values(), -1.0)
        purchases = zip(self.bought, self.options.purchases, strict=True)
        units = zip(self.added, self.options.units, strict=True)
        if aim is Aim.JOBS:
            jobs = {column: float(one.job_years * EURO) for column, one in purchases}
            return jobs | {column: float(one.job_years) for column, one in units}
        costs = {column: -float(one.extra_share) for column, one in purchases}
        return costs | {column: -one.cost_cents / EURO for column, one in units}

    def _credit(self) -> dict[int, float]:
        purchases = zip(self.bought, self.options.purchases, strict=True)
        units = zip(self.added, self.options.units, strict=True)
        credit = {column: float(one.share) for column, one in purchases}
        return credit | {column: one.credit_cents / EURO for column, one in units}

    def _most(self, place: int) -> float:
        option = self.options.purchases[place]
        if self.lifted is Lifted.CAPACITY:
            return self.limits.needs[option.need] / EURO
        most = most_of(option, self.limits)
        if self.lifted is Lifted.NEEDS:
            capacity = option.capacity_cents
            need = self.limits.needs[option.need] * LIFTED_FACTOR
            most = need if capacity is None else capacity
        return most / EURO

    def _times(self, limit: Lifted) -> int:
        return LIFTED_FACTOR if self.lifted is limit else 1

    def _column(self, upper: float, *, whole: bool = False) -> int:
        self._lower.append(0.0)
        self._upper.append(upper)
        self._is_whole.append(whole)
        return len(self._upper) - 1

    def _add_suppliers(self) -> dict[str, int]:
        """Add a column per supplier, and per option with a smallest purchase: used or not."""
        suppliers = dict.fromkeys(one.supplier for one in self.options.purchases)
        used = {name: self._column(1.0, whole=True) for name in suppliers}
        for column, option in zip(self.bought, self.options.purchases, strict=True):
            most, supplier = self._upper[column], used[option.supplier]
            least = 0.0 if self.lifted is Lifted.SMALLEST else option.at_least_cents / EURO
            if not least:
                self._row({column: 1.0, supplier: -most}, upper=0.0)
                continue
            chosen = self._column(1.0, whole=True)
            self._row({column: 1.0, chosen: -most}, upper=0.0)
            self._row({column: 1.0, chosen: -least}, lower=0.0)
            self._row({chosen: 1.0, supplier: -1.0}, upper=0.0)
        return used

    def _add_limits(self) -> None:
        if self.lifted is not Lifted.NEEDS:
            self._limit_needs()
        if self.lifted is not Lifted.CAPACITY:
            self._limit_capacity()
        if self.lifted is not Lifted.CAPS:
            for category, room in self.limits.rooms.items():
                self._row(self._under(category), upper=room / EURO)
        if self.limits.budget_cents is not None and self.lifted is not Lifted.BUDGET:
            self._row(self.worth(Aim.COST), lower=-self.limits.budget_cents / EURO)

    def _limit_needs(self) -> None:
        by_need: dict[str, dict[int, float]] = {}
        for column, one in zip(self.bought, self.options.purchases, strict=True):
            by_need.setdefault(one.need, {})[column] = 1.0
        for need, columns in by_need.items():
            self._row(columns, upper=self.limits.needs[need] / EURO)

    def _limit_capacity(self) -> None:
        """Over several needs, shares of what the offering could take for each add up."""
        by_offering: dict[str, dict[int, float]] = {}
        for column, one in zip(self.bought, self.options.purchases, strict=True):
            if one.capacity_cents:
                share = EURO / one.capacity_cents
                by_offering.setdefault(one.offering, {})[column] = share
        for columns in by_offering.values():
            self._row(columns, upper=1.0)

    def _under(self, category: str) -> dict[int, float]:
        credit = self._credit()
        purchases = zip(self.bought, self.options.purchases, strict=True)
        units = zip(self.added, self.options.units, strict=True)
        under = [(column, one.categories) for column, one in purchases]
        under += [(column, one.categories) for column, one in units]
        return {column: credit[column] for column, codes in under if category in codes}

    def _row(
        self, columns: dict[int, float], *, lower: float = -INFINITE, upper: float = INFINITE
    ) -> None:
        if columns:
            self._rows.append((lower, upper, columns))

    def _loaded(
        self,
        worth: dict[int, float],
        rows: Sequence[tuple[float, float, dict[int, float]]],
        nodes: int,
    ) -> "_Highs":
        from highspy._core import _Highs  # its public child prints a banner to stdout, unasked

        solver = _Highs()
        for name, value in (
            ("output_flag", False),
            ("threads", 1),
            ("parallel", "off"),
            ("random_seed", SEED),
            ("mip_max_nodes", nodes),
            ("mip_rel_gap", 0.0),
        ):
            solver.setOptionValue(name, value)
        solver.passModel(self._lp(worth, rows))
        return solver

    def _lp(
        self, worth: dict[int, float], rows: Sequence[tuple[float, float, dict[int, float]]]
    ) -> "highspy.HighsLp":
        import highspy

        lp = highspy.HighsLp()
        count = len(self._upper)
        lp.num_col_, lp.num_row_ = count, len(rows)
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = [worth.get(column, 0.0) for column in range(count)]
        lp.col_lower_, lp.col_upper_ = self._lower, self._upper
        if self.whole:
            kinds = {True: highspy.HighsVarType.kInteger, False: highspy.HighsVarType.kContinuous}
            lp.integrality_ = [kinds[one] for one in self._is_whole]
        lp.row_lower_ = [lower for lower, _, _ in rows]
        lp.row_upper_ = [upper for _, upper, _ in rows]
        starts = [0]
        for _, _, columns in rows:
            starts.append(starts[-1] + len(columns))
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = starts
        lp.a_matrix_.index_ = [column for _, _, columns in rows for column in columns]
        lp.a_matrix_.value_ = [value for _, _, columns in rows for value in columns.values()]
        return lp

    def _answer(self, solver: "_Highs", aim: Aim) -> Found | None:
        values = solver.getSolution().col_value
        info = solver.getInfo()
        if info.primal_solution_status != _FEASIBLE:
            return None
        proven = solver.getModelStatus().name == "kOptimal"
        sign = 1 if aim in {Aim.JOBS, Aim.CREDIT} else -1
        value = info.objective_function_value
        bound = info.mip_dual_bound if self.whole and any(self._is_whole) else value
        return Found(
            euros=tuple(values[column] for column in self.bought),
            counts=tuple(values[column] for column in self.added),
            value=sign * value,
            bound=sign * bound,
            proven=proven,
            columns=tuple(values),
        )
