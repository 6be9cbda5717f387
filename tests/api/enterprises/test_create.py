"""Adding an enterprise: what is kept, what is refused, and that every fault is told at once."""

from typing import Any

import pytest
from httpx import AsyncClient, Response

from tests.builders import an_enterprise, an_offering, stored


def faults_of(response: Response) -> list[tuple[str, str]]:
    return [(one["place"], one["code"]) for one in response.json()["errors"]]


async def test_an_enterprise_is_given_an_id_a_version_and_its_address(desk: AsyncClient) -> None:
    response = await desk.post("/v1/enterprises", json=an_enterprise(name="De Kwast"))

    profile = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/v1/enterprises/{profile['id']}"
    assert response.headers["ETag"] == '"v1"'
    assert (profile["name"], profile["version"], profile["source"]) == ("De Kwast", 1, "manual")


async def test_a_profile_reads_back_as_it_was_answered(
    desk: AsyncClient, client: AsyncClient
) -> None:
    made = await stored(desk, town="Utrecht", municipality="GM0344", mission="Leren schilderen.")

    client.headers.pop("Authorization")
    response = await client.get(f"/v1/enterprises/{made['id']}")

    assert response.status_code == 200
    assert response.headers["ETag"].startswith('"v1.')
    assert response.json() == made


async def test_unknown_is_null_and_never_zero(desk: AsyncClient) -> None:
    made = await stored(desk)

    unknown = ("turnoverCents", "foundedOn", "legalForm", "lat", "targetGroupShare")
    assert [made[name] for name in unknown] == [None] * 5
    assert made["offerings"][0]["reliableCapacityCents"] is None


async def test_the_e_mail_address_is_taken_and_not_published(desk: AsyncClient) -> None:
    made = await stored(desk, email="info@kwast.example")

    assert "email" not in made


@pytest.mark.parametrize(
    ("given", "kept"),
    [("01234567", "01234567"), ("0123 45 67", "01234567"), ("01.23.45.67", "01234567")],
)
async def test_spaces_and_dots_leave_a_kvk_number_and_leading_zeros_stay(
    desk: AsyncClient, given: str, kept: str
) -> None:
    made = await stored(desk, kvkNumber=given)

    assert made["kvkNumber"] == kept


@pytest.mark.parametrize("given", ["1234567", "123456789", "1234567a", "١٢٣٤٥٦٧٨", ""])
async def test_what_is_no_kvk_number_of_eight_digits_is_refused(
    desk: AsyncClient, given: str
) -> None:
    response = await desk.post("/v1/enterprises", json=an_enterprise(kvkNumber=given))

    assert response.status_code == 400
    assert faults_of(response) == [("/kvkNumber", "invalid-kvk")]


async def test_a_kvk_number_belongs_to_one_enterprise(desk: AsyncClient) -> None:
    first = await stored(desk, kvkNumber="01234567")

    response = await desk.post("/v1/enterprises", json=an_enterprise(kvkNumber="0123 4567"))

    assert response.status_code == 409
    assert response.json()["code"] == "kvk-taken"
    assert (await desk.get(f"/v1/enterprises/{first['id']}")).json() == first


async def test_enterprises_without_a_kvk_number_do_not_stand_in_each_others_way(
    desk: AsyncClient,
) -> None:
    first = await stored(desk, kvkNumber=None)
    second = await stored(desk, kvkNumber=None)

    assert first["id"] != second["id"]


async def test_adding_never_overwrites_a_record_with_the_same_external_id(
    committing_desk: AsyncClient,
) -> None:
    desk = committing_desk
    first = await stored(desk, name="De Kwast", externalId="7")

    response = await desk.post(
        "/v1/enterprises", json=an_enterprise(name="Een ander", externalId="7")
    )

    assert (response.status_code, response.json()["code"]) == (409, "duplicate-id")
    assert (await desk.get(f"/v1/enterprises/{first['id']}")).json()["name"] == "De Kwast"


