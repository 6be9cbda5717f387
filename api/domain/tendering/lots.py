"""Divide a tender into lots that social enterprises can win. The way in to the lot splitter."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from api.domain.tendering.law import Basis
from api.domain.tendering.law_data import ADMINISTRATION
from api.domain.tendering.lot_case import Case
from api.domain.tendering.lot_columns import all_columns
from api.domain.tendering.lot_conflict import Conflict, find_conflict
from api.domain.tendering.lot_large import Explorer, Stage
from api.domain.tendering.lot_model import Effort, Objective, SplitRequest, check_request
from api.domain.tendering.lot_objective import Goal, Oracle, by_objective
from api.domain.tendering.lot_plan import Plan, outline, work_out
from api.domain.tendering.lot_search import Search
from api.domain.tendering.lot_solver import Solved
from api.domain.tendering.lot_supply import Supply
from api.domain.tendering.motive import Motive, draft_motive
from api.domain.tendering.pareto import front

NODES: Final = 5_000
"""Nodes per question in a small case; none that was tried needed more than a few."""
MOST_OUTLINES: Final = 12


class Method(StrEnum):
    """How a division was looked for."""

    EXACT = "exact"
    """Every lot that keeps to the rules was a candidate."""
    SEARCH = "search"
    """Candidates were generated, within an effort."""


class Proposal(msgspec.Struct, frozen=True, rename="camel"):
    """A plan with a draft of its motive."""

    plan: Plan
    motive: Motive


class Splitting(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Up to five plans, the one that the objective asks for first; or why there is none."""

    proposals: tuple[Proposal, ...]
    conflict: Conflict | None
    method: Method
    stages: tuple[Stage, ...]
    stopped_early: bool
    """The deadline passed: a repeat may go further. Otherwise a repeat answers the same."""
    effort: Effort
    seed: int
    firms_considered: int
    basis: tuple[Basis, ...]
    """Every dated figure that was used."""


def never() -> bool:
    """Say that there is no deadline (own choice, ADR 16)."""
    return False


def split(request: SplitRequest, late: Callable[[], bool] = never) -> Splitting:
    """Divide a tender into lots and work the best plans out.

    Money in cents excluding VAT. `late` is asked between the stages of a large case; equal
    requests that are not cut short give equal answers, whatever the order of their rows.
    Source: Aw 2012 art. 1.5, 2.18, 2.19; Dir. 2014/24 art. 46; own choice, ADR 16.
    """
    check_request(request)
    request = _in_order(request)
    case = Case(request.items, request.rules, Supply(request.firms, request.items))
    goal = Goal(request.objective, request.reach_share, NODES, request.seed)
    columns = all_columns(case)
    if columns is not None:
        search = Search(case, columns, goal)
        return _answer(request, search, Method.EXACT, (), stopped=False)
    explorer = Explorer(case, goal, request.effort, late)
    found = explorer.run()
    stages, stopped = tuple(explorer.stages), explorer.stopped
    return _answer(request, found, Method.SEARCH, stages, stopped=stopped)


def _in_order(request: SplitRequest) -> SplitRequest:
    pairs = {(min(pair), max(pair)) for pair in request.rules.apart}
    return msgspec.structs.replace(
        request,
        items=tuple(sorted(request.items, key=lambda item: item.id)),
        firms=tuple(sorted(request.firms, key=lambda firm: firm.id)),
        rules=msgspec.structs.replace(request.rules, apart=tuple(sorted(pairs))),
    )


def _answer(
    request: SplitRequest,
    oracle: Oracle,
    method: Method,
    stages: tuple[Stage, ...],
    *,
    stopped: bool,
) -> Splitting:
    solved = by_objective(oracle)
    plans = _plans(request, oracle, solved) if solved.lots else []
    return Splitting(
        proposals=tuple(Proposal(plan, draft_motive(plan)) for plan in plans),
        conflict=None if plans else find_conflict(request, oracle.goal),
        method=method,
        stages=stages,
        stopped_early=stopped,
        effort=request.effort,
        seed=request.seed,
        firms_considered=len(request.firms),
        basis=_bases(plans),
    )


def _plans(request: SplitRequest, oracle: Oracle, solved: Solved) -> list[Plan]:
    found = list(dict.fromkeys([solved, *_alternatives(oracle, solved)]))
    outlines = [outline(request, oracle.case, one) for one in found]
    kept, sure = front(outlines), oracle.is_sure()
    return [
        work_out(request, oracle.case, one, complete=sure and one.solved == solved) for one in kept
    ]


def _alternatives(oracle: Oracle, solved: Solved) -> list[Solved]:
    """Give what other objectives ask, and what fewer lots can reach."""
    goal, most = oracle.goal, len(solved.lots)
    others = [msgspec.structs.replace(goal, objective=other) for other in Objective]
    counts = sorted({most - most * step // MOST_OUTLINES for step in range(MOST_OUTLINES)})
    found = [by_objective(oracle, other) for other in others]
    found += [oracle.best(count) for count in counts]
    return [one for one in found if one.lots]


def _bases(plans: Sequence[Plan]) -> tuple[Basis, ...]:
    """Give the basis of every figure in the plans, each once."""
    bases = [ADMINISTRATION.basis] if plans else []
    for plan in plans:
        bases += [plan.regime.threshold.basis] if plan.regime.threshold else []
        bases += [plan.exemption.basis] if plan.exemption else []
        bases += [plan.procedures.basis] if plan.procedures else []
        for law in (lot.law for lot in plan.lots):
            bases += [law.turnover.basis, law.article_20.basis, law.article_77.basis]
            bases += [law.procedures.basis] if law.procedures else []
    return tuple(dict.fromkeys(bases))
