"""What the API takes and gives about organisations and their people."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.access import OrganisationKind, Role

Name = Annotated[str, Meta(min_length=1, max_length=120)]
Roles = Annotated[tuple[Role, ...], Meta(min_length=1, max_length=6)]
Municipality = Annotated[str, Meta(pattern=r"^GM\d{4}$")]
Email = Annotated[str, Meta(pattern=r"^[^@\s]{1,64}@[^@\s]{1,189}$", max_length=254)]


class _In(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """Unknown fields are refused."""


class _Out(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Fields in camel case."""


class OrganisationIn(_In, frozen=True, kw_only=True):
    """An organisation to make."""

    kind: OrganisationKind
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    kvk_number: Annotated[str, Meta(max_length=20)] | None = None
    municipalities: Annotated[tuple[Municipality, ...], Meta(max_length=400)] = ()
    """Codes of the municipalities that an authority acts for."""


class OrganisationOut(_Out, frozen=True, kw_only=True):
    """An organisation that people and keys act for."""

    id: UUID
    kind: OrganisationKind
    name: str
    kvk_number: str | None
    municipalities: tuple[str, ...]


class SeatOut(_Out, frozen=True, kw_only=True):
    """An organisation that somebody is in, with their roles there."""

    organisation_id: UUID
    organisation_name: str
    kind: OrganisationKind
    roles: tuple[Role, ...]


class MeOut(_Out, frozen=True, kw_only=True):
    """Who asks, for whom, and what they may."""

    name: str
    """Of the key, or of the person."""
    person_id: UUID | None
    email: str | None
    second_factor: bool
    """Whether a code of an app is asked at sign-in."""
    organisation: OrganisationOut | None
    """For whom the caller acts now."""
    scopes: tuple[str, ...]
    memberships: tuple[SeatOut, ...]
    """Where else the person could act."""


class SwitchIn(_In, frozen=True, kw_only=True):
    """For whom to go on acting."""

    organisation_id: UUID


class MemberOut(_Out, frozen=True, kw_only=True):
    """Somebody in an organisation."""

    person_id: UUID
    name: str
    email: str
    roles: tuple[Role, ...]
    second_factor: bool
    since: datetime
    version: int


class MemberPatch(_In, frozen=True, kw_only=True):
    """The roles that somebody has from now on."""

    roles: Roles


class InvitationIn(_In, frozen=True, kw_only=True):
    """Whom to invite, and as what."""

    email: Email
    roles: Roles
    days: Annotated[int, Meta(ge=1, le=60, description="How long the token works.")] = 14


class InvitationState(StrEnum):
    """Where an invitation into an organisation stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class MemberInvitationOut(_Out, frozen=True, kw_only=True):
    """An invitation into an organisation."""

    id: UUID
    email: str
    roles: tuple[Role, ...]
    state: InvitationState
    created_at: datetime
    expires_at: datetime


class NewInvitation(_Out, frozen=True, kw_only=True):
    """An invitation just made, with the token that is never shown again."""

    invitation: MemberInvitationOut
    token: str


class AcceptanceIn(_In, frozen=True, kw_only=True):
    """A token, and who comes in by it. Somebody who signed in sends the token alone."""

    token: Annotated[str, Meta(min_length=20, max_length=100)]
    name: Name | None = None
    password: (
        Annotated[str, Meta(min_length=12, max_length=200, description="At least 12 characters.")]
        | None
    ) = None


class Joined(_Out, frozen=True, kw_only=True):
    """Somebody came into an organisation."""

    person_id: UUID
    organisation_id: UUID


class Invited(_Out, frozen=True, kw_only=True):
    """What an open invitation offers, to whoever holds its token."""

    organisation_name: str
    email: str
    roles: tuple[Role, ...]
    expires_at: datetime
