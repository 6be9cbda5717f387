"""Searching by words: products, places in the words, names and numbers."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from api.database import connection, fetch, transaction
from api.enterprises import queries

Directory = dict[str, UUID]


async def asked(client: AsyncClient, **query: Any) -> dict[str, Any]:
    response = await client.get("/v1/enterprises", params=query)
    assert response.status_code == 200, response.text
    page: dict[str, Any] = response.json()
    return page


async def found(client: AsyncClient, directory: Directory, **query: Any) -> list[str]:
    names = {str(one): name for name, one in directory.items()}
    return [names[one["id"]] for one in (await asked(client, **query))["items"]]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("schilderwerk", ["painter"]),
        ("kozijnen", ["painter"]),
        ("kerstpakket", ["caterer"]),
        ("hagen knippen", ["gardener"]),
        ("RAMEN WASSEN", ["cleaner"]),
    ],
)
async def test_words_find_what_is_offered(
    client: AsyncClient, directory: Directory, words: str, expected: list[str]
) -> None:
    assert await found(client, directory, q=words) == expected


async def test_a_name_finds_an_enterprise_without_any_offering(
    client: AsyncClient, directory: Directory
) -> None:
    page = await asked(client, q="zonder aanbod")

    [card] = page["items"]
    assert card["id"] == str(directory["newcomer"])
    assert card["offering"] is None


@pytest.mark.parametrize("number", ["01234567", "0123 4567", "0123.45.67"])
async def test_a_kvk_number_finds_its_enterprise(
    client: AsyncClient, directory: Directory, number: str
) -> None:
    assert await found(client, directory, q=number) == ["painter"]


async def test_a_place_in_the_words_filters_and_is_told(
    client: AsyncClient, directory: Directory
) -> None:
    page = await asked(client, q="schilderwerk Utrecht")

    assert [one["id"] for one in page["items"]] == [str(directory["painter"])]
    assert page["areas"] == [{"code": "GM0344", "name": "Utrecht"}]
    assert page["items"][0]["offering"]["covers"] == "full"


async def test_a_place_where_nobody_comes_finds_nobody(
    client: AsyncClient, directory: Directory
) -> None:
    assert await found(client, directory, q="schilderwerk Zwolle") == []


async def test_words_that_nothing_resembles_are_told(
    client: AsyncClient,
    directory: Directory,  # noqa: ARG001  depends by name
) -> None:
    page = await asked(client, q="xylofoonstemmer")

    assert (page["items"], page["total"]) == ([], 0)
    assert page["unknownWords"] != []


async def test_no_words_find_everybody(client: AsyncClient, directory: Directory) -> None:
    page = await asked(client, sort="name")

    assert page["total"] == 5
    assert [one["name"] for one in page["items"]] == [
        "Aan Tafel",
        "Blink Schoonmaak",
        "De Kwast",
        "Groenwerk Zwolle",
        "Zonder Aanbod",
    ]
    assert set(directory.values()) == {UUID(one["id"]) for one in page["items"]}


async def test_a_card_tells_what_a_buyer_looks_for_and_no_address(
    client: AsyncClient, directory: Directory
) -> None:
    [card] = (await asked(client, q="schilderwerk"))["items"]

    offering = card.pop("offering")
    assert card == {
        "id": str(directory["painter"]),
        "name": "De Kwast",
        "kvkNumber": "01234567",
        "town": "Utrecht",
        "municipality": "GM0344",
        "website": None,
        "targetGroupShare": "30-49",
        "marks": ["pso-3"],
    }
    assert (offering["title"], offering["reliableCapacityCents"]) == ("Schilderwerk", 10_000_000)


async def test_who_left_the_directory_is_dropped_before_the_index_knows(
    client: AsyncClient, directory: Directory
) -> None:
    gone = {"state": "withdrawn"}
    async with transaction():
        await queries.update_enterprise(directory["painter"], gone)
        page = await asked(client, q="schilderwerk")
        await queries.update_enterprise(directory["painter"], {"state": "published"})

    assert page["items"] == []


@pytest.mark.parametrize(
    "query",
    [{}, {"q": "schilderwerk Utrecht"}, {"q": "ramen", "facets": ["province", "mark"]}],
    ids=["all", "words", "facets"],
)
async def test_a_search_asks_the_database_one_thing(
    client: AsyncClient,
    directory: Directory,  # noqa: ARG001  depends by name
    query: dict[str, Any],
) -> None:
    statements: list[str] = []
    async with transaction():
        await fetch("SELECT 1")
        connection().add_query_logger(lambda record: statements.append(record.query))
        await asked(client, **query)
        await asyncio.sleep(0)  # the driver logs in the next turn of the loop
        counted = tuple(statements)

    # Once in half a minute the process also asks whether the reference lists changed.
    assert len(counted) <= 2
    assert len([one for one in counted if "reference_list" not in one]) == 1
