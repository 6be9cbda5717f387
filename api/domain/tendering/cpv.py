"""The Common Procurement Vocabulary as a tree (Reg. (EC) 213/2008)."""

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Final

from api.domain.values import CpvCode

DIVISION_DIGITS: Final = 2
"""A division keeps both digits, also one that ends in zero: 30, 50, 60, 70, 80, 90."""


class CpvRelation(StrEnum):
    """How an offered code relates to a wanted one."""

    SAME = "same"
    BROADER = "broader"
    """The offered code is an ancestor of the wanted one."""
    NARROWER = "narrower"
    """The offered code is a descendant of the wanted one."""


# By plain name: Python 3.11 looks a member up on its class at some 100 ns a time.
SAME, BROADER, NARROWER = CpvRelation.SAME, CpvRelation.BROADER, CpvRelation.NARROWER


@lru_cache(16_384)
def prefix(code: CpvCode) -> str:
    """Give the digits that every descendant starts with (Reg. (EC) 213/2008, annex I)."""
    return code.rstrip("0").ljust(DIVISION_DIGITS, "0")


@lru_cache(16_384)
def lineage(code: CpvCode) -> tuple[CpvCode, ...]:
    """Give the code and all that stand above it, division first (Reg. (EC) 213/2008, annex I)."""
    significant = prefix(code)
    lengths = range(DIVISION_DIGITS, len(significant) + 1)
    return tuple(dict.fromkeys(CpvCode(significant[:n].ljust(8, "0")) for n in lengths))


def lineages(codes: Iterable[CpvCode]) -> tuple[CpvCode, ...]:
    """Give all codes with all their ancestors, sorted and unique (Reg. (EC) 213/2008, annex I)."""
    return tuple(sorted({above for code in codes for above in lineage(code)}))


def relation(offered: CpvCode, wanted: CpvCode) -> CpvRelation | None:
    """Relate an offered code to a wanted one, or `None` when they are of different branches.

    Source: Reg. (EC) 213/2008, annex I: the hierarchy is in the digits.
    """
    if offered == wanted:
        return SAME
    if wanted.startswith(prefix(offered)):
        return BROADER
    return NARROWER if offered.startswith(prefix(wanted)) else None


@lru_cache(16_384)
def depth(code: CpvCode) -> int:
    """Count the significant digits, from 2 (division) to 8 (Reg. (EC) 213/2008, annex I)."""
    return len(prefix(code))
