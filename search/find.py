"""One search from text to a page of enterprises: exact numbers, and the best first."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from search.answers import Hit, Page
from search.client import Client
from search.dutch import Analyser
from search.errors import TooDeep
from search.facets import Counts, merge, questions
from search.marks import recognise_marks
from search.query import Order, Search, counting, filters, listing
from search.wording import Wording, understand

DEEPEST: Final = 1_000
"""Enterprises that can be walked by relevance; other orders have no such limit."""
SCORE_DECIMALS: Final = 6
"""Scores that differ by less are equal, so that rounding of floats decides nothing."""


class Found(msgspec.Struct, frozen=True):
    """A page of enterprises."""

    hits: tuple[Hit, ...]
    total: int
    """Exact number of enterprises that match."""
    facets: Counts
    wording: Wording


async def find(client: Client, index: str, text: str, search: Search, analyser: Analyser) -> Found:
    """Search for a text; `search.terms` are filled in here.

    Marks named in the text are asked for as a filter, where none were given apart from it.
    Round trips: one without text, two with, three with words to correct. Raises
    `TooDeep` for a page by relevance beyond the first 1,000 enterprises.
    """
    marked = recognise_marks(text)
    understood = await understand(client, index, marked.text, analyser)
    wording = msgspec.structs.replace(understood, marks=marked.codes)
    asked = msgspec.structs.replace(search, terms=wording.terms, marks=search.marks or marked.codes)
    if wording.unknown and not wording.terms:
        return Found((), 0, {}, wording)
    by_text = bool(wording.terms) and asked.order is Order.RELEVANCE
    find_page = _ranked_page if by_text else _listed_page
    return await find_page(client, index, asked, wording)


async def _listed_page(client: Client, index: str, search: Search, wording: Wording) -> Found:
    asked = questions(search, index)
    bodies = [listing(search, index), *(one.body for one in asked)]
    page, *answers = await client.multi_search(bodies)
    return Found(page.hits, page.total_hits, merge(asked, answers), wording)


async def _ranked_page(client: Client, index: str, search: Search, wording: Wording) -> Found:
    if search.page * search.page_size > DEEPEST:
        raise TooDeep(f"by relevance no more than {DEEPEST} enterprises can be walked")
    asked = questions(search, index)
    turns = rankings(search, index)
    bodies = [counting(index, filters(search)), *turns, *(one.body for one in asked)]
    counted, *answers = await client.multi_search(bodies)
    ranked, facets = answers[: len(turns)], answers[len(turns) :]
    hits = best_first(search, ranked)
    return Found(hits, counted.total_hits, merge(asked, facets), wording)


def rankings(search: Search, index: str) -> list[dict[str, Any]]:
    """Build the requests that rank by text, one per term.

    The engine only drops words from the end of a query. So each term gets its turn at
    the front (ADR 15). To find the first so many of all, so many of each are enough.
    """
    wanted = filters(search)
    depth = search.page * search.page_size
    turns = (search.terms[start:] + search.terms[:start] for start in range(len(search.terms)))
    return [
        {
            "indexUid": index,
            "q": " ".join(term.token for term in turn),
            "matchingStrategy": "last",
            "filter": wanted,
            "limit": depth,
            "attributesToRetrieve": ["id", "enterpriseId", "tieBreak"],
            "showRankingScore": True,
        }
        for turn in turns
    ]


def best_first(search: Search, ranked: Sequence[Page]) -> tuple[Hit, ...]:
    """Merge the rankings, each weighed by how rare its first term is, and cut out the page.

    An enterprise counts by its best offering; equals come in the order of their lot.
    """
    pairs = zip(search.terms, ranked, strict=True)
    weighed = [
        (round(-term.weight * hit.score, SCORE_DECIMALS), hit)
        for term, page in pairs
        for hit in page.hits
    ]
    best: dict[str, Hit] = {}
    for _, hit in sorted(weighed, key=lambda one: (one[0], one[1].tie_break)):
        best.setdefault(hit.enterprise_id, hit)
    first = (search.page - 1) * search.page_size
    return tuple(best.values())[first : first + search.page_size]
