"""Which regime of procurement law a tender falls under; always decided on the sum of its lots."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from api.domain.errors import InvalidValue
from api.domain.tendering.estimate import LotValue
from api.domain.tendering.law import BuyerLevel, ContractKind, Reason, Threshold, in_force
from api.domain.tendering.law_data import THRESHOLDS

KINDS: Final = (
    ContractKind.SERVICES,
    ContractKind.SUPPLIES,
    ContractKind.SOCIAL_SERVICES,
    ContractKind.WORKS,
    ContractKind.CONCESSION,
)
"""Lowest threshold first: on a tie the strictest kind is taken (own choice, ADR 16)."""


class Regime(StrEnum):
    """What the sum of the lots leads to."""

    EU = "eu"
    """Part 2 of the Aanbestedingswet holds for every lot, save exempt ones."""
    EU_LIGHT = "eu-light"
    """The light regime for social and other specific services."""
    NATIONAL = "national"
    UNKNOWN = "unknown"
    """No threshold is known for this date, kind or buyer."""


class RegimeDecision(msgspec.Struct, frozen=True, rename="camel"):
    """The regime with the amounts that were compared."""

    regime: Regime
    total_cents: int
    kind: ContractKind
    threshold: Threshold | None
    reasons: tuple[Reason, ...]


def threshold_for(
    kind: ContractKind,
    level: BuyerLevel,
    dispatched_on: date,
    rows: Iterable[Threshold] = THRESHOLDS,
) -> Threshold | None:
    """Give the threshold on the day the notice is sent, or `None` when there is no row.

    Without a notice: the day the procedure starts. Source: Aw 2012 art. 2.15(1).
    """
    fitting = (row for row in rows if row.kind is kind and row.level in (None, level))
    return in_force(fitting, dispatched_on)


def main_kind(lots: Sequence[LotValue]) -> ContractKind:
    """Give the kind with the highest summed value; on a tie the first of `KINDS`.

    Source: Dir. 2014/24 art. 3(2). A buyer whose main subject is another kind says so.
    """
    sums = {kind: sum(lot.value_cents for lot in lots if lot.kind is kind) for kind in KINDS}
    present = [kind for kind in KINDS if any(lot.kind is kind for lot in lots)]
    return max(present, key=lambda kind: sums[kind])


def decide_regime(
    lots: Sequence[LotValue],
    level: BuyerLevel,
    dispatched_on: date,
    *,
    kind: ContractKind | None = None,
    rows: Iterable[Threshold] = THRESHOLDS,
) -> RegimeDecision:
    """Decide the regime on the sum of all lots: European from the threshold upwards.

    Cents excluding VAT. `kind` overrules the kind with the highest value.
    Source: Aw 2012 art. 2.18(1)-(2), 2.19(1)-(2); Dir. 2014/24 art. 4 and 5(8)-(9).
    """
    if not lots or min(lot.value_cents for lot in lots) < 0:
        raise InvalidValue("a tender has lots, none below zero", code="invalid-lots")
    total = sum(lot.value_cents for lot in lots)
    decided = kind or main_kind(lots)
    threshold = threshold_for(decided, level, dispatched_on, rows)
    regime = Regime.UNKNOWN if threshold is None else _regime(total, threshold)
    reasons = (_compared(total, decided, level, dispatched_on, threshold), *_mixed(lots, decided))
    return RegimeDecision(regime, total, decided, threshold, reasons)


def _regime(total: int, threshold: Threshold) -> Regime:
    if total < threshold.amount_cents:
        return Regime.NATIONAL
    return Regime.EU_LIGHT if threshold.kind is ContractKind.SOCIAL_SERVICES else Regime.EU


def _compared(
    total: int, kind: ContractKind, level: BuyerLevel, day: date, threshold: Threshold | None
) -> Reason:
    if threshold is None:
        detail = f"no threshold is known for {kind}, {level}, on {day}"
        return Reason("threshold-unknown", detail, "Aw 2012 art. 2.15(1)")
    reached = total >= threshold.amount_cents
    word = "reaches" if reached else "stays below"
    detail = f"sum of all lots {total} cents {word} the threshold {threshold.amount_cents} cents"
    return Reason(
        "threshold-reached" if reached else "below-threshold", detail, threshold.basis.rule
    )


def _mixed(lots: Sequence[LotValue], decided: ContractKind) -> tuple[Reason, ...]:
    others = sorted({lot.kind.value for lot in lots if lot.kind is not decided})
    if not others:
        return ()
    detail = f"decided as {decided}; the lots also hold {', '.join(others)}"
    return (Reason("mixed-contract", detail, "Dir. 2014/24 art. 3(2)"),)
