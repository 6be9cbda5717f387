"""The only module that knows the solver: a binary programme in, a choice with its proof out.

HiGHS runs on one thread from a fixed seed and stops on a count of nodes, never on the clock,
so that equal input gives equal output on every machine (own choice, ADR 17). It is loaded at
the first programme: most processes never solve one (ADR 49).
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    import highspy
    from highspy._core import _Highs

_HALF: Final = 0.5


class Row(msgspec.Struct, frozen=True, gc=False):
    """A constraint: `lower` <= sum of coefficient x column <= `upper`."""

    columns: tuple[int, ...]
    coefficients: tuple[float, ...]
    upper: float
    lower: float = -math.inf


class Solved(msgspec.Struct, frozen=True, gc=False):
    """The columns that are one, and how good that is known to be."""

    chosen: frozenset[int]
    bound: float
    """No choice is worth more."""
    proven: bool
    """The choice is optimal; otherwise the search stopped at its node limit."""
    nodes: int


def maximise(
    worth: Sequence[float],
    rows: Sequence[Row],
    *,
    node_limit: int,
    start: frozenset[int] | None = None,
) -> Solved:
    """Choose columns of the highest total worth, from `start` on (own choice, ADR 17)."""
    if not worth:
        return Solved(frozenset(), 0.0, proven=True, nodes=0)
    solver = _quiet(node_limit)
    solver.passModel(_model(worth, rows))
    if start is not None:
        import highspy

        solution = highspy.HighsSolution()
        solution.col_value = [1.0 if column in start else 0.0 for column in range(len(worth))]
        solver.setSolution(solution)
    solver.run()
    return _answer(solver, len(worth), start or frozenset())


def _quiet(node_limit: int) -> "_Highs":
    from highspy._core import _Highs  # its public child prints a banner to stdout, unasked

    solver = _Highs()
    options: dict[str, bool | int | float | str] = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": 0,
        "mip_max_nodes": node_limit,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": _HALF,
    }
    for name, value in options.items():
        solver.setOptionValue(name, value)
    return solver


def _model(worth: Sequence[float], rows: Sequence[Row]) -> "highspy.HighsLp":
    import highspy

    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(worth), len(rows)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = list(worth)
    model.col_lower_, model.col_upper_ = [0.0] * len(worth), [1.0] * len(worth)
    model.integrality_ = [highspy.HighsVarType.kInteger] * len(worth)
    model.row_lower_ = [row.lower for row in rows]
    model.row_upper_ = [row.upper for row in rows]
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row.columns))
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = starts
    matrix.index_ = [column for row in rows for column in row.columns]
    matrix.value_ = [coefficient for row in rows for coefficient in row.coefficients]
    return model


def _answer(solver: "_Highs", columns: int, start: frozenset[int]) -> Solved:
    info = solver.getInfo()
    proven = solver.getModelStatus().name == "kOptimal"
    values = solver.getSolution().col_value
    found = len(values) == columns
    chosen = frozenset(one for one, value in enumerate(values) if value > _HALF)
    return Solved(chosen if found else start, info.mip_dual_bound, proven, info.mip_node_count)
