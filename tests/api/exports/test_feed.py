"""The feed under real commits: who follows it misses nothing, whatever commits in between."""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import msgspec
import pytest
from httpx import AsyncClient

from api import database
from api.accounts.service import SYSTEM
from api.clock import now
from api.enterprises import service as enterprises
from api.enterprises.schemas import EnterpriseIn, OfferingIn
from api.exports.queries import Place, cluster
from api.pagination import read_cursor, write_cursor
from tests.builders import an_enterprise, an_offering, stored

EDITED, ADDED, REMOVED, UNTOUCHED = 50, 5, 5, 20
AT_ONCE = 5


@pytest.fixture
async def desk(committing_desk: AsyncClient) -> AsyncIterator[AsyncClient]:
    yield committing_desk
    await database.fetch("DELETE FROM change")


async def page(desk: AsyncClient, cursor: str | None, limit: int = 7) -> dict[str, Any]:
    query = {"limit": str(limit)} | ({} if cursor is None else {"cursor": cursor})
    response = await desk.get("/v1/changes", params=query)
    assert response.status_code == 200, response.text
    answered: dict[str, Any] = response.json()
    return answered


async def rest(desk: AsyncClient, cursor: str | None) -> tuple[list[dict[str, Any]], str]:
    """All that waits after a cursor, and where that ends."""
    seen: list[dict[str, Any]] = []
    while True:
        answered = await page(desk, cursor)
        seen += answered["items"]
        cursor = answered["nextCursor"]
        if not answered["hasMore"]:
            return seen, str(cursor)


async def where_it_stands(desk: AsyncClient) -> str:
    answer = await desk.get("/v1/exports/enterprises.jsonl")
    return str(answer.headers["Feed-Cursor"])


def _in(body: dict[str, Any], kind: type[Any]) -> Any:
    return msgspec.convert(body, kind)


async def slowly(what: Coroutine[Any, Any, None], seconds: float) -> None:
    """Do a change on a connection of its own, and commit it only after a while."""
    async with database.transaction():
        await what
        await asyncio.sleep(seconds)


async def test_a_follower_misses_nothing_while_many_write_at_once(desk: AsyncClient) -> None:
    total = EDITED + REMOVED + UNTOUCHED
    firms = [uuid.UUID((await stored(desk, name=f"Firma {n}"))["id"]) for n in range(total)]
    edited, removed = firms[:EDITED], firms[EDITED : EDITED + REMOVED]
    start = await where_it_stands(desk)

    added: list[uuid.UUID] = []
    writing = asyncio.gather(*at_random(edits(edited, removed, added)))
    seen, pages = await followed(desk, start, writing)

    newest = {one["enterpriseId"]: one["state"] for one in seen}
    assert newest == (
        {str(one): "published" for one in (*edited, *added)}
        | {str(one): "withdrawn" for one in removed}
    )
    assert len(seen) == EDITED + ADDED + REMOVED
    assert pages > 10
    walked_again, _ = await rest(desk, start)
    assert [_id(one) for one in walked_again] == [_id(one) for one in seen]


def _id(change: dict[str, Any]) -> str:
    return str(change["enterpriseId"])


def edits(
    edited: list[uuid.UUID], removed: list[uuid.UUID], added: list[uuid.UUID]
) -> list[Coroutine[Any, Any, None]]:
    async def add() -> None:
        one = await enterprises.create(_in(an_enterprise(), EnterpriseIn), SYSTEM, now())
        added.append(one.id)

    async def edit(one: uuid.UUID) -> None:
        new_offering = _in(an_offering(title="Nieuw"), OfferingIn)
        await enterprises.add_offering(one, new_offering, SYSTEM, now())

    withdrawn = [enterprises.withdraw(one, None, SYSTEM, now()) for one in removed]
    return [*map(edit, edited), *withdrawn, *(add() for _ in range(ADDED))]


def at_random(work: list[Coroutine[Any, Any, None]]) -> list[Coroutine[Any, Any, None]]:
    """A few at once, in no order, each committing after another while."""
    draw = random.Random(7)
    draw.shuffle(work)
    at_once = asyncio.Semaphore(AT_ONCE)

    async def write(what: Coroutine[Any, Any, None], seconds: float) -> None:
        async with at_once:
            await slowly(what, seconds)

    return [write(one, draw.random() / 20) for one in work]


