"""What every answer carries, and who may ask from elsewhere."""

import pytest
from httpx import AsyncClient

from api.middleware import HEADERS

UNKNOWN = "01a20e4c-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/docs"),
        ("GET", "/v1/openapi.json"),
        ("GET", "/v1/tenders"),
        ("GET", "/v1/tenders/"),
        ("GET", f"/v1/tenders/{UNKNOWN}"),
        ("GET", "/nowhere"),
        ("POST", "/v1/tenders"),
        ("POST", "/v1/enterprises"),
        ("OPTIONS", "/v1/tenders"),
        ("GET", "/v1/tenders?limit=0"),
    ],
)
async def test_every_answer_carries_the_standard_headers(
    client: AsyncClient,
    db: None,  # noqa: ARG001  depends by name
    method: str,
    path: str,
) -> None:
    response = await client.request(method, path)

    assert {name for name in HEADERS if name not in response.headers} == set()
    assert response.headers["API-Version"] == "1.0.0"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


async def test_a_preflight_carries_them_too(client: AsyncClient) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}

    response = await client.options("/v1/openapi.json", headers=asked)

    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert {name for name in HEADERS if name not in response.headers} == set()


async def test_the_description_is_open_to_everybody_from_everywhere(client: AsyncClient) -> None:
    response = await client.get("/v1/openapi.json", headers={"Origin": "https://elsewhere.example"})

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert response.json()["info"]["version"] == response.headers["API-Version"]


async def test_no_answer_is_given_to_writing_from_another_site(client: AsyncClient) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "DELETE"}

    response = await client.options(f"/v1/enterprises/{UNKNOWN}", headers=asked)

    assert "DELETE" not in response.headers.get("Access-Control-Allow-Methods", "")


async def test_options_names_every_method_of_the_path(client: AsyncClient) -> None:
    answer = await client.options(f"/v1/enterprises/{UNKNOWN}")

    assert answer.headers["Allow"] == "DELETE, GET, OPTIONS, PATCH"
