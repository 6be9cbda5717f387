"""`Idempotency-Key`: the same request twice has one effect."""

import asyncio
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

import pytest
from asyncpg import ConnectionDoesNotExistError
from httpx import AsyncClient, Response
from litestar import Litestar

from api.accounts import service as accounts
from api.accounts.service import Actor
from api.database import fetch
from api.sign_in.service import PER_ACCOUNT_AND_ADDRESS
from tests.access_builders import WRONG, a_browser, a_person, signed_in, with_password
from tests.builders import a_key, an_enterprise


async def made(desk: AsyncClient, key: str, **changes: Any) -> Response:
    body = an_enterprise(**{"name": "De Kwast", "kvkNumber": "12345670", **changes})
    return await desk.post("/v1/enterprises", json=body, headers={b"Idempotency-Key": key.encode()})


async def count(table: str) -> int:
    [row] = await fetch(f"SELECT count(*) AS found FROM {table}")  # noqa: S608  names of our own
    return int(row["found"])


async def test_the_same_again_gives_the_same_answer_and_one_effect(
    committing_desk: AsyncClient,
) -> None:
    key = uuid4().hex

    first, second = await made(committing_desk, key), await made(committing_desk, key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert first.headers["Location"] == second.headers["Location"]
    assert first.headers["ETag"] == second.headers["ETag"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert await count("enterprise") == 1


async def test_another_body_under_the_key_is_refused(committing_desk: AsyncClient) -> None:
    key = uuid4().hex
    await made(committing_desk, key)

    other = await made(committing_desk, key, name="Iets anders")

    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    assert await count("enterprise") == 1


async def test_another_path_under_the_key_is_refused(committing_desk: AsyncClient) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    list_of = {"name": "Lunches", "department": "x", "purpose": "y"}
    await committing_desk.post("/v1/shortlists", json=list_of, headers=key)

    other = await committing_desk.post("/v1/saved-searches", json={"name": "x"}, headers=key)

    await fetch("DELETE FROM shortlist")
    assert other.json()["code"] == "idempotency-key-reused"


async def test_two_at_once_have_one_effect(committing_desk: AsyncClient) -> None:
    key = uuid4().hex

    answers = await asyncio.gather(*(made(committing_desk, key) for _ in range(5)))

    created = [one for one in answers if one.status_code == 201]
    waiting = [one.json()["code"] for one in answers if one.status_code != 201]
    assert created
    assert set(waiting) <= {"request-in-progress"}
    assert len({one.content for one in created}) == 1
    assert await count("enterprise") == 1
    assert (await made(committing_desk, key)).content == created[0].content


async def test_what_was_refused_can_be_asked_again_under_the_key(
    committing_desk: AsyncClient,
) -> None:
    key = uuid4().hex
    taken = await made(committing_desk, uuid4().hex)

    refused = await made(committing_desk, key)
    await committing_desk.delete(taken.headers["Location"], headers={"If-Match": "*"})
    invalid = await made(committing_desk, key, name="")
    good = await made(committing_desk, key, kvkNumber="12345671")

    assert [one.status_code for one in (refused, invalid, good)] == [409, 400, 201]
    assert await count("kept_answer") == 2


async def test_a_key_is_its_callers_own(app: Litestar, committing_desk: AsyncClient) -> None:
    key = uuid4().hex
    await made(committing_desk, key)

    other = a_browser(app, **await a_key())
    theirs = await made(other, key)

    assert (theirs.status_code, theirs.json()["code"]) == (409, "kvk-taken")


async def test_an_answer_is_kept_for_a_day(committing_desk: AsyncClient) -> None:
    key = uuid4().hex
    await made(committing_desk, key)
    [row] = await fetch("SELECT expires_at - created_at AS kept FROM kept_answer")
    assert row["kept"].total_seconds() == 24 * 3600

    await fetch("UPDATE kept_answer SET expires_at = now()")
    after = await made(committing_desk, key)

    assert after.json()["code"] == "kvk-taken"


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a b", "\xe9", 'a"b'])
async def test_a_key_has_a_form(committing_desk: AsyncClient, key: str) -> None:
    answer = await made(committing_desk, key)

    assert answer.status_code == 400
    assert [one["code"] for one in answer.json()["errors"]] == ["invalid-idempotency-key"]
    assert await count("enterprise") == 0


async def test_a_refused_caller_learns_nothing_by_a_key(
    client: AsyncClient, committing_desk: AsyncClient
) -> None:
    key = uuid4().hex
    await made(committing_desk, key)
    client.headers.pop("Authorization", None)

    assert (await made(client, key)).status_code == 401
    client.headers.update(await a_key("matches:read"))
    assert (await made(client, key)).status_code == 403


async def test_no_secret_is_kept(app: Litestar, db: None) -> None:  # noqa: ARG001  depends by name
    browser = await signed_in(app, await a_person("officer"))
    sent = {"name": "x", "scopes": ["matches:read"]}

    keys = [
        await browser.post("/v1/api-keys", json=sent, headers={"Idempotency-Key": "one"})
        for _ in range(2)
    ]

    assert [one.status_code for one in keys] == [201, 201]
    assert await count("kept_answer") == 0


@pytest.mark.parametrize(("path", "kind"), [("/v1/sign-ins", "json"), ("/inloggen", "data")])
async def test_under_a_key_wrong_passwords_are_counted_all_the_same(
    app: Litestar,
    committed: None,  # noqa: ARG001  depends by name
    path: str,
    kind: str,
) -> None:
    """A refusal undoes what a keyed request did; the count of tries may not be part of that."""
    person = await a_person("officer")
    browser = a_browser(app)

    for _ in range(PER_ACCOUNT_AND_ADDRESS.limit):
        sent: dict[str, Any] = {kind: {"email": person.email, "password": WRONG}}
        await browser.post(path, headers={"Idempotency-Key": uuid4().hex}, **sent)
    stopped = await with_password(browser, person)
    await fetch("DELETE FROM rate_window")

    assert (stopped.status_code, stopped.json()["code"]) == (429, "too-many-requests")


async def test_a_body_that_does_not_come_holds_no_connection(
    app: Litestar,
    committing_desk: AsyncClient,
) -> None:
    """More callers than connections begin a keyed request and send no body; others go on."""
    headers = [
        (name.lower().encode(), value.encode())
        for name, value in {
            "Authorization": committing_desk.headers["Authorization"],
            "Content-Type": "application/json",
        }.items()
    ]
    never = asyncio.Event()

    async def waiting() -> Any:
        await never.wait()

    async def ignored(_: Any) -> None:
        return

    def begun(number: int) -> Any:
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/enterprises",
            "raw_path": b"/v1/enterprises",
            "query_string": b"",
            "headers": [*headers, (b"idempotency-key", f"slow-{number}".encode())],
            "client": ("127.0.0.1", 1),
            "server": ("perceel.test", 80),
            "scheme": "http",
            "http_version": "1.1",
            "root_path": "",
            "asgi": {"version": "3.0"},
        }
        return asyncio.create_task(cast("Any", app)(scope, waiting, ignored))

    slow = [begun(number) for number in range(20)]
    await asyncio.sleep(1)
    answer = await asyncio.wait_for(committing_desk.get("/v1/me"), 10)
    for one in slow:
        one.cancel()
    await asyncio.gather(*slow, return_exceptions=True)

    assert answer.status_code == 200


async def test_a_database_that_was_away_just_then_is_asked_again_under_the_same_key(
    committing_desk: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Away when it is asked who this is, and back when the guard asks: nothing is done."""
    faults = [ConnectionDoesNotExistError("connection was closed in the middle of operation")]
    asked = accounts.actor_of

    async def away_once(secret: str, now: datetime) -> Actor | None:
        if faults:
            raise faults.pop()
        return await asked(secret, now)

    monkeypatch.setattr(accounts, "actor_of", away_once)
    key = uuid4().hex

    first, second = await made(committing_desk, key), await made(committing_desk, key)

    assert (first.status_code, first.json()["code"]) == (503, "unavailable")
    assert second.status_code == 201
    assert await count("enterprise") == 1
