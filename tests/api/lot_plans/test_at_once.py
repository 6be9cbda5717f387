"""Two who act at once: one adoption, one run, no capacity counted twice."""

import asyncio

from httpx import AsyncClient

from tests.item_builders import a_draft, a_firm, added, planned


async def test_of_two_adoptions_at_once_one_wins(committing_desk: AsyncClient) -> None:
    desk = committing_desk
    firm = await a_firm(desk, "Aad", 60_000_00)
    draft = await a_draft(desk)
    await added(desk, draft, "a", doneNowBy="nobody")
    await added(desk, draft, "b", doneNowBy="nobody")
    run = await planned(desk, draft, rules={"ableFirms": 1})
    hold = {"hold": [{"lotNumber": 1, "enterpriseId": firm["id"]}]}
    path = f"/v1/lot-plans/{run['plans'][0]['id']}/adoption"

    answers = await asyncio.gather(*(desk.post(path, json=hold) for _ in range(4)))

    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    assert len((await desk.get(path)).json()) == 1
    held = await desk.get(f"/v1/enterprises/{firm['id']}/reservations")
    assert len(held.json()) == 1


async def test_a_refused_hold_leaves_nothing_behind(committing_desk: AsyncClient) -> None:
    desk = committing_desk
    firm = await a_firm(desk, "Aad", 60_000_00)
    draft = await a_draft(desk)
    await added(desk, draft, "a", doneNowBy="nobody")
    await added(desk, draft, "b", doneNowBy="nobody")
    run = await planned(desk, draft, rules={"ableFirms": 1})
    hold = [{"lotNumber": n, "enterpriseId": firm["id"]} for n in (1, 2)]
    path = f"/v1/lot-plans/{run['plans'][0]['id']}/adoption"

    refused = await desk.post(path, json={"hold": hold})

    assert refused.json()["code"] == "capacity-taken"
    assert (await desk.get(path)).json() == []
    assert (await desk.get(draft)).json()["lots"] == []


async def test_the_same_question_at_once_leaves_one_run(committing_desk: AsyncClient) -> None:
    desk = committing_desk
    await a_firm(desk, "Aad", 60_000_00)
    draft = await a_draft(desk)
    await added(desk, draft, "a")

    runs = await asyncio.gather(*(planned(desk, draft) for _ in range(4)))

    assert len({run["id"] for run in runs}) == 1
