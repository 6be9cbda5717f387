"""Fictitious organisations and people to sign in as; their password is made at the first run."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from api import passwords
from api.accounts import service as accounts
from api.accounts.service import SYSTEM, Actor, OrganisationKind, OrganisationRecord
from api.database import fetch, transaction
from api.domain.access import Role
from api.moderation import service as moderation
from api.moderation.schemas import ClaimIn, DecisionIn
from api.people import queries, service

ENTERPRISE_KVK: Final = "93414532"
"""Spadesteek Groenbeheer of the demo directory."""
MUNICIPALITY: Final = "90000001"


class DemoOrganisation(msgspec.Struct, frozen=True):
    """An organisation; its number in the business register tells whether it was made before."""

    kind: OrganisationKind
    name: str
    kvk_number: str
    municipalities: tuple[str, ...] = ()


class DemoPerson(msgspec.Struct, frozen=True):
    """Somebody to sign in as."""

    email: str
    name: str
    kvk_number: str
    """Of the organisation."""
    roles: tuple[Role, ...]


ORGANISATIONS: Final = (
    DemoOrganisation(
        OrganisationKind.AUTHORITY, "Gemeente Lingedaal (demo)", MUNICIPALITY, ("GM0344",)
    ),
    DemoOrganisation(OrganisationKind.CONTRACTOR, "Bouwbedrijf Kromme Rijn (demo)", "90000002"),
    DemoOrganisation(OrganisationKind.ENTERPRISE, "Spadesteek Groenbeheer", ENTERPRISE_KVK),
    DemoOrganisation(OrganisationKind.PLATFORM, "Perceel (demo)", "90000004"),
)
PEOPLE: Final = (
    DemoPerson("inkoper@lingedaal.example", "Iris Inkoper", MUNICIPALITY, (Role.OFFICER,)),
    DemoPerson(
        "coordinator@lingedaal.example",
        "Cor Coordinator",
        MUNICIPALITY,
        (Role.COORDINATOR, Role.ADMINISTRATOR),
    ),
    DemoPerson(
        "social-return@krommerijn.example",
        "Anna Aannemer",
        "90000002",
        (Role.OFFICER, Role.COORDINATOR, Role.ADMINISTRATOR),
    ),
    DemoPerson(
        "eigenaar@spadesteek.example",
        "Sam Spade",
        ENTERPRISE_KVK,
        (Role.EDITOR, Role.CONFIRMER, Role.ADMINISTRATOR),
    ),
    DemoPerson(
        "moderator@perceel.example",
        "Mo Moderator",
        "90000004",
        (Role.EDITOR, Role.MODERATOR, Role.ADMINISTRATOR),
    ),
)


async def load_people(password: str, now: datetime) -> UUID:
    """Make the organisations and people that are not there yet; gives the municipality's id."""
    made = {one.kvk_number: await _organisation(one, now) for one in ORGANISATIONS}
    for person in PEOPLE:
        await _person(person, made[person.kvk_number].id, password, now)
    await _own_profile(made[ENTERPRISE_KVK], now)
    return made[MUNICIPALITY].id


async def _organisation(wanted: DemoOrganisation, now: datetime) -> OrganisationRecord:
    known = await accounts.organisation_with_kvk(wanted.kvk_number)
    if known is not None:
        return known
    return await accounts.create_organisation(
        wanted.kind, wanted.name, wanted.kvk_number, wanted.municipalities, now=now
    )


async def _person(wanted: DemoPerson, organisation: UUID, password: str, now: datetime) -> None:
    if await queries.person_with(wanted.email) is not None:
        return
    kept = await passwords.hashed(password, wanted.email, "/password")
    async with transaction():
        person = await service.add_person(wanted.email, wanted.name, kept, now)
        await queries.join(person, organisation, [role.value for role in wanted.roles], now)


async def _own_profile(owner: OrganisationRecord, now: datetime) -> None:
    """Let the demo enterprise own its profile, by a claim that is approved."""
    rows = await fetch("SELECT id, owner FROM enterprise WHERE kvk_number = $1", owner.kvk_number)
    if not rows or rows[0]["owner"] is not None:
        return
    claimant = Actor("demo", frozenset(), owner.id, owner.kind, owner.kvk_number)
    claim = ClaimIn("Dit profiel hoort bij de demo-onderneming.")
    async with transaction():
        made = await moderation.claim(rows[0]["id"], claim, claimant, now)
        await moderation.decide(made.id, DecisionIn(approve=True, reason="demo"), SYSTEM, now)
