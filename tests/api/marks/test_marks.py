"""Marks over HTTP: claimed, verified by somebody else, revoked, lapsed."""

import json
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response

from api import clock
from api.database import fetch
from tests.builders import a_key, stored

TODAY = clock.legal_day(clock.now())
PSO = {
    "scheme": "pso",
    "level": "2",
    "reference": "PSO-2026-17",
    "issuedOn": str(TODAY - timedelta(days=100)),
    "validUntil": str(TODAY + timedelta(days=60)),
}
SEEN = {"verifiedOn": str(TODAY), "reference": "register, no. PSO-2026-17"}


async def claimed(desk: AsyncClient, firm: dict[str, Any], **changes: Any) -> Response:
    return await desk.post(f"/v1/enterprises/{firm['id']}/marks", json=PSO | changes)


async def verified(client: AsyncClient, firm: dict[str, Any], mark: str, **seen: Any) -> Response:
    path = f"/v1/enterprises/{firm['id']}/marks/{mark}/verifications"
    verifier = await a_key("directory:verify")
    return await client.post(path, json=SEEN | seen, headers=verifier)


async def test_the_kinds_of_marks_are_listed_with_levels_and_source(desk: AsyncClient) -> None:
    found = {one["code"]: one for one in (await desk.get("/v1/mark-schemes")).json()}

    assert len(found) == 19
    assert found["pso"]["levels"] == ["aspirant", "1", "2", "3"]
    assert (found["pso"]["longestMonths"], found["pso"]["kind"]) == (24, "social")
    assert found["iso-9001"]["kind"] == "certificate"
    assert found["pso-30plus"]["reservedEvidence"]


async def test_a_mark_is_claimed_and_then_verified_by_somebody_else(desk: AsyncClient) -> None:
    firm = await stored(desk)
    made = await claimed(desk, firm)
    assert (made.status_code, made.json()["state"]) == (201, "claimed")

    seen = await verified(desk, firm, made.json()["id"])

    assert seen.status_code == 201, seen.text
    assert seen.json()["state"] == "verified"
    listed = (await desk.get(f"/v1/enterprises/{firm['id']}/marks")).json()
    assert [(one["scheme"], one["state"]) for one in listed] == [("pso", "verified")]
    rows = await fetch(
        "SELECT action FROM audit_event WHERE subject = $1::uuid ORDER BY id", firm["id"]
    )
    assert [row["action"] for row in rows][-2:] == ["mark.claimed", "mark.verified"]


async def test_who_claimed_a_mark_does_not_verify_it(desk: AsyncClient) -> None:
    firm = await stored(desk)
    mark = (await claimed(desk, firm)).json()["id"]

    answer = await desk.post(f"/v1/enterprises/{firm['id']}/marks/{mark}/verifications", json=SEEN)

    assert (answer.status_code, answer.json()["code"]) == (409, "four-eyes")


async def test_marks_given_with_a_new_profile_are_under_four_eyes_too(desk: AsyncClient) -> None:
    firm = await stored(desk, marks=[PSO])
    [mark] = firm["marks"]

    path = f"/v1/enterprises/{firm['id']}/marks/{mark['id']}/verifications"

    assert (await desk.post(path, json=SEEN)).json()["code"] == "four-eyes"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scheme": "zelfbedacht"}, "unknown-mark-scheme"),
        ({"level": "4"}, "unknown-mark-level"),
        ({"validUntil": str(TODAY + timedelta(days=700))}, "mark-lasts-too-long"),
        ({"reference": "BSN 111222333"}, "personal-number-suspected"),
    ],
)
async def test_a_claim_that_cannot_be_is_refused(
    desk: AsyncClient, changes: dict[str, Any], code: str
) -> None:
    answer = await claimed(desk, await stored(desk), **changes)

    assert answer.status_code == 400
    assert [one["code"] for one in answer.json()["errors"]] == [code]


async def test_the_same_certificate_is_claimed_once(desk: AsyncClient) -> None:
    firm = await stored(desk)
    assert (await claimed(desk, firm)).status_code == 201

    assert (await claimed(desk, firm)).json()["code"] == "mark-held"


