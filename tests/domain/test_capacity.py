from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.domain.capacity import Held, left, peak

START = date(2027, 1, 1)


def held(amount: int, first: int, days: int) -> Held:
    return Held(amount, START + timedelta(days=first), START + timedelta(days=first + days))


def test_what_follows_on_each_other_is_not_added_up() -> None:
    assert peak([held(100, 0, 10), held(70, 10, 10)], START, START + timedelta(days=30)) == 100


def test_what_overlaps_is_added_up() -> None:
    assert peak([held(100, 0, 11), held(70, 10, 10)], START, START + timedelta(days=30)) == 170


def test_what_lies_outside_the_period_holds_nothing() -> None:
    assert peak([held(100, 0, 10)], START + timedelta(days=10), START + timedelta(days=20)) == 0


def test_unknown_capacity_stays_unknown_and_nothing_is_left_below_zero() -> None:
    assert (left(None, 5), left(3, 5), left(8, 5)) == (None, 0, 3)


rows = st.lists(
    st.builds(held, st.integers(1, 1000), st.integers(-20, 40), st.integers(1, 30)), max_size=8
)


@given(rows)
def test_the_peak_is_the_highest_day(given_rows: list[Held]) -> None:
    days = [START + timedelta(days=n) for n in range(20)]
    sums = [
        sum(one.amount_cents for one in given_rows if one.starts_on <= day < one.ends_on)
        for day in days
    ]

    assert peak(given_rows, START, days[-1] + timedelta(days=1)) == max(sums)
