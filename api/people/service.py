"""Who is in which organisation, as what. The people of another organisation are unseen."""

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from api import passwords
from api.accounts import service as accounts
from api.accounts.service import (
    SYSTEM,
    Actor,
    OrganisationKind,
    OrganisationRecord,
    secret_hash,
)
from api.audit import service as audit
from api.clock import new_id
from api.database import Row, as_struct, lock, transaction
from api.decoding import as_fault
from api.domain.access import Role, roles_in
from api.domain.errors import Fault, InvalidInput, NotFound, RuleViolation
from api.pagination import Page, after, write_cursor
from api.people import queries
from api.people.schemas import (
    AcceptanceIn,
    InvitationIn,
    InvitationState,
    Invited,
    Joined,
    MemberInvitationOut,
    MemberOut,
    MemberPatch,
    MeOut,
    NewInvitation,
    OrganisationIn,
    OrganisationOut,
    SeatOut,
)
from api.preconditions import check_version
from api.problems import AccessDenied, NotAuthenticated
from api.sessions import service as sessions

EVERYWHERE: Final = "organisations:write"
"""Who has this sees and invites into every organisation."""


class LastAdministrator(RuleViolation):
    """An organisation without an administrator could let nobody in any more."""

    code = "last-administrator"


class SignInFirst(NotAuthenticated):
    """The invited address is known here: whoever has it signs in before accepting."""

    code = "sign-in-first"


async def me(actor: Actor) -> MeOut:
    """Give who asks, for whom, and what they may."""
    person = await queries.person(UUID(actor.person)) if actor.session_id else None
    found = None if actor.organisation is None else await accounts.organisation(actor.organisation)
    seats = [] if person is None else await queries.seats(person["id"])
    return MeOut(
        name=actor.name if person is None else person["name"],
        person_id=None if person is None else person["id"],
        email=None if person is None else person["email"],
        second_factor=person is not None and person["totp_confirmed_at"] is not None,
        organisation=None if found is None else _organisation_out(found),
        scopes=tuple(sorted(actor.scopes)),
        memberships=tuple(as_struct(seat, SeatOut) for seat in seats),
    )


async def switch(organisation: UUID, actor: Actor) -> None:
    """Go on acting for another of one's organisations."""
    if actor.session_id is not None:
        await sessions.act_for(actor.session_id, UUID(actor.person), organisation)


async def make_organisation(data: OrganisationIn, actor: Actor, now: datetime) -> OrganisationOut:
    """Make an organisation."""
    _refuse_others(actor)
    async with transaction():
        made = await accounts.create_organisation(
            data.kind, data.name, data.kvk_number, data.municipalities, now=now
        )
        await audit.record("organisation.created", [made.id], actor.name, now)
    return _organisation_out(made)