async def test_a_certificate_of_other_firms_stays_claimed_and_says_why(desk: AsyncClient) -> None:
    firm = await stored(desk)
    made = await claimed(desk, firm, holderKvkNumbers=["99999999"])
    assert (made.json()["state"], made.json()["stateReason"]) == ("claimed", "not-a-holder")

    refused = await verified(desk, firm, made.json()["id"])

    assert (refused.status_code, refused.json()["code"]) == (409, "mark-not-verifiable")


async def test_a_new_kvk_number_undoes_the_certificates_that_do_not_name_it(
    desk: AsyncClient,
) -> None:
    firm = await stored(desk)
    made = (await claimed(desk, firm, holderKvkNumbers=[firm["kvkNumber"]])).json()
    assert (await verified(desk, firm, made["id"])).status_code == 201

    await desk.patch(
        f"/v1/enterprises/{firm['id']}", json={"kvkNumber": "88888888"}, headers={"If-Match": "*"}
    )

    [mark] = (await desk.get(f"/v1/enterprises/{firm['id']}/marks")).json()
    assert (mark["state"], mark["verifiedOn"]) == ("claimed", None)


async def test_a_revoked_mark_never_counts_again(desk: AsyncClient) -> None:
    firm = await stored(desk)
    mark = (await claimed(desk, firm)).json()["id"]
    await verified(desk, firm, mark)
    path = f"/v1/enterprises/{firm['id']}/marks/{mark}/revocations"
    why = {"revokedOn": str(TODAY), "reason": "struck off the register"}

    revoked = await desk.post(path, json=why)

    assert (revoked.status_code, revoked.json()["state"]) == (201, "revoked")
    assert (await desk.post(path, json=why)).json()["code"] == "mark-revoked"
    assert (await verified(desk, firm, mark)).json()["code"] == "mark-not-verifiable"


async def test_a_certificate_of_several_firms_ends_for_all_of_them(desk: AsyncClient) -> None:
    first, second, other = [await stored(desk) for _ in range(3)]
    holders = [first["kvkNumber"], second["kvkNumber"]]
    marks = [
        (await claimed(desk, firm, holderKvkNumbers=holders)).json()["id"]
        for firm in (first, second)
    ]
    own = (await claimed(desk, other)).json()["id"]
    for firm, mark in ((first, marks[0]), (second, marks[1]), (other, own)):
        assert (await verified(desk, firm, mark)).status_code == 201

    path = f"/v1/enterprises/{first['id']}/marks/{marks[0]}/revocations"
    why = {"revokedOn": str(TODAY), "reason": "withdrawn by PSO-Nederland"}
    assert (await desk.post(path, json=why)).status_code == 201

    states = [
        (await desk.get(f"/v1/enterprises/{firm['id']}/marks")).json()[0]["state"]
        for firm in (first, second, other)
    ]
    assert states == ["revoked", "revoked", "verified"]
    again = f"/v1/enterprises/{second['id']}/marks/{marks[1]}/revocations"
    assert (await desk.post(again, json=why)).json()["code"] == "mark-revoked"


async def test_what_was_seen_was_not_seen_tomorrow(desk: AsyncClient) -> None:
    firm = await stored(desk)
    mark = (await claimed(desk, firm)).json()["id"]

    answer = await verified(desk, firm, mark, verifiedOn=str(TODAY + timedelta(days=1)))

    assert [one["code"] for one in answer.json()["errors"]] == ["day-in-future"]


async def test_verifying_needs_its_scope_and_a_mark_of_this_firm(desk: AsyncClient) -> None:
    firm, other = await stored(desk), await stored(desk)
    mark = (await claimed(desk, firm)).json()["id"]
    path = f"/v1/enterprises/{firm['id']}/marks/{mark}/verifications"

    without = await desk.post(path, json=SEEN, headers=await a_key("directory:write"))

    assert without.status_code == 403
    assert (await verified(desk, other, mark)).status_code == 404


