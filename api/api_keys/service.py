"""Keys that people make for machines. What a key may, its maker could (ADR 32)."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from api.accounts import service as accounts
from api.accounts.service import Actor
from api.api_keys import queries
from api.api_keys.schemas import KeyIn, KeyOut, KeyState, NewKeyOut, RotationIn
from api.audit import service as audit
from api.database import Row, as_struct, lock, transaction
from api.domain.errors import NotFound, RuleViolation
from api.pagination import Page, after, write_cursor
from api.problems import AccessDenied

MOST_KEYS: Final = 100
"""Live keys of one organisation."""
SEES_ALL: Final = "people:write"
"""Who has this sees and ends every key of the organisation; others their own."""


class BeyondOwnRights(AccessDenied):
    """A key would be allowed more than who makes it."""

    code = "beyond-own-rights"


class NoOrganisation(AccessDenied):
    """Who acts for no organisation has no keys."""

    code = "no-organisation"


class TooManyKeys(RuleViolation):
    """Keys that nobody uses are ended before more are made."""

    code = "too-many-keys"


class KeyEnded(RuleViolation):
    """A key that no longer works is not rotated; make a new one."""

    code = "key-ended"


async def make(data: KeyIn, actor: Actor, now: datetime) -> NewKeyOut:
    """Make a key for one's organisation, with at most one's own scopes."""
    home = _home(actor)
    async with transaction():
        await lock(f"api-keys:{home}")
        await _refuse_too_many(home, now)
        return await _made(data, actor, now)


async def keys(actor: Actor, now: datetime, cursor: str | None, limit: int) -> Page[KeyOut]:
    """Give the keys of the organisation that one sees, oldest first."""
    rows = await queries.keys(_home(actor), _whose(actor), after(cursor), limit + 1)
    items = tuple(_out(row, now) for row in rows[:limit])
    more = len(rows) > limit
    return Page(items=items, next_cursor=write_cursor(items[-1].id) if more else None)


async def read(key_id: UUID, actor: Actor, now: datetime) -> KeyOut:
    """Give a key."""
    return _out(await _key(key_id, actor), now)


async def rotate(key_id: UUID, data: RotationIn, actor: Actor, now: datetime) -> NewKeyOut:
    """Make a key that follows another; for a while both work."""
    async with transaction():
        await lock(f"api-keys:{_home(actor)}")
        present = _out(await _key(key_id, actor, lock=True), now)
        if present.state is not KeyState.LIVE:
            raise KeyEnded("The key no longer works; make a new one.")
        wanted = KeyIn(name=present.name, scopes=present.scopes, days=data.days)
        made = await _made(wanted, actor, now)
        await queries.follow(made.key.id, key_id, now + timedelta(hours=data.overlap_hours))
        return NewKeyOut(key=await read(made.key.id, actor, now), secret=made.secret)


async def revoke(key_id: UUID, actor: Actor, now: datetime) -> None:
    """End a key at once; once more changes nothing."""
    async with transaction():
        await _key(key_id, actor, lock=True)
        await queries.revoke(key_id, now)
        await audit.record("api-key.revoked", [key_id], actor.name, now)


async def _made(data: KeyIn, actor: Actor, now: datetime) -> NewKeyOut:
    beyond = sorted((set(data.scopes) & set(accounts.SCOPES)) - actor.scopes)
    if beyond:
        raise BeyondOwnRights(f"You may not do this yourself: {', '.join(beyond)}.")
    made = await accounts.create_key(
        data.name,
        data.scopes,
        now=now,
        expires_at=now + timedelta(days=data.days),
        organisation_id=actor.organisation,
        person=actor.person,
    )
    key_id = await queries.key_with(made.prefix)
    await audit.record("api-key.made", [key_id], actor.name, now, scopes=sorted(data.scopes))
    return NewKeyOut(key=await read(key_id, actor, now), secret=made.secret)


async def _key(key_id: UUID, actor: Actor, *, lock: bool = False) -> Row:
    found = await queries.key(_home(actor), _whose(actor), key_id, lock=lock)
    if found is None:
        raise NotFound(f"There is no key {key_id} for you.")
    return found


async def _refuse_too_many(home: UUID, now: datetime) -> None:
    if await queries.live(home, now) >= MOST_KEYS:
        raise TooManyKeys(f"An organisation has at most {MOST_KEYS} keys that work: end some.")


def _home(actor: Actor) -> UUID:
    if actor.organisation is None:
        raise NoOrganisation("You act for no organisation.")
    return actor.organisation


def _whose(actor: Actor) -> str | None:
    """Give whose keys one sees: `None` for everybody's. A key sees those of its maker."""
    return None if SEES_ALL in actor.scopes else actor.person or ""


def _out(row: Row, now: datetime) -> KeyOut:
    return as_struct({**row, "state": _state(row, now)}, KeyOut)


def _state(row: Row, now: datetime) -> KeyState:
    if row["revoked_at"] is not None:
        return KeyState.REVOKED
    ended = row["expires_at"] is not None and row["expires_at"] <= now
    return KeyState.EXPIRED if ended else KeyState.LIVE
