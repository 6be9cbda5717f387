"""Organisations and their people: who comes in, as what, and who may see it."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.accounts.service import create_key
from api.database import fetch
from api.domain.access import POLICY, OrganisationKind, Role, roles_in, scopes_of
from api.people.queries import join
from tests.access_builders import (
    Person,
    a_browser,
    a_person,
    an_organisation,
    signed_in,
    with_password,
)
from tests.builders import a_key
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("db")


def path(person: Person, rest: str = "members") -> str:
    return f"/v1/organisations/{person.organisation}/{rest}"


async def an_invitation(browser: AsyncClient, person: Person, **changes: Any) -> Any:
    sent = {"email": f"n{uuid4().hex}@perceel.example", "roles": ["officer"], **changes}
    return await browser.post(path(person, "member-invitations"), json=sent)


async def accepted(browser: AsyncClient, token: str, **more: Any) -> Any:
    return await browser.post("/v1/member-invitation-acceptances", json={"token": token, **more})


NEWCOMER = {"name": "Nieuw", "password": "hallo nieuwe collega"}


async def test_an_invited_person_comes_in_with_the_roles_of_the_invitation(app: Litestar) -> None:
    administrator = await a_person("administrator")
    browser = await signed_in(app, administrator)
    stranger = a_browser(app)

    invited = (await an_invitation(browser, administrator, email="Nieuw@perceel.example")).json()
    joined = await accepted(stranger, invited["token"], **NEWCOMER)

    assert joined.status_code == 201
    assert joined.json()["organisationId"] == str(administrator.organisation)
    sent = {"email": "nieuw@perceel.example", "password": NEWCOMER["password"]}
    assert (await stranger.post("/v1/sign-ins", json=sent)).status_code == 201
    scopes = (await stranger.get("/v1/me")).json()["scopes"]
    assert set(scopes) == scopes_of(OrganisationKind.AUTHORITY, [Role.OFFICER])
    again = await accepted(stranger, invited["token"])
    assert again.status_code == 404, "a token works once"


async def test_a_token_is_shown_once_and_kept_as_a_hash(app: Litestar) -> None:
    administrator = await a_person("administrator")
    browser = await signed_in(app, administrator)

    token = (await an_invitation(browser, administrator)).json()["token"]

    listed = await browser.get(path(administrator, "member-invitations"))
    rows = [dict(row) for row in await fetch("SELECT * FROM member_invitation")]
    assert token not in listed.text
    assert token not in str(rows)
    assert [one["state"] for one in listed.json()["items"]] == ["open"]


async def test_an_invitation_ends_by_time_and_by_withdrawal(app: Litestar) -> None:
    administrator = await a_person("administrator")
    browser = await signed_in(app, administrator)
    old, withdrawn = [(await an_invitation(browser, administrator)).json() for _ in range(2)]
    ids = [one["invitation"]["id"] for one in (old, withdrawn)]

    await fetch("UPDATE member_invitation SET expires_at = now() WHERE id = $1", ids[0])
    end = path(administrator, f"member-invitations/{ids[1]}/withdrawals")
    assert (await browser.post(end)).status_code == 204

    tried = [await accepted(browser, one["token"], **NEWCOMER) for one in (old, withdrawn)]
    assert [one.status_code for one in tried] == [404, 404]
    listed = (await browser.get(path(administrator, "member-invitations"))).json()["items"]
    assert [one["state"] for one in listed] == ["expired", "withdrawn"]


async def test_a_known_address_signs_in_before_it_accepts(app: Litestar) -> None:
    administrator, known = await a_person("administrator"), await a_person("officer")
    browser = await signed_in(app, administrator)
    token = (await an_invitation(browser, administrator, email=known.email)).json()["token"]

    as_nobody = await accepted(a_browser(app), token, **NEWCOMER)
    theirs = await signed_in(app, known)
    as_self = await accepted(theirs, token)

    assert (as_nobody.status_code, as_nobody.json()["code"]) == (401, "sign-in-first")
    assert as_self.json()["personId"] == str(known.id)
    assert len((await theirs.get("/v1/me")).json()["memberships"]) == 2


async def test_one_acts_for_one_organisation_at_a_time(app: Litestar) -> None:
    person = await a_person("officer")
    contractor = await an_organisation("contractor")
    await join(person.id, contractor, ["coordinator"], NOW)
    browser = await signed_in(app, person)

    before = (await browser.get("/v1/me")).json()
    switched = await browser.post(
        "/v1/organisation-switches", json={"organisationId": str(contractor)}
    )
    after = (await browser.get("/v1/me")).json()
    strange = await browser.post(
        "/v1/organisation-switches", json={"organisationId": str(await an_organisation())}
    )

    assert (switched.status_code, strange.status_code) == (204, 404)
    assert before["organisation"]["kind"] == "authority"
    assert after["organisation"]["kind"] == "contractor"
    assert set(after["scopes"]) == scopes_of(OrganisationKind.CONTRACTOR, [Role.COORDINATOR])
    assert "tenders:write" in before["scopes"]
    assert "tenders:write" not in after["scopes"]


async def test_a_role_that_is_taken_is_gone_at_the_next_request(app: Litestar) -> None:
    administrator = await a_person("administrator")
    officer = await a_person("officer", organisation=administrator.organisation)
    browser, theirs = await signed_in(app, administrator), await signed_in(app, officer)
    member = path(administrator, f"members/{officer.id}")

    read = await browser.get(member)
    bare = await browser.patch(member, json={"roles": ["coordinator"]})
    stale = await browser.patch(
        member, json={"roles": ["coordinator"]}, headers={"If-Match": '"v9"'}
    )
    changed = await browser.patch(
        member, json={"roles": ["coordinator"]}, headers={"If-Match": read.headers["ETag"]}
    )

    assert [one.status_code for one in (bare, stale, changed)] == [428, 412, 200]
    assert "tenders:write" not in (await theirs.get("/v1/me")).json()["scopes"]
    gone = await browser.delete(member, headers={"If-Match": changed.headers["ETag"]})
    assert gone.status_code == 204
    me = (await theirs.get("/v1/me")).json()
    assert (me["organisation"], me["scopes"]) == (None, [])


async def test_an_organisation_keeps_an_administrator(app: Litestar) -> None:
    administrator = await a_person("administrator")
    browser = await signed_in(app, administrator)
    member, any_version = path(administrator, f"members/{administrator.id}"), {"If-Match": "*"}

    left = await browser.delete(member, headers=any_version)
    lowered = await browser.patch(member, json={"roles": ["officer"]}, headers=any_version)

    assert [one.json()["code"] for one in (left, lowered)] == ["last-administrator"] * 2
    await a_person("administrator", organisation=administrator.organisation)
    assert (await browser.delete(member, headers=any_version)).status_code == 204


async def test_another_organisation_is_not_there(app: Litestar) -> None:
    mine, theirs = await a_person("administrator"), await a_person("administrator")
    browser = await signed_in(app, mine)
    invited = (await an_invitation(await signed_in(app, theirs), theirs)).json()["invitation"]
    member, some = path(theirs, f"members/{theirs.id}"), {"If-Match": "*"}
    nested = path(mine, f"member-invitations/{invited['id']}/withdrawals")

    answers = [
        await browser.get(f"/v1/organisations/{theirs.organisation}"),
        await browser.get(path(theirs)),
        await browser.get(member),
        await browser.get(path(mine, f"members/{theirs.id}")),
        await browser.patch(member, json={"roles": ["officer"]}, headers=some),
        await browser.delete(member, headers=some),
        await an_invitation(browser, theirs),
        await browser.get(path(theirs, "member-invitations")),
        await browser.post(path(theirs, f"member-invitations/{invited['id']}/withdrawals")),
        await browser.post(nested),
    ]

    assert {one.status_code for one in answers} == {404}


async def test_the_platform_makes_organisations_and_brings_the_first_people_in(
    app: Litestar,
) -> None:
    browser = await signed_in(app, await a_person("administrator", kind="platform"))

    made = await browser.post(
        "/v1/organisations", json={"kind": "contractor", "name": "Bouw", "kvkNumber": "12 34 56 70"}
    )
    twice = await browser.post(
        "/v1/organisations", json={"kind": "contractor", "name": "Bouw", "kvkNumber": "12345670"}
    )
    invited = await browser.post(
        f"{made.headers['Location']}/member-invitations",
        json={"email": "eerste@bouw.example", "roles": ["administrator"]},
    )

    assert (made.status_code, invited.status_code) == (201, 201)
    assert [one["code"] for one in twice.json()["errors"]] == ["kvk-taken"]
    listed = (await browser.get("/v1/organisations", params={"limit": 1})).json()
    assert listed["nextCursor"] is not None


async def test_no_key_lets_anybody_in(app: Litestar) -> None:
    """Or a key that may invite could make itself an administrator."""
    administrator = await a_person("administrator")
    keyed = a_browser(app, **await a_key())
    member = path(administrator, f"members/{administrator.id}")

    answers = [
        await an_invitation(keyed, administrator),
        await keyed.patch(member, json={"roles": ["officer"]}, headers={"If-Match": "*"}),
        await keyed.delete(member, headers={"If-Match": "*"}),
        await keyed.post(
            "/v1/organisation-switches", json={"organisationId": str(administrator.organisation)}
        ),
    ]

    assert {one.json()["code"] for one in answers} == {"people-only"}


async def test_who_is_no_administrator_lets_nobody_in(app: Litestar) -> None:
    coordinator = await a_person("coordinator")
    browser = await signed_in(app, coordinator)

    answers = [
        await an_invitation(browser, coordinator, roles=["administrator"]),
        await browser.patch(
            path(coordinator, f"members/{coordinator.id}"),
            json={"roles": ["administrator"]},
            headers={"If-Match": "*"},
        ),
        await browser.post("/v1/organisations", json={"kind": "platform", "name": "x"}),
    ]

    assert {one.status_code for one in answers} == {403}


async def test_the_scope_alone_does_not_run_the_platform(app: Litestar) -> None:
    home = await an_organisation()
    made = await create_key("k", ["organisations:write"], now=NOW, organisation_id=home)
    keyed = a_browser(app, Authorization=f"Bearer {made.secret}")

    answers = [
        await keyed.get("/v1/organisations"),
        await keyed.post("/v1/organisations", json={"kind": "platform", "name": "x"}),
    ]

    assert {one.status_code for one in answers} == {403}


@pytest.mark.parametrize("roles", [[], ["moderator"], ["everything"], ["officer"] * 7])
async def test_roles_are_those_of_the_kind(app: Litestar, roles: list[str]) -> None:
    administrator = await a_person("administrator")
    browser = await signed_in(app, administrator)

    answer = await an_invitation(browser, administrator, roles=roles)

    assert answer.status_code == 400


async def test_one_pair_of_eyes_is_one_person_whatever_they_use(app: Litestar) -> None:
    person = await a_person("coordinator")
    first, second = await signed_in(app, person), await signed_in(app, person)
    from api.sessions.service import actor_of

    identities = set()
    for browser in (first, second):
        actor = await actor_of(browser.cookies["perceel"], NOW)
        identities.add(None if actor is None else actor.identity)

    assert identities == {f"{person.id} @ {person.organisation}"}
    assert await with_password(a_browser(app), person) is not None


@pytest.mark.parametrize("scope", POLICY)
def test_every_scope_is_had_by_some_role(scope: str) -> None:
    assert any(POLICY[scope].roles.values())


@pytest.mark.parametrize("kind", OrganisationKind)
def test_every_kind_has_an_administrator(kind: OrganisationKind) -> None:
    assert Role.ADMINISTRATOR in roles_in(kind)
    assert "people:write" in scopes_of(kind, [Role.ADMINISTRATOR])
    assert scopes_of(kind, []) == frozenset()
