"""Personal data: shown to whom it is about, erased, not kept for ever."""

from datetime import timedelta

import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.clock import now
from api.database import fetch
from api.privacy import service
from api.settings import settings
from tests.access_builders import a_person, signed_in, with_password
from tests.builders import a_key


@pytest.fixture
def _in_a_transaction(db: None) -> None:
    """All of this is rolled back."""


pytestmark = pytest.mark.usefixtures("_in_a_transaction")


async def test_somebody_reads_all_that_is_kept_about_them(app: Litestar) -> None:
    person = await a_person("officer")
    browser = await signed_in(app, person)

    told = (await browser.get("/v1/me/data")).json()

    assert told["email"] == person.email
    assert [one["roles"] for one in told["memberships"]] == [["officer"]]
    assert len(told["sessions"]) == 1
    assert told["notifications"] == {"language": None, "tell": None, "mailDays": []}


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
