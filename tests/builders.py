"""Short ways to write down what goes into the API; only what matters is named."""

import csv
import io
import itertools
import json
from typing import Any

from httpx import AsyncClient

from api.accounts import service as accounts
from tests.conftest import NOW

UTRECHT = {"kind": "places", "places": ["GM0344"]}
COUNTRY = {"kind": "country"}
PAINTING, CLEANING, GREENERY, CATERING = "45442100", "90910000", "77310000", "55520000"
_kvk_numbers = itertools.count(10_000_001)
ANY_STATE = {"If-Match": "*"}
"""Of a change that is made whatever was read before."""


def a_kvk_number() -> str:
    """A number that no other enterprise of this run has."""
    return str(next(_kvk_numbers))


def an_offering(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Schilderwerk",
        "cpvCodes": [PAINTING],
        "serviceMode": "service",
        "coverage": UTRECHT,
        **changes,
    }


def an_enterprise(**changes: Any) -> dict[str, Any]:
    return {
        "name": "De Kwast",
        "kvkNumber": a_kvk_number(),
        "offerings": [an_offering()],
        **changes,
    }


async def stored(desk: AsyncClient, **changes: Any) -> dict[str, Any]:
    """An enterprise that was added over HTTP, as answered."""
    response = await desk.post("/v1/enterprises", json=an_enterprise(**changes))
    assert response.status_code == 201, response.text
    profile: dict[str, Any] = response.json()
    return profile


async def a_key(*scopes: str) -> dict[str, str]:
    """The header that a caller with a new key sends; no scopes named: all of them."""
    made = await accounts.create_key("desk", scopes or accounts.SCOPES, now=NOW)
    return {"Authorization": f"Bearer {made.secret}"}


def a_release(**tender: Any) -> dict[str, Any]:
    """An OCDS release; its lots are in `tender`."""
    return {
        "ocid": "ocds-perceel-1",
        "id": "1",
        "date": "2026-02-01T09:00:00+01:00",
        "tag": ["tender"],
        "buyer": {"name": "Gemeente Utrecht"},
        "tender": {"title": "Groenonderhoud", **tender},
    }


def a_json_notice(**tender: Any) -> bytes:
    return json.dumps(a_release(**tender)).encode()


def a_csv_notice(**cells: str) -> bytes:
    """A file of the TenderNed dataset with one row."""
    row = {
        "ID publicatie": "1",
        "Tenderned kenmerk": "T-1",
        "Publicatiedatum": "31-01-2026",
        "Naam aanbestedende dienst": "Gemeente Ede",
        "Naam aanbesteding": "Groenonderhoud",
        "Publicatie soort": "Aankondiging van een opdracht",
        "Hoofd cpv definitie code": "77310000-6",
        "Sluitingsdatum aanbesteding": "",
        "Type opdracht": "",
        "Voorbehouden voor beroepsgroep": "",
        "Perceel id": "",
        **cells,
    }
    target = io.StringIO()
    writer = csv.DictWriter(target, list(row), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerow(row)
    return target.getvalue().encode()


async def upload(
    desk: AsyncClient, document: bytes, media_type: str = "application/xml"
) -> dict[str, Any]:
    """The report on a document that was taken."""
    headers = {"Content-Type": media_type}
    response = await desk.post("/v1/notices", content=document, headers=headers)
    assert response.status_code == 200, response.text
    report: dict[str, Any] = response.json()
    return report
