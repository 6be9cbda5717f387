"""Sessions: a random token in a cookie, a row here. Whoever is signed in acts for one organisation.

A token is never taken from the caller: every sign-in makes a new one, so none can be planted.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from api.accounts.service import USE_IS_NOTED_EVERY, Actor, OrganisationKind, secret_hash
from api.accounts.tables import Membership
from api.clock import new_id
from api.database import Row, copy_rows, fetch, transaction
from api.domain.access import Role, scopes_of
from api.domain.errors import NotFound
from api.sessions.tables import Session
from api.settings import settings

LONGEST_TOKEN: Final = 100
_LIVE: Final = """
SELECT s.id, s.person, s.last_seen_at, m.roles, o.id AS organisation, o.kind, o.kvk_number
FROM signed_in_session s
JOIN person p ON p.id = s.person AND p.disabled_at IS NULL
LEFT JOIN membership m
    ON m.person = s.person AND m.organisation = s.organisation AND m.ended_at IS NULL
LEFT JOIN organisation o ON o.id = m.organisation
WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.last_seen_at > $3
"""
_ACTS_FOR: Final = """
SELECT organisation FROM membership WHERE person = $1 AND ended_at IS NULL
ORDER BY organisation = $2 DESC NULLS LAST, created_at, organisation LIMIT 1
"""


class Opened(msgspec.Struct, frozen=True):
    """A session just made; its token is shown this once."""

    id: UUID
    token: str
    expires_at: datetime


async def open_session(
    person: UUID, now: datetime, *, instead_of: str | None = None, organisation: UUID | None = None
) -> Opened:
    """Sign somebody in, under a new token; the session of the old token ends."""
    made = Opened(new_id(), secrets.token_urlsafe(32), now + _longest())
    async with transaction():
        if instead_of is not None:
            await end(instead_of)
        await fetch("DELETE FROM signed_in_session WHERE expires_at < $1", now)
        found = await fetch(_ACTS_FOR, person, organisation)
        row = {
            "id": made.id,
            "token_hash": secret_hash(made.token),
            "person": person,
            "organisation": found[0]["organisation"] if found else None,
            "created_at": now,
            "last_seen_at": now,
            "expires_at": made.expires_at,
        }
        await copy_rows(Session, [row])
    return made


async def actor_of(token: str, now: datetime) -> Actor | None:
    """Give who is signed in with this token; `None` where it is unknown, idle or over."""
    if not 0 < len(token) <= LONGEST_TOKEN:
        return None
    rows = await fetch(_LIVE, secret_hash(token), now, now - _idle())
    if not rows:
        return None
    if now - rows[0]["last_seen_at"] > USE_IS_NOTED_EVERY:
        sql = "UPDATE signed_in_session SET last_seen_at = $2 WHERE id = $1"
        await fetch(sql, rows[0]["id"], now)
    return _actor(rows[0])


async def act_for(session_id: UUID, person: UUID, organisation: UUID) -> None:
    """Go on for another organisation of which the person is a member."""
    async with transaction():
        member = (
            await Membership.select(Membership.id)
            .where(
                (Membership.person == person)
                & (Membership.organisation == organisation)
                & Membership.ended_at.is_null()
            )
            .first()
        )
        if member is None:
            raise NotFound(f"There is no organisation {organisation} for you.")
        await Session.update({Session.organisation: organisation}).where(Session.id == session_id)


async def end(token: str) -> None:
    """Sign out."""
    await fetch("DELETE FROM signed_in_session WHERE token_hash = $1", secret_hash(token))


async def end_all(person: UUID, *, but: UUID | None = None) -> None:
    """Sign somebody out everywhere, but in one session if that is named."""
    sql = "DELETE FROM signed_in_session WHERE person = $1 AND id IS DISTINCT FROM $2"
    await fetch(sql, person, but)


def _actor(row: Row) -> Actor:
    kind = None if row["kind"] is None else OrganisationKind(row["kind"])
    roles = [Role(role) for role in row["roles"] or ()]
    return Actor(
        name=f"person {row['person']}",
        scopes=frozenset() if kind is None else scopes_of(kind, roles),
        organisation=row["organisation"],
        kind=kind,
        kvk_number=row["kvk_number"],
        person=str(row["person"]),
        session_id=row["id"],
    )


def _longest() -> timedelta:
    return timedelta(hours=settings().session_hours)


def _idle() -> timedelta:
    return timedelta(minutes=settings().session_idle_minutes)
