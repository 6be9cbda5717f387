"""Reserved lots: who may bid, what may be reserved, and what is not known."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from api.domain.errors import InvalidValue
from api.domain.tendering.law_data import ARTICLE_77
from api.domain.tendering.reserved import (
    Answer,
    ReservedFacts,
    ReservedOption,
    article_20_eligible,
    article_77_eligible,
    listed_in_article_77,
    reserve_article_20,
    reserve_article_77,
)
from api.domain.values import CpvCode

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
AWARD = date(2026, 5, 1)
WELFARE = CpvCode("85312400")
COMPLETE = msgspec.structs.replace(ARTICLE_77[0], complete=True)


def social(name: str, share: str | None = "0.30", *, aim: bool | None = True) -> ReservedFacts:
    return ReservedFacts(name, None if share is None else Decimal(share), aim)


def mission(name: str, last: date | None = None) -> ReservedFacts:
    return ReservedFacts(
        name,
        public_service_mission=True,
        last_article_77_award_on=last,
        article_77_awards_known=True,
    )


def codes(option: ReservedOption) -> list[str]:
    return [reason.code for reason in option.reasons]


@pytest.mark.parametrize(
    ("share", "aim", "answer"),
    [
        ("0.30", True, YES),
        ("0.2999", True, NO),
        ("0.90", False, NO),
        (None, True, UNKNOWN),
        ("0.90", None, UNKNOWN),
        (None, False, NO),
        ("0.10", None, NO),
    ],
)
def test_thirty_percent_and_a_proven_main_aim_are_asked(
    share: str | None, *, aim: bool | None, answer: Answer
) -> None:
    assert article_20_eligible(social("a", share, aim=aim)) is answer


def test_a_share_above_one_is_refused() -> None:
    with pytest.raises(InvalidValue, match="no share"):
        article_20_eligible(social("a", "30"))


def test_two_eligible_firms_are_recommended_and_one_is_warned_about() -> None:
    one = reserve_article_20([social("a"), social("b", None), social("c", "0.1")])
    assert (one.possible, one.eligible, one.unknown) == (YES, ("a",), ("b",))
    assert codes(one) == ["too-few-eligible", "state-in-notice"]
    two = reserve_article_20([social("b"), social("a")])
    assert (two.eligible, codes(two)[0]) == (("a", "b"), "enough-eligible")


def test_without_eligible_firms_it_is_unknown_or_impossible() -> None:
    assert reserve_article_20([social("a", None)]).possible is UNKNOWN
    assert reserve_article_20([social("a", "0.1")]).possible is NO
    assert reserve_article_20([]).possible is NO


def test_an_award_of_three_years_ago_still_blocks_on_the_day_itself() -> None:
    assert article_77_eligible(mission("a", date(2023, 5, 1)), AWARD) is NO
    assert article_77_eligible(mission("a", date(2023, 4, 30)), AWARD) is YES
    assert article_77_eligible(mission("a", date(2024, 2, 29)), date(2027, 3, 1)) is NO
    assert article_77_eligible(mission("a", date(2024, 2, 29)), date(2027, 3, 2)) is YES


def test_a_missing_fact_is_unknown_and_a_missing_mission_is_no() -> None:
    assert article_77_eligible(ReservedFacts("a", public_service_mission=True), AWARD) is UNKNOWN
    assert article_77_eligible(ReservedFacts("a", article_77_awards_known=True), AWARD) is UNKNOWN
    assert article_77_eligible(ReservedFacts("a", public_service_mission=False), AWARD) is NO


@pytest.mark.parametrize("code", ["75121000", "85000000", "85312400", "85323000", "98133110"])
def test_listed_services_include_the_range_of_division_85(code: str) -> None:
    assert listed_in_article_77(CpvCode(code)) is YES


def test_absence_from_a_partial_list_is_unknown() -> None:
    assert listed_in_article_77(CpvCode("90910000")) is UNKNOWN
    assert listed_in_article_77(CpvCode("90910000"), COMPLETE) is NO
    assert listed_in_article_77(CpvCode("85324000"), COMPLETE) is NO


def test_article_77_takes_at_most_three_years() -> None:
    firms = [mission("a"), mission("b")]
    assert reserve_article_77(firms, [WELFARE], 36, AWARD).possible is YES
    assert reserve_article_77(firms, [WELFARE], 37, AWARD).possible is NO
    endless = reserve_article_77(firms, [WELFARE], None, AWARD)
    assert endless.possible is NO
    assert codes(endless) == ["service-listed", "term-too-long", "enough-eligible"]


def test_an_unlisted_code_makes_it_unknown_and_names_what_stands_above_it() -> None:
    found = reserve_article_77([mission("a")], [CpvCode("80111000")], 12, AWARD)
    assert (found.possible, codes(found)) == (UNKNOWN, ["service-list-partial", "too-few-eligible"])
    assert found.reasons[0].detail.endswith("; 80110000, which stands above it, is")
    assert not found.basis.verified


def test_a_complete_list_refuses_what_it_lacks() -> None:
    found = reserve_article_77([mission("a")], [CpvCode("90910000")], 12, AWARD, COMPLETE)
    assert (found.possible, found.reasons[0].code) == (NO, "service-not-listed")
    partial = reserve_article_77([mission("a")], [CpvCode("90910000")], 12, AWARD)
    assert partial.reasons[0].detail == "90910000 is not on the part of the list that is known"
