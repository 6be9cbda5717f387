"""What goes in and out about capacity."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.preconditions import Tag

MAX_CENTS = 10**14
_Yearly = Annotated[int, Meta(gt=0, le=MAX_CENTS, description="Euro cents a year, excluding VAT.")]


class Purpose(StrEnum):
    """What capacity is held for."""

    OWN = "own"
    """The enterprise says so: other customers, holidays, an expansion that is delayed."""
    LOT_PLAN = "lot-plan"
    OBLIGATION_PLAN = "obligation-plan"
    ALLOCATION = "allocation"


class Wanted(msgspec.Struct, frozen=True):
    """Capacity asked of an offering over a half-open period, in cents a year."""

    offering_id: UUID
    amount_cents: int
    starts_on: date
    ends_on: date


class HeldFor(msgspec.Struct, frozen=True):
    """What a reservation is for, and until when it holds by itself."""

    purpose: Purpose
    subject: UUID
    expires_at: datetime | None = None


class ReservationIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Capacity that an enterprise can't offer for a while."""

    amount_cents: _Yearly
    starts_on: date
    ends_on: Annotated[date, Meta(description="The first day that is free again.")]


class ReservationOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A live reservation."""

    id: UUID
    offering_id: UUID
    purpose: Purpose
    amount_cents: Annotated[int, Meta(description="Euro cents a year, excluding VAT.")]
    starts_on: date
    ends_on: Annotated[date, Meta(description="The first day that is free again.")]
    expires_at: datetime | None
    etag: Tag


class OfferingCapacity(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What an offering can still take on in a period."""

    offering_id: UUID
    title: str
    nominal_capacity_cents: Annotated[
        int | None, Meta(description="Euro cents a year, excluding VAT; null is unknown.")
    ]
    reliable_capacity_cents: Annotated[
        int | None, Meta(description="Euro cents a year, excluding VAT; null is unknown.")
    ]
    reserved_cents: Annotated[
        int, Meta(description="The most that is reserved at one moment, in euro cents a year.")
    ]
    free_capacity_cents: Annotated[
        int | None, Meta(description="Reliable less reserved; null when capacity is unknown.")
    ]
