"""What goes over the line about personal data."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class MembershipData(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An organisation that somebody is or was in."""

    organisation: str
    roles: tuple[str, ...]
    since: datetime
    ended_at: datetime | None


class SessionData(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A time that somebody was signed in."""

    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


class DoneData(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Something that the audit trail says somebody did."""

    at: datetime
    action: str
    subject_id: UUID


class NotificationData(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What somebody chose to be told by e-mail, and on which days a mail was made."""

    language: str | None
    tell: tuple[str, ...] | None
    mail_days: tuple[date, ...]


class PersonData(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Everything that is kept about who asks (GDPR art. 15 and 20); secrets left out."""

    id: UUID
    email: str
    name: str
    second_factor: bool
    created_at: datetime
    memberships: tuple[MembershipData, ...]
    sessions: tuple[SessionData, ...]
    identities: Annotated[
        tuple[str, ...], Meta(description="Identity providers that somebody signs in with.")
    ]
    notifications: NotificationData
    done: Annotated[tuple[DoneData, ...], Meta(description="The last 1,000, the last first.")]
