"""Two years after a contract nothing in its ledger tells of persons, and the ledger still holds."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from asyncpg import RestrictViolationError

from api.clock import legal_day, now
from api.database import connection, fetch
from api.domain.social_return.details import commitment, remainder
from api.privacy import service

PERSONAL = ("wsp-testland", "2026-06-01", "2026-12-01", "wajong", "W-17")
"""What a placement is booked with here; none of it may be left anywhere."""


async def ended(path: str, on: date) -> None:
    """Let the contract of an obligation have ended on a day."""
    sql = "UPDATE obligation SET starts_on = $2::date - 365, due_on = $2::date WHERE id = $1"
    await fetch(sql, path.rpartition("/")[2], on)


def long_ago() -> date:
    return legal_day(now()) - timedelta(days=731)


async def rows_about(path: str) -> str:
    """Everything that is kept of an obligation and its entries, as text."""
    found = ""
    for sql in (
        "SELECT to_jsonb(e) - 'rule_book' - 'at' AS row FROM ledger_entry e WHERE obligation = $1",
        "SELECT to_jsonb(f) AS row FROM fulfilment f WHERE obligation = $1",
        "SELECT to_jsonb(i) - 'created_at' AS row FROM imported_entry i WHERE obligation = $1",
    ):
        rows = await fetch(sql, path.rpartition("/")[2])
        found += "".join(str(row["row"]) for row in rows)
    return found


async def verified(world: Any, path: str) -> Any:
    return (await world.get("authority", f"{path}/verification")).json()


async def a_ledger(world: Any) -> tuple[str, str]:
    """A placement and a purchase, both verified; gives the obligation and the placement."""
    path = await world.obligation()
    placement = await world.booked(path, world.placement())
    await world.verified(placement, "authority")
    await world.verified(await world.booked(path, world.purchase("F-1")))
    return path, placement


async def test_what_is_known_of_persons_goes_and_all_sums_stay(world: Any) -> None:
    path, placement = await a_ledger(world)
    position = (await world.get("authority", f"{path}/position")).json()
    head = (await world.get("authority", path)).json()["ledgerHash"]
    before = await rows_about(path)
    await ended(path, long_ago())

    told = await service.retain(now())
    again = await service.retain(now())

    after = await rows_about(path)
    assert [one for one in PERSONAL if one in before] == [*PERSONAL[:4]]
    assert [one for one in PERSONAL if one in after] == []
    assert (told["placements in ledgers"], again["placements in ledgers"]) == (1, 0)
    assert (await verified(world, path))["intact"]
    later = (await world.get("authority", f"{path}/position")).json()
    assert {name: later[name] for name in ("owedCents", "verifiedCents")} == {
        name: position[name] for name in ("owedCents", "verifiedCents")
    }
    assert (await world.get("authority", path)).json()["ledgerHash"] == head
    shown = (await world.get("authority", placement)).json()
    assert shown["facts"] == {}
    assert shown["details"]["anonymisedOn"] == legal_day(now()).isoformat()
    purchases = await world.get("authority", f"{path}/entries")
    assert purchases.json()["items"][4]["details"]["facts"]["invoiceNumber"] == "F-1"


async def test_until_then_everything_stays(world: Any) -> None:
    path, _ = await a_ledger(world)
    before = await rows_about(path)
    await ended(path, legal_day(now()) - timedelta(days=729))

    told = await service.retain(now())

    assert told["placements in ledgers"] == 0
    assert (await rows_about(path)) == before


async def test_the_trail_tells_which_entries_it_was(world: Any) -> None:
    path, _ = await a_ledger(world)
    await ended(path, long_ago())

    await service.retain(now())

    sql = "SELECT actor, detail FROM audit_event WHERE action = 'ledger.anonymised'"
    [event] = await fetch(sql)
    assert (event["actor"], msgspec.json.decode(event["detail"])) == ("system", {"numbers": [2]})


async def test_a_ledger_goes_on_after_it(world: Any) -> None:
    path, placement = await a_ledger(world)
    await ended(path, long_ago())
    await service.retain(now())

    countered = await world.post(
        "authority", f"{placement}/counter-entries", {"amountCents": 1, "reason": "Te veel"}
    )

    assert countered.status_code == 201, countered.text
    assert (await verified(world, path))["intact"]
    report = await world.get("authority", "/social-return-reports/2026")
    assert report.status_code == 200, report.text


async def test_the_database_lets_nothing_else_go_and_nothing_early(world: Any) -> None:
    path, _ = await a_ledger(world)
    left, on = remainder(legal_day(now())), f"WHERE obligation = '{path.rpartition('/')[2]}'"
    early = f"UPDATE ledger_entry SET details = '{left}' {on} AND number = 2"  # noqa: S608  ours

    await refused(early)
    await ended(path, long_ago())
    await refused(f"UPDATE ledger_entry SET details = '{left}' {on} AND number = 5")  # noqa: S608  a purchase
    await refused(f"UPDATE ledger_entry SET details = NULL {on} AND number = 2")  # noqa: S608
    await refused(early.replace("SET", "SET amount_cents = 1,"))
    await refused(f"DELETE FROM ledger_entry {on}")  # noqa: S608
    await fetch(early)


async def refused(sql: str) -> None:
    with pytest.raises(RestrictViolationError, match="never changed"):
        async with connection().transaction():
            await fetch(sql)


async def test_details_that_somebody_else_let_disappear_are_found(world: Any) -> None:
    path, _ = await a_ledger(world)
    await ended(path, long_ago())
    left = remainder(legal_day(now()))

    sql = "UPDATE ledger_entry SET details = $2 WHERE obligation = $1 AND number = 2"
    await fetch(sql, path.rpartition("/")[2], left)

    found = (await verified(world, path))["tampering"]
    assert (found["number"], found["reason"]["code"]) == (2, "details-gone")


async def test_the_hash_of_what_concerns_a_person_is_one_of_its_own(world: Any) -> None:
    """The same facts twice have another hash, so that a guess can't be tested on it."""
    salts: set[str] = set()
    for _ in range(2):
        path = await world.obligation()
        await world.booked(path, world.placement(f"W-{len(salts)}"))
        [_, entry] = (await world.get("authority", f"{path}/entries")).json()["items"]
        [row] = await fetch(
            "SELECT details FROM ledger_entry WHERE obligation = $1 AND number = 2",
            path.rpartition("/")[2],
        )
        assert entry["evidence"] == commitment(row["details"])
        salts.add(entry["details"]["salt"])

    assert [len(one) for one in salts] == [32, 32]
