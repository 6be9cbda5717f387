"""Working days: the Dutch public holidays, and terms that skip them."""

from datetime import date

import pytest

from api.domain.errors import RuleViolation
from api.invitations.drafts import (
    State,
    after_workdays,
    check_next_wave,
    check_step,
    easter_sunday,
    is_workday,
)

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
        (2038, date(2038, 4, 25)),
        (2285, date(2285, 3, 22)),
    ],
)
def test_easter_falls_where_the_calendar_says(year: int, easter: date) -> None:
    assert easter_sunday(year) == easter


def test_the_public_holidays_of_2026_are_no_working_days() -> None:
    holidays = [
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 4, 27),
        date(2026, 5, 5),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 12, 25),
    ]
    assert [day for day in holidays if is_workday(day)] == []
    # 365 days, 104 days of weekends, 8 holidays on weekdays; 26 December is a Saturday.
    days = [date.fromordinal(date(2026, 1, 1).toordinal() + n) for n in range(365)]
    assert sum(is_workday(day) for day in days) == 253


def test_kings_day_on_a_sunday_is_kept_on_saturday() -> None:
    # 27 April 2025 is a Sunday: the Saturday before is no working day anyway, Monday is one.
    assert not is_workday(date(2025, 4, 26))
    assert is_workday(date(2025, 4, 28))


def test_a_term_starts_on_the_day_after_and_skips_christmas() -> None:
    # Wednesday 23 December 2026: Thursday is 1, Friday is Christmas, Monday 28 is 2.
    assert after_workdays(date(2026, 12, 23), 2) == date(2026, 12, 28)


def test_a_wave_may_follow_when_the_term_is_over_or_everybody_answered() -> None:
    invited, declined = State.INVITED, State.DECLINED
    check_next_wave([invited], [invited], date(2026, 11, 23), 2, TODAY)
    check_next_wave([declined], [declined], date(2026, 12, 23), 2, TODAY)

    with pytest.raises(RuleViolation) as refused:
        check_next_wave([invited, declined], [invited], TODAY, 2, TODAY)
    assert refused.value.code == "wave-open"


def test_no_wave_follows_when_enough_are_interested() -> None:
    found = [State.INTERESTED, State.AWARDED, State.DECLINED]

    with pytest.raises(RuleViolation) as refused:
        check_next_wave(found, found, date(2026, 11, 23), 2, TODAY)
    assert refused.value.code == "enough-interested"


@pytest.mark.parametrize("wanted", list(State))
def test_nothing_follows_on_a_refusal(wanted: State) -> None:
    with pytest.raises(RuleViolation) as refused:
        check_step(State.DECLINED, wanted)
    assert refused.value.code == "declined-before"
