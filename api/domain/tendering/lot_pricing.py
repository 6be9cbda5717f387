"""Which further lots would better a division: the pricing step of column generation.

A price per block says what the block already earns. A lot helps when its value is above the
prices of its blocks. Lots are grown block by block, best profit per capacity first, and cut
off by what the most profitable blocks could still add (a fractional knapsack).
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from api.domain.tendering.lot_case import Case

_TINY: Final = 1e-6
_KEPT: Final = 3
"""Lots kept per first block: the last ones that bettered all before."""


class Prices(msgspec.Struct, frozen=True):
    """What the relaxation pays, in its own unit."""

    blocks: tuple[float, ...]
    lot: float
    """The price of one more lot."""
    per_cent: float
    """The worth of one cent of reach."""


class Priced(msgspec.Struct, frozen=True):
    """Lots that help, and how much any lot at all might help."""

    lots: tuple[int, ...]
    slack: float


def priced_lots(case: Case, prices: Prices, steps: int) -> Priced:
    """Find lots that help, one per first block at most, in `steps` steps each.

    The slack is an upper bound also where the steps ran out. Source: own choice, ADR 16.
    """
    return _Grower(case, prices, steps).grow_all()


class _Grown(msgspec.Struct, frozen=True):
    """A lot on its way."""

    lot: int
    need: int
    value: int
    profit: float
    offerings: int
    clash: int


class _Grower:
    """Grows reached lots from every block in turn."""

    def __init__(self, case: Case, prices: Prices, steps: int) -> None:
        self.case, self.price, self.steps = case, prices.lot, steps
        self.profit = [
            value * prices.per_cent - price
            for value, price in zip(case.value, prices.blocks, strict=True)
        ]
        worth = [
            block
            for block, profit in enumerate(self.profit)
            if profit > _TINY and not case.broken[block] and case.is_reached(1 << block)
        ]
        self.order = sorted(worth, key=lambda b: (-self.profit[b] / (case.need[b] + 1), b))
        self.core = case.cores[False]
        self.best, self.lots, self.left, self.ceiling = 0.0, [0], 0, 0.0

    def grow_all(self) -> Priced:
        """Grow from every block; a later block never takes in an earlier one."""
        found, slack = [], 0.0
        for place, block in enumerate(self.order):
            self.core = self.case.core_of(block)
            self.best, self.lots, self.left = self.price + _TINY, [], self.steps
            self.ceiling = 0.0
            nothing = _Grown(0, 0, 0, 0.0, self.core.all, 0)
            self._grow(self._with(nothing, block), self.order[place + 1 :])
            slack = max(slack, self.ceiling - self.price, self.best - self.price - _TINY)
            found += [large for lot in self.lots[-_KEPT:] if (large := self._large_enough(lot))]
        return Priced(tuple(found), slack)

    def _grow(self, grown: _Grown, candidates: Sequence[int]) -> None:
        room = self.core.capacity(grown.offerings) - grown.need
        if room < 0:
            return
        if grown.profit > self.best:
            self.best = grown.profit
            self.lots.append(grown.lot)
        need, value, left = self.case.need, self.case.value, self.case.maximum - grown.value
        clash = grown.clash
        open_to = [
            b for b in candidates if need[b] <= room and value[b] <= left and not clash >> b & 1
        ]
        for place, block in enumerate(open_to):
            possible = grown.profit + self._fraction(open_to[place:], room)
            if possible <= self.best:
                return
            if self.left == 0:
                self.ceiling = max(self.ceiling, possible)
                return
            self.left -= 1
            self._grow(self._with(grown, block), open_to[place + 1 :])

    def _with(self, grown: _Grown, block: int) -> _Grown:
        case = self.case
        return _Grown(
            grown.lot | 1 << block,
            grown.need + case.need[block],
            grown.value + case.value[block],
            grown.profit + self.profit[block],
            grown.offerings & self.core.cover[block],
            grown.clash | case.unable[block],
        )

    def _fraction(self, blocks: Sequence[int], room: int) -> float:
        """Give the profit if the last block could be cut; blocks run best first."""
        profit = 0.0
        for block in blocks:
            need = self.case.need[block]
            if need > room:
                return profit + self.profit[block] * room / need
            profit += self.profit[block]
            room -= need
        return profit

    def _large_enough(self, lot: int) -> int:
        """Add blocks, most profitable first, until the minimum value is met; 0 if it can't be."""
        blocks = sorted(range(len(self.profit)), key=lambda b: (-self.profit[b], b))
        for block in blocks:
            if self.case.value_of(lot) >= self.case.minimum:
                break
            larger = lot | 1 << block
            fits = self.case.fits(larger) and self.case.value_of(larger) <= self.case.maximum
            if fits and self.case.is_reached(larger):
                lot = larger
        return lot if self.case.is_valid(lot) else 0
