"""What an enterprise may know of obligations that buying from it fulfils: rules, never amounts."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from api.accounts.service import SYSTEM
from api.database import copy_rows, transaction
from api.enterprises.tables import Mark
from api.opportunities import service
from tests.api.obligations.conftest import World, add_mark

VALID = datetime(2026, 10, 15, tzinfo=UTC)
LAPSED = datetime(2026, 11, 15, tzinfo=UTC)


async def found(world: World, now: datetime = VALID) -> list[Any]:
    answer = await service.obligations(world.enterprise, SYSTEM, now)
    return list(msgspec.to_builtins(answer))


async def test_open_obligations_are_told_as_one_without_contractor_title_or_amount(
    world: World,
) -> None:
    await world.obligation()
    await world.obligation(value_cents=777_000_000)

    [told] = await found(world)

    assert (told["authority"], told["municipality"]) == ("BASE authority", "GM9999")
    assert (told["fit"], told["sharePermille"]) == ("counts", 1000)
    assert told["dueBy"] == "2027-07-01"
    text = repr(told)
    assert "Onderhoud wegen" not in text
    assert "contractor" not in text
    assert "777" not in text
    assert "38850000" not in text


async def test_a_lapsed_mark_is_named_as_what_is_missing(world: World) -> None:
    await world.obligation()

    [told] = await found(world, LAPSED)

    assert (told["fit"], told["sharePermille"]) == ("nearly", None)
    assert [one["code"] for one in told["reasons"]] == ["mark-lapsed"]


async def test_the_mark_that_counts_most_decides(world: World) -> None:
    await world.obligation()
    row = add_mark(world.enterprise, "pso", "3") | {"valid_until": date(2027, 12, 31)}
    async with transaction():
        await copy_rows(Mark, [row])

    [now], [later] = await found(world), await found(world, LAPSED)

    assert (now["sharePermille"], later["sharePermille"]) == (1000, 300)


async def test_what_is_fulfilled_past_or_not_owed_is_not_told(world: World) -> None:
    path = await world.obligation(value_cents=200_000)
    claim = await world.booked(path, world.purchase("1", 100_00))
    before = await found(world)
    await world.verified(claim)

    assert len(before) == 1
    assert await found(world) == []
    await world.obligation()
    assert len(await found(world)) == 1
    assert await found(world, datetime(2027, 6, 1, tzinfo=UTC)) == []


async def test_only_the_enterprise_itself_and_buyers_may_ask(world: World) -> None:
    await world.obligation()
    path = f"/enterprises/{world.enterprise}/opportunities/obligations"

    own, buyer = await world.get("supplier", path), await world.get("authority", path)
    missing = await world.get(
        "authority", f"/enterprises/{world.ids['authority']}/opportunities/obligations"
    )

    assert (own.status_code, buyer.status_code, missing.status_code) == (200, 200, 404)