async def organisations(actor: Actor, cursor: str | None, limit: int) -> Page[OrganisationOut]:
    """Give every organisation, oldest first."""
    _refuse_others(actor)
    rows = await queries.organisations(after(cursor), limit + 1)
    items = [_organisation_out(as_struct(row, OrganisationRecord)) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(items=tuple(items), next_cursor=write_cursor(items[-1].id) if more else None)


async def organisation(organisation_id: UUID, actor: Actor) -> OrganisationOut:
    """Give an organisation: the own one, or any for the platform's administrator."""
    return _organisation_out(await _visible(organisation_id, actor))


async def members(
    organisation_id: UUID, actor: Actor, cursor: str | None, limit: int
) -> Page[MemberOut]:
    """Give who is in an organisation."""
    await _visible(organisation_id, actor)
    rows = await queries.members(organisation_id, after(cursor), limit + 1)
    items = [_member_out(row) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(items=tuple(items), next_cursor=write_cursor(items[-1].person_id) if more else None)


async def member(organisation_id: UUID, person_id: UUID, actor: Actor) -> MemberOut:
    """Give somebody in an organisation."""
    await _visible(organisation_id, actor)
    return _known(await queries.member(organisation_id, person_id), person_id)


async def change_member(
    ids: tuple[UUID, UUID], data: MemberPatch, version: int | None, actor: Actor, now: datetime
) -> MemberOut:
    """Give somebody other roles; `ids`: organisation, person."""
    async with transaction():
        known, before = await _locked(ids, version, actor)
        _check_roles(known, data.roles)
        if Role.ADMINISTRATOR not in data.roles:
            await _refuse_leaving_nobody(ids, actor)

        await queries.change_member(*ids, _texts(data.roles))
        roles = {"before": before.roles, "after": data.roles}
        await audit.record(
            "member.changed", [ids[1]], actor.name, now, organisation=ids[0], **roles
        )
        return _known(await queries.member(*ids), ids[1])


async def end_member(
    ids: tuple[UUID, UUID], version: int | None, actor: Actor, now: datetime
) -> None:
    """Take somebody out of an organisation, at once; `ids`: organisation, person."""
    async with transaction():
        await _locked(ids, version, actor)
        await _refuse_leaving_nobody(ids, actor)

        await queries.end_member(*ids, now)
        await audit.record("member.ended", [ids[1]], actor.name, now, organisation=ids[0])


async def invite(
    organisation_id: UUID, data: InvitationIn, actor: Actor, now: datetime
) -> NewInvitation:
    """Invite an address; the token is shown once, and whoever has it may come in."""
    known = await _visible(organisation_id, actor)
    _check_roles(known, data.roles)
    token = secrets.token_urlsafe(32)
    row = {
        "id": new_id(),
        "organisation": organisation_id,
        "email": data.email.strip().lower(),
        "roles": _texts(data.roles),
        "token_hash": secret_hash(token),
        "invited_by": actor.name,
        "created_at": now,
        "expires_at": now + timedelta(days=data.days),
        "accepted_at": None,
        "withdrawn_at": None,
    }
    async with transaction():
        await queries.add_invitation(row)
        detail = {"invitation": row["id"], "roles": row["roles"]}
        await audit.record("member.invited", [organisation_id], actor.name, now, **detail)
    return NewInvitation(invitation=_invitation_out(row, now), token=token)


async def invite_first(email: str, days: int, now: datetime) -> NewInvitation:
    """Invite an administrator of the platform, which is made where there is none."""
    try:
        given = {"email": email, "roles": ["administrator"], "days": days}
        data = msgspec.convert(given, InvitationIn)
    except msgspec.ValidationError as error:
        raise InvalidInput(as_fault(str(error))) from error
    async with transaction():
        await lock("platform")
        platform = await queries.platform()
        if platform is None:
            made = await accounts.create_organisation(
                OrganisationKind.PLATFORM, "Platform", now=now
            )
            platform = made.id
        return await invite(platform, data, SYSTEM, now)


async def invitations(
    organisation_id: UUID, actor: Actor, now: datetime, cursor: str | None, limit: int
) -> Page[MemberInvitationOut]:
    """Give the invitations of an organisation, oldest first."""
    await _visible(organisation_id, actor)
    rows = await queries.invitations(organisation_id, after(cursor), limit + 1)
    items = [_invitation_out(row, now) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(items=tuple(items), next_cursor=write_cursor(items[-1].id) if more else None)


async def withdraw(ids: tuple[UUID, UUID], actor: Actor, now: datetime) -> None:
    """Withdraw an invitation that nobody accepted; `ids`: organisation, invitation."""
    await _visible(ids[0], actor)
    async with transaction():
        if not await queries.withdraw(*ids, now):
            raise NotFound(f"There is no invitation {ids[1]} to withdraw.")
        await audit.record("member.invitation-withdrawn", [ids[1]], actor.name, now)


async def invited(token: str, now: datetime) -> Invited:
    """Give what an open invitation offers to whoever holds its token."""
    async with transaction():
        row = await queries.open_invitation(secret_hash(token), now)
    found = None if row is None else await accounts.organisation(row["organisation"])
    if row is None or found is None:
        raise NotFound("There is no open invitation with this token.")
    return as_struct({**row, "organisation_name": found.name}, Invited)


async def accept(data: AcceptanceIn, actor: Actor | None, now: datetime) -> Joined:
    """Come in by a token: as who signed in, or as somebody new."""
    async with transaction():
        row = await queries.open_invitation(secret_hash(data.token), now)
        if row is None:
            raise NotFound("There is no open invitation with this token.")
        person = await _joining(row, actor, data, now)

        await queries.use_up(row["id"], now)
        await queries.join(person, row["organisation"], row["roles"], now)
        detail = {"organisation": row["organisation"], "roles": row["roles"]}
        await audit.record("member.joined", [person], f"person {person}", now, **detail)
    return Joined(person_id=person, organisation_id=row["organisation"])


async def add_person(email: str, name: str, hashed: str | None, now: datetime) -> UUID:
    """Add somebody who signs in; needs a transaction."""
    person = new_id()
    row = {
        "id": person,
        "email": email.strip().lower(),
        "name": name,
        "password_hash": hashed,
        "recovery_hashes": [],
        "created_at": now,
    }
    await queries.add_person(row)
    return person


async def _joining(invitation: Row, actor: Actor | None, data: AcceptanceIn, now: datetime) -> UUID:
    if actor is not None and actor.session_id is not None:
        return UUID(actor.person)
    email = invitation["email"]
    await lock(f"person:{email}")
    if await queries.person_with(email) is not None:
        raise SignInFirst("This address is known here: sign in, then accept.")
    given = {"name": data.name, "password": data.password}
    missing = [
        Fault("missing-field", f"The field {field!r} is required.", f"/{field}")
        for field, value in given.items()
        if value is None
    ]
    if data.name is None or data.password is None:
        raise InvalidInput(*missing)
    kept = await passwords.hashed(data.password, email, "/password")
    return await add_person(email, data.name, kept, now)


def _runs_the_platform(actor: Actor) -> bool:
    """Tell whether every organisation is the actor's to see; a scope alone does not make it so."""
    return EVERYWHERE in actor.scopes and actor.kind in {None, OrganisationKind.PLATFORM}


def _refuse_others(actor: Actor) -> None:
    if not _runs_the_platform(actor):
        raise AccessDenied("Only who runs this installation keeps its organisations.")


async def _visible(organisation_id: UUID, actor: Actor) -> OrganisationRecord:
    allowed = actor.organisation == organisation_id or _runs_the_platform(actor)
    found = await accounts.organisation(organisation_id) if allowed else None
    if found is None:
        raise NotFound(f"There is no organisation {organisation_id}.")
    return found


async def _locked(
    ids: tuple[UUID, UUID], version: int | None, actor: Actor
) -> tuple[OrganisationRecord, MemberOut]:
    known = await _visible(ids[0], actor)
    await lock(f"members:{ids[0]}")
    before = _known(await queries.member(*ids, lock=True), ids[1])
    check_version(before.version, version)
    return known, before


async def _refuse_leaving_nobody(ids: tuple[UUID, UUID], actor: Actor) -> None:
    if not _runs_the_platform(actor) and not await queries.other_administrators(*ids):
        raise LastAdministrator("Make somebody else administrator first.")


def _check_roles(known: OrganisationRecord, roles: tuple[Role, ...]) -> None:
    possible = roles_in(known.kind)
    faults = [
        Fault("unknown-role", f"An organisation of kind {known.kind} has no {role}.", f"/roles/{n}")
        for n, role in enumerate(roles)
        if role not in possible
    ]
    if faults:
        raise InvalidInput(*faults)


def _texts(roles: tuple[Role, ...]) -> list[str]:
    return sorted({role.value for role in roles})


def _known(row: Row | None, person_id: UUID) -> MemberOut:
    if row is None:
        raise NotFound(f"There is no member {person_id}.")
    return _member_out(row)


def _member_out(row: Row) -> MemberOut:
    return as_struct(row, MemberOut)


def _invitation_out(row: Row, now: datetime) -> MemberInvitationOut:
    return MemberInvitationOut(
        id=row["id"],
        email=row["email"],
        roles=tuple(Role(role) for role in row["roles"]),
        state=_state(row, now),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
    )


def _state(row: Row, now: datetime) -> InvitationState:
    if row["accepted_at"] is not None:
        return InvitationState.ACCEPTED
    if row["withdrawn_at"] is not None:
        return InvitationState.WITHDRAWN
    return InvitationState.OPEN if row["expires_at"] > now else InvitationState.EXPIRED


def _organisation_out(record: OrganisationRecord) -> OrganisationOut:
    return OrganisationOut(**msgspec.structs.asdict(record))
