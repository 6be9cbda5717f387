"""Candidate lots: all of them while that is possible."""

from typing import Final

from api.domain.tendering.lot_case import Case, Column

MOST_COLUMNS: Final = 1_100
"""Above this a case is large: candidates are generated, not listed (own choice, ADR 16)."""


def all_columns(case: Case, most: int = MOST_COLUMNS) -> tuple[Column, ...] | None:
    """List every lot that keeps to the rules, or give `None` past `most` (own choice, ADR 16).

    Lots that are too small are walked through, since they grow, but not listed.
    """
    found: list[Column] = []
    grown: list[tuple[int, int]] = [(0, 0)]
    walked = 0
    while grown:
        lot, first = grown.pop()
        for block in range(first, len(case.blocks)):
            larger = lot | 1 << block
            if not _may_grow(case, larger):
                continue
            walked += 1
            grown.append((larger, block + 1))
            if case.is_valid(larger):
                found.append(case.column(larger))
            if walked > most:
                return None
    return tuple(sorted(found))


def _may_grow(case: Case, lot: int) -> bool:
    """Tell whether a lot, or a larger one with it, may keep to the rules.

    Reach only shrinks as a lot grows: what is not able now never will be.
    """
    if case.value_of(lot) > case.maximum or not case.fits(lot):
        return False
    return not case.rules.every_lot_able or case.is_reached(lot)