async def followed(
    desk: AsyncClient, cursor: str, writing: asyncio.Future[list[None]]
) -> tuple[list[dict[str, Any]], int]:
    """What a follower sees who asks all the time, and how often it asked."""
    seen: list[dict[str, Any]] = []
    pages = 0
    while not writing.done():
        answered = await page(desk, cursor)
        seen += answered["items"]
        cursor, pages = answered["nextCursor"], pages + 1
        await asyncio.sleep(0.002)
    await writing
    last, _ = await rest(desk, cursor)
    return seen + last, pages


async def test_a_change_that_commits_late_is_waited_for(desk: AsyncClient) -> None:
    first, second = [uuid.UUID((await stored(desk))["id"]) for _ in range(2)]
    start = await where_it_stands(desk)
    new_offering = _in(an_offering(title="Nieuw"), OfferingIn)
    written, go_on = asyncio.Event(), asyncio.Event()

    async def early_but_slow() -> None:
        async with database.transaction():
            await enterprises.add_offering(first, new_offering, SYSTEM, now())
            written.set()
            await go_on.wait()

    slow = asyncio.create_task(early_but_slow())
    await written.wait()
    await enterprises.add_offering(second, new_offering, SYSTEM, now())

    meanwhile, cursor = await rest(desk, start)
    go_on.set()
    await slow
    afterwards, _ = await rest(desk, cursor)

    assert meanwhile == []
    assert [one["enterpriseId"] for one in afterwards] == [str(first), str(second)]


async def test_what_is_rolled_back_is_never_told(desk: AsyncClient) -> None:
    firm = uuid.UUID((await stored(desk))["id"])
    start = await where_it_stands(desk)

    async def withdraw_and_fail() -> None:
        async with database.transaction():
            await enterprises.withdraw(firm, None, SYSTEM, now())
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await withdraw_and_fail()

    assert (await rest(desk, start))[0] == []


async def test_who_left_comes_as_a_tombstone_with_the_successor(desk: AsyncClient) -> None:
    gone, merged, into = [await stored(desk) for _ in range(3)]
    await desk.delete(f"/v1/enterprises/{gone['id']}", headers={"If-Match": "*"})
    sql = "UPDATE enterprise SET state = 'merged', successor = $2 WHERE id = $1"
    await database.fetch(sql, uuid.UUID(merged["id"]), uuid.UUID(into["id"]))

    seen, _ = await rest(desk, None)

    told = {one["enterpriseId"]: (one["state"], one["successorId"]) for one in seen}
    assert told[gone["id"]] == ("withdrawn", None)
    assert told[merged["id"]] == ("merged", into["id"])
    assert told[into["id"]] == ("published", None)


async def test_the_last_page_gives_a_cursor_to_come_back_with(desk: AsyncClient) -> None:
    _, cursor = await rest(desk, None)
    nothing = await page(desk, cursor)
    firm = await stored(desk)

    later = await page(desk, nothing["nextCursor"])

    assert (nothing["items"], nothing["hasMore"], nothing["nextCursor"]) == ([], False, cursor)
    assert [one["enterpriseId"] for one in later["items"]] == [firm["id"]]


async def test_a_cursor_of_another_cluster_says_to_start_anew(desk: AsyncClient) -> None:
    answer = await desk.get("/v1/changes", params={"cursor": write_cursor(Place("42", 9, 9))})

    assert answer.status_code == 410
    assert answer.json()["code"] == "feed-restarted"


@pytest.mark.parametrize("cursor", ["x", "WzFd", write_cursor(["1", -1, 2]), write_cursor("1")])
async def test_an_unreadable_cursor_is_refused(desk: AsyncClient, cursor: str) -> None:
    answer = await desk.get("/v1/changes", params={"cursor": cursor})

    assert answer.status_code == 400
    assert [one["code"] for one in answer.json()["errors"]] == ["invalid-cursor"]


async def test_the_largest_place_is_no_crash(desk: AsyncClient) -> None:
    largest = Place(await cluster(), 2**63 - 1, 2**63 - 1)

    answered = await page(desk, write_cursor(largest))

    assert answered["items"] == []
    assert read_cursor(answered["nextCursor"], Place) == largest
