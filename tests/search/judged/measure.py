"""How well each half of the judged queries is answered, and by whom: ours and the plain engine.

Words and lists are made with the tuning half only; the held-out half is only ever measured.
Which half a query is in depends on nothing but its text.
"""

import hashlib
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from tests.search.judged.engines import DEPTH, Ranking
from tests.search.judging import Judged, ndcg_at, queries, recall_at

QUERIES: Final = Path(__file__).parent / "queries.tsv"
PAGE: Final = 10
WORST: Final = 10


class Score(msgspec.Struct, frozen=True):
    """The means over a set of queries."""

    queries: int
    ndcg: float
    """At 10."""
    recall: float
    """At 50."""


class Judgement(msgspec.Struct, frozen=True):
    """One query: how well ours and the plain engine answer it."""

    text: str
    ours: float
    plain: float
    """nDCG@10."""
    ours_recall: float
    plain_recall: float
    """At 50."""


def is_held_out(text: str) -> bool:
    """Tell which half a query is in."""
    return hashlib.blake2b(text.encode(), digest_size=1).digest()[0] % 2 == 1


def halves() -> tuple[dict[str, Judged], dict[str, Judged]]:
    """Give the queries to tune on, and those held out."""
    judged = queries(QUERIES)
    tuning = {text: grades for text, grades in judged.items() if not is_held_out(text)}
    return tuning, {text: grades for text, grades in judged.items() if text not in tuning}


def judge(judged: Mapping[str, Judged], found: Mapping[str, Ranking]) -> list[Judgement]:
    """Measure each query."""
    return [
        Judgement(
            text,
            ndcg_at(PAGE, found[text].ours, grades),
            ndcg_at(PAGE, found[text].plain, grades),
            recall_at(DEPTH, found[text].ours, grades),
            recall_at(DEPTH, found[text].plain, grades),
        )
        for text, grades in judged.items()
    ]


def ours(judgements: Sequence[Judgement]) -> Score:
    """Give the means of our answers."""
    return _score([(one.ours, one.ours_recall) for one in judgements])


def plain(judgements: Sequence[Judgement]) -> Score:
    """Give the means of the plain engine's answers."""
    return _score([(one.plain, one.plain_recall) for one in judgements])


def worst(judgements: Sequence[Judgement]) -> list[Judgement]:
    """Give the queries that we answer worst."""
    return sorted(judgements, key=lambda one: (one.ours, one.ours_recall, one.text))[:WORST]


def _score(pairs: Sequence[tuple[float, float]]) -> Score:
    gains, recalls = zip(*pairs, strict=True)
    return Score(len(pairs), statistics.fmean(gains), statistics.fmean(recalls))
