"""Adopting a plan: guard, motive, stale facts, held capacity, undoing, publication."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.item_builders import a_draft, a_firm, added, an_item, planned

MOTIVE = "Samen is het werk te klein om apart te vervoeren; daarom voegen wij het samen."


@pytest.fixture
async def firms(desk: AsyncClient) -> list[dict[str, Any]]:
    return [await a_firm(desk, name, 60_000_00) for name in ("Aad", "Bep", "Cor")]


@pytest.fixture
async def draft(desk: AsyncClient, firms: list[dict[str, Any]]) -> str:
    assert firms
    path = await a_draft(desk)
    for code in ("a", "b"):
        await added(desk, path, code, doneNowBy="nobody")
    return path


async def first_plan(desk: AsyncClient, draft: str, **asked: Any) -> str:
    """The path of the plan that the objective asks for."""
    run = await planned(desk, draft, **asked)
    return f"/v1/lot-plans/{run['plans'][0]['id']}"


async def test_an_adopted_plan_is_the_lots_of_the_tender(desk: AsyncClient, draft: str) -> None:
    plan = await first_plan(desk, draft)

    adopted = await desk.post(f"{plan}/adoption", json={})
    lots = (await desk.get(draft)).json()["lots"]

    assert adopted.status_code == 201, adopted.text
    assert [lot["sourceLotId"] for lot in lots] == ["LOT-0001", "LOT-0002"]
    assert {lot["status"] for lot in lots} == {"planned"}
    assert sum(lot["estimatedValue"]["amountCents"] for lot in lots) == 100_000_00
    assert lots[0]["places"][0]["municipality"] == "GM0344"
    assert lots[0]["durationDays"] == 365
    assert "[" not in adopted.json()["motive"]
    lot = f"/v1/lots/{lots[0]['id']}"
    assert (await desk.get(lot)).status_code == 404
    assert (await desk.post(f"{lot}/match-runs", json={})).status_code == 404


async def test_a_second_adoption_waits_for_the_first_to_be_undone(
    desk: AsyncClient, draft: str
) -> None:
    plan = await first_plan(desk, draft)
    await desk.post(f"{plan}/adoption", json={})

    second = await desk.post(f"{plan}/adoption", json={})
    undone = await desk.post(f"{plan}/adoption/undoing", json={"because": "Anders besloten."})
    lots = (await desk.get(draft)).json()["lots"]
    again = await desk.post(f"{plan}/adoption", json={})

    assert second.json()["code"] == "lot-plan-adopted"
    assert undone.json()["undoneBecause"] == "Anders besloten."
    assert {lot["status"] for lot in lots} == {"cancelled"}
    assert again.status_code == 201
    history = (await desk.get(f"{plan}/adoption")).json()
    assert [one["undoneAt"] is None for one in history] == [True, False]
    versions = [lot["version"] for lot in (await desk.get(draft)).json()["lots"]]
    assert versions == [3, 3]


async def test_stale_capacity_is_refused_and_named(
    desk: AsyncClient, draft: str, firms: list[dict[str, Any]]
) -> None:
    plan = await first_plan(desk, draft)
    firm = firms[1]
    held = {"amountCents": 20_000_00, "startsOn": "2026-12-01", "endsOn": "2027-01-01"}
    offering = firm["offerings"][0]["id"]
    await desk.post(f"/v1/enterprises/{firm['id']}/offerings/{offering}/reservations", json=held)

    response = await desk.post(f"{plan}/adoption", json={})

    assert response.status_code == 409
    assert response.json()["code"] == "lot-plan-stale"
    assert "Bep has 4000000 cents a year free, it was 6000000 cents" in response.json()["detail"]
    assert (await desk.get(draft)).json()["lots"] == []


async def test_changed_items_are_named(desk: AsyncClient, draft: str) -> None:
    plan = await first_plan(desk, draft)
    [first, second] = (await desk.get(f"{draft}/work-items")).json()
    changed = an_item("a", yearlyCents=1, doneNowBy="nobody")
    anything = {"If-Match": "*"}
    await desk.put(f"{draft}/work-items/{first['id']}", json=changed, headers=anything)
    await desk.delete(f"{draft}/work-items/{second['id']}", headers=anything)
    await added(desk, draft, "d")

    detail = (await desk.post(f"{plan}/adoption", json={})).json()["detail"]

    for word in ("item a changed", "item b was removed", "item d was added"):
        assert word in detail


async def test_work_of_own_staff_is_not_replaced_without_a_reason(
    desk: AsyncClient, draft: str
) -> None:
    await added(desk, draft, "c", doneNowBy="own-staff")
    plan = await first_plan(desk, draft)
    questions = (await desk.get(f"{plan}/displacement")).json()["questions"]
    answers = {
        "lotNumber": 3,
        "questionSet": questions["version"],
        "answers": {"replaces": "additional", "paidJobsReplaced": False},
    }

    blocked = await desk.post(f"{plan}/adoption", json={})
    await desk.post(f"{plan}/displacement", json=answers)
    still = await desk.post(f"{plan}/adoption", json={})
    answers["answers"] = {"justification": "De medewerkers gaan met pensioen."}
    declared = await desk.post(f"{plan}/displacement", json=answers)
    adopted = await desk.post(f"{plan}/adoption", json={})

    for refused in (blocked, still):
        assert refused.status_code == 409
        assert refused.json()["code"] == "displacement-unjustified"
        assert "lot 3" in refused.json()["detail"]
    colours = [one["check"]["colour"] for one in declared.json()["guards"]]
    assert colours == ["amber", "amber", "amber"]
    assert declared.json()["guards"][2]["check"]["signals"][0]["detail"].startswith("replacement")
    assert adopted.status_code == 201


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"questionSet": "old"}, "/questionSet"),
        ({"lotNumber": 9}, "/lotNumber"),
        ({"answers": {"priceCents": -1}}, "/answers/priceCents"),
        ({"answers": {"allHours": "NaN"}}, "/answers/allHours"),
        ({"answers": {"justification": "BSN 111222333"}}, "/justification"),
    ],
)
async def test_a_faulty_declaration_is_refused(
    desk: AsyncClient, draft: str, changes: dict[str, Any], place: str
) -> None:
    plan = await first_plan(desk, draft)
    good = {"lotNumber": 1, "questionSet": "verdringing-2026-1", "answers": {}}

    response = await desk.post(f"{plan}/displacement", json=good | changes)

    assert response.status_code == 400
    assert response.json()["errors"][0]["place"] == place


async def test_not_dividing_needs_a_motive_with_author_and_time(
    desk: AsyncClient, draft: str
) -> None:
    plan = await first_plan(desk, draft, rules={"maximumLots": 1})
    text = (await desk.get(plan)).json()["motive"]["text"]

    without = await desk.post(f"{plan}/adoption", json={})
    unfinished = await desk.post(f"{plan}/adoption", json={"motive": text})
    adopted = await desk.post(f"{plan}/adoption", json={"motive": MOTIVE})

    assert without.json()["code"] == "motive-missing"
    assert unfinished.json()["errors"][0]["code"] == "motive-unfinished"
    assert adopted.json()["motive"] == MOTIVE
    assert adopted.json()["author"].startswith("desk")
    assert adopted.json()["createdAt"]


async def test_capacity_is_held_if_asked_and_given_back(
    desk: AsyncClient, draft: str, firms: list[dict[str, Any]]
) -> None:
    plan = await first_plan(desk, draft)
    path = f"/v1/enterprises/{firms[0]['id']}/reservations"
    hold = [{"lotNumber": 1, "enterpriseId": firms[0]["id"]}]

    await desk.post(f"{plan}/adoption", json={"hold": hold})
    [held] = (await desk.get(path)).json()
    await desk.post(f"{plan}/adoption/undoing", json={"because": "Anders besloten."})

    assert (held["purpose"], held["amountCents"]) == ("lot-plan", 50_000_00)
    assert (held["startsOn"], held["endsOn"]) == ("2026-06-01", "2027-06-01")
    assert (await desk.get(path)).json() == []


async def test_two_lots_are_not_held_on_the_same_hands(
    desk: AsyncClient, draft: str, firms: list[dict[str, Any]]
) -> None:
    plan = await first_plan(desk, draft)
    hold = [{"lotNumber": n, "enterpriseId": firms[0]["id"]} for n in (1, 2)]

    stranger = [{"lotNumber": 3, "enterpriseId": firms[0]["id"]}]
    wrong = await desk.post(f"{plan}/adoption", json={"hold": stranger})
    response = await desk.post(f"{plan}/adoption", json={"hold": hold})

    assert response.json()["code"] == "capacity-taken"
    assert wrong.json()["errors"][0]["code"] == "not-able"


async def test_a_published_tender_is_public_and_no_longer_undone(
    desk: AsyncClient, draft: str
) -> None:
    plan = await first_plan(desk, draft)
    publication = {"publishedOn": "2026-03-02"}
    public = draft.replace("tender-drafts", "tenders")

    too_early = await desk.post(f"{draft}/publication", json=publication)
    await desk.post(f"{plan}/adoption", json={})
    published = await desk.post(f"{draft}/publication", json=publication)
    undone = await desk.post(f"{plan}/adoption/undoing", json={"because": "Spijt."})

    assert too_early.json()["code"] == "nothing-to-publish"
    assert {lot["status"] for lot in published.json()["lots"]} == {"active"}
    assert undone.json()["code"] == "tender-published"
    assert (await desk.get(public)).status_code == 200
    assert (await desk.get(draft)).status_code == 404
