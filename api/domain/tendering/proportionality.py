"""Before publication: can this contract carry this much social return?"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

import msgspec

from api.domain.errors import Fault, InvalidInput
from api.domain.tendering.estimate import half_up
from api.domain.tendering.law import Basis, Reason, SocialReturnNorm
from api.domain.tendering.law_data import SOCIAL_RETURN_NORMS

STRAINED: Final = Fraction(7, 10)
"""Above this part of the local supply a demand is called strained (own choice, ADR 16)."""
_STEP: Final = Decimal("0.1")
_HUNDRED: Final = Decimal(100)


class DemandBase(StrEnum):
    """What the percentage is taken of."""

    CONTRACT_SUM = "contract-sum"
    WAGE_SUM = "wage-sum"


class Attainable(StrEnum):
    """The verdict on a demand."""

    YES = "yes"
    STRAINED = "strained"
    NO = "no"
    UNKNOWN = "unknown"


class Demand(msgspec.Struct, frozen=True, rename="camel"):
    """What a buyer thinks of asking."""

    value_cents: int
    percentage: Decimal
    base: DemandBase
    months: int
    wage_share: Decimal | None = None
    """Wages as a share of the contract sum, 0 to 1."""


class LocalSupply(msgspec.Struct, frozen=True, rename="camel"):
    """What the region can deliver within the term; `None` is unknown."""

    places: Decimal | None = None
    """Full-time places that candidates can fill."""
    place_year_cents: int | None = None
    """What the rule book counts for a full-time year of one place."""
    purchasable_year_cents: int | None = None
    """What social enterprises in the category can still deliver per year."""
    purchase_credit: Decimal = Decimal(1)
    """The share of a purchase that the rule book counts, 0 to 1."""


class Alternative(msgspec.Struct, frozen=True, rename="camel"):
    """Another demand that would fit better; `percentage` where it is one."""

    code: str
    detail: str
    percentage: Decimal | None = None


class Advice(msgspec.Struct, frozen=True, rename="camel"):
    """The verdict on a demand, what it comes to, why, and what else could be asked."""

    attainable: Attainable
    obligation_cents: int | None
    wage_sum_cents: int | None
    supply_cents: int | None
    reasons: tuple[Reason, ...]
    alternatives: tuple[Alternative, ...]
    norms: tuple[Basis, ...]
    """The published policies that the reasons refer to."""


def advise_social_return(
    demand: Demand, supply: LocalSupply, norms: Iterable[SocialReturnNorm] = SOCIAL_RETURN_NORMS
) -> Advice:
    """Judge whether a share of social return fits the value, wages, term and local supply.

    Cents excluding VAT; the obligation rounds half up, the supply down. A demand is
    unattainable above the wage sum or the known supply, and strained where a published
    norm is not met or most of the supply is used. Source: Aw 2012 art. 1.10 and 2.80
    (proportionality); the norms given; own choice, ADR 16.
    """
    _check(demand, supply)
    norms = tuple(norms)
    wages = _wage_sum(demand)
    obligation = _obligation(demand, demand.percentage, wages)
    available = supply_cents(supply, demand.months)
    reasons = (
        *_against_norms(demand, norms),
        *_against_wages(obligation, wages),
        *_against_supply(obligation, available),
    )
    return Advice(
        attainable=_verdict(reasons),
        obligation_cents=obligation,
        wage_sum_cents=wages,
        supply_cents=available,
        reasons=reasons,
        alternatives=_alternatives(demand, wages, available, norms, reasons),
        norms=tuple(norm.basis for norm in norms),
    )


def supply_cents(supply: LocalSupply, months: int) -> int | None:
    """Give what the region can fulfil within the term, in cents of obligation, rounded down.

    Places count by their year value, purchases by their credit; unless both are known
    the whole is unknown. Own choice, ADR 16.
    """
    parts = (supply.places, supply.place_year_cents, supply.purchasable_year_cents)
    places, place_year, purchasable = parts
    if places is None or place_year is None or purchasable is None:
        return None
    yearly = Fraction(places) * place_year + purchasable * Fraction(supply.purchase_credit)
    return yearly * Fraction(months, 12) // 1


def _check(demand: Demand, supply: LocalSupply) -> None:
    faults = []
    if demand.value_cents <= 0 or demand.months < 1:
        faults.append(Fault("invalid-contract", "a contract has a value and at least one month"))
    if not demand.percentage.is_finite() or not 0 < demand.percentage <= _HUNDRED:
        faults.append(Fault("invalid-percentage", "a percentage is above 0 and at most 100"))
    shares = (demand.wage_share, supply.purchase_credit)
    if any(share is not None and not (share.is_finite() and 0 <= share <= 1) for share in shares):
        faults.append(Fault("invalid-share", "a share lies between 0 and 1"))
    counted = (supply.places, supply.place_year_cents, supply.purchasable_year_cents)
    if any(one is not None and not (Decimal(one).is_finite() and one >= 0) for one in counted):
        faults.append(Fault("negative-amount", "no supply is below zero"))
    if faults:
        raise InvalidInput(*faults)


def _wage_sum(demand: Demand) -> int | None:
    if demand.wage_share is None:
        return None
    return half_up(demand.value_cents * Fraction(demand.wage_share))


def _obligation(demand: Demand, percentage: Decimal, wages: int | None) -> int | None:
    base = demand.value_cents if demand.base is DemandBase.CONTRACT_SUM else wages
    return None if base is None else half_up(base * Fraction(percentage) / 100)


def _against_norms(demand: Demand, norms: Sequence[SocialReturnNorm]) -> tuple[Reason, ...]:
    return tuple(reason for norm in norms for reason in _against_norm(demand, norm))


def _against_norm(demand: Demand, norm: SocialReturnNorm) -> list[Reason]:
    rule, reasons = norm.basis.rule, []
    if norm.above_cents is not None and demand.value_cents <= norm.above_cents:
        detail = f"{demand.value_cents} cents; the norm asks it above {norm.above_cents} cents"
        reasons.append(Reason("small-contract", detail, rule))
    if norm.minimum_months is not None and demand.months < norm.minimum_months:
        detail = f"{demand.months} months; the norm asks it from {norm.minimum_months} months"
        reasons.append(Reason("short-term", detail, rule))
    if _wages_are_low(demand, norm) and demand.percentage > (norm.low_percentage or 0):
        detail = f"wages are {demand.wage_share} of the value, under {norm.low_wage_share}"
        reasons.append(Reason("low-wage-share", detail, rule))
    return reasons


def _wages_are_low(demand: Demand, norm: SocialReturnNorm) -> bool:
    share, low = demand.wage_share, norm.low_wage_share
    on_contract = demand.base is DemandBase.CONTRACT_SUM
    return on_contract and share is not None and low is not None and share < low


def _against_wages(obligation: int | None, wages: int | None) -> tuple[Reason, ...]:
    if wages is None or obligation is None:
        detail = "the share of wages is not given"
        return (Reason("wage-share-unknown", detail, "Aw 2012 art. 1.10"),)
    if obligation <= wages:
        return ()
    detail = f"obligation {obligation} cents is more than all wages {wages} cents"
    return (Reason("above-wage-sum", detail, "Aw 2012 art. 1.10"),)


def _against_supply(obligation: int | None, available: int | None) -> tuple[Reason, ...]:
    rule = "own choice, ADR 16"
    if available is None or obligation is None:
        return (Reason("supply-unknown", "places or purchases in the region are not known", rule),)
    detail = f"obligation {obligation} cents, supply within the term {available} cents"
    if obligation > available:
        return (Reason("above-local-supply", detail, rule),)
    code = "most-of-supply" if obligation > STRAINED * available else "within-supply"
    return (Reason(code, detail, rule),)


_FATAL: Final = {"above-wage-sum", "above-local-supply"}
_UNKNOWN: Final = {"supply-unknown"}
_STRAINING: Final = {"small-contract", "short-term", "low-wage-share", "most-of-supply"}


def _verdict(reasons: Sequence[Reason]) -> Attainable:
    codes = {reason.code for reason in reasons}
    if codes & _FATAL:
        return Attainable.NO
    if codes & _UNKNOWN:
        return Attainable.UNKNOWN
    return Attainable.STRAINED if codes & _STRAINING else Attainable.YES


def _alternatives(
    demand: Demand,
    wages: int | None,
    available: int | None,
    norms: Sequence[SocialReturnNorm],
    reasons: Sequence[Reason],
) -> tuple[Alternative, ...]:
    codes = {reason.code for reason in reasons}
    found: list[Alternative] = []
    if codes & _FATAL:
        found += _lower_percentage(demand, wages, available)
    if "low-wage-share" in codes:
        found += _low_wage_norms(demand, norms)
    if codes & {"low-wage-share", "above-wage-sum"} and wages is not None:
        detail = f"ask {demand.percentage} % of the wages ({wages} cents) instead"
        found.append(Alternative("percentage-of-wages", detail, demand.percentage))
    if codes & {"small-contract", "short-term"}:
        detail = "agree a custom activity (maatwerk), or join it to other running contracts"
        found.append(Alternative("custom-arrangement", detail))
    if codes & {"above-local-supply", "most-of-supply"}:
        detail = "accept candidates and purchases from the neighbouring regions too"
        found.append(Alternative("wider-region", detail))
    return tuple(found)


def _lower_percentage(
    demand: Demand, wages: int | None, available: int | None
) -> list[Alternative]:
    """Give the highest percentage, in steps of 0.1, that wages and supply can carry."""
    base = demand.value_cents if demand.base is DemandBase.CONTRACT_SUM else wages
    limits = [limit for limit in (wages, available) if limit is not None]
    share = Fraction(min(limits) * 1000, base or 1)
    percentage = (Decimal(share // 1) * _STEP).quantize(_STEP, ROUND_DOWN)
    if percentage == 0:
        return []
    detail = f"at {percentage} % wages and local supply are enough"
    return [Alternative("lower-percentage", detail, percentage)]


def _low_wage_norms(demand: Demand, norms: Sequence[SocialReturnNorm]) -> list[Alternative]:
    return [
        Alternative("low-wage-percentage", norm.basis.rule, norm.low_percentage)
        for norm in norms
        if norm.low_percentage is not None and _wages_are_low(demand, norm)
    ]
