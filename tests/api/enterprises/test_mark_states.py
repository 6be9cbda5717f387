"""The state of a mark follows from its dates and the day of asking; it is stored nowhere."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from api.accounts.service import SYSTEM
from api.database import fetch
from api.enterprises import service
from tests.builders import stored
from tests.conftest import NOW

CERTIFICATE = {"scheme": "pso", "level": "2", "issuedOn": "2025-02-01", "validUntil": "2027-01-31"}


async def a_holder(desk: AsyncClient) -> UUID:
    made = await stored(desk, marks=[CERTIFICATE])
    return UUID(made["id"])


async def verified(enterprise_id: UUID) -> None:
    seen = [("pso", "2", date(2026, 11, 1))]
    await service.record_verification(enterprise_id, seen, None, SYSTEM, NOW)


async def the_state(enterprise_id: UUID, today: date) -> str:
    [mark] = (await service.read(enterprise_id, today)).marks
    return mark.state.value


async def test_a_mark_that_is_sent_is_only_claimed(desk: AsyncClient) -> None:
    made = await stored(desk, marks=[CERTIFICATE])

    [mark] = made["marks"]
    assert (mark["state"], mark["verifiedOn"]) == ("claimed", None)
    assert (mark["issuedOn"], mark["validUntil"]) == ("2025-02-01", "2027-01-31")


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 11, 24), "verified"),
        (date(2027, 1, 31), "verified"),
        (date(2027, 2, 1), "lapsed"),
    ],
)
async def test_a_verified_mark_counts_through_its_last_day(
    desk: AsyncClient, today: date, state: str
) -> None:
    holder = await a_holder(desk)
    await verified(holder)

    assert await the_state(holder, today) == state


async def test_a_claim_lapses_as_well(desk: AsyncClient) -> None:
    holder = await a_holder(desk)

    assert await the_state(holder, date(2027, 2, 1)) == "lapsed"


async def test_a_revoked_mark_is_revoked_from_that_day_on(desk: AsyncClient) -> None:
    holder = await a_holder(desk)
    await verified(holder)
    sql = "UPDATE quality_mark SET revoked_on = $2 WHERE enterprise = $1"
    await fetch(sql, holder, date(2026, 12, 1))

    assert await the_state(holder, date(2026, 11, 30)) == "verified"
    assert await the_state(holder, date(2026, 12, 1)) == "revoked"


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"validUntil": "2025-01-31"}, "invalid-period", "/marks/0/validUntil"),
        ({"holderKvkNumbers": ["123"]}, "invalid-kvk", "/marks/0/holderKvkNumbers/0"),
        ({"scheme": "PSO"}, "invalid-value", "/marks/0/scheme"),
        ({"verifiedOn": "2026-01-01"}, "unknown-field", "/marks/0/verifiedOn"),
    ],
)
async def test_a_faulty_claim_is_refused_at_its_place(
    desk: AsyncClient, changes: dict[str, Any], code: str, place: str
) -> None:
    body = {"name": "De Kwast", "marks": [CERTIFICATE | changes]}

    response = await desk.post("/v1/enterprises", json=body)

    assert response.status_code == 400
    errors = [(one["code"], one["place"]) for one in response.json()["errors"]]
    assert (code, place) in errors
