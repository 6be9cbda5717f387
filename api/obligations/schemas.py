"""What goes in and out about obligations and their ledgers."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.social_return.credit import CreditLine
from api.domain.social_return.discount import Contractor
from api.domain.social_return.obligation import Assessment, Contract, TenderTerms
from api.domain.social_return.rule_book import Base
from api.domain.tendering.notice import Nature

AmountCents = Annotated[int, Meta(ge=0, le=10**13, description="Euro cents, excluding VAT.")]
Share = Annotated[Decimal, Meta(description="A fraction as text: `0.05` is 5 %.")]
AreaCode = Annotated[str, Meta(pattern=r"^GM[0-9]{4}$", description="CBS code of a municipality.")]


class ObligationState(StrEnum):
    """Where an obligation stands; derived, never stored."""

    OPEN = "open"
    FULFILLED = "fulfilled"
    OVERDUE = "overdue"
    NOT_OWED = "not-owed"
    UNKNOWN = "unknown"
    """A fact is missing, so nobody knows what is owed."""


class ContractIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """What is known of the contract; leave out what is unknown."""

    kind: Nature | None = None
    value_cents: AmountCents | None = None
    months: Annotated[Decimal, Meta(description="Length of the contract.")] | None = None
    wage_sum_cents: AmountCents | None = None
    labour_cents: AmountCents | None = None
    invoiced_cents: AmountCents | None = None
    labour_share: Share | None = None


class TermsIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """What the tender documents lay down themselves; it goes before the rule book."""

    source: Annotated[str, Meta(min_length=1, max_length=200, description="Document and page.")]
    base: Base
    share: Share | None = None
    amount_cents: AmountCents | None = None


class OwnMarkIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """A mark of the contractor that the authority saw and found good."""

    scheme: Annotated[str, Meta(min_length=1, max_length=60)]
    level: Annotated[str, Meta(min_length=1, max_length=20)] | None = None
    valid_from: date | None = None
    valid_until: Annotated[date | None, Meta(description="The last valid day.")] = None


class AssessmentIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """What an obligation is assessed on."""

    contract: ContractIn = ContractIn()
    terms: TermsIn | None = None
    own_marks: Annotated[tuple[OwnMarkIn, ...], Meta(max_length=20)] = ()
    target_group_share: Share | None = None
    areas: Annotated[tuple[str, ...], Meta(max_length=20)] | None = None


class ObligationIn(AssessmentIn, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """An obligation, by hand or from a lot; what is given goes before what the lot says."""

    contractor_id: UUID
    lot_id: UUID | None = None
    title: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    municipality: AreaCode | None = None
    region: Annotated[str, Meta(max_length=60, description="Labour-market region.")] | None = None
    rule_book_id: Annotated[
        UUID | None, Meta(description="Absent: chosen by place and date of publication.")
    ] = None
    published_on: Annotated[date | None, Meta(description="Of the tender: selects the rules.")] = (
        None
    )
    awarded_on: date | None = None
    starts_on: date | None = None
    due_on: Annotated[date | None, Meta(description="First day after the last one to fulfil.")] = (
        None
    )


class Basis(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What was assessed, as stored with the obligation."""

    contract: Contract
    terms: TenderTerms | None = None
    contractor: Contractor | None = None
    """`None` without a day of award: no discount can be known."""


class Assessed(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The obligation and its discount, each with formula, rule and reasons."""

    obligation: Assessment
    discount: CreditLine | None = None


class RuleBookRef(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The version of the rule book that holds for an obligation, to its end."""

    id: UUID
    book_id: str
    version: str
    name: str


class ObligationCard(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An obligation in a list."""

    id: UUID
    title: str
    authority_id: UUID
    contractor_id: UUID
    starts_on: date
    due_on: date
    owed_cents: int | None
    discount_cents: int
    created_at: datetime


class ObligationOut(ObligationCard, frozen=True, rename="camel", kw_only=True):
    """An obligation (social-returnverplichting)."""

    lot_id: UUID | None
    municipality: str | None
    region: str | None
    published_on: date | None
    awarded_on: date | None
    rule_book: RuleBookRef
    basis: Basis
    assessment: Assessed
    state: ObligationState
    ledger_number: Annotated[int, Meta(description="Number of the last entry.")]
    ledger_hash: Annotated[str, Meta(description="Keep it: with it, a cut-off ledger shows.")]
