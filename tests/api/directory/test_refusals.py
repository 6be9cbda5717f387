"""A search that can't be read is refused with every fault; an engine that is down is told."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from api import index
from importers.engines import free_port

Directory = dict[str, UUID]


def faults_of(body: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((one["place"], one["code"]) for one in body["errors"])


async def test_every_parameter_that_cannot_be_read_is_named_by_its_public_name(
    client: AsyncClient,
) -> None:
    query = {
        "radiusKm": "far",
        "serviceMode": ["goods", "magic"],
        "targetGroup": "everybody",
        "minCapacityCents": "-1",
        "reservedEligible": "maybe",
        "includeNational": "2",
        "sort": "price",
        "facets": "colour",
        "limit": "0",
        "q": "x" * 201,
        "colour": "blue",
    }

    response = await client.get("/v1/enterprises", params=query)

    assert response.status_code == 400
    assert [place.split("/")[0] for place, _ in faults_of(response.json())] == sorted(query)


async def test_every_parameter_that_makes_no_sense_is_named_at_once(
    client: AsyncClient,
    directory: Directory,  # noqa: ARG001  depends by name
) -> None:
    query = {
        "cpv": ["1", "00000000"],
        "municipality": "Atlantis",
        "province": "NL99",
        "radiusKm": "5",
        "bbox": "5,52,4,53",
        "mark": ["pso-9", '"'],
        "sort": "distance",
        "cursor": "!",
    }

    response = await client.get("/v1/enterprises", params=query)

    assert response.status_code == 400
    assert faults_of(response.json()) == [
        ("bbox", "invalid-bbox"),
        ("cpv", "unknown-cpv"),
        ("cpv/0", "invalid-cpv"),
        ("cursor", "invalid-cursor"),
        ("mark", "unknown-mark"),
        ("mark", "unknown-mark"),
        ("municipality", "unknown-area"),
        ("near", "half-a-circle"),
        ("province", "unknown-area"),
        ("radiusKm", "radius-with-area"),
        ("sort", "half-a-circle"),
    ]


@pytest.mark.parametrize(
    "point", ["52.1", "52.1,5,6", "noord,west", "nan,5", "91,5", "52,inf", ","]
)
async def test_a_point_that_is_none_is_refused(
    client: AsyncClient,
    directory: Directory,  # noqa: ARG001  depends by name
    point: str,
) -> None:
    response = await client.get("/v1/enterprises", params={"near": point, "radiusKm": "5"})

    assert response.status_code == 400
    assert faults_of(response.json()) == [("near", "invalid-point")]


@pytest.mark.parametrize(
    "words",
    [
        "\0",
        "%",
        '"',
        "\\",
        "'s-Hertogenbosch",
        "a OR b",
        "]",
        "😀" * 200,
        " ",
        "🇳🇱",
        "../",
        "\u202e",
    ],
)
async def test_no_words_can_break_a_search(
    client: AsyncClient,
    directory: Directory,  # noqa: ARG001  depends by name
    words: str,
) -> None:
    response = await client.get("/v1/enterprises", params={"q": words, "facets": "province"})

    assert response.status_code == 200


@pytest.mark.parametrize(
    "words", ["schilderwerk", "schilderwerk Utrecht", "De Kwastjes", "PSO lunch"]
)
async def test_a_text_search_without_the_engine_is_told_and_never_an_empty_list(
    client: AsyncClient,
    directory: Directory,  # noqa: ARG001  depends by name
    words: str,
) -> None:
    query = {"q": words}
    async with index.engine(f"http://127.0.0.1:{free_port()}"):
        response = await client.get("/v1/enterprises", params=query)

    assert response.status_code == 503
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "unavailable"
    assert (await client.get("/v1/enterprises", params=query)).status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "0123.45.67"}, ["painter"]),
        ({"q": "76543210"}, []),
        ({"q": "de kwast"}, ["painter"]),
        ({"q": "Groenwerk Zwolle"}, ["gardener"]),
        ({"q": "Utrecht", "cpv": "45400000"}, ["painter"]),
        ({"q": "PSO 3"}, ["painter"]),
        ({"cpv": "55520000"}, ["caterer"]),
        ({"sort": "name"}, ["caterer", "cleaner", "painter", "gardener", "newcomer"]),
    ],
    ids=str,
)
async def test_numbers_names_and_filters_are_answered_without_the_engine(
    client: AsyncClient, directory: Directory, query: dict[str, str], expected: list[str]
) -> None:
    async with index.engine(f"http://127.0.0.1:{free_port()}"):
        page = (await client.get("/v1/enterprises", params=query)).json()

    names = {str(one): name for name, one in directory.items()}
    assert [names[one["id"]] for one in page["items"]] == expected
    assert (page["total"], page["degraded"], page["facets"]) == (len(expected), True, {})


@pytest.mark.parametrize("sort", ["relevance", "name", "updated"])
async def test_a_walk_goes_on_without_the_engine_where_it_was(
    client: AsyncClient, directory: Directory, sort: str
) -> None:
    first = (await client.get("/v1/enterprises", params={"sort": sort, "limit": 2})).json()
    query = {"sort": sort, "limit": 2, "cursor": first["nextCursor"]}
    async with index.engine(f"http://127.0.0.1:{free_port()}"):
        second = (await client.get("/v1/enterprises", params=query)).json()
    query["cursor"] = second["nextCursor"]
    third = (await client.get("/v1/enterprises", params=query)).json()

    seen = [UUID(one["id"]) for page in (first, second, third) for one in page["items"]]
    assert len(seen) == len(directory)
    assert set(seen) == set(directory.values())
    assert third["nextCursor"] is None


async def test_profiles_are_read_while_the_engine_is_down(
    client: AsyncClient, directory: Directory
) -> None:
    async with index.engine(f"http://127.0.0.1:{free_port()}"):
        response = await client.get(f"/v1/enterprises/{directory['painter']}")

    assert response.status_code == 200
