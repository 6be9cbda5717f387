"""What goes in and out about invitations."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.invitations.drafts import State


class WaveIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """Whom to invite now, on which run, and when to stop."""

    run_id: UUID
    enterprise_ids: Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=100)]
    reply_within_workdays: Annotated[
        int, Meta(ge=1, le=60, description="Working days to answer, from the day after.")
    ]
    enough_interested: Annotated[
        int, Meta(ge=1, le=100, description="Stop rule: no further wave from this many on.")
    ]


class WaveOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A wave of invitations."""

    id: UUID
    lot_id: UUID
    run_id: UUID
    number: int
    sent_at: datetime
    author: str
    reply_by: Annotated[date, Meta(description="The last day to answer, Dutch time.")]
    enough_interested: int
    invited: int


class Proposal(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Whom a next wave could invite. Nothing is sent."""

    enterprise_ids: Annotated[
        tuple[UUID, ...], Meta(description="The next in rank that were never invited.")
    ]
    hindrance: Annotated[str | None, Meta(description="The code of what forbids a wave now.")]
    detail: str | None


class EventIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What happened to an invitation; declining needs a reason."""

    state: State
    reason: Annotated[str, Meta(min_length=3, max_length=2_000)] | None = None


class InvitationOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An invitation and where it stands."""

    id: UUID
    lot_id: UUID
    lot_title: str
    enterprise_id: UUID
    name: str
    wave: int
    reply_by: date
    state: State
    reason: Annotated[str | None, Meta(description="Why it declined.")]
    at: Annotated[datetime, Meta(description="When the state was reached.")]
    in_last_run: Annotated[
        str | None,
        Meta(description="matched, near or excluded in the lot's last run; null: not considered."),
    ] = None


class Funnel(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """All invitations for a lot, with how many stand where."""

    waves: tuple[WaveOut, ...]
    last_run_id: Annotated[
        UUID | None, Meta(description="An answer holds whatever run follows; see inLastRun.")
    ]
    counts: dict[State, int]
    invitations: tuple[InvitationOut, ...]
