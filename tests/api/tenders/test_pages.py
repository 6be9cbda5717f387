"""Walking all tenders while others are added: each that was there is seen once."""

from typing import Any

import msgspec
import pytest
from httpx import AsyncClient

from tests.builders import a_release, upload

UNKNOWN = "01a20e4c-0000-7000-8000-000000000000"


async def added(desk: AsyncClient, *numbers: int) -> None:
    releases = [a_release() | {"ocid": f"ocds-{number}"} for number in numbers]
    body = msgspec.json.encode({"releases": releases, "version": "1.1"})
    await upload(desk, body, "application/json")


async def page_of(desk: AsyncClient, **query: Any) -> dict[str, Any]:
    response = await desk.get("/v1/tenders", params=query)
    assert response.status_code == 200, response.text
    page: dict[str, Any] = response.json()
    return page


def numbers_of(page: dict[str, Any]) -> list[int]:
    return [int(one["sourceId"].removeprefix("ocds-")) for one in page["items"]]


async def test_an_empty_list_is_one_page(desk: AsyncClient) -> None:
    assert await page_of(desk) == {"items": [], "nextCursor": None}


async def test_the_last_added_comes_first(desk: AsyncClient) -> None:
    await added(desk, 1, 2, 3)

    page = await page_of(desk)

    assert numbers_of(page) == [3, 2, 1]
    assert page["items"][0]["lotCount"] == 1


async def test_a_full_last_page_has_no_next_one(desk: AsyncClient) -> None:
    await added(desk, 1, 2, 3, 4)

    first = await page_of(desk, limit=2)
    second = await page_of(desk, limit=2, cursor=first["nextCursor"])

    assert (numbers_of(second), second["nextCursor"]) == ([2, 1], None)


async def test_a_walk_sees_every_tender_once_while_others_are_added(desk: AsyncClient) -> None:
    await added(desk, *range(1, 11))

    seen: list[int] = []
    query: dict[str, Any] = {"limit": 3}
    for newcomer in range(100, 110):
        page = await page_of(desk, **query)
        seen += numbers_of(page)
        if page["nextCursor"] is None:
            break
        query["cursor"] = page["nextCursor"]
        await added(desk, newcomer)

    assert seen == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]


async def test_a_walk_is_not_disturbed_by_a_tender_that_changes(desk: AsyncClient) -> None:
    await added(desk, 1, 2, 3)
    first = await page_of(desk, limit=1)
    changed = a_release(title="Anders") | {"ocid": "ocds-1"}
    await upload(desk, msgspec.json.encode(changed), "application/json")

    rest = await page_of(desk, limit=5, cursor=first["nextCursor"])

    assert numbers_of(first) + numbers_of(rest) == [3, 2, 1]


@pytest.mark.parametrize("path", ["tenders", "lots"])
async def test_what_never_was_is_not_found(desk: AsyncClient, path: str) -> None:
    response = await desk.get(f"/v1/{path}/{UNKNOWN}")

    assert (response.status_code, response.json()["code"]) == (404, "not-found")
