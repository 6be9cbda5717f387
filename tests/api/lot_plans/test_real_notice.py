"""A published notice, taken over lot by lot, completed, divided anew and adopted."""

from pathlib import Path

from httpx import AsyncClient

from tests.builders import upload
from tests.item_builders import a_draft, a_firm, planned

KEPT = ("code", "title", "cpv", "kind", "months", "group")


async def test_the_lots_of_a_real_notice_are_divided_anew(desk: AsyncClient, shared: Path) -> None:
    notice = (shared / "eforms" / "nl-404684-2022.xml").read_bytes()
    source = (await upload(desk, notice))["notices"][0]["tenderId"]
    for name in ("Aad", "Bep", "Cor", "Dirk"):
        await a_firm(desk, name, 90_000_00)
    draft = await a_draft(desk)

    copied = await desk.post(f"{draft}/work-items/copies", json={"tenderId": source})
    for item in copied.json():
        assert item["missing"] == ["price", "areas"]
        own = {name: item[name] for name in KEPT}
        known = {"totalCents": 80_000_00, "areas": ["GM0344"], "doneNowBy": "nobody"}
        path = f"{draft}/work-items/{item['id']}"
        whole = own | known | {"cpv": "90910000"}
        assert (await desk.put(path, json=whole, headers={"If-Match": "*"})).status_code == 200
    plan = (await planned(desk, draft))["plans"][0]
    adopted = await desk.post(f"/v1/lot-plans/{plan['id']}/adoption", json={})

    assert len(copied.json()) == len(plan["plan"]["lots"]) == 4
    assert plan["plan"]["reachCents"] == plan["plan"]["totalCents"] == 320_000_00
    assert plan["plan"]["regime"]["regime"] == "eu"
    assert plan["plan"]["exemption"]["roomCents"] == 64_000_00
    assert adopted.status_code == 201, adopted.text
