"""Does a firm hold the quality marks that a lot asks, from the award through the contract's end?

Source: Dir. 2014/24 art. 43 (or equivalent); design decision 7 (verified, valid on the day).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import IntEnum
from typing import Final

import msgspec

from api.domain.matching.facts import AcceptedMark, LotFacts, MarkFacts, RequiredMark
from api.domain.matching.reasons import FAIL, PASS, UNKNOWN, Reason, ReasonCode, RuleId

Levels = Mapping[str, tuple[str, ...]]

_STATES: Final = {
    ReasonCode.MARK_HELD: PASS,
    ReasonCode.MARK_DATES_UNKNOWN: UNKNOWN,
    ReasonCode.MARK_LEVEL_UNKNOWN: UNKNOWN,
}
NOT_ASKED: Final = Reason(ReasonCode.MARK_NOT_ASKED, RuleId.MARKS, PASS)


class _Level(IntEnum):
    LOW = 0
    UNKNOWN = 1
    ENOUGH = 2


class _Demand(msgspec.Struct, frozen=True, gc=False):
    accepted: tuple[AcceptedMark, ...]
    wanted: tuple[str, str, str, str]


class _Sorted(msgspec.Struct, frozen=True, gc=False):
    """The marks of an accepted scheme, by what they can prove."""

    proven: list[MarkFacts]
    level_unknown: list[MarkFacts]
    claimed: list[MarkFacts]
    low: list[MarkFacts]


class MarksCheck:
    """The rule on required marks for one lot."""

    def __init__(self, lot: LotFacts, levels: Levels) -> None:
        self._lot = lot
        self._levels = levels
        self._demands = tuple(
            _Demand(one.accepted, _wanted(lot, one)) for one in lot.required_marks
        )
        self._missing = tuple(_reason(ReasonCode.MARK_MISSING, one, []) for one in self._demands)

    def of(self, marks: Sequence[MarkFacts]) -> tuple[Reason, ...]:
        """Judge every demanded mark on its own (Dir. 2014/24 art. 43; design decision 7)."""
        if not self._demands:
            return (NOT_ASKED,)
        if not marks:
            return self._missing
        return tuple([self._judged(demand, marks) for demand in self._demands])

    def _judged(self, demand: _Demand, marks: Sequence[MarkFacts]) -> Reason:
        """Take the mildest reading that the facts allow, and name what is missing first."""
        found = _sorted(demand, marks, self._levels)
        code = _over_time(self._lot, found.proven)
        if code in _STATES:
            return _reason(code, demand, found.proven)
        possible = [*found.proven, *found.level_unknown]
        by_level = _over_time(self._lot, possible)
        if by_level in _STATES:
            return _reason(ReasonCode.MARK_LEVEL_UNKNOWN, demand, possible)
        claimed = [*possible, *found.claimed]
        if _over_time(self._lot, claimed) in _STATES:
            return _reason(ReasonCode.MARK_UNVERIFIED, demand, claimed)
        if by_level is ReasonCode.MARK_LAPSES:
            return _reason(by_level, demand, _first_to_lapse(self._lot, possible))
        if claimed:
            return _reason(ReasonCode.MARK_NOT_VALID, demand, claimed)
        low = ReasonCode.MARK_LEVEL_LOW if found.low else ReasonCode.MARK_MISSING
        return _reason(low, demand, found.low)


def _sorted(demand: _Demand, marks: Sequence[MarkFacts], levels: Levels) -> _Sorted:
    found = _Sorted([], [], [], [])
    for mark in marks:
        level = _level(mark, demand.accepted, levels)
        if level is None:
            continue
        if level is _Level.LOW:
            found.low.append(mark)
        elif not mark.verified:
            found.claimed.append(mark)
        elif level is _Level.ENOUGH:
            found.proven.append(mark)
        else:
            found.level_unknown.append(mark)
    return found


def _level(mark: MarkFacts, accepted: Iterable[AcceptedMark], levels: Levels) -> _Level | None:
    """Compare with every accepted mark of the scheme; the best counts, `None` is another scheme."""
    return max(
        (
            _against(mark.level, one.minimum_level, levels.get(mark.scheme, ()))
            for one in accepted
            if one.scheme == mark.scheme
        ),
        default=None,
    )


def _against(level: str | None, minimum: str | None, order: Sequence[str]) -> _Level:
    if minimum is None or level == minimum:
        return _Level.ENOUGH
    if level not in order or minimum not in order:
        return _Level.UNKNOWN
    return _Level.ENOUGH if order.index(level) >= order.index(minimum) else _Level.LOW


def _over_time(lot: LotFacts, marks: Sequence[MarkFacts]) -> ReasonCode:
    if not marks:
        return ReasonCode.MARK_NOT_VALID
    if lot.award_on is None:
        return _at_end(lot.ends_on, marks)
    until = _held_until(marks, lot.award_on)
    if until == lot.award_on:
        return ReasonCode.MARK_NOT_VALID
    if until == date.max or (lot.ends_on is not None and lot.ends_on < until):
        return ReasonCode.MARK_HELD
    return ReasonCode.MARK_DATES_UNKNOWN if lot.ends_on is None else ReasonCode.MARK_LAPSES


def _at_end(ends_on: date | None, marks: Sequence[MarkFacts]) -> ReasonCode:
    """Judge without an award date: only a lapse before the contract's last day is certain."""
    lasting = [mark for mark in marks if _lasts(mark, ends_on)]
    if any(mark.valid.starts_on is None for mark in lasting):
        return ReasonCode.MARK_HELD
    if lasting or ends_on is None:
        return ReasonCode.MARK_DATES_UNKNOWN
    return ReasonCode.MARK_LAPSES


