"""How well offerings fit a text: one signal among others, for whoever decides elsewhere."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from search.client import Client
from search.dutch import Analyser
from search.query import Search, Term
from search.shelving import Shelving, fill
from search.wording import correct, counts, tokens_of, unweighed, weighed

MOST: Final = 200
"""Enterprises that are looked at: beyond these a text tells nothing that a code does not."""
ASKED_TOGETHER: Final = 8
"""Texts that are asked in one request, so that none takes long."""


async def relevance(client: Client, index: str, text: str, analyser: Analyser) -> dict[str, float]:
    """Give the relevance, up to 1, of the best offering of each enterprise that a text finds.

    It is the worth of its shelf as a share of the best there is (ADR 45).
    """
    [found] = await relevances(client, index, [text], analyser)
    return found


async def relevances(
    client: Client, index: str, texts: Sequence[str], analyser: Analyser
) -> list[dict[str, float]]:
    """Give the relevance for several texts; eight at once take as many round trips as one."""
    distinct = list(dict.fromkeys(texts))
    found: dict[str, dict[str, float]] = {}
    for start in range(0, len(distinct), ASKED_TOGETHER):
        together = distinct[start : start + ASKED_TOGETHER]
        worded = await _worded(client, index, together, analyser)
        shelvings = [Shelving(Search(terms=terms), index, MOST) for terms in worded]
        await fill(client, *shelvings)
        for text, one in zip(together, shelvings, strict=True):
            found[text] = {hit.id: hit.score for hit in one.found.values()}
    return [found[text] for text in texts]


async def _worded(
    client: Client, index: str, texts: Sequence[str], analyser: Analyser
) -> list[tuple[Term, ...]]:
    """Give the weighed terms of each text; words that no document has are corrected."""
    tokens = [tokens_of(text, analyser) for text in texts]
    terms = [unweighed(one, analyser) for one in tokens]
    bodies = [counts(one, index) if one else [] for one in terms]
    together = [body for one in bodies for body in one]
    counted = iter(await client.multi_search(together) if together else ())
    worded: list[tuple[Term, ...]] = []
    for given, asked, own in zip(tokens, terms, bodies, strict=True):
        known = weighed(asked, list(islice(counted, len(own)))) if asked else ()
        if len(known) < len(asked):
            known = (await correct(client, index, given, known, analyser)).terms
        worded.append(known)
    return worded
