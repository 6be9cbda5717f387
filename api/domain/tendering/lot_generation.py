"""Candidates for a large case, and a bound on what any division can reach."""

from collections.abc import Iterable, Sequence

import msgspec

from api.domain.tendering.lot_case import NO_LIMIT, Case, Column
from api.domain.tendering.lot_pricing import priced_lots
from api.domain.tendering.lot_relaxation import Relaxation


class Budget(msgspec.Struct, frozen=True):
    """How far to search, counted in steps."""

    rounds: int
    """Rounds of new candidates per number of lots."""
    steps: int
    """Steps per first block in such a round."""
    proof_steps: int
    """The same where nothing more was found and that is not yet sure."""
    proofs: int
    """How often that is done."""
    nodes: int
    """Nodes of the solver per question."""
    columns: int
    """Candidates that a question is asked about."""
    more_columns: int
    """The same, once more, where reach is still short of the bound."""
    descents: int
    """How often one lot fewer is tried."""


class Pool:
    """The reached candidates so far, and the relaxation that asks for more."""

    def __init__(self, case: Case, seed: int) -> None:
        self.case = case
        self.columns: dict[int, Column] = {}
        self._relaxation = Relaxation(case, seed)

    def add(self, lots: Iterable[int]) -> bool:
        """Add lots that are reached and new; tell whether there were any (own choice, ADR 16)."""
        new = [lot for lot in sorted(set(lots) - set(self.columns)) if self.case.is_reached(lot)]
        for lot in new:
            self.columns[lot] = self.case.column(lot)
            self._relaxation.add(self.columns[lot])
        return bool(new)

    def widen(self, most_lots: int, budget: Budget) -> int:
        """Add candidates that help with so many lots; give a bound on the reach in cents.

        When not everything can be reached, what is left needs a lot, and the bound is
        sought again with that known. Own choice, ADR 16.
        """
        everything = most_reach(self.case)
        self._relaxation.allow(most_lots, something_left=False)
        bound = min(everything, self._bound(most_lots, budget))
        if bound == everything or self.case.rules.every_lot_able:
            return bound
        self._relaxation.allow(most_lots, something_left=True)
        return min(bound, self._bound(most_lots, budget))

    def _bound(self, most_lots: int, budget: Budget) -> int:
        bound, proofs = NO_LIMIT, budget.proofs
        for _ in range(budget.rounds):
            prices = self._relaxation.prices()
            found = priced_lots(self.case, prices, budget.steps)
            bound = min(bound, self._relaxation.bound(most_lots, found.slack))
            if self.add(found.lots):
                continue
            if proofs == 0 or found.slack <= 0:
                break
            proofs -= 1
            sure = priced_lots(self.case, prices, budget.proof_steps)
            bound = min(bound, self._relaxation.bound(most_lots, sure.slack))
            if not self.add(sure.lots):
                break
        return bound

    def promising(self, division: Sequence[int], most: int) -> list[Column]:
        """Give the candidates that better the relaxation most, and those of a known division.

        After `widen`, for the same number of lots. Own choice, ADR 16.
        """
        prices = self._relaxation.prices()
        gains = {lot: self._relaxation.gain(one, prices) for lot, one in self.columns.items()}
        ordered = sorted(gains, key=lambda lot: (-gains[lot], lot))[:most]
        kept = set(ordered) | (set(division) & set(gains))
        return [self.columns[lot] for lot in sorted(kept)]


def most_reach(case: Case) -> int:
    """Give the cents of the blocks that enough firms can carry out alone: reach only shrinks.

    Own choice, ADR 16.
    """
    alone = (1 << block for block in range(len(case.blocks)) if not case.broken[block])
    return case.reach_of(alone)
