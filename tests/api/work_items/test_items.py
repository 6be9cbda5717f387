"""Work items of a draft, over HTTP."""

import csv
import io
from typing import Any

import pytest
from httpx import AsyncClient
from openpyxl import Workbook

from api.accounts import service as accounts
from api.accounts.service import OrganisationKind
from tests.builders import a_json_notice, upload
from tests.conftest import NOW
from tests.item_builders import a_draft, added, an_item

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def test_an_item_tells_its_value_with_the_rules_that_add_it_up(desk: AsyncClient) -> None:
    draft = await a_draft(desk)

    made = await added(desk, draft, "a", months=60, optionsCents=1_000_01, indefinite=False)

    assert made["missing"] == []
    assert made["estimate"]["totalCents"] == 4 * 50_000_00 + 1_000_01
    assert [part["rule"] for part in made["estimate"]["parts"]] == [
        "Aw 2012 art. 2.17(e)",
        "Aw 2012 art. 2.15(2)",
    ]


async def test_what_is_unknown_is_named_and_never_zero(desk: AsyncClient) -> None:
    draft = await a_draft(desk)

    response = await desk.post(f"{draft}/work-items", json={"code": "a", "title": "Groen"})

    assert response.json()["estimate"] is None
    assert response.json()["missing"] == ["cpv", "kind", "price", "months", "areas"]


async def test_all_faults_of_an_item_come_at_once(desk: AsyncClient) -> None:
    draft = await a_draft(desk)
    wrong = an_item(
        "a", cpv="999", totalCents=5, indefinite=True, areas=["GM0000"], apart=["a", "zz"]
    )

    response = await desk.post(f"{draft}/work-items", json=wrong)

    assert response.status_code == 400
    assert sorted(fault["code"] for fault in response.json()["errors"]) == sorted(
        ["invalid-cpv", "two-prices", "two-terms", "unknown-area", "unknown-item", "unknown-item"]
    )


async def test_a_code_is_taken_once(desk: AsyncClient) -> None:
    draft = await a_draft(desk)
    await added(desk, draft, "a")

    response = await desk.post(f"{draft}/work-items", json=an_item("a"))

    assert response.json()["errors"][0]["code"] == "duplicate-item"


async def test_nobody_overwrites_what_they_have_not_seen(desk: AsyncClient) -> None:
    draft = await a_draft(desk)
    path = f"{draft}/work-items/{(await added(desk, draft, 'a'))['id']}"
    changed = an_item("a", title="Anders")

    without = await desk.put(path, json=changed)
    good = await desk.put(path, json=changed, headers={"If-Match": '"v1"'})
    stale = await desk.put(path, json=changed, headers={"If-Match": '"v1"'})

    assert [one.status_code for one in (without, good, stale)] == [428, 200, 412]
    assert good.json()["title"] == "Anders"
    assert good.headers["ETag"] == '"v2"'
    again = {"If-Match": (await desk.get(path)).headers["ETag"]}
    assert (await desk.put(path, json=changed, headers=again)).status_code == 200


async def test_pairs_follow_a_new_code_and_forget_a_removed_item(desk: AsyncClient) -> None:
    draft = await a_draft(desk)
    first = await added(desk, draft, "a")
    await added(desk, draft, "b", apart=["a"])
    path = f"{draft}/work-items/{first['id']}"

    await desk.put(path, json=an_item("c"), headers={"If-Match": "*"})
    renamed = (await desk.get(f"{draft}/work-items")).json()
    gone = await desk.delete(path, headers={"If-Match": "*"})

    assert renamed[1]["apart"] == ["c"]
    assert gone.status_code == 204
    [left] = (await desk.get(f"{draft}/work-items")).json()
    assert left["apart"] == []
    assert (await desk.get(path)).status_code == 404


async def test_a_draft_is_seen_by_its_own_organisation_alone(desk: AsyncClient) -> None:
    draft = await a_draft(desk)
    other = await accounts.create_organisation(OrganisationKind.AUTHORITY, "Ede", now=NOW)
    made = await accounts.create_key("x", accounts.SCOPES, now=NOW, organisation_id=other.id)
    stranger = {"Authorization": f"Bearer {made.secret}"}
    public = draft.replace("tender-drafts", "tenders")

    assert (await desk.get(draft)).status_code == 200
    assert (await desk.get(draft, headers=stranger)).status_code == 404
    assert (await desk.get(f"{draft}/work-items", headers=stranger)).status_code == 404
    assert (await desk.get(public)).status_code == 404
    listed = (await desk.get("/v1/tenders")).json()["items"]
    assert all(one["source"] != "manual" for one in listed)
    assert len((await desk.get("/v1/tender-drafts")).json()["items"]) == 1
    assert (await desk.get("/v1/tender-drafts", headers=stranger)).json()["items"] == []


