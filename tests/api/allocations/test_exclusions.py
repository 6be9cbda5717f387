"""A buyer leaves a firm out: with a reason on record, which every later run tells."""

from httpx import AsyncClient

from api.database import fetch
from tests.builders import ANY_STATE
from tests.match_builders import a_painter, a_tender, lots_of

WHY = {"reason": "Voldeed in 2025 twee keer niet aan het contract."}


async def test_an_excluded_firm_is_told_with_the_reason_on_record(desk: AsyncClient) -> None:
    tender = await a_tender()
    [lot] = await lots_of(tender)
    firm = await a_painter(desk, "De Kwast", 200_000)

    put = await desk.put(f"/v1/tenders/{tender}/exclusions/{firm}", json=WHY)
    run = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()
    left_out = (await desk.get(f"/v1/match-runs/{run['id']}/excluded")).json()

    assert put.status_code == 200
    assert put.json()["author"].startswith("desk")
    [told] = left_out["items"]
    [reason] = told["explanation"]["reasons"]
    assert (reason["code"], reason["offered"]) == ("excluded-by-buyer", WHY["reason"])


async def test_taking_it_back_admits_the_firm_and_leaves_earlier_runs(desk: AsyncClient) -> None:
    tender = await a_tender()
    [lot] = await lots_of(tender)
    firm = await a_painter(desk, "De Kwast", 200_000)
    await desk.put(f"/v1/tenders/{tender}/exclusions/{firm}", json=WHY)
    before = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()

    gone = await desk.delete(f"/v1/tenders/{tender}/exclusions/{firm}", headers=ANY_STATE)
    after = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()
    again = (await desk.get(f"/v1/match-runs/{before['id']}")).json()

    assert gone.status_code == 204
    assert (before["excluded"], after["matched"], again["excluded"]) == (1, 1, 1)
    assert (await desk.get(f"/v1/tenders/{tender}/exclusions")).json() == []


async def test_every_exclusion_is_in_the_audit_trail(desk: AsyncClient) -> None:
    tender = await a_tender()
    firm = await a_painter(desk, "De Kwast", 200_000)

    await desk.put(f"/v1/tenders/{tender}/exclusions/{firm}", json=WHY)
    await desk.delete(f"/v1/tenders/{tender}/exclusions/{firm}", headers=ANY_STATE)

    rows = await fetch("SELECT action FROM audit_event WHERE subject = $1 ORDER BY id", tender)
    assert [row["action"] for row in rows][-2:] == ["exclusion.put", "exclusion.removed"]


async def test_an_exclusion_needs_a_reason_and_a_firm(desk: AsyncClient) -> None:
    tender = await a_tender()
    firm = await a_painter(desk, "De Kwast", 200_000)

    no_reason = await desk.put(f"/v1/tenders/{tender}/exclusions/{firm}", json={"reason": "nee"})
    no_firm = await desk.put(f"/v1/tenders/{tender}/exclusions/{tender}", json=WHY)
    not_there = await desk.delete(f"/v1/tenders/{tender}/exclusions/{firm}", headers=ANY_STATE)

    assert [no_reason.status_code, no_firm.status_code, not_there.status_code] == [400, 404, 404]
