"""How well offerings fit a text: one signal among others, for whoever decides elsewhere."""

from typing import Final

from search.client import Client
from search.dutch import Analyser
from search.query import Search
from search.shelving import Shelving, fill
from search.wording import understand

MOST: Final = 200
"""Enterprises that are looked at: beyond these a text tells nothing that a code does not."""


async def relevance(client: Client, index: str, text: str, analyser: Analyser) -> dict[str, float]:
    """Give the relevance, up to 1, of the best offering of each enterprise that a text finds."""
    wording = await understand(client, index, text, analyser)
    if not wording.terms:
        return {}
    shelving = Shelving(Search(terms=wording.terms), index, MOST)
    await fill(client, shelving)
    return {hit.id: hit.score for hit in shelving.found.values()}
