"""What goes out about imports of entries."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.errors import Fault


class Outcome(StrEnum):
    """What became of a row or an invoice."""

    BOOKED = "booked"
    CREDITED = "credited"
    ALREADY = "already"
    """The same was imported before; nothing was done."""
    REFUSED = "refused"


class RowOutcome(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What became of one row."""

    row: Annotated[int, Meta(description="As a spreadsheet shows it: the heading is row 1.")]
    outcome: Outcome
    claim_id: UUID | None = None
    credit_cents: Annotated[int | None, Meta(description="After caps.")] = None
    faults: tuple[Fault, ...] = ()


class EntryFinding(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A fault, told once for all rows that have it."""

    code: str
    place: str
    detail: str
    rows: Annotated[str, Meta(description="Such as `3-17, 20`.")]


class EntryImportOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The report on a list of entries."""

    dry_run: bool
    stored: Annotated[bool, Meta(description="Whether anything of it was kept.")]
    rows: int
    booked: int
    already: int
    refused: int
    credit_cents: Annotated[int, Meta(description="Of what was booked, after caps.")]
    findings: Annotated[
        tuple[EntryFinding, ...], Meta(description="What is wrong, equal faults together.")
    ]
    outcomes: tuple[RowOutcome, ...]


class InvoiceImportOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What became of an invoice or credit note."""

    dry_run: bool
    outcome: Outcome
    invoice_number: str
    supplier_id: UUID | None
    claim_id: UUID | None
    credit_cents: Annotated[
        int | None, Meta(description="Booked, or taken off by a credit note.")
    ] = None
