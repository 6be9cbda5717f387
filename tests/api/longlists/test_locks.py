"""Which run is the longlist of a lot: one at a time, undone with a reason, never forgotten."""

from typing import Any

from httpx import AsyncClient

from api.accounts.service import OrganisationKind
from tests.builders import a_kvk_number
from tests.match_builders import a_key_of, a_painter, a_tender, lots_of


async def _two_runs(desk: AsyncClient) -> tuple[str, str, str]:
    """A lot with two runs of an authority, on different demands."""
    await a_painter(desk, "Ruim", 200_000)
    [lot] = await lots_of(await a_tender())
    desk.headers.update(await a_key_of(OrganisationKind.AUTHORITY, a_kvk_number()))
    first = await desk.post(f"/v1/lots/{lot}/match-runs", json={})
    second = await desk.post(f"/v1/lots/{lot}/match-runs", json={"leadTimeDays": 3})
    return lot, first.json()["id"], second.json()["id"]


async def _lock(desk: AsyncClient, run: str, note: str = "") -> Any:
    return await desk.post(f"/v1/match-runs/{run}/longlist-lock", json={"note": note})


async def _undo(desk: AsyncClient, run: str, because: str) -> Any:
    return await desk.post(f"/v1/match-runs/{run}/longlist-lock/undoing", json={"because": because})


async def test_a_lot_has_one_longlist_and_locking_it_again_changes_nothing(
    desk: AsyncClient,
) -> None:
    lot, first, second = await _two_runs(desk)

    locked = await _lock(desk, first, "voor het college")
    again = await _lock(desk, first)
    other = await _lock(desk, second)

    assert (locked.status_code, locked.json()["note"]) == (200, "voor het college")
    assert again.json() == locked.json()
    assert (other.status_code, other.json()["code"]) == (409, "longlist-locked")
    [kept] = (await desk.get(f"/v1/lots/{lot}/longlist-locks")).json()
    assert (kept["runId"], kept["undoneAt"]) == (first, None)


async def test_a_lock_is_taken_off_with_a_reason_and_stays_on_record(desk: AsyncClient) -> None:
    lot, first, second = await _two_runs(desk)
    await _lock(desk, first)

    undone = await _undo(desk, first, "de levertijd is korter")
    twice = await _undo(desk, first, "nog eens")
    await _lock(desk, second)

    assert undone.json()["undoneBecause"] == "de levertijd is korter"
    assert twice.status_code == 404
    later, earlier = (await desk.get(f"/v1/lots/{lot}/longlist-locks")).json()
    assert (later["runId"], later["undoneAt"]) == (second, None)
    assert (earlier["runId"], earlier["undoneBy"]) == (first, earlier["author"])


async def test_a_personal_number_is_refused(desk: AsyncClient) -> None:
    _, first, _ = await _two_runs(desk)

    refused = await _lock(desk, first, "voor 111222333")

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["code"] == "personal-number-suspected"


async def test_another_organisation_sees_neither_run_nor_lock(desk: AsyncClient) -> None:
    lot, first, _ = await _two_runs(desk)
    await _lock(desk, first)
    desk.headers.update(await a_key_of(OrganisationKind.AUTHORITY, a_kvk_number()))

    assert (await _lock(desk, first)).status_code == 404
    assert (await _undo(desk, first, "omdat")).status_code == 404
    assert (await desk.get(f"/v1/lots/{lot}/longlist-locks")).json() == []
    assert (await desk.get(f"/v1/lots/{lot}/match-runs")).json()["items"] == []


async def test_the_runs_of_a_lot_are_listed_the_last_first(desk: AsyncClient) -> None:
    lot, first, second = await _two_runs(desk)

    listed = (await desk.get(f"/v1/lots/{lot}/match-runs?limit=1")).json()
    rest = (await desk.get(f"/v1/lots/{lot}/match-runs?cursor={listed['nextCursor']}")).json()

    assert [one["id"] for one in listed["items"]] == [second]
    assert [one["id"] for one in rest["items"]] == [first]
    [change] = listed["items"][0]["follows"]["changes"]
    assert (change["field"], change["after"]) == ("leadTimeDays", 3)
