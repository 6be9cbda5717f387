"""The estimated value of a contract (geraamde waarde), in cents excluding VAT."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import msgspec

from api.domain.errors import Fault, InvalidInput
from api.domain.tendering.law import ContractKind, Reason

COUNTED_MONTHS: Final = 48
"""Dir. 2014/24 art. 5(11)(b) and 5(14)(b); Aw 2012 art. 2.17(e)."""
LOTS_DIFFER: Final = Fraction(5, 100)
"""Data-quality rule of the Public Procurement Data Space (rule book, issue 153)."""

_SERVICES = (ContractKind.SERVICES, ContractKind.SOCIAL_SERVICES)
_NEED_A_TERM = (ContractKind.WORKS, ContractKind.CONCESSION)


class FixedPrice(msgspec.Struct, frozen=True, rename="camel", tag_field="kind", tag="fixed"):
    """A total price is known."""

    cents: int


class Periodic(msgspec.Struct, frozen=True, rename="camel", tag_field="kind", tag="periodic"):
    """A price per month or per year, without a total price."""

    cents: int
    every_months: int
    """1 or 12."""
    months: int | None
    """The term; `None` is indefinite."""


class CallOffs(msgspec.Struct, frozen=True, rename="camel", tag_field="kind", tag="call-offs"):
    """A framework: all call-offs planned over its term."""

    cents: tuple[int, ...]


Price = FixedPrice | Periodic | CallOffs


class Extras(msgspec.Struct, frozen=True, rename="camel"):
    """What the law adds to the price."""

    options_cents: int = 0
    extensions_cents: int = 0
    provided_cents: int = 0
    """Works only: supplies and services that the buyer makes available (Aw 2012 art. 2.16)."""


class Part(msgspec.Struct, frozen=True, rename="camel"):
    """One term of an estimate and the rule that adds it."""

    label: str
    cents: int
    rule: str


class Estimate(msgspec.Struct, frozen=True, rename="camel"):
    """An estimated value and what it is made of; the parts sum to it exactly."""

    total_cents: int
    parts: tuple[Part, ...]


class LotValue(msgspec.Struct, frozen=True, rename="camel"):
    """A lot as far as thresholds see it."""

    id: str
    kind: ContractKind
    value_cents: int


def half_up(amount: Fraction) -> int:
    """Round to a whole number, halves up (own choice, ADR 5)."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def counted_months(kind: ContractKind, months: int | None) -> int:
    """Give the months by which a periodic price is multiplied.

    Services of indefinite term or above 48 months count 48; supplies only when
    indefinite. Source: Dir. 2014/24 art. 5(11) and 5(14); Aw 2012 art. 2.17(d)-(e).
    """
    if months is None:
        return COUNTED_MONTHS
    return min(months, COUNTED_MONTHS) if kind in _SERVICES else months


def estimate(kind: ContractKind, price: Price, extras: Extras = Extras()) -> Estimate:  # noqa: B008  frozen
    """Estimate the value: price, options, extensions and, for works, what the buyer provides.

    Cents excluding VAT; a periodic price is rounded half up once, at the end.
    Source: Dir. 2014/24 art. 5(1); Aw 2012 art. 2.15(2)-(3), 2.16, 2.17.
    """
    _check(kind, price, extras)
    added = (
        Part("options", extras.options_cents, "Aw 2012 art. 2.15(2)"),
        Part("extensions", extras.extensions_cents, "Aw 2012 art. 2.15(2)"),
        Part("provided by the buyer", extras.provided_cents, "Aw 2012 art. 2.16"),
    )
    parts = (_priced(kind, price), *(part for part in added if part.cents))
    return Estimate(sum(part.cents for part in parts), parts)


def lots_differ(stated_total_cents: int, lots: Sequence[LotValue]) -> Reason | None:
    """Warn when the stated total lies 5 % or more from the sum of the lots (PPDS issue 153)."""
    summed = sum(lot.value_cents for lot in lots)
    if summed == stated_total_cents:
        return None
    if abs(stated_total_cents - summed) < LOTS_DIFFER * stated_total_cents:
        return None
    detail = f"stated total {stated_total_cents} cents, lots sum to {summed} cents"
    return Reason("total-differs-from-lots", detail, "PPDS rule book, issue 153")


def _priced(kind: ContractKind, price: Price) -> Part:
    if isinstance(price, FixedPrice):
        return Part("price", price.cents, "Aw 2012 art. 2.15(2)")
    if isinstance(price, CallOffs):
        return Part("call-offs", sum(price.cents), "Aw 2012 art. 2.15(3)")
    counted = counted_months(kind, price.months)
    rule = "Aw 2012 art. 2.17(d)" if counted == price.months else "Aw 2012 art. 2.17(e)"
    cents = half_up(Fraction(price.cents * counted, price.every_months))
    return Part(f"{counted} months", cents, rule)


def _check(kind: ContractKind, price: Price, extras: Extras) -> None:
    amounts = price.cents if isinstance(price, CallOffs) else (price.cents,)
    added = (extras.options_cents, extras.extensions_cents, extras.provided_cents)
    faults = []
    if min((*amounts, *added)) < 0:
        faults.append(Fault("negative-amount", "no amount may be below zero"))
    if isinstance(price, Periodic):
        faults += _term_faults(kind, price)
    if extras.provided_cents and kind is not ContractKind.WORKS:
        faults.append(Fault("provided-not-works", "only works count what the buyer provides"))
    if faults:
        raise InvalidInput(*faults)


def _term_faults(kind: ContractKind, price: Periodic) -> list[Fault]:
    faults = []
    if price.every_months not in (1, 12):
        faults.append(Fault("invalid-price-period", "a price is per 1 or per 12 months"))
    if price.months is not None and price.months < 1:
        faults.append(Fault("invalid-term", "a term is at least one month"))
    if price.months is None and kind in _NEED_A_TERM:
        faults.append(Fault("term-missing", f"{kind} need a term: the law gives no multiplier"))
    return faults
