"""A run keeps every verdict, whole; nearness ranks by invitation only; who was shown is counted."""

from typing import Any

import pytest
from httpx import AsyncClient

from api.accounts.service import OrganisationKind
from api.database import connection
from tests.builders import a_kvk_number, an_offering, stored
from tests.match_builders import a_key_of, a_lot, a_painter, a_tender, lots_of

COUNTRYWIDE = {"coverage": {"kind": "country"}}


async def run_of(desk: AsyncClient, lot: str, **asked: Any) -> dict[str, Any]:
    response = await desk.post(f"/v1/lots/{lot}/match-runs", json=asked)
    assert response.status_code == 201, response.text
    run: dict[str, Any] = response.json()
    return run


async def items(desk: AsyncClient, run: dict[str, Any], part: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await desk.get(f"/v1/match-runs/{run['id']}/{part}")).json()[
        "items"
    ]
    return found


async def test_everybody_considered_is_in_one_of_three_lists(desk: AsyncClient) -> None:
    [lot] = await lots_of(await a_tender())
    await a_painter(desk, "Ruim", 200_000)
    await a_painter(desk, "Krap", 90_000)
    await a_painter(desk, "Klein", 1_000)

    run = await run_of(desk, lot)

    names = {
        part: [one["name"] for one in await items(desk, run, part)]
        for part in ("matches", "near-misses", "excluded")
    }
    assert names == {"matches": ["Ruim"], "near-misses": ["Krap"], "excluded": ["Klein"]}
    [near] = await items(desk, run, "near-misses")
    assert near["explanation"]["shortfall"]["by"] == 1_000_000
    [excluded] = await items(desk, run, "excluded")
    assert [one["code"] for one in excluded["explanation"]["reasons"]] == ["capacity-short"]
    [matched] = await items(desk, run, "matches")
    assert sum(one["points"] for one in matched["explanation"]["breakdown"]) == matched["score"]


async def test_the_excluded_are_paged_without_a_gap(desk: AsyncClient) -> None:
    [lot] = await lots_of(await a_tender())
    firms = {await a_painter(desk, f"Klein {n}", 1_000) for n in range(5)}
    run = await run_of(desk, lot)

    seen, query = [], "limit=2"
    while query:
        page = (await desk.get(f"/v1/match-runs/{run['id']}/excluded?{query}")).json()
        seen += [(one["rank"], one["enterpriseId"]) for one in page["items"]]
        query = f"limit=2&cursor={page['nextCursor']}" if page["nextCursor"] else ""

    assert [rank for rank, _ in seen] == [1, 2, 3, 4, 5]
    assert {firm for _, firm in seen} == firms


@pytest.mark.parametrize(("procedure", "value"), [("open", None), ("oth-mult", 800)])
async def test_distance_counts_by_invitation_only(
    desk: AsyncClient, procedure: str, value: int | None
) -> None:
    [lot] = await lots_of(await a_tender(procedure=procedure))
    # In Amersfoort, 20 km from Utrecht: 10 points in a thousand are lost per km.
    await stored(desk, lat=52.156, lon=5.388, offerings=[an_offering()])

    [found] = await items(desk, await run_of(desk, lot), "matches")

    [distance] = [one for one in found["explanation"]["breakdown"] if one["signal"] == "distance"]
    assert distance["value"] == value


async def test_two_runs_are_compared_firm_by_firm(desk: AsyncClient) -> None:
    [lot] = await lots_of(await a_tender())
    await a_painter(desk, "Ruim", 200_000)
    before = await run_of(desk, lot)
    late = await a_painter(desk, "Nieuw", 200_000)
    after = await run_of(desk, lot)

    told = (await desk.get(f"/v1/match-runs/{after['id']}/difference?since={before['id']}")).json()

    [change] = told["changes"]
    assert (change["enterpriseId"], change["outcomeBefore"]) == (late, None)
    assert change["outcomeAfter"] == "matched"
    assert "category-same" in change["reasonsNew"]


async def test_who_was_shown_how_often_is_counted(desk: AsyncClient) -> None:
    first, second = await lots_of(await a_tender(a_lot(1), a_lot(2, euros=110_000)))
    ample = await a_painter(desk, "Ruim", 200_000)
    close = await a_painter(desk, "Krap", 105_000)
    await run_of(desk, first)
    await run_of(desk, second)

    found = (await desk.get("/v1/exposure?since=2020-01-01&until=2100-01-01")).json()
    none = (await desk.get("/v1/exposure?since=2020-01-01&until=2020-02-01")).json()

    shown = {one["enterpriseId"]: (one["matched"], one["nearMisses"]) for one in found["items"]}
    assert shown == {ample: (2, 0), close: (1, 1)}
    assert none["items"] == []


async def test_an_enterprise_is_told_about_itself_alone(desk: AsyncClient) -> None:
    [lot] = await lots_of(await a_tender())
    kvk = a_kvk_number()
    own = (await stored(desk, kvkNumber=kvk))["id"]
    other = await a_painter(desk, "Ander", 200_000)
    run = await run_of(desk, lot)

    desk.headers.update(await a_key_of(OrganisationKind.ENTERPRISE, kvk))
    allowed = await desk.get(f"/v1/lots/{lot}/matches/{own}")
    refused = await desk.get(f"/v1/lots/{lot}/matches/{other}")
    whole = await desk.get(f"/v1/match-runs/{run['id']}/matches")
    exposure = await desk.get("/v1/exposure?since=2020-01-01&until=2100-01-01")

    assert allowed.status_code == 200
    assert refused.json()["code"] == "own-explanations-only"
    assert whole.status_code == 403
    assert [one["enterpriseId"] for one in exposure.json()["items"]] == [own]


async def test_the_number_of_statements_does_not_grow_with_the_firms(desk: AsyncClient) -> None:
    few, many = await lots_of(await a_tender(a_lot(1), a_lot(2)))
    await a_painter(desk, "Een", 200_000)
    asked: list[str] = []

    def note(query: Any) -> None:
        asked.append(query.query)

    connection().add_query_logger(note)
    await run_of(desk, few)
    for_one = len(asked)
    connection().remove_query_logger(note)
    for number in range(9):
        await a_painter(desk, f"Meer {number}", 200_000)
    asked.clear()
    connection().add_query_logger(note)
    await run_of(desk, many)
    connection().remove_query_logger(note)

    assert for_one == len(asked)
    assert for_one < 20
