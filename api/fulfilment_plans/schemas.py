"""What goes in and out about plans."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.social_return.credit import CreditLine, Reason
from api.domain.social_return.plan import Blocker, Proof
from api.domain.social_return.plan_options import Objective

AmountCents = Annotated[int, Meta(ge=0, le=10**12, description="Euro cents, excluding VAT.")]
SomeCents = Annotated[int, Meta(gt=0, le=10**12, description="Euro cents, excluding VAT.")]
Code = Annotated[str, Meta(min_length=1, max_length=60)]
Share = Annotated[Decimal, Meta(description="A fraction as text: `0.05` is 5 %.")]
Hours = Annotated[Decimal, Meta(description="As text, such as `24.5`.")]


class NeedIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """Something that the contractor is going to buy anyhow, here or elsewhere."""

    key: Annotated[Code, Meta(description="Own name of the need; unique in the request.")]
    cpv_code: Annotated[str, Meta(pattern=r"^[0-9]{8}$")]
    amount_cents: Annotated[SomeCents, Meta(description="The most that is bought of it.")]
    area: (
        Annotated[
            str, Meta(max_length=6, description="GM code, COROP area or province; absent: any.")
        ]
        | None
    ) = None
    from_day: date
    until_day: Annotated[date, Meta(description="The day after the last one.")]
    invoice_on: Annotated[
        date | None, Meta(description="When the invoice is expected; absent: the last day.")
    ] = None
    labour_share: Annotated[
        Share | None, Meta(description="Labour in the price; needed where only labour counts.")
    ] = None
    extra_share: Annotated[
        Share, Meta(description="What it costs more than elsewhere, as a share of the price.")
    ] = Decimal(0)
    subject: Code | None = None


class PlacementOptionIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """Placements that the contractor could offer."""

    key: Code
    block: Annotated[Code, Meta(description="Building block of the rule book.")]
    from_day: date
    until_day: Annotated[date, Meta(description="The day after the last one.")]
    hours_per_week: Hours
    at_most: Annotated[int, Meta(ge=1, le=1000, description="Persons.")] = 1
    cost_cents: Annotated[AmountCents, Meta(description="Extra cost of one placement.")] = 0
    bonuses: Annotated[tuple[Code, ...], Meta(max_length=10)] = ()
    wage_subsidy: bool = False
    prior_consent: bool = False


class ActivityOptionIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """Advice or training that the contractor could give."""

    key: Code
    activity: Annotated[Code, Meta(description="Activity of the rule book.")]
    happens_on: date
    at_most: Annotated[int, Meta(ge=1, le=1000, description="Hours, or days.")]
    cost_cents: Annotated[AmountCents, Meta(description="Extra cost of one hour or day.")] = 0
    supplier_id: Annotated[UUID | None, Meta(description="For whom.")] = None
    prior_consent: bool = False


class JobsIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """How many job years are counted behind what is bought; absent: none are."""

    cents_per_job_year: SomeCents
    source: Annotated[str, Meta(min_length=1, max_length=300)]


class PlanIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """What a plan may be made of."""

    objective: Objective = Objective.LEAST_COST
    budget_cents: Annotated[
        AmountCents | None, Meta(description="The most that all may cost extra.")
    ] = None
    smallest_purchase_cents: Annotated[
        AmountCents, Meta(description="Nothing smaller is proposed, unless the supplier asks more.")
    ] = 50_000
    needs: Annotated[tuple[NeedIn, ...], Meta(max_length=20)] = ()
    placements: Annotated[tuple[PlacementOptionIn, ...], Meta(max_length=20)] = ()
    activities: Annotated[tuple[ActivityOptionIn, ...], Meta(max_length=20)] = ()
    jobs: JobsIn | None = None


class LineKind(StrEnum):
    """What a line of a plan is."""

    PURCHASE = "purchase"
    PLACEMENT = "placement"
    ACTIVITY = "activity"


class PlanLine(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One line of a plan, with the formula of its credit and why it is there."""

    kind: LineKind
    key: Annotated[str, Meta(description="Of the need, placement or activity that was asked.")]
    supplier_id: UUID | None = None
    supplier: str | None = None
    offering_id: UUID | None = None
    offering: str | None = None
    count: Annotated[int, Meta(description="Persons, hours or days; 1 for a purchase.")] = 1
    amount_cents: Annotated[int | None, Meta(description="To buy; null: no purchase.")] = None
    credit_cents: int
    extra_cost_cents: int
    job_years: Decimal
    expected_on: Annotated[date, Meta(description="Of the invoice, or the first day.")]
    sums: Annotated[tuple[CreditLine, ...], Meta(description="Of a purchase, or of one unit.")]
    why: tuple[Reason, ...]


class PassedOver(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A supplier in the category that could not be chosen for a need."""

    need: str
    supplier_id: UUID
    supplier: str
    reasons: tuple[Reason, ...]


class Proposal(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What was worked out."""

    objective: Objective
    closes: Annotated[bool, Meta(description="Whether it reaches the target.")]
    credit_cents: int
    extra_cost_cents: int
    job_years: Decimal
    suppliers: int
    proof: Annotated[Proof, Meta(description="`gap`: the search ended before it was settled.")]
    bound: Annotated[
        Decimal | None, Meta(description="Of the objective: euros, job years or suppliers.")
    ]
    lines: tuple[PlanLine, ...]
    blockers: Annotated[
        tuple[Blocker, ...], Meta(description="Where it does not close: what each limit costs.")
    ]
    considered: Annotated[int, Meta(description="Suppliers in the categories asked.")]
    passed_over: tuple[PassedOver, ...]
    sources: Annotated[tuple[str, ...], Meta(description="Rule book and assumptions used.")]


class PlanState(StrEnum):
    """Where a plan stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    RELEASED = "released"
    """Its capacity was given back, and what was still planned is withdrawn."""


class PlanCard(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A plan in a list."""

    id: UUID
    obligation_id: UUID
    state: PlanState
    objective: Objective
    closes: bool
    target_cents: Annotated[int, Meta(description="What was left, claims and plans aside.")]
    credit_cents: int
    created_at: datetime
    accepted_at: datetime | None
    held_until: Annotated[datetime | None, Meta(description="Until when capacity is reserved.")]


class PlanOut(PlanCard, frozen=True, rename="camel", kw_only=True):
    """A plan, as it was worked out."""

    ledger_number: Annotated[int, Meta(description="Last entry that it took into account.")]
    request: PlanIn
    proposal: Proposal
    claim_ids: Annotated[tuple[UUID, ...], Meta(description="The planned fulfilments.")]


class AcceptanceIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """How long capacity is held for the plan."""

    hold_days: Annotated[int, Meta(ge=1, le=180)] = 30
