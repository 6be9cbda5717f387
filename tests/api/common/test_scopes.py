"""Every guarded operation of the OpenAPI document asks for a key, and for the right scope."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.accounts.service import SCOPES
from api.database import fetch
from api.document import described
from importers.asgi import app as composed
from tests.builders import a_key

UNKNOWN: Final = "01a20e4c-0000-7000-8000-000000000000"
WRITING: Final = ("post", "put", "patch", "delete")
MINE: Final = {
    "createEnterprise": "directory:write",
    "changeEnterprise": "directory:write",
    "withdrawEnterprise": "directory:write",
    "addOffering": "directory:write",
    "replaceOffering": "directory:write",
    "withdrawOffering": "directory:write",
    "uploadNotices": "tenders:write",
    "startMatchRun": "matches:write",
    "getMatchRun": "matches:read",
    "listMatches": "matches:read",
    "listNearMisses": "matches:read",
    "listExcluded": "matches:read",
}
"""The scope of each, as a reader of the document would have it."""


def operations(app: Litestar) -> dict[str, tuple[str, str, bool]]:
    """Per operation its method, a path to ask, and whether it is guarded."""
    found = {}
    for path, item in described(app)["paths"].items():
        for method, operation in item.items():
            filled = path.format_map(_samples(operation))
            found[operation["operationId"]] = (method, filled, "security" in operation)
    return found


def _samples(operation: dict[str, Any]) -> dict[str, str]:
    """Give a value of its form for every parameter in the path."""
    parameters = [one for one in operation.get("parameters", ()) if one["in"] == "path"]
    return {
        one["name"]: UNKNOWN if one["schema"].get("format") == "uuid" else "2026"
        for one in parameters
    }


OPERATIONS: Final = operations(composed)
GUARDED: Final = sorted(name for name, (_, _, guarded) in OPERATIONS.items() if guarded)


async def asked(client: AsyncClient, operation: str, headers: dict[str, str]) -> tuple[int, str]:
    method, path, _ = OPERATIONS[operation]
    body: dict[str, Any] | None = {} if method in {"post", "put", "patch"} else None
    response = await client.request(method, path, json=body, headers=headers)
    refused = response.status_code >= 400
    return response.status_code, response.json()["code"] if refused else ""


@pytest.fixture(scope="module")
async def keys(migrated: None) -> AsyncIterator[dict[str, dict[str, str]]]:  # noqa: ARG001  depends by name
    """The header of a key per scope."""
    yield {scope: await a_key(scope) for scope in SCOPES}
    await fetch("DELETE FROM api_key")


def test_the_document_guards_what_it_should() -> None:
    assert set(MINE) <= set(GUARDED)
    reading = {"searchEnterprises", "getEnterprise", "listOfferings", "getOffering"}
    assert reading | {"listTenders", "getTender", "getLot"} <= set(OPERATIONS) - set(GUARDED)


def test_whatever_writes_is_guarded() -> None:
    writing = {name for name, (method, _, _) in OPERATIONS.items() if method in WRITING[1:]}

    assert writing - set(GUARDED) == set()


@pytest.mark.parametrize("operation", GUARDED)
async def test_a_guarded_operation_refuses_who_has_no_key(
    client: AsyncClient,
    db: None,  # noqa: ARG001  depends by name
    operation: str,
) -> None:
    assert await asked(client, operation, {}) == (401, "not-authenticated")


@pytest.mark.parametrize("operation", GUARDED)
async def test_a_guarded_operation_refuses_the_keys_of_other_scopes(
    client: AsyncClient,
    keys: dict[str, dict[str, str]],
    db: None,  # noqa: ARG001  depends by name
    operation: str,
) -> None:
    answers = {scope: await asked(client, operation, keys[scope]) for scope in SCOPES}
    refused = {scope for scope, answer in answers.items() if answer == (403, "missing-scope")}

    assert refused != set(), "no scope is asked"
    assert len(refused) < len(SCOPES), "no scope opens it"
    assert [answer for answer in answers.values() if answer[0] >= 500] == []
    if operation in MINE:
        assert refused == set(SCOPES) - {MINE[operation]}
