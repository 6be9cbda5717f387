"""What goes in and out about a year of social return."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.social_return.business_case import BusinessCase
from api.domain.social_return.report import ReportTable


class TableName(StrEnum):
    """A table of the report that can be drawn."""

    KIND = "kind"
    GROUP = "group"
    REGION = "region"


class SpendRow(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What was bought under one rule, such as `purchase-pso-3`."""

    rule: str
    spend_cents: Annotated[int, Meta(description="Invoices, after credit notes, excluding VAT.")]
    credit_cents: int


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
    suppliers: Annotated[int, Meta(description="Social enterprises that were bought from.")]
    largest_supplier_share: Annotated[
        Decimal | None, Meta(description="Of the spend, for who gets most; null without spend.")
    ]
    by_kind: ReportTable
    by_group: Annotated[ReportTable, Meta(description="Placements only.")]
    by_region: ReportTable
    spend_by_rule: tuple[SpendRow, ...]
    rule_books: Annotated[tuple[str, ...], Meta(description="By which the year was valued.")]


class WhiteSpot(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A category that was asked for in an area that no social enterprise serves."""

    cpv_code: str
    cpv_label: str
    area: str
    area_name: str
    asked: Annotated[int, Meta(description="Lots in which it was asked.")]
    partly: Annotated[int, Meta(description="Enterprises that serve a part of the area.")]


class OwnArea(msgspec.Struct, frozen=True, rename="camel"):
    """An area of the authority."""

    code: str
    name: str


class WhiteSpotsOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What was asked and is not offered. Supply is that of today: it has no history."""

    year: int
    supply_at: Annotated[datetime, Meta(description="When the directory was looked at.")]
    asked: Annotated[int, Meta(description="Pairs of category and area that were asked for.")]
    areas: Annotated[
        tuple[OwnArea, ...],
        Meta(description="The authority's COROP areas; where no spot is, somebody offers it all."),
    ]
    white_spots: tuple[WhiteSpot, ...]


class CostIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """An amount with where it comes from."""

    label: Annotated[str, Meta(min_length=1, max_length=120)]
    amount_cents: Annotated[int, Meta(ge=0, le=10**13)]
    source: Annotated[str, Meta(min_length=1, max_length=300)]


class FactorIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """What one year of full-time work of a target group saves the municipality."""

    group: Annotated[str, Meta(min_length=1, max_length=60, description="As in `byGroup`.")]
    saving_cents: Annotated[int, Meta(ge=0, le=10**9, description="A full-time year.")]
    source: Annotated[str, Meta(min_length=1, max_length=300)]


class BusinessCaseIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """What the report does not know: what it cost, what it brought in, what it saves."""

    revenues: Annotated[tuple[CostIn, ...], Meta(max_length=50)] = ()
    costs: Annotated[tuple[CostIn, ...], Meta(max_length=50)] = ()
    factors: Annotated[tuple[FactorIn, ...], Meta(max_length=50)] = ()


class BusinessCaseOut(BusinessCase, frozen=True, rename="camel", kw_only=True):
    """The business case of a year."""

    year: int
    as_of: datetime
