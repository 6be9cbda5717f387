"""What a query text asks for, checked against what the index holds.

A word that no document has is corrected, or left out and reported: it must neither
empty the answer nor silently vanish (ADR 15).
"""

import math
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from search.answers import Match, Page, Probe
from search.client import Client
from search.dutch import Analyser
from search.query import Term, has_any
from search.settings import SEARCHED

MOST_TOKENS: Final = 8
"""Words of a text that are looked at; each costs a count and a search."""
RARITY: Final = 0.3
"""Share of a term's weight that depends on how rare it is. Measured: ADR 15."""


class Wording(msgspec.Struct, frozen=True):
    """A text as the index understands it."""

    terms: tuple[Term, ...] = ()
    corrected: tuple[str, ...] = ()
    """Tokens that no document has, and for which a like one was taken."""
    unknown: tuple[str, ...] = ()
    """Tokens that no document has, nor any like them; these were left out."""
    marks: tuple[str, ...] = ()
    """Codes of the marks that the text names."""


async def correct(
    client: Client, index: str, tokens: Sequence[str], known: Sequence[Term], analyser: Analyser
) -> Wording:
    """Take like words for those that no document has: all tokens but the known ones."""
    missing = [token for token in tokens if token not in {term.token for term in known}]
    probes = await client.probe([_alike(token, index) for token in missing])
    likely = zip(missing, map(_likely, probes), strict=True)
    corrected = {token: found for token, found in likely if found}
    unknown = tuple(token for token in missing if token not in corrected)
    if not corrected:
        return Wording(tuple(known), unknown=unknown)
    terms = unweighed(_with_corrections(tokens, corrected, analyser), analyser)
    right = weighed(terms, await client.probe(counts(terms, index)))
    return Wording(right, tuple(corrected), unknown)


def tokens_of(text: str, analyser: Analyser) -> list[str]:
    """Give the tokens of a text that are looked at."""
    return analyser.query_tokens(text)[:MOST_TOKENS]


def counts(terms: Sequence[Term], index: str) -> list[dict[str, Any]]:
    """Ask for the number of all documents, and of those per term."""
    everything = {"indexUid": index, "limit": 0}
    return [everything, *(everything | {"filter": has_any([term])} for term in terms)]


def _alike(token: str, index: str) -> dict[str, Any]:
    """Ask for the best document with a word like this one."""
    return {
        "indexUid": index,
        "q": token,
        "limit": 1,
        "attributesToRetrieve": SEARCHED,
        "showMatchesPosition": True,
    }


def unweighed(tokens: Sequence[str], analyser: Analyser) -> tuple[Term, ...]:
    """Give a term for each token, with what answers it."""
    pairs = zip(tokens, analyser.alternatives(tokens), strict=True)
    return tuple(Term(token, phrases) for token, phrases in pairs)


def weighed(terms: Sequence[Term], counted: Sequence[Probe | Page]) -> tuple[Term, ...]:
    """Keep the terms that some document answers; the rarest weighs 1."""
    documents, *each = (answer.estimated_total_hits for answer in counted)
    pairs = zip(terms, each, strict=True)
    rarity = {term: math.log(1 + documents / count) for term, count in pairs if count}
    rarest = max(rarity.values(), default=1.0)
    return tuple(
        msgspec.structs.replace(term, weight=round(1 - RARITY + RARITY * rare / rarest, 4))
        for term, rare in rarity.items()
    )


def _likely(probe: Probe) -> str | None:
    """Read the word that the engine took the token for, in the best document."""
    return next((word for match in probe.hits for word in _matched_words(match)), None)


def _matched_words(match: Match) -> list[str]:
    spans = match.positions.get("terms", ())
    return [match.terms[place] for span in spans for place in span.indices]


def _with_corrections(
    tokens: Sequence[str], corrected: dict[str, str], analyser: Analyser
) -> list[str]:
    """Put corrections in place; a compound is cut now that it is spelt as one."""
    better = [part for token in tokens for part in _cut(corrected.get(token, token), analyser)]
    return list(dict.fromkeys(better))[:MOST_TOKENS]


def _cut(token: str, analyser: Analyser) -> list[str]:
    parts = analyser.split(token)
    return [token] if len(parts) == 1 else [analyser.stem(part) for part in parts]
