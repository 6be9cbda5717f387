"""Lots reserved under art. 77: who may take part hangs on a register, not on guesses."""

from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient

from api.accounts.service import OrganisationKind
from api.domain.tendering.notice import Buyer, Reservation
from api.domain.values import CpvCode
from tests.builders import ANY_STATE, a_kvk_number, stored
from tests.match_builders import a_key_of, a_lot, a_painter, a_tender, lots_of

SERVICE = "85312300"
UNKNOWN = "01a20e4c-0000-7000-8000-000000000000"
MISSION = {"met": True, "basis": "Statuten artikel 2 en 3, jaarrekening 2025."}


async def a_reserved_lot(buyer: str = "Gemeente Utrecht", **changes: Any) -> str:
    lot = a_lot(
        cpv_main=CpvCode(SERVICE), reservations=(Reservation.PUBLIC_SERVICE_MISSION,), **changes
    )
    [lot_id] = await lots_of(await a_tender(lot, buyer=Buyer(buyer)))
    return lot_id


@pytest.fixture
async def firm(desk: AsyncClient) -> str:
    return await a_painter(desk, "Zorg", 200_000, cpvCodes=[SERVICE])


async def verdict(desk: AsyncClient, lot: str, firm: str) -> tuple[str, str]:
    told = (await desk.get(f"/v1/lots/{lot}/matches/{firm}")).json()
    [code] = [
        one["code"]
        for one in told["explanation"]["reasons"]
        if one["rule"] == "reserved-participation"
    ]
    return told["outcome"], code


async def an_award(desk: AsyncClient, firm: str, **changes: Any) -> Any:
    body = {
        "enterpriseId": firm,
        "awardedOn": "2025-06-01",
        "source": "TenderNed 123",
        "buyer": {"name": "gemeente  UTRECHT"},
    }
    return await desk.post("/v1/art-77-awards", json=body | changes)


async def test_a_stated_mission_answers_the_question(desk: AsyncClient, firm: str) -> None:
    lot = await a_reserved_lot()
    before = await verdict(desk, lot, firm)

    stated = await desk.put(f"/v1/enterprises/{firm}/public-service-mission", json=MISSION)

    assert stated.status_code == 200
    assert before == ("matched", "art77-mission-unknown")
    assert await verdict(desk, lot, firm) == ("matched", "art77-met")
    unmet, tag = MISSION | {"met": False}, {"If-Match": stated.headers["ETag"]}
    await desk.put(f"/v1/enterprises/{firm}/public-service-mission", json=unmet, headers=tag)
    assert await verdict(desk, lot, firm) == ("excluded", "art77-mission-missing")


async def test_an_award_of_the_same_buyer_blocks_for_three_years(
    desk: AsyncClient, firm: str
) -> None:
    await desk.put(f"/v1/enterprises/{firm}/public-service-mission", json=MISSION)
    lot, of_other = await a_reserved_lot(), await a_reserved_lot("Gemeente Ede")
    later = await a_reserved_lot(starts_on=date(2028, 6, 2))

    made = await an_award(desk, firm)

    assert made.status_code == 201
    assert made.json()["freeAfter"] == "2028-06-01"
    assert await verdict(desk, lot, firm) == ("excluded", "art77-recent-award")
    assert await verdict(desk, of_other, firm) == ("matched", "art77-met")
    assert await verdict(desk, later, firm) == ("matched", "art77-met")


async def test_a_run_and_an_opportunity_say_the_same(desk: AsyncClient, firm: str) -> None:
    await desk.put(f"/v1/enterprises/{firm}/public-service-mission", json=MISSION)
    lot = await a_reserved_lot()
    path = f"/v1/enterprises/{firm}/opportunities"
    before = (await desk.get(path)).json()["items"]

    await an_award(desk, firm)

    assert [one["lotId"] for one in before] == [lot]
    assert (await desk.get(path)).json()["items"] == []
    run = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()
    assert (run["matched"], run["excluded"]) == (0, 1)


async def test_the_same_award_twice_is_one_and_can_be_struck(desk: AsyncClient, firm: str) -> None:
    first, second = await an_award(desk, firm), await an_award(desk, firm)
    listed = (await desk.get(f"/v1/art-77-awards?enterpriseId={firm}")).json()["items"]

    struck = await desk.delete(f"/v1/art-77-awards/{first.json()['id']}", headers=ANY_STATE)

    assert first.json()["id"] == second.json()["id"]
    assert [one["id"] for one in listed] == [first.json()["id"]]
    assert struck.status_code == 204
    assert (await desk.get("/v1/art-77-awards")).json()["items"] == []
    gone = await desk.delete(f"/v1/art-77-awards/{UNKNOWN}", headers=ANY_STATE)
    assert gone.status_code == 404


async def test_an_award_in_the_funnel_stands_in_the_register(desk: AsyncClient, firm: str) -> None:
    lot = await a_reserved_lot()
    run = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()["id"]
    wave = {
        "runId": run,
        "enterpriseIds": [firm],
        "replyWithinWorkdays": 5,
        "enoughInterested": 1,
    }
    await desk.post(f"/v1/lots/{lot}/waves", json=wave)
    [invitation] = (await desk.get(f"/v1/lots/{lot}/invitations")).json()["invitations"]

    for state in ("interested", "awarded"):
        await desk.post(f"/v1/invitations/{invitation['id']}/events", json={"state": state})

    [award] = (await desk.get("/v1/art-77-awards")).json()["items"]
    assert (award["lotId"], award["enterpriseId"]) == (lot, firm)
    assert award["buyerName"] == "Gemeente Utrecht"
    assert not any(one.isdigit() for one in award["source"])  # digits of an id look personal


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"awardedOn": "2999-01-01"}, "/awardedOn"),
        ({"buyer": None}, "/lotId"),
        ({"lotId": UNKNOWN}, "/lotId"),
        ({"buyer": {"name": "  "}}, "/buyer/name"),
        ({"source": "x"}, "/source"),
        ({"extra": 1}, "/extra"),
    ],
    ids=str,
)
async def test_a_faulty_award_is_refused(
    desk: AsyncClient, firm: str, changes: dict[str, Any], place: str
) -> None:
    response = await an_award(desk, firm, **changes)

    assert response.status_code == 400
    assert [one["place"] for one in response.json()["errors"]] == [place]


async def test_a_lot_that_is_not_reserved_has_no_such_award(desk: AsyncClient, firm: str) -> None:
    [lot] = await lots_of(await a_tender())

    response = await an_award(desk, firm, lotId=lot, buyer=None)

    assert (response.status_code, response.json()["code"]) == (409, "lot-not-reserved")


async def test_an_enterprise_writes_nothing_in_the_register(desk: AsyncClient) -> None:
    kvk = a_kvk_number()
    own = (await stored(desk, kvkNumber=kvk))["id"]
    desk.headers.update(await a_key_of(OrganisationKind.ENTERPRISE, kvk))

    answers = [
        await desk.put(f"/v1/enterprises/{own}/public-service-mission", json=MISSION),
        await an_award(desk, own),
        await desk.get("/v1/art-77-awards"),
    ]

    assert [one.status_code for one in answers] == [403] * 3


async def test_what_was_never_stated_is_not_found(desk: AsyncClient, firm: str) -> None:
    path = "/v1/enterprises/{}/public-service-mission"

    assert (await desk.get(path.format(firm))).status_code == 404
    assert (await desk.put(path.format(UNKNOWN), json=MISSION)).status_code == 404
    assert (await an_award(desk, UNKNOWN)).status_code == 404
