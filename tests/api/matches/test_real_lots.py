"""Every published lot can be matched against a directory: no answer is a fault of ours."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from httpx import AsyncClient

from api import indexing
from api.accounts.service import SYSTEM
from api.art77.schemas import Art77Facts
from api.database import fetch
from api.domain.matching.decide import decide
from api.domain.matching.facts import EnterpriseFacts, Procedure
from api.domain.matching.fingerprint import Written, fingerprint
from api.domain.matching.rules import RULES_2026
from api.domain.tendering.coverage import COUNTRY
from api.match_batches.drafts import Shared, together
from api.matches import queries, service
from api.matches.schemas import MatchRequest
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


@pytest.mark.parametrize("procedure", Procedure)
async def test_a_lot_takes_the_same_facts_out_of_what_many_read_at_once(
    desk: AsyncClient,
    shared: Path,
    engine: Client,  # noqa: ARG001  depends by name
    procedure: Procedure,
) -> None:
    await demo.load_enterprises(NOW)
    await indexing.rebuild()
    own = await a_firm_that_looks_otherwise(desk)
    for file in sorted((shared / "eforms").glob("*.xml")):
        await upload(desk, file.read_bytes())
    lots = [row["id"] for row in await fetch("SELECT id FROM lot ORDER BY id")]
    request = MatchRequest(procedure=procedure)
    asked = [await service.question(lot, request, SYSTEM, NOW) for lot in lots]
    for place in range(0, len(asked), 2):  # every other buyer knows more about that firm
        sought = msgspec.structs.replace(asked[place].sought, **own)
        asked[place] = msgspec.structs.replace(asked[place], sought=sought)

    together_read = Shared(*await queries.candidate_rows(together([one.sought for one in asked])))

    written, considered = Written(), 0
    for one in asked:
        alone = await queries.candidates(one.sought)
        found = together_read.of(one.sought)
        considered += len(found)
        assert by_id(seen_by(one, found)) == by_id(alone)
        prints = {
            fingerprint(one.facts, facts, RULES_2026, seed="1", written=remembered)
            for facts, remembered in ((alone, None), (found, written))
        }
        assert len(prints) == 1
        decisions = [decide(one.facts, facts, RULES_2026, seed="1") for facts in (alone, found)]
        assert decisions[0] == decisions[1]
    assert considered > 500


def seen_by(asked: service.Question, firms: list[EnterpriseFacts]) -> list[EnterpriseFacts]:
    """Leave out areas that the lot does not ask; read for it alone, they are not even read."""
    if asked.sought.places is None:
        return firms
    places = frozenset(asked.sought.places)
    return [
        msgspec.structs.replace(
            firm,
            offerings=tuple(
                msgspec.structs.replace(
                    one,
                    area_full=one.area_full & (places | {COUNTRY}),
                    area_partial=one.area_partial & places,
                )
                for one in firm.offerings
            ),
        )
        for firm in firms
    ]


def by_id(firms: list[EnterpriseFacts]) -> list[EnterpriseFacts]:
    """The same facts in one order."""
    settled = [
        msgspec.structs.replace(
            firm, offerings=tuple(sorted(firm.offerings, key=lambda one: one.id))
        )
        for firm in firms
    ]
    return sorted(settled, key=lambda one: one.id)


async def a_firm_that_looks_otherwise(desk: AsyncClient) -> dict[str, Any]:
    """What some buyers know of a firm with two offerings in a province."""
    places = {"kind": "places", "places": ["NL35", "GM0363"]}
    codes = (["45000000"], ["45000000", "90910000"])
    offered = [
        an_offering(cpvCodes=one, coverage=places, reliableCapacityCents=10_000) for one in codes
    ]
    firm = await stored(desk, offerings=offered)
    [row] = await fetch(
        "SELECT min(id::text) AS id FROM offering WHERE enterprise = $1", firm["id"]
    )
    return {
        "reserved": {row["id"]: 4_000, "gone": 1},
        "excluded": {firm["id"]: "conflict of interest"},
        "art77": Art77Facts({firm["id"]: True}),
    }


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
