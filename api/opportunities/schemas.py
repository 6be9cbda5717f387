"""What an enterprise is told about open lots and open obligations."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.social_return.credit import Reason, RuleRef
from api.matches.schemas import Explanation


class OpportunityOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An open lot that an enterprise can do, or nearly."""

    lot_id: UUID
    lot_title: str
    tender_id: UUID
    tender_title: str
    buyer: str | None
    deadline_at: datetime | None
    cpv_main: str | None
    outcome: Annotated[str, Meta(description="matched or near.")]
    offering_id: UUID | None
    score: int | None
    explanation: Explanation


class Fit(StrEnum):
    """How a purchase from the enterprise would count on an obligation."""

    COUNTS = "counts"
    NEARLY = "nearly"
    """One named thing about its marks is missing."""
    UNKNOWN = "unknown"
    """It depends on what only the invoice tells, such as its labour part."""


class ObligationOpportunity(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Where something is still owed on which a purchase from the enterprise counts.

    It names the authority and its rules, never the contractor, the contract or an amount owed
    (ADR 26). Obligations of one authority, place and rule book are told as one.
    """

    authority: str
    municipality: str | None
    region: str | None
    in_area: Annotated[
        bool | None, Meta(description="An offering reaches the municipality; null: not known.")
    ]
    due_by: Annotated[date, Meta(description="The latest quarter that any of them runs into.")]
    fit: Fit
    share_permille: Annotated[
        int | None, Meta(description="What an invoice counts for, out of 1000; null: not known.")
    ]
    subject: Annotated[str | None, Meta(description="Counted for this kind of purchase.")]
    rule: RuleRef
    reasons: Annotated[tuple[Reason, ...], Meta(description="What is missing, or not known.")]
