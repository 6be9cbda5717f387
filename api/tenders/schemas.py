"""What goes in and out about tenders."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.tendering.law import BuyerLevel, ContractKind
from api.domain.tendering.notice import (
    Buyer,
    Money,
    Nature,
    Place,
    Rejected,
    Reservation,
    ReservedExecution,
)


class LotOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A lot (perceel) as last published. Absent values are unknown, not zero."""

    id: UUID
    tender_id: UUID
    source_lot_id: str
    status: Annotated[str, Meta(description="OCDS lots extension: planned, active, cancelled.")]
    title: str
    description: str
    nature: Nature | None
    cpv_main: str | None
    cpv_additional: tuple[str, ...]
    estimated_value: Money | None
    framework_maximum: Money | None
    duration_days: int | None
    starts_on: date | None
    ends_on: date | None
    places: tuple[Place, ...]
    areas: Annotated[
        tuple[str, ...], Meta(description="Area codes: GM0344, NL350, NL35, NL, or foreign NUTS.")
    ]
    deadline_at: datetime | None
    reservations: tuple[Reservation, ...]
    reserved_execution: ReservedExecution | None
    social_objectives: tuple[str, ...]
    sme_suitable: bool | None
    version: int


class TenderCard(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A tender in a list."""

    id: UUID
    source: str
    source_id: str
    title: str
    buyer: Buyer | None
    procedure: str | None
    published_on: date | None
    lot_count: int
    updated_at: datetime


class TenderOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A procurement procedure (aanbesteding) with its lots."""

    id: UUID
    source: str
    source_id: str
    notice_id: str | None
    title: str
    description: str
    language: str | None
    buyer: Buyer | None
    procedure: str | None
    published_on: date | None
    dispatched_on: date | None
    max_lots_submitted: int | None
    max_lots_awarded: int | None
    estimated_value: Money | None
    organisation_id: Annotated[
        UUID | None, Meta(description="Who wrote it by hand; null when it was imported.")
    ]
    buyer_level: BuyerLevel | None
    main_kind: ContractKind | None
    starts_on: Annotated[date | None, Meta(description="Planned start of the contract.")]
    warnings: tuple[str, ...]
    lots: tuple[LotOut, ...]
    version: int
    created_at: datetime
    updated_at: datetime


class TenderIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """A tender that is being prepared. Nobody else sees it until it is published."""

    title: Annotated[str, Meta(min_length=1, max_length=500)]
    description: Annotated[str, Meta(max_length=20_000)] = ""
    buyer: Annotated[
        Buyer | None, Meta(description="Absent: the organisation that the key acts for.")
    ] = None
    buyer_level: Annotated[
        BuyerLevel, Meta(description="Which column of the EU thresholds holds.")
    ] = BuyerLevel.SUB_CENTRAL
    main_kind: Annotated[
        ContractKind | None,
        Meta(description="Main subject, where it is not the kind with the highest value."),
    ] = None
    procedure: Annotated[str, Meta(pattern=r"^[a-z][a-z-]{0,39}$")] | None = None
    dispatched_on: Annotated[
        date | None, Meta(description="Day on which the notice is sent: it selects the thresholds.")
    ] = None
    starts_on: Annotated[date | None, Meta(description="Planned start of the contract.")] = None
    estimated_value_cents: Annotated[int, Meta(ge=0, le=10**13)] | None = None
    max_lots_submitted: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    max_lots_awarded: Annotated[int, Meta(ge=1, le=10_000)] | None = None


class PublicationIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """When the notice went out."""

    published_on: date
    dispatched_on: Annotated[date | None, Meta(description="Absent: as in the draft.")] = None


class NoticeOutcome(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What became of one notice in a document."""

    state: Annotated[
        str,
        Meta(description="created, updated, unchanged, or superseded by a later one in the file."),
    ]
    source: str
    source_id: str
    title: str
    lots: int
    tender_id: UUID | None = None
    warnings: tuple[str, ...] = ()


class NoticeReport(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What became of every record in an uploaded document; none is left out."""

    notices: tuple[NoticeOutcome, ...]
    rejected: tuple[Rejected, ...] = ()


def money(row: Mapping[str, Any], name: str) -> Money | None:
    """Join the two columns of an amount."""
    cents = row[f"{name}_cents"]
    return None if cents is None else Money(cents, row[f"{name}_currency"])
