"""Undoing an import: what it made goes, what people worked on stays, and it can come again."""

import json

from httpx import AsyncClient

from api import database
from tests.api.imports.lists import (
    LINES,
    a_csv,
    a_row,
    counts,
    found_in,
    seen,
    sent,
    some_lines,
    worked_off,
)
from tests.builders import a_key, an_enterprise

UNTOUCHED = {"withdrawn": 3, "kept": 0, "updated": 0}


async def a_path() -> str:
    """Where some enterprise stands."""
    rows = await database.fetch("SELECT id FROM enterprise LIMIT 1")
    return f"/v1/enterprises/{rows[0]['id']}"


async def undone(sender: AsyncClient, job: dict[str, object]) -> tuple[int, dict[str, object]]:
    answer = await sender.post(f"/v1/imports/{job['id']}/reversals")
    return answer.status_code, answer.json()


async def test_what_was_made_is_gone_and_the_list_can_come_again(sender: AsyncClient) -> None:
    content = some_lines(3)
    for mode in ("atomic", "skip"):
        job = await worked_off(sender, content, LINES, mode=mode)
        assert counts(job) == (3, 3, 0, 0, 0)

        assert await undone(sender, job) == (200, UNTOUCHED)

        assert (await seen(sender, job))["undoneAt"] is not None
        status, problem = await undone(sender, job)
        assert (status, problem["code"]) == (409, "import-not-undoable")


async def test_what_people_worked_on_stays(sender: AsyncClient) -> None:
    job = await worked_off(sender, some_lines(3), LINES)
    path = await a_path()
    keeper = await a_key("directory:write") | {"If-Match": "*"}
    changed = await sender.patch(path, json={"mission": "Werk"}, headers=keeper)
    assert changed.status_code == 200

    assert await undone(sender, job) == (200, {"withdrawn": 2, "kept": 1, "updated": 0})
    assert (await sender.get(path)).status_code == 200


async def test_what_was_here_before_is_only_counted(sender: AsyncClient) -> None:
    one = an_enterprise(externalId="7")
    await worked_off(sender, json.dumps(one).encode(), LINES)
    job = await worked_off(sender, json.dumps(one | {"mission": "Werk"}).encode(), LINES)

    assert await undone(sender, job) == (200, {"withdrawn": 0, "kept": 0, "updated": 1})


async def test_nothing_is_undone_before_the_end_nor_of_a_rehearsal(sender: AsyncClient) -> None:
    waiting = await sent(sender, some_lines(1), LINES)
    assert (await undone(sender, waiting))[0] == 409
    rehearsed = await worked_off(sender, some_lines(1), LINES, dryRun="true")
    assert (await undone(sender, rehearsed))[0] == 409


async def test_a_list_does_not_bring_back_who_was_withdrawn(sender: AsyncClient) -> None:
    row = a_row(1)
    await worked_off(sender, a_csv(row))
    path = await a_path()
    keeper = await a_key("directory:write") | {"If-Match": "*"}
    assert (await sender.delete(path, headers=keeper)).status_code == 204

    job = await worked_off(sender, a_csv({**row, "Naam": "De Nieuwe Kwast"}))

    assert counts(job) == (1, 0, 0, 1, 0)
    found = {(one["severity"], one["code"]) for one in await found_in(sender, job)}
    assert ("warning", "left-directory") in found
    assert (await sender.get(path)).status_code == 410
