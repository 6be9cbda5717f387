"""Real notices, uploaded as a buyer would, and matched."""

import json
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

from tests.builders import CLEANING, COUNTRY, an_offering, stored, upload

DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE n [<!ENTITY a "b">]><n>&a;</n>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE n SYSTEM "file:///etc/passwd"><n/>'
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE n [<!ENTITY a "aaaaaaaaaa">'
    b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><n>&b;</n>'
)


async def counted(desk: AsyncClient) -> int:
    """The tenders that are stored, over all pages."""
    found, cursor = 0, None
    while True:
        query = {"limit": 100} | ({"cursor": cursor} if cursor else {})
        page = (await desk.get("/v1/tenders", params=query)).json()
        found, cursor = found + len(page["items"]), page["nextCursor"]
        if cursor is None:
            return found


async def test_all_eforms_notices_give_their_lots(desk: AsyncClient, shared: Path) -> None:
    reports = [
        await upload(desk, file.read_bytes()) for file in sorted((shared / "eforms").glob("*.xml"))
    ]

    assert len(reports) == 22
    assert sum(report["notices"][0]["lots"] for report in reports) == 88
    assert all(report["rejected"] == [] for report in reports)


async def test_the_same_notice_twice_changes_nothing(desk: AsyncClient, shared: Path) -> None:
    document = (shared / "eforms" / "nl-280147-2022.xml").read_bytes()
    first = (await upload(desk, document))["notices"][0]

    second = (await upload(desk, document))["notices"][0]

    assert (first["state"], second["state"]) == ("created", "unchanged")
    assert first["tenderId"] == second["tenderId"]
    assert await counted(desk) == 1


@pytest.mark.parametrize(
    ("name", "notices", "lots"),
    [
        ("scotland-release-package.json", 45, 230),
        ("wales-release-package.json", 44, 139),
        ("contracts-finder-release-package.json", 98, 98),
        ("no-2023-629257-release.json", 1, 2),
        ("no-2024-106286-release.json", 1, 1),
        ("standard-framework-first-stage.json", 1, 2),
    ],
)
async def test_all_ocds_files_give_their_lots(
    desk: AsyncClient, shared: Path, name: str, notices: int, lots: int
) -> None:
    report = await upload(desk, (shared / "ocds" / name).read_bytes(), "application/json")

    assert len(report["notices"]) == notices
    assert sum(one["lots"] for one in report["notices"]) == lots


@pytest.mark.parametrize(
    ("document", "media_type"),
    [
        (DOCTYPE, "application/xml"),
        (OUTSIDE, "application/xml"),
        (BOMB, "application/xml"),
        (b"<ContractNotice", "application/xml"),
        (b"\xff\xfe<\x00", "application/xml"),
        (b"", "application/xml"),
        (b'{"ocid": NaN}', "application/json"),
        (b'{"ocid": 1, "ocid": 2}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"ocid": "\xff"}', "application/json"),
        (b"no;table", "text/csv"),
    ],
)
async def test_a_hostile_document_is_refused_with_its_place_and_stores_nothing(
    desk: AsyncClient, document: bytes, media_type: str
) -> None:
    headers = {"Content-Type": media_type}

    response = await desk.post("/v1/notices", content=document, headers=headers)

    assert response.status_code == 400, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["errors"]
    assert await counted(desk) == 0


async def test_a_body_over_the_limit_is_refused(desk: AsyncClient) -> None:
    headers = {"Content-Type": "application/xml"}

    response = await desk.post("/v1/notices", content=b"x" * 20_000_001, headers=headers)

    assert response.status_code == 413
    assert response.json()["code"] == "too-large"


async def test_a_kind_of_file_that_nobody_reads_is_refused(desk: AsyncClient) -> None:
    headers = {"Content-Type": "application/pdf"}

    response = await desk.post("/v1/notices", content=b"%PDF", headers=headers)

    assert response.status_code == 415
    assert "application/xml" in response.json()["detail"]


