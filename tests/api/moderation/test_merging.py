"""Duplicates offered, and merged into one profile."""

from httpx import AsyncClient

from api.database import fetch
from tests.builders import a_key, stored

WHY = "the same firm, seen in the register"


async def test_near_equal_names_in_one_place_are_offered(desk: AsyncClient) -> None:
    first = await stored(desk, name="Schildersbedrijf Zwaluwstaart B.V.", municipality="GM0344")
    second = await stored(desk, name="Zwaluwstaart Schildersbedrijf", municipality="GM0344")
    await stored(desk, name="Zwaluwstaart Schildersbedrijf", municipality="GM0307")

    found = (await desk.get("/v1/duplicates?municipality=GM0344")).json()

    assert found["items"] == [
        {
            "percent": 100,
            "reason": "similar-name",
            "first": first["id"],
            "firstName": first["name"],
            "second": second["id"],
            "secondName": second["name"],
            "refusalId": None,
        }
    ]


async def test_duplicates_are_walked_page_by_page(desk: AsyncClient) -> None:
    for _ in range(3):
        await stored(desk, name="Zwaluwstaart", municipality="GM0344")

    pairs, path = [], "/v1/duplicates?limit=2"
    page = (await desk.get(path)).json()
    pairs += page["items"]
    page = (await desk.get(f"{path}&cursor={page['nextCursor']}")).json()
    pairs += page["items"]

    assert len({(one["first"], one["second"]) for one in pairs}) == len(pairs) == 3
    assert page["nextCursor"] is None


async def test_a_merged_profile_is_gone_and_names_its_successor(desk: AsyncClient) -> None:
    mark = {"scheme": "sebo", "reference": "12"}
    old, new = await stored(desk, marks=[mark]), await stored(desk)

    merged = await desk.post(
        f"/v1/enterprises/{old['id']}/merges", json={"successorId": new["id"], "reason": WHY}
    )

    assert merged.status_code == 201, merged.text
    titles = [one["id"] for one in merged.json()["offerings"]]
    assert titles == [new["offerings"][0]["id"], old["offerings"][0]["id"]]
    [held] = merged.json()["marks"]
    assert held["holderKvkNumbers"] == [old["kvkNumber"]]
    assert (held["state"], held["stateReason"]) == ("claimed", "not-a-holder")
    gone = await desk.get(f"/v1/enterprises/{old['id']}")
    assert (gone.status_code, gone.json()["successorId"]) == (410, new["id"])


async def test_a_merge_leaves_audit_and_outbox_rows_for_both(desk: AsyncClient) -> None:
    old, new = await stored(desk), await stored(desk)
    await fetch("DELETE FROM outbox")

    await desk.post(
        f"/v1/enterprises/{old['id']}/merges", json={"successorId": new["id"], "reason": WHY}
    )

    told = await fetch("SELECT enterprise::text AS id FROM outbox ORDER BY id")
    assert [row["id"] for row in told] == [old["id"], new["id"]]
    sql = "SELECT action FROM audit_event WHERE subject = ANY($1::uuid[]) ORDER BY id"
    actions = [row["action"] for row in await fetch(sql, [old["id"], new["id"]])]
    assert actions[-2:] == ["enterprise.merged", "enterprise.took-over"]


async def test_a_successor_without_kvk_number_takes_it_over(desk: AsyncClient) -> None:
    old, new = await stored(desk), await stored(desk, kvkNumber=None)

    merged = await desk.post(
        f"/v1/enterprises/{old['id']}/merges", json={"successorId": new["id"], "reason": WHY}
    )

    assert merged.json()["kvkNumber"] == old["kvkNumber"]


async def test_merging_twice_names_the_last_successor(desk: AsyncClient) -> None:
    first, second, third = await stored(desk), await stored(desk), await stored(desk)
    for one, other in ((first, second), (second, third)):
        body = {"successorId": other["id"], "reason": WHY}
        await desk.post(f"/v1/enterprises/{one['id']}/merges", json=body)

    gone = await desk.get(f"/v1/enterprises/{first['id']}")

    assert gone.json()["successorId"] == third["id"]


async def test_what_cannot_be_merged_is_refused(desk: AsyncClient) -> None:
    firm, other = await stored(desk), await stored(desk)
    path = f"/v1/enterprises/{firm['id']}/merges"

    itself = await desk.post(path, json={"successorId": firm["id"], "reason": WHY})
    key = await a_key("directory:write")
    body = {"successorId": other["id"], "reason": WHY}

    assert (itself.status_code, itself.json()["code"]) == (409, "merge-refused")
    assert (await desk.post(path, json=body, headers=key)).status_code == 403
    assert (await desk.post(path, json=body)).status_code == 201
    assert (await desk.post(path, json=body)).status_code == 410
