"""From invited to awarded: waves, answers, and what no later run undoes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from api.accounts.service import SYSTEM, OrganisationKind
from api.invitations import service
from api.invitations.schemas import WaveIn
from tests.builders import a_kvk_number, stored
from tests.match_builders import a_key_of, a_lot, a_painter, a_tender, lots_of


class World:
    """A lot, three firms that match it, and a run."""

    def __init__(self, desk: AsyncClient, lot: str, firms: list[str], run: str) -> None:
        self.desk, self.lot, self.firms, self.run = desk, lot, firms, run

    async def invite(self, *firms: str, **changes: Any) -> Any:
        wave = {
            "runId": self.run,
            "enterpriseIds": firms,
            "replyWithinWorkdays": 10,
            "enoughInterested": 2,
            **changes,
        }
        return await self.desk.post(f"/v1/lots/{self.lot}/waves", json=wave)

    async def funnel(self) -> Any:
        return (await self.desk.get(f"/v1/lots/{self.lot}/invitations")).json()

    async def answer(self, firm: str, state: str, reason: str | None = None) -> Any:
        told = (await self.funnel())["invitations"]
        [one] = [one for one in told if one["enterpriseId"] == firm]
        event = {"state": state, "reason": reason}
        return await self.desk.post(f"/v1/invitations/{one['id']}/events", json=event)


@pytest.fixture
async def world(desk: AsyncClient) -> World:
    [lot] = await lots_of(await a_tender())
    firms = [await a_painter(desk, name, 200_000) for name in ("Een", "Twee", "Drie")]
    await a_painter(desk, "Klein", 1_000)
    run = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()["id"]
    return World(desk, lot, firms, run)


async def test_a_wave_is_recorded_and_the_funnel_counts_it(world: World) -> None:
    first, second, _ = world.firms

    made = await world.invite(first, second)
    told = await world.funnel()

    assert made.status_code == 201
    assert (made.json()["number"], made.json()["invited"]) == (1, 2)
    assert told["counts"] == {
        "invited": 2,
        "viewed": 0,
        "interested": 0,
        "declined": 0,
        "awarded": 0,
    }


async def test_who_declined_is_never_contacted_again_whatever_runs_follow(world: World) -> None:
    first, *_ = world.firms
    await world.invite(first)
    await world.answer(first, "declined", "Geen ruimte dit jaar.")
    await a_painter(world.desk, "Nieuw", 200_000)
    again = await world.desk.post(f"/v1/lots/{world.lot}/match-runs", json={})

    refused = await world.invite(first, runId=again.json()["id"])
    proposed = await world.desk.get(f"/v1/lots/{world.lot}/next-wave?runId={again.json()['id']}")
    told = (await world.funnel())["invitations"]

    assert (refused.status_code, refused.json()["code"]) == (409, "declined-before")
    assert first not in proposed.json()["enterpriseIds"]
    assert [(one["state"], one["reason"]) for one in told] == [
        ("declined", "Geen ruimte dit jaar.")
    ]


async def test_a_wave_waits_for_the_answers_of_the_former(world: World) -> None:
    first, second, _ = world.firms
    await world.invite(first)

    early = await world.invite(second)
    proposal = (await world.desk.get(f"/v1/lots/{world.lot}/next-wave?runId={world.run}")).json()
    await world.answer(first, "interested")
    later = await world.invite(second)

    assert (early.status_code, early.json()["code"]) == (409, "wave-open")
    assert proposal["hindrance"] == "wave-open"
    assert len(proposal["enterpriseIds"]) == 2
    assert (later.status_code, later.json()["number"]) == (201, 2)


async def test_a_wave_may_follow_on_the_day_after_the_term(world: World) -> None:
    first, second, _ = (UUID(one) for one in world.firms)
    sent = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    made = await service.start_wave(UUID(world.lot), _wave(world, first), SYSTEM, sent)
    over = datetime.combine(made.reply_by, sent.timetz()) + timedelta(days=1)

    # Ten working days after Tuesday 24 November is Tuesday 8 December.
    assert made.reply_by.isoformat() == "2026-12-08"
    again = await service.start_wave(UUID(world.lot), _wave(world, second), SYSTEM, over)
    assert again.number == 2


def _wave(world: World, firm: Any) -> WaveIn:
    return WaveIn(
        run_id=UUID(world.run),
        enterprise_ids=(firm,),
        reply_within_workdays=10,
        enough_interested=2,
    )


async def test_enough_interest_stops_the_waves(world: World) -> None:
    first, second, third = world.firms
    await world.invite(first, second)
    await world.answer(first, "interested")
    await world.answer(second, "interested")

    refused = await world.invite(third)

    assert (refused.status_code, refused.json()["code"]) == (409, "enough-interested")


async def test_only_whom_the_run_found_is_invited_and_only_once(world: World) -> None:
    first, *_ = world.firms
    small = await a_painter(world.desk, "Later", 1_000)
    await world.invite(first)
    await world.answer(first, "interested")

    stranger, twice = await world.invite(small), await world.invite(first)

    assert (stranger.status_code, stranger.json()["code"]) == (409, "not-in-run")
    assert (twice.status_code, twice.json()["code"]) == (409, "already-invited")


async def test_an_answer_has_its_order_and_a_refusal_its_reason(world: World) -> None:
    first, *_ = world.firms
    await world.invite(first)

    no_reason = await world.answer(first, "declined")
    too_soon = await world.answer(first, "awarded")
    steps = [await world.answer(first, one) for one in ("viewed", "interested", "awarded")]

    assert no_reason.status_code == 400
    assert too_soon.json()["code"] == "illegal-invitation-step"
    assert [one.status_code for one in steps] == [201, 201, 201]


async def test_an_enterprise_answers_its_own_invitation_and_sees_no_other(
    desk: AsyncClient,
) -> None:
    kvk = a_kvk_number()
    own = (await stored(desk, kvkNumber=kvk))["id"]
    other = await a_painter(desk, "Ander", 200_000)
    [lot] = await lots_of(await a_tender())
    run = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()["id"]
    world = World(desk, lot, [own, other], run)
    await world.invite(own, other)
    told = {one["enterpriseId"]: one["id"] for one in (await world.funnel())["invitations"]}

    desk.headers.update(await a_key_of(OrganisationKind.ENTERPRISE, kvk))
    viewed = await desk.post(f"/v1/invitations/{told[own]}/events", json={"state": "interested"})
    award = await desk.post(f"/v1/invitations/{told[own]}/events", json={"state": "awarded"})
    strange = await desk.post(f"/v1/invitations/{told[other]}/events", json={"state": "viewed"})
    listed = await desk.get(f"/v1/enterprises/{own}/invitations")

    assert viewed.status_code == 201
    assert award.status_code == 403
    assert strange.status_code == 404
    assert [one["state"] for one in listed.json()["items"]] == ["interested"]
    assert (await desk.get(f"/v1/lots/{lot}/invitations")).status_code == 403


async def test_a_closed_lot_takes_no_wave(desk: AsyncClient) -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    [lot] = await lots_of(await a_tender(a_lot(deadline_at=past)))
    firm = await a_painter(desk, "Een", 200_000)
    run = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()["id"]

    refused = await World(desk, lot, [firm], run).invite(firm)

    assert (refused.status_code, refused.json()["code"]) == (409, "lot-closed")
