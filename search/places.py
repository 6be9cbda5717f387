"""Places recognised in the words of a query, so that they filter instead of being searched."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from search.folding import words
from search.lexicon import lexicon, lines

LONGEST_NAME: Final = 6
"""Words of the longest name that is looked for."""
MARKERS: Final = frozenset(
    {
        *("in", "te", "uit", "vanuit", "bij", "nabij", "rond", "rondom"),
        *("omgeving", "regio", "gemeente", "provincie", "plaats"),
    }
)
TRAILERS: Final = (("en", "omgeving"), ("e", "o"), ("eo",))
"""What people write behind a place: `Utrecht en omgeving`, `Utrecht e.o.`."""
SHORTEST_MISSPELT: Final = 6
"""Letters of the shortest name of which a slip is recognised; own choice, ADR 15."""
RARE: Final = 3.5
"""Zipf value under which a word beside a right one can be a slip: `den hag`, not `de wilt`."""


class Placed(NamedTuple):
    """A query text without its places, and the areas of these in order of mention."""

    text: str
    areas: tuple[str, ...]


def spelling(name: str) -> str:
    """Give the one spelling in which names meet: `'s-Hertogenbosch` is `s hertogenbosch`."""
    return " ".join(words(name))


def gazetteer(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Make the mapping from spelling to area code, of names with their codes.

    Of two with the same spelling the first wins, so give municipalities before towns.
    What stands in brackets is optional, unless two places differ by it alone: `Bergen (L.)`.
    """
    pairs = list(named)
    places: dict[str, str] = {}
    for name, code in pairs:
        places.setdefault(spelling(name), code)
    for short, codes in _without_brackets(pairs).items():
        if len(codes) == 1:
            places.setdefault(short, *codes)
    for alias, name in _aliases():
        if name in places:
            places.setdefault(alias, places[name])
    return places


def recognise(text: str, places: Mapping[str, str]) -> Placed:
    """Take the places out of a query: `broodjes in Utrecht` is `broodjes`, `GM0344`.

    `places` comes from `gazetteer`. The longest name wins. The text that remains is folded.
    A name with one slip of the pen is read as the only place that it can be.
    """
    given = _right_spelling(words(text), places)
    capital = _ends_in_name(text)
    kept: list[str] = []
    areas: list[str] = []
    at = 0
    while at < len(given):
        end = _end_of_place(given, at, places, capital=capital)
        if end is None:
            kept.append(given[at])
            at += 1
            continue
        areas.append(places[" ".join(given[at:end])])
        while kept and kept[-1] in MARKERS:
            kept.pop()
        at = _after_trailer(given, end)
    return Placed(" ".join(kept), tuple(dict.fromkeys(areas)))


def _end_of_place(
    given: list[str], start: int, places: Mapping[str, str], *, capital: bool
) -> int | None:
    for end in range(min(len(given), start + LONGEST_NAME), start, -1):
        name = " ".join(given[start:end])
        if name not in places:
            continue
        if name not in _ordinary() or _meant(given, start, end, capital=capital):
            return end
    return None


def _meant(given: list[str], start: int, end: int, *, capital: bool) -> bool:
    """Tell whether an ordinary word stands where a place would: last, and marked or a name."""
    if end - start > 1 or start == 0:
        return False
    if capital and end == len(given):
        return True
    return given[start - 1] in MARKERS and _after_trailer(given, end) == len(given)


def _ends_in_name(text: str) -> bool:
    """Tell whether the last word has a capital of its own: `kisten Houten`, not `HOUT KISTEN`."""
    last = text.rsplit(maxsplit=1)[-1] if text.split() else ""
    return last[:1].isupper() and not last.isupper()


def _right_spelling(given: list[str], places: Mapping[str, str]) -> list[str]:
    """Put the names of places right that have one slip, word by word."""
    right = list(given)
    for at, word in enumerate(given):
        common = lexicon().zipf.get(word)
        before = given[at - 1] if at else ""
        if common is None and len(word) >= SHORTEST_MISSPELT and word not in places:
            right[at] = _only_like(word, places) or word
        elif f"{before} {word}" not in places and (common or 0.0) < RARE:
            pair = f"{before} {word}"
            like = _only_like(pair, places) if before and len(pair) > SHORTEST_MISSPELT else None
            right[at] = like.rpartition(" ")[2] if like and like.startswith(f"{before} ") else word
    return right


def _only_like(name: str, places: Mapping[str, str]) -> str | None:
    """Give the place of which this name is a slip; `None` where there is none, or a choice."""
    like = [one for one in places if one[0] == name[0] and _one_slip(one, name)]
    return like[0] if len({places[one] for one in like}) == 1 else None


def _one_slip(right: str, given: str) -> bool:
    """Tell whether one letter was left out, added, changed, or swapped with the next."""
    if abs(len(right) - len(given)) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(right, given, strict=False)) if a != b), None)
    if at is None:
        return len(right) != len(given)
    rest, other = right[at:], given[at:]
    swapped = other[1::-1] + other[2:]
    return rest[1:] == other or rest == other[1:] or rest[1:] == other[1:] or rest == swapped


def _after_trailer(given: list[str], end: int) -> int:
    found = (len(one) for one in TRAILERS if tuple(given[end : end + len(one)]) == one)
    return end + next(found, 0)


def _without_brackets(pairs: list[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, code in pairs:
        if "(" in name:
            found.setdefault(spelling(name.partition("(")[0]), set()).add(code)
    return found


def _aliases() -> Iterator[tuple[str, str]]:
    for line in lines("place_aliases.txt"):
        alias, _, name = line.partition("=")
        yield spelling(alias), spelling(name)


@cache
def _ordinary() -> frozenset[str]:
    listed = (name.strip() for line in lines("ordinary_places.txt") for name in line.split(","))
    return frozenset(filter(None, listed))
