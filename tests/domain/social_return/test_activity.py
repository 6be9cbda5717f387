from decimal import Decimal
from typing import Any

import pytest

from api.domain.errors import InvalidValue
from api.domain.social_return.activity import Activity
from api.domain.social_return.credit import CreditLine, NotInRuleBook, Verdict
from api.domain.social_return.rule_book import Block, RuleBook, Source, SourceKind, Unit
from api.domain.social_return.valuation import credit_for_activity
from api.domain.values import Cents


def block(unit: Unit, euros: int | None = 100, **more: Any) -> Block:
    value = None if euros is None else Cents(euros * 100)
    return Block(code="advice", label="Advice", unit=unit, value_cents=value, **more)


def line(activity: Block, /, **facts: Any) -> CreditLine:
    rules = RuleBook(
        id="town",
        version="1",
        name="Town",
        regions=("Region",),
        source_kind=SourceKind.EXAMPLE,
        sources=(Source("page", "Page", SourceKind.EXAMPLE),),
        activities=(activity,),
    )
    return credit_for_activity(Activity(**({"activity": "advice"} | facts)), rules).lines[0]


def codes(found: CreditLine) -> list[str]:
    return [reason.code for reason in found.reasons]


def test_advice_counts_by_the_hour() -> None:
    found = line(block(Unit.HOUR, 125), quantity=Decimal("7.5"))
    assert found.amount_cents == 937_50
    assert found.words == "hours * rate * persons"
    assert found.numbers == "7.5 * 1 person(s) * € 125.00"


def test_a_lesson_counts_two_hours_however_long_it_took() -> None:
    lesson = block(Unit.HOUR, max_hours_per_activity=Decimal(2))
    found = line(lesson, quantity=Decimal(3))
    assert (found.amount_cents, codes(found)) == (200_00, ["capped-by-maximum-hours"])
    assert line(lesson, quantity=Decimal(6), occasions=2).amount_cents == 400_00


def test_hours_a_week_are_limited_over_the_weeks_it_took() -> None:
    coaching = block(Unit.HOUR, 25, max_hours_per_week=Decimal(10))
    assert line(coaching, quantity=Decimal(30), days=14).amount_cents == 500_00
    assert line(coaching, quantity=Decimal(30)).amount_cents == 250_00
    assert line(coaching, quantity=Decimal(12), days=3).amount_cents == 250_00


def test_hours_in_all_are_limited_less_those_booked_before() -> None:
    knowledge = block(Unit.HOUR, max_hours_total=Decimal(10))
    assert line(knowledge, quantity=Decimal(8), earlier_quantity=Decimal(6)).amount_cents == 400_00
    assert line(knowledge, quantity=Decimal(8), earlier_quantity=Decimal(60)).amount_cents == 0


def test_preparation_counts_inside_the_maximum_where_the_book_says_so() -> None:
    with_it = block(Unit.HOUR, max_hours_per_activity=Decimal(10), include_preparation=True)
    found = line(with_it, quantity=Decimal(4), preparation_hours=Decimal(3))
    assert (found.amount_cents, found.reasons) == (700_00, ())
    capped = line(with_it, quantity=Decimal(8), preparation_hours=Decimal(4))
    assert capped.amount_cents == 1_000_00


def test_preparation_does_not_count_where_the_book_is_silent() -> None:
    found = line(block(Unit.HOUR), quantity=Decimal(4), preparation_hours=Decimal(3))
    assert (found.amount_cents, codes(found)) == (400_00, ["preparation-not-counted"])


def test_half_days_count_for_each_person() -> None:
    found = line(block(Unit.HALF_DAY, 1_250), quantity=Decimal(2), persons=3)
    assert found.amount_cents == 7_500_00


def test_under_a_ceiling_the_actual_cost_counts() -> None:
    at_most = block(Unit.DAY, 1_000, ceiling=True)
    assert line(at_most, quantity=Decimal(2), cost_cents=Cents(1_400_00)).amount_cents == 1_400_00
    assert line(at_most, quantity=Decimal(1), cost_cents=Cents(1_400_00)).amount_cents == 1_000_00
    unknown = line(at_most)
    assert (unknown.verdict, codes(unknown)) == (Verdict.UNKNOWN, ["cost-unknown"])


def test_a_training_for_once_counts_once() -> None:
    assert line(block(Unit.ONCE, 10_000)).amount_cents == 10_000_00
    again = line(block(Unit.ONCE, 10_000), earlier_quantity=Decimal(1))
    assert (again.amount_cents, codes(again)) == (0, ["already-counted"])


def test_actual_cost_counts_as_it_is() -> None:
    cost = block(Unit.ACTUAL_COST, None)
    assert line(cost, cost_cents=Cents(123_45)).amount_cents == 123_45
    assert codes(line(cost)) == ["cost-unknown"]


def test_consent_beforehand_is_needed_where_the_book_asks_it() -> None:
    asked = block(Unit.HOUR, prior_consent=True)
    found = line(asked, quantity=Decimal(2))
    assert (found.verdict, codes(found)) == (Verdict.NOT_COUNTED, ["no-prior-consent"])
    assert line(asked, quantity=Decimal(2), prior_consent=True).amount_cents == 200_00


def test_an_activity_outside_the_book_is_refused() -> None:
    with pytest.raises(NotInRuleBook, match="activity 'party'"):
        line(block(Unit.HOUR), activity="party")


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": Decimal(0)},
        {"persons": 0},
        {"occasions": 0},
        {"days": 0},
        {"preparation_hours": Decimal(-1)},
        {"earlier_quantity": Decimal(-1)},
        {"cost_cents": Cents(-1)},
    ],
)
def test_impossible_quantities_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        line(block(Unit.HOUR), **wrong)
