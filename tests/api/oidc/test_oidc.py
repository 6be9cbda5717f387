"""Signing in through a real provider on this machine, and tokens that must not be believed."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.clock import now
from api.database import fetch
from api.provider import provider
from api.settings import settings
from tests.access_builders import (
    a_browser,
    a_person,
    an_organisation,
    signed_in,
    with_password,
)

pytestmark = [
    pytest.mark.usefixtures("db", "configured"),
    # The provider, which runs in this process, leans on parts of authlib that are to go.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


async def begun(browser: AsyncClient, **data: Any) -> str:
    """The address of the provider that a browser is sent to."""
    answer = await browser.post("/v1/oidc-flows", json=data)
    assert answer.status_code == 201, answer.text
    address: str = answer.json()["authorizationUrl"]
    return address


async def consented(address: str, who: str) -> dict[str, str]:
    """What the provider sends the browser back with, after somebody signed in there."""
    async with httpx.AsyncClient(trust_env=False) as there:
        answer = await there.post(address, data={"sub": who})
    assert answer.status_code == 302, answer.text
    assert urlsplit(answer.headers["Location"]).path == "/v1/oidc-callback"
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


async def walked(browser: AsyncClient, who: str, **data: Any) -> httpx.Response:
    query = await consented(await begun(browser, **data), who)
    return await browser.get("/v1/oidc-callback", params=query)


async def me(browser: AsyncClient) -> Any:
    return (await browser.get("/v1/me")).json()


async def test_who_the_provider_knows_is_signed_in_and_has_no_rights(app: Litestar) -> None:
    browser = a_browser(app)

    back = await walked(browser, "eva", returnTo="/lijsten?x=1")

    assert (back.status_code, back.headers["Location"]) == (303, "/lijsten?x=1")
    known = await me(browser)
    assert known["email"] == "eva@stad.example"
    assert (known["scopes"], known["memberships"], known["organisation"]) == ([], [], None)


async def test_the_same_identity_is_the_same_person(app: Litestar) -> None:
    first, second = a_browser(app), a_browser(app)

    await walked(first, "eva")
    await walked(second, "eva")

    assert (await me(first))["personId"] == (await me(second))["personId"]
    [row] = await fetch("SELECT count(*) AS found FROM external_identity")
    assert row["found"] == 1


async def test_the_browser_is_sent_with_state_nonce_and_pkce(app: Litestar) -> None:
    asked = parse_qs(urlsplit(await begun(a_browser(app))).query)

    [row] = await fetch("SELECT * FROM oidc_flow")
    assert asked["code_challenge_method"] == ["S256"]
    digest = sha256(row["verifier"].encode()).digest()
    assert asked["code_challenge"] == [urlsafe_b64encode(digest).decode().rstrip("=")]
    assert asked["nonce"] == [row["nonce"]]
    assert asked["state"][0] not in str(dict(row))
    assert asked["redirect_uri"] == ["http://127.0.0.1/v1/oidc-callback"]


async def test_a_walk_is_of_one_browser_and_of_one_use(app: Litestar) -> None:
    """Or a page could sign its visitor in as somebody else."""
    browser, victim = a_browser(app), a_browser(app)
    query = await consented(await begun(browser), "eva")

    planted = await victim.get("/v1/oidc-callback", params=query)
    own = await browser.get("/v1/oidc-callback", params=query)
    again = await browser.get("/v1/oidc-callback", params=query)

    assert [one.status_code for one in (planted, own, again)] == [401, 303, 401]
    assert planted.json()["code"] == "provider-refused"


async def test_another_state_ends_the_walk(app: Litestar) -> None:
    browser = a_browser(app)
    query = await consented(await begun(browser), "eva")

    wrong = await browser.get("/v1/oidc-callback", params=query | {"state": "x"})
    right = await browser.get("/v1/oidc-callback", params=query)

    assert (wrong.status_code, right.status_code) == (401, 401)


async def test_a_walk_lasts_ten_minutes(app: Litestar) -> None:
    browser = a_browser(app)
    query = await consented(await begun(browser), "eva")
    await fetch("UPDATE oidc_flow SET expires_at = $1", now())

    assert (await browser.get("/v1/oidc-callback", params=query)).status_code == 401


@pytest.mark.parametrize(
    "query", [{}, {"error": "access_denied"}, {"code": "x"}, {"code": "x", "state": "é" * 9}]
)
async def test_coming_back_with_nothing_signs_nobody_in(
    app: Litestar, query: dict[str, str]
) -> None:
    browser = a_browser(app)
    await begun(browser)

    answer = await browser.get("/v1/oidc-callback", params=query)

    assert (answer.status_code, answer.json()["code"]) == (401, "provider-refused")
    assert (await browser.get("/v1/me")).status_code == 401


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil", "x", "/ "])
async def test_the_way_back_stays_on_this_site(app: Litestar, path: str) -> None:
    answer = await a_browser(app).post("/v1/oidc-flows", json={"returnTo": path})

    assert answer.status_code == 400


async def test_an_address_does_not_open_an_account(app: Litestar) -> None:
    """Whoever has it signs in as before, and links the identity themselves."""
    person = await a_person("officer")
    await fetch("UPDATE person SET email = 'eva@stad.example' WHERE id = $1", person.id)
    stranger, owner = a_browser(app), await signed_in(app, person)

    refused = await walked(stranger, "eva")
    linked = await walked(owner, "eva")
    after = a_browser(app)
    await walked(after, "eva")

    assert (refused.status_code, refused.json()["code"]) == (409, "address-taken")
    assert linked.status_code == 303
    assert (await me(after))["personId"] == str(person.id)
    assert (
        await with_password(a_browser(app), person, email="eva@stad.example")
    ).status_code == 201


async def test_an_identity_is_linked_to_one_person(app: Litestar) -> None:
    await walked(a_browser(app), "eva")

    other = await walked(await signed_in(app, await a_person("officer")), "eva")

    assert (other.status_code, other.json()["code"]) == (409, "identity-taken")


async def test_an_address_that_is_not_verified_is_not_believed(app: Litestar) -> None:
    browser = a_browser(app)

    await walked(browser, "bob")

    assert (await me(browser))["email"].endswith("@unknown.invalid")


async def test_a_person_who_is_shut_out_stays_out(app: Litestar) -> None:
    await walked(a_browser(app), "eva")
    await fetch("UPDATE person SET disabled_at = now()")

    assert (await walked(a_browser(app), "eva")).status_code == 401


@pytest.fixture
async def home(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[UUID]:
    """An organisation that the operator's rules let people into."""
    made = await an_organisation()
    domain = f"email-domain:stad.example={made}/officer+moderator"
    monkeypatch.setenv("OIDC_JOIN", f"{domain};groups:inkoop={made}/coordinator")
    settings.cache_clear()
    yield made
    monkeypatch.undo()


