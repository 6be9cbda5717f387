"""What goes in and out about spend."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.tendering.notice import Rejected
from api.preconditions import Tag


class SpendForm(StrEnum):
    """The forms in which spend comes."""

    CSV = "csv"
    XLSX = "xlsx"


class DecimalMark(StrEnum):
    """What stands before the cents in a text."""

    COMMA = "comma"
    POINT = "point"


class SpendFileOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A list of purchases, and what became of its rows."""

    id: UUID
    name: str
    state: Annotated[str, Meta(description="created, or unchanged: the same file came before.")]
    counted: Annotated[int, Meta(description="Rows that count.")]
    duplicates: Annotated[
        int, Meta(description="Rows whose reference, supplier, day and amount came before.")
    ]
    rejected: Annotated[int, Meta(description="Rows that could not be read, or not wholly.")]
    faults: Annotated[
        tuple[Rejected, ...], Meta(description="The first 500 rejected rows, each with why.")
    ]
    author: str
    created_at: datetime


class SupplierState(StrEnum):
    """Whether somebody who was paid is a social enterprise of the directory."""

    MATCHED = "matched"
    """Its KvK number is that of an enterprise."""
    OFFERED = "offered"
    """Its name is; or the enterprise was withdrawn. Somebody has to decide."""
    DECIDED = "decided"
    NONE = "none"
    """Nothing in the directory looks like it."""


class Candidate(msgspec.Struct, frozen=True, rename="camel"):
    """An enterprise that it may be."""

    id: UUID
    name: str
    town: str | None
    kvk_number: str | None


class SupplierOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Somebody who was paid."""

    id: UUID
    name: str
    kvk_number: str | None
    spend_cents: int
    state: SupplierState
    enterprise_id: Annotated[UUID | None, Meta(description="The social enterprise that it is.")]
    candidates: tuple[Candidate, ...]
    decided_by: str | None
    etag: Tag


class DecisionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Which enterprise a supplier is; null: none."""

    enterprise_id: UUID | None


class SpendSum(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Spend of a year in a category."""

    year: int
    category: Annotated[
        str | None, Meta(description="CPV group of three digits; null where no code is given.")
    ]
    label: Annotated[str | None, Meta(description="Of the group, else as the buyer names it.")]
    spend_cents: int
    social_cents: Annotated[int, Meta(description="With social enterprises of the directory.")]
    undecided_cents: Annotated[int, Meta(description="With suppliers that are still offered.")]
    suppliers: int
    social_suppliers: int


class Unused(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A category where social enterprises offer, and nothing was bought from any."""

    category: str
    label: str
    spend_cents: int
    enterprises: Annotated[int, Meta(description="Published enterprises that offer in it.")]


class SpendAnalysis(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Spend with social enterprises, by category and year."""

    since: date
    until: date
    spend_cents: int
    social_cents: int
    undecided_cents: int
    social_permille: Annotated[
        int | None, Meta(description="Out of 1000, halves up; null without spend.")
    ]
    sums: tuple[SpendSum, ...]
    unused: tuple[Unused, ...]
