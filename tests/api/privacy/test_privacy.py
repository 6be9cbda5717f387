"""Personal data: shown to whom it is about, erased, revealed on record, not kept for ever."""

from datetime import timedelta

import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.accounts.service import create_key
from api.clock import now
from api.database import fetch
from api.privacy import service
from api.settings import settings
from tests.access_builders import a_person, an_organisation, signed_in, with_password
from tests.builders import a_key
from tests.conftest import NOW

PURPOSE = {"purpose": "To invite them for lot 2."}


@pytest.fixture
def _in_a_transaction(db: None) -> None:
    """All of this is rolled back."""


pytestmark = pytest.mark.usefixtures("_in_a_transaction")


async def an_enterprise(client: AsyncClient) -> str:
    body = {"name": "Catering De Brug", "email": "lunch@brug.example"}
    made = await client.post("/v1/enterprises", json=body, headers=await a_key())
    return str(made.json()["id"])


async def test_somebody_reads_all_that_is_kept_about_them(app: Litestar) -> None:
    person = await a_person("officer")
    browser = await signed_in(app, person)

    told = (await browser.get("/v1/me/data")).json()

    assert told["email"] == person.email
    assert [one["roles"] for one in told["memberships"]] == [["officer"]]
    assert len(told["sessions"]) == 1


async def test_who_is_erased_leaves_no_name_and_no_way_in(app: Litestar) -> None:
    person = await a_person("officer")
    browser = await signed_in(app, person)

    erased = await browser.post("/v1/me/erasures")

    assert erased.status_code == 204
    assert (await browser.get("/v1/me/data")).status_code == 401
    assert (await with_password(browser, person)).status_code == 401
    [row] = await fetch("SELECT * FROM person WHERE id = $1", person.id)
    assert person.email not in str(dict(row))
    assert (row["name"], row["password_hash"]) == ("erased", None)
    events = await fetch("SELECT action FROM audit_event WHERE subject = $1", person.id)
    assert "person.erased" in {one["action"] for one in events}


async def test_the_last_administrator_stays_until_there_is_another(app: Litestar) -> None:
    person = await a_person("administrator")
    browser = await signed_in(app, person)

    refused = await browser.post("/v1/me/erasures")

    assert refused.status_code == 409
    assert refused.json()["code"] == "last-administrator"


async def test_a_key_can_ask_for_nobody(client: AsyncClient) -> None:
    client.headers.update(await a_key())

    assert (await client.get("/v1/me/data")).status_code == 403


async def test_a_contact_address_is_told_on_record(client: AsyncClient) -> None:
    enterprise = await an_enterprise(client)
    buyer = await create_key(
        "desk", ["contacts:read"], now=NOW, organisation_id=await an_organisation()
    )
    path = f"/v1/enterprises/{enterprise}/contact-disclosures"

    told = await client.post(
        path, json=PURPOSE, headers={"Authorization": f"Bearer {buyer.secret}"}
    )

    assert told.json() == {"enterpriseId": enterprise, "email": "lunch@brug.example"}
    rows = await fetch(
        "SELECT actor, organisation, detail FROM audit_event WHERE action = 'contact.revealed'"
    )
    assert [buyer.prefix in row["actor"] for row in rows] == [True]
    assert rows[0]["organisation"] is not None
    assert PURPOSE["purpose"] in rows[0]["detail"]
    assert "lunch@" not in rows[0]["detail"]


async def test_a_contact_address_stands_nowhere_else(client: AsyncClient) -> None:
    enterprise = await an_enterprise(client)

    for path in (f"/v1/enterprises/{enterprise}", f"/v1/enterprises/{enterprise}/json-ld"):
        assert "lunch@brug" not in (await client.get(path)).text


async def test_a_purpose_with_a_personal_number_is_refused(client: AsyncClient) -> None:
    enterprise = await an_enterprise(client)
    path = f"/v1/enterprises/{enterprise}/contact-disclosures"

    refused = await client.post(path, json={"purpose": "For 111222333"}, headers=await a_key())

    assert refused.status_code == 400
    assert "111222333" not in refused.text


async def test_what_is_kept_no_longer_goes_and_the_rest_stays(app: Litestar) -> None:
    gone, here = await a_person("officer"), await a_person("officer")
    await signed_in(app, gone)
    await signed_in(app, here)
    long_ago = now() - timedelta(days=800)
    sql = "UPDATE membership SET ended_at = $2, created_at = $2 WHERE person = $1"
    await fetch(sql, gone.id, long_ago)
    await fetch("UPDATE person SET created_at = $2 WHERE id = $1", gone.id, long_ago)
    await fetch("UPDATE signed_in_session SET expires_at = $2 WHERE person = $1", gone.id, long_ago)

    cleared = await service.retain(now())

    assert (cleared["sessions"], cleared["people"]) == (1, 1)
    names = await fetch("SELECT name FROM person WHERE id = ANY($1)", [gone.id, here.id])
    assert sorted(row["name"] for row in names) == ["Iemand", "erased"]


async def test_security_txt_names_whom_to_tell(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await client.get("/.well-known/security.txt")).status_code == 404
    monkeypatch.setenv("SECURITY_CONTACT", "mailto:security@gemeente.example")
    settings.cache_clear()
    told = await client.get("/.well-known/security.txt")
    monkeypatch.delenv("SECURITY_CONTACT")
    settings.cache_clear()

    assert told.headers["Content-Type"].startswith("text/plain")
    assert "Contact: mailto:security@gemeente.example\n" in told.text
    assert "Expires: " in told.text
