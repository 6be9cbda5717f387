"""Required marks: verified, of a sufficient level, from the award through the contract's end."""

from datetime import date
from typing import Any

import pytest

from api.domain.matching.facts import AcceptedMark, LotFacts, MarkFacts, RequiredMark
from api.domain.matching.marks import MarksCheck
from api.domain.matching.reasons import Reason
from api.domain.values import Period
from tests.domain.matching.builders import AWARD, END, a_firm, a_lot, a_mark, the_reason


def _asks(*demands: RequiredMark, **asked: Any) -> LotFacts:
    return a_lot(**{"required_marks": demands or (RequiredMark("pso", "2"),)} | asked)


def _judged(lot: LotFacts, *marks: MarkFacts) -> Reason:
    return the_reason("required-marks", lot, a_firm(marks=marks))


def _until(day: date | None, **held: Any) -> MarkFacts:
    return a_mark(valid=Period(date(2026, 1, 1), day), **held)


@pytest.mark.parametrize(
    ("held", "code"),
    [
        (a_mark("pso", "2"), "mark-held"),
        (a_mark("pso", "3"), "mark-held"),
        (a_mark("pso", "1"), "mark-level-low"),
        (a_mark("pso", "odd"), "mark-level-unknown"),
        (a_mark("pso", None), "mark-level-unknown"),
        (a_mark("vca", "2"), "mark-missing"),
        (a_mark("pso", "2", verified=False), "mark-unverified"),
        (a_mark("pso", "1", verified=False), "mark-level-low"),
    ],
)
def test_a_mark_is_judged_by_scheme_level_and_verification(held: MarkFacts, code: str) -> None:
    assert _judged(_asks(), held).code == code


@pytest.mark.parametrize(
    ("first_day_after", "code"),
    [
        (date(2028, 9, 1), "mark-held"),
        (date(2028, 8, 31), "mark-lapses"),
        (date(2026, 9, 2), "mark-lapses"),
        (date(2026, 9, 1), "mark-not-valid"),
        (None, "mark-held"),
    ],
)
def test_a_mark_must_hold_from_the_award_through_the_last_day(
    first_day_after: date | None, code: str
) -> None:
    assert _judged(_asks(), _until(first_day_after)).code == code


def test_the_verdict_names_what_was_compared() -> None:
    reason = _judged(_asks(), _until(date(2027, 1, 1)))

    assert reason.wanted == ("pso", "2", "2026-09-01", "2028-08-31")
    assert reason.offered == ("pso", "2", "2026-12-31")


def test_a_renewal_without_a_gap_counts_on() -> None:
    first = _until(date(2027, 6, 1))
    second = a_mark(level="3", valid=Period(date(2027, 6, 1), date(2029, 6, 1)))
    late = a_mark(level="3", valid=Period(date(2027, 6, 2), date(2029, 6, 1)))

    assert _judged(_asks(), second, first).code == "mark-held"
    assert _judged(_asks(), late, first).code == "mark-lapses"


def test_a_claimed_renewal_has_to_be_verified() -> None:
    first = _until(date(2027, 6, 1))
    claimed = a_mark(valid=Period(date(2027, 6, 1), date(2029, 6, 1)), verified=False)

    assert _judged(_asks(), first, claimed).code == "mark-unverified"


def test_an_equivalent_mark_is_accepted() -> None:
    demand = RequiredMark("pso", "2", (AcceptedMark("code-sociale-ondernemingen"),))

    assert _judged(_asks(demand), a_mark("code-sociale-ondernemingen", None)).code == "mark-held"


def test_a_scheme_may_be_accepted_at_two_levels_and_the_milder_counts() -> None:
    demand = RequiredMark("pso", "3", (AcceptedMark("pso", "1"),))

    assert _judged(_asks(demand), a_mark("pso", "1")).code == "mark-held"


def test_any_level_is_enough_where_none_is_asked() -> None:
    assert _judged(_asks(RequiredMark("pso")), a_mark("pso", None)).code == "mark-held"


def test_an_unordered_level_is_enough_when_it_is_the_one_asked() -> None:
    assert _judged(_asks(RequiredMark("iso", "9001")), a_mark("iso", "9001")).code == "mark-held"


def test_every_demand_is_judged_on_its_own() -> None:
    lot = _asks(RequiredMark("pso", "2"), RequiredMark("vca"), id="lot")
    firm = a_firm(marks=(a_mark(),))

    assert [one.code for one in _all(lot, firm.marks)] == ["mark-held", "mark-missing"]


def _all(lot: LotFacts, marks: tuple[MarkFacts, ...]) -> tuple[Reason, ...]:
    return MarksCheck(lot, {"pso": ("aspirant", "1", "2", "3")}).of(marks)


@pytest.mark.parametrize(
    ("award", "end", "valid", "code"),
    [
        (AWARD, None, Period(AWARD, None), "mark-held"),
        (AWARD, None, Period(AWARD, END), "mark-dates-unknown"),
        (AWARD, None, Period(None, AWARD), "mark-not-valid"),
        (None, END, Period(None, None), "mark-held"),
        (None, END, Period(AWARD, None), "mark-dates-unknown"),
        (None, END, Period(AWARD, END), "mark-lapses"),
        (None, None, Period(None, None), "mark-held"),
        (None, None, Period(AWARD, END), "mark-dates-unknown"),
    ],
)
def test_an_unknown_day_is_not_tested(
    award: date | None, end: date | None, valid: Period, code: str
) -> None:
    reason = _judged(_asks(award_on=award, ends_on=end), a_mark(valid=valid))

    assert reason.code == code
    assert isinstance(reason.wanted, tuple)
    assert reason.wanted[2:] == (
        "2026-09-01" if award else "",
        "2028-08-31" if end else "",
    )


def test_a_mark_of_unknown_level_that_lapses_fails_on_its_dates() -> None:
    assert _judged(_asks(), _until(date(2027, 1, 1), level="odd")).code == "mark-lapses"


def test_a_claim_that_would_lapse_as_well_is_no_near_miss() -> None:
    assert _judged(_asks(), _until(date(2027, 1, 1), verified=False)).code == "mark-not-valid"


def test_without_any_mark_nothing_is_offered() -> None:
    reason = _judged(_asks())

    assert (reason.code, reason.offered) == ("mark-missing", None)
