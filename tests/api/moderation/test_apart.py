"""Two firms that are alike are kept apart, until one of them changes or somebody thinks again."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from api.database import fetch
from tests.builders import a_key, stored

WHY = "Two branches with a board of their own, says the register."
PATH = "/v1/duplicate-refusals"


async def _pair(desk: AsyncClient) -> list[dict[str, Any]]:
    """Two profiles with one name in one place."""
    place = {"name": "Zwaluwstaart", "municipality": "GM0344", "postcode": "3511AA"}
    return [await stored(desk, **place) for _ in range(2)]


async def _refused(desk: AsyncClient, pair: list[dict[str, Any]]) -> dict[str, Any]:
    body = {"enterpriseIds": [one["id"] for one in reversed(pair)], "reason": WHY}
    made = await desk.post(PATH, json=body)
    assert made.status_code == 201, made.text
    assert made.headers["ETag"].startswith(made.json()["etag"][:-1])
    told: dict[str, Any] = made.json()
    return told


async def _offered(desk: AsyncClient, more: str = "") -> list[dict[str, Any]]:
    found = await desk.get(f"/v1/duplicates?municipality=GM0344{more}")
    items: list[dict[str, Any]] = found.json()["items"]
    return items


async def test_a_pair_that_is_kept_apart_is_no_longer_offered(desk: AsyncClient) -> None:
    pair = await _pair(desk)

    made = await _refused(desk, pair)

    first, second = sorted(one["id"] for one in pair)
    assert await _offered(desk) == []
    [shown] = await _offered(desk, "&includeRefused=true")
    assert (shown["first"], shown["second"], shown["refusalId"]) == (first, second, made["id"])
    assert (await desk.get(PATH)).json()["items"] == [made]
    assert (made["first"], made["second"], made["reason"]) == (first, second, WHY)
    assert made["holds"] is True


async def test_other_pairs_of_the_same_firm_are_still_offered(desk: AsyncClient) -> None:
    pair = await _pair(desk)
    third = await stored(desk, name="Zwaluwstaart", municipality="GM0344")

    await _refused(desk, pair)

    offered = await _offered(desk)
    assert [third["id"] in (one["first"], one["second"]) for one in offered] == [True, True]
    assert {one["refusalId"] for one in offered} == {None}


@pytest.mark.parametrize(
    ("change", "again"),
    [
        ({"name": "Zwaluwstaart Utrecht"}, True),
        ({"postcode": "3511AB"}, True),
        ({"kvkNumber": "87654321"}, True),
        ({"name": "Zwaluwstaart B.V."}, False),
        ({"mission": "Wij leren mensen een vak."}, False),
    ],
)
async def test_a_change_of_what_is_compared_offers_the_pair_again(
    desk: AsyncClient,
    change: dict[str, str],
    again: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    pair = await _pair(desk)
    made = await _refused(desk, pair)

    path = f"/v1/enterprises/{pair[1]['id']}"
    changed = await desk.patch(path, json=change, headers={"If-Match": "*"})

    assert changed.status_code == 200, changed.text
    assert [one["refusalId"] for one in await _offered(desk)] == ([None] if again else [])
    [told] = (await desk.get(PATH)).json()["items"]
    assert (told["id"], told["holds"]) == (made["id"], not again)


async def test_a_pair_that_is_offered_again_can_be_kept_apart_again(desk: AsyncClient) -> None:
    pair = await _pair(desk)
    before = await _refused(desk, pair)
    change = {"postcode": "3511AB"}
    path = f"/v1/enterprises/{pair[0]['id']}"
    await desk.patch(path, json=change, headers={"If-Match": "*"})

    after = await _refused(desk, pair)

    assert after["id"] != before["id"]
    assert (await desk.get(PATH)).json()["items"] == [after]
    assert await _offered(desk) == []


async def test_a_refusal_can_be_taken_back_and_both_steps_are_told(desk: AsyncClient) -> None:
    pair = await _pair(desk)
    made = await _refused(desk, pair)
    path = f"{PATH}/{made['id']}"

    blind = await desk.delete(path)
    stale = await desk.delete(path, headers={"If-Match": '"s0123456789abcdef"'})
    done = await desk.delete(path, headers={"If-Match": made["etag"]})
    gone = await desk.delete(path, headers={"If-Match": "*"})

    statuses = [one.status_code for one in (blind, stale, done, gone)]
    assert statuses == [428, 412, 204, 404]
    assert len(await _offered(desk)) == 1
    assert (await desk.get(PATH)).json()["items"] == []
    sql = """
    SELECT action, detail->>'reason' AS reason FROM audit_event
    WHERE subject = $1::uuid AND action LIKE 'duplicate.%' ORDER BY id
    """
    for firm in pair:
        told = [(row["action"], row["reason"]) for row in await fetch(sql, firm["id"])]
        assert told == [("duplicate.refused", WHY), ("duplicate.offered-again", WHY)]


async def test_refusals_are_walked_page_by_page(desk: AsyncClient) -> None:
    made = [await _refused(desk, await _pair(desk)) for _ in range(3)]

    first = (await desk.get(f"{PATH}?limit=2")).json()
    second = (await desk.get(f"{PATH}?limit=2&cursor={first['nextCursor']}")).json()

    assert first["items"] + second["items"] == made
    assert second["nextCursor"] is None


async def test_what_is_no_pair_is_not_kept(desk: AsyncClient) -> None:
    pair = await _pair(desk)
    ids = [one["id"] for one in pair]
    await _refused(desk, pair)

    async def answer(given: list[str], reason: str = WHY) -> tuple[int, str]:
        body = {"enterpriseIds": given, "reason": reason}
        told = await desk.post(PATH, json=body)
        faults = told.json().get("errors") or [told.json()]
        return told.status_code, faults[0]["code"]

    assert await answer(ids) == (409, "pair-refused")
    assert await answer([ids[0], ids[0]]) == (400, "duplicate-id")
    assert await answer(ids[:1]) == (400, "invalid-value")
    assert await answer([ids[0], str(uuid4())]) == (404, "not-found")
    assert await answer(ids, "bel 111222333") == (400, "personal-number-suspected")
    await desk.post(f"/v1/enterprises/{ids[0]}/merges", json={"successorId": ids[1], "reason": WHY})
    assert (await answer(ids))[0] == 410


async def test_only_moderators_keep_apart(desk: AsyncClient) -> None:
    made = await _refused(desk, await _pair(desk))
    key = await a_key("directory:write")

    body = {"enterpriseIds": [made["first"], made["second"]], "reason": WHY}
    answers = [
        await desk.post(PATH, json=body, headers=key),
        await desk.get(PATH, headers=key),
        await desk.delete(f"{PATH}/{made['id']}", headers=key | {"If-Match": "*"}),
    ]

    assert [one.status_code for one in answers] == [403, 403, 403]
