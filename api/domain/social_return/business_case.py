"""The business case of a municipality: financial and social return apart, never one sum.

Source: domain dossier 7.2 (VNG 2014, mechanism S9): financial return is revenue less cost,
social return is job years times the saving of each, with a source for every factor.
"""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import msgspec

from api.domain.social_return.measures import half_up, in_digits, in_euros
from api.domain.values import Cents


class Balance(StrEnum):
    """Which way a return comes out."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    EVEN = "even"
    UNKNOWN = "unknown"


class Amount(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An amount with where it comes from."""

    label: str
    amount_cents: Cents
    source: str


class Factor(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What one year of full-time work of a target group saves (dossier 7.2)."""

    group: str
    saving_cents: Cents
    source: str


class SocialLine(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The saving by one target group; `None` where the job years are unknown or suppressed."""

    group: str
    job_years: Decimal | None
    amount_cents: Cents | None
    words: str
    numbers: str
    source: str | None


class BusinessCase(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Two returns side by side; nothing adds them up."""

    revenues: tuple[Amount, ...]
    costs: tuple[Amount, ...]
    financial_cents: Cents
    financial: Balance
    social: tuple[SocialLine, ...]
    social_cents: Cents
    """The sum of the lines that are known."""
    social_balance: Balance
    social_complete: bool
    """Whether every group has job years and a factor."""


def business_case(
    money: tuple[Sequence[Amount], Sequence[Amount]],
    job_years: Sequence[tuple[str, Decimal | None]],
    factors: Sequence[Factor],
) -> BusinessCase:
    """Set revenues and costs (`money`) beside the savings by group; cents, half up (7.2)."""
    revenues, costs = money
    financial = sum(one.amount_cents for one in revenues) - sum(one.amount_cents for one in costs)
    by_group = {one.group: one for one in factors}
    lines = tuple(_line(group, years, by_group.get(group)) for group, years in job_years)
    known = [line.amount_cents for line in lines if line.amount_cents is not None]
    social = Cents(sum(known))
    return BusinessCase(
        revenues=tuple(revenues),
        costs=tuple(costs),
        financial_cents=Cents(financial),
        financial=_balance(financial) if revenues or costs else Balance.UNKNOWN,
        social=lines,
        social_cents=social,
        social_balance=_balance(social) if known else Balance.UNKNOWN,
        social_complete=len(known) == len(lines),
    )


def _line(group: str, job_years: Decimal | None, factor: Factor | None) -> SocialLine:
    words = "job years * saving a job year"
    if job_years is None or factor is None:
        missing = "the job years are" if job_years is None else "the saving of a job year is"
        numbers = f"unknown: {missing} not known"
        source = None if factor is None else factor.source
        return SocialLine(
            group=group,
            job_years=job_years,
            amount_cents=None,
            words=words,
            numbers=numbers,
            source=source,
        )
    return SocialLine(
        group=group,
        job_years=job_years,
        amount_cents=half_up(Fraction(job_years) * factor.saving_cents),
        words=words,
        numbers=f"{in_digits(job_years)} * {in_euros(factor.saving_cents)}",
        source=factor.source,
    )


def _balance(cents: int) -> Balance:
    if cents == 0:
        return Balance.EVEN
    return Balance.POSITIVE if cents > 0 else Balance.NEGATIVE
