"""Coming in, protecting an account, people, keys: each secret is shown once, to who may see it."""

import re
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from httpx import AsyncClient, Response
from litestar import Litestar

from api.clock import now
from api.people import queries
from tests.access_builders import PASSWORD, WRONG, a_browser, a_person, an_organisation, signed_in
from tests.api.pages.reading import faults_of, heading, text_of

pytestmark = pytest.mark.usefixtures("db")
NEW = "een fiets met drie wielen"


def secret_of(page: Response) -> str:
    """What a page shows once."""
    found = re.search(r"data-secret.*?<code>(.*?)</code>", page.text, re.DOTALL)
    assert found is not None, text_of(page)
    return found[1]


def hidden(page: Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None
    return found[1].replace("&amp;", "&")


async def _invited(browser: AsyncClient, email: str, *roles: str) -> str:
    """The path behind the link of an invitation."""
    sent = {"email": email, "roles": list(roles), "days": "7"}
    page = await browser.post("/organisatie/mensen", data=sent)
    assert page.status_code == 200, text_of(page)
    return urlsplit(secret_of(page)).path


async def test_who_is_invited_comes_in_with_a_password_and_is_signed_in(app: Litestar) -> None:
    boss = await a_person("administrator")
    path = await _invited(await signed_in(app, boss), "nieuw@stad.example", "officer")
    async with a_browser(app) as browser:
        shown = text_of(await browser.get(path))
        answer = await browser.post(path, data={"name": "Nel Nieuw", "password": NEW})
        account = text_of(await browser.get("/account"))

    assert "nieuw@stad.example" in shown
    assert "inkoper" in shown
    assert answer.headers["Location"] == "/account?gedaan=erbij"
    assert "Nel Nieuw" in account


async def test_a_weak_password_is_told_at_the_field_and_not_kept(app: Litestar) -> None:
    path = await _invited(
        await signed_in(app, await a_person("administrator")), "a@stad.example", "officer"
    )
    async with a_browser(app) as browser:
        page = await browser.post(path, data={"name": "Nel", "password": "kort"})

    assert page.status_code == 400
    assert faults_of(page) == {"password"}
    assert 'value="Nel"' in page.text
    assert 'value="kort"' not in page.text


async def test_who_has_an_account_signs_in_first_and_then_accepts(app: Litestar) -> None:
    known = await a_person("officer")
    boss = await a_person("administrator")
    path = await _invited(await signed_in(app, boss), known.email, "coordinator")
    async with a_browser(app) as browser:
        refused = await browser.post(path, data={"name": "Iemand", "password": NEW})
    browser = await signed_in(app, known)
    await browser.post(path)
    account = text_of(await browser.get("/account"))

    assert "Dit e-mailadres heeft al een account" in text_of(refused)
    assert f"/inloggen?terug={path.replace('/', '%2F')}" in refused.text
    assert "coördinator social return" in account
    assert "Werken voor een andere organisatie" in account


async def test_an_invitation_that_is_used_or_unknown_is_no_page(app: Litestar) -> None:
    path = await _invited(
        await signed_in(app, await a_person("administrator")), "b@stad.example", "officer"
    )
    async with a_browser(app) as browser:
        await browser.post(path, data={"name": "Ben", "password": NEW})
        assert (await browser.get(path)).status_code == 404
        assert (await browser.get("/uitnodiging/" + "x" * 43)).status_code == 404


async def test_a_form_of_another_site_accepts_no_invitation(app: Litestar) -> None:
    path = await _invited(
        await signed_in(app, await a_person("administrator")), "c@stad.example", "officer"
    )
    async with a_browser(app, **{"Sec-Fetch-Site": "cross-site"}) as browser:
        refused = await browser.post(path, data={"name": "Cas", "password": NEW})

    assert refused.status_code == 403


async def test_a_forgotten_password_is_set_by_the_link_of_the_administrator(app: Litestar) -> None:
    boss = await a_person("administrator")
    lost = await a_person("officer", organisation=boss.organisation)
    browser = await signed_in(app, boss)
    made = await browser.post(f"/organisatie/mensen/{lost.id}/wachtwoord")
    path = urlsplit(secret_of(made)).path
    async with a_browser(app) as other:
        short = await other.post(path, data={"password": "kort"})
        answer = await other.post(path, data={"password": NEW})
        again = await other.post(path, data={"password": NEW + "!"})
        told = await other.get(answer.headers["Location"])
        inside = await other.post("/inloggen", data={"email": lost.email, "password": NEW})

    assert faults_of(short) == {"password"}
    assert "Uw nieuwe wachtwoord is bewaard" in text_of(told)
    assert inside.status_code == 303
    assert again.status_code == 400
    assert "Deze link werkt niet meer" in text_of(again)


async def test_who_is_in_another_organisation_too_gets_no_link(app: Litestar) -> None:
    boss, lost = await a_person("administrator"), await a_person("officer")
    await queries.join(lost.id, boss.organisation, ["officer"], now())
    browser = await signed_in(app, boss)

    page = await browser.post(f"/organisatie/mensen/{lost.id}/wachtwoord")

    assert page.status_code == 400
    assert "hoort ook bij een andere organisatie" in text_of(page)
    assert "data-secret" not in page.text


async def test_who_works_for_several_organisations_says_for_which(app: Litestar) -> None:
    person = await a_person("officer")
    other = await an_organisation("contractor", name="Bouwer")
    await queries.join(person.id, other, ["coordinator"], now())
    async with a_browser(app) as browser:
        answer = await browser.post("/inloggen", data={"email": person.email, "password": PASSWORD})
        assert answer.headers["Location"] == "/kies-organisatie"
        assert "Bouwer" in text_of(await browser.get("/kies-organisatie"))
        chosen = await browser.post("/kies-organisatie", data={"organisationId": str(other)})

    assert chosen.headers["Location"] == "/verplichtingen"


async def test_a_second_factor_is_set_up_asked_for_and_ended(app: Litestar) -> None:
    person = await a_person("officer")
    browser = await signed_in(app, person)
    wrong = await browser.post("/account/tweede-factor", data={"password": WRONG})
    setup = await browser.post("/account/tweede-factor", data={"password": PASSWORD})
    secret, uri = hidden(setup, "secret"), hidden(setup, "uri")
    sent = {"secret": secret, "uri": uri}
    unsure = await browser.post(
        "/account/tweede-factor/bevestiging", data=sent | {"code": "000000"}
    )
    done = await browser.post(
        "/account/tweede-factor/bevestiging", data=sent | {"code": pyotp.TOTP(secret).now()}
    )
    codes = re.findall(r"<code>([0-9a-f]{6}-[0-9a-f]{6})</code>", done.text)
    async with a_browser(app) as other:
        given = {"email": person.email, "password": PASSWORD}
        asked = await other.post("/inloggen", data=given)
        inside = await other.post("/inloggen", data=given | {"code": codes[0]})
        used = await other.post("/inloggen", data=given | {"code": codes[0]})
    off = await browser.post("/account/tweede-factor/einde", data={"password": PASSWORD})

    assert faults_of(wrong) == {"password"}
    assert parse_qs(urlsplit(uri).query)["secret"] == [secret]
    assert faults_of(unsure) == {"code"}
    assert secret in unsure.text
    assert len(codes) == 10
    assert "Code uit uw app" in text_of(asked)
    assert (inside.status_code, used.status_code) == (303, 400)
    assert off.headers["Location"].endswith("gedaan=uit")


async def test_an_address_that_is_no_otpauth_is_not_made_a_link(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("officer"))
    sent = {"secret": "ABCD", "uri": "javascript:alert(1)", "code": ""}

    page = await browser.post("/account/tweede-factor/bevestiging", data=sent)

    assert 'href="javascript' not in page.text
    assert faults_of(page) == {"code"}


async def test_roles_are_given_and_taken_and_the_last_administrator_stays(app: Litestar) -> None:
    boss = await a_person("administrator")
    mate = await a_person("officer", organisation=boss.organisation)
    browser = await signed_in(app, boss)
    path = f"/organisatie/mensen/{mate.id}"
    version = hidden(await browser.get(path), "version")
    given = {"version": version, "roles": ["officer", "coordinator"]}

    none = await browser.post(path, data={"version": version})
    changed = await browser.post(path, data=given)
    stale = await browser.post(path, data=given)
    own = await browser.post(
        f"/organisatie/mensen/{boss.id}", data={"version": "1", "roles": "officer"}
    )
    listed = text_of(await browser.get("/organisatie/mensen"))
    gone = await browser.post(path, data={"actie": "weg", "version": str(int(version) + 1)})

    assert faults_of(none) == {"roles"}
    assert changed.status_code == 303
    assert "Iemand anders heeft dit net gewijzigd" in text_of(stale)
    assert "U bent de laatste beheerder" in text_of(own)
    assert "coördinator social return, inkoper" in listed
    assert gone.status_code == 303
    assert (await browser.get(path)).status_code == 404


async def test_an_invitation_is_withdrawn(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("administrator"))
    path = await _invited(browser, "weg@stad.example", "officer")
    page = await browser.get("/organisatie/mensen")
    [action] = re.findall(r'action="(/organisatie/uitnodigingen/[^"]+)"', page.text)

    await browser.post(action)

    assert (await browser.get(path)).status_code == 404
    assert "weg@stad.example" not in (await browser.get("/organisatie/mensen")).text


async def test_who_is_no_administrator_sees_people_and_decides_nothing(app: Litestar) -> None:
    boss = await a_person("administrator")
    mate = await a_person("officer", organisation=boss.organisation)
    browser = await signed_in(app, mate)

    page = await browser.get("/organisatie/mensen")
    refused = await browser.post("/organisatie/mensen", data={"email": "x@y.example"})

    assert boss.email in page.text
    assert "Nodig iemand uit" not in page.text
    assert refused.status_code == 403
    assert heading(await browser.get("/organisatie/webhooks")) == "U mag deze pagina niet zien"


async def test_a_key_is_made_replaced_and_ended(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("officer"))
    sent = {"name": "Koppeling", "scopes": ["matches:read"], "days": "30"}
    none = await browser.post("/organisatie/sleutels", data={"name": "Koppeling", "days": "veel"})
    made = await browser.post("/organisatie/sleutels", data=sent)
    first = secret_of(made)
    [rotation] = re.findall(r'action="(/organisatie/sleutels/[^"]+/vervanging)"', made.text)
    second = secret_of(await browser.post(rotation))
    ended = await browser.post(rotation.replace("vervanging", "einde"))
    later = await browser.get("/organisatie/sleutels")
    async with a_browser(app) as machine:
        by = [
            (await machine.get("/v1/me", headers={"Authorization": f"Bearer {one}"})).status_code
            for one in (first, second)
        ]
    refused = await browser.post(rotation)

    assert faults_of(none) == {"scopes", "days"}
    assert 'value="Koppeling"' in none.text
    assert by == [401, 200]
    assert ended.status_code == 303
    assert first not in later.text
    assert second not in later.text
    assert "Deze sleutel werkt niet meer" in text_of(refused)


async def test_a_page_with_a_secret_is_not_kept_and_not_framed(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("officer"))
    sent = {"name": "Koppeling", "scopes": ["matches:read"], "days": "30"}

    made = await browser.post("/organisatie/sleutels", data=sent)

    assert made.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in made.headers["Content-Security-Policy"]
    assert "unsafe" not in made.headers["Content-Security-Policy"]
