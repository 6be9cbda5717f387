"""A directory that nobody is in yet answers every kind of search, and says that it is empty."""

from typing import Any

import pytest
from httpx import AsyncClient

from api import indexing
from search.client import Client
from search.rebuild import drop, live_index

EVERY_KIND: tuple[dict[str, Any], ...] = (
    {},
    {"q": "schilderwerk"},
    {"q": "buitenschilderwerk kozijnen Utrecht"},
    {"q": "schilderwrek"},
    {"q": "De Kwast"},
    {"q": "01234567"},
    {"q": "pso 3 schilder"},
    {"q": "schilderwerk", "sort": "name"},
    {"sort": "updated"},
    {"near": "52.1,5.1", "radiusKm": 10, "sort": "distance"},
    {"near": "52.1,5.1", "radiusKm": 10, "q": "broodjes"},
    {"bbox": "4.0,51.0,6.0,53.0"},
    {"cpv": ["45000000"], "municipality": "Utrecht", "includeNational": False},
    {"province": "Utrecht", "serviceMode": ["goods"], "targetGroup": ["wia"]},
    {"mark": ["pso-2"], "minCapacityCents": 100, "reservedEligible": True},
)
FACETS = ["serviceMode", "targetGroup", "targetGroupShare", "reservedEligible", "province", "mark"]


@pytest.fixture(params=["first start", "rebuild"])
async def nobody(
    request: pytest.FixtureRequest,
    desk: AsyncClient,  # noqa: ARG001  depends by name
    engine: Client,
    index_prefix: str,
) -> None:
    """An index without documents: made by a worker that found none, or made anew."""
    if request.param == "first start":
        await drop(engine, live_index(index_prefix))
        await indexing.catch_up()
    else:
        await indexing.rebuild()


@pytest.mark.usefixtures("nobody")
async def test_every_kind_of_search_finds_nobody(desk: AsyncClient) -> None:
    for asked in EVERY_KIND:
        for more in ({}, {"facets": FACETS}):
            answer = await desk.get("/v1/enterprises", params=asked | more)

            assert answer.status_code == 200, (asked, answer.text)
            found = answer.json()
            assert (found["items"], found["total"], found["degraded"]) == ([], 0, False), asked


@pytest.mark.usefixtures("nobody")
async def test_every_kind_of_search_can_be_locked(desk: AsyncClient) -> None:
    for asked in EVERY_KIND:
        parameters = {name: value for name, value in asked.items() if name != "sort"}
        body = {"name": "x", "parameters": parameters, "sort": asked.get("sort", "relevance")}
        kept = await desk.post("/v1/saved-searches", json=body)
        assert kept.status_code == 201, kept.text

        locked = await desk.post(f"{kept.headers['Location']}/locks")
        compared = await desk.get(f"{locked.headers['Location']}/difference")

        assert (locked.status_code, locked.json()["entries"]) == (201, []), locked.text
        assert compared.status_code == 200, compared.text
