"""Every published lot can be matched against a directory: no answer is a fault of ours."""

from pathlib import Path

from httpx import AsyncClient

from api import indexing
from importers.demo import load as demo
from search.client import Client
from tests.builders import upload
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
