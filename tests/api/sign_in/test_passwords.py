"""Passwords that are changed or lost, and the second factor."""

from typing import Any

import pyotp
import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.clock import now
from api.database import fetch
from tests.access_builders import (
    PASSWORD,
    WRONG,
    Person,
    a_browser,
    a_person,
    an_organisation,
    signed_in,
    with_password,
)
from tests.builders import a_key

pytestmark = pytest.mark.usefixtures("db")
ANOTHER = "heel iets anders 7"


async def test_a_changed_password_ends_the_other_sessions(app: Litestar) -> None:
    person = await a_person("officer")
    here, there = await signed_in(app, person), await signed_in(app, person)

    wrong = await here.post("/v1/me/password-changes", json={"present": "x", "new": ANOTHER})
    right = await here.post("/v1/me/password-changes", json={"present": PASSWORD, "new": ANOTHER})

    assert (wrong.status_code, right.status_code) == (401, 204)
    assert [(await one.get("/v1/me")).status_code for one in (here, there)] == [200, 401]
    assert (await with_password(a_browser(app), person)).status_code == 401
    assert (await with_password(a_browser(app), person, password=ANOTHER)).status_code == 201


@pytest.mark.parametrize("weak", ["", "kort", "aaaaaaaaaaaaaaaa", "ababababababab", "x" * 201])
async def test_a_weak_password_is_refused(app: Litestar, weak: str) -> None:
    browser = await signed_in(app, await a_person("officer"))

    answer = await browser.post("/v1/me/password-changes", json={"present": PASSWORD, "new": weak})

    assert answer.status_code == 400
    assert [one["place"] for one in answer.json()["errors"]] == ["/new"]


async def a_reset(browser: AsyncClient, person: Person) -> Any:
    return await browser.post("/v1/password-resets", json={"personId": str(person.id)})


async def test_a_reset_works_once_and_ends_every_session(app: Litestar) -> None:
    home = await an_organisation()
    administrator = await signed_in(app, await a_person("administrator", organisation=home))
    person = await a_person("officer", organisation=home)
    theirs = await signed_in(app, person)

    token = (await a_reset(administrator, person)).json()["token"]
    use = {"token": token, "password": ANOTHER}
    used = [(await theirs.post("/v1/password-reset-uses", json=use)).status_code for _ in range(2)]

    assert used == [204, 401]
    assert (await theirs.get("/v1/me")).status_code == 401
    assert (await with_password(a_browser(app), person, password=ANOTHER)).status_code == 201


async def test_a_second_reset_undoes_the_first_and_none_is_kept_in_clear(app: Litestar) -> None:
    home = await an_organisation()
    administrator = await signed_in(app, await a_person("administrator", organisation=home))
    person = await a_person("officer", organisation=home)

    first, second = [(await a_reset(administrator, person)).json()["token"] for _ in range(2)]

    rows = [dict(row) for row in await fetch("SELECT * FROM password_reset")]
    assert len(rows) == 1
    assert second not in str(rows)
    use = {"token": first, "password": ANOTHER}
    assert (await administrator.post("/v1/password-reset-uses", json=use)).status_code == 401


async def test_only_who_administers_all_of_a_person_resets_them(app: Litestar) -> None:
    home, away = await an_organisation(), await an_organisation()
    person = await a_person("officer", organisation=home)
    from api.people.queries import join

    await join(person.id, away, ["officer"], now())
    in_one = await signed_in(app, await a_person("administrator", organisation=home))
    stranger = await signed_in(app, await a_person("administrator"))
    platform = await signed_in(app, await a_person("administrator", kind="platform"))
    colleague = await signed_in(app, await a_person("officer", organisation=home))
    keyed = a_browser(app, **await a_key())

    asked = (in_one, stranger, platform, colleague, keyed)

    assert [(await a_reset(one, person)).status_code for one in asked] == [404, 404, 201, 403, 403]


async def with_second_factor(app: Litestar) -> tuple[Person, AsyncClient, str, list[str]]:
    person = await a_person("officer")
    browser = await signed_in(app, person)
    begun = await browser.post("/v1/me/second-factors", json={"password": PASSWORD})
    secret = begun.json()["secret"]
    code = {"code": pyotp.TOTP(secret).at(now().timestamp() - 30)}
    confirmed = await browser.post("/v1/me/second-factor-confirmations", json=code)
    assert confirmed.status_code == 201, confirmed.text
    return person, browser, secret, confirmed.json()["codes"]


async def test_a_second_factor_is_asked_once_it_is_confirmed(app: Litestar) -> None:
    person, _, secret, _ = await with_second_factor(app)
    browser = a_browser(app)
    code = pyotp.TOTP(secret).now()

    without = await with_password(browser, person)
    wrong = await with_password(browser, person, code="0000000")
    right = await with_password(browser, person, code=code)
    again = await with_password(browser, person, code=code)

    assert (without.status_code, without.json()["code"]) == (401, "second-factor-needed")
    assert (wrong.status_code, right.status_code) == (401, 201)
    assert again.status_code == 401, "a code that was seen is of no use"


async def test_without_the_password_nobody_learns_of_the_second_factor(app: Litestar) -> None:
    person, _, _, _ = await with_second_factor(app)

    answer = await with_password(a_browser(app), person, password=WRONG)

    assert answer.json()["code"] == "sign-in-refused"


async def test_a_recovery_code_stands_in_once(app: Litestar) -> None:
    person, _, _, codes = await with_second_factor(app)

    used = [await with_password(a_browser(app), person, code=codes[0]) for _ in range(2)]

    assert [one.status_code for one in used] == [201, 401]
    assert len(set(codes)) == 10
    [row] = await fetch("SELECT recovery_hashes FROM person WHERE id = $1", person.id)
    assert len(row["recovery_hashes"]) == 9


async def test_the_second_factor_ends_by_the_password(app: Litestar) -> None:
    person, browser, _, _ = await with_second_factor(app)

    begun = await browser.post("/v1/me/second-factors", json={"password": PASSWORD})
    wrong = await browser.post("/v1/me/second-factor-removals", json={"password": "x"})
    right = await browser.post("/v1/me/second-factor-removals", json={"password": PASSWORD})

    assert (begun.status_code, begun.json()["code"]) == (409, "second-factor-state")
    assert (wrong.status_code, right.status_code) == (401, 204)
    assert (await with_password(a_browser(app), person)).status_code == 201


async def test_a_code_that_is_no_ascii_is_wrong_and_no_crash(app: Litestar) -> None:
    person, _, _, _ = await with_second_factor(app)

    answer = await with_password(a_browser(app), person, code="éééééé")

    assert answer.status_code == 401
