"""Who somebody is, by what they know and have. An unknown address costs as much as a wrong word."""

import secrets
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final
from uuid import UUID

import pyotp

from api import keyring, passwords
from api.accounts.service import SYSTEM, Actor, OrganisationKind, secret_hash
from api.audit import service as audit
from api.clock import new_id
from api.database import transaction
from api.domain.errors import Fault, InvalidInput, NotFound, RuleViolation
from api.limits import service as limits
from api.limits.service import Rule
from api.problems import NotAuthenticated, TooManyRequests
from api.sessions import service as sessions
from api.sign_in import queries
from api.sign_in.queries import Known
from api.sign_in.schemas import (
    CodeIn,
    Enrolment,
    PasswordChange,
    PasswordProof,
    RecoveryCodes,
    ResetToken,
    ResetUse,
    SignedIn,
    SignIn,
)

QUARTER: Final = 15 * 60
PER_ACCOUNT_AND_ADDRESS: Final = Rule("sign-in-pair", 8, QUARTER)
PER_ACCOUNT: Final = Rule("sign-in-account", 50, QUARTER)
PER_ADDRESS: Final = Rule("sign-in-address", 100, QUARTER)
"""Tries of a quarter of an hour. Who knows an address alone can't lock its owner out (ADR 33)."""
RESET_LASTS: Final = timedelta(hours=24)
RECOVERY_CODES: Final = 10
STEP: Final = 30
"""Seconds that a code lasts (RFC 6238); one step early or late is taken."""


class SignInRefused(NotAuthenticated):
    """Address, password or code is wrong; which one is not told."""

    code = "sign-in-refused"


class CodeNeeded(NotAuthenticated):
    """Address and password are right; a code is asked as well."""

    code = "second-factor-needed"


class SecondFactor(RuleViolation):
    """The second factor is on already, or not begun."""

    code = "second-factor-state"


async def sign_in(
    data: SignIn, address: str, now: datetime, *, instead_of: str | None = None
) -> tuple[SignedIn, sessions.Opened]:
    """Check a password, and a code where one is asked; open a session under a new token."""
    email = normal_email(data.email)
    await _count(email, address)
    known = await queries.by_email(email)
    kept = None if known is None else known.password_hash
    if not await passwords.is_right(kept, data.password) or known is None:
        raise SignInRefused("The e-mail address or the password is wrong.")

    async with transaction():
        await _check_code(known.id, data.code, now)
        organisation = data.organisation_id
        opened = await sessions.open_session(
            known.id, now, instead_of=instead_of, organisation=organisation
        )
        await audit.record("person.signed-in", [known.id], f"person {known.id}", now)
    await limits.forget(PER_ACCOUNT_AND_ADDRESS, f"{email} {address}")
    actor = await sessions.actor_of(opened.token, now)
    acts_for = None if actor is None else actor.organisation
    return SignedIn(known.id, acts_for, opened.expires_at), opened


async def sign_out(token: str, actor: Actor, *, everywhere: bool) -> None:
    """End this session, or every one of the person."""
    if everywhere:
        await sessions.end_all(person_of(actor))
    else:
        await sessions.end(token)


async def change_password(data: PasswordChange, actor: Actor, now: datetime) -> None:
    """Set another password; every other session of the person ends."""
    known = await _proven(actor, data.present)
    hashed = await passwords.hashed(data.new, known.email, "/new")
    async with transaction():
        await queries.change(known.id, {"password_hash": hashed})
        await sessions.end_all(known.id, but=actor.session_id)
        await audit.record("person.password-changed", [known.id], actor.name, now)


async def issue_reset(person: UUID, actor: Actor, now: datetime) -> ResetToken:
    """Make a token by which a person sets a new password, once and within a day."""
    known = await queries.by_id(person)
    if known is None or not await _may_reset(person, actor):
        raise NotFound(f"There is no person {person} for you.")
    made = ResetToken(person, secrets.token_urlsafe(32), now + RESET_LASTS)
    row = {
        "id": new_id(),
        "person": person,
        "token_hash": secret_hash(made.token),
        "issued_by": actor.name,
        "created_at": now,
        "expires_at": made.expires_at,
    }
    async with transaction():
        await queries.add_reset(row)
        await audit.record("person.reset-issued", [person], actor.name, now)
    return made


async def issue_reset_for(email: str, now: datetime) -> ResetToken:
    """Make such a token by address, for the operator of the installation."""
    known = await queries.by_email(normal_email(email))
    if known is None:
        raise NotFound("Nobody has this address.")
    return await issue_reset(known.id, SYSTEM, now)


async def use_reset(data: ResetUse, address: str, now: datetime) -> None:
    """Set a password by a token; every session of the person ends. The second factor stays."""
    await _count_address(address)
    async with transaction():
        person = await queries.use_reset(secret_hash(data.token), now)
        known = None if person is None else await queries.by_id(person)
        if known is None:
            raise SignInRefused("The token is unknown, used or too old.")
        hashed = await passwords.hashed(data.password, known.email, "/password")
        await queries.change(known.id, {"password_hash": hashed})
        await sessions.end_all(known.id)
        await audit.record("person.password-reset", [known.id], f"person {known.id}", now)


