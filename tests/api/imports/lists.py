"""Short ways to send lists in and to see what became of them."""

import csv
import io
import json
from typing import Any

from httpx import AsyncClient

from api import database
from api.imports import service
from importers.enterprises.reader import EnterpriseLists
from tests.builders import a_kvk_number, an_enterprise

CSV = {"Content-Type": "text/csv"}
LINES = {"Content-Type": "application/x-ndjson"}
XLSX = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
HEADINGS = (
    *("Nummer", "KvK-nummer", "Naam", "Plaats", "Aanbod", "CPV-codes", "Leveringswijze"),
    "Werkgebied",
)


def a_row(number: int, **cells: str) -> dict[str, str]:
    """A sound row of our own layout."""
    return {
        "Nummer": str(number),
        "KvK-nummer": a_kvk_number(),
        "Naam": f"De Kwast {number}",
        "Plaats": "Utrecht",
        "Aanbod": "Schilderwerk",
        "CPV-codes": "45442100",
        "Leveringswijze": "dienst",
        "Werkgebied": "heel Nederland",
        **cells,
    }


def a_csv(*rows: dict[str, str]) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, HEADINGS, delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()


def some_lines(count: int, **changes: Any) -> bytes:
    """Many sound JSON lines."""
    rows = (an_enterprise(name=f"De Kwast {n}", externalId=str(n), **changes) for n in range(count))
    return "\n".join(json.dumps(row) for row in rows).encode()


async def sent(
    sender: AsyncClient, content: bytes, headers: dict[str, str] = CSV, **query: str
) -> dict[str, Any]:
    """A job that was taken in."""
    if headers != LINES:
        query.setdefault("mapping", "perceel")
    else:
        query.setdefault("source", "ledenlijst")
    answer = await sender.post("/v1/imports", content=content, headers=headers, params=query)
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == f"/v1/imports/{answer.json()['id']}"
    job: dict[str, Any] = answer.json()
    return job


async def worked_off(
    sender: AsyncClient, content: bytes, headers: dict[str, str] = CSV, **query: str
) -> dict[str, Any]:
    """A job after a worker took it up."""
    job = await sent(sender, content, headers, **query)
    assert await service.work_once(EnterpriseLists())
    return await seen(sender, job)


async def seen(sender: AsyncClient, job: dict[str, Any]) -> dict[str, Any]:
    answer = await sender.get(f"/v1/imports/{job['id']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def found_in(sender: AsyncClient, job: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await sender.get(f"/v1/imports/{job['id']}/errors")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def stored_names() -> list[str]:
    rows = await database.fetch("SELECT name FROM enterprise ORDER BY name")
    return [row["name"] for row in rows]


def counts(job: dict[str, Any]) -> tuple[int, int, int, int, int]:
    """Read, created, updated, unchanged, rejected."""
    return (
        job["rowsRead"],
        job["rowsCreated"],
        job["rowsUpdated"],
        job["rowsUnchanged"],
        job["rowsRejected"],
    )
