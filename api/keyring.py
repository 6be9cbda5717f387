"""Secrets that must be read again: kept under a key that the database does not hold (ADR 48).

A kept secret is `sealed:1:<key>:<Base64>`: form, name of the key, nonce and ciphertext. It
is bound to its row, so that one put into another row opens nothing. What lacks the
prefix was kept in clear, as all were before, and is read as it is.
"""

import base64
import hashlib
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.domain.errors import Unavailable
from api.settings import secrets_keys

PREFIX: Final = "sealed:"
"""What a sealed secret begins with; neither Base32 nor `whsec_` does."""
_FORM: Final = f"{PREFIX}1:"
_NONCE: Final = 12
"""Bytes; drawn at random, as SP 800-38D, 8.2.2 allows for far more secrets than there are."""


class SecretUnreadable(Unavailable):
    """A kept secret does not open with the keys that are set; nothing was changed."""

    code = "secret-unreadable"


def sealed(secret: str, place: str) -> str:
    """Close a secret for the row `place`, under the newest key."""
    name, cipher = next(iter(_ring().items()))
    nonce = os.urandom(_NONCE)
    closed = cipher.encrypt(nonce, secret.encode(), place.encode())
    return f"{_FORM}{name}:{base64.urlsafe_b64encode(nonce + closed).decode()}"


def opened(kept: str, place: str) -> str:
    """Give a secret of the row `place`; raise `SecretUnreadable` where no key opens it."""
    if not kept.startswith(PREFIX):
        return kept
    cipher = _ring().get(key_of(kept))
    if cipher is None or not kept.startswith(_FORM):
        raise SecretUnreadable(f"A secret is kept under the key {key_of(kept)}, which is not set.")
    try:
        raw = base64.urlsafe_b64decode(kept.rpartition(":")[2])
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], place.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise SecretUnreadable("A kept secret was altered, or is of another row.") from error


def key_of(kept: str) -> str:
    """Name the key that a sealed secret needs."""
    return kept.removeprefix(_FORM).partition(":")[0]


def newest() -> str:
    """Name the key that seals."""
    return next(iter(_ring()))


def known() -> frozenset[str]:
    """Name the keys that are set."""
    return frozenset(_ring())


def _ring() -> Mapping[str, AESGCM]:
    return _ring_of(secrets_keys())


@lru_cache(maxsize=4)
def _ring_of(keys: tuple[bytes, ...]) -> Mapping[str, AESGCM]:
    """Give the ciphers by the names of their keys, the newest first."""
    return {_name(key): AESGCM(_derived(key)) for key in keys}


def _derived(key: bytes) -> bytes:
    """Make 256 bits out of what an operator gave (RFC 5869)."""
    return HKDF(SHA256(), 32, salt=None, info=b"perceel kept secrets").derive(key)


def _name(key: bytes) -> str:
    """Name a key by a hash of what was derived for that alone: it tells nothing of the key."""
    derived = HKDF(SHA256(), 32, salt=None, info=b"perceel name of key").derive(key)
    return hashlib.sha256(derived).hexdigest()[:8]
