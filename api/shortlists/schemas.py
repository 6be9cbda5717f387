"""What goes in and out of shortlists, saved searches and locks."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.directory.schemas import EnterpriseCard, SearchFilters, SearchOrder
from api.domain.directory import ServiceMode, TargetGroup
from api.domain.tendering.coverage import Covers

MOST_ENTRIES: Final = 500
"""Enterprises on one shortlist."""

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
Purpose = Annotated[
    str, Meta(max_length=5_000, description="The purchase that the list is made for.")
]
Reason = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=5_000,
        pattern=r"\S",
        description="Why this enterprise: the choice must be motivated (Aw 2012 art. 1.4).",
    ),
]
Position = Annotated[
    int, Meta(ge=1, le=MOST_ENTRIES, description="Place in the list, from 1; others move along.")
]


class Alerts(StrEnum):
    """How often the owner wants to hear of changes in a saved search."""

    OFF = "off"
    DAILY = "daily"
    WEEKLY = "weekly"


class EnterpriseState(StrEnum):
    """Whether an enterprise is still in the directory."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class ShortlistIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """A shortlist to be made; entries follow one by one, each with its reason."""

    name: Name
    department: Name
    purpose: Purpose = ""


class ShortlistPatch(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """Fields to change (RFC 7396); what is absent stays."""

    name: Name | UnsetType = UNSET
    department: Name | UnsetType = UNSET
    purpose: Purpose | UnsetType = UNSET


class EntryIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """An enterprise on a shortlist. Without a position it stays, or comes last."""

    reason: Reason
    position: Position | None = None


class EntryOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An enterprise on a shortlist, as it is in the directory now."""

    enterprise_id: UUID
    name: str
    kvk_number: str | None
    town: str | None
    state: EnterpriseState
    successor_id: UUID | None
    position: int
    reason: str
    author: Annotated[str, Meta(description="Who gave the reason.")]
    added_at: datetime
    updated_at: datetime


class ShortlistSummary(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A shortlist in a list of them."""

    id: UUID
    version: Annotated[int, Meta(description="Counts changes, those of entries included.")]
    name: str
    department: str
    purpose: str
    owner: str
    entry_count: int
    created_at: datetime
    updated_at: datetime


class ShortlistOut(ShortlistSummary, frozen=True, rename="camel", kw_only=True):
    """A shortlist with its entries, in order."""

    entries: tuple[EntryOut, ...]


class SavedSearchIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """A search to keep."""

    name: Name
    parameters: Annotated[
        SearchFilters, Meta(description="The parameters of `GET /v1/enterprises`.")
    ]
    sort: SearchOrder = SearchOrder.RELEVANCE
    alerts: Annotated[Alerts, Meta(description="Kept for notifications.")] = Alerts.OFF


class SavedSearchPatch(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """Fields to change; what is absent stays. What is asked can't change once it was locked."""

    name: Name | UnsetType = UNSET
    parameters: (
        Annotated[SearchFilters, Meta(description="All parameters, in place of those kept.")]
        | UnsetType
    ) = UNSET
    sort: SearchOrder | UnsetType = UNSET
    alerts: Alerts | UnsetType = UNSET


class LockSummary(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A frozen result, without what was found."""

    id: UUID
    author: str
    locked_at: datetime
    day: Annotated[date, Meta(description="Day on which marks had to be valid.")]
    settings_hash: Annotated[
        str, Meta(description="Settings and word lists of the index that answered.")
    ]
    total: int


class SavedSearchOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A search as kept, with its locks."""

    id: UUID
    name: str
    owner: str
    parameters: SearchFilters
    sort: SearchOrder
    alerts: Alerts
    created_at: datetime
    locks: tuple[LockSummary, ...]


class WordFound(msgspec.Struct, frozen=True, rename="camel"):
    """A word of the search, as its stem, and where it or a synonym stands."""

    word: str
    found_in: tuple[str, ...]


class Why(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """Why an enterprise was found: what answers each parameter that was given."""

    words: tuple[WordFound, ...] = ()
    cpv_codes: Annotated[
        tuple[str, ...], Meta(description="Offered codes at or below a wanted one.")
    ] = ()
    covers: Covers | None = None
    nationwide: bool | None = None
    service_mode: ServiceMode | None = None
    marks: tuple[str, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()
    reserved_eligible: bool | None = None
    capacity: Annotated[
        str | None, Meta(description="`enough`, or `unknown`: unknown capacity passes.")
    ] = None
    distance_km: float | None = None
    in_bbox: bool | None = None


class LockEntry(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An enterprise as it was found."""

    rank: int
    enterprise_id: UUID
    enterprise_version: int
    offering_version: int | None
    card: EnterpriseCard
    why: Why


class LockOut(LockSummary, frozen=True, rename="camel", kw_only=True):
    """The result of a saved search, frozen."""

    saved_search_id: UUID
    parameters: SearchFilters
    sort: SearchOrder
    entries: tuple[LockEntry, ...]


class Cause(msgspec.Struct, frozen=True, rename="camel"):
    """Why a result differs. Codes: docs/exports.md."""

    code: str
    detail: str


class Added(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An enterprise that is found now and was not then."""

    rank: int
    card: EnterpriseCard
    why: Why
    causes: tuple[Cause, ...]


class Removed(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An enterprise that was found then and is not now."""

    rank: int
    enterprise_id: UUID
    name: str
    successor_id: UUID | None
    causes: tuple[Cause, ...]


class FieldChange(msgspec.Struct, frozen=True, rename="camel"):
    """A fact on the card, then and now."""

    field: str
    before: Any
    after: Any


class Changed(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An enterprise that is found still, with other facts."""

    rank_before: int
    rank_now: int
    enterprise_id: UUID
    name: str
    fields: tuple[FieldChange, ...]
    causes: tuple[Cause, ...]


class DifferenceOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a locked search would find otherwise now."""

    lock_id: UUID
    compared_at: datetime
    settings_hash: str
    settings_changed: Annotated[
        bool, Meta(description="The index has other settings or word lists than then.")
    ]
    added: tuple[Added, ...]
    removed: tuple[Removed, ...]
    changed: tuple[Changed, ...]
