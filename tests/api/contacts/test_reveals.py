"""Contact addresses: for whoever is known, of roles only, and never without a trace."""

from typing import Any

import pytest
from httpx import AsyncClient

from api import database
from api.accounts import service as accounts
from api.accounts.service import OrganisationKind
from tests.builders import a_kvk_number, stored
from tests.conftest import NOW

REACHABLE = {"email": "verkoop@kwast.example", "phone": "030 - 234 56 78"}
PURPOSE = {"purpose": "quotation"}


async def revealed(caller: AsyncClient, firm: dict[str, Any], **headers: str) -> Any:
    path = f"/v1/enterprises/{firm['id']}/contact-reveals"
    return await caller.post(path, json=PURPOSE, headers=headers)


async def test_who_is_known_sees_it_and_leaves_a_trace(desk: AsyncClient) -> None:
    firm = await stored(desk, **REACHABLE)

    answer = await revealed(desk, firm)

    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "enterpriseId": firm["id"],
        "email": "verkoop@kwast.example",
        "phone": "+31302345678",
    }
    sql = "SELECT action, detail FROM audit_event WHERE subject = $1 AND action LIKE 'contact%'"
    [row] = await database.fetch(sql, firm["id"])
    assert '"purpose": "quotation"' in row["detail"]


async def test_who_is_not_known_sees_nothing(desk: AsyncClient) -> None:
    firm = await stored(desk, **REACHABLE)
    assert "phone" not in firm

    desk.headers.pop("Authorization")

    assert (await revealed(desk, firm)).status_code == 401
    profile = await desk.get(f"/v1/enterprises/{firm['id']}")
    assert "2345678" not in profile.text
    assert "verkoop@" not in profile.text


async def test_an_enterprise_sees_its_own_only(desk: AsyncClient) -> None:
    number = a_kvk_number()
    kind = OrganisationKind.ENTERPRISE
    made = await accounts.create_organisation(kind, "De Kwast", number, now=NOW)
    key = await accounts.create_key("kwast", ["directory:write"], now=NOW, organisation_id=made.id)
    other = await stored(desk, **REACHABLE)
    desk.headers["Authorization"] = f"Bearer {key.secret}"
    own = await stored(desk, kvkNumber=number, **REACHABLE)

    assert (await revealed(desk, own)).status_code == 200
    refused = await revealed(desk, other)
    assert (refused.status_code, refused.json()["code"]) == (403, "buyers-only")


async def test_who_left_is_gone(desk: AsyncClient) -> None:
    firm = await stored(desk, **REACHABLE)
    await desk.delete(f"/v1/enterprises/{firm['id']}", headers={"If-Match": "*"})

    assert (await revealed(desk, firm)).status_code == 410


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", "j.jansen@kwast.example", "personal-address-suspected"),
        ("email", "fatima.el_amrani@kwast.example", "personal-address-suspected"),
        ("phone", "bel maar", "invalid-telephone"),
        ("phone", "06-1234", "invalid-telephone"),
    ],
)
async def test_addresses_of_persons_and_no_numbers_are_refused(
    desk: AsyncClient, field: str, value: str, code: str
) -> None:
    answer = await desk.post("/v1/enterprises", json={"name": "De Kwast", field: value})

    assert answer.status_code == 400
    assert [(one["code"], one["place"]) for one in answer.json()["errors"]] == [(code, f"/{field}")]
