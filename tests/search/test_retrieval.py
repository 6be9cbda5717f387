"""How well short Dutch questions find short Dutch offerings. The numbers stand in ADR 15."""

import statistics
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from search.client import Client
from search.documents import Document
from search.rebuild import drop
from tests.search.builders import documents, enterprise, fill, found, offering
from tests.search.judging import Judged, ndcg_at, phrases, queries, recall_at

DATA = Path(__file__).parent / "data"


def firms() -> list[tuple[Document, ...]]:
    """One firm per phrase, with that phrase as its only offering."""
    offered = phrases(DATA / "phrases.tsv").items()
    return [documents(enterprise(key), offering(f"o-{key}", text)) for key, text in offered]


@pytest.fixture(scope="module")
async def index(client: Client) -> AsyncIterator[str]:
    name = await fill(client, f"test-{uuid.uuid4().hex}", *firms())
    yield name
    await drop(client, name)


async def score(client: Client, index: str, judged: dict[str, Judged]) -> tuple[float, float]:
    """Mean recall@5 and mean nDCG@10."""
    rankings = [(await found(client, index, text), grades) for text, grades in judged.items()]
    recalls = (recall_at(5, ranking, grades) for ranking, grades in rankings)
    gains = (ndcg_at(10, ranking, grades) for ranking, grades in rankings)
    return statistics.fmean(recalls), statistics.fmean(gains)


def test_recall_is_of_as_many_as_fit() -> None:
    assert recall_at(2, ["a", "x", "b"], {"a": 2, "b": 1, "c": 1}) == 0.5
    assert recall_at(5, ["a", "b"], {"a": 2, "b": 1}) == 1


def test_a_perfect_ranking_gains_all_and_a_late_one_less() -> None:
    assert ndcg_at(10, ["a", "b"], {"a": 2, "b": 1}) == 1
    assert ndcg_at(10, ["x", "a"], {"a": 1}) == pytest.approx(0.63093, abs=1e-5)


async def test_the_judged_queries_find_what_they_should(client: Client, index: str) -> None:
    recall, gain = await score(client, index, queries(DATA / "queries.tsv"))
    assert recall >= 0.94
    assert gain >= 0.94


async def test_so_do_queries_that_the_word_lists_were_not_made_with(
    client: Client, index: str
) -> None:
    recall, gain = await score(client, index, queries(DATA / "queries_held_out.tsv"))
    assert recall >= 0.85
    assert gain >= 0.83


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("kantoorschoonmaak", {"s01", "s02"}),
        ("schoonmaak kantoren", {"s01", "s02"}),
        ("verpakkingsdienst", {"p01"}),
        ("inpakwerk", {"p01", "p02"}),
        ("hoveneir", {"g04"}),
        ("kast", {"e13"}),
        ("KASTANJE", {"e12"}),
    ],
)
async def test_compounds_forms_and_slips_of_the_pen(
    client: Client, index: str, text: str, wanted: set[str]
) -> None:
    assert wanted <= set(await found(client, index, text))


async def test_a_short_word_finds_no_longer_word_that_begins_with_it(
    client: Client, index: str
) -> None:
    assert "e12" not in await found(client, index, "kast")
