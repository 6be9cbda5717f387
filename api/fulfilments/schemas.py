"""What goes in and out about fulfilments. Nothing here names a person (ADR 12)."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.social_return.credit import CreditLine, Reason
from api.domain.social_return.displacement import Colour, DisplacementCheck, Replaces
from api.domain.social_return.entries import ClaimState

AmountCents = Annotated[int, Meta(ge=0, le=10**13, description="Euro cents, excluding VAT.")]
Code = Annotated[str, Meta(min_length=1, max_length=60)]
Hours = Annotated[Decimal, Meta(description="As text, such as `24.5`.")]
Words = Annotated[str, Meta(max_length=1000, description="Free text; no names, no numbers.")]


class PersonIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """By what the person is known; only keyed hashes of it are kept."""

    issuer: Annotated[
        str,
        Meta(
            pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
            max_length=60,
            description="Who gave the reference: the desk of the region, or the employer.",
        ),
    ]
    reference: Annotated[
        str, Meta(min_length=1, max_length=100, description="Never a BSN: that is refused.")
    ]


class PlacementIn(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename="camel",
    kw_only=True,
    tag_field="kind",
    tag="placement",
):
    """One person from a target group at work (plaatsing)."""

    block: Annotated[Code, Meta(description="Building block of the rule book.")]
    person: PersonIn
    started_on: Annotated[date, Meta(description="When the work with this employer began.")]
    from_day: Annotated[date, Meta(description="First day claimed.")]
    until_day: Annotated[date, Meta(description="The day after the last one claimed.")]
    hours_per_week: Hours | None = None
    hours_total: Hours | None = None
    cost_cents: AmountCents | None = None
    wage_subsidy: bool = False
    prior_consent: bool = False
    unpaid: Annotated[
        bool | None,
        Meta(description="Work experience, trial placement or traineeship without a wage."),
    ] = None
    bonuses: Annotated[tuple[Code, ...], Meta(max_length=10)] = ()


class PurchaseIn(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename="camel",
    kw_only=True,
    tag_field="kind",
    tag="purchase",
):
    """One invoice of an enterprise in the directory, or a part of it (inkoop)."""

    supplier_id: UUID
    invoice_number: Annotated[str, Meta(min_length=1, max_length=60)]
    invoiced_on: date
    invoice_cents: AmountCents
    claimed_cents: Annotated[
        AmountCents | None, Meta(description="The part claimed here; absent: the whole.")
    ] = None
    labour_cents: Annotated[
        AmountCents | None, Meta(description="Labour in the part that is claimed.")
    ] = None
    subject: Code | None = None


class ActivityIn(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename="camel",
    kw_only=True,
    tag_field="kind",
    tag="activity",
):
    """Advice, training, a lesson, an event (activiteit)."""

    activity: Annotated[Code, Meta(description="Activity of the rule book.")]
    happened_on: date
    supplier_id: Annotated[UUID | None, Meta(description="For whom; it then confirms.")] = None
    quantity: Hours = Decimal(1)
    persons: Annotated[int, Meta(ge=1, le=1000)] = 1
    occasions: Annotated[int, Meta(ge=1, le=1000)] = 1
    days: Annotated[int, Meta(ge=1, le=1000)] | None = None
    preparation_hours: Hours = Decimal(0)
    cost_cents: AmountCents | None = None
    prior_consent: bool = False


class ArrangementIn(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename="camel",
    kw_only=True,
    tag_field="kind",
    tag="arrangement",
):
    """What the adviser agreed outside the tables (maatwerk)."""

    agreed_cents: AmountCents
    agreement: Annotated[str, Meta(max_length=200, description="Reference of the consent.")]
    category: Code | None = None


Fulfilment = PlacementIn | PurchaseIn | ActivityIn | ArrangementIn


class EvidenceIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """Where the evidence is, and its hash; the document itself stays there."""

    reference: Annotated[str, Meta(min_length=1, max_length=200)]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")] | None = None


class DeclarationIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """What the contractor declares about displacement and the market; absent: not declared."""

    replaces: Annotated[
        Replaces | None, Meta(description="Whether regular staff does this work now.")
    ] = None
    justification: Annotated[
        str, Meta(max_length=1000, description="Required where it is a replacement.")
    ] = ""
    paid_jobs_replaced: Annotated[
        bool | None, Meta(description="At the supplier, in the last twelve months.")
    ] = None
    reference_price_cents: Annotated[
        AmountCents | None, Meta(description="What the same would cost on the market.")
    ] = None


class ClaimIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """A fulfilment to plan or to submit."""

    fulfilment: Annotated[Fulfilment, Meta(description="Told apart by `kind`.")]
    evidence: EvidenceIn | None = None
    declaration: DeclarationIn | None = None
    note: Words = ""


class NewClaimIn(ClaimIn, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """A new fulfilment."""

    planned: Annotated[bool, Meta(description="Only planned: it counts for nothing yet.")] = False


class Decision(StrEnum):
    """What the authority decides about a claim."""

    VERIFY = "verify"
    REJECT = "reject"


class DecisionIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """A decision of the authority."""

    decision: Decision
    reason: Words = ""


class ReasonIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """Why it is done, for whoever reads the ledger later; without names."""

    reason: Words = ""


class DisputeAct(StrEnum):
    """What becomes of an amount in dispute."""

    DISPUTE = "dispute"
    UPHOLD = "uphold"
    DISMISS = "dismiss"


class DisputeIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """Parks an amount of a claim, gives it back, or takes it off."""

    act: DisputeAct
    amount_cents: Annotated[int, Meta(gt=0, le=10**13)]
    reason: Annotated[str, Meta(min_length=1, max_length=1000)]


class CounterIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """A correction: an amount of credit, or the part of an invoice that was credited."""

    amount_cents: Annotated[int, Meta(gt=0, le=10**13)] | None = None
    credited_invoice_cents: Annotated[int, Meta(gt=0, le=10**13)] | None = None
    reason: Annotated[str, Meta(min_length=1, max_length=1000)]


class Details(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """What an entry is about. Its hash stands in the entry, so the chain covers it."""

    kind: str
    facts: dict[str, object]
    """As given, without by what the person is known."""
    lines: tuple[CreditLine, ...]
    group: str | None = None
    pseudonym: str | None = None
    """Of the person, for this authority alone."""
    evidence: EvidenceIn | None = None
    declaration: DeclarationIn | None = None
    signals: DisplacementCheck | None = None
    """Of displacement, market and concentration, as judged at the booking."""
    note: str = ""
    cut: tuple[Reason, ...] = ()
    """What a cap cut off, and why."""
    salt: str | None = None
    """At random, where a person is concerned: once this is gone, its hash tells nothing."""
    anonymised_on: date | None = None
    """Since then, nothing more is kept of a placement."""


class ToConfirm(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a supplier is asked to confirm; of the obligation it sees no more than this."""

    obligation_id: UUID
    claim_id: UUID
    kind: str
    contractor: str
    facts: Annotated[dict[str, object], Meta(description="As the contractor gave them.")]


