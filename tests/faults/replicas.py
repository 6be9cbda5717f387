"""Two replicas and two workers with limits on, of which one is killed every few seconds."""

import random
import time
from typing import Final

import asyncpg

from tests.faults.asking import Asking, Window, least, windows
from tests.faults.checks import Harm
from tests.faults.receiver import Receiver, gaps, out_of_order
from tests.faults.scenarios import Outcome, Stage, kill_and_start, stage
from tests.faults.seeding import ask
from tests.faults.world import PATIENCE_SECONDS

LIMIT: Final = 150
"""Requests a minute with one key, over both replicas."""
PARTS: Final = ("api", "api-2", "worker", "worker-2")
EVENTS: Final = ["enterprise.stored", "ledger.entry-added"]
_EXPECTED: Final = """
SELECT count(*) FROM audit_event WHERE at >= (SELECT min(created_at) FROM webhook)
AND (action = 'enterprise.stored' OR (action LIKE 'ledger.%' AND action <> 'ledger.counted-twice'))
"""
_UNDELIVERED: Final = "SELECT count(*) FROM webhook_delivery WHERE state <> 'delivered'"


def replicas(seed_number: int, seconds: int) -> Outcome:
    """Kill for so many seconds; limits, keys, order of deliveries and jobs hold meanwhile."""
    chance = random.Random(seed_number)
    receiver = Receiver()
    settings = {"RATE_LIMIT_ANONYMOUS": str(LIMIT), "RATE_LIMIT_KNOWN": str(LIMIT)}
    try:
        with stage("replicas", seed_number, WEBHOOK_LOCAL_TARGETS="true", **settings) as on:
            _listen(on, receiver)
            greedy = Asking(on.world, on.seeded.greedy, 0.01)
            modest = Asking(on.world, on.seeded.modest, 1.0)
            for one, key in zip(on.callers, on.seeded.desks, strict=True):
                one.seeded = on.seeded._replace(desk=key)
            on.work()
            killed = _kills(on, (greedy, modest), chance, seconds)
            stopped = time.monotonic()
            outcome = on.ended()
            _await_deliveries(on)
            told = _limits(windows(greedy.answers), killed, stopped) | _modest(modest)
            return outcome.with_more(
                told | _deliveries(on, receiver), _figures(on, greedy, receiver)
            )
    finally:
        receiver.close()


def _listen(on: Stage, receiver: Receiver) -> None:
    """Wait until a worker looks at the trail, then have the receiver told."""
    _until(on, "SELECT count(*) = 0 FROM webhook_place")
    receiver.ask_for(on.world.ports["api"], on.seeded.told, EVENTS)


def _kills(
    on: Stage, asking: tuple[Asking, ...], chance: random.Random, seconds: int
) -> list[float]:
    """Kill one of the parts every few seconds; give when replicas of the API were."""
    for one in asking:
        one.start()
    killed = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(chance.uniform(2.0, 5.0))
        victim = chance.choice(PARTS)
        if victim.startswith("api"):
            killed.append(time.monotonic())
        kill_and_start(on, victim, chance)
    for one in asking:
        one.enough.set()
        one.join()
    return killed


def _limits(found: list[Window], killed: list[float], stopped: float) -> Harm:
    whole = [one for one in found if one.ends <= stopped]
    return {
        "windows with more than the limit": sum(one.served > one.limit for one in found),
        "windows with less than was due": sum(one.served < least(one, killed) for one in whole),
        "windows that refused nobody": sum(one.refused == 0 for one in whole),
        "no whole window was seen": int(not whole),
        "limits told otherwise than set": sum(one.limit != LIMIT for one in found),
    }


def _modest(modest: Asking) -> Harm:
    refused = sum(one.status == 429 for one in modest.answers)
    return {"refused below the limit": refused, "modest never served": int(not modest.answers)}


def _deliveries(on: Stage, receiver: Receiver) -> Harm:
    async def counted(database: asyncpg.Connection) -> tuple[int, int]:
        return await database.fetchval(_EXPECTED), await database.fetchval(_UNDELIVERED)

    expected, undelivered = ask(on.world, counted)
    told = receiver.first_arrivals()
    return {
        "messages that never came": expected - sum(map(len, told.values())),
        "messages still on their way": undelivered,
        "messages with a wrong signature": receiver.forged,
        "versions that no message told of": gaps(told.get(on.seeded.obligation, [])),
        "messages out of order": sum(out_of_order(one) for one in told.values()),
    }


def _figures(on: Stage, greedy: Asking, receiver: Receiver) -> dict[str, int]:
    found = windows(greedy.answers)
    told = receiver.first_arrivals()
    return {
        "greedy asked": len(greedy.answers),
        "limited": sum(one.limited for one in on.callers),
        "messages": sum(map(len, told.values())),
        "messages of one ledger": len(told.get(on.seeded.obligation, [])),
        "messages doubled": receiver.doubled(),
    } | {f"greedy served in window {n}": one.served for n, one in enumerate(found, start=1)}


def _await_deliveries(on: Stage) -> None:
    _until(on, f"{_UNDELIVERED} AND state = 'pending'")


def _until(on: Stage, sql: str) -> None:
    """Wait until a count is zero, or false."""

    async def left(database: asyncpg.Connection) -> int:
        return int(await database.fetchval(sql))

    deadline = time.monotonic() + PATIENCE_SECONDS
    while ask(on.world, left) and time.monotonic() < deadline:
        on.world.revive()
        time.sleep(0.5)
