"""The search behind joint coverage: smallest sets of candidates that meet all needs and a volume.

Candidates are numbers, needs are bits. Source: own choice, ADR 17 (exact up to a node budget).
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate

import msgspec


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """What one candidate brings: a bit per need, and a volume."""

    covers: int
    volume: int


class Covers(msgspec.Struct, frozen=True):
    """All smallest sets found, each in rising order."""

    sets: tuple[tuple[int, ...], ...]
    complete: bool
    """False when the node budget ran out: there may be more sets, never smaller ones than found."""
    nodes: int


def smallest_covers(
    candidates: Sequence[Candidate], needs: int, volume: int, *, max_size: int, max_nodes: int
) -> Covers:
    """Find every set of the smallest size that covers `needs` and adds up to `volume`.

    Sizes are tried from one up, so no member of a set found is superfluous. Source: own
    choice, ADR 17.
    """
    search = _Search(candidates, needs, volume, max_nodes)
    for size in range(1, max_size + 1):
        search.visit(frozenset(), 0, 0, size)
        if search.found or search.stopped:
            break
        search.seen.clear()
    sets = sorted(tuple(sorted(one)) for one in search.found)
    return Covers(tuple(sets), not search.stopped, search.nodes)


class _Search:
    """Walks the sets of one size; what a set still lacks depends on its members alone."""

    def __init__(
        self, candidates: Sequence[Candidate], needs: int, volume: int, max_nodes: int
    ) -> None:
        self.found: set[frozenset[int]] = set()
        self.seen: set[frozenset[int]] = set()
        self.nodes = 0
        self.stopped = False
        self._candidates = candidates
        self._needs = needs
        self._volume = volume
        self._max_nodes = max_nodes
        self._holders = _holders(candidates, needs)
        volumes = sorted((one.volume for one in candidates), reverse=True)
        self._most_volume = list(accumulate(volumes, initial=0))
        self._most_needs = max((one.covers.bit_count() for one in candidates), default=0)

    def visit(self, chosen: frozenset[int], covered: int, volume: int, left: int) -> None:
        """Extend a set by up to `left` candidates."""
        if self.nodes >= self._max_nodes:
            self.stopped = True
            return
        self.nodes += 1
        if chosen in self.seen:
            return
        self.seen.add(chosen)
        missing = self._needs & ~covered
        if not missing and volume >= self._volume:
            self.found.add(chosen)
        elif self._is_possible(missing, volume, left):
            for one in self._options(missing):
                if one not in chosen:
                    found = self._candidates[one]
                    more = (covered | found.covers, volume + found.volume)
                    self.visit(chosen | {one}, *more, left - 1)

    def _is_possible(self, missing: int, volume: int, left: int) -> bool:
        reachable = self._most_volume[min(left, len(self._candidates))]
        enough = volume + reachable >= self._volume
        return left > 0 and enough and missing.bit_count() <= left * self._most_needs

    def _options(self, missing: int) -> Iterable[int]:
        """Branch on the missing need that the fewest can meet; without one, on volume."""
        if not missing:
            return range(len(self._candidates))
        bits = (bit for bit in range(missing.bit_length()) if missing >> bit & 1)
        return min((self._holders[bit] for bit in bits), key=len)


def _holders(candidates: Sequence[Candidate], needs: int) -> list[list[int]]:
    bits = range(needs.bit_length())
    return [
        [place for place, one in enumerate(candidates) if one.covers >> bit & 1] for bit in bits
    ]
