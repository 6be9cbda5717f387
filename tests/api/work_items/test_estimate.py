"""Estimated value, regime, evasion and the buyer's own procedure policy, over HTTP."""

from typing import Any

import pytest
from httpx import AsyncClient

from api.accounts import service as accounts
from api.accounts.service import OrganisationKind
from tests.conftest import NOW
from tests.item_builders import a_draft, added

MANUAL_RANGES = [
    {
        "kind": "services",
        "level": None,
        "procedure": "single-negotiated",
        "tint": "normal",
        "fromCents": 0,
        "belowCents": None,
    }
]


async def estimate(desk: AsyncClient, draft: str) -> dict[str, Any]:
    response = await desk.get(f"{draft}/estimate")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.parametrize(
    ("cents", "day", "regime"),
    [
        (200_000_00, "2026-03-01", "national"),
        (215_999_99, "2026-03-01", "national"),
        (216_000_00, "2026-03-01", "eu"),
        (216_000_00, "2025-03-01", "national"),
    ],
)
async def test_the_threshold_of_the_day_of_dispatch_decides(
    desk: AsyncClient, cents: int, day: str, regime: str
) -> None:
    draft = await a_draft(desk, dispatchedOn=day)
    await added(desk, draft, "a", yearlyCents=None, totalCents=cents - 1)
    await added(desk, draft, "b", yearlyCents=None, totalCents=1)

    found = await estimate(desk, draft)

    assert found["regime"]["regime"] == regime
    basis = found["regime"]["threshold"]["basis"]
    assert basis["source"]
    assert basis["version"]
    assert (found["procedures"] is None) == (regime == "eu")


async def test_items_of_unknown_value_are_named(desk: AsyncClient) -> None:
    draft = await a_draft(desk)
    await added(desk, draft, "a")
    await added(desk, draft, "b", yearlyCents=None)

    found = await estimate(desk, draft)

    assert found["totalCents"] == 50_000_00
    assert found["incomplete"] == {"b": ["price"]}


async def test_an_empty_draft_has_nothing_to_estimate(desk: AsyncClient) -> None:
    response = await desk.get(f"{await a_draft(desk)}/estimate")

    assert response.status_code == 409
    assert response.json()["code"] == "nothing-to-estimate"


async def test_tenders_of_one_buyer_and_category_within_a_year_warn(desk: AsyncClient) -> None:
    buyer = {"buyer": {"name": "Gemeente Ede", "identifier": "09215846"}}
    first, second = await a_draft(desk, **buyer), await a_draft(desk, **buyer)
    later = await a_draft(desk, dispatchedOn="2027-03-01", **buyer)
    for one in (first, second, later):
        await added(desk, one, "a", yearlyCents=200_000_00, cpv="90911200")

    [warning] = (await estimate(desk, first))["evasion"]

    assert warning["reason"]["code"] == "just-under-threshold"
    ids = {path.rsplit("/", 1)[1] for path in (first, second)}
    assert set(warning["tenderIds"]) == ids
    assert warning["sumCents"] == 400_000_00
    assert (await estimate(desk, later))["evasion"] == []


async def test_a_buyer_has_a_policy_of_its_own(desk: AsyncClient) -> None:
    own = await accounts.create_organisation(OrganisationKind.AUTHORITY, "Ede", now=NOW)
    made = await accounts.create_key("x", accounts.SCOPES, now=NOW, organisation_id=own.id)
    desk.headers["Authorization"] = f"Bearer {made.secret}"
    policy = {"ranges": MANUAL_RANGES, "source": "Inkoopbeleid Ede", "edition": "2026"}

    shipped = (await desk.get("/v1/procedure-policy")).json()
    kept = await desk.put("/v1/procedure-policy", json=policy, headers={"If-Match": '"v0"'})
    stale = await desk.put("/v1/procedure-policy", json=policy, headers={"If-Match": '"v0"'})
    draft = await a_draft(desk)
    await added(desk, draft, "a", yearlyCents=150_000_00)
    found = await estimate(desk, draft)

    assert shipped["own"] is False
    assert kept.json()["own"] is True
    assert stale.status_code == 412
    assert found["procedures"]["options"] == [{"procedure": "single-negotiated", "tint": "normal"}]
    assert found["procedures"]["basis"]["source"] == "Inkoopbeleid Ede"


async def test_a_range_ends_after_it_starts(desk: AsyncClient) -> None:
    own = await accounts.create_organisation(OrganisationKind.AUTHORITY, "Ede", now=NOW)
    made = await accounts.create_key("x", accounts.SCOPES, now=NOW, organisation_id=own.id)
    desk.headers["Authorization"] = f"Bearer {made.secret}"
    ranges = [MANUAL_RANGES[0] | {"fromCents": 5, "belowCents": 5}]

    response = await desk.put(
        "/v1/procedure-policy",
        json={"ranges": ranges, "source": "Inkoopbeleid", "edition": "1"},
        headers={"If-Match": "*"},
    )

    assert response.json()["errors"][0]["code"] == "invalid-range"
