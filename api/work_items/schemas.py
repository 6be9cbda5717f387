"""What goes in and out about work items, estimates and procedure policies."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.tendering.estimate import Estimate
from api.domain.tendering.evasion import EvasionWarning
from api.domain.tendering.law import (
    ContractKind,
    ProcedurePolicy,
    ProcedureRange,
    Reason,
)
from api.domain.tendering.procedures import ProcedureAdvice
from api.domain.tendering.regime import RegimeDecision

MAX_CENTS = 10**13
MOST_MONTHS = 600
BY_HAND: Final = "perceel-"
"""How the group of a lot that was made by hand is called: with its number."""
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$")]
_Cents = Annotated[int, Meta(ge=0, le=MAX_CENTS, description="Euro cents, excluding VAT.")]


class DoneNowBy(StrEnum):
    """Who does the work today; the displacement guard starts from it."""

    NOBODY = "nobody"
    OWN_STAFF = "own-staff"
    FIRM = "firm"


class WorkItemIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """A part of the tender. What is absent is unknown; a plan needs it all."""

    code: Annotated[Code, Meta(description="Short name, unique within the tender.")]
    title: Annotated[str, Meta(min_length=1, max_length=500)]
    cpv: str | None = None
    kind: Annotated[
        ContractKind | None,
        Meta(description="`social-services` where annex XIV of Dir. 2014/24 lists it."),
    ] = None
    yearly_cents: Annotated[
        _Cents | None, Meta(description="Price a year; either this or `totalCents`.")
    ] = None
    total_cents: Annotated[_Cents | None, Meta(description="Price of the whole term.")] = None
    months: Annotated[int, Meta(ge=1, le=MOST_MONTHS)] | None = None
    indefinite: Annotated[bool, Meta(description="The contract has no end.")] = False
    options_cents: _Cents = 0
    extensions_cents: _Cents = 0
    areas: Annotated[
        tuple[str, ...],
        Meta(max_length=400, description="Area codes: GM0344, NL350, NL35 or NL."),
    ] = ()
    group: Annotated[
        Code | None, Meta(description="Items with the same group stay in one lot.")
    ] = None
    apart: Annotated[
        tuple[Code, ...],
        Meta(max_length=100, description="Codes of items that may not share its lot."),
    ] = ()
    reserved: Annotated[
        bool, Meta(description="The buyer wants it reserved under art. 20 of Dir. 2014/24.")
    ] = False
    done_now_by: DoneNowBy | None = None


class ProposedItem(msgspec.Struct, frozen=True, rename="camel"):
    """An item that a lot of a notice would become, and what a lot plan still needs to know."""

    item: WorkItemIn
    missing: tuple[str, ...]


class WorkItemOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A work item as kept."""

    id: UUID
    tender_id: UUID
    code: str
    title: str
    cpv: str | None
    kind: ContractKind | None
    yearly_cents: int | None
    total_cents: int | None
    months: int | None
    indefinite: bool
    options_cents: int
    extensions_cents: int
    areas: tuple[str, ...]
    group: str | None
    apart: tuple[str, ...]
    reserved: bool
    done_now_by: DoneNowBy | None
    estimate: Annotated[
        Estimate | None, Meta(description="Its value and the rules that add it up; null: unknown.")
    ]
    missing: Annotated[tuple[str, ...], Meta(description="What a lot plan still needs to know.")]
    version: int
    updated_at: datetime


class CopyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """From which published tender to copy; each of its lots becomes a group of one item."""

    tender_id: UUID


class TenderEstimate(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a tender is worth and what the law makes of it. Every figure names its basis."""

    tender_id: UUID
    dispatched_on: Annotated[date, Meta(description="The day whose thresholds hold.")]
    assumed_today: Annotated[
        bool, Meta(description="The draft names no day of dispatch; today was taken.")
    ]
    total_cents: Annotated[int, Meta(description="Of the items with a known value.")]
    items: Annotated[
        dict[str, Estimate], Meta(description="By item code: the parts and their rules.")
    ]
    incomplete: Annotated[
        dict[str, tuple[str, ...]], Meta(description="By item code: what is unknown.")
    ]
    regime: RegimeDecision
    procedures: Annotated[
        ProcedureAdvice | None, Meta(description="National procedures, below the threshold.")
    ]
    stated_total: Annotated[
        Reason | None, Meta(description="The stated total differs from the items.")
    ]
    evasion: Annotated[
        tuple[EvasionWarning, ...],
        Meta(description="Tenders of this buyer and CPV group within twelve months."),
    ]


class PolicyIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A buyer's own policy on national procedures."""

    ranges: Annotated[tuple[ProcedureRange, ...], Meta(min_length=1, max_length=200)]
    source: Annotated[str, Meta(min_length=3, max_length=500)]
    edition: Annotated[str, Meta(min_length=1, max_length=60)]


class PolicyOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The policy that plans and estimates of the own organisation use."""

    policy: ProcedurePolicy
    own: Annotated[bool, Meta(description="False: the shipped default, which is not verified.")]
    version: int
