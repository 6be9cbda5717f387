"""A cursor that we did not write is refused, on every list."""

import base64
from typing import Final

import msgspec
import pytest
from httpx import AsyncClient

from tests.api.matches.conftest import a_painting_lot, firms
from tests.builders import upload
from tests.importers.test_eforms_builder import a_notice


def packed(key: object) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


TAMPERED: Final = {
    "not base64": "!!!",
    "not json": "eHh4",
    "cut": "A",
    "empty": "",
    "blank": " ",
    "not ascii": "é",
    "object": packed({}),
    "null": packed(None),
    "text": packed("x' OR 1=1 --"),
    "negative": packed(-1),
    "zero": packed(0),
    "fraction": packed(1.5),
    "too large for a column": packed(2**31),
    "too large for anything": base64.urlsafe_b64encode(b"9" * 400).decode().rstrip("="),
    "deep": base64.urlsafe_b64encode(b"[" * 1_400).decode().rstrip("="),
}


def assert_refused(status: int, problem: dict[str, object]) -> None:
    assert status == 400
    errors = problem["errors"]
    assert isinstance(errors, list)
    assert [(one["place"], one["code"]) for one in errors] == [("cursor", "invalid-cursor")]


@pytest.mark.parametrize("name", TAMPERED)
async def test_a_search_refuses_it(
    client: AsyncClient,
    migrated: None,  # noqa: ARG001  depends by name
    name: str,
) -> None:
    response = await client.get("/v1/enterprises", params={"cursor": TAMPERED[name]})

    assert_refused(response.status_code, response.json())


@pytest.mark.parametrize("name", TAMPERED)
async def test_a_list_of_tenders_refuses_it(desk: AsyncClient, name: str) -> None:
    await upload(desk, a_notice())

    response = await desk.get("/v1/tenders", params={"cursor": TAMPERED[name]})

    assert_refused(response.status_code, response.json())


@pytest.mark.parametrize("name", TAMPERED)
async def test_a_list_of_verdicts_refuses_it(desk: AsyncClient, name: str) -> None:
    lot_id = await a_painting_lot(desk)
    await firms(desk)
    run = (await desk.post(f"/v1/lots/{lot_id}/match-runs", json={})).json()

    for verdicts in ("matches", "near-misses", "excluded"):
        response = await desk.get(
            f"/v1/match-runs/{run['id']}/{verdicts}", params={"cursor": TAMPERED[name]}
        )

        assert_refused(response.status_code, response.json())
