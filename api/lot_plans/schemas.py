"""What goes in and out about lot plans."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.domain.tendering.evasion import EvasionWarning
from api.domain.tendering.law import Basis
from api.domain.tendering.lot_conflict import Conflict
from api.domain.tendering.lot_large import Stage
from api.domain.tendering.lot_model import Effort, Objective, Rules
from api.domain.tendering.lot_plan import Plan
from api.domain.tendering.lots import Method
from api.domain.tendering.motive import Motive
from api.domain.tendering.proportionality import DemandBase
from api.domain.tendering.what_if import Difference

MAX_CENTS = 10**13
MOST_MONTHS = 600
MOST_SECONDS = 60
_Cents = Annotated[int, Meta(ge=0, le=MAX_CENTS, description="Euro cents, excluding VAT.")]
_Lots = Annotated[int, Meta(ge=1, le=400)]
_Firms = Annotated[int, Meta(ge=1, le=50)]
_Digits = Annotated[int, Meta(ge=2, le=8)]
Shares = Annotated[Decimal, Meta(description="A share in decimals, as text: `0.9`.")]


class RulesIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """What every division keeps to; absent is no limit. Pairs and groups stand with the items."""

    minimum_value_cents: _Cents | None = None
    maximum_value_cents: _Cents | None = None
    maximum_lots: _Lots | None = None
    win_cap: Annotated[
        _Lots | None, Meta(description="Lots one firm may win; absent: as the draft says (BT-33).")
    ] = None
    able_firms: Annotated[
        _Firms, Meta(description="Able firms that make a lot count as reachable.")
    ] = 3
    reserved_able_firms: _Firms = 2
    every_lot_able: Annotated[
        bool, Meta(description="No lot without that many able firms, all winnable together.")
    ] = False
    category_digits: Annotated[
        _Digits | None, Meta(description="First digits of the CPV code that a lot shares.")
    ] = None
    same_region: Annotated[bool, Meta(description="A lot stays within one province.")] = False


class PlanRequest(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """How to divide a draft. `{}` asks for the most value within reach of social enterprises."""

    rules: RulesIn = RulesIn()
    objective: Objective = Objective.MOST_REACH
    reach_share: Annotated[
        Decimal, Meta(description="Part of the most reach that `fewest-lots` keeps, as text.")
    ] = Decimal(1)
    inclusive_ceiling: Annotated[
        bool, Meta(description="Let a lot of exactly € 80,000 (works: 1,000,000) be exempt.")
    ] = False
    effort: Effort = Effort.NORMAL
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    deadline_seconds: Annotated[
        int,
        Meta(ge=1, le=MOST_SECONDS, description="Looked at between the stages of a search."),
    ] = 20


class Inputs(msgspec.Struct, frozen=True, rename="camel"):
    """What a run saw beside its request."""

    done_now_by: dict[str, str | None]
    """Per item code."""
    starts_on: date
    """The window in which capacity had to be free, half-open."""
    ends_on: date


class NamedFirm(msgspec.Struct, frozen=True, rename="camel"):
    """A social enterprise by id and name."""

    id: UUID
    name: str


class LotPlanOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One way to divide a tender, with its consequences."""

    id: UUID
    run_id: UUID
    tender_id: UUID
    rank: Annotated[int, Meta(description="1: what the objective asks for.")]
    plan: Plan
    motive: Annotated[Motive, Meta(description="A draft for the buyer to complete (art. 1.5).")]
    charts: Annotated[tuple[str, ...], Meta(description="Where its pictures are (SVG).")]


class RunHead(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """How a run went: all but its plans."""

    method: Method
    stages: tuple[Stage, ...]
    stopped_early: Annotated[
        bool, Meta(description="The deadline passed; more time may find better plans.")
    ]
    firms_considered: int
    conflict: Annotated[
        Conflict | None,
        Meta(description="Why there is no plan: rules that can't be kept together."),
    ]
    basis: Annotated[tuple[Basis, ...], Meta(description="Every dated figure that was used.")]
    firms: Annotated[tuple[NamedFirm, ...], Meta(description="Every firm that occurs.")]
    evasion: tuple[EvasionWarning, ...]
    capacity_from: Annotated[date, Meta(description="Capacity had to be free from this day.")]
    capacity_until: Annotated[date, Meta(description="Up to, not including, this day.")]


class LotPlanRunOut(RunHead, frozen=True, rename="camel", kw_only=True):
    """A search for divisions; it never changes."""

    id: UUID
    tender_id: UUID
    author: str
    created_at: datetime
    fingerprint: Annotated[str, Meta(description="SHA-256 over all that was compared and asked.")]
    question: PlanRequest
    plans: Annotated[
        tuple[LotPlanOut, ...], Meta(description="At most five; none beats another on every count.")
    ]


class LotPlanRunCard(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A run in a list."""

    id: UUID
    author: str
    created_at: datetime
    fingerprint: str
    plans: int


class RulesPatch(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """Rules to change; what is absent stays, `null` lifts a limit."""

    minimum_value_cents: _Cents | UnsetType | None = UNSET
    maximum_value_cents: _Cents | UnsetType | None = UNSET
    maximum_lots: _Lots | UnsetType | None = UNSET
    win_cap: _Lots | UnsetType | None = UNSET
    able_firms: _Firms | UnsetType = UNSET
    reserved_able_firms: _Firms | UnsetType = UNSET
    every_lot_able: bool | UnsetType = UNSET
    category_digits: _Digits | UnsetType | None = UNSET
    same_region: bool | UnsetType = UNSET


class FirmGrows(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A firm as it would be with more free capacity, in each of its offerings."""

    enterprise_id: UUID
    more_cents: Annotated[int, Meta(gt=0, le=MAX_CENTS, description="Euro cents a year.")]


class WhatIfRequest(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """One change; exactly one of these."""

    rules: RulesPatch | None = None
    firm_grows: FirmGrows | None = None
    mark_lapses: Annotated[
        UUID | None, Meta(description="Enterprise whose proof of target-group share would lapse.")
    ] = None
    without_firm: UUID | None = None


class WhatIfOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What one change does to the best plan of a run. Stored nowhere."""

    run_id: UUID
    fingerprint: str
    rules: Annotated[Rules, Meta(description="The rules after the change.")]
    difference: Difference


class DemandIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """A demand of social return that a buyer thinks of."""

    percentage: Annotated[Decimal, Meta(description="Above 0, at most 100.")]
    base: DemandBase = DemandBase.CONTRACT_SUM
    value_cents: Annotated[
        _Cents | None, Meta(description="Absent: the estimate of the tender.")
    ] = None
    months: Annotated[
        Annotated[int, Meta(ge=1, le=MOST_MONTHS)] | None,
        Meta(description="Absent: the longest term of its items."),
    ] = None
    wage_share: Annotated[
        Decimal | None, Meta(description="Wages as a share of the contract sum, 0 to 1.")
    ] = None
    places: Annotated[
        Decimal | None, Meta(description="Full-time places that candidates can fill.")
    ] = None
    place_year_cents: Annotated[
        _Cents | None, Meta(description="What the rule book counts for a full-time year.")
    ] = None
    purchasable_year_cents: Annotated[
        _Cents | None, Meta(description="Absent: free capacity of firms that fit the items.")
    ] = None
    purchase_credit: Annotated[
        Decimal, Meta(description="The share of a purchase that counts, 0 to 1.")
    ] = Decimal(1)
