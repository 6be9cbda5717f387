"""Signing in and out: the password, the session, and who is told what."""

from datetime import timedelta

import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.clock import now
from api.database import fetch
from api.sessions import service as sessions
from api.sign_in.service import PER_ACCOUNT_AND_ADDRESS, PER_ADDRESS
from tests.access_builders import PASSWORD, WRONG, a_browser, a_person, signed_in, with_password
from tests.builders import a_key

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def browser(app: Litestar) -> AsyncClient:
    return a_browser(app)


async def test_who_signs_in_is_known_from_then_on(browser: AsyncClient) -> None:
    person = await a_person("officer")

    answer = await with_password(browser, person, email=f" {person.email.upper()} ")

    assert answer.status_code == 201
    assert answer.json()["organisationId"] == str(person.organisation)
    me = (await browser.get("/v1/me")).json()
    assert (me["personId"], me["email"]) == (str(person.id), person.email)
    assert "matches:write" in me["scopes"]
    assert "obligations:verify" not in me["scopes"]


async def test_the_cookie_is_out_of_reach_of_scripts(app: Litestar, browser: AsyncClient) -> None:
    person = await a_person("officer")

    here = (await with_password(browser, person)).headers["Set-Cookie"]
    elsewhere = a_browser(app)
    elsewhere.base_url = "https://perceel.example"
    public = (await with_password(elsewhere, person)).headers["Set-Cookie"]

    assert here.startswith("perceel=")
    assert "HttpOnly" in here
    assert "SameSite=lax" in here
    assert "Secure" not in here
    assert public.startswith("__Host-perceel=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(public.split("; "))
    assert "Domain" not in public


async def test_one_refusal_fits_all(browser: AsyncClient) -> None:
    person = await a_person("officer")
    await fetch("UPDATE person SET disabled_at = now() WHERE id = $1", person.id)

    answers = [
        await with_password(browser, person),
        await with_password(browser, person, email="nobody@perceel.example"),
        await with_password(browser, await a_person("officer"), password=WRONG),
    ]

    assert {one.status_code for one in answers} == {401}
    assert len({one.content for one in answers}) == 1
    assert {one.json()["code"] for one in answers} == {"sign-in-refused"}
    assert all("Set-Cookie" not in one.headers for one in answers)


async def test_an_unknown_address_is_compared_too(
    browser: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    from api import passwords

    right = passwords._verified

    def counting(kept: str, password: str) -> bool:
        compared.append(kept)
        return right(kept, password)

    monkeypatch.setattr(passwords, "_verified", counting)
    await with_password(browser, await a_person("officer"), email="nobody@perceel.example")

    assert len(compared) == 1
    assert compared[0].startswith("$argon2id$")


async def test_a_token_can_not_be_planted(browser: AsyncClient) -> None:
    person = await a_person("officer")
    browser.cookies.set("perceel", "planted-by-somebody-else", domain="127.0.0.1")

    await with_password(browser, person)
    mine = browser.cookies["perceel"]
    await with_password(browser, person)
    after = browser.cookies["perceel"]

    assert "planted-by-somebody-else" not in {mine, after}
    assert mine != after
    assert await sessions.actor_of(mine, now()) is None, "the former session ended"
    assert await sessions.actor_of(after, now()) is not None


async def test_a_session_is_kept_as_a_hash_alone(browser: AsyncClient) -> None:
    await with_password(browser, await a_person("officer"))

    rows = await fetch("SELECT * FROM signed_in_session")

    assert browser.cookies["perceel"] not in str([dict(row) for row in rows])


async def test_a_session_ends_when_idle_and_when_old(app: Litestar) -> None:
    person = await a_person("officer")
    opened = await sessions.open_session(person.id, now())

    async def known(after: timedelta) -> bool:
        return await sessions.actor_of(opened.token, now() + after) is not None

    assert await known(timedelta(minutes=59))
    assert await known(timedelta(minutes=59 + 59))
    assert not await known(timedelta(minutes=59 + 59 + 61))
    await fetch("UPDATE signed_in_session SET last_seen_at = $1", now() + timedelta(hours=13))
    assert not await known(timedelta(hours=12, seconds=1))
    assert app is not None


async def test_signing_out_ends_one_session_or_all(app: Litestar) -> None:
    person = await a_person("officer")
    first, second, third = [await signed_in(app, person) for _ in range(3)]

    assert (await first.post("/v1/sign-outs", json={})).status_code == 204
    assert [(await one.get("/v1/me")).status_code for one in (first, second)] == [401, 200]
    assert (await second.post("/v1/sign-outs", json={"everywhere": True})).status_code == 204
    assert [(await one.get("/v1/me")).status_code for one in (second, third)] == [401, 401]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 204),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "http://127.0.0.1"}, 204),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
async def test_a_cookie_counts_from_our_own_pages_only(
    app: Litestar, headers: dict[str, str], status: int
) -> None:
    browser = await signed_in(app, await a_person("officer"))
    browser.headers.pop("Sec-Fetch-Site")

    answer = await browser.post("/v1/sign-outs", json={}, headers=headers)

    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "cross-site-request"
        assert (await browser.get("/v1/me")).status_code == 200


async def test_another_site_signs_nobody_in(browser: AsyncClient) -> None:
    person = await a_person("officer")

    answer = await browser.post(
        "/v1/sign-ins",
        json={"email": person.email, "password": PASSWORD},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "cross-site-request")


async def test_guessing_is_cut_short_and_locks_nobody_else_out(browser: AsyncClient) -> None:
    person, other = await a_person("officer"), await a_person("officer")

    tried = [
        (await with_password(browser, person, password=WRONG)).status_code
        for _ in range(PER_ACCOUNT_AND_ADDRESS.limit)
    ]
    stopped = await with_password(browser, person)

    assert set(tried) == {401}
    assert (stopped.status_code, stopped.json()["code"]) == (429, "too-many-requests")
    assert 0 < int(stopped.headers["Retry-After"]) <= PER_ADDRESS.seconds + 1
    assert (await with_password(browser, other)).status_code == 201


async def test_where_a_key_is_sent_the_cookie_does_not_count(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("officer"))

    wrong = await browser.get("/v1/me", headers={"Authorization": "Bearer pcl_x_y"})
    right = await browser.get("/v1/me", headers=await a_key("matches:read"))

    assert wrong.status_code == 401
    assert wrong.headers["WWW-Authenticate"] == "Bearer"
    assert (right.json()["personId"], right.json()["scopes"]) == (None, ["matches:read"])