@pytest.mark.usefixtures("engine")
async def test_everyone_considered_is_found_nearly_found_or_left_out(
    desk: AsyncClient, shared: Path
) -> None:
    await some_cleaners(desk)
    document = (shared / "eforms" / "es-262891-2023.xml").read_bytes()
    tender = (await upload(desk, document))["notices"][0]["tenderId"]
    lots = (await desk.get(f"/v1/tenders/{tender}")).json()["lots"]

    runs = [(await desk.post(f"/v1/lots/{lot['id']}/match-runs", json={})).json() for lot in lots]

    for run in runs:
        assert run["considered"] == 3
        assert run["matched"] + run["nearMisses"] + run["excluded"] == run["considered"]
    again = (await desk.post(f"/v1/lots/{lots[0]['id']}/match-runs", json={})).json()
    assert again["fingerprint"] == runs[0]["fingerprint"]


@pytest.mark.usefixtures("engine")
async def test_everyone_left_out_is_given_the_values_compared(
    desk: AsyncClient,
) -> None:
    await some_cleaners(desk)
    lot = await a_cleaning_lot(desk, amount=90_000)

    run = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()
    pages = {
        name: (await desk.get(f"/v1/match-runs/{run['id']}/{name}")).json()["items"]
        for name in ("matches", "near-misses", "excluded")
    }

    assert [one["name"] for one in pages["matches"]] == ["Ruim"]
    assert [one["name"] for one in pages["near-misses"]] == ["Krap"]
    assert pages["near-misses"][0]["explanation"]["shortfall"]["by"] == 10_000_00
    [left_out] = pages["excluded"]
    assert left_out["name"] == "Klein"
    [reason] = [one for one in left_out["explanation"]["reasons"] if one["state"] == "fail"]
    assert (reason["code"], reason["wanted"], reason["offered"]) == (
        "capacity-short",
        90_000_00,
        1_000_00,
    )


@pytest.mark.usefixtures("engine")
async def test_any_one_enterprise_hears_why_not(desk: AsyncClient) -> None:
    painter = await stored(desk, name="De Kwast")
    lot = await a_cleaning_lot(desk, amount=90_000)

    answer = (await desk.get(f"/v1/lots/{lot}/matches/{painter['id']}")).json()

    assert answer["outcome"] == "excluded"
    failed = [one for one in answer["explanation"]["reasons"] if one["state"] == "fail"]
    assert failed[0]["rule"] == "category"


async def some_cleaners(desk: AsyncClient) -> None:
    """Three firms that clean everywhere, with capacities of their own."""
    for name, capacity in (("Ruim", 500_000_00), ("Krap", 80_000_00), ("Klein", 1_000_00)):
        cleaning = an_offering(
            title="Schoonmaak",
            cpvCodes=[CLEANING],
            coverage=COUNTRY,
            reliableCapacityCents=capacity,
        )
        await stored(desk, name=name, offerings=[cleaning])


async def a_cleaning_lot(desk: AsyncClient, *, amount: int) -> str:
    """A lot of one year, somewhere in the country."""
    address = {"countryName": "Nederland", "country": "NL"}
    item: dict[str, Any] = {
        "id": "1",
        "relatedLot": "LOT-0001",
        "classification": {"scheme": "CPV", "id": CLEANING},
        "deliveryAddresses": [address],
    }
    lot = {
        "id": "LOT-0001",
        "title": "Schoonmaak",
        "status": "active",
        "value": {"amount": amount, "currency": "EUR"},
        "contractPeriod": {"durationInDays": 365},
    }
    release = {
        "ocid": "ocds-perceel-clean",
        "id": "1",
        "date": "2026-02-01T09:00:00Z",
        "tag": ["tender"],
        "tender": {"title": "Schoonmaak", "lots": [lot], "items": [item]},
    }
    report = await upload(desk, json.dumps(release).encode(), "application/json")
    tender = (await desk.get(f"/v1/tenders/{report['notices'][0]['tenderId']}")).json()
    lot_id: str = tender["lots"][0]["id"]
    return lot_id
