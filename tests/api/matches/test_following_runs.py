"""A run after an edit says what is asked otherwise, and what became of who was invited."""

import asyncio
from datetime import date
from uuid import UUID

from httpx import AsyncClient

from api import database
from tests.builders import stored
from tests.match_builders import a_lot, a_painter, a_tender, lots_of


async def test_a_run_names_the_one_before_and_what_is_asked_otherwise(desk: AsyncClient) -> None:
    [lot] = await lots_of(await a_tender(source_id="again"))
    first = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()

    await a_tender(a_lot(euros=300_000, starts_on=date(2027, 6, 1)), source_id="again")
    second = (await desk.post(f"/v1/lots/{lot}/match-runs", json={"leadTimeDays": 5})).json()

    assert first["follows"] is None
    assert second["follows"] == {
        "runId": first["id"],
        "changes": [
            {"field": "yearlyValueCents", "before": 10_000_000, "after": 30_000_000},
            {"field": "awardOn", "before": "2027-03-01", "after": "2027-06-01"},
            {"field": "leadTimeDays", "before": None, "after": 5},
        ],
    }


async def test_answers_stay_and_stand_beside_the_verdict_of_the_last_run(
    desk: AsyncClient,
) -> None:
    [lot] = await lots_of(await a_tender(source_id="kept"))
    firms = [await a_painter(desk, name, 110_000) for name in ("Ja", "Nee")]
    run = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()["id"]
    wave = {
        "runId": run,
        "enterpriseIds": firms,
        "replyWithinWorkdays": 5,
        "enoughInterested": 3,
    }
    await desk.post(f"/v1/lots/{lot}/waves", json=wave)
    invited = (await desk.get(f"/v1/lots/{lot}/invitations")).json()["invitations"]
    for one, event in zip(
        invited, ({"state": "interested"}, {"state": "declined", "reason": "Vol."}), strict=True
    ):
        await desk.post(f"/v1/invitations/{one['id']}/events", json=event)

    await a_tender(a_lot(euros=900_000), source_id="kept")
    later = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()["id"]
    told = (await desk.get(f"/v1/lots/{lot}/invitations")).json()

    assert told["lastRunId"] == later
    assert [(one["state"], one["inLastRun"]) for one in told["invitations"]] == [
        ("interested", "excluded"),
        ("declined", "excluded"),
    ]


async def test_two_at_once_leave_one_run(committing_desk: AsyncClient) -> None:
    [lot] = await lots_of(await a_tender(source_id="race"))
    await stored(committing_desk)

    answers = await asyncio.gather(
        *(committing_desk.post(f"/v1/lots/{lot}/match-runs", json={}) for _ in range(6))
    )

    assert [one.status_code for one in answers] == [201] * 6
    assert len({one.json()["id"] for one in answers}) == 1
    sql = "SELECT count(*) AS n FROM match_run WHERE lot = $1"
    [row] = await database.fetch(sql, UUID(lot))
    assert row["n"] == 1


async def test_no_order_of_stored_rows_changes_a_byte_of_the_answer(
    committing_desk: AsyncClient,
) -> None:
    desk = committing_desk
    [lot] = await lots_of(await a_tender(source_id="order"))
    for number in range(12):
        marks = [{"scheme": "pso", "level": str(number % 3 + 1), "validUntil": "2099-12-31"}]
        await a_painter(desk, f"Bedrijf {number}", 85_000 + 5_000 * (number % 5))
        await stored(desk, name=f"Keurmerk {number}", marks=marks)
    first = await _told(desk, lot)

    # Each row is written anew, in another order: so the table lies otherwise on disk.
    async with database.transaction():
        for table, order in (
            ("enterprise", "name DESC"),
            ("offering", "md5(id::text)"),
            ("quality_mark", "level DESC, id DESC"),
        ):
            await _rewritten(table, order)
    orders = [
        [row["id"] for row in await database.fetch("SELECT id FROM enterprise ORDER BY ctid")],
        [row["id"] for row in await database.fetch("SELECT id FROM enterprise ORDER BY id")],
    ]
    await database.fetch("DELETE FROM match_verdict")
    await database.fetch("DELETE FROM match_run")

    assert orders[0] != orders[1]
    assert await _told(desk, lot) == first


async def _rewritten(table: str, order: str) -> None:
    """Update row by row, in an order: each update writes the row at the end of the table."""
    sql = f"SELECT id FROM {table} ORDER BY {order}"  # noqa: S608  names of our own
    for row in await database.fetch(sql):
        await database.fetch(f"UPDATE {table} SET id = id WHERE id = $1", row["id"])  # noqa: S608


async def _told(desk: AsyncClient, lot: str) -> list[bytes]:
    run = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()
    lists = [
        (await desk.get(f"/v1/match-runs/{run['id']}/{name}?limit=100")).content
        for name in ("matches", "near-misses", "excluded")
    ]
    return [run["fingerprint"].encode(), *lists]


async def test_the_number_of_statements_is_the_same_for_few_firms_and_for_many(
    desk: AsyncClient,
) -> None:
    [lot] = await lots_of(await a_tender(source_id="counted"))
    await a_painter(desk, "Eerste", 110_000)
    few = await _statements(desk, lot)
    for number in range(30):
        await a_painter(desk, f"Bedrijf {number}", 110_000)

    many = await _statements(desk, lot)

    again = await _statements(desk, lot)
    assert many == few
    assert again <= many


async def _statements(desk: AsyncClient, lot: str) -> int:
    asked: list[str] = []
    with database.connection().query_logger(lambda record: asked.append(record.query)):
        run = await desk.post(f"/v1/lots/{lot}/match-runs", json={})
    assert run.status_code == 201
    return len(asked)
