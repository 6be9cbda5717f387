from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import InvalidValue
from api.domain.social_return.measures import (
    half_up,
    in_digits,
    in_euros,
    months_in,
    months_later,
    months_since,
    weeks_in,
)
from api.domain.values import Period

days = st.dates(date(2020, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("amount", "cents"),
    [(Fraction(1, 2), 1), (Fraction(3, 2), 2), (Fraction(149, 100), 1), (Fraction(-1, 2), 0)],
)
def test_half_a_cent_rounds_up(amount: Fraction, cents: int) -> None:
    assert half_up(amount) == cents


def test_amounts_and_quantities_are_written_for_people() -> None:
    assert in_euros(1_234_567) == "€ 12,345.67"
    assert in_euros(-5) == "-€ 0.05"
    assert in_digits(Fraction(2, 3)) == "0.6667"
    assert in_digits(Decimal("36.0")) == "36"
    assert in_digits(Fraction(100)) == "100"


def test_a_period_from_the_15th_to_the_15th_is_whole_months() -> None:
    assert months_in(Period(date(2026, 2, 15), date(2026, 8, 15)), date(2026, 2, 15)) == 6


def test_days_of_a_month_begun_count_over_that_month() -> None:
    # 1 January to 15 March: two months, and 14 of the 31 days of March
    assert months_since(date(2026, 1, 1), date(2026, 3, 15)) == 2 + Fraction(14, 31)


def test_a_month_from_the_31st_ends_with_the_shorter_month() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 1, 15), -2) == date(2025, 11, 15)
    assert months_since(date(2026, 1, 31), date(2026, 2, 28)) == 1


def test_an_open_period_has_no_length() -> None:
    with pytest.raises(InvalidValue, match="no start or no end"):
        weeks_in(Period(date(2026, 1, 1)))


def test_fourteen_days_are_two_weeks() -> None:
    assert weeks_in(Period(date(2026, 1, 1), date(2026, 1, 15))) == 2


@given(st.lists(days, min_size=4, max_size=4).map(sorted))
def test_cutting_a_period_neither_gains_nor_loses_months(four: list[date]) -> None:
    anchor, start, cut, end = four
    parts = months_in(Period(start, cut), anchor) + months_in(Period(cut, end), anchor)
    assert parts == months_in(Period(start, end), anchor)
    assert months_in(Period(start, cut), anchor) >= 0
