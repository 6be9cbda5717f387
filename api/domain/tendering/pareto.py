"""Which plans are worth showing: those that no other plan beats on every count."""

from collections.abc import Sequence
from typing import Final

from api.domain.tendering.lot_plan import Outline

MOST_PLANS: Final = 5


def front(outlines: Sequence[Outline], most: int = MOST_PLANS) -> list[Outline]:
    """Give the first plan, and others that none beats on reach, lots and administration at once.

    The first is what the objective asks for and always stays. When too many are left, they
    are taken evenly from most to least reach. Own choice, ADR 16.
    """
    first = outlines[0]
    ordered = sorted(outlines[1:], key=lambda one: (_counts(one), one.solved.lots))
    kept: list[Outline] = []
    for one in ordered:
        if not any(_beats(other, one) for other in (first, *kept)):
            kept.append(one)
    return [first, *_evenly(kept, most - 1)]


def _counts(one: Outline) -> tuple[int, int, int]:
    """Less is better: reach counts negative."""
    return (-one.solved.reach, len(one.solved.lots), one.administration)


def _beats(other: Outline, one: Outline) -> bool:
    """Tell whether another is at least as good on every count; equal plans count as beaten."""
    return all(theirs <= ours for theirs, ours in zip(_counts(other), _counts(one), strict=True))


def _evenly(kept: Sequence[Outline], most: int) -> list[Outline]:
    if len(kept) <= most:
        return list(kept)
    return [kept[place * (len(kept) - 1) // (most - 1)] for place in range(most)]
