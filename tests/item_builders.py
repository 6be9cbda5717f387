"""Short ways to write down drafts of tenders and their work items."""

from typing import Any

from httpx import AsyncClient

from tests.builders import an_offering, stored

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


async def a_firm(desk: AsyncClient, name: str, cents: int | None, **offered: Any) -> dict[str, Any]:
    """An enterprise that cleans in Utrecht with a free capacity a year."""
    amounts = {"reliableCapacityCents": cents, "nominalCapacityCents": cents}
    known = {} if cents is None else amounts
    offering = an_offering(title="Schoonmaak", cpvCodes=["90910000"], **known, **offered)
    return await stored(desk, name=name, offerings=[offering])


async def planned(desk: AsyncClient, draft: str, **asked: Any) -> dict[str, Any]:
    """A run of lot plans, as answered."""
    path = draft.replace("tender-drafts", "tenders")
    response = await desk.post(f"{path}/lot-plans", json=asked)
    assert response.status_code == 201, response.text
    run: dict[str, Any] = response.json()
    return run
