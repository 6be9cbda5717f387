"""Every operation of the OpenAPI document, asked by everybody who should and should not."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.accounts.service import create_key
from api.database import fetch
from api.document import described
from api.domain.access import POLICY, SCOPES, OrganisationKind
from api.permissions import Permission, permissions
from importers.asgi import app as composed
from tests.access_builders import a_browser, a_person, an_organisation, signed_in
from tests.conftest import NOW

UNKNOWN: Final = "01a20e4c-0000-7000-8000-000000000000"
DOCUMENT: Final = described(composed)
ALL: Final = permissions(composed)
GUARDED: Final = [one for one in ALL if one.scopes]
OPEN: Final = [one for one in ALL if not one.known]
WRITING: Final = {"POST", "PUT", "PATCH", "DELETE"}
OPEN_WRITES: Final = {
    *("signIn", "usePasswordReset", "acceptMemberInvitation", "beginOidcFlow", "unsubscribe"),
}
"""What somebody who is not known yet must be able to ask."""
MINE: Final = {
    "createEnterprise": "directory:write",
    "changeEnterprise": "directory:write",
    "withdrawEnterprise": "directory:write",
    "uploadNotices": "tenders:write",
    "startMatchRun": "matches:write",
    "listMatches": "matches:read",
    "openObligation": "obligations:write",
    "decideFulfilment": "obligations:verify",
    "publishRuleBook": "rule-books:publish",
    "changeMember": "people:write",
}
"""The scope of some, as a reader of the document would have it."""
EVERY_GUARDED: Final = pytest.mark.parametrize("one", GUARDED, ids=lambda one: one.operation)


def filled(one: Permission) -> str:
    """The path, with a value of its form for every parameter."""
    operation = DOCUMENT["paths"][one.path.removeprefix("/v1")][one.method.lower()]
    parameters = [each for each in operation.get("parameters", ()) if each["in"] == "path"]
    samples = {
        each["name"]: UNKNOWN if each["schema"].get("format") == "uuid" else "2026"
        for each in parameters
    }
    return one.path.format_map(samples)


async def asked(client: AsyncClient, one: Permission, **headers: str) -> tuple[int, str]:
    body: dict[str, Any] | None = {} if one.method in WRITING - {"DELETE"} else None
    response = await client.request(one.method, filled(one), json=body, headers=headers)
    refused = response.status_code >= 400
    return response.status_code, response.json()["code"] if refused else ""


@pytest.fixture(scope="module")
async def keys(migrated: None) -> AsyncIterator[dict[tuple[str, str], str]]:  # noqa: ARG001  depends by name
    """A key per scope and kind of organisation; without a kind it acts for none."""
    made = {}
    kinds = {kind.value: await an_organisation(kind.value) for kind in OrganisationKind}
    for scope in SCOPES:
        for kind, organisation in {"": None, **kinds}.items():
            key = await create_key("matrix", [scope], now=NOW, organisation_id=organisation)
            made[scope, kind] = f"Bearer {key.secret}"
    yield made
    await fetch("DELETE FROM api_key")
    await fetch("DELETE FROM organisation WHERE id = ANY($1)", list(kinds.values()))


def test_the_document_and_the_guards_tell_the_same() -> None:
    for one in ALL:
        operation = DOCUMENT["paths"][one.path.removeprefix("/v1")][one.method.lower()]
        told = [name for each in operation.get("security", ()) for name in each]
        wanted = ["session"] if one.people_only else ["apiKey", "session"]
        assert told == (wanted if one.known else []), one.operation
        if one.known:
            assert "401" in operation["responses"], one.operation
        if one.scopes or one.people_only:
            assert "403" in operation["responses"], one.operation


def test_the_list_covers_the_document() -> None:
    documented = {
        each["operationId"] for item in DOCUMENT["paths"].values() for each in item.values()
    }

    assert {one.operation for one in ALL} == documented


def test_whatever_writes_is_guarded() -> None:
    assert {one.operation for one in OPEN if one.method in WRITING} == OPEN_WRITES


def test_the_scopes_are_those_that_a_reader_expects() -> None:
    found = {one.operation: one.scopes for one in GUARDED}

    assert {name: found[name] for name in MINE} == {name: (one,) for name, one in MINE.items()}


@pytest.mark.parametrize("one", [one for one in ALL if one.known], ids=lambda one: one.operation)
async def test_nobody_is_refused(
    client: AsyncClient,
    db: None,  # noqa: ARG001  depends by name
    one: Permission,
) -> None:
    assert await asked(client, one) == (401, "not-authenticated")


@EVERY_GUARDED
async def test_another_scope_is_refused(
    client: AsyncClient,
    keys: dict[tuple[str, str], str],
    db: None,  # noqa: ARG001  depends by name
    one: Permission,
) -> None:
    for scope in set(SCOPES) - set(one.scopes):
        answer = await asked(client, one, Authorization=keys[scope, ""])
        assert answer == (403, "missing-scope"), scope


@EVERY_GUARDED
async def test_the_right_scope_is_let_in_on_the_right_side(
    client: AsyncClient,
    app: Litestar,
    keys: dict[tuple[str, str], str],
    db: None,  # noqa: ARG001  depends by name
    one: Permission,
) -> None:
    [scope] = one.scopes
    answers = {
        kind: await asked(client, one, Authorization=keys[scope, kind])
        for kind in OrganisationKind
        if POLICY[scope].roles[kind]
    }
    assert [answer for answer in answers.values() if answer[0] >= 500] == []
    if one.people_only:
        assert {code for _, code in answers.values()} == {"people-only"}
        browser = await signed_in(app, await a_person("administrator", kind="platform"))
        answers = {OrganisationKind.PLATFORM: await asked(browser, one)}
    assert [answer for answer in answers.values() if answer[0] not in {401, 403}], answers


@pytest.mark.parametrize(
    "one", [one for one in ALL if one.people_only], ids=lambda one: one.operation
)
async def test_what_is_for_people_refuses_keys_and_takes_people(
    app: Litestar,
    keys: dict[tuple[str, str], str],
    db: None,  # noqa: ARG001  depends by name
    one: Permission,
) -> None:
    scope = one.scopes[0] if one.scopes else "matches:read"
    keyed = await asked(a_browser(app), one, Authorization=keys[scope, "authority"])
    browser = await signed_in(app, await a_person("administrator"))

    assert keyed == (403, "people-only")
    assert (await asked(browser, one))[1] not in {"people-only", "missing-scope"}


@pytest.mark.parametrize("one", OPEN, ids=lambda one: one.operation)
async def test_what_is_open_asks_for_nothing(
    client: AsyncClient,
    db: None,  # noqa: ARG001  depends by name
    one: Permission,
) -> None:
    assert (await asked(client, one))[0] not in {401, 403}


@pytest.mark.parametrize("scheme", ["Bearer pcl_00000000_x", "Basic eDp4", "Bearer", ""])
async def test_a_wrong_key_opens_nothing(
    client: AsyncClient,
    db: None,  # noqa: ARG001  depends by name
    scheme: str,
) -> None:
    for one in ALL:
        if one.known:
            answer = await asked(client, one, Authorization=scheme)
            assert answer == (401, "not-authenticated"), one.operation
