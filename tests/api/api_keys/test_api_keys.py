"""Keys that people make: at most their own rights, and an end to each."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.accounts.service import actor_of
from api.api_keys.service import MOST_KEYS
from api.clock import now
from api.database import fetch
from tests.access_builders import a_browser, a_person, an_organisation, signed_in
from tests.builders import a_key

pytestmark = pytest.mark.usefixtures("db")


async def made(browser: AsyncClient, *scopes: str, **changes: Any) -> Any:
    sent = {"name": "koppeling", "scopes": scopes or ["matches:read"], **changes}
    return await browser.post("/v1/api-keys", json=sent)


async def test_a_key_does_what_its_maker_may_and_no_more(app: Litestar) -> None:
    officer = await a_person("officer")
    browser = await signed_in(app, officer)

    good = await made(browser, "tenders:write", "matches:read")
    beyond = await made(browser, "tenders:write", "obligations:verify")
    unknown = await made(browser, "everything")

    assert (good.status_code, beyond.status_code, unknown.status_code) == (201, 403, 400)
    assert beyond.json()["code"] == "beyond-own-rights"
    keyed = a_browser(app, Authorization=f"Bearer {good.json()['secret']}")
    me = (await keyed.get("/v1/me")).json()
    assert me["scopes"] == ["matches:read", "tenders:write"]
    assert me["organisation"]["id"] == str(officer.organisation)
    read = (await browser.get(good.headers["Location"])).json()
    assert (read["madeBy"], read["state"]) == (str(officer.id), "live")
    assert good.json()["secret"].split("_")[1] == read["prefix"]


async def test_the_secret_is_shown_once(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("officer"))

    secret = (await made(browser)).json()["secret"]

    assert secret not in (await browser.get("/v1/api-keys")).text
    rows = [dict(row) for row in await fetch("SELECT * FROM api_key")]
    assert secret not in str(rows)


async def test_a_key_makes_and_ends_no_keys(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("officer"))
    first = (await made(browser, "api-keys:write")).json()
    keyed = a_browser(app, Authorization=f"Bearer {first['secret']}")
    path = f"/v1/api-keys/{first['key']['id']}"

    answers = [
        await made(keyed, "api-keys:write"),
        await keyed.post(f"{path}/rotations", json={}),
        await keyed.post(f"{path}/revocations"),
    ]

    assert {one.json()["code"] for one in answers} == {"people-only"}
    assert (await keyed.get(path)).status_code == 200


async def test_a_rotated_key_works_beside_the_new_one_for_a_while(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("officer"))
    first = (await made(browser)).json()
    path = f"/v1/api-keys/{first['key']['id']}"

    second = (await browser.post(f"{path}/rotations", json={"overlapHours": 2})).json()

    assert second["key"]["replaces"] == first["key"]["id"]
    assert second["key"]["scopes"] == first["key"]["scopes"]
    moment = now()
    for after, works in ((timedelta(hours=1), True), (timedelta(hours=2, minutes=1), False)):
        assert (await actor_of(first["secret"], moment + after) is not None) is works
        assert await actor_of(second["secret"], moment + after) is not None


async def test_a_rotation_never_lengthens_the_former_key(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("officer"))
    first = (await made(browser, days=1)).json()["key"]

    await browser.post(f"/v1/api-keys/{first['id']}/rotations", json={"overlapHours": 720})

    assert (await browser.get(f"/v1/api-keys/{first['id']}")).json()["expiresAt"] == first[
        "expiresAt"
    ]


async def test_an_ended_key_is_refused_at_once_and_not_rotated(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("officer"))
    first = (await made(browser)).json()
    path = f"/v1/api-keys/{first['key']['id']}"

    ended = [(await browser.post(f"{path}/revocations")).status_code for _ in range(2)]
    rotated = await browser.post(f"{path}/rotations", json={})

    assert ended == [204, 204]
    assert await actor_of(first["secret"], now()) is None
    assert (rotated.status_code, rotated.json()["code"]) == (409, "key-ended")
    assert (await browser.get(path)).json()["state"] == "revoked"


async def test_who_sees_which_keys(app: Litestar) -> None:
    home = await an_organisation()
    one = await signed_in(app, await a_person("officer", organisation=home))
    other = await signed_in(app, await a_person("coordinator", organisation=home))
    administrator = await signed_in(app, await a_person("administrator", organisation=home))
    stranger = await signed_in(app, await a_person("administrator"))
    key = (await made(one)).json()["key"]
    path = f"/v1/api-keys/{key['id']}"

    asked = (one, other, administrator, stranger)
    assert [(await each.get(path)).status_code for each in asked] == [200, 404, 200, 404]
    assert [len((await each.get("/v1/api-keys")).json()["items"]) for each in asked] == [1, 0, 1, 0]
    for rest in ("rotations", "revocations"):
        refused = [await each.post(f"{path}/{rest}", json={}) for each in (other, stranger)]
        assert {each.status_code for each in refused} == {404}
    beyond = await administrator.post(f"{path}/rotations", json={})
    assert beyond.json()["code"] == "beyond-own-rights"
    assert (await administrator.post(f"{path}/revocations")).status_code == 204


async def test_the_list_tells_of_keys_whose_maker_left(app: Litestar) -> None:
    home = await an_organisation()
    officer = await a_person("officer", organisation=home)
    administrator = await signed_in(app, await a_person("administrator", organisation=home))
    await made(await signed_in(app, officer))

    member = f"/v1/organisations/{home}/members/{officer.id}"
    await administrator.delete(member, headers={"If-Match": "*"})

    [listed] = (await administrator.get("/v1/api-keys")).json()["items"]
    assert (listed["makerIsMember"], listed["state"]) == (False, "live")


async def test_use_is_noted(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("officer"))
    first = (await made(browser)).json()

    await actor_of(first["secret"], now())

    read = (await browser.get(f"/v1/api-keys/{first['key']['id']}")).json()
    assert read["lastUsedAt"] is not None
    assert first["key"]["lastUsedAt"] is None


async def test_an_organisation_has_so_many_keys(app: Litestar) -> None:
    person = await a_person("officer")
    browser = await signed_in(app, person)
    [row] = await fetch("SELECT id FROM organisation WHERE id = $1", person.organisation)
    for _ in range(MOST_KEYS):
        await _bare_key(row["id"])

    answer = await made(browser)

    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-keys")


async def _bare_key(organisation: UUID) -> None:
    from api.accounts.service import create_key

    await create_key("x", ["matches:read"], now=now(), organisation_id=organisation)


@pytest.mark.parametrize(
    "changes", [{"days": 0}, {"days": 367}, {"name": ""}, {"name": "x" * 81}, {"scopes": []}]
)
async def test_a_key_that_makes_no_sense_is_refused(app: Litestar, changes: dict[str, Any]) -> None:
    browser = await signed_in(app, await a_person("officer"))

    assert (await made(browser, **changes)).status_code == 400


async def test_a_key_without_an_organisation_has_none(app: Litestar) -> None:
    answer = await a_browser(app, **await a_key("api-keys:write")).get("/v1/api-keys")

    assert (answer.status_code, answer.json()["code"]) == (403, "no-organisation")
