"""How well offerings fit texts: asked together, answered as if asked alone."""

from typing import Any

import pytest

from search.client import Client
from search.dutch import analyser
from search.relevance import ASKED_TOGETHER, relevance, relevances
from tests.search.builders import documents, enterprise, fill, offering

TEXTS = ("lunch", "taart en lunch", "kantoorschonmaak", "qqqqq", "", "lunch")


async def filled(client: Client, prefix: str) -> str:
    groups = [
        documents(enterprise("lunch"), offering("l", "Lunch")),
        documents(enterprise("taart"), offering("t", "Taart")),
        documents(enterprise("clean"), offering("c", "Kantoorschoonmaak")),
        documents(enterprise("beide"), offering("b", "Lunch met taart")),
    ]
    return await fill(client, prefix, *groups)


async def test_texts_asked_together_are_answered_as_if_alone(client: Client, prefix: str) -> None:
    index = await filled(client, prefix)

    together = await relevances(client, index, TEXTS, analyser())

    alone = [await relevance(client, index, text, analyser()) for text in TEXTS]
    assert together == alone
    assert [set(one) for one in together] == [
        {"l", "b"},
        {"l", "t", "b"},
        {"c"},
        set(),
        set(),
        {"l", "b"},
    ]


async def test_of_what_fits_a_text_best_nothing_is_taken_off(client: Client, prefix: str) -> None:
    index = await filled(client, prefix)

    found = await relevance(client, index, "lunch taart", analyser())

    assert found["b"] == max(found.values())
    assert all(0 < one <= 1 for one in found.values())


async def test_eight_texts_cost_as_many_requests_as_one(
    client: Client, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = await filled(client, prefix)
    asked = 0
    send = client._send

    async def counted(*given: Any) -> bytes:
        nonlocal asked
        asked += 1
        return await send(*given)

    monkeypatch.setattr(client, "_send", counted)  # counts, and asks the engine

    await relevances(client, index, ["lunch taart"], analyser())
    alone, asked = asked, 0
    texts = [f"lunch {'taart ' * (n + 1)}" for n in range(ASKED_TOGETHER)]
    await relevances(client, index, texts, analyser())

    assert asked == alone
