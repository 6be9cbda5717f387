"""Signing in through an identity provider. Who the provider knows gets no rights by that.

An identity is issuer and subject. It is never joined to a person by its address alone: who has
an account signs in and links it. Membership comes by invitation, or by a rule of the operator.
"""

import secrets
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from api.accounts import service as accounts
from api.accounts.service import Actor, secret_hash
from api.audit import service as audit
from api.clock import new_id
from api.database import lock, transaction
from api.domain.access import roles_in
from api.domain.errors import RuleViolation
from api.identities import Identity, ProviderRefused
from api.oidc import queries
from api.oidc.drafts import join_rules, joined_by
from api.people import queries as people
from api.people import service as people_service
from api.sessions import service as sessions
from api.settings import settings

if TYPE_CHECKING:
    from api.provider import Provider

FLOW_LASTS: Final = timedelta(minutes=10)
CALLBACK: Final = "/v1/oidc-callback"
COOKIE: Final = "perceel-oidc"
"""Ties a walk to the browser that began it."""
LONGEST_NAME: Final = 120


class AddressTaken(RuleViolation):
    """Somebody here has this address: they sign in, and link the identity themselves."""

    code = "address-taken"


class IdentityTaken(RuleViolation):
    """The identity is linked to somebody else."""

    code = "identity-taken"


class Begun(msgspec.Struct, frozen=True):
    """A walk that began: the browser's cookie, and where it goes."""

    browser: str
    address: str


class Finished(msgspec.Struct, frozen=True):
    """A walk that ended well."""

    opened: sessions.Opened
    return_to: str


async def begin(actor: Actor | None, origin: str, return_to: str, now: datetime) -> Begun:
    """Send a browser to the provider; whoever is signed in links an identity to themselves."""
    browser, state, nonce = (secrets.token_urlsafe(32) for _ in range(3))
    verifier = secrets.token_urlsafe(48)
    address = await _provider().address(f"{origin}{CALLBACK}", state, nonce, verifier)
    signed_in = actor is not None and actor.session_id is not None
    row = {
        "id": new_id(),
        "browser_hash": secret_hash(browser),
        "state_hash": secret_hash(state),
        "nonce": nonce,
        "verifier": verifier,
        "person": UUID(actor.person) if actor is not None and signed_in else None,
        "return_to": return_to,
        "expires_at": now + FLOW_LASTS,
    }
    async with transaction():
        await queries.add_flow(row, now)
    return Begun(browser, address)


async def finish(
    browser: str | None, state: str, code: str, origin: str, now: datetime
) -> Finished:
    """Take a browser back from the provider, once, and sign in who it is."""
    flow = await queries.use_flow(secret_hash(browser or ""), now)
    if flow is None or not compare_digest(flow["state_hash"], secret_hash(state)):
        raise ProviderRefused("This walk was not begun in this browser, or is over: begin anew.")
    identity = await _provider().identity(
        code, f"{origin}{CALLBACK}", flow["nonce"], flow["verifier"]
    )
    async with transaction():
        await lock(f"identity:{identity.issuer} {identity.subject}")
        person = await _person(identity, flow["person"], now)
        await _join(person, identity, now)
        opened = await sessions.open_session(person, now)
        await audit.record("person.signed-in", [person], f"person {person}", now, by="provider")
    return Finished(opened, flow["return_to"])


async def _person(identity: Identity, signed_in: UUID | None, now: datetime) -> UUID:
    known = await queries.person_of(identity.issuer, identity.subject)
    if known is not None:
        if known["is_disabled"]:
            raise ProviderRefused("This person may no longer sign in.")
        if signed_in not in {None, known["id"]}:
            raise IdentityTaken("This identity is somebody else's here.")
        found: UUID = known["id"]
        return found
    person = signed_in or await _newcomer(identity, now)
    await queries.link(person, identity.issuer, identity.subject, now)
    await audit.record("person.identity-linked", [person], f"person {person}", now)
    return person


async def _newcomer(identity: Identity, now: datetime) -> UUID:
    """Add somebody; an address that is not verified is not believed."""
    email = identity.email if identity.email_is_verified else None
    if email is not None:
        await lock(f"person:{email}")
        if await people.person_with(email) is not None:
            raise AddressTaken("Sign in with your password, then link this identity.")
    name = (identity.name or "")[:LONGEST_NAME] or "-"
    return await people_service.add_person(email or f"{new_id()}@unknown.invalid", name, None, now)


async def _join(person: UUID, identity: Identity, now: datetime) -> None:
    """Let in whom the operator's rules name; who left or was taken out is not let in again."""
    for rule in joined_by(join_rules(settings().oidc_join), identity):
        home = await accounts.organisation(rule.organisation)
        if home is None or await queries.is_member(person, home.id):
            continue
        roles = sorted(role.value for role in rule.roles if role in roles_in(home.kind))
        await people.join(person, home.id, roles, now)
        detail = {"organisation": home.id, "roles": roles, "rule": f"{rule.claim}:{rule.value}"}
        await audit.record("member.joined", [person], f"person {person}", now, **detail)


def _provider() -> "Provider":
    from api.provider import provider

    return provider()
