"""What goes out about a year of social return."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.social_return.report import ReportTable


class ReportOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A year of one authority. Suppressed cells are null (fewer than five persons)."""

    authority_id: UUID
    year: int
    as_of: Annotated[datetime, Meta(description="Ask with this instant, and get the same.")]
    obligations: Annotated[int, Meta(description="Running in the year, as known at the instant.")]
    obligations_unknown: Annotated[int, Meta(description="Of which nobody knows what is owed.")]
    due_cents: Annotated[int, Meta(description="Of those known, after discount.")]
    spend_cents: Annotated[
        int, Meta(description="Invoices of social enterprises behind verified purchases.")
    ]
    by_kind: ReportTable
    by_group: Annotated[ReportTable, Meta(description="Placements only.")]
    by_region: ReportTable
