"""What a query text asks for, checked against what the index holds.

A word that no document has is corrected, or left out and reported: it must neither
empty the answer nor silently vanish (ADR 15).
"""

import math
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from search.answers import Match, Probe
from search.client import Client
from search.dutch import Analyser
from search.query import Term, has_any
from search.settings import SEARCHED

MOST_TOKENS: Final = 8
"""Words of a text that are looked at; each costs two small searches."""
RARITY: Final = 0.3
"""Share of a term's weight that depends on how rare it is. Measured: ADR 15."""
_CORRECTED: Final = tuple(field for field in SEARCHED if field != "kvkNumber")


class Wording(msgspec.Struct, frozen=True):
    """A text as the index understands it."""

    terms: tuple[Term, ...] = ()
    corrected: tuple[str, ...] = ()
    """Tokens that no document has, and for which a like one was taken."""
    unknown: tuple[str, ...] = ()
    """Tokens that no document has, nor any like them; these were left out."""
    marks: tuple[str, ...] = ()
    """Codes of the marks that the text names."""


async def understand(client: Client, index: str, text: str, analyser: Analyser) -> Wording:
    """Turn a text into weighed terms; one round trip, two if something must be corrected."""
    tokens = analyser.query_tokens(text)[:MOST_TOKENS]
    if not tokens:
        return Wording()
    probes = await client.probe(_questions(tokens, index, analyser))
    terms = _terms(tokens, probes, analyser)
    missing = [token for token in tokens if token not in {term.token for term in terms}]
    likely = {token: _likely(probes[1 + len(tokens) + tokens.index(token)]) for token in missing}
    corrected = {token: found for token, found in likely.items() if found}
    if corrected:
        tokens = _with_corrections(tokens, corrected, analyser)
        probes = await client.probe(_questions(tokens, index, analyser))
        terms = _terms(tokens, probes, analyser)
    unknown = tuple(token for token in missing if token not in corrected)
    return Wording(terms, tuple(corrected), unknown)


def _questions(tokens: Sequence[str], index: str, analyser: Analyser) -> list[dict[str, Any]]:
    """Ask for the number of all documents, of those per token, and for tokens alike."""
    terms = _unweighed(tokens, analyser)
    everything = {"indexUid": index, "limit": 0}
    counts = [everything | {"filter": has_any([term])} for term in terms]
    alike = [
        {
            "indexUid": index,
            "q": token,
            "limit": 1,
            "attributesToRetrieve": _CORRECTED,
            "attributesToSearchOn": _CORRECTED,
            "showMatchesPosition": True,
        }
        for token in tokens
    ]
    return [everything, *counts, *alike]


def _unweighed(tokens: Sequence[str], analyser: Analyser) -> list[Term]:
    pairs = zip(tokens, analyser.alternatives(tokens), strict=True)
    return [Term(token, phrases) for token, phrases in pairs]


def _terms(tokens: Sequence[str], probes: Sequence[Probe], analyser: Analyser) -> tuple[Term, ...]:
    """Keep the terms that some document answers; the rarest weighs 1."""
    documents, *counts = (probe.estimated_total_hits for probe in probes[: 1 + len(tokens)])
    pairs = zip(_unweighed(tokens, analyser), counts, strict=True)
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
    return [
        getattr(match, field)[span.start : span.start + span.length]
        for field in _CORRECTED
        for span in match.positions.get(field, ())
    ]


def _with_corrections(
    tokens: Sequence[str], corrected: dict[str, str], analyser: Analyser
) -> list[str]:
    """Put corrections in place; a compound is cut now that it is spelt as one."""
    better = [part for token in tokens for part in _cut(corrected.get(token, token), analyser)]
    return list(dict.fromkeys(better))[:MOST_TOKENS]


def _cut(token: str, analyser: Analyser) -> list[str]:
    parts = analyser.split(token)
    return [token] if len(parts) == 1 else [analyser.stem(part) for part in parts]
