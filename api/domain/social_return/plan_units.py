"""What a plan can add by the piece, with the credit of one piece by the rule book."""

from decimal import Decimal
from fractions import Fraction

import msgspec

from api.domain.social_return.activity import Activity
from api.domain.social_return.credit import Credit
from api.domain.social_return.measures import DAYS_A_WEEK, MONTHS_A_YEAR, months_in
from api.domain.social_return.placement import Placement
from api.domain.social_return.plan_options import UnitOption
from api.domain.social_return.rule_book import RuleBook
from api.domain.social_return.valuation import credit_for_activity, credit_for_placement
from api.domain.values import Cents


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """How many pieces the contractor could add, and what one costs extra."""

    key: str
    at_most: int
    cost_cents: Cents = Cents(0)


class Unit(msgspec.Struct, frozen=True):
    """A piece with its credit, and the option that stands for it."""

    credit: Credit
    option: UnitOption


def placement_unit(placement: Placement, offer: Offer, book: RuleBook) -> Unit:
    """Lay out placements of one kind; a job year is full-time, over the days (own choice, ADR 31).

    Without a full-time week in the book no job years are counted.
    """
    full, hours = book.week_hours, placement.hours_per_week
    years = months_in(placement.period, placement.started_on) / MONTHS_A_YEAR
    part = Fraction(0)
    if full is not None and hours is not None:
        part = Fraction(min(hours, full)) / Fraction(full)
    return _unit(credit_for_placement(placement, book), offer, offer.at_most, years * part)


def activity_unit(one: Activity, offer: Offer, book: RuleBook) -> Unit:
    """Lay out an activity by the hour or day, as many as count one by one (own choice, ADR 31).

    Maxima of the book end it; each piece is an occasion of its own, in a week of its own.
    """
    credit = credit_for_activity(one, book)
    many = msgspec.structs.replace(
        one,
        quantity=Decimal(offer.at_most),
        occasions=offer.at_most,
        days=offer.at_most * DAYS_A_WEEK,
        cost_cents=None if one.cost_cents is None else Cents(one.cost_cents * offer.at_most),
    )
    whole = credit_for_activity(many, book)
    each = credit.amount_cents
    most = (whole.amount_cents or 0) // each if each else 0
    return _unit(credit, offer, min(offer.at_most, most), Fraction(0))


def _unit(credit: Credit, offer: Offer, at_most: int, years: Fraction) -> Unit:
    """Lay out a piece; one that brings nothing can't be chosen, and its sum says why."""
    option = UnitOption(
        key=offer.key,
        credit_cents=credit.amount_cents or Cents(0),
        cost_cents=offer.cost_cents,
        job_years=years,
        at_most=at_most if credit.amount_cents else 0,
        categories=credit.categories,
    )
    return Unit(credit, option)