async def test_every_unreadable_field_is_named_at_once(desk: AsyncClient) -> None:
    body = {
        "trading": "x",
        "kvkNumber": 7,
        "lat": 91,
        "foundedOn": "2026-02-30",
        "offerings": [{"title": "", "cpvCodes": [], "coverage": {"kind": "moon"}, "price": 1}],
    }

    response = await desk.post("/v1/enterprises", json=body)

    assert response.status_code == 400
    assert response.json()["code"] == "invalid-input"
    assert sorted(faults_of(response)) == [
        ("/foundedOn", "invalid-value"),
        ("/kvkNumber", "invalid-value"),
        ("/lat", "invalid-value"),
        ("/name", "missing-field"),
        ("/offerings/0/coverage/kind", "invalid-value"),
        ("/offerings/0/cpvCodes", "invalid-value"),
        ("/offerings/0/price", "unknown-field"),
        ("/offerings/0/serviceMode", "missing-field"),
        ("/offerings/0/title", "invalid-value"),
        ("/trading", "unknown-field"),
    ]


async def test_every_broken_fact_is_named_at_once(desk: AsyncClient) -> None:
    offering = an_offering(
        cpvCodes=["9091", "00000000"], nominalCapacityCents=1, reliableCapacityCents=2
    )
    nowhere = an_offering(coverage={"kind": "places", "places": ["GM9998"]})
    body = an_enterprise(
        kvkNumber="1",
        postcode="0000 XX",
        municipality="GM9998",
        lat=52.1,
        offerings=[offering, nowhere],
    )

    response = await desk.post("/v1/enterprises", json=body)

    assert response.status_code == 400
    assert sorted(faults_of(response)) == [
        ("/kvkNumber", "invalid-kvk"),
        ("/lat", "half-a-point"),
        ("/municipality", "unknown-area"),
        ("/offerings/0/cpvCodes", "unknown-cpv"),
        ("/offerings/0/cpvCodes/0", "invalid-cpv"),
        ("/offerings/0/reliableCapacityCents", "capacity-order"),
        ("/offerings/1/coverage", "unknown-area"),
        ("/postcode", "invalid-postcode"),
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed-json"),
        (b"{", "malformed-json"),
        (b"\xff\xfe{}", "malformed-json"),
        (b'{"name": NaN}', "malformed-json"),
        (b"[" * 100_000, "malformed-json"),
        (b'{"name": "\\ud800"}', "malformed-json"),
        (b"[]", "invalid-value"),
        (b"null", "invalid-value"),
    ],
    ids=["empty", "cut", "utf-16", "nan", "deep", "surrogate", "list", "null"],
)
async def test_a_body_that_is_no_profile_is_refused(
    desk: AsyncClient, body: bytes, code: str
) -> None:
    headers = {"Content-Type": "application/json"}

    response = await desk.post("/v1/enterprises", content=body, headers=headers)

    assert response.status_code == 400
    assert [one["code"] for one in response.json()["errors"]] == [code]


async def test_a_text_that_the_database_cannot_hold_is_refused_at_its_place(
    desk: AsyncClient,
) -> None:
    body = an_enterprise(name="De\0Kwast", offerings=[an_offering(products=["verf", "la\0k"])])

    response = await desk.post("/v1/enterprises", json=body)

    assert response.status_code == 400
    assert [one["place"] for one in response.json()["errors"]] == [
        "/name",
        "/offerings/0/products/1",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"turnoverCents": -1},
        {"turnoverCents": 10**13 + 1},
        {"turnoverCents": 10**30},
        {"turnoverCents": 1.5},
        {"targetGroupShare": "12"},
        {"website": "javascript:alert(1)"},
        {"country": "nl"},
        {"tradeNames": ["x"] * 21},
        {"name": "x" * 201},
    ],
    ids=str,
)
async def test_a_value_out_of_its_bounds_is_refused(
    desk: AsyncClient, changes: dict[str, Any]
) -> None:
    response = await desk.post("/v1/enterprises", json=an_enterprise(**changes))

    assert response.status_code == 400
    [name] = changes
    assert [place.split("/")[1] for place, _ in faults_of(response)] == [name]


async def test_a_kvk_number_of_a_withdrawn_enterprise_stays_taken(desk: AsyncClient) -> None:
    made = await stored(desk, kvkNumber="01234567")
    await desk.delete(f"/v1/enterprises/{made['id']}", headers={"If-Match": "*"})

    response = await desk.post("/v1/enterprises", json=an_enterprise(kvkNumber="01234567"))

    assert (response.status_code, response.json()["code"]) == (409, "kvk-taken")
