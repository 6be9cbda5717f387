"""Dutch text as the index knows it: parts of compounds, as stems, with synonyms (ADR 15)."""

from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from typing import Final, NamedTuple

from search.compounds import EAGER, Splitter
from search.folding import words
from search.lexicon import Lexicon, lexicon
from search.stems import Stemmer

LONGEST_PHRASE: Final = 4
"""Tokens that are looked up together as one synonym."""
KVK_DIGITS: Final = 8
Phrase = tuple[str, ...]


class _Token(NamedTuple):
    stem: str
    light: bool


class Analyser:
    """Turns text into the tokens that documents hold and queries ask for."""

    def __init__(self, known: Lexicon) -> None:
        self._known = known
        self.stem = Stemmer(known).stem
        self.split = Splitter(known).split
        self.split_eagerly = Splitter(known, EAGER).split

    def document_tokens(self, text: str) -> list[str]:
        """Give the stems of the parts of all words, in order."""
        return [
            self.stem(part) for word in self._meaningful(text) for part in self.split_eagerly(word)
        ]

    def whole_tokens(self, text: str) -> list[str]:
        """Give the stems of the compounds as they were written; typing errors match these."""
        return [
            self.stem(word) for word in self._meaningful(text) if len(self.split_eagerly(word)) > 1
        ]

    def name_tokens(self, name: str) -> list[str]:
        """Give the tokens of a firm's name: every word counts, also `van` and `de`."""
        cut = [self.stem(part) for word in words(name) for part in self.split_eagerly(word)]
        return list(dict.fromkeys([*cut, *map(self.stem, words(name))]))

    def query_tokens(self, text: str) -> list[str]:
        """Give what a query asks for: stems of parts, without light words where others remain.

        A query of stop words only asks for those: it can be a firm's name.
        """
        tokens = [token for word in self._meaningful(text) for token in self._weighed(word)]
        heavy = [token.stem for token in tokens if not token.light]
        asked = heavy or [token.stem for token in tokens] or [self.stem(one) for one in words(text)]
        return list(dict.fromkeys(asked))

    @cached_property
    def synonyms(self) -> dict[str, list[str]]:
        """Give, for each phrase of tokens, the phrases that mean nearly the same (sorted)."""
        found: dict[str, set[str]] = {}
        for group in self._known.synonyms:
            phrases = {" ".join(self.query_tokens(phrase)) for phrase in group}
            for phrase in phrases:
                found.setdefault(phrase, set()).update(phrases - {phrase})
        return {phrase: sorted(others) for phrase, others in sorted(found.items()) if others}

    def alternatives(self, tokens: Sequence[str]) -> tuple[tuple[Phrase, ...], ...]:
        """Give, per token of a query, the phrases that answer it: itself and its synonyms.

        What several tokens mean together (ramen wassen: glazenwasser) counts with the first.
        """
        return tuple(
            ((token,), *self._synonyms_from(tokens[start:])) for start, token in enumerate(tokens)
        )

    def _synonyms_from(self, tokens: Sequence[str]) -> Iterator[Phrase]:
        for length in range(1, min(len(tokens), LONGEST_PHRASE) + 1):
            for phrase in self.synonyms.get(" ".join(tokens[:length]), ()):
                yield tuple(phrase.split())

    def _meaningful(self, text: str) -> Iterator[str]:
        return (word for word in words(text) if word not in self._known.stop)

    def _weighed(self, word: str) -> Iterator[_Token]:
        """Give the parts of a word; only the last part, its head, can be light.

        So is a number, which tells how many (`300 stuks`), unless it can be a KvK number.
        """
        *modifiers, head = self.split(word)
        yield from (_Token(self.stem(part), light=False) for part in modifiers)
        few = head.isdigit() and len(head) < KVK_DIGITS
        yield _Token(self.stem(head), light=few or head in self._known.light)


@cache
def analyser() -> Analyser:
    """Give the analyser over the lists that ship with the product; made at first use."""
    return Analyser(lexicon())
