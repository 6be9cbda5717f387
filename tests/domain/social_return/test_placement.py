from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import InvalidValue
from api.domain.social_return.credit import CreditLine, NotInRuleBook, Verdict
from api.domain.social_return.placement import Placement, hour_rate_cents
from api.domain.social_return.rule_book import (
    Block,
    FullTime,
    HourRateRounding,
    RuleBook,
    Source,
    SourceKind,
    Unit,
)
from api.domain.social_return.valuation import credit_for_placement
from api.domain.values import Cents, Period

YEAR = Period(date(2025, 1, 1), date(2026, 1, 1))
NINE_MONTHS = Period(date(2025, 1, 1), date(2025, 10, 1))


def block(code: str = "work", unit: Unit = Unit.YEAR, euros: int = 50_000, **more: Any) -> Block:
    value = None if unit is Unit.ACTUAL_COST else Cents(euros * 100)
    return Block(code=code, label=code, unit=unit, value_cents=value, **more)


def book(*blocks: Block, week: int | None = 36, **more: Any) -> RuleBook:
    full_time = None if week is None else FullTime(hours_per_week=Decimal(week))
    return RuleBook(
        id="town",
        version="1",
        name="Town",
        regions=("Region",),
        source_kind=SourceKind.EXAMPLE,
        sources=(Source("page", "Page of the town", SourceKind.EXAMPLE),),
        blocks=blocks or (block(),),
        **({"full_time": full_time} | more),
    )


def placement(period: Period = YEAR, hours: str | None = "36", **more: Any) -> Placement:
    assert period.starts_on is not None
    week = None if hours is None else Decimal(hours)
    facts: dict[str, Any] = {
        "block": "work",
        "started_on": period.starts_on,
        "hours_per_week": week,
    }
    return Placement(**(facts | more), period=period)


def line(given: Placement, rules: RuleBook) -> CreditLine:
    return credit_for_placement(given, rules).lines[0]


def codes(found: CreditLine) -> list[str]:
    return [reason.code for reason in found.reasons]


def test_t3_twenty_four_hours_for_nine_months_is_half_the_year_value() -> None:
    found = line(placement(NINE_MONTHS, "24"), book())

    assert found.amount_cents == 25_000_00
    assert found.words == "year value * hours a week / full-time week * months / 12"
    assert found.numbers == "€ 50,000.00 * 24/36 * 9/12"
    assert found.rule.code == "work"
    assert (found.rule.book_id, found.rule.book_version) == ("town", "1")
    assert found.rule.source == "Page of the town"
    assert found.rounding == "half up to the cent"
    assert dict(found.inputs)["months"] == "9"


def test_t4_eighteen_months_are_cut_to_the_maximum_of_twelve() -> None:
    eighteen = Period(date(2025, 1, 1), date(2026, 7, 1))
    found = line(placement(eighteen), book(block(euros=20_000, max_months=Decimal(12))))

    assert found.amount_cents == 20_000_00
    assert codes(found) == ["capped-by-maximum-months"]


@pytest.mark.parametrize(
    ("year_value", "rate"),
    [(50_000, 24_04), (25_000, 12_02), (15_000, 7_21), (5_000, 2_40)],
)
def test_t1_an_hour_is_the_year_value_over_2080_to_the_cent(year_value: int, rate: int) -> None:
    full_time = FullTime(hours_per_year=Decimal(2080), hour_rate_rounding=HourRateRounding.CENT)
    assert hour_rate_cents(Cents(year_value * 100), full_time) == rate


@pytest.mark.parametrize(
    ("year_value", "rate"),
    [(45_000, 24), (30_000, 16), (20_000, 11), (5_000, 3), (10_000, 5)],
)
def test_t2_an_hour_is_the_year_value_over_1872_to_the_euro(year_value: int, rate: int) -> None:
    full_time = FullTime(hours_per_year=Decimal(1872), hour_rate_rounding=HourRateRounding.EURO)
    assert hour_rate_cents(Cents(year_value * 100), full_time) == rate * 100


def test_hired_hours_count_at_the_hourly_rate() -> None:
    full_time = FullTime(Decimal(40), Decimal(2080), HourRateRounding.CENT)
    given_hours = placement(hours=None, hours_total=Decimal(100))
    assert line(given_hours, book(full_time=full_time)).amount_cents == 2_404_00


