"""The rules of the funnel, as plain values: days of work, steps, and when a wave may follow."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from api.domain.errors import RuleViolation

SATURDAY: Final = 5
FIXED_HOLIDAYS: Final = ((1, 1), (5, 5), (12, 25), (12, 26))
"""New Year's Day, Liberation Day, both days of Christmas (Algemene termijnenwet art. 3(1))."""
AROUND_EASTER: Final = (-2, 1, 39, 50)
"""Days from Easter: Good Friday (art. 3(2)), Easter Monday, Ascension, Whit Monday (art. 3(1))."""
KINGS_DAY: Final = date(2014, 4, 27)
"""The day before when it is a Sunday (Algemene termijnenwet art. 3(1); since 2014)."""


class State(StrEnum):
    """Where an invitation stands."""

    INVITED = "invited"
    VIEWED = "viewed"
    INTERESTED = "interested"
    DECLINED = "declined"
    AWARDED = "awarded"


NEXT: Final[Mapping[State, frozenset[State]]] = {
    State.INVITED: frozenset({State.VIEWED, State.INTERESTED, State.DECLINED}),
    State.VIEWED: frozenset({State.INTERESTED, State.DECLINED}),
    State.INTERESTED: frozenset({State.DECLINED, State.AWARDED}),
    State.DECLINED: frozenset(),
    State.AWARDED: frozenset(),
}
"""What may follow. Nothing follows on a refusal: it holds for the whole lot."""


class DeclinedBefore(RuleViolation):
    """An enterprise that declined is never contacted again for that lot."""

    code = "declined-before"


class AlreadyInvited(RuleViolation):
    """An enterprise is invited once for a lot."""

    code = "already-invited"


class NotInRun(RuleViolation):
    """Only whom the run matched, or nearly so, can be invited on the strength of it."""

    code = "not-in-run"


class WaveOpen(RuleViolation):
    """The former wave can still answer."""

    code = "wave-open"


class EnoughInterested(RuleViolation):
    """The stop rule: so many are interested that nobody else is invited."""

    code = "enough-interested"


class LotClosed(RuleViolation):
    """The lot was cancelled, or its deadline has passed."""

    code = "lot-closed"


class IllegalStep(RuleViolation):
    """This can't follow on where the invitation stands."""

    code = "illegal-invitation-step"


def is_workday(day: date) -> bool:
    """Tell whether a day is no Saturday, Sunday or Dutch public holiday."""
    if day.weekday() >= SATURDAY or (day.month, day.day) in FIXED_HOLIDAYS:
        return False
    easter = easter_sunday(day.year)
    return day != _kings_day(day.year) and (day - easter).days not in AROUND_EASTER


def after_workdays(day: date, workdays: int) -> date:
    """Give the last day of a term of some working days; the day itself does not count.

    So counts Reg. (EEC) 1182/71 art. 3: a period starts on the day after the event.
    """
    while workdays > 0:
        day += timedelta(days=1)
        workdays -= is_workday(day)
    return day


def easter_sunday(year: int) -> date:
    """Give Easter of a year (Gregorian computus, Meeus/Jones/Butcher)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leaps, skipped = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - correction + 15) % 30
    weekday = (32 + 2 * skipped + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def _kings_day(year: int) -> date:
    day = KINGS_DAY.replace(year=year)
    return day - timedelta(days=1) if day.weekday() > SATURDAY else day


def check_step(present: State, wanted: State) -> None:
    """Refuse a step that can't follow."""
    if present is State.DECLINED:
        raise DeclinedBefore("It declined; for this lot that is its last word.")
    if wanted not in NEXT[present]:
        raise IllegalStep(f"From {present} an invitation can't become {wanted}.")


def is_answered(state: State) -> bool:
    """Tell whether an enterprise gave its answer."""
    return state in {State.INTERESTED, State.DECLINED, State.AWARDED}


def check_next_wave(
    states: Iterable[State], last: Iterable[State], reply_by: date | None, enough: int, today: date
) -> None:
    """Refuse a further wave by the stop rule, or while the last one may still answer.

    `states` are those of all invitations for the lot, `last` those of the last wave.
    """
    interested = sum(one in {State.INTERESTED, State.AWARDED} for one in states)
    if interested >= enough:
        raise EnoughInterested(f"{interested} are interested; {enough} are enough.")
    if reply_by is not None and today <= reply_by and not all(is_answered(one) for one in last):
        raise WaveOpen(f"The last wave can answer up to and including {reply_by}.")
