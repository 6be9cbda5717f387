"""What a firm that just misses a lot would have to change. Source: own choice, ADR 17.

A near miss has exactly one failing requirement, of a kind that can be mended, and within
the dated bounds of the rules. The change named is the smallest that would admit the firm.
"""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final, cast

import msgspec

from api.domain.matching.facts import LotFacts, OfferingFacts
from api.domain.matching.reasons import Compared, Reason, ReasonCode
from api.domain.matching.rules import WHOLE, MatchingRules, NearMissBounds


class Unit(StrEnum):
    """What a shortfall is counted in."""

    CENTS_A_YEAR = "cents-a-year"
    CENTS = "cents"
    DAYS = "days"
    MUNICIPALITIES = "municipalities"
    VERIFICATIONS = "verifications"


class Shortfall(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """The one thing that is missing, and the smallest change that mends it."""

    code: ReasonCode
    by: int
    unit: Unit
    needed: Compared
    """The value that would be enough; for an area the municipalities to add."""
    change: str


_Measure = Callable[[Reason, LotFacts, OfferingFacts, NearMissBounds], Shortfall | None]


def shortfall(
    reason: Reason, lot: LotFacts, offering: OfferingFacts, rules: MatchingRules
) -> Shortfall | None:
    """Measure the only failing reason; `None` when it can't be mended, or is too far off.

    Source: own choice, ADR 17; bounds from `rules`.
    """
    measure = _MEASURES.get(reason.code)
    return None if measure is None else measure(reason, lot, offering, rules.bounds)


def euros(cents: int) -> str:
    """Write cents as euros, `1 234.50` (own choice, ADR 17)."""
    return f"{cents // 100:,}.{cents % 100:02}".replace(",", " ")


def _capacity(
    reason: Reason, lot: LotFacts, offering: OfferingFacts, bounds: NearMissBounds
) -> Shortfall | None:
    wanted, free = lot.yearly_value_cents or 0, offering.free_capacity_cents or 0
    short = wanted - free
    if short * WHOLE > wanted * bounds.capacity:
        return None
    change = f"free capacity is short by EUR {euros(short)} a year"
    return Shortfall(reason.code, short, Unit.CENTS_A_YEAR, wanted, change)


def _area(
    reason: Reason, lot: LotFacts, offering: OfferingFacts, bounds: NearMissBounds
) -> Shortfall | None:
    if not reason.offered:  # nothing is covered, which is further off than any bound
        return None
    wanted = frozenset(lot.areas)
    missing = sorted(wanted.difference(offering.area_full, offering.area_partial))
    if len(missing) > bounds.municipalities:
        return None
    if not all(area.startswith("GM") for area in missing):
        return None
    change = f"add {', '.join(missing)} to the area"
    return Shortfall(reason.code, len(missing), Unit.MUNICIPALITIES, tuple(missing), change)


def _lead_time(
    reason: Reason, lot: LotFacts, offering: OfferingFacts, bounds: NearMissBounds
) -> Shortfall | None:
    given = lot.lead_time_days or 0
    late = (offering.lead_time_days or 0) - given
    if late > bounds.lead_time_days:
        return None
    change = f"deliver {late} days sooner, within {given} days"
    return Shortfall(reason.code, late, Unit.DAYS, given, change)


def _minimum_order(
    reason: Reason, lot: LotFacts, offering: OfferingFacts, bounds: NearMissBounds
) -> Shortfall | None:
    order = lot.order_value_cents or 0
    above = (offering.minimum_order_cents or 0) - order
    if above * WHOLE > order * bounds.minimum_order:
        return None
    change = f"accept orders of EUR {euros(order)}, EUR {euros(above)} below the minimum"
    return Shortfall(reason.code, above, Unit.CENTS, order, change)


def _mark_lapses(
    reason: Reason, lot: LotFacts, _offering: OfferingFacts, bounds: NearMissBounds
) -> Shortfall | None:
    scheme, _level, last = _mark(reason)
    ends_on = cast("date", lot.ends_on)  # a lapse is only told where the end is known
    days = (ends_on - date.fromisoformat(last)).days
    if days > bounds.mark_gap_days:
        return None
    change = f"{scheme} lapses on {last}; renew it through {ends_on}, the contract's end"
    return Shortfall(reason.code, days, Unit.DAYS, ends_on.isoformat(), change)


def _mark_unverified(
    reason: Reason, _lot: LotFacts, _offering: OfferingFacts, _bounds: NearMissBounds
) -> Shortfall:
    scheme, _level, _last = _mark(reason)
    change = f"have the certificate of {scheme} verified"
    return Shortfall(reason.code, 1, Unit.VERIFICATIONS, scheme, change)


def _mark(reason: Reason) -> tuple[str, str, str]:
    """Read scheme, level and last valid day, as `marks.py` writes them for a held mark."""
    return cast("tuple[str, str, str]", reason.offered)


_MEASURES: Final[Mapping[ReasonCode, _Measure]] = {
    ReasonCode.CAPACITY_SHORT: _capacity,
    ReasonCode.AREA_OUTSIDE: _area,
    ReasonCode.LEAD_TIME_LONG: _lead_time,
    ReasonCode.MINIMUM_ORDER_HIGH: _minimum_order,
    ReasonCode.MARK_LAPSES: _mark_lapses,
    ReasonCode.MARK_UNVERIFIED: _mark_unverified,
}
