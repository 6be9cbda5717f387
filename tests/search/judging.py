"""Judged queries: reads them, and measures how well a ranking answers them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

Judged = Mapping[str, int]
"""Grade per document: 2 is exactly what was asked for, 1 is useful; all others are 0."""


def phrases(path: Path) -> dict[str, str]:
    """Read the documents: id, tab, text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", maxsplit=1) for line in lines)


def queries(path: Path) -> dict[str, Judged]:
    """Read the queries: text, tab, `id:grade` separated by spaces."""
    judged: dict[str, Judged] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        text, _, grades = line.partition("\t")
        pairs = (pair.split(":") for pair in grades.split())
        judged[text] = {document: int(grade) for document, grade in pairs}
    return judged


def recall_at(depth: int, ranking: Sequence[str], judged: Judged) -> float:
    """Share of the useful documents among the first `depth`, of as many as fit there."""
    return sum(one in judged for one in ranking[:depth]) / min(depth, len(judged))


def ndcg_at(depth: int, ranking: Sequence[str], judged: Judged) -> float:
    """Discounted gain (2**grade - 1, log2 of rank + 1) as a share of the best possible."""
    best = sorted(judged.values(), reverse=True)
    return _gain(judged.get(one, 0) for one in ranking[:depth]) / _gain(best[:depth])


def _gain(grades: Iterable[int]) -> float:
    gains = ((2.0**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades))
    return math.fsum(gains)
