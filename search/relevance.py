"""How well offerings fit a text: one signal among others, for whoever decides elsewhere."""

from typing import Final

from search.client import Client
from search.dutch import Analyser
from search.find import rankings
from search.query import Search
from search.wording import understand

MOST: Final = 200
"""Enterprises that are looked at: beyond these a text tells nothing that a code does not."""


async def relevance(client: Client, index: str, text: str, analyser: Analyser) -> dict[str, float]:
    """Give the relevance, up to 1, of the best offering of each enterprise that a text finds."""
    wording = await understand(client, index, text, analyser)
    if not wording.terms:
        return {}
    pages = await client.multi_search(rankings(Search(terms=wording.terms, page_size=MOST), index))
    found: dict[str, float] = {}
    for term, page in zip(wording.terms, pages, strict=True):
        for hit in page.hits:
            fit = min(1.0, round(term.weight * hit.score, 6))
            found[hit.id] = max(fit, found.get(hit.id, 0.0))
    return found
