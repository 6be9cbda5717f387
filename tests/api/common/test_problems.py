"""Every answer of 4xx and 5xx is a problem (RFC 9457) of one shape."""

import logging
from collections.abc import Iterator
from typing import Any, cast

import pytest
from asyncpg import ConnectionDoesNotExistError
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar

from api.app import Readers, create_app
from api.domain.tendering.notice import Notice, Rejected
from tests.builders import a_key, stored

MEMBERS = {"type", "status", "title", "detail", "code", "instance"}
UNKNOWN = "01a20e4c-0000-7000-8000-000000000000"


def assert_a_problem(response: Response, status: int, code: str) -> None:
    problem = response.json()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert set(problem) - {"errors", "successorId"} == MEMBERS
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["type"] == f"/problems/{code}"
    assert problem["instance"] == response.request.url.path
    assert problem["title"]
    assert problem["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("GET", "/v1", 404, "not-found"),
        ("GET", "/v1/enterprises/17", 404, "not-found"),
        ("GET", "/v1/enterprises/", 404, "not-found"),
        ("GET", "/v1/tenders/", 404, "not-found"),
        ("PUT", "/v1/tenders", 405, "method-not-allowed"),
        ("PUT", f"/v1/lots/{UNKNOWN}", 405, "method-not-allowed"),
        ("POST", "/v1/openapi.json", 405, "method-not-allowed"),
        ("GET", f"/v1/lots/{UNKNOWN}", 404, "not-found"),
        ("GET", "/v1/tenders?limit=many", 400, "invalid-input"),
        ("GET", "/v1/tenders?colour=blue", 400, "invalid-input"),
        ("POST", "/v1/enterprises", 401, "not-authenticated"),
        ("DELETE", f"/v1/enterprises/{UNKNOWN}", 401, "not-authenticated"),
    ],
)
async def test_what_is_refused_is_a_problem(
    client: AsyncClient,
    db: None,  # noqa: ARG001  depends by name
    method: str,
    path: str,
    status: int,
    code: str,
) -> None:
    assert_a_problem(await client.request(method, path), status, code)


async def test_a_wrong_method_names_the_right_ones(client: AsyncClient) -> None:
    response = await client.put("/v1/tenders")

    assert "GET" in response.headers["Allow"]


async def test_refusals_of_the_rules_are_problems_too(desk: AsyncClient) -> None:
    path = f"/v1/enterprises/{(await stored(desk, kvkNumber='01234567'))['id']}"

    taken = await desk.post("/v1/enterprises", json={"name": "x", "kvkNumber": "01234567"})
    assert_a_problem(taken, 409, "kvk-taken")
    assert_a_problem(await desk.patch(path, json={}), 428, "precondition-required")
    stale = await desk.patch(path, json={}, headers={"If-Match": '"v9"'})
    assert_a_problem(stale, 412, "precondition-failed")
    await desk.delete(path, headers={"If-Match": "*"})
    assert_a_problem(await desk.get(path), 410, "gone")
    document = await desk.post("/v1/notices", content=b"x", headers={"Content-Type": "a/b"})
    assert_a_problem(document, 415, "unsupported-media-type")
    desk.headers.update(await a_key("directory:verify"))
    assert_a_problem(await desk.post("/v1/enterprises", json={}), 403, "missing-scope")


def crashing(document: bytes) -> Iterator[Notice | Rejected]:
    raise {b"crash": RuntimeError("secret"), b"away": ConnectionDoesNotExistError("secret")}[
        document
    ]


@pytest.fixture(scope="module")
def broken() -> Litestar:
    """An application with a reader that fails."""
    return create_app(Readers(notice_readers={"a/b": crashing}), with_engines=False)


async def answered(broken: Litestar, document: bytes) -> Response:
    headers = await a_key() | {"Content-Type": "a/b"}
    transport = ASGITransport(cast("Any", broken))
    async with AsyncClient(transport=transport, base_url="http://perceel.test") as caller:
        return await caller.post("/v1/notices", content=document, headers=headers)


async def test_a_crash_is_a_problem_that_tells_nothing_and_logs_all(
    db: None,  # noqa: ARG001  depends by name
    broken: Litestar,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        response = await answered(broken, b"crash")

    assert_a_problem(response, 500, "internal-error")
    assert "secret" not in response.text
    assert "secret" in caplog.text


async def test_a_database_that_went_away_is_a_problem_of_the_moment(
    db: None,  # noqa: ARG001  depends by name
    broken: Litestar,
) -> None:
    response = await answered(broken, b"away")

    assert_a_problem(response, 503, "unavailable")
    assert "secret" not in response.text