def test_without_hours_of_a_year_hired_hours_have_no_known_value() -> None:
    found = line(placement(hours=None, hours_total=Decimal(100)), book())
    assert (found.verdict, found.amount_cents) == (Verdict.UNKNOWN, None)
    assert codes(found) == ["hours-of-year-unknown"]


def test_without_a_full_time_week_a_week_has_no_known_value() -> None:
    found = line(placement(), book(week=None))
    assert (found.amount_cents, codes(found)) == (None, ["full-time-week-unknown"])


def test_without_hours_the_value_is_unknown_not_zero() -> None:
    credit = credit_for_placement(placement(hours=None), book())
    assert codes(credit.lines[0]) == ["hours-unknown"]
    assert credit.amount_cents is None


def test_more_than_full_time_counts_as_full_time() -> None:
    assert line(placement(hours="40"), book()).amount_cents == 50_000_00


def test_a_block_may_limit_the_hours_of_a_week() -> None:
    limited = book(block(max_hours_per_week=Decimal(18)))
    assert line(placement(), limited).amount_cents == 25_000_00


def test_months_booked_before_fill_the_maximum() -> None:
    rules = book(block(euros=12_000, max_months=Decimal(12)))
    second_year = Period(date(2025, 10, 1), date(2026, 10, 1))
    given = placement(second_year, started_on=date(2025, 1, 1), earlier=(NINE_MONTHS,))
    assert line(given, rules).amount_cents == 3_000_00


def test_nothing_counts_once_the_maximum_is_used_up() -> None:
    rules = book(block(max_months=Decimal(12)))
    third = Period(date(2026, 1, 1), date(2026, 4, 1))
    found = line(placement(third, started_on=date(2025, 1, 1), earlier=(YEAR,)), rules)
    assert (found.verdict, found.amount_cents) == (Verdict.NOT_COUNTED, 0)
    assert codes(found) == ["maximum-months-reached"]


def test_wage_subsidy_lifts_the_maximum_where_the_book_says_so() -> None:
    limited = block(max_months=Decimal(12))
    two_years = Period(date(2025, 1, 1), date(2027, 1, 1))
    lifted = book(limited, wage_subsidy_lifts_maximum=True)
    assert line(placement(two_years, wage_subsidy=True), lifted).amount_cents == 100_000_00
    assert line(placement(two_years, wage_subsidy=True), book(limited)).amount_cents == 50_000_00


@pytest.mark.parametrize(
    ("started_on", "verdict"),
    [(date(2024, 3, 1), Verdict.COUNTED), (date(2024, 2, 29), Verdict.NOT_COUNTED)],
)
def test_who_started_over_a_year_before_the_contract_does_not_count(
    started_on: date, verdict: Verdict
) -> None:
    rules = book(entry_window_months=12)
    given = placement(started_on=started_on, contract_starts_on=date(2025, 3, 1))
    assert line(given, rules).verdict is verdict


def test_the_entry_window_is_passed_over_while_the_contract_is_not_dated() -> None:
    assert line(placement(), book(entry_window_months=12)).verdict is Verdict.COUNTED


def test_consent_beforehand_is_needed_where_the_book_asks_it() -> None:
    rules = book(block(prior_consent=True))
    assert codes(line(placement(), rules)) == ["no-prior-consent"]
    assert line(placement(prior_consent=True), rules).amount_cents == 50_000_00


def test_a_month_value_takes_no_account_of_hours() -> None:
    rules = book(block(unit=Unit.MONTH, euros=750))
    assert line(placement(NINE_MONTHS, None), rules).amount_cents == 6_750_00


def test_a_week_value_counts_weeks() -> None:
    rules = book(block(unit=Unit.WEEK, euros=100))
    fortnight = Period(date(2025, 1, 1), date(2025, 1, 15))
    assert line(placement(fortnight), rules).amount_cents == 200_00


