"""The words that the Dutch analyser knows: how common each is, and the lists people edit."""

import gzip
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

import msgspec

DATA: Final = Path(__file__).parent / "data"
RAREST: Final = 2.2
"""Zipf value under which a word of the list is as often a typing error as a word; ADR 15."""
SHORTEST: Final = 3
"""Letters of the shortest word that is kept, as a stem or as part of a compound."""
REMEMBERED: Final = 50_000
"""Words whose stem or parts are kept in memory, some 10 MB when full."""


class Lexicon(msgspec.Struct, frozen=True):
    """Word lists; all words folded to lower-case letters without accents."""

    zipf: Mapping[str, float]
    """How common a word is: log10 of its count in a thousand million words."""
    stop: frozenset[str] = frozenset()
    light: frozenset[str] = frozenset()
    never_parts: frozenset[str] = frozenset()
    short_parts: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    stems: Mapping[str, str] = {}
    synonyms: tuple[tuple[str, ...], ...] = ()


def lines(name: str) -> Iterator[str]:
    """Give the lines of a data file; comments and empty lines are left out."""
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        text = line.split("#", maxsplit=1)[0].strip()
        if text:
            yield text


@cache
def lexicon() -> Lexicon:
    """Read all lists; once, at first use: some 0.2 s and 15 MB."""
    return Lexicon(
        zipf=_common_words(),
        stop=_words("stop_words.txt"),
        light=_words("light_words.txt"),
        never_parts=_words("never_parts.txt"),
        short_parts=_words("short_parts.txt"),
        whole=_words("whole_words.txt"),
        stems=_stems(),
        synonyms=tuple(tuple(map(str.strip, line.split(","))) for line in lines("synonyms.txt")),
    )


def _words(name: str) -> frozenset[str]:
    return frozenset(word for line in lines(name) for word in line.split())


def _stems() -> dict[str, str]:
    pairs = (line.split(":") for line in lines("stems.txt"))
    return {word.strip(): stem.strip() for word, stem in pairs}


def _common_words() -> dict[str, float]:
    """Read the list of wordfreq down to `RAREST`; its bins are centibels below certainty.

    The file is read as it lies there, a header and a list of words per bin: importing the
    package for it would cost each process 12 MB.
    """
    packed = gzip.decompress(_word_list().read_bytes())
    header, *bins = msgspec.msgpack.decode(packed, type=list[msgspec.Raw])
    if msgspec.msgpack.decode(header) != {"format": "cB", "version": 1}:
        raise ValueError("the word list of wordfreq has another form than this code reads")
    common = ((9 - centibels / 100, words) for centibels, words in enumerate(bins))
    return {
        word: zipf
        for zipf, words in common
        if zipf >= RAREST
        for word in msgspec.msgpack.decode(words, type=list[str])
        if len(word) >= SHORTEST and word.isascii() and word.isalpha()
    }


def _word_list() -> Path:
    return Path(str(distribution("wordfreq").locate_file("wordfreq/data/large_nl.msgpack.gz")))
