"""Dutch compounds cut into the words they are made of: kantoor-schoonmaak."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from search.lexicon import REMEMBERED, SHORTEST, Lexicon

SHORTEST_COMPOUND: Final = 6
LONGEST: Final = 40
"""Longer strings of letters are no words; they are not cut."""
MOST_PARTS: Final = 4
LINKS: Final = ("s", "en", "e")
LINK_COST: Final = 0.3
"""A part with a linking letter counts as this much rarer, so that `bloemen` beats `bloem-en`."""
COMMON_ENOUGH: Final = {3: 0.0, 4: 3.0, 5: 2.6}
"""Zipf value that a part of so many letters needs; `RARE_BUT_LONG` if it has more."""
RARE_BUT_LONG: Final = 2.3
STRICT: Final = 0.5
"""How much rarer than the whole word a part may be, for the cuts of a query."""
EAGER: Final = 1.5
"""The same for a document, which keeps the whole word beside its parts."""


class _Cut(NamedTuple):
    """One way to cut a word; the better of two is the greater."""

    fewest: int
    weakest: float
    parts: tuple[str, ...]


class Splitter:
    """Cuts compounds; remembers those it has seen."""

    def __init__(self, known: Lexicon, leeway: float = STRICT) -> None:
        self._known = known
        self._leeway = leeway
        self.split = lru_cache(REMEMBERED)(self._split)

    def _split(self, word: str) -> tuple[str, ...]:
        """Cut a compound into the fewest known words, or give the word itself."""
        if not SHORTEST_COMPOUND <= len(word) <= LONGEST or word in self._known.whole:
            return (word,)
        cut = self._best_cut(word, MOST_PARTS)
        common = self._known.zipf.get(word, 0.0)
        if cut is None:
            return (word,) if common else self._before_light_word(word)
        return cut.parts if cut.weakest > common - self._leeway else (word,)

    def _before_light_word(self, word: str) -> tuple[str, ...]:
        """Cut a light word off an unknown one (inpak-werk), where enough is left to ask for."""
        for start in range(SHORTEST_COMPOUND - 1, len(word) - SHORTEST):
            if word[start:] in self._known.light:
                return word[:start], word[start:]
        return (word,)

    def _best_cut(self, word: str, most: int) -> _Cut | None:
        ends = range(SHORTEST, len(word) - SHORTEST + 1)
        return max((cut for end in ends for cut in self._cuts_at(word, end, most)), default=None)

    def _cuts_at(self, word: str, end: int, most: int) -> Iterator[_Cut]:
        """Cut off a first part at `end`; cut what remains where that is no part itself."""
        first = self._first_part(word[:end])
        if first is None:
            return
        part, common = first
        rest = word[end:]
        if (common_rest := self._part(rest)) is not None:
            yield _Cut(-2, min(common, common_rest), (part, rest))
        elif most > 2 and (deeper := self._best_cut(rest, most - 1)):  # noqa: PLR2004  first and rest
            weakest = min(common, deeper.weakest)
            yield _Cut(deeper.fewest - 1, weakest, (part, *deeper.parts))

    def _first_part(self, text: str) -> tuple[str, float] | None:
        """Read a first part, with or without linking letters (verpakking-s-diensten)."""
        if (common := self._part(text)) is not None:
            return text, common
        for link in LINKS:
            part = text.removesuffix(link)
            if part != text and (common := self._part(part)) is not None:
                return part, common - LINK_COST
        return None

    def _part(self, text: str) -> float | None:
        """Tell how common a word is that may be part of a compound; `None` if it may not be."""
        known = self._known
        if text in known.never_parts or (len(text) == SHORTEST and text not in known.short_parts):
            return None
        common = known.zipf.get(text)
        enough = COMMON_ENOUGH.get(len(text), RARE_BUT_LONG)
        return common if common is not None and common >= enough else None
