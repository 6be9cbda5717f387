"""Quality marks named in a query: `PSO 30+ catering` asks for caterers that hold the mark."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from search.folding import words
from search.lexicon import lines

AROUND: Final = frozenset(
    {
        *("keurmerk", "keurmerken", "certificaat", "certificering", "gecertificeerd"),
        *("gecertificeerde", "erkend", "erkende", "trede", "niveau", "met"),
    }
)
"""Words that go with a mark, and are left out beside one."""
LEARNT: Final = frozenset(
    {"advies", "audit", "begeleiding", "cursus", "cursussen", "examen", "opleiding", "training"}
)
"""Behind the name of a mark these make it a subject: `VCA cursus` asks for no holder."""
Codes = tuple[str, ...]


class Marked(NamedTuple):
    """A query text without its marks, and the codes of which one must be held."""

    text: str
    codes: Codes


def recognise_marks(text: str) -> Marked:
    """Take the marks out of a query. The text that remains is folded where one was found."""
    given = words(text)
    kept: list[str] = []
    codes: list[str] = []
    at = 0
    while at < len(given):
        end = _end_of_mark(given, at, _names())
        if end is None:
            kept.append(given[at])
            at += 1
            continue
        codes += _names()[tuple(given[at:end])]
        while kept and kept[-1] in AROUND:
            kept.pop()
        at = _behind(given, end)
    return Marked(" ".join(kept), tuple(dict.fromkeys(codes))) if codes else Marked(text, ())


def _end_of_mark(given: Sequence[str], start: int, names: Mapping[Codes, Codes]) -> int | None:
    longest = max(map(len, names))
    for end in range(min(len(given), start + longest), start, -1):
        if tuple(given[start:end]) in names:
            return None if LEARNT.intersection(given[end : end + 1]) else end
    return None


def _behind(given: Sequence[str], end: int) -> int:
    while end < len(given) and given[end] in AROUND:
        end += 1
    return end


@cache
def _names() -> Mapping[Codes, Codes]:
    pairs = (line.split("=") for line in lines("mark_words.txt"))
    return {tuple(words(name)): tuple(codes.split()) for name, codes in pairs}
