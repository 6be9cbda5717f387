"""Personal data: shown to whom it is about, erased, not kept for ever."""

from datetime import UTC, datetime
from uuid import UUID

from api.accounts.service import SYSTEM, Actor
from api.audit import service as audit
from api.clock import legal_day
from api.database import as_struct, transaction
from api.domain.errors import NotFound
from api.domain.social_return.details import kept_until, remainder
from api.people.queries import other_administrators
from api.people.service import LastAdministrator
from api.privacy import queries
from api.privacy.schemas import (
    DoneData,
    MembershipData,
    NotificationData,
    PersonData,
    SessionData,
)


async def export(actor: Actor) -> PersonData:
    """Give everything that is kept about who asks."""
    person_id = UUID(str(actor.person))
    async with transaction():
        found = await queries.person(person_id)
        if found is None:
            raise NotFound("There is nobody of that id.")
        return PersonData(
            id=person_id,
            email=found["email"],
            name=found["name"],
            second_factor=found["totp_confirmed_at"] is not None,
            created_at=found["created_at"].astimezone(UTC),
            memberships=tuple(
                MembershipData(
                    organisation=row["organisation"],
                    roles=tuple(row["roles"]),
                    since=row["since"].astimezone(UTC),
                    ended_at=row["ended_at"],
                )
                for row in await queries.memberships(person_id)
            ),
            sessions=tuple(
                SessionData(**{name: at.astimezone(UTC) for name, at in row.items()})
                for row in await queries.sessions(person_id)
            ),
            identities=tuple(row["issuer"] for row in await queries.identities(person_id)),
            notifications=as_struct(await queries.notifications(person_id), NotificationData),
            done=tuple(DoneData(**dict(row)) for row in await queries.done(person_id)),
        )


async def erase(actor: Actor, now: datetime) -> None:
    """Forget who asks. What they did stays, under an id that leads nowhere."""
    person_id = UUID(str(actor.person))
    async with transaction():
        await _refuse_last_administrator(person_id)
        await queries.forget(person_id, now)
        await audit.record("person.erased", [person_id], actor.name, now)


async def retain(now: datetime) -> dict[str, int]:
    """Delete what is kept no longer, and forget who left two years ago; gives how much."""
    async with transaction():
        cleared = await queries.clear(now)
        left = await queries.long_gone(now)
        for person_id in left:
            await queries.forget(person_id, now)
        await audit.record("person.erased", left, SYSTEM.name, now, reason="retention")
    return cleared | {"people": len(left), "placements in ledgers": await anonymise(now)}


async def anonymise(now: datetime) -> int:
    """Forget the persons behind placements on contracts that ended two years ago (ADR 47).

    Gives the number of entries. The chain holds hashes of what goes; the audit trail, which
    entries it was, so that nobody else can let details disappear.
    """
    today, entries = legal_day(now), 0
    for row in await queries.ended(today):
        if kept_until(row["due_on"]) <= today:
            entries += await _anonymise(row["id"], now)
    return entries


async def _anonymise(obligation_id: UUID, now: datetime) -> int:
    async with transaction():
        numbers = await queries.forget_placements(obligation_id, remainder(legal_day(now)))
        await audit.record("ledger.anonymised", [obligation_id], SYSTEM.name, now, numbers=numbers)
    return len(numbers)


async def _refuse_last_administrator(person_id: UUID) -> None:
    for row in await queries.memberships(person_id):
        alone = "administrator" in row["roles"] and row["ended_at"] is None
        if alone and not await other_administrators(row["id"], person_id):
            raise LastAdministrator("Make somebody else administrator first.")
