"""Signing in with a work account from the pages, where an identity provider is set."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from litestar import Litestar

from tests.access_builders import a_browser, a_person, signed_in
from tests.api.oidc.test_oidc import consented

pytestmark = [
    pytest.mark.usefixtures("db", "configured"),
    # The provider, which runs in this process, leans on parts of authlib that are to go.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


async def test_an_invitation_is_accepted_with_a_work_account(app: Litestar) -> None:
    boss = await signed_in(app, await a_person("administrator"))
    sent = {"email": "eva@stad.example", "roles": ["officer"], "days": "7"}
    made = await boss.post("/organisatie/mensen", data=sent)
    found = re.search(r"<code>(.*?)</code>", made.text)
    assert found is not None
    path = urlsplit(found[1]).path
    async with a_browser(app) as browser:
        offered = await browser.get(path)
        over = await browser.post("/inloggen/organisatie", data={"terug": path})
        [address] = re.findall(r'url=([^"]+)"', over.text)
        query = await consented(unescape(address), "eva")
        back = await browser.get("/v1/oidc-callback", params=query)
        joined = await browser.post(back.headers["Location"])
        account = await browser.get("/account")

    assert "Log in met uw werkaccount" in offered.text
    assert back.headers["Location"] == path
    assert joined.headers["Location"] == "/account?gedaan=erbij"
    assert "inkoper" in account.text


async def test_the_walk_leads_back_to_no_other_site(app: Litestar) -> None:
    async with a_browser(app) as browser:
        over = await browser.post(
            "/inloggen/organisatie", data={"terug": "//elders.example/account"}
        )
        [address] = re.findall(r'url=([^"]+)"', over.text)
        query = await consented(unescape(address), "eva")
        back = await browser.get("/v1/oidc-callback", params=query)

    assert back.headers["Location"] == "/account"


async def test_a_form_of_another_site_begins_no_walk(app: Litestar) -> None:
    async with a_browser(app, **{"Sec-Fetch-Site": "cross-site"}) as browser:
        refused = await browser.post("/inloggen/organisatie", data={})

    assert refused.status_code == 403
