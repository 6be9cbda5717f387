"""The best mix that closes what remains of an obligation, or why there is none.

Rule (own choice, ADR 31). A plan reaches the target within every limit: what is needed and
where, free capacity, room under the caps, a smallest purchase, the budget. Of such plans the
one that is best in the objective is chosen, and among those the second objective decides. For
the most jobs, credit may go beyond the target by no more than the largest single unit.
"""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from typing import Final

import msgspec

from api.domain.social_return.measures import half_up
from api.domain.social_return.plan_model import (
    AIMS,
    ANYTHING,
    EURO,
    INFINITE,
    Aim,
    Found,
    Lifted,
    Programme,
)
from api.domain.social_return.plan_options import (
    Limits,
    Mix,
    Objective,
    Options,
    PurchaseOption,
    cost_of,
    credit_of,
    jobs_of,
    keeps_to,
    most_of,
    suppliers_of,
)
from api.domain.values import Cents

NODES: Final = 400
_WHISKER: Final = 1e-6
"""What floats may be off, in euros."""


class Proof(StrEnum):
    """How good a plan is known to be."""

    OPTIMAL = "optimal"
    GAP = "gap"
    """The search ended at its limit: nothing is better than the bound."""


class Blocker(msgspec.Struct, frozen=True, rename="camel"):
    """A limit, and how far one would get without it."""

    limit: str
    reachable_cents: Cents
    would_close: bool


