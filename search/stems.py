"""The forms of a Dutch word brought to one stem: Snowball, checked against known words."""

import re
from functools import lru_cache
from typing import Final

import snowballstemmer

from search.lexicon import REMEMBERED, SHORTEST, Lexicon

PLAIN: Final = 3.0
"""Zipf value of a word common enough to be what a diminutive comes from."""

_DIMINUTIVE: Final = re.compile(r"(\w{3,}?)(et|t|p)?jes?")
_LONG_VOWEL: Final = re.compile(r"(.*)([aeou])\2([^aeiou])")
_SHORT_VOWEL: Final = re.compile(r"(.*[^aeiou])([aeou])([^aeiou])")
_VOWELS: Final = frozenset("aeiou")
_NOUN_IN_D: Final = re.compile(r"(\w+[^aeiou]d)en")
_VERB_IN_EREN: Final = re.compile(r"er(?:en|ing|ingen)$")


class Stemmer:
    """Stems words; remembers those it has seen."""

    def __init__(self, known: Lexicon) -> None:
        self._zipf = known.zipf
        self._exceptions = known.stems
        self._snowball = snowballstemmer.stemmer("dutch")
        self.stem = lru_cache(REMEMBERED)(self._stem)

    def _stem(self, word: str) -> str:
        """Take off one ending after another until none is left."""
        if word in self._exceptions:
            return self._exceptions[word]
        if (noun := self._singular_in_d(word)) is not None:
            return self.stem(noun)
        stem, before = self._undiminished(word), ""
        while stem != before and stem not in self._exceptions:
            stem, before = self._shorter(stem), stem
        return self._exceptions.get(stem) or self._settled(word, stem)

    def _shorter(self, word: str) -> str:
        """Stem once. A `ge` is kept: gebak is not bak; and gebouwen is gebouw."""
        stem: str = self._snowball.stemWord(word)
        beginning = stem[: max(2, len(stem) - 4)]
        if word.startswith(beginning):
            return stem if len(stem) >= SHORTEST else word
        rest: str = self._snowball.stemWord(word[2:])
        whole = word[:2] + rest
        return whole if word.startswith("ge") and word.startswith(whole) else word

    def _singular_in_d(self, word: str) -> str | None:
        """Take off only `-en` where Snowball sees a past tense: borden is bord, not bor."""
        noun = _NOUN_IN_D.fullmatch(word)
        return noun[1] if noun and self._common(noun[1]) >= PLAIN else None

    def _settled(self, word: str, stem: str) -> str:
        """Repair what the rules alone cannot know: motoren is of motor, panelen of paneel."""
        if stem[-1] in "es" and self._common(stem[:-1]) > self._common(stem):
            return stem[:-1]
        twin = _twin(stem)
        if self._is_open(word, stem) and twin in self._zipf:
            longer = _VERB_IN_EREN.search(word) or self._common(twin) > self._common(stem)
            return twin if longer else stem
        if stem in self._zipf:
            return stem
        if twin in self._zipf:
            return twin
        return twin if _VERB_IN_EREN.search(word) and stem.endswith("er") else stem

    def _is_open(self, word: str, stem: str) -> bool:
        """Tell whether the last vowel of the stem is long by its place: pla-neten, not kas-sen."""
        return len(_twin(stem)) > len(stem) and word[len(stem) : len(stem) + 1] in _VOWELS

    def _undiminished(self, word: str) -> str:
        """Take `-je` and its kin off when a known word remains: kastje is kast, not kas."""
        found = _DIMINUTIVE.fullmatch(word)
        if found is None:
            return word
        candidates = (found[1] + (found[2] or "")[:end] for end in (2, 1, 0))
        return next((one for one in candidates if self._common(one) >= PLAIN), word)

    def _common(self, word: str) -> float:
        return self._zipf.get(word, 0.0)


def _twin(stem: str) -> str:
    """Give the stem with its last vowel short where it is long, or long where it is short."""
    if found := _LONG_VOWEL.fullmatch(stem):
        return found.expand(r"\1\2\3")
    if found := _SHORT_VOWEL.fullmatch(stem):
        return found.expand(r"\1\2\2\3")
    return stem
