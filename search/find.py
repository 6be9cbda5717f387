"""One search from text to a page of enterprises: exact numbers, and the best first."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from search.answers import Hit, Page
from search.client import Client
from search.documents import plain_name
from search.dutch import Analyser
from search.errors import TooDeep, WrongPosition
from search.facets import SHARED, Counts, Question, merge, questions, total
from search.marks import recognise_marks
from search.paging import behind, marks, position, unseen, walk_of
from search.query import Order, Position, Search, any_of, filters, listing, paged
from search.shelving import Shelving, fill
from search.wording import Wording, correct, counts, tokens_of, unweighed, weighed

DEEPEST: Final = 1_000
"""Enterprises that can be walked by relevance; other orders have no such limit."""
MOST_NAMESAKES: Final = 20


class Found(msgspec.Struct, frozen=True):
    """A page of enterprises."""

    hits: tuple[Hit, ...]
    total: int
    """Exact number of enterprises that match."""
    facets: Counts
    wording: Wording
    next: Position | None = None
    """Where the next page begins; `None` after the last."""


async def find(client: Client, index: str, text: str, search: Search, analyser: Analyser) -> Found:
    """Search for a text; `search.terms` are filled in here.

    Marks named in the text are asked for as a filter, where none were given apart from it.
    A list in an order of its own takes one round trip. A ranked one begins by counting its
    words and fetching its best shelves, and takes none to three more until the page is full;
    words that no document has take two more. Raises `TooDeep` for a page by relevance beyond
    the first 1,000 enterprises.
    """
    marked = recognise_marks(text)
    tokens = tokens_of(marked.text, analyser)
    terms = unweighed(tokens, analyser)
    asked = msgspec.structs.replace(search, terms=terms, marks=search.marks or marked.codes)
    _require_same_walk(asked)
    words = counts(terms, index) if len(terms) > 1 else []
    plan = _plan(asked, index, plain_name(text))
    answers = await client.multi_search([*words, *plan.bodies])
    counted, answers = answers[: len(words)], answers[len(words) :]
    if len(terms) == 1 and not plan.total(answers):
        counted = await client.multi_search(counts(terms, index))
    known = weighed(terms, counted) if counted else terms
    wording = Wording(known, marks=marked.codes)
    if len(known) < len(terms):
        corrected = await correct(client, index, tokens, known, analyser)
        wording = msgspec.structs.replace(corrected, marks=marked.codes)
        if not wording.terms:
            return Found((), 0, {}, wording)
        plan = _plan(_worded(asked, wording), index, plain_name(text))
        answers = await client.multi_search(plan.bodies)
    return await plan.read(client, _worded(asked, wording), answers, wording)


def _worded(search: Search, wording: Wording) -> Search:
    return msgspec.structs.replace(search, terms=wording.terms)


def _require_same_walk(asked: Search) -> None:
    if asked.after is not None and asked.after.walk is not walk_of(asked):
        raise WrongPosition("the position is of a list in another order")


def _by_text(search: Search) -> bool:
    return bool(search.terms) and search.order is Order.RELEVANCE


class _Listing:
    """A list in an order of its own, and what is counted beside it."""

    def __init__(self, search: Search, index: str) -> None:
        spare = len(marks(search.after)) + 1
        self._page = listing(search, index, behind=behind(search), spare=spare)
        self._asked = questions(search, index)
        self._counted_along = _begins_in_circle(search)
        if self._counted_along:
            self._page = paged(self._page)
            self._asked = [one for one in self._asked if not one.of_all]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [self._page, *(one.body for one in self._asked)]

    def total(self, answers: Sequence[Page]) -> int:
        """Read how many enterprises there are in all."""
        first, *counted = answers
        return first.total_hits if self._counted_along else total(self._asked, counted)

    async def read(
        self, client: Client, search: Search, answers: Sequence[Page], wording: Wording
    ) -> Found:
        del client
        first, *counted = answers
        asked = self._asked
        if self._counted_along:
            asked, counted = [Question(self._page, of_all=True), *asked], [first, *counted]
        return _found(search, unseen(first.hits, search.after), asked, counted, wording)


class _Ranking:
    """A list by how well the text fits, and what is counted beside it."""

    def __init__(self, search: Search, index: str, name: str) -> None:
        self._depth = _depth(search)
        if self._depth > DEEPEST:
            raise TooDeep(f"by relevance no more than {DEEPEST} enterprises can be walked")
        self._index = index
        self._named = _by_name(search, index, name)
        self._opening = Shelving(search, index, self._depth).opening()
        self._asked = questions(search, index)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        opening = (one.body for one in self._opening)
        return [self._named, *opening, *(one.body for one in self._asked)]

    def total(self, answers: Sequence[Page]) -> int:
        """Read how many enterprises there are in all."""
        return total(self._asked, answers[1 + len(self._opening) :])

    async def read(
        self, client: Client, search: Search, answers: Sequence[Page], wording: Wording
    ) -> Found:
        named, opened = answers[0], answers[1 : 1 + len(self._opening)]
        counted = answers[1 + len(self._opening) :]
        shelving = Shelving(search, self._index, self._depth)
        shelving.limit_to(self.total(answers))
        shelving.put(named.hits)
        shelving.take(self._opening, opened)
        await fill(client, shelving)
        hits = unseen(shelving.found.values(), search.after)
        start = (search.page - 1) * search.page_size
        found = _found(search, hits[start:], self._asked, counted, wording, hits[:start])
        if found.next is not None or found.total <= len(shelving.found):
            return found
        return msgspec.structs.replace(found, next=position(search, hits))


def _plan(search: Search, index: str, name: str) -> _Listing | _Ranking:
    by_text = bool(search.terms) and search.order is Order.RELEVANCE
    return _Ranking(search, index, name) if by_text else _Listing(search, index)


def _begins_in_circle(search: Search) -> bool:
    """Tell whether page and total can be one question; worth it for a circle, asked once then."""
    shared = {facet.group for facet in search.facets} & SHARED
    return search.near is not None and search.after is None and search.page == 1 and not shared


def _by_name(search: Search, index: str, name: str) -> dict[str, Any]:
    """Ask for the firms whose name is the whole text."""
    return {
        "indexUid": index,
        "filter": [any_of("called", [name]), *filters(search)],
        "limit": MOST_NAMESAKES,
        "attributesToRetrieve": ["id", "enterpriseId", "tieBreak"],
    }


def _found(
    search: Search,
    hits: Sequence[Hit],
    asked: Sequence[Question],
    answers: Sequence[Page],
    wording: Wording,
    before: Sequence[Hit] = (),
) -> Found:
    """Cut out the page, and say where the next one begins, if there is one."""
    page = tuple(hits[: search.page_size])
    more = len(hits) > len(page)
    return Found(
        page,
        total(asked, answers),
        merge(asked, answers),
        wording,
        position(search, [*before, *page]) if more else None,
    )


def _depth(search: Search) -> int:
    """Count the enterprises down to the end of the page, those given before included."""
    return len(marks(search.after)) + search.page * search.page_size
