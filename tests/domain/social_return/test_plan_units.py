from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from api.domain.social_return.activity import Activity
from api.domain.social_return.placement import Placement
from api.domain.social_return.plan_units import Offer, activity_unit, placement_unit
from api.domain.social_return.rule_book import Block, FullTime, RuleBook, Source, SourceKind, Unit
from api.domain.values import Cents, Period

OFFER = Offer(key="one", at_most=20, cost_cents=Cents(500))


def book(**more: Any) -> RuleBook:
    facts: dict[str, Any] = {
        "id": "town",
        "version": "1",
        "name": "Town",
        "regions": ("Town",),
        "source_kind": SourceKind.EXAMPLE,
        "sources": (Source("paper", "Paper", SourceKind.EXAMPLE),),
        "full_time": FullTime(hours_per_week=Decimal(36)),
        "blocks": (
            Block(code="wajong", label="Wajong", unit=Unit.YEAR, value_cents=Cents(5_000_000)),
        ),
        "activities": (
            Block(
                code="advice",
                label="Advies",
                unit=Unit.HOUR,
                value_cents=Cents(10_000),
                max_hours_total=Decimal(12),
                categories=("knowledge",),
            ),
            Block(code="cost", label="Kosten", unit=Unit.ACTUAL_COST),
        ),
    }
    return RuleBook(**(facts | more))


def placement(**more: Any) -> Placement:
    facts: dict[str, Any] = {
        "block": "wajong",
        "started_on": date(2026, 1, 1),
        "period": Period(date(2026, 1, 1), date(2026, 7, 1)),
        "hours_per_week": Decimal(18),
    }
    return Placement(**(facts | more))


def test_a_placement_is_worth_what_the_book_says_and_a_part_of_a_job_year() -> None:
    unit = placement_unit(placement(), OFFER, book())

    # 50,000 euros * 18/36 * 6/12
    assert (unit.option.credit_cents, unit.option.at_most) == (1_250_000, 20)
    assert (unit.option.job_years, unit.option.cost_cents) == (Fraction(1, 4), 500)


def test_more_than_full_time_is_one_job() -> None:
    unit = placement_unit(placement(hours_per_week=Decimal(60)), OFFER, book())

    assert unit.option.job_years == Fraction(1, 2)


def test_without_a_full_time_week_nothing_is_worth_or_counted_and_the_sum_says_why() -> None:
    unit = placement_unit(placement(), OFFER, book(full_time=None))

    assert not any((unit.option.at_most, unit.option.credit_cents, unit.option.job_years))
    assert unit.credit.lines[0].reasons[0].code == "full-time-week-unknown"


def test_hours_of_advice_end_where_the_book_ends_them() -> None:
    booked = Activity(activity="advice", earlier_quantity=Decimal(5))

    assert activity_unit(Activity(activity="advice"), OFFER, book()).option.at_most == 12
    assert activity_unit(booked, OFFER, book()).option.at_most == 7
    assert activity_unit(booked, OFFER, book()).option.categories == ("knowledge",)


def test_actual_cost_counts_for_each() -> None:
    unit = activity_unit(Activity(activity="cost", cost_cents=Cents(300)), OFFER, book())
    unknown = activity_unit(Activity(activity="cost"), OFFER, book())

    assert (unit.option.credit_cents, unit.option.at_most) == (300, 20)
    assert unknown.option.at_most == 0
