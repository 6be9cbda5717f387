"""Free capacity, and reservations that never exceed it."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from api.accounts.service import SYSTEM
from api.capacity import service
from api.capacity.schemas import HeldFor, Purpose, Wanted
from api.capacity.service import CapacityTaken
from api.database import fetch, transaction
from tests.builders import ANY_STATE, an_offering, stored
from tests.conftest import NOW

PERIOD = {"since": "2027-01-01", "until": "2028-01-01"}
FROM, UNTIL = date(2027, 1, 1), date(2028, 1, 1)


async def a_firm(desk: AsyncClient, reliable: int | None) -> dict[str, Any]:
    return await stored(desk, offerings=[an_offering(reliableCapacityCents=reliable)])


def path(firm: dict[str, Any]) -> str:
    return f"/v1/enterprises/{firm['id']}/offerings/{firm['offerings'][0]['id']}/reservations"


def booking(amount: int, starts: str = "2027-03-01", ends: str = "2027-06-01") -> dict[str, Any]:
    return {"amountCents": amount, "startsOn": starts, "endsOn": ends}


async def free(desk: AsyncClient, firm: dict[str, Any]) -> int | None:
    answer = await desk.get(f"/v1/enterprises/{firm['id']}/capacity", params=PERIOD)
    assert answer.status_code == 200, answer.text
    cents: int | None = answer.json()[0]["freeCapacityCents"]
    return cents


async def test_what_is_reserved_is_no_longer_free(desk: AsyncClient) -> None:
    firm = await a_firm(desk, 100_000)

    made = await desk.post(path(firm), json=booking(30_000))

    assert made.status_code == 201, made.text
    assert await free(desk, firm) == 70_000


async def test_a_reservation_that_was_given_back_is_free_again(desk: AsyncClient) -> None:
    firm = await a_firm(desk, 100_000)
    made = (await desk.post(path(firm), json=booking(30_000))).json()

    path_of_it = f"/v1/enterprises/{firm['id']}/reservations/{made['id']}"
    gone = await desk.delete(path_of_it, headers=ANY_STATE)

    assert gone.status_code == 204
    assert await free(desk, firm) == 100_000
    again = await desk.delete(path_of_it, headers=ANY_STATE)
    assert again.status_code == 404


async def test_more_than_is_free_is_refused_with_both_amounts(desk: AsyncClient) -> None:
    firm = await a_firm(desk, 100_000)
    await desk.post(path(firm), json=booking(30_000))

    refused = await desk.post(path(firm), json=booking(70_001, "2027-05-31", "2027-07-01"))
    beside = await desk.post(path(firm), json=booking(100_000, "2027-06-01", "2027-07-01"))

    assert refused.status_code == 409
    assert refused.json()["code"] == "capacity-taken"
    assert "70000 cents" in refused.json()["detail"]
    assert beside.status_code == 201


async def test_unknown_capacity_stays_unknown(desk: AsyncClient) -> None:
    firm = await a_firm(desk, None)

    made = await desk.post(path(firm), json=booking(30_000))

    assert made.status_code == 201
    assert await free(desk, firm) is None


async def test_what_expires_is_free_from_then_on(desk: AsyncClient) -> None:
    firm = await a_firm(desk, 100_000)
    offering = UUID(firm["offerings"][0]["id"])
    held_for = HeldFor(Purpose.LOT_PLAN, uuid4(), NOW + timedelta(days=14))

    await service.reserve([Wanted(offering, 40_000, FROM, UNTIL)], held_for, SYSTEM, NOW)

    window = (FROM, UNTIL)
    assert await service.free([offering], window, NOW) == {offering: 60_000}
    later = NOW + timedelta(days=14)
    assert await service.free([offering], window, later) == {offering: 100_000}


async def test_the_list_names_what_capacity_is_held_for(desk: AsyncClient) -> None:
    firm = await a_firm(desk, 100_000)
    await desk.post(path(firm), json=booking(30_000))

    answer = await desk.get(f"/v1/enterprises/{firm['id']}/reservations")

    [row] = answer.json()
    assert (row["purpose"], row["amountCents"], row["endsOn"]) == ("own", 30_000, "2027-06-01")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (booking(0), "invalid-value"),
        (booking(5, "2027-06-01", "2027-06-01"), "invalid-period"),
        (booking(5) | {"colour": "red"}, "unknown-field"),
    ],
)
async def test_a_faulty_reservation_is_refused(
    desk: AsyncClient, body: dict[str, Any], code: str
) -> None:
    firm = await a_firm(desk, 100_000)

    answer = await desk.post(path(firm), json=body)

    assert answer.status_code == 400
    assert [one["code"] for one in answer.json()["errors"]] == [code]


@pytest.mark.parametrize(("since", "status"), [("9999-12-31", 400), ("0001-01-01", 200)])
async def test_the_ends_of_time_can_be_asked(desk: AsyncClient, since: str, status: int) -> None:
    firm = await a_firm(desk, 100_000)

    answer = await desk.get(f"/v1/enterprises/{firm['id']}/capacity", params={"since": since})

    assert answer.status_code == status


async def test_who_asks_without_a_key_sees_no_reservations(client: AsyncClient) -> None:
    answer = await client.get(f"/v1/enterprises/{uuid4()}/reservations")

    assert answer.status_code == 401


async def test_two_at_once_never_hold_more_than_there_is(committing_desk: AsyncClient) -> None:
    firm = await a_firm(committing_desk, 100_000)
    offering = UUID(firm["offerings"][0]["id"])

    async def hold() -> bool:
        try:
            async with transaction():
                wanted = [Wanted(offering, 30_000, FROM, UNTIL)]
                await service.reserve(wanted, HeldFor(Purpose.OWN, uuid4()), SYSTEM, NOW)
        except CapacityTaken:
            return False
        return True

    try:
        held = await asyncio.gather(*(hold() for _ in range(8)))

        assert sorted(held) == [False] * 5 + [True] * 3
        assert await service.free([offering], (FROM, UNTIL), NOW) == {offering: 10_000}
    finally:
        await fetch("DELETE FROM capacity_reservation")
