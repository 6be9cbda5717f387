"""Changing and withdrawing a profile: nobody overwrites what they have not seen."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response

from api.database import fetch, transaction
from api.enterprises import queries
from tests.builders import an_offering, stored

ANY = {"If-Match": "*"}
UNKNOWN = "01a20e4c-0000-7000-8000-000000000000"


async def changed(desk: AsyncClient, made: dict[str, Any], **fields: Any) -> Response:
    headers = {"If-Match": f'"v{made["version"]}"'}
    return await desk.patch(f"/v1/enterprises/{made['id']}", json=fields, headers=headers)


async def test_only_the_fields_that_are_sent_change(desk: AsyncClient) -> None:
    made = await stored(desk, town="Utrecht", mission="Leren schilderen.")

    response = await changed(desk, made, town="Zeist")

    assert response.status_code == 200
    assert response.headers["ETag"] == '"v2"'
    after = response.json()
    assert {name for name in made if made[name] != after[name]} == {"town", "version", "updatedAt"}
    assert after["town"] == "Zeist"


async def test_null_makes_a_single_field_unknown(desk: AsyncClient) -> None:
    made = await stored(desk, town="Utrecht", foundedOn="2011-04-18", turnoverCents=100)

    after = (await changed(desk, made, turnoverCents=None)).json()

    assert after["turnoverCents"] is None
    assert (after["town"], after["foundedOn"]) == ("Utrecht", "2011-04-18")


async def test_what_cannot_be_unknown_refuses_null(desk: AsyncClient) -> None:
    made = await stored(desk)

    response = await changed(desk, made, name=None, country=None)

    assert response.status_code == 400
    assert [one["place"] for one in response.json()["errors"]] == ["/name", "/country"]


async def test_a_change_keeps_the_e_mail_address_that_is_not_shown(desk: AsyncClient) -> None:
    made = await stored(desk, email="info@kwast.example")

    await changed(desk, made, town="Zeist")

    [row] = await fetch("SELECT email, town FROM enterprise WHERE id = $1", UUID(made["id"]))
    assert (row["email"], row["town"]) == ("info@kwast.example", "Zeist")


async def test_a_foreign_identifier_changes_and_goes_as_a_whole(desk: AsyncClient) -> None:
    made = await stored(desk, identifier={"scheme": "FR-INSEE", "id": "552100554"})

    with_another = await changed(desk, made, identifier={"scheme": "BE-BCE", "id": "0403"})
    without = await changed(desk, with_another.json(), identifier=None)

    assert with_another.json()["identifier"] == {"scheme": "BE-BCE", "id": "0403"}
    assert without.json()["identifier"] is None


async def test_half_a_point_is_refused_whichever_half_is_sent(desk: AsyncClient) -> None:
    made = await stored(desk, lat=52.09, lon=5.12)

    response = await changed(desk, made, lat=None)

    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "half-a-point"


async def test_a_number_of_another_enterprise_is_refused_and_the_own_one_is_not(
    desk: AsyncClient,
) -> None:
    other = await stored(desk, kvkNumber="01234567")
    made = await stored(desk)

    taken = await changed(desk, made, kvkNumber="0123 4567")
    own = await changed(desk, other, kvkNumber="0123.4567")

    assert (taken.status_code, taken.json()["code"]) == (409, "kvk-taken")
    assert own.status_code == 200


async def test_an_unknown_field_is_refused(desk: AsyncClient) -> None:
    made = await stored(desk)

    response = await changed(desk, made, offerings=[], logo="x")

    assert response.status_code == 400
    assert [(one["place"], one["code"]) for one in response.json()["errors"]] == [
        ("/logo", "unknown-field"),
        ("/offerings", "unknown-field"),
    ]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_a_change_without_if_match_is_refused(desk: AsyncClient, method: str) -> None:
    made = await stored(desk)
    body: dict[str, Any] | None = {} if method == "PATCH" else None

    response = await desk.request(method, f"/v1/enterprises/{made['id']}", json=body)

    assert response.status_code == 428
    assert response.json()["code"] == "precondition-required"


@pytest.mark.parametrize("tag", ['"v1"', "v2", '"2"', 'W/"v2"', '"v99999999999999999999"', "x"])
async def test_a_version_that_is_not_the_present_one_is_refused(
    desk: AsyncClient, tag: str
) -> None:
    made = await stored(desk)
    await changed(desk, made, town="Zeist")

    response = await desk.patch(
        f"/v1/enterprises/{made['id']}", json={"town": "Ede"}, headers={"If-Match": tag}
    )

    assert response.status_code == 412
    assert '"v2"' in response.json()["detail"]


async def test_a_star_matches_whatever_version_there_is(desk: AsyncClient) -> None:
    made = await stored(desk)
    await changed(desk, made, town="Zeist")

    response = await desk.patch(f"/v1/enterprises/{made['id']}", json={"town": "Ede"}, headers=ANY)

    assert (response.status_code, response.json()["version"]) == (200, 3)


async def test_a_withdrawn_enterprise_is_gone_for_reading_and_changing(desk: AsyncClient) -> None:
    made = await stored(desk)
    path = f"/v1/enterprises/{made['id']}"

    withdrawn = await desk.delete(path, headers={"If-Match": '"v1"'})

    assert (withdrawn.status_code, withdrawn.content) == (204, b"")
    for response in (
        await desk.get(path),
        await desk.get(f"{path}/offerings"),
        await desk.patch(path, json={}, headers=ANY),
        await desk.post(f"{path}/offerings", json=an_offering()),
        await desk.delete(path, headers=ANY),
    ):
        assert (response.status_code, response.json()["code"]) == (410, "gone")
        assert "successorId" not in response.json()


async def test_a_merged_enterprise_names_its_successor(desk: AsyncClient) -> None:
    made, successor = await stored(desk), await stored(desk)
    async with transaction():
        merged = {"state": "merged", "successor": UUID(successor["id"])}
        await queries.update_enterprise(UUID(made["id"]), merged)

    response = await desk.get(f"/v1/enterprises/{made['id']}")

    assert response.status_code == 410
    assert response.json()["successorId"] == successor["id"]


async def test_an_enterprise_that_never_was_is_not_found(desk: AsyncClient) -> None:
    path = f"/v1/enterprises/{UNKNOWN}"

    for response in (
        await desk.get(path),
        await desk.patch(path, json={}, headers=ANY),
        await desk.delete(path, headers=ANY),
        await desk.post(f"{path}/offerings", json=an_offering()),
    ):
        assert (response.status_code, response.json()["code"]) == (404, "not-found")
