"""Mail, one's own data, webhooks."""

import re
from collections.abc import Iterator

import pytest
from litestar import Litestar

from api.database import fetch
from api.settings import settings
from tests.access_builders import PASSWORD, a_browser, a_person, signed_in
from tests.api.pages.reading import faults_of, text_of
from tests.api.pages.test_access import hidden, secret_of

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def local_targets(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An address on this machine, in an installation that allows it; nothing is sent here."""
    monkeypatch.setenv("WEBHOOK_LOCAL_TARGETS", "true")
    settings.cache_clear()
    yield "http://127.0.0.1:9/perceel"
    monkeypatch.delenv("WEBHOOK_LOCAL_TARGETS")
    settings.cache_clear()


async def test_mail_is_chosen_and_a_stale_choice_overwrites_nothing(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("coordinator"))
    first = await browser.get("/account/berichten")
    sent = {"version": hidden(first, "version"), "language": "en", "tell": ["searches"]}

    saved = await browser.post("/account/berichten", data=sent)
    stale = await browser.post("/account/berichten", data=sent | {"tell": "marks"})
    wrong = await browser.post("/account/berichten", data=sent | {"language": "fr"})
    now = await browser.get("/account/berichten")

    assert saved.status_code == 303
    assert "Uw keuze is ergens anders net gewijzigd" in text_of(stale)
    assert faults_of(wrong) == {"language"}
    assert re.findall(r'name="tell" value="(\w+)" checked', now.text) == ["searches"]
    assert '<option value="en" selected>' in now.text


async def test_ones_own_data_come_as_a_file(app: Litestar) -> None:
    person = await a_person("officer")
    browser = await signed_in(app, person)

    page = await browser.get("/account/gegevens")
    file = await browser.get("/account/gegevens/download")

    assert person.email in page.text
    assert file.json()["email"] == person.email
    assert file.headers["Content-Disposition"].startswith("attachment")


async def test_who_asks_twice_is_forgotten(app: Litestar) -> None:
    person = await a_person("officer")
    browser = await signed_in(app, person)

    unsure = await browser.post("/account/gegevens/vergeten")
    answer = await browser.post("/account/gegevens/vergeten", data={"zeker": "ja"})
    async with a_browser(app) as other:
        given = {"email": person.email, "password": PASSWORD}
        refused = await other.post("/inloggen", data=given)

    assert faults_of(unsure) == {"zeker"}
    assert answer.headers["Location"] == "/inloggen?gedaan=vergeten"
    assert (await browser.get("/account")).status_code == 303
    assert refused.status_code == 400


async def test_the_last_administrator_is_not_forgotten(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("administrator"))

    page = await browser.post("/account/gegevens/vergeten", data={"zeker": "ja"})

    assert "U bent de laatste beheerder" in text_of(page)
    assert (await browser.get("/account")).status_code == 200


async def test_a_webhook_is_added_tried_and_removed(app: Litestar, local_targets: str) -> None:
    browser = await signed_in(app, await a_person("administrator"))
    sent = {"url": local_targets, "events": ["mark.verified"], "description": "Inkoopsysteem"}

    faulty = await browser.post("/organisatie/webhooks", data={"url": "ftp://mis"})
    made = await browser.post("/organisatie/webhooks", data=sent)
    secret = secret_of(made)
    [ping] = re.findall(r'action="(/organisatie/webhooks/[^"]+/proef)"', made.text)
    path = ping.removesuffix("/proef")
    await browser.post(ping)
    shown = await browser.get(path)
    rotated = secret_of(await browser.post(f"{path}/geheim"))
    version = hidden(await browser.get(path), "version")
    changed = await browser.post(path, data=sent | {"state": "paused", "version": version})
    stale = await browser.post(path, data=sent | {"state": "active", "version": version})
    listed = text_of(await browser.get("/organisatie/webhooks"))
    gone = await browser.post(path, data={"actie": "weg", "version": str(int(version) + 1)})

    assert faults_of(faulty) == {"url", "events"}
    assert secret.startswith("whsec_")
    assert rotated != secret
    assert secret not in shown.text
    assert "proefbericht" in text_of(shown)
    assert changed.status_code == 303
    assert "Iemand anders heeft deze webhook net gewijzigd" in text_of(stale)
    assert "Inkoopsysteem Pauze" in listed
    assert (gone.status_code, (await browser.get(path)).status_code) == (303, 404)


async def test_a_message_that_was_given_up_is_sent_again(app: Litestar, local_targets: str) -> None:
    browser = await signed_in(app, await a_person("administrator"))
    sent = {"url": local_targets, "events": ["mark.verified"]}
    made = await browser.post("/organisatie/webhooks", data=sent)
    [ping] = re.findall(r'action="(/organisatie/webhooks/[^"]+/proef)"', made.text)
    path = ping.removesuffix("/proef")
    await browser.post(ping)
    await fetch("UPDATE webhook_delivery SET state = 'dead'")

    dead = await browser.get(f"{path}?stand=dead")
    [again] = re.findall(r'action="(/organisatie/webhooks/[^"]+/berichten/[^"]+)"', dead.text)
    answer = await browser.post(again)

    assert answer.status_code == 303
    assert "Hier zijn geen berichten" in text_of(await browser.get(f"{path}?stand=dead"))
    assert "Onderweg" in text_of(await browser.get(path))
