"""Reserved participation: art. 20 and art. 77 of Directive 2014/24."""

from datetime import date
from typing import Any

import msgspec
import pytest

from api.domain.directory import ShareBucket
from api.domain.errors import InvalidValue
from api.domain.matching.facts import EnterpriseFacts, LotFacts
from api.domain.matching.reasons import Reason, RuleId
from api.domain.matching.rules import RULES_2026
from api.domain.tendering.law_data import ARTICLE_20, ARTICLE_77
from api.domain.tendering.notice import Reservation
from api.domain.values import CpvCode
from tests.domain.matching.builders import a_firm, a_lot, an_offering, decided, reasons

LISTED = CpvCode("85312000")
SHELTERED = (Reservation.SHELTERED_WORKSHOP,)
MISSION = (Reservation.PUBLIC_SERVICE_MISSION,)


def _reserved(lot: LotFacts, firm: EnterpriseFacts) -> list[str]:
    found: list[Reason] = list(reasons(decided(lot, firm)))
    return [one.code.value for one in found if one.rule is RuleId.RESERVED]


def _mission_lot(**asked: Any) -> LotFacts:
    return a_lot(**{"cpv_codes": (LISTED,), "reservations": MISSION, "months": 36} | asked)


def _mission_firm(**known: Any) -> EnterpriseFacts:
    offering = an_offering(cpv_codes=(LISTED,))
    return a_firm(offering, **{"public_service_mission": True} | known)


@pytest.mark.parametrize(
    ("share", "verified", "main_aim", "expected"),
    [
        (ShareBucket.FROM_30, True, True, ["art20-met"]),
        (ShareBucket.FROM_75, True, True, ["art20-met"]),
        (ShareBucket.FROM_15, True, True, ["art20-share-low"]),
        (ShareBucket.UNDER_15, False, None, ["art20-share-low"]),
        (ShareBucket.FROM_30, False, True, ["art20-share-unverified"]),
        (None, True, True, ["art20-share-unknown"]),
        (ShareBucket.FROM_30, True, None, ["art20-main-aim-unknown"]),
        (ShareBucket.FROM_30, True, False, ["art20-main-aim-missing"]),
        (ShareBucket.FROM_15, True, False, ["art20-share-low", "art20-main-aim-missing"]),
        (None, False, None, ["art20-share-unknown", "art20-main-aim-unknown"]),
        (None, False, False, ["art20-main-aim-missing"]),
    ],
)
def test_article_20_asks_a_verified_share_of_30_percent_and_the_main_aim(
    *, share: ShareBucket | None, verified: bool, main_aim: bool | None, expected: list[str]
) -> None:
    firm = a_firm(target_group_share=share, share_verified=verified, main_aim_integration=main_aim)

    assert _reserved(a_lot(reservations=SHELTERED), firm) == expected


@pytest.mark.parametrize("reservations", [(), (Reservation.NONE,)])
def test_a_lot_that_is_not_reserved_is_open_to_all(reservations: tuple[Reservation, ...]) -> None:
    firm = a_firm(main_aim_integration=False)

    assert _reserved(a_lot(reservations=reservations), firm) == ["not-reserved"]


def test_article_77_is_met_by_a_listed_service_a_short_term_and_a_proven_mission() -> None:
    assert _reserved(_mission_lot(), _mission_firm()) == ["art77-met"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"months": 37}, ["art77-term-long"]),
        ({"months": None}, ["art77-term-unknown"]),
        ({"cpv_codes": (LISTED, CpvCode("55520000"))}, ["art77-cpv-unknown"]),
        ({"cpv_codes": ()}, ["art77-cpv-unknown"]),
    ],
)
def test_article_77_asks_the_lot_itself(asked: dict[str, object], expected: list[str]) -> None:
    assert _reserved(_mission_lot(**asked), _mission_firm()) == expected


def test_with_a_complete_list_every_code_must_be_on_it() -> None:
    whole = msgspec.structs.replace(ARTICLE_77[0], complete=True)
    rules = msgspec.structs.replace(RULES_2026, art77=whole)
    lot = _mission_lot(cpv_codes=(LISTED, CpvCode("55520000")))

    [excluded] = decided(lot, _mission_firm(), rules=rules).excluded

    assert [(one.code.value, one.wanted) for one in excluded.reasons] == [
        ("art77-cpv-unlisted", ("55520000",))
    ]


@pytest.mark.parametrize(
    ("mission", "expected"),
    [(None, ["art77-mission-unknown"]), (False, ["art77-mission-missing"])],
)
def test_article_77_asks_a_public_service_mission(
    *, mission: bool | None, expected: list[str]
) -> None:
    assert _reserved(_mission_lot(), _mission_firm(public_service_mission=mission)) == expected


@pytest.mark.parametrize(
    ("last", "award", "expected"),
    [
        (date(2023, 8, 31), date(2026, 9, 1), ["art77-met"]),
        (date(2023, 9, 1), date(2026, 9, 1), ["art77-recent-award"]),
        (date(2024, 2, 29), date(2027, 3, 1), ["art77-recent-award"]),
        (date(2024, 2, 29), date(2027, 3, 2), ["art77-met"]),
        (date(2023, 9, 1), None, ["art77-award-date-unknown"]),
        (None, None, ["art77-met"]),
    ],
)
def test_the_same_buyer_may_not_award_again_within_three_years(
    last: date | None, award: date | None, expected: list[str]
) -> None:
    lot = _mission_lot(award_on=award, ends_on=None)

    assert _reserved(lot, _mission_firm(last_art77_award_on=last)) == expected


def test_a_recent_award_names_the_day_that_counts() -> None:
    firm = _mission_firm(last_art77_award_on=date(2025, 5, 5))

    [excluded] = decided(_mission_lot(), firm).excluded

    assert [(one.wanted, one.offered) for one in excluded.reasons] == [("2026-09-01", "2028-05-05")]


def test_of_two_reservations_one_is_enough() -> None:
    lot = _mission_lot(reservations=(*SHELTERED, *MISSION))

    by_art20 = _mission_firm(public_service_mission=False)
    by_art77 = _mission_firm(main_aim_integration=False)
    perhaps = _mission_firm(main_aim_integration=False, public_service_mission=None)
    neither = _mission_firm(main_aim_integration=False, public_service_mission=False)

    assert _reserved(lot, by_art20) == ["art20-met"]
    assert _reserved(lot, by_art77) == ["art77-met"]
    assert _reserved(lot, perhaps) == ["art77-mission-unknown"]
    assert _reserved(lot, neither) == ["art20-main-aim-missing", "art77-mission-missing"]


def test_a_reserved_lot_with_one_match_warns_that_nobody_competes() -> None:
    lot = a_lot(reservations=SHELTERED)
    other = a_firm(an_offering(id="other"), id="other")

    assert decided(lot, a_firm()).warnings == ("reserved-without-competition",)
    assert decided(lot, a_firm(), other).warnings == ()
    assert decided(a_lot(), a_firm()).warnings == ()


def test_a_reserved_share_must_be_where_a_published_bucket_starts() -> None:
    odd = msgspec.structs.replace(ARTICLE_20[0], minimum_share=ARTICLE_20[0].minimum_share / 4)

    with pytest.raises(InvalidValue, match="not the start of a published bucket"):
        msgspec.structs.replace(RULES_2026, art20=odd).__post_init__()
