"""Workers die, jobs are cancelled under way, two workers meet: nothing is lost or done twice."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from api import database
from api.imports import queries, service
from importers.enterprises.reader import EnterpriseLists
from tests.api.imports.lists import (
    LINES,
    a_csv,
    a_row,
    counts,
    seen,
    sent,
    some_lines,
    stored_names,
)
from tests.builders import ANY_STATE


async def until(job: dict[str, Any], rows: int) -> None:
    """Wait until so many rows of a job were read."""
    for _ in range(2_000):
        found = await database.fetch("SELECT rows_read FROM import_job WHERE id = $1", job["id"])
        if found[0]["rows_read"] >= rows:
            return
        await asyncio.sleep(0.005)
    raise AssertionError("the job does not get on")


async def killed_after(job: dict[str, Any], rows: int) -> None:
    """Let a worker die in the middle: its connections are closed, nothing is tidied up."""
    worker = asyncio.create_task(service.work_once(EnterpriseLists()))
    await until(job, rows)
    worker.cancel()
    with pytest.raises(asyncio.CancelledError):
        await worker


@pytest.mark.parametrize("mode", ["skip", "atomic"])
async def test_a_killed_job_is_taken_up_again_and_stored_once(
    sender: AsyncClient, mode: str
) -> None:
    job = await sent(sender, some_lines(2_600), LINES, mode=mode)
    await killed_after(job, 500)
    halfway = await seen(sender, job)
    assert (halfway["state"], halfway["rowsRead"] < 2_600) == ("running", True)
    kept = len(await stored_names())
    assert (kept == halfway["rowsCreated"]) if mode == "skip" else (kept == 0)

    assert await service.work_once(EnterpriseLists())

    done = await seen(sender, job)
    assert (done["state"], counts(done)) == ("done", (2_600, 2_600, 0, 0, 0))
    assert len(await stored_names()) == 2_600
    sql = "SELECT count(DISTINCT subject), count(*) AS rows FROM audit_event"
    rows = await database.fetch(f"{sql} WHERE action LIKE 'enterprise.%'")
    assert list(rows[0].values()) == [2_600, 2_600]


@pytest.mark.parametrize("mode", ["skip", "atomic"])
async def test_an_import_can_be_cancelled_under_way(sender: AsyncClient, mode: str) -> None:
    job = await sent(sender, some_lines(2_600), LINES, mode=mode)
    worker = asyncio.create_task(service.work_once(EnterpriseLists()))
    await until(job, 500)

    assert (await sender.delete(f"/v1/imports/{job['id']}", headers=ANY_STATE)).status_code == 204
    assert await worker

    ended = await seen(sender, job)
    assert (ended["state"], ended["rowsRead"] < 2_600) == ("cancelled", True)
    assert len(await stored_names()) == (ended["rowsCreated"] if mode == "skip" else 0)
    assert not await service.work_once(EnterpriseLists())


async def test_two_workers_never_run_one_job(sender: AsyncClient) -> None:
    await sent(sender, some_lines(1_200), LINES, mode="skip")
    await sent(sender, a_csv(a_row(1)))

    worked = await asyncio.gather(*(service.work_once(EnterpriseLists()) for _ in range(3)))

    assert sorted(worked) == [False, True, True]
    assert len(await stored_names()) == 1_201


async def test_a_worker_that_lost_its_job_stores_nothing_more(sender: AsyncClient) -> None:
    job = await sent(sender, some_lines(2_600), LINES, mode="skip")
    worker = asyncio.create_task(service.work_once(EnterpriseLists()))
    await until(job, 500)
    async with database.transaction():
        await queries.held(job["id"])
        kept = len(await stored_names())
        await database.fetch("UPDATE import_job SET attempt = attempt + 1 WHERE id = $1", job["id"])

    assert await worker

    assert len(await stored_names()) == kept
    assert await service.work_once(EnterpriseLists())
    assert counts(await seen(sender, job)) == (2_600, 2_600, 0, 0, 0)


async def test_a_job_that_brings_workers_down_is_left_alone(sender: AsyncClient) -> None:
    job = await sent(sender, a_csv(a_row(1)))
    await database.fetch("UPDATE import_job SET state = 'running', attempt = 5")

    assert not await service.work_once(EnterpriseLists())

    ended = await seen(sender, job)
    assert ended["state"] == "failed"
    assert [fault["code"] for fault in ended["faults"]] == ["import-abandoned"]
