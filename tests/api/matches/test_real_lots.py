"""Every published lot can be matched against a directory: no answer is a fault of ours."""

from pathlib import Path

import pytest
from httpx import AsyncClient

from api import indexing
from importers.demo import load as demo
from search.client import Client
from tests.builders import an_offering, stored, upload
from tests.conftest import NOW


async def test_all_88_published_lots_can_be_matched(
    desk: AsyncClient,
    shared: Path,
    engine: Client,  # noqa: ARG001  depends by name
) -> None:
    await demo.load_enterprises(NOW)
    await indexing.rebuild()
    reports = [
        await upload(desk, file.read_bytes()) for file in sorted((shared / "eforms").glob("*.xml"))
    ]
    tenders = {report["notices"][0]["tenderId"] for report in reports}
    found = [(await desk.get(f"/v1/tenders/{tender}")).json() for tender in sorted(tenders)]
    lots = [lot for tender in found for lot in tender["lots"]]

    runs = [await desk.post(f"/v1/lots/{lot['id']}/match-runs", json={}) for lot in lots]

    assert sum(report["notices"][0]["lots"] for report in reports) == 88
    assert len(lots) >= 80
    assert [one.status_code for one in runs] == [201] * len(lots)
    for run in (one.json() for one in runs):
        assert run["matched"] + run["nearMisses"] + run["excluded"] == run["considered"]
        assert run["textSearch"] == "used"
    assert sum(run.json()["considered"] for run in runs) > 0
    # Nobody in a Dutch directory covers a place that the notice itself puts abroad.
    abroad = [
        run.json()["matched"]
        for lot, run in zip(lots, runs, strict=True)
        if lot["areas"] and not any(area[:2] in {"GM", "NL"} for area in lot["areas"])
    ]
    assert len(abroad) > 10
    assert set(abroad) == {0}


@pytest.mark.parametrize(
    ("notice", "areas", "reason"),
    [
        ("fi-583624-2023", ["FIN"], {"area-outside"}),  # no place; the buyer is in Finland
        ("fr-497881-2021", [], {"area-unknown"}),  # anywhere (BT-727)
    ],
)
async def test_a_lot_from_abroad_without_a_place_lies_in_the_country_of_its_buyer(
    desk: AsyncClient, shared: Path, notice: str, areas: list[str], reason: set[str]
) -> None:
    report = await upload(desk, (shared / "eforms" / f"{notice}.xml").read_bytes())
    tender = (await desk.get(f"/v1/tenders/{report['notices'][0]['tenderId']}")).json()
    assert {tuple(lot["areas"]) for lot in tender["lots"]} == {tuple(areas)}
    lot = tender["lots"][0]
    firm = await stored(desk, offerings=[an_offering(cpvCodes=[lot["cpvMain"]])])

    why = await desk.get(f"/v1/lots/{lot['id']}/matches/{firm['id']}")

    told = {one["code"] for one in why.json()["explanation"]["reasons"]}
    assert {one for one in told if one.startswith("area-")} == reason
