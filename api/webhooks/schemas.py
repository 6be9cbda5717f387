"""What goes over the line about webhooks."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

Url = Annotated[
    str,
    Meta(
        min_length=12,
        max_length=500,
        description="Begins with https://; a public address, which may not redirect.",
        examples=["https://gemeente.example/perceel"],
    ),
]
Description = Annotated[str, Meta(max_length=200)]


class WebhookEvent(StrEnum):
    """What can be told; public events to everybody, others to the organisations they are of."""

    ENTERPRISE_STORED = "enterprise.stored"
    ENTERPRISE_CHANGED = "enterprise.changed"
    ENTERPRISE_WITHDRAWN = "enterprise.withdrawn"
    ENTERPRISE_MERGED = "enterprise.merged"
    ENTERPRISE_VERIFIED = "enterprise.verified"
    OFFERING_ADDED = "offering.added"
    OFFERING_CHANGED = "offering.changed"
    OFFERING_WITHDRAWN = "offering.withdrawn"
    MARK_CLAIMED = "mark.claimed"
    MARK_VERIFIED = "mark.verified"
    MARK_REVOKED = "mark.revoked"
    SHARE_VERIFIED = "share.verified"
    TENDER_CREATED = "tender.created"
    TENDER_UPDATED = "tender.updated"
    RULE_BOOK_PUBLISHED = "rule-book.published"
    MATCH_RUN_CREATED = "match-run.created"
    SHORTLIST_CREATED = "shortlist.created"
    SHORTLIST_DELETED = "shortlist.deleted"
    SAVED_SEARCH_CREATED = "saved-search.created"
    IMPORT_SUBMITTED = "import.submitted"
    WAVE_STARTED = "wave.started"
    INVITATION_ANSWERED = "invitation.answered"
    OBLIGATION_OPENED = "obligation.opened"
    LEDGER_ENTRY_ADDED = "ledger.entry-added"
    CAPACITY_RESERVED = "capacity.reserved"
    CAPACITY_RELEASED = "capacity.released"
    WEBHOOK_PINGED = "webhook.pinged"


class WebhookState(StrEnum):
    """Whether it is told anything."""

    ACTIVE = "active"
    PAUSED = "paused"


class DeliveryState(StrEnum):
    """Where a message is."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up after the last attempt; it can be replayed."""


Events = Annotated[tuple[WebhookEvent, ...], Meta(min_length=1, max_length=30)]


class WebhookIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A wish to be told."""

    url: Url
    events: Events
    description: Description = ""


class WebhookPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What changes; what is not sent stays."""

    url: Url | UnsetType = UNSET
    events: Events | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    state: WebhookState | UnsetType = UNSET


class WebhookOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Where an organisation wants to be told, and of what; without its secret."""

    id: UUID
    url: str
    description: str
    events: tuple[WebhookEvent, ...]
    state: WebhookState
    two_secrets_until: Annotated[
        datetime | None, Meta(description="Until then the former secret signs too.")
    ]
    version: int
    created_at: datetime


class NewSecretOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A webhook with its secret, which is shown this once."""

    webhook: WebhookOut
    secret: Annotated[str, Meta(description="`whsec_` and Base64; any Standard Webhooks library.")]


class RotationOfSecret(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """For how long the former secret signs too."""

    overlap_hours: Annotated[int, Meta(ge=0, le=168)] = 24


class DeliveryOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A message and what became of it."""

    id: Annotated[UUID, Meta(description="`webhook-id`, the same at every attempt.")]
    type: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    due_at: datetime
    last_status: int | None
    last_error: str | None
    delivered_at: datetime | None


class ResourceOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What the message is about."""

    id: UUID
    version: Annotated[
        str | None,
        Meta(description="Hash of the state after the event; equal states have equal versions."),
    ]
    former_version: str | None


class Message(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The body of a message, as Standard Webhooks asks: type, timestamp, data."""

    type: str
    timestamp: datetime
    data: ResourceOut
