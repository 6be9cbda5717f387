"""How well offerings fit a text: one signal among others, for whoever decides elsewhere."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

import msgspec

from search.answers import Page
from search.client import Client
from search.dutch import Analyser
from search.find import rankings
from search.query import Search, Term
from search.wording import correct, counts, tokens_of, unweighed, weighed

MOST: Final = 200
"""Enterprises that are looked at: beyond these a text tells nothing that a code does not."""


ASKED_TOGETHER: Final = 8
"""Texts of which the words are asked in one request, so that none takes long."""


class _Asked(msgspec.Struct, frozen=True):
    """A text with what is asked for it: how often its words occur, and who ranks first."""

    tokens: list[str]
    terms: tuple[Term, ...]
    bodies: list[dict[str, Any]]


async def relevance(client: Client, index: str, text: str, analyser: Analyser) -> dict[str, float]:
    """Give the relevance, up to 1, of the best offering of each enterprise that a text finds."""
    [found] = await relevances(client, index, [text], analyser)
    return found


async def relevances(
    client: Client, index: str, texts: Sequence[str], analyser: Analyser
) -> list[dict[str, float]]:
    """Give the relevance for several texts; one round trip for eight of which words are known."""
    distinct = list(dict.fromkeys(texts))
    found: dict[str, dict[str, float]] = {}
    for start in range(0, len(distinct), ASKED_TOGETHER):
        asked = {one: _asked(one, index, analyser) for one in distinct[start:][:ASKED_TOGETHER]}
        answers = await _answers(client, asked.values())
        for (text, one), own in zip(asked.items(), answers, strict=True):
            found[text] = await _found(client, index, one, own, analyser)
    return [found[text] for text in texts]


def _asked(text: str, index: str, analyser: Analyser) -> _Asked:
    tokens = tokens_of(text, analyser)
    if not tokens:
        return _Asked([], (), [])
    terms = unweighed(tokens, analyser)
    return _Asked(tokens, terms, [*counts(terms, index), *_rankings(terms, index)])


async def _answers(client: Client, asked: Iterable[_Asked]) -> list[tuple[Page, ...]]:
    bodies = [body for one in asked for body in one.bodies]
    pages = iter(await client.multi_search(bodies) if bodies else ())
    return [tuple(islice(pages, len(one.bodies))) for one in asked]


async def _found(
    client: Client, index: str, asked: _Asked, pages: Sequence[Page], analyser: Analyser
) -> dict[str, float]:
    """Read the rankings; a text with words that no document has is corrected and asked again."""
    if not asked.terms:
        return {}
    words = len(asked.terms) + 1
    terms, rankings_of = weighed(asked.terms, pages[:words]), pages[words:]
    if len(terms) < len(asked.terms):
        terms = (await correct(client, index, asked.tokens, terms, analyser)).terms
        bodies = _rankings(terms, index)
        rankings_of = await client.multi_search(bodies) if bodies else ()
    found: dict[str, float] = {}
    for term, page in zip(terms, rankings_of, strict=True):
        for hit in page.hits:
            fit = min(1.0, round(term.weight * hit.score, 6))
            found[hit.id] = max(fit, found.get(hit.id, 0.0))
    return found


def _rankings(terms: Sequence[Term], index: str) -> list[dict[str, Any]]:
    return rankings(Search(terms=tuple(terms), page_size=MOST), index)
