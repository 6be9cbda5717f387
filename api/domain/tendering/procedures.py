"""Which national procedures suit a contract below the threshold."""

from collections.abc import Sequence

import msgspec

from api.domain.tendering.law import (
    Basis,
    BuyerLevel,
    ContractKind,
    Procedure,
    ProcedurePolicy,
    ProcedureRange,
    Reason,
    Tint,
)
from api.domain.tendering.law_data import DEFAULT_PROCEDURES


class ProcedureOption(msgspec.Struct, frozen=True, rename="camel"):
    """A procedure that the policy names for this value."""

    procedure: Procedure
    tint: Tint


class ProcedureAdvice(msgspec.Struct, frozen=True, rename="camel"):
    """The procedures named for a value, normal ones first; none when the policy is silent."""

    options: tuple[ProcedureOption, ...]
    reasons: tuple[Reason, ...]
    policy_id: str
    basis: Basis


def national_procedures(
    kind: ContractKind,
    level: BuyerLevel,
    value_cents: int,
    policy: ProcedurePolicy = DEFAULT_PROCEDURES,
) -> ProcedureAdvice:
    """Give the procedures that a buyer's policy names for a value below the threshold.

    Cents excluding VAT; a range runs from its first amount up to but not including its
    last. Comply or explain. Source: Gids Proportionaliteit, voorschrift 3.4A; the buyer's policy.
    """
    fitting = [one for one in policy.ranges if _fits(one, kind, level, value_cents)]
    ordered = sorted(fitting, key=lambda one: (one.tint is Tint.JUSTIFY, one.procedure))
    options = tuple(ProcedureOption(one.procedure, one.tint) for one in ordered)
    return ProcedureAdvice(options, _reasons(options, policy), policy.id, policy.basis)


def _fits(one: ProcedureRange, kind: ContractKind, level: BuyerLevel, value: int) -> bool:
    below = one.below_cents is None or value < one.below_cents
    return one.kind is kind and one.level in (None, level) and one.from_cents <= value and below


def _reasons(options: Sequence[ProcedureOption], policy: ProcedurePolicy) -> tuple[Reason, ...]:
    rule = policy.basis.rule
    reasons = [Reason("objective-choice", "choose invitees on objective criteria", "Aw 2012 1.4")]
    if not options:
        reasons.append(Reason("policy-silent", "the policy has no range for this", rule))
    if any(option.tint is Tint.JUSTIFY for option in options):
        reasons.append(Reason("comply-or-explain", "justify the marked procedures", rule))
    if not policy.basis.verified:
        reasons.append(Reason("policy-unverified", "replace it by the buyer's own policy", rule))
    return tuple(reasons)
