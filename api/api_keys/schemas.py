"""What goes in and out about keys."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

LONGEST_DAYS = 366
Days = Annotated[int, Meta(ge=1, le=LONGEST_DAYS, description="After how many days it ends.")]


class KeyState(StrEnum):
    """Whether a key works."""

    LIVE = "live"
    EXPIRED = "expired"
    REVOKED = "revoked"


class KeyIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """A key to make: at most what its maker may."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    scopes: Annotated[tuple[str, ...], Meta(min_length=1, max_length=100)]
    days: Days = 90


class RotationIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """How the new key follows the present one."""

    overlap_hours: Annotated[
        int, Meta(ge=0, le=720, description="How long the present key works besides the new one.")
    ] = 24
    days: Days = 90


class KeyOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A key, without its secret."""

    id: UUID
    name: str
    prefix: str
    """The second part of the secret, by which a key is told from others."""
    scopes: tuple[str, ...]
    state: KeyState
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    """To the nearest minute or so."""
    made_by: str | None
    """Id of the person who made it, or a label given on the command line."""
    maker_is_member: bool
    """Whether that person is still in the organisation; if not, rotate or end the key."""
    replaces: UUID | None
    """The key that it was rotated from."""


class NewKeyOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A key just made, with the secret that is never shown again."""

    key: KeyOut
    secret: str