class Awaits(StrEnum):
    """Who is to act next on a fulfilment."""

    SUPPLIER = "supplier-confirmation"
    """It was submitted, and the supplier has an account to confirm it with."""
    AUTHORITY = "authority-confirmation"
    """It was submitted, and there is no supplier, or none with an account."""
    VERIFICATION = "verification"
    """It was confirmed."""


class FulfilmentKind(StrEnum):
    """What sort of fulfilment it is."""

    PLACEMENT = "placement"
    PURCHASE = "purchase"
    ACTIVITY = "activity"
    ARRANGEMENT = "arrangement"


class FulfilmentCard(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A fulfilment in a list."""

    id: UUID
    obligation_id: UUID
    obligation_title: str
    authority_id: UUID
    contractor_id: UUID
    contractor: str
    kind: FulfilmentKind
    code: Annotated[str | None, Meta(description="Building block or activity.")]
    supplier_id: UUID | None
    supplier: str | None
    state: ClaimState
    awaits: Annotated[Awaits | None, Meta(description="Who acts next; null when nobody must.")]
    number: Annotated[int, Meta(description="Of the entry that booked it.")]
    booked_at: datetime
    raw_cents: Annotated[int, Meta(description="The value before caps.")]
    credit_cents: Annotated[int, Meta(description="As frozen at submission, or as planned.")]
    left_cents: Annotated[int, Meta(description="Less what was taken off since.")]
    disputed_cents: int
    signals: Annotated[
        Colour | None, Meta(description="The worst signal of displacement and market.")
    ]
    facts: Annotated[dict[str, object], Meta(description="As given, without who it is about.")]


class FulfilmentOut(FulfilmentCard, frozen=True, rename="camel", kw_only=True):
    """A fulfilment with the sum behind its credit."""

    details: Annotated[Details, Meta(description="Of the entry that booked it.")]


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which fulfilments a list shows; what is `None` filters nothing."""

    states: list[ClaimState] | None = None
    kind: FulfilmentKind | None = None
    awaits: Awaits | None = None
    disputed: bool | None = None
    obligation_id: UUID | None = None


class PreviewOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a fulfilment would bring if it were submitted now. Nothing is stored."""

    raw_cents: Annotated[int | None, Meta(description="Before caps; null: not known.")]
    credit_cents: Annotated[int | None, Meta(description="After caps; null: not known.")]
    cut_cents: Annotated[int, Meta(description="What lies above a cap.")]
    lines: tuple[CreditLine, ...]
    reasons: Annotated[tuple[Reason, ...], Meta(description="Of the caps.")]
    signals: Annotated[
        DisplacementCheck | None,
        Meta(description="Of displacement, market and concentration; for a person to weigh."),
    ]
    rule_book: str
