import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from api import clock, database, indexing
from search.client import Client
from search.settings import settings_hash
from tests.builders import CATERING, CLEANING, UTRECHT, an_offering, stored

pytestmark = pytest.mark.usefixtures("engine")
LUNCH = {
    "title": "Vergaderlunches",
    "products": ["Belegde broodjes", "Quiches"],
    "cpvCodes": [CATERING],
    "coverage": UTRECHT,
}
TODAY = clock.legal_day(clock.now())


async def lunch(desk: AsyncClient, name: str, **changes: Any) -> dict[str, Any]:
    return await stored(desk, name=name, offerings=[an_offering(**LUNCH)], **changes)


async def a_saved_search(desk: AsyncClient, **parameters: Any) -> str:
    body = {"name": "Lunch in Utrecht", "parameters": parameters}
    response = await desk.post("/v1/saved-searches", json=body)
    assert response.status_code == 201, response.text
    return str(response.headers["Location"])


async def a_lock(desk: AsyncClient, search: str) -> tuple[str, dict[str, Any]]:
    await indexing.rebuild()
    response = await desk.post(f"{search}/locks")
    assert response.status_code == 201, response.text
    return response.headers["Location"], response.json()


async def difference(desk: AsyncClient, lock: str) -> dict[str, Any]:
    await indexing.rebuild()
    response = await desk.get(f"{lock}/difference")
    assert response.status_code == 200, response.text
    compared: dict[str, Any] = response.json()
    return compared


def codes(result: dict[str, Any]) -> list[str]:
    return [cause["code"] for cause in result["causes"]]


async def verify(enterprise: str, until: date | None) -> None:
    sql = "UPDATE quality_mark SET verified_on = $2, valid_until = $3 WHERE enterprise = $1"
    await database.fetch(sql, uuid.UUID(enterprise), TODAY - timedelta(days=30), until)


async def test_a_lock_keeps_who_was_found_with_facts_and_reasons(desk: AsyncClient) -> None:
    firm = await lunch(desk, "De Broodplank", town="Utrecht")
    await stored(desk, name="Poetsgoed", offerings=[an_offering(cpvCodes=[CLEANING])])
    search = await a_saved_search(
        desk, q="quiche", cpv=["55500000"], municipality="Utrecht", minCapacityCents=1_000
    )

    path, lock = await a_lock(desk, search)

    [entry] = lock["entries"]
    assert lock["total"] == 1
    assert lock["settingsHash"] == settings_hash()
    assert lock["author"].startswith("desk (")
    assert lock["day"] == TODAY.isoformat()
    assert entry["rank"] == 1
    assert entry["card"]["name"] == "De Broodplank"
    assert entry["card"]["offering"]["id"] == firm["offerings"][0]["id"]
    assert entry["why"]["cpvCodes"] == [CATERING]
    assert entry["why"]["covers"] == "full"
    assert entry["why"]["nationwide"] is False
    assert entry["why"]["capacity"] == "unknown"
    assert [word["foundIn"] for word in entry["why"]["words"]] == [["offering"]]
    assert (await desk.get(path)).json() == lock


async def test_a_lock_stays_as_it_was_and_the_search_stays_with_it(desk: AsyncClient) -> None:
    firm = await lunch(desk, "De Broodplank")
    search = await a_saved_search(desk, cpv=[CATERING])
    path, lock = await a_lock(desk, search)
    patched = await desk.patch(
        f"/v1/enterprises/{firm['id']}", json={"name": "Anders"}, headers={"If-Match": "*"}
    )

    refused = await desk.delete(search, headers={"If-Match": "*"})

    assert patched.status_code == 200
    assert (await desk.get(path)).json() == lock
    assert refused.status_code == 409
    assert refused.json()["code"] == "search-is-locked"
    assert [one["id"] for one in (await desk.get(search)).json()["locks"]] == [lock["id"]]


async def test_a_locked_search_keeps_what_it_asks_and_may_get_another_name(
    desk: AsyncClient,
) -> None:
    search = await a_saved_search(desk, municipality="Utrecht")
    await a_lock(desk, search)
    anyhow = {"If-Match": "*"}

    named = await desk.patch(search, json={"name": "Groslijst"}, headers=anyhow)
    asked = await desk.patch(search, json={"parameters": {"q": "taart"}}, headers=anyhow)

    assert (named.status_code, named.json()["name"]) == (200, "Groslijst")
    assert (asked.status_code, asked.json()["type"]) == (409, "/problems/search-is-locked")


