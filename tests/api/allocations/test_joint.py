"""Joint bids and several lots at once: what a market can carry, and what binds where it can't."""

from typing import Any

from httpx import AsyncClient

from tests.match_builders import a_lot, a_painter, a_tender, lots_of


async def allocated(desk: AsyncClient, tender: object, **asked: Any) -> dict[str, Any]:
    response = await desk.post(f"/v1/tenders/{tender}/allocations", json=asked)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_two_firms_cover_what_neither_can_alone(desk: AsyncClient) -> None:
    [lot] = await lots_of(await a_tender(a_lot(euros=100_000)))
    large = await a_painter(desk, "Groot", 75_000)
    small = await a_painter(desk, "Klein", 50_000)

    answer = (await desk.get(f"/v1/lots/{lot}/joint-coverage")).json()

    [found] = answer["coverage"]["sets"]
    shares = {one["enterpriseId"]: one["valueCents"] for one in found["members"]}
    assert shares == {large: 6_000_000, small: 4_000_000}
    assert answer["coverage"]["complete"] is True
    assert {one["name"] for one in answer["enterprises"]} == {"Groot", "Klein"}


async def test_what_nobody_can_carry_is_told_in_cents(desk: AsyncClient) -> None:
    [lot] = await lots_of(await a_tender(a_lot(euros=100_000)))
    await a_painter(desk, "Klein", 30_000)

    answer = (await desk.get(f"/v1/lots/{lot}/joint-coverage")).json()

    assert answer["coverage"]["sets"] == []
    assert answer["coverage"]["shortCents"] == 7_000_000


async def test_lots_are_spread_over_firms_within_their_capacity(desk: AsyncClient) -> None:
    tender = await a_tender(a_lot(1), a_lot(2))
    one = await a_painter(desk, "Een", 150_000)
    other = await a_painter(desk, "Twee", 150_000)

    answer = await allocated(desk, tender)

    takers = [bid["parts"][0]["enterpriseId"] for bid in answer["allocation"]["awards"]]
    assert sorted(takers) == sorted([one, other])
    assert answer["allocation"]["coveredValueCents"] == 20_000_000
    assert answer["allocation"]["valueProven"] is True
    assert answer["overcommitted"] == []


async def test_a_lot_that_is_left_names_what_binds(desk: AsyncClient) -> None:
    tender = await a_tender(a_lot(1), a_lot(2), a_lot(3, euros=None), max_lots_awarded=1)
    first, second, unpriced = await lots_of(tender)
    await a_painter(desk, "Een", 900_000)

    answer = await allocated(desk, tender)

    left = {one["lotId"]: one["binding"] for one in answer["allocation"]["uncovered"]}
    assert left.pop(unpriced) == "value-unknown"
    assert list(left.values()) == ["lot-limit"]
    assert set(left) < {first, second}
    assert answer["maxLots"] == 1


async def test_a_joint_bid_covers_a_lot_that_is_too_large_for_one(desk: AsyncClient) -> None:
    tender = await a_tender(a_lot(euros=100_000))
    await a_painter(desk, "Groot", 75_000)
    await a_painter(desk, "Klein", 50_000)

    alone = await allocated(desk, tender)
    jointly = await allocated(desk, tender, jointBids=True)

    assert alone["allocation"]["awards"] == []
    [bid] = jointly["allocation"]["awards"]
    assert sum(part["valueCents"] for part in bid["parts"]) == 10_000_000


async def test_the_same_question_gives_the_same_fingerprint(desk: AsyncClient) -> None:
    tender = await a_tender()
    await a_painter(desk, "Een", 150_000)

    first, again = await allocated(desk, tender), await allocated(desk, tender)
    limited = await allocated(desk, tender, maxLots=2)

    assert first == again
    assert limited["fingerprint"] != first["fingerprint"]


async def test_a_seed_is_told_and_stands_in_the_fingerprint(desk: AsyncClient) -> None:
    tender = await a_tender()
    await a_painter(desk, "De Kwast", 200_000)

    by_itself, one, same, other = [
        await allocated(desk, tender, **asked)
        for asked in ({}, {"seed": "2026-1"}, {"seed": "2026-1"}, {"seed": "2026-2"})
    ]

    assert (by_itself["seed"], one["seed"]) == (str(tender), "2026-1")
    assert one == same
    assert len({found["fingerprint"] for found in (by_itself, one, other)}) == 3
    assert one["allocation"] == other["allocation"]


async def test_a_seed_decides_between_equal_firms(desk: AsyncClient) -> None:
    tender = await a_tender()
    firms = {await a_painter(desk, name, 200_000) for name in ("De Kwast", "De Verfpot")}

    found = [await allocated(desk, tender, seed=str(number)) for number in range(12)]

    assert {one["allocation"]["awards"][0]["parts"][0]["enterpriseId"] for one in found} == firms


async def test_a_lot_of_another_tender_is_refused_by_its_place(desk: AsyncClient) -> None:
    tender, other = await a_tender(), await a_tender()
    [strange] = await lots_of(other)

    response = await desk.post(f"/v1/tenders/{tender}/allocations", json={"lotIds": [strange]})

    [fault] = response.json()["errors"]
    assert (fault["code"], fault["place"]) == ("unknown-id", "/lotIds/0")