class Plan(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A mix with its totals, its proof, or what stands in the way."""

    mix: Mix
    closes: bool
    credit_cents: Cents
    extra_cost_cents: Cents
    job_years: Decimal
    suppliers: int
    proof: Proof
    bound: Decimal | None
    """Of the objective: euros, job years or suppliers; nothing is better."""
    blockers: tuple[Blocker, ...] = ()


def best_plan(
    options: Options, limits: Limits, objective: Objective, *, nodes: int = NODES
) -> Plan:
    """Choose the best mix that reaches the target, or the one that comes nearest (rule above)."""
    first, second = AIMS[objective]
    credit = _between(options, limits, first)
    programme = Programme(options, limits)
    found = programme.solve(first, credit, nodes=nodes)
    if found is None:
        return _nearest(options, limits, nodes)
    programme.keep(first, found.value)
    better = programme.solve(second, credit, nodes=nodes // 4, after=found) or found
    mix = _in_cents(better, options, limits)
    if credit_of(mix, options) < limits.target_cents:
        return _nearest(options, limits, nodes)
    trimmed = _trimmed(mix, options, limits, spare_jobs=first is Aim.JOBS)
    return _plan(trimmed, options, limits, found)


def _between(options: Options, limits: Limits, aim: Aim) -> tuple[float, float]:
    target = limits.target_cents / EURO
    if aim is not Aim.JOBS:
        return target, INFINITE
    units = (unit.credit_cents for unit in options.units)
    return target, target + max(units, default=Cents(EURO)) / EURO


def _plan(mix: Mix, options: Options, limits: Limits, found: Found) -> Plan:
    credit = credit_of(mix, options)
    return Plan(
        mix=mix,
        closes=credit >= limits.target_cents,
        credit_cents=Cents(credit),
        extra_cost_cents=Cents(cost_of(mix, options)),
        job_years=jobs_of(mix, options),
        suppliers=len(suppliers_of(mix, options)),
        proof=Proof.OPTIMAL if found.proven else Proof.GAP,
        bound=_bound(found.bound),
    )


def _bound(value: float) -> Decimal | None:
    return Decimal(half_up(Fraction(value) * 100)).scaleb(-2) if abs(value) < 1e15 else None  # noqa: PLR2004  a solver without a bound answers with infinity


def _nearest(options: Options, limits: Limits, nodes: int) -> Plan:
    """Take as much credit as can be, and say what each limit costs."""
    found = Programme(options, limits).solve(Aim.CREDIT, ANYTHING, nodes=nodes)
    if found is None:
        found = Found(
            (0.0,) * len(options.purchases), (0.0,) * len(options.units), 0, 0, proven=True
        )
    plan = _plan(_in_cents(found, options, limits), options, limits, found)
    return msgspec.structs.replace(plan, blockers=tuple(_blockers(options, limits)))


def _blockers(options: Options, limits: Limits) -> Iterator[Blocker]:
    """Leave out one limit at a time, without insisting on whole numbers."""
    with_all = _reach(options, limits, Lifted.NONE)
    for lifted in Lifted:
        reach = _reach(options, limits, lifted)
        if reach > with_all:
            yield Blocker(lifted.value, Cents(reach), reach >= limits.target_cents)


def _reach(options: Options, limits: Limits, lifted: Lifted) -> int:
    programme = Programme(options, limits, lifted, whole=False)
    at_most = (-INFINITE, limits.target_cents / EURO)
    found = programme.solve(Aim.CREDIT, at_most, nodes=1)
    return 0 if found is None else floor((found.value + _WHISKER) * EURO)


def _in_cents(found: Found, options: Options, limits: Limits) -> Mix:
    """Turn floats into whole euros, then into cents where that is what it takes."""
    counts = tuple(round(count) for count in found.counts)
    pairs = zip(found.euros, options.purchases, strict=True)
    amounts = [_rounded(euros, int(option.at_least_cents)) for euros, option in pairs]
    mix = Mix(tuple(amounts), counts)
    for step in (EURO, 1):
        mix = _topped_up(mix, found, options, limits, step)
    return mix


def _trimmed(mix: Mix, options: Options, limits: Limits, *, spare_jobs: bool) -> Mix:
    """Leave out what goes beyond the target: the dearest first, then what counts least."""
    places = range(len(options.purchases))
    for place in sorted(places, key=lambda one: _dearness(options.purchases[one])):
        if not (spare_jobs and options.purchases[place].job_years):
            mix = _less(mix, place, options, limits)
    counts = list(mix.counts)
    for place, unit in enumerate(options.units):
        excess = credit_of(mix, options) - limits.target_cents
        if unit.credit_cents and not (spare_jobs and unit.job_years):
            counts[place] -= min(counts[place], max(0, excess) // unit.credit_cents)
            mix = msgspec.structs.replace(mix, counts=tuple(counts))
    return mix


def _dearness(option: PurchaseOption) -> tuple[Fraction, Fraction, str, str]:
    return (-option.extra_share, option.share, option.offering, option.need)


def _less(mix: Mix, place: int, options: Options, limits: Limits) -> Mix:
    """Take off one option what is beyond the target: all of it, else down to a whole euro."""
    option, amount = options.purchases[place], mix.amounts[place]
    excess = credit_of(mix, options) - limits.target_cents if amount else 0
    if excess <= 0 or not option.share:
        return mix
    # Taking off no more than the excess leaves enough: half-up rounding never turns an order.
    kept = max(int(option.at_least_cents), amount - floor(Fraction(excess) / option.share))
    fewer = (_with(mix, place, min(amount, wanted)) for wanted in (0, ceil(kept / EURO) * EURO))
    enough = (one for one in fewer if credit_of(one, options) >= limits.target_cents)
    return next(enough, _with(mix, place, kept))


def _with(mix: Mix, place: int, cents: int) -> Mix:
    amounts = (*mix.amounts[:place], cents, *mix.amounts[place + 1 :])
    return msgspec.structs.replace(mix, amounts=amounts)


def _rounded(euros: float, at_least: int) -> int:
    whole = floor(euros + _WHISKER) * EURO
    if whole >= at_least:
        return whole
    exact = round(euros * EURO)
    return exact if exact >= at_least else 0


def _topped_up(mix: Mix, found: Found, options: Options, limits: Limits, step: int) -> Mix:
    """Buy a little more where rounding down left the target short by a little."""
    for place, option in enumerate(options.purchases):
        if found.euros[place] * EURO < 1 or not option.share:
            continue
        short = limits.target_cents - credit_of(mix, options)
        if short <= 0:
            return mix
        wanted = ceil(Fraction(short) / option.share / step) * step
        room = most_of(option, limits) - mix.amounts[place]
        mix = _with_more(mix, place, min(wanted, room), options, limits)
    return mix


def _with_more(mix: Mix, place: int, more: int, options: Options, limits: Limits) -> Mix:
    """Add `more`, or else as much of it as every limit leaves, by halving."""
    wanted = mix.amounts[place] + more
    while more > 0 and mix.amounts[place] < wanted:
        grown = _with(mix, place, mix.amounts[place] + more)
        if keeps_to(grown, options, limits):
            mix = grown
        more //= 2
    return mix
