"""Signing in and out as people do; a form of another site does nothing."""

import pytest
from litestar import Litestar

from tests.access_builders import PASSWORD, WRONG, a_browser, a_person, signed_in
from tests.api.pages.reading import faults_of, heading, text_of

pytestmark = pytest.mark.usefixtures("db")


async def test_who_signs_in_goes_on_to_what_was_asked_for(app: Litestar) -> None:
    person = await a_person("coordinator")
    async with a_browser(app) as browser:
        asked = await browser.get("/verplichtingen")
        assert asked.status_code == 303
        assert asked.headers["Location"] == "/inloggen?terug=%2Fverplichtingen"

        sent = {"email": person.email, "password": PASSWORD, "terug": "/verplichtingen"}
        answer = await browser.post("/inloggen", data=sent)
        assert answer.headers["Location"] == "/verplichtingen"

        assert heading(await browser.get("/verplichtingen")) == "Verplichtingen social return"


async def test_a_wrong_password_keeps_the_address_and_not_the_password(app: Litestar) -> None:
    person = await a_person("officer")
    async with a_browser(app) as browser:
        page = await browser.post("/inloggen", data={"email": person.email, "password": WRONG})

    assert page.status_code == 400
    assert faults_of(page) == {"email"}
    assert f'value="{person.email}"' in page.text
    assert WRONG not in page.text


async def test_signing_in_leads_to_no_other_site(app: Litestar) -> None:
    person = await a_person("officer")
    sent = {"email": person.email, "password": PASSWORD, "terug": "//elders.example/aanbestedingen"}
    async with a_browser(app) as browser:
        answer = await browser.post("/inloggen", data=sent)

    assert answer.headers["Location"] == "/aanbestedingen"


async def test_a_form_of_another_site_signs_nobody_out(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("officer"))
    refused = await browser.post("/uitloggen", headers={"Sec-Fetch-Site": "cross-site"})

    assert refused.status_code == 403
    assert (await browser.get("/account")).status_code == 200


async def test_who_signs_out_is_out(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("officer"))

    answer = await browser.post("/uitloggen")

    assert answer.headers["Location"] == "/"
    assert (await browser.get("/account")).status_code == 303


async def test_a_page_without_the_right_is_refused_in_words(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("editor", kind="enterprise"))

    page = await browser.get("/aanbestedingen")

    assert page.status_code == 403
    assert heading(page) == "U mag deze pagina niet zien"


async def test_the_menu_offers_what_the_organisation_does(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("editor", kind="enterprise"))

    words = text_of(await browser.get("/account"))

    assert "Mijn onderneming" in words
    assert "Aanbestedingen" not in words


async def test_a_new_password_is_asked_with_the_present_one(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("officer"))
    page = await browser.post("/account/wachtwoord", data={"present": PASSWORD, "new": "kort"})
    assert faults_of(page) == {"new"}

    page = await browser.post(
        "/account/wachtwoord", data={"present": WRONG, "new": "een lang woord"}
    )
    assert faults_of(page) == {"present"}
