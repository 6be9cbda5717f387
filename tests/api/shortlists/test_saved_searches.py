import uuid
from typing import Any

import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.document import described

PARAMETERS = {"q": "broodjes vergadering", "municipality": "Den Bosch", "mark": ["pso-1"]}


async def test_a_search_is_kept_with_its_parameters_and_alerts(desk: AsyncClient) -> None:
    body = {"name": "Lunch", "parameters": PARAMETERS, "alerts": "weekly", "sort": "name"}

    made = await desk.post("/v1/saved-searches", json=body)
    read = await desk.get(made.headers["Location"])
    listed = await desk.get("/v1/saved-searches")

    assert made.status_code == 201
    assert read.json() == made.json()
    assert read.json()["parameters"] == PARAMETERS
    assert (read.json()["alerts"], read.json()["sort"]) == ("weekly", "name")
    assert read.json()["locks"] == []
    assert [one["id"] for one in listed.json()["items"]] == [made.json()["id"]]


@pytest.mark.parametrize(
    ("parameters", "code", "place"),
    [
        ({"cpv": ["123"]}, "invalid-cpv", "/parameters/cpv/0"),
        ({"municipality": "Nergenshuizen"}, "unknown-area", "/parameters/municipality"),
        ({"near": "52.1,5.1"}, "half-a-circle", "/parameters/near"),
        ({"mark": ["pso-9"]}, "unknown-mark", "/parameters/mark"),
        ({"q": "bel 111222333"}, "personal-number-suspected", "/parameters/q"),
    ],
)
async def test_parameters_are_checked_as_the_search_checks_them(
    desk: AsyncClient, parameters: dict[str, Any], code: str, place: str
) -> None:
    answer = await desk.post("/v1/saved-searches", json={"name": "x", "parameters": parameters})

    assert answer.status_code == 400
    faults = [(one["code"], one["place"]) for one in answer.json()["errors"]]
    assert (code, place) in faults


@pytest.mark.parametrize(
    "parameters",
    [{"colour": "red"}, {"radiusKm": 0}, {"q": "x" * 201}, {"serviceMode": ["magic"]}],
)
async def test_what_the_search_would_refuse_is_not_kept(
    desk: AsyncClient, parameters: dict[str, Any]
) -> None:
    answer = await desk.post("/v1/saved-searches", json={"name": "x", "parameters": parameters})

    assert answer.status_code == 400


def test_a_saved_search_has_the_parameters_of_the_search_save_those_of_a_page(
    app: Litestar,
) -> None:
    document = described(app)
    searched = document["paths"]["/enterprises"]["get"]["parameters"]
    kept = document["components"]["schemas"]["SearchFilters"]["properties"]

    paging = {"sort", "facets", "fields", "cursor", "limit"}
    asked = {one["name"] for one in searched if one["in"] == "query"}
    assert asked - paging == set(kept)


async def test_a_saved_search_is_deleted(desk: AsyncClient) -> None:
    made = await desk.post("/v1/saved-searches", json={"name": "Weg", "parameters": {}})
    path = made.headers["Location"]

    assert (await desk.delete(path, headers={"If-Match": "*"})).status_code == 204
    assert (await desk.get(path)).status_code == 404
    assert (await desk.delete(path, headers={"If-Match": "*"})).status_code == 404
    assert (await desk.get(f"/v1/saved-searches/{uuid.uuid4()}")).status_code == 404
