"""Uploading notices: created, unchanged, updated, and what a later notice does to lots."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec
import pytest
from httpx import AsyncClient

from api.database import fetch
from tests.builders import a_csv_notice, a_json_notice, a_key, a_release, upload
from tests.importers.test_eforms_builder import NAME, a_lot, a_notice

JSON, XML, CSV = "application/json", "application/xml", "text/csv"


def lots_of(tender: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {lot["sourceLotId"]: lot for lot in tender["lots"]}


async def the_tender(desk: AsyncClient, report: dict[str, Any]) -> dict[str, Any]:
    [notice] = report["notices"]
    tender: dict[str, Any] = (await desk.get(f"/v1/tenders/{notice['tenderId']}")).json()
    return tender


@pytest.mark.parametrize(
    ("document", "media_type", "source", "lots"),
    [
        (a_notice(a_lot("LOT-0001"), a_lot("LOT-0002")), XML, "eforms", 2),
        (a_notice(), "text/xml; charset=utf-8", "eforms", 1),
        (a_json_notice(lots=[{"id": "1"}, {"id": "2"}, {"id": "3"}]), JSON, "ocds", 3),
        (a_csv_notice(), CSV, "tenderned", 1),
    ],
    ids=["eforms", "text/xml", "ocds", "tenderned"],
)
async def test_a_notice_of_each_kind_becomes_a_tender_with_its_lots(
    desk: AsyncClient, document: bytes, media_type: str, source: str, lots: int
) -> None:
    report = await upload(desk, document, media_type)

    [notice] = report["notices"]
    assert (notice["state"], notice["source"], notice["lots"]) == ("created", source, lots)
    assert report["rejected"] == []
    assert len((await the_tender(desk, report))["lots"]) == lots


async def test_a_tender_and_its_lots_are_public(desk: AsyncClient) -> None:
    tender = await the_tender(desk, await upload(desk, a_notice()))
    desk.headers.pop("Authorization")

    for path in ("/tenders", f"/tenders/{tender['id']}", f"/lots/{tender['lots'][0]['id']}"):
        assert (await desk.get(f"/v1{path}")).status_code == 200
    assert (await desk.get(f"/v1/lots/{tender['lots'][0]['id']}")).json() == tender["lots"][0]


async def test_the_same_notice_again_changes_nothing(desk: AsyncClient) -> None:
    before = await the_tender(desk, await upload(desk, a_notice()))

    report = await upload(desk, a_notice())

    assert report["notices"][0]["state"] == "unchanged"
    assert report["notices"][0]["tenderId"] == before["id"]
    assert await the_tender(desk, report) == before


async def test_a_later_notice_keeps_the_ids_of_lots_and_cancels_the_one_it_drops(
    desk: AsyncClient,
) -> None:
    first = a_notice(a_lot("LOT-0001"), a_lot("LOT-0002"))
    before = lots_of(await the_tender(desk, await upload(desk, first)))
    renamed = NAME.replace("Schoonmaak", "Glasbewassing")

    report = await upload(desk, a_notice(a_lot("LOT-0002", name=renamed), a_lot("LOT-0003")))

    after_tender = await the_tender(desk, report)
    after = lots_of(after_tender)
    assert report["notices"][0]["state"] == "updated"
    assert after_tender["version"] == 2
    assert {name: lot["status"] for name, lot in after.items()} == {
        "LOT-0001": "cancelled",
        "LOT-0002": "active",
        "LOT-0003": "active",
    }
    assert (after["LOT-0001"]["id"], after["LOT-0001"]["version"]) == (before["LOT-0001"]["id"], 2)
    assert (after["LOT-0002"]["id"], after["LOT-0002"]["version"]) == (before["LOT-0002"]["id"], 2)
    assert after["LOT-0002"]["title"] == "Glasbewassing"


async def test_a_lot_that_comes_back_is_active_again_under_its_own_id(desk: AsyncClient) -> None:
    both, one = a_notice(a_lot("LOT-0001"), a_lot("LOT-0002")), a_notice(a_lot("LOT-0001"))
    before = lots_of(await the_tender(desk, await upload(desk, both)))
    await upload(desk, one)

    after = lots_of(await the_tender(desk, await upload(desk, both)))

    assert after["LOT-0002"]["id"] == before["LOT-0002"]["id"]
    assert after["LOT-0002"]["status"] == "active"


async def test_of_a_record_twice_in_a_document_the_last_counts(desk: AsyncClient) -> None:
    package = {"releases": [a_release(title="Eerst"), a_release(title="Later")], "version": "1.1"}

    report = await upload(desk, msgspec.json.encode(package), JSON)

    assert [one["state"] for one in report["notices"]] == ["superseded", "created"]
    [row] = await fetch("SELECT title FROM tender")
    assert row["title"] == "Later"


async def test_a_rejected_record_is_named_and_the_others_are_stored(desk: AsyncClient) -> None:
    wrong = a_release(items=[{"id": "1", "classification": {"scheme": "CPV", "id": "00000000"}}])
    sound = a_release() | {"ocid": "ocds-perceel-2"}
    package = {"releases": [wrong, sound], "version": "1.1"}

    report = await upload(desk, msgspec.json.encode(package), JSON)

    assert [one["sourceId"] for one in report["notices"]] == ["ocds-perceel-2"]
    [rejected] = report["rejected"]
    assert (rejected["record"], rejected["code"]) == ("ocds-perceel-1", "unknown-cpv")


async def test_an_update_is_audited_and_an_unchanged_notice_is_not(desk: AsyncClient) -> None:
    report = await upload(desk, a_notice())
    await upload(desk, a_notice())
    await upload(desk, a_notice(a_lot("LOT-0009")))

    tender_id = UUID(report["notices"][0]["tenderId"])
    rows = await fetch("SELECT action FROM audit_event WHERE subject = $1 ORDER BY id", tender_id)
    assert [row["action"] for row in rows] == ["tender.created", "tender.updated"]


async def test_two_uploads_of_the_same_notices_in_other_order_both_end(
    committing_desk: AsyncClient,
) -> None:
    releases = [a_release() | {"ocid": f"ocds-{number}"} for number in range(60)]
    orders = (releases, releases[::-1]) * 2
    documents = [msgspec.json.encode({"releases": order, "version": "1.1"}) for order in orders]

    reports = await asyncio.gather(*(upload(committing_desk, one, JSON) for one in documents))

    states = [notice["state"] for report in reports for notice in report["notices"]]
    assert (states.count("created"), states.count("unchanged")) == (60, 180)


async def test_storing_needs_its_own_scope(client: AsyncClient, db: None) -> None:  # noqa: ARG001  depends by name
    for headers, status in (({}, 401), (await a_key("matches:write"), 403)):
        sent = headers | {"Content-Type": XML}
        response = await client.post("/v1/notices", content=a_notice(), headers=sent)

        assert response.status_code == status
    assert await fetch("SELECT id FROM tender") == []
