"""A ledger is a replay: at every instant, after every order of acts, whoever looks."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from asyncpg import RestrictViolationError

from api.accounts.service import Actor, OrganisationKind
from api.database import copy_rows, fetch, transaction
from api.domain.errors import NotFound, RuleViolation
from api.domain.social_return.position import Position, position_at
from api.enterprises.tables import Mark
from api.fulfilments import service
from api.fulfilments.schemas import (
    ArrangementIn,
    CounterIn,
    Decision,
    DecisionIn,
    DisputeAct,
    DisputeIn,
    NewClaimIn,
    PurchaseIn,
)
from api.ledgers import queries
from api.ledgers import service as ledgers
from api.problems import AccessDenied
from api.rule_books import service as rule_books
from tests.api.obligations.conftest import add_mark

START = datetime(2100, 1, 4, 9, tzinfo=UTC)
"""After anything that the clock of the machine says."""


def id_in(path: str) -> UUID:
    return UUID(path.rsplit("/", 1)[1])


def actors(world: Any) -> dict[str, Actor]:
    """The sides as the services see them."""
    return {
        name: Actor(name, frozenset(), world.ids[side], kind, world.kvk.get(side), None, name)
        for name, side, kind in (
            ("contractor", "contractor", OrganisationKind.CONTRACTOR),
            ("clerk", "authority", OrganisationKind.AUTHORITY),
            ("supplier", "supplier", OrganisationKind.ENTERPRISE),
            ("verifier", "authority", OrganisationKind.AUTHORITY),
        )
    }


async def with_pso(world: Any) -> None:
    """Let the supplier hold a mark under a cap only."""
    async with transaction():
        await fetch("DELETE FROM quality_mark WHERE enterprise = $1", world.enterprise)
        await copy_rows(Mark, [add_mark(world.enterprise, "pso", "3")])


def a_purchase(world: Any, number: int, cents: int) -> NewClaimIn:
    return NewClaimIn(
        fulfilment=PurchaseIn(
            supplier_id=world.enterprise,
            invoice_number=f"F-{number}",
            invoiced_on=date(2026, 10, 1),
            invoice_cents=cents,
        ),
        planned=number % 5 == 0,
    )


def an_arrangement(cents: int) -> NewClaimIn:
    agreed = ArrangementIn(agreed_cents=cents, agreement="mail 12", category=None)
    return NewClaimIn(fulfilment=agreed)


async def verified_at_first(world: Any, obligation: UUID) -> None:
    """Have something verified, so that there is a balance to move."""
    who, before = actors(world), START - timedelta(minutes=1)
    made = await service.book(obligation, an_arrangement(900_000), who["contractor"], before)
    claim, verify = UUID(made.claim_id), DecisionIn(decision=Decision.VERIFY)
    await service.confirm(obligation, claim, "", who["clerk"], before)
    await service.decide(obligation, claim, verify, who["verifier"], before)


async def random_act(world: Any, path: str, random: Random, step: int) -> None:
    """Do one thing that may or may not be allowed."""
    obligation = id_in(path)
    who, at = actors(world), START + timedelta(minutes=step)
    claims = [UUID(one) for one in sorted(await queries.claims_of(obligation))]
    cents = random.randrange(1, 3_000_000)
    if not claims or random.random() < 0.1:
        new = a_purchase(world, step, cents) if step % 2 else an_arrangement(cents)
        await service.book(obligation, new, who["contractor"], at)
        return
    one = random.choice(claims)
    verifier, clerk, contractor = who["verifier"], who["clerk"], who["contractor"]
    verify, reject = DecisionIn(decision=Decision.VERIFY), DecisionIn(decision=Decision.REJECT)
    parked = DisputeIn(act=random.choice(list(DisputeAct)), amount_cents=cents // 9, reason="r")
    countered = CounterIn(amount_cents=cents // 7, reason="r")
    acts: list[Callable[[], Awaitable[object]]] = [
        lambda: service.confirm(obligation, one, "", who["supplier"], at),
        lambda: service.confirm(obligation, one, "", clerk, at),
        lambda: service.decide(obligation, one, verify, verifier, at),
        lambda: service.decide(obligation, one, verify, verifier, at),
        lambda: service.decide(obligation, one, reject, verifier, at),
        lambda: service.dispute(obligation, one, parked, clerk, at),
        lambda: service.counter(obligation, one, countered, contractor, at),
        lambda: service.withdraw(obligation, one, "r", contractor, at),
    ]
    await random.choice(acts)()


@pytest.mark.parametrize("seed", range(6))
async def test_the_balance_equals_the_replay_at_every_instant(world: Any, seed: int) -> None:
    await with_pso(world)
    path = await world.obligation(200_000_000)
    random, obligation = Random(seed), id_in(path)
    reported: list[tuple[datetime, Position]] = []
    who = actors(world)["clerk"]

    await verified_at_first(world, obligation)
    for step in range(120):
        at = START + timedelta(minutes=step)
        try:
            await random_act(world, path, random, step)
        except (RuleViolation, NotFound, AccessDenied):
            continue
        reported.append((at, await ledgers.position_of(obligation, None, who, at)))

    kept = await queries.obligation(obligation)
    assert kept is not None
    terms = ledgers.terms_of(kept, await rule_books.book(kept.rule_book))
    entries = ledgers.sound(await queries.entries(kept.id, 0, None))
    later = START + timedelta(days=1)
    for at, found in reported:
        assert position_at(entries, at, terms) == found
        assert await ledgers.position_of(kept.id, at, who, later) == found
        [cap] = found.caps
        assert cap.cap_cents == 5_000_000
        assert cap.used_cents <= cap.cap_cents
    assert len(reported) >= 20
    assert any(found.verified_cents for _, found in reported)
    assert (await ledgers.verify(kept.id)).intact


async def test_pages_of_entries_hold_each_once_while_others_write(world: Any) -> None:
    path = await world.obligation()
    await world.booked(path, world.purchase("F-1"))
    first = (await world.get("contractor", f"{path}/entries", limit=1)).json()
    await world.booked(path, world.purchase("F-2"))

    rest = await world.get("contractor", f"{path}/entries", cursor=first["nextCursor"])

    numbers = [one["number"] for one in [*first["items"], *rest.json()["items"]]]
    assert numbers == [1, 2, 3]


async def test_an_instant_in_the_future_or_without_offset_is_refused(world: Any) -> None:
    path = await world.obligation()

    later = await world.get("contractor", f"{path}/position", asOf="2999-01-01T00:00:00Z")
    bare = await world.get("contractor", f"{path}/position", asOf="2026-11-01T00:00:00")
    before = await world.get("contractor", f"{path}/position", asOf="2026-01-01T00:00:00Z")

    assert later.json()["errors"][0]["code"] == "in-the-future"
    assert bare.status_code == 400
    assert before.json()["owedCents"] is None


async def test_the_database_refuses_to_change_or_delete_an_entry(world: Any) -> None:
    await world.obligation()

    for sql in ("UPDATE ledger_entry SET amount_cents = 0", "DELETE FROM ledger_entry"):
        with pytest.raises(RestrictViolationError, match="never changed"):
            async with transaction_of_its_own():
                await fetch(sql)


def transaction_of_its_own() -> Any:
    """A savepoint, so that the refusal does not end the test's transaction."""
    from api.database import connection

    return connection().transaction()


