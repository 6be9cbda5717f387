"""From one booking and what stands beside it to the facts that signals are judged by."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

import msgspec

from api.domain.social_return.displacement import DisplacementFacts
from api.domain.social_return.measures import months_in, months_in_all, weeks_in
from api.domain.values import Cents, Period

FOUR_PLACES: Final = Decimal("0.0001")


class Work(msgspec.Struct, frozen=True):
    """Hours of the live placements on an obligation, other than the one at hand."""

    hours: Decimal
    unpaid_hours: Decimal
    unknown: int
    """Placements of which nobody said whether they are paid."""


class Spend(msgspec.Struct, frozen=True):
    """What the contractor bought for its obligations at this authority, beside the one at hand."""

    spend_cents: int
    with_supplier_cents: int


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """The placement at hand."""

    period: Period
    started_on: date
    hours_per_week: Decimal
    unpaid: bool | None
    earlier: tuple[Period, ...] = ()
    """Of the same person in the same block."""


class Bought(msgspec.Struct, frozen=True, kw_only=True):
    """The purchase at hand."""

    invoice_cents: Cents
    claimed_cents: Cents
    reference_price_cents: Cents | None = None
    turnover_cents: int | None = None
    """Of the supplier, a year."""


def with_placement(
    facts: DisplacementFacts, placed: Placed, work: Work | None
) -> DisplacementFacts:
    """Add the share of unpaid hours, and how long one person is unpaid (own choice, ADR 31).

    Who was not said to be paid or unpaid leaves the share unknown.
    """
    hours = Fraction(placed.hours_per_week) * weeks_in(placed.period)
    shares: dict[str, Decimal | None] = {}
    if work is not None and not work.unknown and placed.unpaid is not None:
        unpaid = hours if placed.unpaid else Fraction(0)
        shares["unpaid_hours"] = _decimal(Fraction(work.unpaid_hours) + unpaid)
        shares["all_hours"] = _decimal(Fraction(work.hours) + hours)
    if placed.unpaid:
        shares["longest_unpaid_months"] = _months((placed.period, *placed.earlier), placed)
    return msgspec.structs.replace(facts, started_on=placed.started_on, **shares)


def with_purchase(
    facts: DisplacementFacts, bought: Bought, spend: Spend | None
) -> DisplacementFacts:
    """Add the price beside the market, and how much one depends on the other (ADR 31)."""
    shares: dict[str, Decimal] = {}
    if spend is not None:
        with_supplier = spend.with_supplier_cents + bought.claimed_cents
        whole = spend.spend_cents + bought.claimed_cents
        if whole:
            shares["buyer_spend_share"] = _decimal(Fraction(with_supplier, whole))
        if bought.turnover_cents:
            turnover = Fraction(with_supplier, bought.turnover_cents)
            shares["supplier_turnover_share"] = _decimal(turnover)
    return msgspec.structs.replace(
        facts,
        price_cents=bought.invoice_cents,
        reference_price_cents=bought.reference_price_cents,
        **shares,
    )


def _months(periods: Iterable[Period], placed: Placed) -> Decimal:
    first, *before = periods
    exact = months_in(first, placed.started_on) + months_in_all(before, placed.started_on)
    return _decimal(exact)


def _decimal(exact: Fraction) -> Decimal:
    return (Decimal(exact.numerator) / exact.denominator).quantize(FOUR_PLACES)
