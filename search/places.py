"""Places recognised in the words of a query, so that they filter instead of being searched."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from search.folding import words
from search.lexicon import lines

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
    """
    given = words(text)
    kept: list[str] = []
    areas: list[str] = []
    at = 0
    while at < len(given):
        end = _end_of_place(given, at, places)
        if end is None:
            kept.append(given[at])
            at += 1
            continue
        areas.append(places[" ".join(given[at:end])])
        while kept and kept[-1] in MARKERS:
            kept.pop()
        at = _after_trailer(given, end)
    return Placed(" ".join(kept), tuple(dict.fromkeys(areas)))


def _end_of_place(given: list[str], start: int, places: Mapping[str, str]) -> int | None:
    for end in range(min(len(given), start + LONGEST_NAME), start, -1):
        name = " ".join(given[start:end])
        if name in places and (name not in _ordinary() or _meant(given, start, end)):
            return end
    return None


def _meant(given: list[str], start: int, end: int) -> bool:
    """Tell whether an ordinary word stands where a place would: last, behind a marker."""
    if end - start > 1 or start == 0 or given[start - 1] not in MARKERS:
        return False
    return _after_trailer(given, end) == len(given)


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