def _lasts(mark: MarkFacts, ends_on: date | None) -> bool:
    lapses_on = mark.valid.ends_on
    return lapses_on is None or (ends_on is not None and lapses_on > ends_on)


def _held_until(marks: Sequence[MarkFacts], day: date) -> date:
    """Give the first day, from `day` on, without a mark; a renewal without a gap counts on."""
    reached = day
    while True:
        ends = [mark.valid.ends_on or date.max for mark in marks if mark.valid.holds(reached)]
        furthest = max(ends, default=reached)
        if furthest in {reached, date.max}:
            return furthest
        reached = furthest


def _first_to_lapse(lot: LotFacts, marks: Sequence[MarkFacts]) -> Sequence[MarkFacts]:
    """Keep the marks with which the first gap begins; without an award date, all of them."""
    if lot.award_on is None:
        return marks
    lapse = _held_until(marks, lot.award_on)
    return [mark for mark in marks if mark.valid.ends_on == lapse]


def _wanted(lot: LotFacts, demand: RequiredMark) -> tuple[str, str, str, str]:
    """Say what is asked: scheme, level, award and end; empty where nothing is known."""
    award = "" if lot.award_on is None else lot.award_on.isoformat()
    end = "" if lot.ends_on is None else lot.ends_on.isoformat()
    return (demand.scheme, demand.minimum_level or "", award, end)


def _reason(code: ReasonCode, demand: _Demand, marks: Sequence[MarkFacts]) -> Reason:
    """Show of the marks the one that lasts longest: scheme, level and last valid day."""
    shown = [_shown(mark) for mark in marks]
    offered = max(shown, default=None, key=lambda one: one[::-1])
    return Reason(code, RuleId.MARKS, _STATES.get(code, FAIL), demand.wanted, offered)


def _shown(mark: MarkFacts) -> tuple[str, str, str]:
    ends_on = mark.valid.ends_on
    last = "" if ends_on is None else (ends_on - timedelta(days=1)).isoformat()
    return (mark.scheme, mark.level or "", last)
