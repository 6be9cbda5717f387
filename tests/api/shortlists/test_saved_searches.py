import uuid
from typing import Any

import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.database import fetch
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


@pytest.mark.parametrize(
    "parameters",
    [
        {"includeNational": 0},
        {"includeNational": "true"},
        {"reservedEligible": 1},
        {"minCapacityCents": "5"},
        {"radiusKm": "5", "near": "Utrecht"},
    ],
)
async def test_a_value_of_another_type_is_not_taken_for_what_it_resembles(
    desk: AsyncClient, parameters: dict[str, Any]
) -> None:
    answer = await desk.post("/v1/saved-searches", json={"name": "x", "parameters": parameters})

    assert answer.status_code == 400, answer.text
    [fault] = answer.json()["errors"]
    name = next(iter(parameters))
    assert (fault["code"], fault["place"]) == ("invalid-value", f"/parameters/{name}")


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


async def a_search(desk: AsyncClient, **stated: Any) -> tuple[str, str]:
    """Keep a search; gives its path and its tag."""
    body = {"name": "Lunch", "parameters": {"q": "lunch"}} | stated
    made = await desk.post("/v1/saved-searches", json=body)
    return made.headers["Location"], made.headers["ETag"]


async def test_a_saved_search_is_changed_by_who_has_seen_it(desk: AsyncClient) -> None:
    path, tag = await a_search(desk)
    patch = {"name": "Taart", "parameters": {"q": "taart"}, "sort": "name", "alerts": "daily"}

    changed = await desk.patch(path, json=patch, headers={"If-Match": tag})
    read = await desk.get(path)

    assert changed.status_code == 200
    assert changed.json() == read.json()
    assert read.headers["ETag"].startswith(changed.headers["ETag"][:-1])
    assert changed.headers["ETag"] != tag
    assert {name: read.json()[name] for name in patch} == patch
    assert (await desk.patch(path, json=patch)).status_code == 428
    assert (await desk.patch(path, json=patch, headers={"If-Match": tag})).status_code == 412


async def test_what_a_patch_leaves_out_stays(desk: AsyncClient) -> None:
    path, tag = await a_search(desk, alerts="weekly")

    changed = await desk.patch(path, json={"name": "Taart"}, headers={"If-Match": tag})

    assert (changed.json()["name"], changed.json()["alerts"]) == ("Taart", "weekly")
    assert changed.json()["parameters"] == {"q": "lunch"}


@pytest.mark.parametrize(
    ("patch", "place"),
    [
        ({"parameters": {"cpv": ["123"]}}, "/parameters/cpv/0"),
        ({"parameters": {"q": "bel 111222333"}}, "/parameters/q"),
        ({"name": "bel 111222333"}, "/name"),
    ],
)
async def test_a_patch_is_checked_as_a_new_search_is(
    desk: AsyncClient, patch: dict[str, Any], place: str
) -> None:
    path, tag = await a_search(desk)

    answer = await desk.patch(path, json=patch, headers={"If-Match": tag})

    assert answer.status_code == 400
    assert place in [one["place"] for one in answer.json()["errors"]]
    assert (await desk.get(path)).headers["ETag"].startswith(tag[:-1])


async def test_of_another_question_nothing_was_found_yet(desk: AsyncClient) -> None:
    path, _ = await a_search(desk)
    search_id = path.rsplit("/", 1)[-1]
    await fetch("INSERT INTO search_watch VALUES ($1, '{}', '2026-11-01')", uuid.UUID(search_id))

    async def watched() -> int:
        return len(await fetch("SELECT FROM search_watch WHERE id = $1", uuid.UUID(search_id)))

    await desk.patch(path, json={"name": "Taart"}, headers={"If-Match": "*"})
    assert await watched() == 1
    await desk.patch(path, json={"parameters": {"q": "taart"}}, headers={"If-Match": "*"})
    assert await watched() == 0
