"""First divisions of a large case: start with every block alone and merge step by step."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import Final

from api.domain.tendering.lot_case import Case

_Merge = tuple[bool, int, int, int, int]
"""Both lots large enough, reach lost, minus the offerings still able, and the two lots."""

_STAYS_BROKEN: Final[tuple[int, ...]] = ()


def merged_divisions(case: Case, start: Sequence[int] = ()) -> list[tuple[int, ...]]:
    """Give one division per number of lots, most lots first; empty when none keeps the rules.

    It starts from the given lots, with every other block alone. Each step merges the two
    lots that lose least reach; lots below the minimum value go first; on a tie the lot that
    most offerings can carry. Own choice, ADR 16.
    """
    placed = sum(start)
    alone = (1 << block for block in range(len(case.blocks)))
    lots = {*start, *(block for block in alone if not block & placed)}
    merges = [merge for one in lots for other in lots if (merge := _merge(case, one, other))]
    heapify(merges)
    found = [_kept(case, lots)]
    while merges:
        one, other = heappop(merges)[3:]
        if one in lots and other in lots:
            lots -= {one, other}
            for third in lots:
                if merge := _merge(case, *sorted((one | other, third))):
                    heappush(merges, merge)
            lots.add(one | other)
            found.append(_kept(case, lots))
    return [division for division in found if division]


def _kept(case: Case, lots: set[int]) -> tuple[int, ...]:
    """Give the division, or nothing when it breaks a rule."""
    keeps = len(lots) <= case.most_lots and all(case.is_valid(lot) for lot in lots)
    return tuple(sorted(lots)) if keeps else _STAYS_BROKEN


def _merge(case: Case, one: int, other: int) -> _Merge | None:
    both, value = one | other, case.value_of(one | other)
    if one >= other or value > case.maximum or not case.fits(both):
        return None
    reached = case.is_reached(both)
    if case.rules.every_lot_able and not reached:
        return None
    lost = case.reach_of((one, other)) - (value if reached else 0)
    small = min(case.value_of(one), case.value_of(other)) < case.minimum
    width = case.able(both).bit_count() if reached else 0
    return (not small, lost, -width, one, other)
