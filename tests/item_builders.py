"""Short ways to write down drafts of tenders and their work items."""

from typing import Any

from httpx import AsyncClient

DRAFT = {"title": "Facilitaire diensten", "dispatchedOn": "2026-03-01", "startsOn": "2026-06-01"}


async def a_draft(desk: AsyncClient, **changes: Any) -> str:
    """The path of a draft that was written over HTTP."""
    response = await desk.post("/v1/tenders", json=DRAFT | changes)
    assert response.status_code == 201, response.text
    return str(response.headers["Location"])


def an_item(code: str, **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "title": f"Schoonmaak {code}",
        "cpv": "90910000-9",
        "kind": "services",
        "yearlyCents": 50_000_00,
        "months": 12,
        "areas": ["GM0344"],
        **changes,
    }


async def added(desk: AsyncClient, draft: str, code: str, **changes: Any) -> dict[str, Any]:
    """An item that was added over HTTP."""
    response = await desk.post(f"{draft}/work-items", json=an_item(code, **changes))
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made
