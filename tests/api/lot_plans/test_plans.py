"""Lot plans over HTTP, on firms of the directory with what they have free."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from httpx import AsyncClient

from tests.item_builders import a_draft, a_firm, added, planned


@pytest.fixture
async def draft(desk: AsyncClient) -> str:
    """Three firms that can each do 60,000 a year, and a tender of 150,000 in three items."""
    for name in ("Aad", "Bep", "Cor"):
        await a_firm(desk, name, 60_000_00)
    path = await a_draft(desk)
    for code in ("a", "b", "c"):
        await added(desk, path, code)
    return path


async def test_a_tender_is_cut_to_what_firms_can_carry(desk: AsyncClient, draft: str) -> None:
    run = await planned(desk, draft)

    first = run["plans"][0]["plan"]
    assert first["proof"] == "optimal"
    assert [lot["itemIds"] for lot in first["lots"]] == [["a"], ["b"], ["c"]]
    assert first["reachCents"] == first["totalCents"] == 150_000_00
    assert sum(lot["valueCents"] for lot in first["lots"]) == 150_000_00
    names = {firm["name"] for firm in run["firms"]}
    assert names == {"Aad", "Bep", "Cor"}
    assert all(len(lot["supply"]["able"]) == 3 for lot in first["lots"])
    assert len(run["plans"]) <= 5


async def test_every_figure_of_law_carries_source_and_version(
    desk: AsyncClient, draft: str
) -> None:
    run = await planned(desk, draft)

    bases = list(_bases(run))
    assert len(bases) > 5
    assert all(one["source"] and one["version"] for one in bases)


def _bases(value: Any) -> Any:
    if isinstance(value, dict):
        if "basis" in value and isinstance(value["basis"], dict):
            yield value["basis"]
        for one in value.values():
            yield from _bases(one)
    elif isinstance(value, list):
        for one in value:
            yield from _bases(one)


async def test_two_identical_requests_give_identical_answers(desk: AsyncClient, draft: str) -> None:
    first, second = await planned(desk, draft, seed=7), await planned(desk, draft, seed=7)
    other = await planned(desk, draft, seed=8)

    assert first == second
    assert other["id"] != first["id"]
    assert other["plans"][0]["plan"] == first["plans"][0]["plan"]
    read = await desk.get(f"/v1/lot-plan-runs/{first['id']}")
    assert read.json() == first
    listed = (await desk.get(f"{draft.replace('-drafts', 's')}/lot-plans")).json()["items"]
    assert [one["id"] for one in listed] == [other["id"], first["id"]]


async def test_capacity_that_is_held_is_not_counted(desk: AsyncClient, draft: str) -> None:
    firm = await a_firm(desk, "Dirk", 60_000_00)
    path = f"/v1/enterprises/{firm['id']}/offerings/{firm['offerings'][0]['id']}/reservations"
    held = {"amountCents": 20_000_00, "startsOn": "2026-12-01", "endsOn": "2027-01-01"}

    before = await planned(desk, draft)
    response = await desk.post(path, json=held)
    after = await planned(desk, draft)

    assert response.status_code == 201
    assert firm["id"] in before["plans"][0]["plan"]["lots"][0]["supply"]["able"]
    assert firm["id"] not in after["plans"][0]["plan"]["lots"][0]["supply"]["able"]


async def test_unknown_capacity_is_neither_able_nor_unable(desk: AsyncClient, draft: str) -> None:
    firm = await a_firm(desk, "Eva", None)

    lot = (await planned(desk, draft))["plans"][0]["plan"]["lots"][0]

    assert firm["id"] in lot["supply"]["unknown"]


async def test_an_impossible_question_names_rules_and_firms(desk: AsyncClient, draft: str) -> None:
    run = await planned(desk, draft, rules={"everyLotAble": True, "maximumLots": 2})

    assert run["plans"] == []
    blamed = {part["rule"]: part for part in run["conflict"]["parts"]}
    assert set(blamed) == {"every-lot-able", "maximum-lots"}
    assert run["conflict"]["minimal"]
    assert "Aad" in blamed["every-lot-able"]["detail"]


async def test_what_is_unknown_of_an_item_stands_in_the_way(desk: AsyncClient) -> None:
    path = await a_draft(desk)
    await added(desk, path, "a", yearlyCents=None, areas=[])

    response = await desk.post(f"{path.replace('-drafts', 's')}/lot-plans", json={})

    assert response.status_code == 400
    [fault] = response.json()["errors"]
    assert fault["code"] == "incomplete-item"
    assert fault["detail"] == "item a lacks price, areas"


@pytest.mark.parametrize(
    "asked",
    [
        {"seed": -1},
        {"deadlineSeconds": 61},
        {"reachShare": "NaN"},
        {"reachShare": "0"},
        {"rules": {"minimumValueCents": 5, "maximumValueCents": 4}},
        {"rules": {"ableFirms": 0}},
        {"objective": "cheapest"},
        {"colour": "blue"},
    ],
)
async def test_a_faulty_question_is_refused(
    desk: AsyncClient, draft: str, asked: dict[str, Any]
) -> None:
    response = await desk.post(f"{draft.replace('-drafts', 's')}/lot-plans", json=asked)

    assert response.status_code == 400, response.text
    assert response.json()["errors"]


@pytest.mark.parametrize("day", ["1990-01-01", "2019-06-01", "2100-12-31"])
async def test_days_without_known_figures_are_said_to_be_unknown(
    desk: AsyncClient, day: str
) -> None:
    path = await a_draft(desk, dispatchedOn=day, startsOn=day)
    await added(desk, path, "a", indefinite=True, months=None)

    run = await planned(desk, path)

    regime = run["plans"][0]["plan"]["regime"]
    assert regime["regime"] == "unknown"
    assert regime["reasons"][0]["code"] == "threshold-unknown"


async def test_an_item_worth_nothing_is_divided_too(desk: AsyncClient) -> None:
    path = await a_draft(desk)
    await added(desk, path, "a", yearlyCents=0)

    run = await planned(desk, path)

    assert run["plans"][0]["plan"]["totalCents"] == 0
    for chart in run["plans"][0]["charts"]:
        assert (await desk.get(chart)).status_code == 200


async def test_a_firm_that_grows_a_mark_that_lapses_a_rule_that_changes(
    desk: AsyncClient, draft: str
) -> None:
    firm = await a_firm(desk, "Fien", 10_000_00)
    run = await planned(desk, draft, rules={"ableFirms": 4})
    path = f"/v1/lot-plan-runs/{run['id']}/what-ifs"
    grows = {"firmGrows": {"enterpriseId": firm["id"], "moreCents": 50_000_00}}

    grown = (await desk.post(path, json=grows)).json()["difference"]
    eased = (await desk.post(path, json={"rules": {"ableFirms": 3}})).json()
    lapsed = (await desk.post(path, json={"markLapses": firm["id"]})).json()["difference"]
    gone = (await desk.post(path, json={"withoutFirm": firm["id"]})).json()["difference"]

    assert (grown["before"]["reachCents"], grown["after"]["reachCents"]) == (0, 150_000_00)
    assert eased["difference"]["reachChangeCents"] == 150_000_00
    assert eased["rules"]["ableFirms"] == 3
    assert lapsed["reachChangeCents"] == gone["reachChangeCents"] == 0


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "one-change"),
        ({"rules": {}, "withoutFirm": "01a222ec-af6f-7271-ade9-2d4ce1f0a9e3"}, "one-change"),
        ({"withoutFirm": "01a222ec-af6f-7271-ade9-2d4ce1f0a9e3"}, "unknown-id"),
    ],
)
async def test_a_what_if_is_one_change(
    desk: AsyncClient, draft: str, asked: dict[str, Any], code: str
) -> None:
    run = await planned(desk, draft)

    response = await desk.post(f"/v1/lot-plan-runs/{run['id']}/what-ifs", json=asked)

    assert response.json()["errors"][0]["code"] == code


async def test_the_pictures_of_a_plan_say_in_words_what_they_show(
    desk: AsyncClient, draft: str
) -> None:
    await desk.post(
        f"{draft}/work-items",
        json={
            "code": "x",
            "title": '<script>"Glas" & ramen</script>',
            "cpv": "90910000",
            "kind": "services",
            "yearlyCents": 70_000_00,
            "months": 12,
            "areas": ["GM0344"],
        },
    )
    run = await planned(desk, draft)

    for path in run["plans"][0]["charts"]:
        response = await desk.get(path)
        assert response.headers["Content-Type"] == "image/svg+xml"
        root = ET.fromstring(response.text)  # noqa: S314  our own answer
        tags = [element.tag.rpartition("}")[2] for element in root.iter()]
        assert tags[1:3] == ["title", "desc"]
        assert "script" not in tags
    other = run["plans"][0]["charts"][0].replace("values", "secrets")
    assert (await desk.get(other)).status_code == 404


async def test_a_demand_of_social_return_is_judged_by_local_supply(
    desk: AsyncClient, draft: str
) -> None:
    demand = {
        "percentage": "50",
        "wageShare": "0.6",
        "places": "0.1",
        "placeYearCents": 1_000_00,
        "purchaseCredit": "0.3",
    }
    path = f"{draft}/social-return-advice"

    much = (await desk.post(path, json=demand)).json()
    little = (await desk.post(path, json=demand | {"percentage": "5"})).json()
    wrong = [
        await desk.post(path, json=demand | {name: text})
        for name in ("percentage", "wageShare", "places", "purchaseCredit")
        for text in ("-1", "NaN", "Infinity")
    ]

    assert much["attainable"] == "no"
    assert much["supplyCents"] == 54_100_00
    assert "lower-percentage" in {one["code"] for one in much["alternatives"]}
    assert little["obligationCents"] == 7_500_00
    assert all(one["source"] for one in little["norms"])
    assert {one.status_code for one in wrong} == {400}
