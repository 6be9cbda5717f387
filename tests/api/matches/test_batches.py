"""All lots of a tender in one go: a job that goes on whatever happens to its worker."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from api.accounts.service import SYSTEM
from api.database import connection, fetch
from api.domain.matching.facts import Procedure
from api.match_batches import queries, service
from api.matches import service as matching
from api.matches.schemas import MatchRequest
from tests.builders import CLEANING
from tests.conftest import NOW
from tests.match_builders import a_lot, a_painter, a_tender, lots_of

RUN = """
SELECT lot, seed, fingerprint, basis::jsonb - 'follows' AS basis, considered, matched, near_misses,
  excluded, outside_category, legend::text, left_out::text FROM match_run WHERE id = $1
"""
VERDICTS = """
SELECT enterprise, offering, outcome, rank, score, reasons, signals, shortfall::text
FROM match_verdict WHERE run = $1 ORDER BY outcome, rank
"""
UNKNOWN = "01a20e4c-0000-7000-8000-000000000000"


async def submitted(desk: AsyncClient, **asked: Any) -> dict[str, Any]:
    await a_painter(desk, "De Kwast", 200_000)
    tender = await a_tender(a_lot(1), a_lot(2, cpv_main=CLEANING), a_lot(3))
    response = await desk.post(f"/v1/tenders/{tender}/match-runs", json=asked)
    assert response.status_code == 202, response.text
    batch: dict[str, Any] = response.json()
    assert response.headers["Location"] == f"/v1/match-batches/{batch['id']}"
    assert (batch["state"], batch["lots"], batch["done"]) == ("queued", 3, 0)
    return batch


async def told(desk: AsyncClient, batch: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = (await desk.get(f"/v1/match-batches/{batch['id']}")).json()
    return answer


async def test_every_lot_gets_its_run(committing_desk: AsyncClient) -> None:
    batch = await submitted(committing_desk, leadTimeDays=10)

    assert await service.work_once()

    found = await told(committing_desk, batch)
    assert (found["state"], found["done"], found["fault"]) == ("done", 3, None)
    assert [one["lotId"] for one in found["runs"]] == await lots_of(batch["tenderId"])
    runs = [
        (await committing_desk.get(f"/v1/match-runs/{one['runId']}")).json()
        for one in found["runs"]
    ]
    assert [run["matched"] for run in runs] == [1, 0, 1]
    assert {run["criteria"]["leadTimeDays"] for run in runs} == {10}
    assert not await service.work_once()


async def test_a_batch_goes_on_where_a_killed_worker_left_it(committing_desk: AsyncClient) -> None:
    batch = await submitted(committing_desk)
    [first, *_] = await lots_of(batch["tenderId"])
    made = (await committing_desk.post(f"/v1/lots/{first}/match-runs", json={})).json()
    await queries.claim(batch["id"])
    await queries.add_runs(batch["id"], [made["id"]])

    await service.work_once()

    found = await told(committing_desk, batch)
    assert (found["state"], found["done"]) == ("done", 3)
    assert found["runs"][0]["runId"] == made["id"]
    [row] = await fetch("SELECT count(*) AS n FROM match_run")
    assert row["n"] == 3


async def test_a_batch_gives_what_single_runs_give(committing_desk: AsyncClient) -> None:
    batch = await submitted(committing_desk, procedure="invitation")
    await a_painter(committing_desk, "De Verfpot", 50_000)
    lots = await lots_of(batch["tenderId"])
    single = [
        await matching.run_match(
            UUID(lot), MatchRequest(procedure=Procedure.INVITATION), SYSTEM, NOW
        )
        for lot in lots
    ]

    await service.work_once()

    found = await told(committing_desk, batch)
    for alone, one in zip(single, found["runs"], strict=True):
        both = (alone.id, UUID(one["runId"]))
        assert both[0] != both[1]
        for sql in (RUN, VERDICTS):
            before, after = [[dict(row) for row in await fetch(sql, own)] for own in both]
            assert before == after
    assert [run.matched for run in single] == [1, 0, 1]


async def test_the_same_question_again_makes_no_further_run(committing_desk: AsyncClient) -> None:
    batch = await submitted(committing_desk)
    await service.work_once()
    again = await committing_desk.post(f"/v1/tenders/{batch['tenderId']}/match-runs", json={})

    await service.work_once()

    assert (await told(committing_desk, again.json()))["runs"] == (
        await told(committing_desk, batch)
    )["runs"]


async def test_what_was_decided_before_a_fault_is_kept(
    committing_desk: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "ASKED", 1)
    batch = await submitted(committing_desk)
    await fetch("UPDATE match_batch SET lots[3] = $1", UUID(UNKNOWN))

    await service.work_once()

    found = await told(committing_desk, batch)
    assert (found["state"], found["done"]) == ("failed", 2)
    assert UNKNOWN in found["fault"]


async def test_lots_are_asked_together(desk: AsyncClient) -> None:
    lots = [UUID(one) for one in await lots_of(await a_tender(*map(a_lot, range(1, 6))))]
    await a_painter(desk, "De Kwast", 200_000)

    one, five = await statements(lots[:1]), await statements(lots)

    assert one == five > 0


async def statements(lots: list[UUID]) -> int:
    asked: list[str] = []
    with connection().query_logger(lambda record: asked.append(record.query)):
        await matching.questions(lots, MatchRequest(), SYSTEM, NOW)
        # The driver tells of a statement a moment later.
        await asyncio.sleep(0.01)
    return len(asked)


async def test_a_tender_without_active_lots_is_done_at_once(committing_desk: AsyncClient) -> None:
    batch = await submitted(committing_desk)
    await fetch("UPDATE match_batch SET lots = '{}'")

    await service.work_once()

    assert (await told(committing_desk, batch))["state"] == "done"


@pytest.mark.parametrize("asked", [{"requiredMarks": [{"scheme": "pos"}]}, {"lots": []}], ids=str)
async def test_a_faulty_question_is_refused_at_once(
    desk: AsyncClient, asked: dict[str, Any]
) -> None:
    response = await desk.post(f"/v1/tenders/{await a_tender()}/match-runs", json=asked)

    assert response.status_code == 400


async def test_what_is_not_there_is_not_found(desk: AsyncClient) -> None:
    answers = [
        await desk.post(f"/v1/tenders/{UNKNOWN}/match-runs", json={}),
        await desk.get(f"/v1/match-batches/{UNKNOWN}"),
    ]

    assert [one.status_code for one in answers] == [404, 404]


async def test_batches_are_listed_the_last_first(desk: AsyncClient) -> None:
    first = await submitted(desk)
    second = await desk.post(f"/v1/tenders/{first['tenderId']}/match-runs", json={})

    page = (await desk.get("/v1/match-batches?limit=1")).json()
    rest = (await desk.get(f"/v1/match-batches?limit=1&cursor={page['nextCursor']}")).json()

    assert [one["id"] for one in page["items"]] == [second.json()["id"]]
    assert [one["id"] for one in rest["items"]] == [first["id"]]
    assert rest["nextCursor"] is None
