"""The other way round: which open lots fit a firm, and what is missing where one nearly does."""

from datetime import UTC, datetime
from uuid import UUID

from httpx import AsyncClient

from api.accounts.service import OrganisationKind
from api.domain.tendering.notice import Buyer
from api.domain.values import CpvCode
from tests.builders import CLEANING, a_kvk_number, stored
from tests.match_builders import a_key_of, a_lot, a_painter, a_tender, lots_of

PAST = datetime(2020, 1, 1, tzinfo=UTC)


async def test_open_lots_that_fit_are_listed_with_what_is_missing(desk: AsyncClient) -> None:
    fits, near, _ = await lots_of(
        await a_tender(a_lot(1, euros=100_000), a_lot(2, euros=125_000), a_lot(3, euros=900_000))
    )
    firm = await a_painter(desk, "De Kwast", 110_000)

    found = (await desk.get(f"/v1/enterprises/{firm}/opportunities")).json()["items"]

    outcomes = {one["lotId"]: one["outcome"] for one in found}
    assert outcomes == {fits: "matched", near: "near"}
    [missing] = [one for one in found if one["outcome"] == "near"]
    assert missing["explanation"]["shortfall"]["by"] == 1_500_000
    assert missing["buyer"] == "Gemeente Utrecht"


async def test_closed_and_foreign_lots_are_left_out_and_open_ended_ones_stay(
    desk: AsyncClient,
) -> None:
    tender = await a_tender(
        a_lot(1, deadline_at=PAST),
        a_lot(2, deadline_at=None),
        a_lot(3, cpv_main=CpvCode(CLEANING)),
    )
    open_ended = (await lots_of(tender))[1]
    firm = await a_painter(desk, "De Kwast", 110_000)

    found = (await desk.get(f"/v1/enterprises/{firm}/opportunities")).json()["items"]

    assert [one["lotId"] for one in found] == [open_ended]


async def test_broader_and_narrower_codes_are_found(desk: AsyncClient) -> None:
    broader, narrower = await lots_of(
        await a_tender(
            a_lot(1, cpv_main=CpvCode("45440000")), a_lot(2, cpv_main=CpvCode("45442110"))
        )
    )
    firm = await a_painter(desk, "De Kwast", 110_000)

    found = (await desk.get(f"/v1/enterprises/{firm}/opportunities")).json()["items"]

    assert {one["lotId"] for one in found} == {broader, narrower}


async def test_all_pages_together_are_all_opportunities(desk: AsyncClient) -> None:
    lots = await lots_of(await a_tender(*(a_lot(n) for n in range(5))))
    firm = await a_painter(desk, "De Kwast", 110_000)

    seen: list[str] = []
    query = "limit=2"
    while query:
        page = (await desk.get(f"/v1/enterprises/{firm}/opportunities?{query}")).json()
        seen += [one["lotId"] for one in page["items"]]
        query = f"limit=2&cursor={page['nextCursor']}" if page["nextCursor"] else ""

    assert sorted(seen) == sorted(lots)
    assert len(seen) == 5


async def test_a_key_of_an_enterprise_sees_its_own_opportunities_alone(desk: AsyncClient) -> None:
    kvk = a_kvk_number()
    own = (await stored(desk, kvkNumber=kvk))["id"]
    other = await a_painter(desk, "Ander", 110_000)

    desk.headers.update(await a_key_of(OrganisationKind.ENTERPRISE, kvk))

    assert (await desk.get(f"/v1/enterprises/{own}/opportunities")).status_code == 200
    assert (await desk.get(f"/v1/enterprises/{other}/opportunities")).status_code == 403


async def test_an_excluded_firm_does_not_find_the_lots_of_that_tender(desk: AsyncClient) -> None:
    tender = await a_tender()
    firm = await a_painter(desk, "De Kwast", 110_000)
    why = {"reason": "Voldeed in 2025 niet aan het contract."}
    await desk.put(f"/v1/tenders/{tender}/exclusions/{firm}", json=why)

    found = (await desk.get(f"/v1/enterprises/{firm}/opportunities")).json()["items"]

    assert found == []


async def test_only_the_buyers_own_exclusion_takes_a_lot_away(desk: AsyncClient) -> None:
    kvk, own = a_kvk_number(), a_kvk_number()
    tender = await a_tender(buyer=Buyer("Gemeente Utrecht", kvk))
    [lot] = await lots_of(tender)
    firm = await a_painter(desk, "De Kwast", 110_000, kvk_number=own)
    its_key = await a_key_of(OrganisationKind.ENTERPRISE, own)
    buyer = await a_key_of(OrganisationKind.AUTHORITY, kvk)
    for other in (OrganisationKind.AUTHORITY, OrganisationKind.CONTRACTOR):
        await _left_out(desk, await a_key_of(other, a_kvk_number()), tender, firm)

    before = await _seen(desk, its_key, firm, lot)
    await _left_out(desk, buyer, tender, firm)
    after = await _seen(desk, its_key, firm, lot)

    assert before == (1, "matched")
    assert after == (0, "excluded")


async def _left_out(desk: AsyncClient, key: dict[str, str], tender: UUID, firm: str) -> None:
    why = {"reason": "Voldeed in 2025 niet aan het contract."}
    put = await desk.put(f"/v1/tenders/{tender}/exclusions/{firm}", json=why, headers=key)
    assert put.status_code == 200, put.text


async def _seen(desk: AsyncClient, key: dict[str, str], firm: str, lot: str) -> tuple[int, str]:
    found = await desk.get(f"/v1/enterprises/{firm}/opportunities", headers=key)
    told = await desk.get(f"/v1/lots/{lot}/matches/{firm}", headers=key)
    return len(found.json()["items"]), told.json()["outcome"]
