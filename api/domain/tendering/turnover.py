"""How much turnover a buyer may demand of a tenderer."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

import msgspec

from api.domain.errors import InvalidValue
from api.domain.tendering.law import Basis, Reason, TurnoverRule, in_force
from api.domain.tendering.law_data import TURNOVER


class TurnoverDemand(msgspec.Struct, frozen=True, rename="camel"):
    """The highest yearly turnover that may be demanded, in cents excluding VAT."""

    maximum_cents: int
    value_cents: int
    factor: str
    reasons: tuple[Reason, ...]
    basis: Basis


def turnover_allowed(
    executed_together: Sequence[int], day: date, rows: Iterable[TurnoverRule] = TURNOVER
) -> TurnoverDemand:
    """Give the highest turnover that may be demanded for lots executed together.

    Cents excluding VAT, rounded down: factor times the sum of the values of one lot, of
    lots awarded together and executed at the same time, or of simultaneous call-offs.
    Source: Aw 2012 art. 2.90(3)-(4); Dir. 2014/24 art. 58(3).
    """
    rule = in_force(rows, day)
    if rule is None or not executed_together or min(executed_together) < 0:
        detail = f"no turnover demand can be worked out on {day} for {list(executed_together)}"
        raise InvalidValue(detail, code="no-turnover-rule")
    value = sum(executed_together)
    maximum = value * Fraction(rule.factor) // 1
    motivate = Reason(
        "turnover-needs-weighty-reasons",
        "no turnover may be demanded unless weighty reasons are given in the documents",
        "Aw 2012 art. 2.90(3)",
    )
    return TurnoverDemand(maximum, value, str(rule.factor), (motivate,), rule.basis)