@pytest.mark.parametrize(
    ("who", "roles"), [("eva", ["officer"]), ("tim", ["coordinator"]), ("bob", None)]
)
async def test_the_operators_rules_let_people_in(
    app: Litestar, home: UUID, who: str, roles: list[str] | None
) -> None:
    browser = a_browser(app)

    await walked(browser, who)

    seats = (await me(browser))["memberships"]
    assert [(one["organisationId"], one["roles"]) for one in seats] == (
        [] if roles is None else [(str(home), roles)]
    )


async def test_who_was_taken_out_is_not_let_in_again(app: Litestar, home: UUID) -> None:
    await walked(a_browser(app), "eva")
    await fetch("UPDATE membership SET ended_at = now() WHERE organisation = $1", home)
    browser = a_browser(app)

    await walked(browser, "eva")

    assert (await me(browser))["memberships"] == []


async def test_without_a_provider_there_is_no_such_way(
    app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_ISSUER", "")
    settings.cache_clear()
    provider.cache_clear()

    answer = await a_browser(app).post("/v1/oidc-flows", json={})

    assert answer.status_code == 404


async def test_a_provider_that_is_away_is_told_as_such(
    app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_ISSUER", "http://127.0.0.1:9")
    settings.cache_clear()
    provider.cache_clear()

    answer = await a_browser(app).post("/v1/oidc-flows", json={})

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