async def test_those_who_sell_prepare_no_tenders(desk: AsyncClient) -> None:
    firm = await accounts.create_organisation(OrganisationKind.ENTERPRISE, "Kwast", now=NOW)
    made = await accounts.create_key("x", accounts.SCOPES, now=NOW, organisation_id=firm.id)

    response = await desk.post(
        "/v1/tenders", json={"title": "x"}, headers={"Authorization": f"Bearer {made.secret}"}
    )

    assert response.status_code == 403
    assert response.json()["code"] == "authorities-only"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"startsOn": "9999-12-31"}, "invalid-date"),
        ({"dispatchedOn": "0001-01-01"}, "invalid-date"),
        ({"description": "BSN 111222333"}, "personal-number-suspected"),
        ({"title": ""}, "invalid-value"),
        ({"title": "a\u0000"}, "invalid-value"),
        ({"buyer": {"name": "x" * 501}}, "text-too-long"),
        ({"maxLotsAwarded": 0}, "invalid-value"),
        ({"estimatedValueCents": 10**14}, "invalid-value"),
        ({"buyerLevel": "royal"}, "invalid-value"),
        ({"lots": []}, "unknown-field"),
    ],
)
async def test_a_faulty_draft_is_refused(
    desk: AsyncClient, changes: dict[str, Any], code: str
) -> None:
    response = await desk.post("/v1/tenders", json={"title": "x"} | changes)

    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == code


async def test_a_draft_is_changed_by_those_who_read_it(desk: AsyncClient) -> None:
    draft = await a_draft(desk)
    changed = {"title": "Anders", "buyerLevel": "central"}

    good = await desk.put(draft, json=changed, headers={"If-Match": '"v1"'})
    stale = await desk.put(draft, json=changed, headers={"If-Match": '"v1"'})

    assert good.json()["buyerLevel"] == "central"
    assert good.json()["version"] == 2
    assert stale.status_code == 412


HEADING = ["code", "titel", "cpv", "soort", "per jaar", "maanden", "plaatsen", "niet samen met"]
ROWS: list[list[Any]] = [
    ["k", "Kantine", "55510000-8", "diensten", "12.345,67", 24, "Utrecht; GM0355", ""],
    ["s", "Schoonmaak", "90910000", "diensten", "80000", 36, "Utrecht", "k"],
]


def _csv(rows: list[list[Any]]) -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=";").writerows([HEADING, *rows])
    return target.getvalue().encode()


async def test_a_spreadsheet_becomes_items(desk: AsyncClient) -> None:
    book, target = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (HEADING, *ROWS):
        sheet.append(row)
    book.save(target)
    path = f"{await a_draft(desk)}/work-items/imports"

    as_csv = await desk.post(path, content=_csv(ROWS), headers={"Content-Type": "text/csv"})
    other = f"{await a_draft(desk)}/work-items/imports"
    as_xlsx = await desk.post(other, content=target.getvalue(), headers={"Content-Type": XLSX})

    assert as_csv.status_code == 201, as_csv.text
    canteen, cleaning = as_csv.json()
    assert canteen["yearlyCents"] == 12_345_67
    assert canteen["areas"] == ["GM0344", "GM0355"]
    assert cleaning["apart"] == ["k"]
    values = [[one["estimate"]["totalCents"] for one in x.json()] for x in (as_csv, as_xlsx)]
    assert values[0] == values[1] == [24_691_34, 240_000_00]


async def test_a_faulty_row_stores_nothing_and_is_named(desk: AsyncClient) -> None:
    draft = await a_draft(desk)
    rows = [ROWS[0], ["s", "Schoonmaak", "90910000", "magie", "veel", "36", "Nergens", "q"]]

    response = await desk.post(
        f"{draft}/work-items/imports", content=_csv(rows), headers={"Content-Type": "text/csv"}
    )

    assert response.status_code == 400
    assert {fault["place"].split(",")[0] for fault in response.json()["errors"]} == {"row 3"}
    assert (await desk.get(f"{draft}/work-items")).json() == []


@pytest.mark.parametrize(
    ("days", "months"), [(1, 1), (30, 1), (360, 12), (365, 12), (730, 24), (2160, 72), (45, 1)]
)
async def test_months_are_counted_as_notices_do(desk: AsyncClient, days: int, months: int) -> None:
    lots = [{"id": "1", "title": "Noord", "contractPeriod": {"durationInDays": days}}]
    report = await upload(desk, a_json_notice(lots=lots), "application/json")
    source = {"tenderId": report["notices"][0]["tenderId"]}

    response = await desk.post(f"{await a_draft(desk)}/work-items/copies", json=source)

    assert response.json()[0]["months"] == months


async def test_each_lot_of_a_notice_becomes_a_group(desk: AsyncClient) -> None:
    lots = [
        {"id": "1", "title": "Noord", "value": {"amount": 1000.5, "currency": "EUR"}},
        {"id": "2", "title": "Zuid"},
    ]
    report = await upload(desk, a_json_notice(lots=lots), "application/json")
    draft = await a_draft(desk)

    response = await desk.post(
        f"{draft}/work-items/copies", json={"tenderId": report["notices"][0]["tenderId"]}
    )

    north, south = response.json()
    assert (north["code"], north["group"], north["totalCents"]) == ("1-1", "1-1", 1000_50)
    assert "price" in south["missing"]