TAMPERINGS = {
    "amount": ("UPDATE ledger_entry SET amount_cents = 999 {}", 2, "hash-differs"),
    "actor": ("UPDATE ledger_entry SET actor = 'me' {}", 2, "hash-differs"),
    "instant": ("UPDATE ledger_entry SET at = at - interval '1 day' {}", 2, "hash-differs"),
    "hash": ("UPDATE ledger_entry SET hash = repeat('0', 64) {}", 2, "hash-differs"),
    "act": ("UPDATE ledger_entry SET act = 'nonsense' {}", 2, "entry-unreadable"),
    "details": ("UPDATE ledger_entry SET details = '{{}}' {}", 2, "details-differ"),
    "gone": ("DELETE FROM ledger_entry {}", 2, "entry-out-of-place"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_a_row_changed_behind_our_back_is_found_and_named(world: Any, name: str) -> None:
    path = await world.obligation()
    for number in range(3):
        await world.booked(path, world.purchase(f"F-{number}"))
    assert (await world.get("authority", f"{path}/verification")).json()["intact"]
    sql, number, code = TAMPERINGS[name]

    await fetch("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only")
    await fetch(sql.format(f"WHERE obligation = '{id_in(path)}' AND number = {number}"))
    found = (await world.get("authority", f"{path}/verification")).json()

    assert not found["intact"]
    assert found["tampering"]["number"] == number
    assert found["tampering"]["reason"]["code"] == code


async def test_a_ledger_cut_off_with_its_head_shows_by_a_hash_kept_elsewhere(world: Any) -> None:
    path = await world.obligation()
    await world.booked(path, world.purchase("F-1"))
    kept = (await world.get("authority", path)).json()["ledgerHash"]

    await fetch("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only")
    await fetch("DELETE FROM ledger_entry WHERE number = 2")
    await fetch("DELETE FROM fulfilment")
    await fetch(
        "UPDATE obligation o SET ledger_number = 1, ledger_hash = e.hash, ledger_sums = '[]',"
        " purchases = '{}' FROM ledger_entry e WHERE e.obligation = o.id AND e.number = 1"
    )

    alone = (await world.get("authority", f"{path}/verification")).json()
    known = (await world.get("authority", f"{path}/verification", head=kept)).json()
    assert alone["intact"]
    assert known["tampering"]["reason"]["code"] == "chain-cut-off"


async def test_a_changed_balance_beside_an_intact_chain_is_found(world: Any) -> None:
    path = await world.obligation()
    claim = await world.booked(path, world.purchase("F-1"))

    await fetch("UPDATE fulfilment SET credit_cents = 1 WHERE id = $1", id_in(claim))

    found = (await world.get("contractor", f"{path}/verification")).json()
    assert (found["tampering"]["number"], found["tampering"]["reason"]["code"]) == (
        2,
        "row-differs",
    )


async def test_changed_sums_beside_an_intact_chain_are_found(world: Any) -> None:
    path = await world.obligation()
    await world.booked(path, world.purchase("F-1", 500_00))
    sums = (await fetch("SELECT ledger_sums FROM obligation WHERE id = $1", id_in(path)))[0][
        "ledger_sums"
    ]

    await fetch(
        "UPDATE obligation SET ledger_sums = $2 WHERE id = $1",
        *(id_in(path), sums.replace("50000", "60000")),
    )

    found = (await world.get("contractor", f"{path}/verification")).json()
    assert "the sums kept" in found["tampering"]["reason"]["detail"]


async def test_purchases_by_supplier_are_kept_and_verified(world: Any) -> None:
    path = await world.obligation()
    first = await world.booked(path, world.purchase("F-1", 500_00))
    await world.booked(path, world.purchase("F-2", 200_00))
    [row] = await fetch("SELECT purchases FROM obligation WHERE id = $1", id_in(path))
    assert json.loads(row["purchases"]) == {str(world.enterprise): 700_00}
    reason = {"reason": "not delivered"}
    withdrawn = await world.post("contractor", f"{first}/withdrawals", reason)
    assert withdrawn.status_code == 201, withdrawn.text
    assert (await world.get("contractor", f"{path}/verification")).json()["intact"]
    [row] = await fetch("SELECT purchases FROM obligation WHERE id = $1", id_in(path))
    assert json.loads(row["purchases"]) == {str(world.enterprise): 200_00}

    await fetch("UPDATE obligation SET purchases = '{}' WHERE id = $1", id_in(path))

    found = (await world.get("contractor", f"{path}/verification")).json()
    assert "the sums kept" in found["tampering"]["reason"]["detail"]


async def test_a_ledger_without_kept_sums_gets_them_with_its_next_entry(world: Any) -> None:
    path = await world.obligation()
    await world.booked(path, world.purchase("F-1", 500_00))
    kept = (await world.get("contractor", f"{path}/position")).json()
    await fetch("UPDATE obligation SET ledger_sums = NULL WHERE id = $1", id_in(path))

    without = (await world.get("contractor", f"{path}/position")).json()
    await world.booked(path, world.purchase("F-2", 100_00))
    after = (await world.get("contractor", f"{path}/position")).json()

    assert without == kept
    assert after["submittedCents"] == 600_00
    assert (await world.get("contractor", f"{path}/verification")).json()["intact"]
