"""What the audit trail answers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256, hexadecimal.")]


class AuditEventOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One change or reveal: who, for whom, when, to what."""

    id: UUID
    at: datetime
    actor: Annotated[str, Meta(description="A key with its prefix, a person's id, or `system`.")]
    organisation_id: Annotated[UUID | None, Meta(description="For whom it was done.")]
    action: Annotated[str, Meta(description="`shortlist.created`, `contact.revealed` and others.")]
    subject_id: UUID
    request_id: Annotated[str | None, Meta(description="`X-Request-Id` of the request.")]
    detail: dict[str, object]
    before_hash: Annotated[
        Hash | None, Meta(description="Of the subject as the event before this one left it.")
    ]
    after_hash: Annotated[Hash | None, Meta(description="Of the subject as stored.")]
    hash: Annotated[Hash, Meta(description="Of this event; the chain holds it.")]


class AuditSealOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A link of the chain over all events of this installation. Keep one to prove what was."""

    number: int
    at: datetime
    events: Annotated[int, Meta(description="How many events this link holds.")]
    hash: Annotated[Hash, Meta(description="Over the link before and the hashes of its events.")]