async def test_marks_that_lapse_within_days_are_listed_soonest_first(desk: AsyncClient) -> None:
    firm = await stored(desk)
    for days in (60, 30, 200):
        made = await claimed(desk, firm, validUntil=str(TODAY + timedelta(days=days)))
        assert (await verified(desk, firm, made.json()["id"])).status_code == 201
    await claimed(desk, firm, validUntil=str(TODAY + timedelta(days=10)))

    first = (await desk.get("/v1/expiring-marks?within=90&limit=1")).json()
    second = (await desk.get(f"/v1/expiring-marks?cursor={first['nextCursor']}")).json()

    found = [(one["enterpriseId"], one["daysLeft"]) for one in (*first["items"], *second["items"])]
    assert found == [(firm["id"], 30), (firm["id"], 60)]
    assert second["nextCursor"] is None


async def test_a_share_is_verified_by_somebody_else_and_a_new_share_is_unproven(
    desk: AsyncClient,
) -> None:
    firm = await stored(desk, targetGroupShare="30-49")
    path = f"/v1/enterprises/{firm['id']}/share-verifications"
    assert (await desk.post(path, json=SEEN)).json()["code"] == "four-eyes"

    seen = await desk.post(path, json=SEEN, headers=await a_key("directory:verify"))

    assert seen.status_code == 201, seen.text
    here = f"/v1/enterprises/{firm['id']}"
    assert (await desk.get(here)).json()["shareVerifiedOn"] == str(TODAY)
    await desk.patch(here, json={"targetGroupShare": "50-74"}, headers={"If-Match": "*"})
    assert (await desk.get(here)).json()["shareVerifiedOn"] is None


async def test_there_is_no_share_to_verify_where_none_is_stated(desk: AsyncClient) -> None:
    firm = await stored(desk)

    answer = await desk.post(f"/v1/enterprises/{firm['id']}/share-verifications", json=SEEN)

    assert answer.json()["code"] == "share-unknown"


async def test_shares_without_proof_are_listed_page_by_page(desk: AsyncClient) -> None:
    made = [await stored(desk, targetGroupShare="30-49") for _ in range(3)]
    await stored(desk)
    other = await a_key("directory:verify")
    path = f"/v1/enterprises/{made[1]['id']}/share-verifications"
    assert (await desk.post(path, json=SEEN, headers=other)).status_code == 201

    first = (await desk.get("/v1/stated-shares?limit=1")).json()
    second = (await desk.get(f"/v1/stated-shares?limit=1&cursor={first['nextCursor']}")).json()

    assert first["items"] + second["items"] == [
        {
            "enterpriseId": one["id"],
            "enterpriseName": one["name"],
            "targetGroupShare": "30-49",
        }
        for one in (made[0], made[2])
    ]
    assert second["nextCursor"] is None


async def test_a_share_that_is_not_right_is_unknown_from_then_on(desk: AsyncClient) -> None:
    firm = await stored(desk, targetGroupShare="30-49")
    path, why = f"/v1/enterprises/{firm['id']}/share-refusals", {"reason": "in no report at all"}
    personal = await desk.post(path, json={"reason": "BSN 111222333"})

    done = await desk.post(path, json=why)
    again = await desk.post(path, json=why)

    assert personal.json()["errors"][0]["place"] == "/reason"
    assert done.status_code == 204, done.text
    assert (again.status_code, again.json()["code"]) == (409, "share-unknown")
    profile = (await desk.get(f"/v1/enterprises/{firm['id']}")).json()
    assert (profile["targetGroupShare"], profile["shareVerifiedOn"]) == (None, None)
    sql = """
    SELECT detail FROM audit_event WHERE subject = $1::uuid AND action = 'share.refused'
    """
    [told] = await fetch(sql, firm["id"])
    assert json.loads(told["detail"]) == {"share": "30-49"} | why
    history = (await desk.get(f"/v1/enterprises/{firm['id']}/history")).json()["items"]
    assert history[0]["fields"] == ["targetGroupShare"]