async def test_nothing_differs_while_nothing_happened(desk: AsyncClient) -> None:
    await lunch(desk, "De Broodplank")
    path, _ = await a_lock(desk, await a_saved_search(desk, q="broodjes"))

    compared = await difference(desk, path)

    assert (compared["added"], compared["removed"], compared["changed"]) == ([], [], [])
    assert compared["settingsChanged"] is False


async def test_a_newcomer_is_told_as_new(desk: AsyncClient) -> None:
    path, _ = await a_lock(desk, await a_saved_search(desk, cpv=[CATERING]))
    await lunch(desk, "Nieuwkomer")

    [added] = (await difference(desk, path))["added"]

    assert added["card"]["name"] == "Nieuwkomer"
    assert codes(added) == ["new"]
    assert added["why"]["cpvCodes"] == [CATERING]


async def test_who_left_is_told_with_the_successor(desk: AsyncClient) -> None:
    gone, merged, into = [await lunch(desk, name) for name in ("Weg", "Opgegaan", "Opvolger")]
    path, _ = await a_lock(desk, await a_saved_search(desk, cpv=[CATERING]))
    await desk.delete(f"/v1/enterprises/{gone['id']}", headers={"If-Match": "*"})
    sql = "UPDATE enterprise SET state = 'merged', successor = $2 WHERE id = $1"
    await database.fetch(sql, uuid.UUID(merged["id"]), uuid.UUID(into["id"]))

    removed = {one["name"]: one for one in (await difference(desk, path))["removed"]}

    assert codes(removed["Weg"]) == ["withdrawn"]
    assert codes(removed["Opgegaan"]) == ["merged"]
    assert removed["Opgegaan"]["successorId"] == into["id"]
    assert set(removed) == {"Weg", "Opgegaan"}


async def test_a_changed_offering_is_told_whether_still_found_or_not(desk: AsyncClient) -> None:
    other, kept = await lunch(desk, "Omgeslagen"), await lunch(desk, "Gebleven")
    path, _ = await a_lock(desk, await a_saved_search(desk, cpv=[CATERING]))
    for firm, changed in (
        (other, an_offering(**LUNCH | {"cpvCodes": [CLEANING]})),
        (kept, an_offering(**LUNCH | {"title": "Lunch en diner"})),
    ):
        offering = f"/v1/enterprises/{firm['id']}/offerings/{firm['offerings'][0]['id']}"
        answer = await desk.put(offering, json=changed, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text

    compared = await difference(desk, path)

    [removed], [changed_one] = compared["removed"], compared["changed"]
    assert (removed["name"], codes(removed)) == ("Omgeslagen", ["offering-changed"])
    assert (changed_one["name"], codes(changed_one)) == ("Gebleven", ["offering-changed"])
    assert changed_one["fields"] == [
        {"field": "offering.title", "before": "Vergaderlunches", "after": "Lunch en diner"}
    ]


async def test_a_withdrawn_offering_is_told(desk: AsyncClient) -> None:
    firm = await lunch(desk, "Gestopt")
    path, _ = await a_lock(desk, await a_saved_search(desk, cpv=[CATERING]))
    offering = f"/v1/enterprises/{firm['id']}/offerings/{firm['offerings'][0]['id']}"
    await desk.delete(offering, headers={"If-Match": "*"})

    [removed] = (await difference(desk, path))["removed"]

    assert codes(removed) == ["offering-withdrawn"]


async def test_a_lapsed_mark_is_told(desk: AsyncClient) -> None:
    mark = {"scheme": "pso", "level": "2"}
    firm = await lunch(desk, "Verlopen", marks=[mark])
    await verify(firm["id"], TODAY + timedelta(days=10))
    path, lock = await a_lock(desk, await a_saved_search(desk, mark=["pso-1"]))
    await verify(firm["id"], TODAY - timedelta(days=1))

    [removed] = (await difference(desk, path))["removed"]

    assert lock["entries"][0]["why"]["marks"] == ["pso-2"]
    assert codes(removed) == ["mark-lapsed"]
    assert (TODAY - timedelta(days=1)).isoformat() in removed["causes"][0]["detail"]


async def test_text_search_cannot_be_locked_without_its_engine(
    desk: AsyncClient, engine: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = await a_saved_search(desk, q="broodjes")
    monkeypatch.setattr(engine, "_url", "http://127.0.0.1:9")

    answer = await desk.post(f"{search}/locks")

    assert answer.status_code == 503


async def test_an_unknown_lock_is_not_found(desk: AsyncClient) -> None:
    search = await a_saved_search(desk)

    assert (await desk.get(f"{search}/locks/{uuid.uuid4()}")).status_code == 404
