"""What is held elsewhere is not free for a lot, as long as both terms overlap."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.match_builders import a_painter, a_tender, lots_of


async def hold(desk: AsyncClient, firm: str, euros: int, starts_on: str, ends_on: str) -> None:
    profile = (await desk.get(f"/v1/enterprises/{firm}")).json()
    path = f"/v1/enterprises/{firm}/offerings/{profile['offerings'][0]['id']}/reservations"
    body = {"amountCents": euros * 100, "startsOn": starts_on, "endsOn": ends_on}
    answer = await desk.post(path, json=body)
    assert answer.status_code == 201, answer.text


async def why(desk: AsyncClient, lot: str, firm: str) -> Any:
    return (await desk.get(f"/v1/lots/{lot}/matches/{firm}")).json()


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "outcome"),
    [
        ("2028-02-28", "2028-12-31", "near"),
        ("2028-02-29", "2028-12-31", "matched"),
        ("2026-01-01", "2027-03-01", "matched"),
        ("2026-01-01", "2027-03-02", "near"),
    ],
)
async def test_only_what_is_held_during_the_contract_counts(
    desk: AsyncClient, starts_on: str, ends_on: str, outcome: str
) -> None:
    """The lot runs for 365 days from 1 March 2027 and asks 100,000 euro."""
    [lot] = await lots_of(await a_tender())
    firm = await a_painter(desk, "De Kwast", 110_000)

    await hold(desk, firm, 20_000, starts_on, ends_on)

    assert (await why(desk, lot, firm))["outcome"] == outcome


async def test_a_reservation_changes_run_fingerprint_and_opportunity_alike(
    desk: AsyncClient,
) -> None:
    [lot] = await lots_of(await a_tender())
    firm = await a_painter(desk, "De Kwast", 110_000)
    before = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()

    await hold(desk, firm, 20_000, "2027-03-01", "2028-03-01")
    after = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()
    [chance] = (await desk.get(f"/v1/enterprises/{firm}/opportunities")).json()["items"]

    assert (before["matched"], after["matched"], after["nearMisses"]) == (1, 0, 1)
    assert before["fingerprint"] != after["fingerprint"]
    assert chance["outcome"] == "near"
    assert chance["explanation"]["shortfall"]["by"] == 10_000_00
