"""One search from text to a page of enterprises: exact numbers, and the best first."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

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
from search.wording import Wording, correct, counts, tokens_of, unweighed, weighed

DEEPEST: Final = 1_000
"""Enterprises that can be walked by relevance; other orders have no such limit."""
MOST_NAMESAKES: Final = 20
SCORE_DECIMALS: Final = 6
"""Scores that differ by less are equal, so that rounding of floats decides nothing."""


class Found(msgspec.Struct, frozen=True):
    """A page of enterprises."""

    hits: tuple[Hit, ...]
    total: int
    """Exact number of enterprises that match."""
    facets: Counts
    wording: Wording
    next: Position | None = None
    """Where the next page begins; `None` after the last."""


class _Plan(NamedTuple):
    """What is asked for a page, in the order of the request."""

    page: Sequence[dict[str, Any]]
    asked: Sequence[Question]
    counted_along: bool = False
    """Whether the page itself tells the total."""

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """Give all that is asked."""
        return [*self.page, *(one.body for one in self.asked)]


async def find(client: Client, index: str, text: str, search: Search, analyser: Analyser) -> Found:
    """Search for a text; `search.terms` are filled in here.

    Marks named in the text are asked for as a filter, where none were given apart from it.
    One round trip, also for a text of which all words are known: its words are counted
    along. Three or four with words that no document has. Raises `TooDeep` for a page by
    relevance beyond the first 1,000 enterprises.
    """
    marked = recognise_marks(text)
    tokens = tokens_of(marked.text, analyser)
    terms = unweighed(tokens, analyser)
    asked = msgspec.structs.replace(search, terms=terms, marks=search.marks or marked.codes)
    _require_same_walk(asked)
    words = counts(terms, index) if terms else []
    plan = _plan(asked, index, plain_name(text))
    answers = await client.multi_search([*words, *plan.bodies])
    counted, answers = answers[: len(words)], answers[len(words) :]
    known = weighed(terms, counted) if terms else ()
    wording = Wording(known, marks=marked.codes)
    if len(known) < len(terms):
        corrected = await correct(client, index, tokens, known, analyser)
        wording = msgspec.structs.replace(corrected, marks=marked.codes)
        if not wording.terms:
            return Found((), 0, {}, wording)
        plan = _plan(_worded(asked, wording), index, plain_name(text))
        answers = await client.multi_search(plan.bodies)
    return _read(_worded(asked, wording), plan, answers, wording)


def _worded(search: Search, wording: Wording) -> Search:
    return msgspec.structs.replace(search, terms=wording.terms)


def _require_same_walk(asked: Search) -> None:
    if asked.after is not None and asked.after.walk is not walk_of(asked):
        raise WrongPosition("the position is of a list in another order")


def _by_text(search: Search) -> bool:
    return bool(search.terms) and search.order is Order.RELEVANCE


def _plan(search: Search, index: str, name: str) -> _Plan:
    asked = questions(search, index)
    if not _by_text(search):
        spare = len(marks(search.after)) + 1
        body = listing(search, index, behind=behind(search), spare=spare)
        if _begins_in_circle(search):
            rest = [one for one in asked if not one.of_all]
            return _Plan([paged(body)], rest, counted_along=True)
        return _Plan([body], asked)
    if _depth(search) > DEEPEST:
        raise TooDeep(f"by relevance no more than {DEEPEST} enterprises can be walked")
    return _Plan([_by_name(search, index, name), *rankings(search, index)], asked)


def _begins_in_circle(search: Search) -> bool:
    """Tell whether page and total can be one question; worth it for a circle, asked once then."""
    shared = {facet.group for facet in search.facets} & SHARED
    return search.near is not None and search.after is None and search.page == 1 and not shared


def _read(search: Search, plan: _Plan, answers: Sequence[Page], wording: Wording) -> Found:
    first, *turns = answers[: len(plan.page)]
    counted = answers[len(plan.page) :]
    if not _by_text(search):
        asked, hits = plan.asked, unseen(first.hits, search.after)
        if plan.counted_along:
            asked = [Question(plan.page[0], of_all=True), *asked]
            counted = [first, *counted]
        return _found(search, hits, asked, counted, wording)
    hits = unseen(best_first(search, turns, first.hits), search.after)
    start = (search.page - 1) * search.page_size
    return _found(search, hits[start:], plan.asked, counted, wording, hits[:start])


def _by_name(search: Search, index: str, name: str) -> dict[str, Any]:
    """Ask for the firms whose name is the whole text."""
    return {
        "indexUid": index,
        "filter": [*filters(search), any_of("called", [name])],
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


def rankings(search: Search, index: str) -> list[dict[str, Any]]:
    """Build the requests that rank by text, one per term.

    The engine only drops words from the end of a query. So each term gets its turn at
    the front (ADR 15). To find the first so many of all, so many of each are enough; one
    more tells whether there is a next page.
    """
    wanted = filters(search)
    turns = (search.terms[start:] + search.terms[:start] for start in range(len(search.terms)))
    return [
        {
            "indexUid": index,
            "q": " ".join(term.token for term in turn),
            "matchingStrategy": "last",
            "filter": wanted,
            "limit": _depth(search) + 1,
            "attributesToRetrieve": ["id", "enterpriseId", "tieBreak"],
            "showRankingScore": True,
        }
        for turn in turns
    ]


def best_first(
    search: Search, ranked: Sequence[Page], named: Sequence[Hit] = ()
) -> tuple[Hit, ...]:
    """Merge the rankings, each weighed by how rare its first term is.

    Who is called by the whole text goes before all. An enterprise counts by its best
    offering; equals come in the order of their lot.
    """
    pairs = zip(search.terms, ranked, strict=True)
    weighed = [
        (round(-term.weight * hit.score, SCORE_DECIMALS), hit)
        for term, page in pairs
        for hit in page.hits
    ]
    best = {hit.enterprise_id: hit for hit in named}
    for _, hit in sorted(weighed, key=lambda one: (one[0], one[1].tie_break)):
        best.setdefault(hit.enterprise_id, hit)
    return tuple(best.values())
