"""Keys and the organisations they act for. A secret is shown once and kept only as a hash."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from api.accounts.tables import ApiKey, Organisation
from api.clock import new_id
from api.database import Row, as_struct, copy_rows, fetch, transaction
from api.domain import access
from api.domain.checks import Checks
from api.domain.errors import Fault, InvalidInput, NotFound
from api.domain.values import parse_kvk

OrganisationKind = access.OrganisationKind
SCOPES: Final = access.SCOPES
"""Every scope with what it allows; docs/permissions.md shows who has which."""
LONGEST_NAME: Final = 80
"""The audit trail adds the prefix of the key."""
SCHEME: Final = "pcl"
"""Opens every key, so that secret scanners can find a leaked one."""
USE_IS_NOTED_EVERY: Final = timedelta(minutes=1)


_LIVE_KEY: Final = """
SELECT k.id, k.name, k.secret_hash, k.scopes, k.organisation, k.person, k.last_used_at,
    o.kind, o.kvk_number
FROM api_key k LEFT JOIN organisation o ON o.id = k.organisation
WHERE prefix = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
"""


class OrganisationRecord(msgspec.Struct, frozen=True):
    """An organisation as kept."""

    id: UUID
    kind: OrganisationKind
    name: str
    kvk_number: str | None
    municipalities: tuple[str, ...]


class Actor(msgspec.Struct, frozen=True):
    """Who acts: a key, a person who signed in, or the system itself."""

    name: str
    scopes: frozenset[str]
    organisation: UUID | None = None
    kind: OrganisationKind | None = None
    kvk_number: str | None = None
    """Of the organisation."""
    key_id: UUID | None = None
    person: str | None = None
    """A label of who holds the key, or the id of who signed in."""
    session_id: UUID | None = None
    """Of somebody who signed in; a key has none."""

    @property
    def desk(self) -> str:
        """Whose lists these are within the organisation: a key's name, or its people's."""
        return "people" if self.session_id is not None else self.name.rsplit(" (", 1)[0]

    @property
    def identity(self) -> str:
        """Who this is where two pairs of eyes are asked: the person, whatever key they use."""
        if self.person is None or self.organisation is None:
            return self.name
        return f"{self.person} @ {self.organisation}"


def is_shown(owner: UUID | None, actor: Actor) -> bool:
    """Tell whether an organisation's work is shown to an actor; nobody's is shown to all."""
    return owner is None or owner == actor.organisation or actor.kind is OrganisationKind.PLATFORM


SYSTEM: Final = Actor("system", frozenset(SCOPES))


class NewKey(msgspec.Struct, frozen=True):
    """A key just made, with the secret that is never shown again."""

    prefix: str
    secret: str


async def create_organisation(
    kind: OrganisationKind,
    name: str,
    kvk_number: str | None = None,
    municipalities: Iterable[str] = (),
    *,
    now: datetime,
) -> OrganisationRecord:
    """Make an organisation that keys can act for."""
    checks = Checks()
    kvk = None if kvk_number is None else checks.attempt(parse_kvk, kvk_number, "/kvkNumber")
    if kvk is not None and await organisation_with_kvk(kvk) is not None:
        checks.note("kvk-taken", f"KvK number {kvk} belongs to an organisation.", "/kvkNumber")
    checks.settle()
    made = OrganisationRecord(new_id(), kind, name, kvk, tuple(municipalities))
    row = msgspec.structs.asdict(made) | {"created_at": now}
    async with transaction():
        await copy_rows(Organisation, [row])
    return made


async def organisation(organisation_id: UUID) -> OrganisationRecord | None:
    """Give an organisation."""
    rows = await fetch("SELECT * FROM organisation WHERE id = $1", organisation_id)
    return as_struct(rows[0], OrganisationRecord) if rows else None


async def organisation_with_kvk(kvk_number: str) -> OrganisationRecord | None:
    """Give the organisation that has this KvK number."""
    rows = await fetch("SELECT * FROM organisation WHERE kvk_number = $1", kvk_number)
    return as_struct(rows[0], OrganisationRecord) if rows else None


async def create_key(
    name: str,
    scopes: Iterable[str],
    *,
    now: datetime,
    expires_at: datetime | None = None,
    organisation_id: UUID | None = None,
    person: str | None = None,
) -> NewKey:
    """Make a key with scopes; refuse a scope or an organisation that does not exist.

    `person` is a label of who holds the key, not a name: two keys with the same label are
    one pair of eyes.
    """
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown or not wanted:
        known = ", ".join(SCOPES)
        raise InvalidInput(Fault("unknown-scope", f"{unknown or 'No scope'}; known: {known}"))
    if not 1 <= len(name) <= LONGEST_NAME:
        detail = f"The name of a key has 1 to {LONGEST_NAME} characters."
        raise InvalidInput(Fault("invalid-value", detail, "name"))
    if organisation_id is not None and await organisation(organisation_id) is None:
        raise NotFound(f"There is no organisation {organisation_id}.")
    prefix, random = secrets.token_hex(4), secrets.token_urlsafe(32)
    secret = f"{SCHEME}_{prefix}_{random}"
    row = ApiKey(
        id=new_id(),
        name=name,
        prefix=prefix,
        secret_hash=secret_hash(secret),
        scopes=wanted,
        created_at=now,
        expires_at=expires_at,
        revoked_at=None,
        organisation=organisation_id,
        person=person,
        last_used_at=None,
        replaces=None,
    )
    async with transaction():
        await ApiKey.insert(row)
    return NewKey(prefix, secret)


async def actor_of(secret: str, now: datetime) -> Actor | None:
    """Give the actor whose key this is; `None` if unknown, expired or revoked."""
    parts = secret.split("_", 2)
    if len(parts) != 3 or parts[0] != SCHEME:  # noqa: PLR2004  scheme, prefix, random
        return None
    rows = await fetch(_LIVE_KEY, parts[1], now)
    if not rows or not hmac.compare_digest(rows[0]["secret_hash"], secret_hash(secret)):
        return None
    if rows[0]["last_used_at"] is None or now - rows[0]["last_used_at"] > USE_IS_NOTED_EVERY:
        await fetch("UPDATE api_key SET last_used_at = $2 WHERE id = $1", rows[0]["id"], now)
    return _actor(rows[0], parts[1])


async def revoke_key(prefix: str, now: datetime) -> None:
    """End a key at once."""
    async with transaction():
        changed = (
            await ApiKey.update({ApiKey.revoked_at: now})
            .where(ApiKey.prefix == prefix)
            .returning(ApiKey.id)
        )
    if not changed:
        raise NotFound(f"There is no key {prefix}.")


def _actor(row: Row, prefix: str) -> Actor:
    kind = row["kind"]
    return Actor(
        name=f"{row['name']} ({prefix})",
        scopes=frozenset(row["scopes"]),
        organisation=row["organisation"],
        kind=None if kind is None else OrganisationKind(kind),
        kvk_number=row["kvk_number"],
        key_id=row["id"],
        person=row["person"],
    )


def secret_hash(secret: str) -> bytes:
    """Give the form in which a random secret is kept."""
    # 256 random bits need no slow hash: there is nothing to guess (NIST SP 800-63B, 5.1.1.2).
    return hashlib.sha256(secret.encode()).digest()
