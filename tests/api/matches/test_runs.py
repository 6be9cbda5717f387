"""A match run: everybody considered gets one verdict with reasons, and the same facts the same."""

import re
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from api import index, indexing
from api.audit.queries import _STATES
from api.database import fetch
from api.matches.tables import MatchRun
from importers.engines import free_port
from search.client import Client
from tests.api.matches.conftest import a_painting_lot, firms
from tests.builders import stored

UNKNOWN = "01a20e4c-0000-7000-8000-000000000000"
LISTS = ("matches", "near-misses", "excluded")


async def a_run(desk: AsyncClient, lot_id: str, **asked: Any) -> dict[str, Any]:
    response = await desk.post(f"/v1/lots/{lot_id}/match-runs", json=asked)
    assert response.status_code == 201, response.text
    assert response.headers["Location"] == f"/v1/match-runs/{response.json()['id']}"
    run: dict[str, Any] = response.json()
    return run


async def listed(desk: AsyncClient, run: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Every verdict of a list, two a page."""
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        response = await desk.get(f"/v1/match-runs/{run['id']}/{name}", params=query)
        page = response.json()
        found += page["items"]
        if page["nextCursor"] is None:
            return found
        query["cursor"] = page["nextCursor"]


async def test_everybody_considered_is_found_nearly_found_or_left_out(
    desk: AsyncClient, lot_id: str
) -> None:
    await firms(desk)

    run = await a_run(desk, lot_id)

    assert (run["matched"], run["nearMisses"], run["excluded"]) == (2, 1, 2)
    assert (run["considered"], run["outsideCategory"]) == (5, 1)
    lengths = [len(await listed(desk, run, name)) for name in LISTS]
    assert lengths == [run["matched"], run["nearMisses"], run["excluded"]]
    assert (await desk.get(f"/v1/match-runs/{run['id']}")).json() == run


async def test_every_verdict_stands_in_its_list_with_its_reasons(
    desk: AsyncClient, lot_id: str
) -> None:
    await firms(desk)

    run = await a_run(desk, lot_id)
    matched, near, excluded = [await listed(desk, run, name) for name in LISTS]

    assert [(one["rank"], one["name"]) for one in matched] == [(1, "able"), (2, "silent")]
    assert [(one["rank"], one["name"]) for one in near] == [(1, "short")]
    reasons = {
        one["name"]: [reason["code"] for reason in one["explanation"]["reasons"]]
        for one in excluded
    }
    assert reasons == {"tiny": ["capacity-short"], "far": ["area-outside"]}
    assert [one["rank"] for one in excluded] == [1, 2]


async def test_a_score_is_the_sum_of_its_published_parts(desk: AsyncClient, lot_id: str) -> None:
    await firms(desk)

    run = await a_run(desk, lot_id)

    for one in await listed(desk, run, "matches"):
        assert one["score"] == sum(line["points"] for line in one["explanation"]["breakdown"])


async def test_a_near_miss_says_what_is_missing(desk: AsyncClient, lot_id: str) -> None:
    await firms(desk)

    run = await a_run(desk, lot_id)

    [one] = await listed(desk, run, "near-misses")
    # 120,000 euro in 12 months asked; 100,000 euro a year offered.
    assert one["explanation"]["shortfall"]["code"] == "capacity-short"
    assert one["explanation"]["shortfall"]["by"] == 20_000_00
    assert one["explanation"]["shortfall"]["needed"] == 120_000_00


async def test_unknown_capacity_is_neither_enough_nor_too_little(
    desk: AsyncClient, lot_id: str
) -> None:
    await firms(desk)

    run = await a_run(desk, lot_id)

    silent = (await listed(desk, run, "matches"))[1]
    assert "capacity-unknown" in silent["explanation"]["unknown"]


async def test_the_same_facts_give_the_same_fingerprint_and_the_same_order(
    desk: AsyncClient, lot_id: str
) -> None:
    await firms(desk)

    first, second = await a_run(desk, lot_id), await a_run(desk, lot_id)

    assert first["fingerprint"] == second["fingerprint"]
    for name in LISTS:
        assert await listed(desk, first, name) == await listed(desk, second, name)


@pytest.mark.parametrize("asked", [{"seed": "another"}, {"leadTimeDays": 30}])
async def test_another_question_has_another_fingerprint(
    desk: AsyncClient, lot_id: str, asked: dict[str, Any]
) -> None:
    await firms(desk)

    first, second = await a_run(desk, lot_id), await a_run(desk, lot_id, **asked)

    assert first["fingerprint"] != second["fingerprint"]


async def test_a_run_stays_as_it_was_when_the_directory_changes(
    desk: AsyncClient, lot_id: str
) -> None:
    able = (await firms(desk))["able"]
    run = await a_run(desk, lot_id)
    before = await listed(desk, run, "matches")

    await desk.delete(f"/v1/enterprises/{able['id']}", headers={"If-Match": "*"})

    assert await listed(desk, run, "matches") == before
    later = await a_run(desk, lot_id)
    assert (later["matched"], later["considered"]) == (1, 4)
    assert later["fingerprint"] != run["fingerprint"]


async def test_a_required_mark_leaves_out_who_does_not_hold_it_verified(
    desk: AsyncClient, lot_id: str
) -> None:
    await firms(desk)

    run = await a_run(desk, lot_id, requiredMarks=[{"scheme": "pso", "minimumLevel": "1"}])

    assert run["matched"] == 0
    for one in await listed(desk, run, "excluded"):
        codes = [reason["code"] for reason in one["explanation"]["reasons"]]
        assert "mark-missing" in codes


async def test_a_run_is_audited(desk: AsyncClient, lot_id: str) -> None:
    run = await a_run(desk, lot_id)

    sql = "SELECT action, detail FROM audit_event WHERE subject = $1"
    [row] = await fetch(sql, UUID(run["id"]))
    assert row["action"] == "match-run.created"
    assert lot_id in row["detail"]


async def test_a_lot_that_nobody_does_has_an_empty_run(desk: AsyncClient, lot_id: str) -> None:
    run = await a_run(desk, lot_id)

    assert (run["considered"], run["matched"], run["outsideCategory"]) == (0, 0, 0)
    assert [await listed(desk, run, name) for name in LISTS] == [[], [], []]


async def test_a_run_goes_on_without_the_search_engine_and_says_so(desk: AsyncClient) -> None:
    lot_id = await a_painting_lot(desk)
    await firms(desk)

    async with index.engine(f"http://127.0.0.1:{free_port()}"):
        run = await a_run(desk, lot_id)

    assert (run["textSearch"], run["matched"]) == ("unavailable", 2)


async def test_text_helps_to_rank_where_the_index_answers(
    desk: AsyncClient,
    lot_id: str,
    engine: Client,  # noqa: ARG001  depends by name
) -> None:
    await firms(desk)
    await indexing.rebuild()

    run = await a_run(desk, lot_id)

    assert run["textSearch"] == "used"


async def test_what_never_was_is_not_found(desk: AsyncClient) -> None:
    responses = [
        await desk.post(f"/v1/lots/{UNKNOWN}/match-runs", json={}),
        await desk.get(f"/v1/match-runs/{UNKNOWN}"),
        *[await desk.get(f"/v1/match-runs/{UNKNOWN}/{name}") for name in LISTS],
    ]

    assert [one.status_code for one in responses] == [404] * 5


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({"leadTimeDays": -1}, "/leadTimeDays"),
        ({"orderValueCents": 0}, "/orderValueCents"),
        ({"seed": "a b"}, "/seed"),
        ({"procedure": "lottery"}, "/procedure"),
        ({"serviceModes": ["magic"]}, "/serviceModes/0"),
        ({"weights": {}}, "/weights"),
        ({"requiredMarks": [{"scheme": "p\0o"}]}, "/requiredMarks/0/scheme"),
        ({"requiredMarks": [{"scheme": "pso", "level": "1"}]}, "/requiredMarks/0/level"),
        ({"requiredMarks": [{"scheme": "pos"}]}, "/requiredMarks/0/scheme"),
        (
            {"requiredMarks": [{"scheme": "pso", "minimumLevel": "9"}]},
            "/requiredMarks/0/minimumLevel",
        ),
        (
            {"requiredMarks": [{"scheme": "pso", "equivalents": [{"scheme": "pos"}]}]},
            "/requiredMarks/0/equivalents/0/scheme",
        ),
    ],
    ids=str,
)
async def test_a_question_that_cannot_be_read_is_refused(
    desk: AsyncClient, lot_id: str, asked: dict[str, Any], place: str
) -> None:
    response = await desk.post(f"/v1/lots/{lot_id}/match-runs", json=asked)

    assert response.status_code == 400
    assert [one["place"] for one in response.json()["errors"]] == [place]


async def test_a_mark_that_is_only_claimed_is_not_held(desk: AsyncClient, lot_id: str) -> None:
    await firms(desk)
    claim = {"scheme": "pso", "level": "1", "validUntil": "2099-12-31"}
    claimer = await stored(desk, name="claimer", marks=[claim])

    run = await a_run(desk, lot_id, requiredMarks=[{"scheme": "pso", "minimumLevel": "1"}])

    matched = await listed(desk, run, "matches")
    assert claimer["id"] not in [one["enterpriseId"] for one in matched]


def test_the_audit_trail_covers_every_column_of_a_run() -> None:
    names = {column._meta.name for column in MatchRun._meta.columns}

    assert names == set(re.findall(r"one\.(\w+)", _STATES["match-run"]))
