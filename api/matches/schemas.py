"""What goes in and out about match runs."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.directory import ServiceMode
from api.domain.matching.facts import LotFacts, Procedure, RequiredMark
from api.domain.matching.near_miss import Shortfall
from api.domain.matching.reasons import Reason, Rule
from api.domain.matching.score import Signal


class MatchRequest(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """What the buyer asks beyond the notice. All absent: only what the notice says."""

    required_marks: Annotated[
        tuple[RequiredMark, ...],
        Meta(max_length=20, description="Marks, or equivalents, valid through the contract."),
    ] = ()
    service_modes: Annotated[
        tuple[ServiceMode, ...], Meta(max_length=4, description="Accepted modes; empty is any.")
    ] = ()
    lead_time_days: Annotated[int, Meta(ge=0, le=730)] | None = None
    order_value_cents: (
        Annotated[int, Meta(gt=0, le=10**13, description="Value of one order, excluding VAT.")]
        | None
    ) = None
    procedure: Annotated[
        Procedure | None,
        Meta(description="Absent: read from the notice. `invitation` lets nearness rank."),
    ] = None
    seed: (
        Annotated[
            str,
            Meta(
                pattern=r"^[A-Za-z0-9-]{1,64}$",
                description="Decides the order within equal scores. Absent: the lot's id.",
            ),
        ]
        | None
    ) = None


class LotChange(msgspec.Struct, frozen=True, rename="camel"):
    """What the lot, or the buyer, asks otherwise than in the run before."""

    field: Annotated[str, Meta(description="A field of what is asked, such as `areas`.")]
    before: Any
    after: Any


class Follows(msgspec.Struct, frozen=True, rename="camel"):
    """The run of this lot before, and what is asked otherwise since then."""

    run_id: UUID
    changes: tuple[LotChange, ...]


class MatchRunOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A run: matched + near misses + excluded = considered."""

    id: UUID
    lot_id: UUID
    lot_version: int
    created_at: datetime
    author: str
    seed: str
    fingerprint: Annotated[
        str, Meta(description="SHA-256 over every fact, weight and rule version that was used.")
    ]
    considered: int
    matched: int
    near_misses: int
    excluded: int
    outside_category: Annotated[
        int, Meta(description="Enterprises without any offering in the category; counted only.")
    ]
    criteria: MatchRequest
    weights_version: str
    rules_version: str
    rules: tuple[Rule, ...]
    text_search: Annotated[
        str, Meta(description="`used`, or `unavailable` when the index was down.")
    ]
    warnings: tuple[str, ...]
    follows: Annotated[
        Follows | None,
        Meta(description="Null for the first run. Whose verdict changed: ask for the difference."),
    ] = None


class Explanation(msgspec.Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """Why: the reasons, the points, and for a near miss what is missing."""

    reasons: tuple[Reason, ...] = ()
    breakdown: tuple[Signal, ...] = ()
    unknown: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    shortfall: Shortfall | None = None


class VerdictOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The verdict on one enterprise."""

    rank: Annotated[int, Meta(description="From 1; over all verdicts of this outcome.")]
    enterprise_id: UUID
    name: str
    town: str | None
    offering_id: UUID | None
    offering_title: str | None
    score: Annotated[int | None, Meta(description="Out of 1000; null for an excluded one.")]
    explanation: Explanation


class FirmVerdict(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Why, or why not, for one enterprise and one lot, as things stand now."""

    outcome: Annotated[str, Meta(description="matched, near or excluded.")]
    enterprise_id: UUID
    name: str
    lot_id: UUID
    offering_id: UUID | None
    score: int | None
    explanation: Explanation


class VerdictChange(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What became of one enterprise between two runs; null where a run did not consider it."""

    enterprise_id: UUID
    name: str
    outcome_before: str | None
    outcome_after: str | None
    rank_before: int | None
    rank_after: int | None
    score_before: int | None
    score_after: int | None
    reasons_gone: Annotated[tuple[str, ...], Meta(description="Reasons that no longer hold.")]
    reasons_new: Annotated[tuple[str, ...], Meta(description="Reasons that did not hold before.")]


class RunDifference(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Two runs of one lot side by side: every enterprise whose verdict changed."""

    before: UUID
    after: UUID
    same_fingerprint: bool
    changes: tuple[VerdictChange, ...]


class MatchRunBasis(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a run stands on, as stored with it."""

    criteria: MatchRequest
    weights_version: str
    rules_version: str
    rules: tuple[Rule, ...]
    text_search: str
    warnings: tuple[str, ...]
    follows: Follows | None = None
    lot: LotFacts | None = None
    """What was asked; runs of before November 2026 did not keep it."""
