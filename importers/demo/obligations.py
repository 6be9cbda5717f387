"""Fictitious obligations with fulfilments in every state, so that there is something to work on."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from api.accounts import service as accounts
from api.accounts.service import SCOPES, Actor, OrganisationKind
from api.database import fetch, transaction
from api.domain.tendering.notice import Nature
from api.fulfilments import service as fulfilments
from api.fulfilments.schemas import (
    ActivityIn,
    Decision,
    DecisionIn,
    DisputeAct,
    DisputeIn,
    EvidenceIn,
    Fulfilment,
    NewClaimIn,
    PersonIn,
    PlacementIn,
    PurchaseIn,
)
from api.obligations import service as obligations
from api.obligations.schemas import ContractIn, ObligationIn, OwnMarkIn
from api.rule_books import service as rule_books
from importers.rule_books.parse import parse_rule_book

BOOK: Final = Path(__file__).parent / "data" / "lingedaal-2026.yaml"
REGION: Final = "Lingedaal"
AUTHORITY: Final = (
    OrganisationKind.AUTHORITY,
    "Gemeente Lingedaal (demo)",
    "90000001",
    ("GM0344",),
)
BUILDER: Final = (OrganisationKind.CONTRACTOR, "Bouwbedrijf Kromme Rijn (demo)", "90000002", ())
CLEANER: Final = (OrganisationKind.CONTRACTOR, "Schoonmaakgroep Vecht (demo)", "90000012", ())
SUPPLIER: Final = (OrganisationKind.ENTERPRISE, "Spadesteek Groenbeheer", "93414532", ())
WORKSHOP: Final = "00309861"
"""Laakmond Werkbedrijf of the demo directory; it has no account, so the municipality confirms."""
PUBLISHED, STARTS, DUE = date(2025, 11, 3), date(2026, 2, 1), date(2027, 8, 1)


class Step(msgspec.Struct, frozen=True):
    """A fulfilment, and how far it came."""

    fulfilment: Fulfilment
    planned: bool = False
    confirmed: bool = False
    verified: bool = False
    by_supplier: bool = False
    """Confirmed by the supplier itself, which has an account."""
    disputed_cents: int = 0


class _Sides(msgspec.Struct, frozen=True):
    contractor: Actor
    supplier: Actor
    coordinator: Actor
    verifier: Actor


async def load_obligations(now: datetime) -> int:
    """Load the demo obligations that are not there yet; gives their number."""
    text = BOOK.read_text(encoding="utf-8")
    await rule_books.store_shipped([(parse_rule_book(text), text)], now)
    green, workshop = await _enterprise(SUPPLIER[2]), await _enterprise(WORKSHOP)
    if green is None or workshop is None:
        return 0
    builder, cleaner = await _actor(BUILDER, "bureau", now), await _actor(CLEANER, "bureau", now)
    made = 0
    for title, value, contractor, marks, steps in (
        ("Onderhoud wegen en bruggen 2026", 537_000_000, builder, (), _roads(green, workshop)),
        ("Schoonmaak gemeentehuis 2026", 60_000_000, cleaner, _OWN_MARK, _cleaning(workshop)),
    ):
        wanted = _obligation(title, value, contractor, marks)
        made += await _load(wanted, contractor, steps, now)
    return made


async def _load(
    wanted: ObligationIn, contractor: Actor, steps: Sequence[Step], now: datetime
) -> int:
    sides = _Sides(
        contractor,
        await _actor(SUPPLIER, "desk", now),
        await _actor(AUTHORITY, "coordinator-1", now),
        await _actor(AUTHORITY, "coordinator-2", now),
    )
    known = await fetch(
        "SELECT id FROM obligation WHERE title = $1 AND authority = $2",
        wanted.title,
        sides.coordinator.organisation,
    )
    if known:
        return 0
    async with transaction():
        opened = await obligations.open_obligation(wanted, sides.coordinator, now)
        for step in steps:
            await _walk(opened.id, step, sides, now)
    return 1


async def _walk(obligation: UUID, step: Step, sides: _Sides, now: datetime) -> None:
    """Take a fulfilment as far as it came."""
    claim = NewClaimIn(
        fulfilment=step.fulfilment,
        planned=step.planned,
        evidence=EvidenceIn(reference="dossier van de demo"),
    )
    booked = await fulfilments.book(obligation, claim, sides.contractor, now)
    claim_id = UUID(booked.claim_id)
    if step.confirmed or step.verified:
        who = sides.supplier if step.by_supplier else sides.coordinator
        await fulfilments.confirm(obligation, claim_id, "", who, now)
    if step.verified:
        verify = DecisionIn(decision=Decision.VERIFY)
        await fulfilments.decide(obligation, claim_id, verify, sides.verifier, now)
    if step.disputed_cents:
        parked = DisputeIn(
            act=DisputeAct.DISPUTE,
            amount_cents=step.disputed_cents,
            reason="De uren op de werkbon wijken af.",
        )
        await fulfilments.dispute(obligation, claim_id, parked, sides.coordinator, now)


def _roads(green: UUID, workshop: UUID) -> tuple[Step, ...]:
    started = date(2026, 3, 1)
    placed = [
        Step(_placement(f"K-{number}", "job-agreement", started), verified=True)
        for number in range(1, 7)
    ]
    return (
        *placed,
        Step(
            _purchase(green, "2026-0118", date(2026, 6, 12), 1_840_000),
            verified=True,
            by_supplier=True,
        ),
        Step(_purchase(workshop, "F26-441", date(2026, 9, 3), 960_000), confirmed=True),
        Step(_purchase(green, "2026-0204", date(2026, 10, 20), 725_000)),
        Step(_placement("K-7", "pw-under-2y", date(2026, 8, 1))),
        Step(
            _purchase(workshop, "F26-502", date(2026, 10, 1), 410_000),
            verified=True,
            disputed_cents=110_000,
        ),
        Step(_advice(date(2026, 9, 22), "12")),
        Step(_purchase(green, "gepland voorjaar 2027", date(2027, 3, 15), 500_000), planned=True),
    )


def _cleaning(workshop: UUID) -> tuple[Step, ...]:
    return (
        Step(_purchase(workshop, "F26-377", date(2026, 7, 8), 1_310_000), verified=True),
        Step(_advice(date(2026, 10, 5), "6"), confirmed=True),
        Step(_placement("S-1", "ww-over-1y", date(2026, 5, 1))),
    )


_OWN_MARK: Final = (OwnMarkIn(scheme="pso", level="2", valid_until=date(2027, 5, 31)),)


def _obligation(
    title: str, value_cents: int, contractor: Actor, marks: tuple[OwnMarkIn, ...]
) -> ObligationIn:
    if contractor.organisation is None:
        raise RuntimeError("a demo contractor acts for no organisation")
    return ObligationIn(
        contractor_id=contractor.organisation,
        title=title,
        region=REGION,
        published_on=PUBLISHED,
        awarded_on=date(2026, 1, 12),
        starts_on=STARTS,
        due_on=DUE,
        contract=ContractIn(kind=Nature.SERVICES, value_cents=value_cents, months=Decimal(18)),
        own_marks=marks,
    )


def _placement(reference: str, block: str, started_on: date) -> PlacementIn:
    return PlacementIn(
        block=block,
        person=PersonIn(issuer="wsp-lingedaal", reference=reference),
        started_on=started_on,
        from_day=started_on,
        until_day=date(2026, 11, 1),
        hours_per_week=Decimal(24),
    )


def _purchase(supplier: UUID, number: str, day: date, cents: int) -> PurchaseIn:
    return PurchaseIn(
        supplier_id=supplier, invoice_number=number, invoiced_on=day, invoice_cents=cents
    )


def _advice(day: date, hours: str) -> ActivityIn:
    return ActivityIn(activity="knowledge-hour", happened_on=day, quantity=Decimal(hours))


async def _actor(
    wanted: tuple[OrganisationKind, str, str, tuple[str, ...]], person: str, now: datetime
) -> Actor:
    kind, name, kvk_number, places = wanted
    found = await accounts.organisation_with_kvk(kvk_number)
    if found is None:
        found = await accounts.create_organisation(kind, name, kvk_number, places, now=now)
    return Actor(f"demo {person}", frozenset(SCOPES), found.id, kind, kvk_number, None, person)


async def _enterprise(kvk_number: str) -> UUID | None:
    rows = await fetch("SELECT id FROM enterprise WHERE kvk_number = $1", kvk_number)
    return rows[0]["id"] if rows else None
