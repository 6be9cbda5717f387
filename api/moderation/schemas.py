"""What goes in and out about claims, reviews, history and duplicates."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.profile.claims import WaitingFor
from api.preconditions import Tag

Reason = Annotated[str, Meta(min_length=3, max_length=1_000)]


class ClaimIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Why a profile is one's own."""

    proof: Annotated[str, Meta(min_length=10, max_length=2_000, description="In words.")]
    reference: (
        Annotated[str, Meta(max_length=500, description="Where it can be seen: register, website.")]
        | None
    ) = None


class DecisionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Yes or no, with the reason."""

    approve: bool
    reason: Reason


class MergeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Which profile goes on."""

    successor_id: UUID
    reason: Reason


class RefusalIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Two profiles that are two firms, and how that is known."""

    enterprise_ids: Annotated[
        tuple[UUID, ...], Meta(min_length=2, max_length=2, description="The two, in any order.")
    ]
    reason: Reason


class ClaimOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A claim on a profile."""

    id: UUID
    enterprise_id: UUID
    organisation_id: UUID
    proof: str
    reference: str | None
    claimed_at: datetime
    state: Annotated[str, Meta(description="pending, approved or refused")]
    waiting_for: WaitingFor | None
    owner_agrees: bool | None
    owner_reason: str | None
    reason: str | None
    decided_at: datetime | None


class ReviewKind(StrEnum):
    """What is reviewed."""

    CLAIM = "claim"
    CHANGE = "change"


class ReviewOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Something that waits for a moderator, or for the owner before that."""

    id: UUID
    kind: ReviewKind
    enterprise_id: UUID
    enterprise_name: str
    at: datetime
    by: str
    waiting_for: WaitingFor
    fields: Annotated[tuple[str, ...], Meta(description="Of a change: what it proposes.")]
    patch: Annotated[dict[str, Any], Meta(description="Of a change: the new values.")]
    proof: str | None
    reference: str | None
    kvk_matches: Annotated[
        bool | None,
        Meta(description="Of a claim: whether claimant and profile have one KvK number."),
    ]
    owner_agrees: bool | None
    owner_reason: str | None


class HistoryEntry(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A change of a profile: who, when, which fields, from which source."""

    id: UUID
    at: datetime
    actor: str
    source: str
    fields: tuple[str, ...]
    state: Annotated[str, Meta(description="applied, pending or refused")]
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None


class FieldSource(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Where the present value of a field comes from."""

    field: str
    source: Annotated[str, Meta(description="`manual`, or the name of an imported list")]
    stated_at: datetime
    approved_at: Annotated[
        datetime | None, Meta(description="When a moderator approved it, where one had to.")
    ]


class DuplicateOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Two profiles that may be one firm."""

    percent: Annotated[int, Meta(description="Likeness of the names; 100 for one number.")]
    reason: Annotated[str, Meta(description="same-kvk, same-identifier or similar-name")]
    first: UUID
    first_name: str
    second: UUID
    second_name: str
    refusal_id: Annotated[
        UUID | None, Meta(description="Of the refusal of this pair, where one still holds.")
    ]


class RefusalOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Two profiles that somebody keeps apart."""

    id: UUID
    first: UUID
    first_name: str
    second: UUID
    second_name: str
    reason: str
    refused_by: str
    refused_at: datetime
    holds: Annotated[
        bool,
        Meta(
            description="False once name, number or place of one of them changed, or it left the "
            "directory: the pair may then be offered again."
        ),
    ]
    etag: Tag


class OwnContact(msgspec.Struct, frozen=True):
    """How a profile can be reached, for who keeps it."""

    email: str | None
    phone: str | None
