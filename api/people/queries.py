"""Reads and writes about people, in SQL. No rule is decided here."""

from datetime import datetime
from typing import Final
from uuid import UUID

from api.accounts.tables import Person
from api.clock import new_id
from api.database import Row, copy_rows, fetch
from api.people.tables import MemberInvitation

_MEMBERS: Final = """
SELECT m.person AS person_id, p.name, p.email, m.roles, m.created_at AS since, m.version,
       p.totp_confirmed_at IS NOT NULL AS second_factor
FROM membership m JOIN person p ON p.id = m.person
WHERE m.organisation = $1 AND m.ended_at IS NULL
"""
_JOIN: Final = """
INSERT INTO membership (id, person, organisation, roles, version, created_at, ended_at)
VALUES ($1, $2, $3, $4, 1, $5, NULL)
ON CONFLICT (person, organisation) DO UPDATE SET
    roles = CASE WHEN membership.ended_at IS NULL
        THEN (SELECT array_agg(DISTINCT one) FROM unnest(membership.roles || excluded.roles) one)
        ELSE excluded.roles END,
    version = membership.version + 1, ended_at = NULL
"""
_ADMINISTRATORS: Final = """
SELECT count(*) AS found FROM membership
WHERE organisation = $1 AND ended_at IS NULL AND 'administrator' = ANY(roles) AND person <> $2
"""


async def organisations(after: UUID | None, limit: int) -> list[Row]:
    """Give organisations in the order of their making."""
    sql = "SELECT * FROM organisation WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2"
    return await fetch(sql, after, limit)


async def platform() -> UUID | None:
    """Give the organisation that runs this installation, the oldest where there are several."""
    rows = await fetch("SELECT id FROM organisation WHERE kind = 'platform' ORDER BY id LIMIT 1")
    return rows[0]["id"] if rows else None


async def person(person_id: UUID) -> Row | None:
    """Give somebody by id."""
    rows = await fetch("SELECT * FROM person WHERE id = $1", person_id)
    return rows[0] if rows else None


async def person_with(email: str) -> UUID | None:
    """Give who has an address."""
    rows = await fetch("SELECT id FROM person WHERE email = $1", email)
    return rows[0]["id"] if rows else None


async def add_person(row: Row) -> None:
    """Add somebody."""
    await copy_rows(Person, [row])


async def seats(person_id: UUID) -> list[Row]:
    """Give the organisations that somebody is in."""
    sql = """
    SELECT o.id AS organisation_id, o.name AS organisation_name, o.kind, m.roles
    FROM membership m JOIN organisation o ON o.id = m.organisation
    WHERE m.person = $1 AND m.ended_at IS NULL ORDER BY o.name, o.id
    """
    return await fetch(sql, person_id)


async def join(person_id: UUID, organisation: UUID, roles: list[str], now: datetime) -> None:
    """Let somebody in, or give them these roles besides."""
    await fetch(_JOIN, new_id(), person_id, organisation, roles, now)


async def members(organisation: UUID, after: UUID | None, limit: int) -> list[Row]:
    """Give who is in an organisation."""
    sql = f"{_MEMBERS} AND ($2::uuid IS NULL OR m.person > $2) ORDER BY m.person LIMIT $3"
    return await fetch(sql, organisation, after, limit)


async def member(organisation: UUID, person_id: UUID, *, lock: bool = False) -> Row | None:
    """Give somebody in an organisation, locked until the transaction ends if so asked."""
    sql = f"{_MEMBERS} AND m.person = $2 {'FOR UPDATE OF m' if lock else ''}"
    rows = await fetch(sql, organisation, person_id)
    return rows[0] if rows else None


async def change_member(organisation: UUID, person_id: UUID, roles: list[str]) -> None:
    """Give somebody other roles."""
    sql = """
    UPDATE membership SET roles = $3, version = version + 1 WHERE organisation = $1 AND person = $2
    """
    await fetch(sql, organisation, person_id, roles)


async def end_member(organisation: UUID, person_id: UUID, now: datetime) -> None:
    """Take somebody out."""
    sql = """
    UPDATE membership SET ended_at = $3, version = version + 1
    WHERE organisation = $1 AND person = $2
    """
    await fetch(sql, organisation, person_id, now)


async def other_administrators(organisation: UUID, person_id: UUID) -> int:
    """Count administrators besides somebody."""
    rows = await fetch(_ADMINISTRATORS, organisation, person_id)
    return int(rows[0]["found"])


async def add_invitation(row: Row) -> None:
    """Keep an invitation."""
    await copy_rows(MemberInvitation, [row])


async def invitations(organisation: UUID, after: UUID | None, limit: int) -> list[Row]:
    """Give the invitations of an organisation in the order of their making."""
    sql = """
    SELECT * FROM member_invitation WHERE organisation = $1 AND ($2::uuid IS NULL OR id > $2)
    ORDER BY id LIMIT $3
    """
    return await fetch(sql, organisation, after, limit)


async def withdraw(organisation: UUID, invitation_id: UUID, now: datetime) -> bool:
    """Withdraw an invitation; tell whether there was one to withdraw."""
    sql = """
    UPDATE member_invitation SET withdrawn_at = $3
    WHERE id = $1 AND organisation = $2 AND accepted_at IS NULL RETURNING id
    """
    return bool(await fetch(sql, invitation_id, organisation, now))


async def open_invitation(token_hash: bytes, now: datetime) -> Row | None:
    """Give the invitation that is open under a token, locked until the transaction ends."""
    sql = """
    SELECT * FROM member_invitation
    WHERE token_hash = $1 AND accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > $2
    FOR UPDATE
    """
    rows = await fetch(sql, token_hash, now)
    return rows[0] if rows else None


async def use_up(invitation_id: UUID, now: datetime) -> None:
    """Let nobody else come in by an invitation."""
    await fetch("UPDATE member_invitation SET accepted_at = $2 WHERE id = $1", invitation_id, now)