def test_an_hour_value_keeps_to_ten_hours_a_week_and_three_months() -> None:
    # 91 days are 13 weeks; 1 January to 2 April is 3 1/30 months, of which 3 count
    rules = book(
        block(unit=Unit.HOUR, euros=75, max_hours_per_week=Decimal(10), max_months=Decimal(3))
    )
    three_months = Period(date(2025, 1, 1), date(2025, 4, 1))
    found = line(placement(three_months, "16"), rules)
    # 90 days / 7 * 10 hours * 75 euros = 9642.857...
    assert found.amount_cents == 9_642_86
    assert codes(found) == ["capped-by-maximum-hours"]


def test_hours_in_all_keep_to_the_total_less_earlier_hours() -> None:
    rules = book(block(unit=Unit.HOUR, euros=10, max_hours_total=Decimal(100)))
    given = placement(hours=None, hours_total=Decimal(60), earlier_hours=Decimal(70))
    assert line(given, rules).amount_cents == 300_00


def test_hours_within_the_maxima_count_in_full() -> None:
    rules = book(block(unit=Unit.HOUR, euros=10))
    found = line(placement(hours=None, hours_total=Decimal(60)), rules)
    assert (found.amount_cents, found.reasons) == (600_00, ())


def test_an_hour_value_without_hours_is_unknown() -> None:
    rules = book(block(unit=Unit.HOUR, euros=10))
    assert codes(line(placement(hours=None), rules)) == ["hours-unknown"]


@pytest.mark.parametrize("unit", [Unit.PLACEMENT, Unit.ONCE])
def test_a_traineeship_counts_once_whatever_its_length(unit: Unit) -> None:
    rules = book(block(unit=unit, euros=10_000))
    assert line(placement(NINE_MONTHS), rules).amount_cents == 10_000_00
    again = placement(
        Period(date(2025, 10, 1), date(2026, 1, 1)),
        started_on=date(2025, 1, 1),
        earlier=(NINE_MONTHS,),
    )
    assert codes(line(again, rules)) == ["already-counted"]


def test_actual_cost_counts_with_its_mark_up() -> None:
    rules = book(block(unit=Unit.ACTUAL_COST, markup=Decimal("0.30")))
    assert line(placement(cost_cents=Cents(10_000_00)), rules).amount_cents == 13_000_00
    assert codes(line(placement(), rules)) == ["cost-unknown"]


def test_actual_cost_beyond_the_maximum_counts_pro_rata() -> None:
    rules = book(block(unit=Unit.ACTUAL_COST, max_months=Decimal(6)))
    found = line(placement(cost_cents=Cents(10_000_00)), rules)
    assert (found.amount_cents, codes(found)) == (5_000_00, ["capped-by-maximum-months"])


def test_an_unknown_block_is_refused() -> None:
    with pytest.raises(NotInRuleBook, match="'gardening'"):
        credit_for_placement(placement(block="gardening"), book())


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": "-1"},
        {"cost_cents": Cents(-1)},
        {"started_on": date(2025, 1, 2)},
        {"period": Period(None, date(2026, 1, 1)), "started_on": date(2025, 1, 1)},
        {"period": Period(date(2025, 1, 1), date(2025, 1, 1))},
    ],
)
def test_impossible_placements_are_refused(wrong: dict[str, Any]) -> None:
    facts: dict[str, Any] = {"block": "work", "started_on": date(2025, 1, 1), "period": YEAR}
    if "hours" in wrong:
        wrong = {"hours_per_week": Decimal(wrong["hours"])}
    with pytest.raises(InvalidValue):
        credit_for_placement(Placement(**(facts | wrong)), book())


@given(st.dates(date(2025, 1, 2), date(2025, 12, 31)), st.integers(1, 40))
def test_cutting_a_placement_in_two_gains_at_most_a_cent(cut: date, hours: int) -> None:
    rules = book(block(max_months=Decimal(8)))
    whole = credit_for_placement(placement(YEAR, str(hours)), rules).amount_cents
    first, second = Period(YEAR.starts_on, cut), Period(cut, YEAR.ends_on)
    one = credit_for_placement(placement(first, str(hours)), rules).amount_cents
    other = credit_for_placement(
        placement(second, str(hours), started_on=date(2025, 1, 1), earlier=(first,)), rules
    ).amount_cents
    assert whole is not None
    assert one is not None
    assert other is not None
    assert abs(one + other - whole) <= 1
