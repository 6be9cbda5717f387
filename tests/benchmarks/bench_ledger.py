"""Position and verification of a ledger of 100,000 entries; asserts nothing about time.

`--size` makes it shorter.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import warnings
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from uuid import UUID

import msgspec

ENTRIES: Final = 100_000
START: Final = datetime(2026, 1, 1, tzinfo=UTC)
RULE: Final = {"code": "purchase-pso-3", "bookId": "b", "bookVersion": "1", "source": "s" * 80}
LINE: Final[dict[str, Any]] = {
    "verdict": "counted", "amountCents": 50_000, "words": "share * invoice",
    "numbers": "0.3 * € 1,666.67", "rule": RULE,
    "inputs": [["invoiceCents", "166667"], ["marks", "pso 3 verified until 2027-01-01"]],
}  # fmt: skip
FACTS: Final = {
    "kind": "purchase", "supplierId": "0190d8a0-0000-7000-8000-000000000000",
    "invoiceNumber": "2026-0001", "invoicedOn": "2026-02-01", "invoiceCents": 166_667,
}  # fmt: skip
DETAILS: Final = msgspec.json.encode(
    {"kind": "purchase", "facts": FACTS, "lines": [LINE], "evidence": {"reference": "dossier 1"}}
).decode()


async def main(size: int) -> None:
    """Fill one ledger, half of it capped, and time what is asked of it."""
    from api import database
    from api.accounts.service import Actor, OrganisationKind
    from api.ledgers import service
    from api.migrations.forward import migrate
    from api.social_return_reports import service as reports

    await migrate()
    async with database.pool(4):
        obligation, authority = await _filled(size)
        actor = Actor("bench", frozenset(), authority, OrganisationKind.AUTHORITY)
        later = START + timedelta(days=300)

        def position(as_of: datetime | None = None) -> Awaitable[Any]:
            return service.position_of(obligation, as_of, actor, later)

        await _time("position now", 200, position)
        middle = START + timedelta(minutes=size // 2)
        await _time("position as of an instant", 5, lambda: position(middle))
        await _time("yearly report", 10, lambda: reports.report(2026, None, actor, later))
        await _time(
            "page of 100 entries", 50, lambda: service.entries(obligation, None, 100, actor)
        )
        await _time("booking one entry", 20, lambda: _assess(obligation, 10**10, actor, later))
        # Half of the room under the cap: what was booked no longer fits, and order decides.
        await _assess(obligation, 10**9, actor, later)
        await _time("position now, over a cap", 200, position)
        await _time(
            "booking one entry, over a cap", 5, lambda: _assess(obligation, 10**9, actor, later)
        )
        await _time("verification", 3, lambda: service.verify(obligation))


async def _assess(obligation: UUID, cents: int, actor: Any, now: datetime) -> None:
    from api.database import transaction
    from api.domain.social_return.entries import Act
    from api.ledgers import service
    from api.rule_books import service as rule_books

    async with transaction():
        kept = await service.locked(obligation, actor)
        rules = await rule_books.book(kept.rule_book)
        entry = service.next_entry(kept, Act.ASSESS, actor, now, rules)
        entry = msgspec.structs.replace(entry, amount_cents=cents)
        head = {"owed_cents": cents}
        await service.append(kept, entry, service.Writing(head=head), rules, actor)


async def _time(name: str, times: int, ask: Callable[[], Awaitable[Any]]) -> None:
    await ask()
    took = []
    for _ in range(times):
        began = perf_counter()
        await ask()
        took.append((perf_counter() - began) * 1000)
    p95 = statistics.quantiles(took, n=20)[-1] if times > 1 else took[0]
    print(f"{name}: median {statistics.median(took):.1f} ms, p95 {p95:.1f} ms")  # noqa: T201  a script


async def _filled(size: int) -> tuple[UUID, UUID]:
    from api.accounts import service as accounts
    from api.accounts.service import OrganisationKind
    from api.database import fetch
    from importers.rule_books import load

    await load.load_shipped(START)
    one = await accounts.create_organisation(OrganisationKind.AUTHORITY, "A", now=START)
    two = await accounts.create_organisation(OrganisationKind.CONTRACTOR, "C", now=START)
    book = (await fetch("SELECT id FROM rule_book WHERE book_id = 'oost-nederland'"))[0]["id"]
    return await _ledger(one.id, two.id, book, size), one.id


async def _ledger(authority: UUID, contractor: UUID, book: UUID, size: int) -> UUID:
    from api.clock import new_id
    from api.database import as_json, copy_rows, transaction
    from api.domain.social_return.caps import CapLimit
    from api.domain.social_return.chain import GENESIS, seal
    from api.domain.social_return.ledger import replay
    from api.domain.social_return.sums import standing_of
    from api.ledgers import queries
    from api.ledgers.tables import Claim, LedgerEntry

    obligation = new_id()
    entries = _entries(obligation, size)
    state, head, rows = replay(entries), GENESIS, []
    for entry in entries:
        head = seal(head, entry).hash
        rows.append(_row(entry, head, new_id()))
    sums = standing_of(state, (CapLimit("pso-purchases", Decimal("0.5")),)).sums
    last = {"ledger_number": state.number, "ledger_at": state.at, "ledger_hash": head}
    last["ledger_sums"], last["purchases"] = as_json(sums), None
    own = {"obligation": obligation, "kind": "purchase", "facts": "{}"} | dict.fromkeys(_BLANK)
    async with transaction():
        await queries.insert_obligation(_obligation(obligation, authority, contractor, book) | last)
        await copy_rows(LedgerEntry, rows)
        claims = [queries.claim_columns(claim) | own for claim in state.claims.values()]
        await copy_rows(Claim, claims)
    return obligation


_BLANK: Final = (
    "code",
    "supplier",
    "token",
    "whole_cents",
    "starts_on",
    "ends_on",
    "hours_per_week",
)


def _entries(obligation: UUID, size: int) -> list[Any]:
    from api.clock import new_id
    from api.domain.social_return.details import commitment
    from api.domain.social_return.entries import Act, Entry

    first: dict[str, Any] = {"number": 1, "at": START, "actor": "a", "amount_cents": 10**10}
    entries = [Entry(obligation_id=str(obligation), act=Act.ASSESS, **first)]
    evidence = commitment(DETAILS)
    while len(entries) < size:
        n = len(entries)
        shared: dict[str, Any] = {"obligation_id": str(obligation), "claim_id": str(new_id())}
        shared |= {"at": START + timedelta(minutes=n), "actor": "c"}
        cents = dict.fromkeys(("amount_cents", "raw_cents", "basis_cents"), 50_000)
        money: dict[str, Any] = cents | {"categories": ("pso-purchases",) if n % 2 else ()}
        entries += [
            Entry(number=n + 1, act=Act.SUBMIT, evidence=evidence, **money, **shared),
            Entry(number=n + 2, act=Act.CONFIRM, **shared),
            Entry(number=n + 3, act=Act.VERIFY, **(shared | {"actor": "v"})),
        ]
    return entries


def _obligation(obligation: UUID, authority: UUID, contractor: UUID, book: UUID) -> dict[str, Any]:
    return {
        "id": obligation, "authority": authority, "contractor": contractor, "lot": None,
        "rule_book": book, "title": "t", "municipality": None, "region": None,
        "published_on": None, "awarded_on": None, "starts_on": date(2026, 1, 1),
        "due_on": date(2027, 1, 1), "basis": "{}", "assessment": "{}", "owed_cents": 10**10,
        "discount_cents": 0, "author": "a", "created_at": START,
    }  # fmt: skip


def _row(entry: Any, head: str, row_id: UUID) -> dict[str, Any]:
    columns = msgspec.structs.asdict(entry)
    claim = columns.pop("claim_id")
    return columns | {
        "id": row_id, "obligation": UUID(columns.pop("obligation_id")),
        "claim": None if claim is None else UUID(claim),
        "categories": list(entry.categories), "hash": head,
        "details": DETAILS if entry.act == "submit" else None,
    }  # fmt: skip


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, default=ENTRIES)
    given = asked.parse_args()
    warnings.simplefilter("ignore")
    from api.database import use_database
    from api.embedded import postgres

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        os.environ.setdefault("PSEUDONYM_KEY", "only-for-this-benchmark-0123456789ab")
        with postgres(Path(folder) / "postgres") as dsn:
            use_database(dsn)
            asyncio.run(main(given.size))
