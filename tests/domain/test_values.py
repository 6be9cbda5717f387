"""Small checked values: codes, money, points, periods."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import InvalidValue
from api.domain.values import Period, Point, digits, euros_to_cents, parse_cpv, parse_kvk

UTRECHT = Point(52.0907, 5.1214)
AMSTERDAM = Point(52.3731, 4.8926)
points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


def test_utrecht_lies_some_35_km_from_amsterdam() -> None:
    assert round(UTRECHT.distance_km(AMSTERDAM)) == 35


@given(points, points)
def test_distance_is_the_same_both_ways(one: Point, other: Point) -> None:
    assert one.distance_km(other) == pytest.approx(other.distance_km(one))


@pytest.mark.parametrize(("lat", "lon"), [(91, 0), (0, 181), (float("nan"), 0)])
def test_a_point_is_on_earth(lat: float, lon: float) -> None:
    with pytest.raises(InvalidValue) as refused:
        Point(lat, lon)
    assert refused.value.value_code == "invalid-point"


def test_a_period_holds_its_first_day_but_not_its_last() -> None:
    period = Period(date(2026, 1, 1), date(2026, 2, 1))

    assert period.holds(date(2026, 1, 1))
    assert not period.holds(date(2026, 2, 1))
    assert not period.holds(date(2025, 12, 31))
    assert Period().holds(date.min)


def test_a_period_does_not_end_before_it_starts() -> None:
    with pytest.raises(InvalidValue):
        Period(date(2026, 2, 1), date(2026, 1, 1))


@pytest.mark.parametrize("text", ["90910000", "90910000-9", " 90910000-1 "])
def test_the_check_digit_of_a_cpv_code_is_dropped_not_tested(text: str) -> None:
    assert parse_cpv(text) == "90910000"


@pytest.mark.parametrize("text", ["", "9091000", "909100000", "90910000-", "٩٠٩١٠٠٠٠", "x"])
def test_what_is_not_eight_digits_is_no_cpv_code(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_cpv(text)


@pytest.mark.parametrize("text", ["01234567", "0123 4567", "01.23.45.67"])
def test_leading_zeros_of_a_kvk_number_count(text: str) -> None:
    assert parse_kvk(text) == "01234567"


@pytest.mark.parametrize("text", ["1234567", "123456789", "1234567a", ""])
def test_what_is_not_eight_digits_is_no_kvk_number(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_kvk(text)
    assert refused.value.value_code == "invalid-kvk"


def test_spaces_and_dots_are_stripped_from_numbers() -> None:
    assert digits("12 34.56\t78") == "12345678"


@pytest.mark.parametrize(("euros", "cents"), [("0.005", 1), ("0.0049", 0), ("79999.99", 79_999_99)])
def test_half_a_cent_is_rounded_up(euros: str, cents: int) -> None:
    assert euros_to_cents(Decimal(euros)) == cents


def test_infinity_is_no_amount_of_money() -> None:
    with pytest.raises(InvalidValue):
        euros_to_cents(Decimal("Infinity"))
