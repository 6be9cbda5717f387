"""Walks down the shelves of a text until enough enterprises are found (ADR 45).

To fetch an offering costs the engine ten times what counting it costs. So shelves are counted
in one request, and only those that fill the page are fetched, in the next.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

import msgspec

from search.answers import Hit, Page
from search.client import Client
from search.query import Search, any_of, filters
from search.ranking import Shelf, Shelves

COUNTED: Final = 16
"""Shelves that are counted in one request."""
OPENED: Final = 2
"""Shelves of a single word that are fetched before it is known what they hold."""
MOST_NAMED: Final = 200
"""Enterprises found before that are named in a request, so as not to come again."""


class _Asked(NamedTuple):
    """A request, and the shelf it is of."""

    shelf: Shelf
    body: dict[str, Any]


class Shelving:
    """What is known of the shelves of a text, and the enterprises found so far, best first."""

    def __init__(self, search: Search, index: str, enough: int) -> None:
        """Look for so many enterprises."""
        self._base = {
            "indexUid": index,
            "attributesToRetrieve": ["id", "enterpriseId", "tieBreak"],
        }
        self._within = filters(msgspec.structs.replace(search, terms=()))
        self._enough = enough
        self._shelves = Shelves(search.terms)
        self._counts: dict[Shelf, int] = {}
        self._fetched: dict[Shelf, tuple[Hit, ...]] = {}
        self._tier = 0
        self.found: dict[str, Hit] = {}

    def opening(self) -> list[_Asked]:
        """Give what can be asked before it is known what the terms weigh.

        A single word often fills several shelves, so only two are fetched; several words
        together seldom fill more than one, so whichever it is comes along.
        """
        surest = self._shelves.surest
        fetched = OPENED if self._shelves.of_one_term else len(surest)
        return [*map(self._fetch, surest[:fetched]), *map(self._count, surest[fetched:])]

    def next(self) -> list[_Asked]:
        """Give what must be asked to find more; nothing when enough are found, or all."""
        asked: list[_Asked] = []
        coming, sure = self._missing, True
        for shelf in self._ahead():
            if coming <= 0 or len(asked) == COUNTED:
                break
            if shelf not in self._counts:
                asked.append(self._count(shelf))
                sure = False
            elif sure and self._counts[shelf] and shelf not in self._fetched:
                asked.append(self._fetch(shelf))
                coming -= self._counts[shelf]
        return asked

    def take(self, asked: Sequence[_Asked], answers: Sequence[Page]) -> None:
        """Note the answers, and put on top what has become sure."""
        for one, page in zip(asked, answers, strict=True):
            self._counts[one.shelf] = page.estimated_total_hits
            if one.body["limit"]:
                self._fetched[one.shelf] = page.hits
        tiers = self._shelves.tiers
        while self._missing > 0 and self._tier < len(tiers) and self._is_known(tiers[self._tier]):
            self._put(tiers[self._tier])

    @property
    def _missing(self) -> int:
        return self._enough - len(self.found)

    def limit_to(self, total: int) -> None:
        """Look for no more than there are."""
        self._enough = min(self._enough, total)

    def put(self, hits: Iterable[Hit]) -> None:
        """Put enterprises behind those found, each by the offering that comes first."""
        for hit in hits:
            if len(self.found) < self._enough:
                self.found.setdefault(hit.enterprise_id, hit)

    def _put(self, tier: Sequence[Shelf]) -> None:
        """Put a tier: equals come in the order of their lot."""
        score = self._shelves.worth(tier[0]) / self._shelves.best
        hits = [hit for shelf in tier for hit in self._fetched.get(shelf, ())]
        hits.sort(key=lambda hit: hit.tie_break)
        self.put(msgspec.structs.replace(hit, score=round(score, 6)) for hit in hits)
        self._tier += 1

    def _is_known(self, tier: Sequence[Shelf]) -> bool:
        return all(self._counts.get(one) == 0 or one in self._fetched for one in tier)

    def _ahead(self) -> Iterator[Shelf]:
        return (shelf for tier in self._shelves.tiers[self._tier :] for shelf in tier)

    def _count(self, shelf: Shelf) -> _Asked:
        return _Asked(shelf, self._body(shelf, 0))

    def _fetch(self, shelf: Shelf) -> _Asked:
        """Ask for as many as are missing; who was found before is left out, or allowed for."""
        if len(self.found) > MOST_NAMED:
            return _Asked(shelf, self._body(shelf, self._enough))
        again = [f"NOT {any_of('enterpriseId', self.found)}"] if self.found else []
        return _Asked(shelf, self._body(shelf, self._missing, again))

    def _body(self, shelf: Shelf, limit: int, more: Sequence[str] = ()) -> dict[str, Any]:
        wanted = [*self._shelves.condition(shelf), *more, *self._within]
        return self._base | {"filter": wanted, "limit": limit}


async def fill(client: Client, *shelvings: Shelving) -> None:
    """Ask until enough enterprises are found, or all; for several texts in the same requests."""
    while asked := [(one, questions) for one in shelvings if (questions := one.next())]:
        bodies = [question.body for _, questions in asked for question in questions]
        answers = iter(await client.multi_search(bodies))
        for one, questions in asked:
            one.take(questions, list(islice(answers, len(questions))))
