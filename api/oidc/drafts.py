"""Who comes in without an invitation, as the operator set it down."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

import msgspec

from api.domain.access import Role
from api.identities import Identity

EMAIL_DOMAIN: Final = "email-domain"


class JoinRule(msgspec.Struct, frozen=True):
    """Whoever has this value in this claim comes in with these roles."""

    claim: str
    value: str
    organisation: UUID
    roles: tuple[Role, ...]


def join_rules(text: str | None) -> tuple[JoinRule, ...]:
    """Read OIDC_JOIN; the settings checked its form."""
    return tuple(_rule(part) for part in (text or "").split(";") if part)


def joined_by(rules: tuple[JoinRule, ...], identity: Identity) -> Iterator[JoinRule]:
    """Give the rules that let somebody in; an address counts only where it was verified."""
    for rule in rules:
        if rule.value in _values(rule.claim, identity):
            yield rule


def _values(claim: str, identity: Identity) -> tuple[Any, ...]:
    if claim == EMAIL_DOMAIN:
        verified = identity.email if identity.email_is_verified else None
        return () if verified is None else (verified.rpartition("@")[2],)
    value = identity.claims.get(claim)
    return tuple(value) if isinstance(value, list) else (value,)


def _rule(part: str) -> JoinRule:
    match, _, seat = part.partition("=")
    claim, _, value = match.partition(":")
    organisation, _, roles = seat.partition("/")
    given = tuple(Role(role) for role in roles.split("+"))
    return JoinRule(claim, value, UUID(organisation), given)
