"""Passwords: kept as Argon2id, and a guess at nobody's costs as much as one at somebody's."""

import asyncio
import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from api.domain.errors import Fault, InvalidInput

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""As OWASP advises for Argon2id; a hash names its own cost, so raising it later is safe."""
_AT_ONCE: Final = 4
_FEWEST_DIFFERENT: Final = 5


async def hashed(password: str, email: str, place: str) -> str:
    """Give the form in which a password is kept; refuse one that is guessed at once."""
    easy = {email, email.partition("@")[0]}
    if password.lower() in easy or len(set(password)) < _FEWEST_DIFFERENT:
        raise InvalidInput(Fault("weak-password", "This password is guessed at once.", place))
    async with _turns():
        return await asyncio.to_thread(_HASHER.hash, password)


async def is_right(kept: str | None, password: str) -> bool:
    """Compare; where nothing is kept with a hash of nothing, so that it takes as long."""
    async with _turns():
        right = await asyncio.to_thread(_verified, kept or _nobodys(), password)
    return right and kept is not None


def _verified(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


@cache
def _turns() -> asyncio.Semaphore:
    """Give the places: hashing takes memory on purpose, so only some hash at once."""
    return asyncio.Semaphore(_AT_ONCE)