async def begin_second_factor(data: PasswordProof, actor: Actor) -> Enrolment:
    """Give what goes into the app; it counts once a code is confirmed."""
    known = await _proven(actor, data.password)
    if known.totp_is_on:
        raise SecondFactor("The second factor is on; turn it off first.")
    secret = pyotp.random_base32()
    async with transaction():
        kept = keyring.sealed(secret, place_of(known.id))
        await queries.change(known.id, {"totp_secret": kept, "totp_last_step": None})
    return Enrolment(
        secret, pyotp.TOTP(secret).provisioning_uri(name=known.email, issuer_name="Perceel")
    )


async def confirm_second_factor(data: CodeIn, actor: Actor, now: datetime) -> RecoveryCodes:
    """Turn the second factor on by a first code; gives codes for when the app is lost."""
    await _count_codes(actor)
    codes = tuple(f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(RECOVERY_CODES))
    async with transaction():
        known = await _known(actor, lock=True)
        if known.totp_is_on or known.totp_secret is None:
            raise SecondFactor("Begin with a new secret; the second factor is on, or not begun.")
        step = _step_of(known, data.code, now)
        if step is None:
            raise InvalidInput(Fault("invalid-value", "Not the present code.", "/code"))
        values = {
            "totp_confirmed_at": now,
            "totp_last_step": step,
            "recovery_hashes": [secret_hash(code) for code in codes],
        }
        await queries.change(known.id, values)
        await sessions.end_all(known.id, but=actor.session_id)
        await audit.record("person.second-factor-on", [known.id], actor.name, now)
    return RecoveryCodes(codes)


async def end_second_factor(data: PasswordProof, actor: Actor, now: datetime) -> None:
    """Turn the second factor off."""
    known = await _proven(actor, data.password)
    off = {"totp_secret": None, "totp_confirmed_at": None, "totp_last_step": None}
    async with transaction():
        await queries.change(known.id, off | {"recovery_hashes": []})
        await audit.record("person.second-factor-off", [known.id], actor.name, now)


def normal_email(email: str) -> str:
    """Give the form in which an address is kept and found."""
    return email.strip().lower()


def place_of(person: UUID) -> str:
    """Name the row that the secret of somebody's app is sealed for."""
    return f"person:{person}"


def person_of(actor: Actor) -> UUID:
    """Give who signed in; the guard let nobody else pass."""
    return UUID(actor.person)


async def _may_reset(person: UUID, actor: Actor) -> bool:
    """Who may: the platform's administrator, or the administrator of all that the person is in."""
    if "organisations:write" in actor.scopes and actor.kind in {None, OrganisationKind.PLATFORM}:
        return True
    return actor.session_id is not None and await queries.administers(person, person_of(actor))


async def _proven(actor: Actor, password: str) -> Known:
    await _count_codes(actor)
    known = await _known(actor)
    if not await passwords.is_right(known.password_hash, password):
        raise SignInRefused("The password is wrong.")
    return known


async def _known(actor: Actor, *, lock: bool = False) -> Known:
    known = await queries.by_id(person_of(actor), lock=lock)
    if known is None:
        raise NotFound("You are no longer known here.")
    return known


async def _check_code(person: UUID, code: str | None, now: datetime) -> None:
    known = await queries.by_id(person, lock=True)
    if known is None or not known.totp_is_on:
        return
    if code is None:
        raise CodeNeeded("Send the code of your app as well.")
    # Recovery codes first: they work also where the secret of the app can't be read.
    left = [one for one in known.recovery_hashes if one != secret_hash(code.strip().lower())]
    if len(left) < len(known.recovery_hashes):
        await queries.change(person, {"recovery_hashes": left})
        return
    step = _step_of(known, code, now)
    if step is None:
        raise SignInRefused("The code is wrong, or was used before.")
    await queries.change(person, {"totp_last_step": step})


def _step_of(known: Known, code: str, now: datetime) -> int | None:
    """Give the step whose code this is; `None` if wrong, or not after the one used last."""
    totp = pyotp.TOTP(keyring.opened(known.totp_secret or "", place_of(known.id)))
    present = int(now.timestamp()) // STEP
    steps = (present - 1, present, present + 1)
    given = code.strip().encode()
    found = [one for one in steps if compare_digest(totp.generate_otp(one).encode(), given)]
    last = -1 if known.totp_last_step is None else known.totp_last_step
    return found[0] if found and found[0] > last else None


async def _count(email: str, address: str) -> None:
    await _count_address(address)
    await _take(PER_ACCOUNT_AND_ADDRESS, f"{email} {address}")
    await _take(PER_ACCOUNT, email)


async def _count_address(address: str) -> None:
    await _take(PER_ADDRESS, address)


async def _count_codes(actor: Actor) -> None:
    await _take(PER_ACCOUNT, f"proof {actor.person}")


async def _take(rule: Rule, caller: str) -> None:
    taken = await limits.take(rule, caller)
    if not taken.granted:
        raise TooManyRequests("Too many tries.", int(taken.seconds_left) + 1)
