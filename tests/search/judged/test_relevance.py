"""The judged queries keep being answered at least this well. ADR 15 holds the figures."""

import os
from collections.abc import Mapping

import pytest

from tests.conftest import NOW
from tests.search.judged.engines import Ranking, rankings
from tests.search.judged.measure import halves, judge, ours, plain


@pytest.fixture(scope="module")
async def found(migrated: None, engine_url: str) -> Mapping[str, Ranking]:  # noqa: ARG001  depend by name
    """Both rankings of every judged query, over the demo directory."""
    tuning, held_out = halves()
    return await rankings([*tuning, *held_out], engine_url, os.environ.get("MEILISEARCH_KEY"), NOW)


def test_the_halves_are_about_as_large_and_share_no_query() -> None:
    tuning, held_out = halves()

    assert min(len(tuning), len(held_out)) >= 200
    assert not set(tuning) & set(held_out)


def test_the_held_out_half_is_answered_well(found: Mapping[str, Ranking]) -> None:
    _, held_out = halves()
    score = ours(judge(held_out, found))

    assert score.ndcg >= 0.88
    assert score.recall >= 0.91


def test_the_tuning_half_is_answered_well(found: Mapping[str, Ranking]) -> None:
    tuning, _ = halves()
    score = ours(judge(tuning, found))

    assert score.ndcg >= 0.93
    assert score.recall >= 0.95


def test_the_analyser_is_worth_its_keep(found: Mapping[str, Ranking]) -> None:
    _, held_out = halves()
    judgements = judge(held_out, found)

    assert ours(judgements).ndcg - plain(judgements).ndcg >= 0.25


def test_lunch_caterers_that_deliver_in_utrecht_come_first(found: Mapping[str, Ranking]) -> None:
    # Tafel Twaalf and De Gulle Schaal: vergaderlunch and belegde broodjes, and they come here.
    # A farm with meeting rooms, where lunch can be had, comes behind both.
    first = found["broodjes vergadering Utrecht"].ours
    assert first[:2] == ("97258595", "96572755")
