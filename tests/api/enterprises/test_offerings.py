"""Offerings have a version of their own; each change also counts for the enterprise."""

from typing import Any

from httpx import AsyncClient

from tests.builders import CLEANING, COUNTRY, PAINTING, an_enterprise, an_offering, stored

ANY = {"If-Match": "*"}


async def added(desk: AsyncClient, made: dict[str, Any], **changes: Any) -> dict[str, Any]:
    response = await desk.post(
        f"/v1/enterprises/{made['id']}/offerings", json=an_offering(**changes)
    )
    assert response.status_code == 201, response.text
    offering: dict[str, Any] = response.json()
    return offering


async def test_an_added_offering_has_an_address_and_raises_the_version_of_its_enterprise(
    desk: AsyncClient,
) -> None:
    made = await stored(desk)
    path = f"/v1/enterprises/{made['id']}"

    response = await desk.post(f"{path}/offerings", json=an_offering(title="Lakwerk"))

    offering = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"{path}/offerings/{offering['id']}"
    assert response.headers["ETag"] == '"v1"'
    assert (await desk.get(response.headers["Location"])).json() == offering
    assert (await desk.get(path)).json()["version"] == 2


async def test_offerings_are_listed_in_the_order_in_which_they_came(desk: AsyncClient) -> None:
    made = await stored(desk)
    await added(desk, made, title="Behangwerk")
    await added(desk, made, title="Aanstrijkwerk")

    listed = (await desk.get(f"/v1/enterprises/{made['id']}/offerings")).json()

    assert [one["title"] for one in listed] == ["Schilderwerk", "Behangwerk", "Aanstrijkwerk"]


async def test_codes_are_kept_once_and_without_check_digit(desk: AsyncClient) -> None:
    made = await stored(desk)

    offering = await added(desk, made, cpvCodes=[f"{PAINTING}-8", PAINTING, CLEANING])

    assert offering["cpvCodes"] == [PAINTING, CLEANING]


async def test_replacing_leaves_nothing_of_the_former_statement(desk: AsyncClient) -> None:
    made = await stored(desk, offerings=[an_offering(leadTimeDays=14, products=["lak"])])
    [former] = made["offerings"]
    path = f"/v1/enterprises/{made['id']}/offerings/{former['id']}"

    response = await desk.put(
        path, json=an_offering(title="Sauswerk", coverage=COUNTRY), headers={"If-Match": '"v1"'}
    )

    after = response.json()
    assert (response.status_code, response.headers["ETag"]) == (200, '"v2"')
    assert (after["id"], after["title"]) == (former["id"], "Sauswerk")
    assert (after["leadTimeDays"], after["products"]) == (None, [])
    assert after["coverage"] == {"kind": "country", "excludedMunicipalities": []}


async def test_an_offering_guards_its_own_version(desk: AsyncClient) -> None:
    made = await stored(desk)
    path = f"/v1/enterprises/{made['id']}/offerings/{made['offerings'][0]['id']}"
    await desk.put(path, json=an_offering(), headers=ANY)

    without = await desk.put(path, json=an_offering())
    stale = await desk.put(path, json=an_offering(), headers={"If-Match": '"v1"'})
    stale_delete = await desk.delete(path, headers={"If-Match": '"v1"'})
    present = await desk.delete(path, headers={"If-Match": '"v2"'})

    statuses = [one.status_code for one in (without, stale, stale_delete, present)]
    assert statuses == [428, 412, 412, 204]


async def test_a_withdrawn_offering_is_not_found_and_the_others_stay(desk: AsyncClient) -> None:
    made = await stored(desk, offerings=[an_offering(title="A"), an_offering(title="B")])
    path = f"/v1/enterprises/{made['id']}/offerings/{made['offerings'][0]['id']}"

    await desk.delete(path, headers=ANY)

    assert (await desk.get(path)).status_code == 404
    assert (await desk.put(path, json=an_offering(), headers=ANY)).status_code == 404
    assert (await desk.delete(path, headers=ANY)).status_code == 404
    after = (await desk.get(f"/v1/enterprises/{made['id']}")).json()
    assert [one["title"] for one in after["offerings"]] == ["B"]


async def test_an_offering_is_not_found_under_another_enterprise(desk: AsyncClient) -> None:
    made, other = await stored(desk), await stored(desk)
    path = f"/v1/enterprises/{other['id']}/offerings/{made['offerings'][0]['id']}"

    assert (await desk.get(path)).status_code == 404
    assert (await desk.put(path, json=an_offering(), headers=ANY)).status_code == 404
    assert (await desk.delete(path, headers=ANY)).status_code == 404


async def test_the_faults_of_an_offering_are_told_at_its_own_root(desk: AsyncClient) -> None:
    made = await stored(desk)
    faulty = an_offering(cpvCodes=["00000000"], nominalCapacityCents=1, reliableCapacityCents=2)

    response = await desk.post(f"/v1/enterprises/{made['id']}/offerings", json=faulty)

    assert response.status_code == 400
    assert [one["place"] for one in response.json()["errors"]] == [
        "/cpvCodes",
        "/reliableCapacityCents",
    ]


async def test_a_product_has_codes_a_unit_a_price_and_a_least_order(desk: AsyncClient) -> None:
    product = {
        "name": "Vergaderlunch",
        "cpvCodes": ["55523000-2"],
        "unit": "person",
        "priceFromCents": 950,
        "minimumQuantity": 10,
    }
    given = an_offering(cpvCodes=["55520000"], products=["Soep"], productDetails=[product])

    [offering] = (await stored(desk, offerings=[given]))["offerings"]

    assert offering["products"] == ["Soep", "Vergaderlunch"]
    assert offering["cpvCodes"] == ["55520000", "55523000"]
    [kept] = offering["productDetails"]
    assert kept == product | {"cpvCodes": ["55523000"], "priceToCents": None}


async def test_a_code_of_a_product_must_exist(desk: AsyncClient) -> None:
    given = an_offering(productDetails=[{"name": "Lunch", "cpvCodes": ["99999999"]}])

    answer = await desk.post("/v1/enterprises", json=an_enterprise(offerings=[given]))

    assert [one["code"] for one in answer.json()["errors"]] == ["unknown-cpv"]
