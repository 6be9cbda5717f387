"""What a plan may be made of: purchases that could be done, and units that could be added."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import Final

import msgspec

from api.domain.social_return.measures import half_up
from api.domain.values import Cents

YEAR_DAYS: Final = 365


class Objective(StrEnum):
    """What a plan is best in; ties go to the least extra cost, then to the fewest suppliers."""

    LEAST_COST = "least-extra-cost"
    MOST_JOBS = "most-jobs"
    FEWEST_SUPPLIERS = "fewest-suppliers"


class PurchaseOption(msgspec.Struct, frozen=True, kw_only=True):
    """A need that one offering of one supplier could fill, wholly or partly."""

    need: str
    supplier: str
    offering: str
    share: Fraction
    """Credit for each cent that is bought."""
    extra_share: Fraction = Fraction(0)
    """What it costs more than elsewhere, for each cent that is bought."""
    job_years: Fraction = Fraction(0)
    """For each cent that is bought; nothing where it is not known."""
    at_least_cents: Cents = Cents(0)
    """If anything is bought at all."""
    capacity_cents: Cents | None = None
    """What the offering can take on for this need; `None` is unknown, and then no limit."""
    categories: tuple[str, ...] = ()


class UnitOption(msgspec.Struct, frozen=True, kw_only=True):
    """Something that comes in whole units: a placement, or an hour of advice."""

    key: str
    credit_cents: Cents
    cost_cents: Cents = Cents(0)
    job_years: Fraction = Fraction(0)
    at_most: int
    categories: tuple[str, ...] = ()


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan keeps to."""

    target_cents: Cents
    needs: Mapping[str, Cents]
    """The most that is bought for each need."""
    rooms: Mapping[str, Cents] = {}
    """The room that is left under each cap."""
    budget_cents: Cents | None = None
    """The most that it may cost extra."""


class Options(msgspec.Struct, frozen=True):
    """Everything that could be chosen from, in fixed order."""

    purchases: tuple[PurchaseOption, ...] = ()
    units: tuple[UnitOption, ...] = ()


class Mix(msgspec.Struct, frozen=True):
    """How much of each option: cents and counts, in the order of the options."""

    amounts: tuple[int, ...]
    counts: tuple[int, ...]


def most_of(option: PurchaseOption, limits: Limits) -> int:
    """Give the most that can be bought of an option, in cents (own choice, ADR 31)."""
    need = int(limits.needs[option.need])
    return need if option.capacity_cents is None else min(need, option.capacity_cents)


def credit_of(mix: Mix, options: Options) -> int:
    """Give the credit of a mix in cents, half up for each line, as it will be booked (ADR 5)."""
    bought = zip(options.purchases, mix.amounts, strict=True)
    added = zip(options.units, mix.counts, strict=True)
    return sum(half_up(one.share * cents) for one, cents in bought) + sum(
        one.credit_cents * count for one, count in added
    )


def cost_of(mix: Mix, options: Options) -> int:
    """Give what a mix costs extra in cents, half up for each line (own choice, ADR 31)."""
    bought = zip(options.purchases, mix.amounts, strict=True)
    added = zip(options.units, mix.counts, strict=True)
    return sum(half_up(one.extra_share * cents) for one, cents in bought) + sum(
        one.cost_cents * count for one, count in added
    )


def jobs_of(mix: Mix, options: Options) -> Decimal:
    """Give the job years of a mix, to hundredths (own choice, ADR 31)."""
    bought = zip(options.purchases, mix.amounts, strict=True)
    added = zip(options.units, mix.counts, strict=True)
    exact = sum((one.job_years * cents for one, cents in bought), start=Fraction(0))
    exact += sum((one.job_years * count for one, count in added), start=Fraction(0))
    return hundredths(exact)


def in_window(free_cents: int | None, days: int) -> int | None:
    """Turn what is free a year into what fits in a number of days, in cents (ADR 31)."""
    return None if free_cents is None else free_cents * days // YEAR_DAYS


def a_year(amount_cents: int, days: int) -> int:
    """Turn an amount in a number of days into the capacity a year that it takes (ADR 31)."""
    return ceil(Fraction(amount_cents * YEAR_DAYS, days))


def hundredths(exact: Fraction) -> Decimal:
    """Round to hundredths, half up (own choice, ADR 31)."""
    return Decimal(half_up(exact * 100)).scaleb(-2)


def suppliers_of(mix: Mix, options: Options) -> frozenset[str]:
    """Name the suppliers of a mix (own choice, ADR 31)."""
    bought = zip(options.purchases, mix.amounts, strict=True)
    return frozenset(one.supplier for one, cents in bought if cents)


def keeps_to(mix: Mix, options: Options, limits: Limits) -> bool:
    """Check a mix against every limit in whole cents; the solver itself counts in floats (ADR 31).

    Capacity of one offering over several needs adds up as shares of what each could take.
    """
    if limits.budget_cents is not None and cost_of(mix, options) > limits.budget_cents:
        return False
    bought = list(zip(options.purchases, mix.amounts, strict=True))
    added = list(zip(options.units, mix.counts, strict=True))
    spent: dict[str, int] = {}
    taken: dict[str, Fraction] = {}
    used: dict[str, int] = {}
    for option, cents in bought:
        spent[option.need] = spent.get(option.need, 0) + cents
        if option.capacity_cents:
            share = Fraction(cents, option.capacity_cents)
            taken[option.offering] = taken.get(option.offering, Fraction(0)) + share
        for category in option.categories:
            used[category] = used.get(category, 0) + half_up(option.share * cents)
    for unit, count in added:
        for category in unit.categories:
            used[category] = used.get(category, 0) + unit.credit_cents * count
    return (
        all(cents <= limits.needs[need] for need, cents in spent.items())
        and all(share <= 1 for share in taken.values())
        and all(cents <= limits.rooms.get(one, cents) for one, cents in used.items())
    )
