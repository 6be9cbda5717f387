"""An adopted plan as OCDS and eForms, out of the API and into it again."""

import json

import jsonschema
import pytest
from httpx import AsyncClient

from tests.builders import upload
from tests.item_builders import a_draft, a_firm, added, planned
from tests.ocds_schema import RELEASE


@pytest.mark.parametrize(
    ("file", "media_type"),
    [("release.json", "application/json"), ("notice.xml", "application/xml")],
)
async def test_an_adopted_plan_goes_out_and_comes_in_unchanged(
    desk: AsyncClient, file: str, media_type: str
) -> None:
    await a_firm(desk, "Aad", 60_000_00)
    draft = await a_draft(desk, buyer={"name": "Gemeente Ede", "identifier": "09215846"})
    empty = await desk.get(f"{draft}/{file}")
    for code in ("a", "b"):
        await added(desk, draft, code, doneNowBy="nobody")
    run = await planned(desk, draft, rules={"ableFirms": 1})
    adopted = await desk.post(f"/v1/lot-plans/{run['plans'][0]['id']}/adoption", json={})
    assert adopted.status_code == 201, adopted.text

    once = await desk.get(f"{draft}/{file}")
    report = await upload(desk, once.content, media_type)
    again = await desk.get(f"/v1/tenders/{report['notices'][0]['tenderId']}/{file}")

    assert empty.status_code == 409
    assert once.headers["Content-Type"] == media_type
    assert report["notices"][0]["lots"] == 2
    assert again.content == once.content
    assert (await desk.get(f"{draft.replace('-drafts', 's')}/{file}")).status_code == 404
    if media_type == "application/json":
        jsonschema.validate(json.loads(once.content), RELEASE)
        lots = json.loads(once.content)["tender"]["lots"]
        assert [lot["value"]["amount"] for lot in lots] == [50_000.0, 50_000.0]
        assert {lot["status"] for lot in lots} == {"planned"}
