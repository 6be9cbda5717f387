"""What goes over the line about e-mail notifications."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class Kind(StrEnum):
    """What somebody can be told by e-mail."""

    SEARCHES = "searches"
    """What a saved search with alerts finds otherwise."""
    MARKS = "marks"
    """Quality marks (keurmerken) of the own enterprise that expire within 90 days."""
    INVITATIONS = "invitations"
    CONFIRMATIONS = "confirmations"
    """Fulfilments (invullingen) that wait for confirmation."""
    VERIFICATIONS = "verifications"
    """Fulfilments that wait for verification."""


class Language(StrEnum):
    """The language of a mail."""

    NL = "nl"
    EN = "en"


Told = Annotated[
    tuple[Kind, ...],
    Meta(max_length=20, description="What to be told; nothing here: no mail at all."),
]


class PreferencesIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What somebody wants to be told by e-mail."""

    language: Language
    tell: Told


class PreferencesOut(msgspec.Struct, frozen=True, rename="camel"):
    """What somebody is told by e-mail."""

    language: Language
    tell: Told
    sends: Annotated[
        bool, Meta(description="Whether this installation sends mail at all (`SMTP_URL`).")
    ]
    version: Annotated[int, Meta(ge=0, description="0: never set, so the defaults hold.")]


class UnsubscriptionOut(msgspec.Struct, frozen=True, rename="camel"):
    """Whether whoever this token was made for still gets mail."""

    subscribed: bool


class News(msgspec.Struct, frozen=True, kw_only=True):
    """Something to tell the people of an organisation. Holds no contents, only what is listed."""

    kind: Kind
    organisation: UUID
    item: str
    """Tells it apart: who was told this is not told again."""
    title: str
    path: str | None = None
    """Where it is seen, if it has a page of its own."""
    added: int = 0
    removed: int = 0
    until: date | None = None


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in an organisation who can get mail."""

    person: UUID
    organisation: UUID
    kind: str
    roles: tuple[str, ...]
    language: Language
    tell: tuple[str, ...] | None
    """`None`: never set."""
