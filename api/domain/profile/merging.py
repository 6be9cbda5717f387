"""Finding profiles that may be one firm: on numbers, and on near-equal names in one place."""

import hashlib
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

TRIGRAM: Final = 3
SIMILAR_FROM: Final = 60
"""Percent of shared trigrams (Jaccard) from which names are offered for a look (ADR 20)."""
_LEGAL_WORDS: Final = frozenset(
    ("bv", "nv", "vof", "cv", "stichting", "vereniging", "cooperatie", "cooperatief", "ua", "st")
)
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}")
_WORD = re.compile(r"[a-z0-9]+")


class Listed(msgspec.Struct, frozen=True, gc=False):
    """A profile as far as it is compared."""

    id: str
    name: str
    kvk_number: str | None = None
    municipality: str | None = None
    postcode: str | None = None
    identifier: tuple[str, str] | None = None
    """Scheme and number in another register."""


class Duplicate(msgspec.Struct, frozen=True, rename="camel", order=True):
    """Two profiles that may be one firm; the lower id first."""

    percent: int
    """Likeness; 100 where a number is the same."""
    first: str
    second: str
    reason: str
    """`same-kvk`, `same-identifier` or `similar-name`."""


class Refusal(msgspec.Struct, frozen=True):
    """Somebody said that two profiles are two firms; the lower id first."""

    first: str
    second: str
    first_compared: str
    """Fingerprint of what was compared of the first profile then."""
    second_compared: str


class _Named(msgspec.Struct, frozen=True, gc=False):
    id: str
    trigrams: frozenset[str]


def normal_name(name: str) -> str:
    """Fold case and accents, and leave out legal forms and punctuation (own choice, ADR 20)."""
    flat = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(one for one in flat if not unicodedata.combining(one))
    joined = _DOTTED.sub(lambda found: found[0].replace(".", ""), plain)
    words = _WORD.findall(joined)
    return " ".join(word for word in words if word not in _LEGAL_WORDS) or " ".join(words)


def trigrams(name: str) -> frozenset[str]:
    """Cut a normal name into runs of three characters, two blanks before each word.

    Source: as PostgreSQL's pg_trgm does.
    """
    padded = [f"  {word} " for word in name.split()]
    return frozenset(
        word[at : at + TRIGRAM] for word in padded for at in range(len(word) - TRIGRAM + 1)
    )


def likeness(first: frozenset[str], second: frozenset[str]) -> int:
    """Give shared trigrams as a whole percent of all, rounded down (Jaccard 1901)."""
    shared = len(first & second)
    whole = len(first) + len(second) - shared
    return 100 * shared // whole if whole else 0


def duplicates(listed: Sequence[Listed], similar_from: int = SIMILAR_FROM) -> list[Duplicate]:
    """Find every pair once, the likeliest first, then by ids (own choice, ADR 20)."""
    found: dict[tuple[str, str], Duplicate] = {}
    for one in (*_same_numbers(listed), *_similar(listed, similar_from)):
        found.setdefault((one.first, one.second), one)
    return sorted(found.values(), key=lambda one: (-one.percent, one.first, one.second))


def compared(one: Listed) -> str:
    """Give 32 hex digits that change with what is compared of a profile: name, numbers, place.

    Names count as they are compared, so that another legal form is no change (own choice, ADR 53).
    """
    name = normal_name(one.name)
    facts = (name, one.kvk_number, one.identifier, one.municipality, one.postcode)
    return hashlib.blake2b(msgspec.json.encode(facts), digest_size=16).hexdigest()


def still_holds(refusal: Refusal, listed: Mapping[str, Listed]) -> bool:
    """Tell whether both are listed, and nothing that is compared changed since (ADR 53)."""
    sides = (refusal.first, refusal.first_compared), (refusal.second, refusal.second_compared)
    return all(one in listed and compared(listed[one]) == before for one, before in sides)


def _same_numbers(listed: Sequence[Listed]) -> Iterator[Duplicate]:
    by_number: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in listed:
        if one.kvk_number is not None:
            by_number["NL-KVK", one.kvk_number].append(one.id)
        if one.identifier is not None and one.identifier != ("NL-KVK", one.kvk_number):
            by_number[one.identifier].append(one.id)
    for (scheme, _), ids in by_number.items():
        reason = "same-kvk" if scheme == "NL-KVK" else "same-identifier"
        for first, second in _pairs(ids):
            yield Duplicate(100, first, second, reason)


def _similar(listed: Sequence[Listed], similar_from: int) -> Iterator[Duplicate]:
    for block in _blocks(listed):
        yield from _similar_in(block, similar_from)


def _blocks(listed: Sequence[Listed]) -> Iterator[list[_Named]]:
    """Compare within a municipality; a firm without one, with its postcode's first four digits."""
    blocks: dict[str, list[_Named]] = defaultdict(list)
    unplaced = {one.postcode[:4] for one in listed if one.postcode and not one.municipality}
    for one in listed:
        named = _Named(one.id, trigrams(normal_name(one.name)))
        if one.municipality:
            blocks[one.municipality].append(named)
        if one.postcode and one.postcode[:4] in unplaced:
            blocks[one.postcode[:4]].append(named)
    yield from blocks.values()


def _similar_in(block: Sequence[_Named], similar_from: int) -> Iterator[Duplicate]:
    """Compare only names that share a rare trigram.

    Of two names that are alike, each has one of the other's rarest: the rest would not make up
    the share. Source: prefix filter, Chaudhuri et al., ICDE 2006.
    """
    often = Counter(trigram for one in block for trigram in one.trigrams)
    seen: dict[str, list[_Named]] = defaultdict(list)
    for one in sorted(block, key=lambda named: len(named.trigrams)):
        rare = sorted(one.trigrams, key=lambda trigram: (often[trigram], trigram))
        size = len(rare)
        shortest = math.ceil(size * similar_from / 100)
        near = {
            other.id: other
            for trigram in rare[: size - shortest + 1]
            for other in seen[trigram]
            if len(other.trigrams) >= shortest
        }
        yield from _alike(one, near.values(), similar_from)
        # Whoever comes later is at least as long, so both share at least this much.
        for trigram in rare[: size - math.ceil(2 * size * similar_from / (100 + similar_from)) + 1]:
            seen[trigram].append(one)


def _alike(one: _Named, others: Iterable[_Named], similar_from: int) -> Iterator[Duplicate]:
    for other in others:
        percent = likeness(one.trigrams, other.trigrams)
        if percent >= similar_from and one.id != other.id:
            first, second = sorted((one.id, other.id))
            yield Duplicate(percent, first, second, "similar-name")


def _pairs(ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    ordered = sorted(set(ids))
    for n, first in enumerate(ordered):
        for second in ordered[n + 1 :]:
            yield first, second
