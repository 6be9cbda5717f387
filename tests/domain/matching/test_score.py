"""The soft signals, their integers and their limits by law."""

from datetime import date
from typing import Any

import msgspec
import pytest

from api.domain.directory import ShareBucket
from api.domain.errors import InvalidValue
from api.domain.matching.facts import EnterpriseFacts, LotFacts, Procedure
from api.domain.matching.rules import RULES_2026, WEIGHTS_2026, Weights
from api.domain.matching.score import Signal
from api.domain.values import Cents, CpvCode, Period
from tests.domain.matching.builders import a_firm, a_lot, a_mark, an_offering, the_match

INVITED = a_lot(procedure=Procedure.INVITATION)


def _line(name: str, lot: LotFacts, firm: EnterpriseFacts, **more: Any) -> Signal:
    [line] = [one for one in the_match(lot, firm, **more).breakdown if one.signal == name]
    return line


def _value(name: str, lot: LotFacts, firm: EnterpriseFacts, **more: Any) -> int | None:
    return _line(name, lot, firm, **more).value


def test_the_breakdown_is_published_and_adds_up() -> None:
    firm = a_firm(
        an_offering(cpv_codes=(CpvCode("77300000"),)),
        marks=(a_mark("pso", "2"),),
        track_record=3,
        distance_km=12,
    )

    match = the_match(INVITED, firm, text_hits={"firm-offering": 0.505})

    lines = [(one.signal.value, one.weight, one.value, one.points) for one in match.breakdown]
    assert lines == [
        ("cpv", 300, 875, 263),  # 262.5, half up
        ("text", 100, 505, 51),  # 50.5, half up
        ("area", 100, 1000, 100),
        ("distance", 50, 880, 44),
        ("capacity", 150, 1000, 150),
        ("recognition", 100, 800, 80),
        ("target-group", 150, 600, 90),
        ("track-record", 50, 600, 30),
    ]
    assert match.score == 808


@pytest.mark.parametrize(
    ("codes", "value"),
    [
        (("77310000",), 1000),
        (("77314000",), 875),
        (("77000000",), 750),
        (("90610000",), 500),
        (("90611000",), 437),
    ],
)
def test_closeness_falls_with_every_digit_and_halves_for_an_additional_code(
    codes: tuple[str, ...], value: int
) -> None:
    lot = a_lot(cpv_codes=(CpvCode("77310000"), CpvCode("90610000")))
    firm = a_firm(an_offering(cpv_codes=tuple(CpvCode(code) for code in codes)))

    assert _value("cpv", lot, firm) == value


def test_closeness_never_falls_to_nothing() -> None:
    lot = a_lot(cpv_codes=(CpvCode("77000000"),))
    rules = msgspec.structs.replace(
        RULES_2026, values=msgspec.structs.replace(RULES_2026.values, cpv_step=600)
    )

    assert _value("cpv", lot, a_firm(), rules=rules) == 600


def test_text_is_unknown_without_a_search_and_nothing_without_a_hit() -> None:
    assert _line("text", a_lot(), a_firm()).value is None
    assert _line("text", a_lot(), a_firm()).points == 0
    assert _line("text", a_lot(), a_firm(), text_hits={}).value == 0


@pytest.mark.parametrize(
    ("areas", "value"),
    [(1, 1000), (5, 1000), (6, 850), (25, 850), (26, 700), (100, 700), (101, 500)],
)
def test_by_invitation_a_narrow_coverage_ranks_first(areas: int, value: int) -> None:
    full = frozenset({"GM0344", *(f"GM9{number:03}" for number in range(areas - 1))})

    assert _value("area", INVITED, a_firm(an_offering(area_full=full))) == value


def test_a_nationwide_firm_is_no_local_one() -> None:
    assert _value("area", INVITED, a_firm(an_offering(area_full=frozenset({"NL"})))) == 500


def test_coverage_in_part_and_an_unknown_place_earn_less() -> None:
    partly = an_offering(area_full=frozenset(), area_partial=frozenset({"NL350"}))

    assert _value("area", a_lot(areas=("NL350",)), a_firm(partly)) == 300
    assert _value("area", a_lot(areas=()), a_firm()) is None


def test_in_an_open_procedure_nearness_never_ranks() -> None:
    near = a_firm(distance_km=1)
    far = a_firm(an_offering(area_full=frozenset({"NL"})), distance_km=200)

    assert the_match(a_lot(), near).score == the_match(a_lot(), far).score
    assert _line("distance", a_lot(), near).why == "not ranked in an open procedure"
    assert the_match(INVITED, near).score > the_match(INVITED, far).score


@pytest.mark.parametrize(("km", "value"), [(None, None), (0, 1000), (99, 10), (100, 0), (300, 0)])
def test_distance_loses_ten_a_kilometre(km: int | None, value: int | None) -> None:
    assert _value("distance", INVITED, a_firm(distance_km=km)) == value


@pytest.mark.parametrize(
    ("free", "value"),
    [
        (None, None),
        (100_000_00, 500),
        (105_000_00, 625),
        (119_999_99, 999),
        (120_000_00, 1000),
        (900_000_00, 1000),
    ],
)
def test_capacity_earns_the_rest_with_a_buffer_of_a_fifth(
    free: int | None, value: int | None
) -> None:
    firm = a_firm(an_offering(free_capacity_cents=free))

    assert _value("capacity", a_lot(), firm) == value


def test_capacity_earns_nothing_where_the_value_is_unknown() -> None:
    assert _value("capacity", a_lot(yearly_value_cents=None), a_firm()) is None
    assert _value("capacity", a_lot(yearly_value_cents=Cents(0)), a_firm()) == 1000


def test_the_best_recognised_mark_counts_and_marks_never_add_up() -> None:
    marks = (a_mark("pso", "1"), a_mark("code-sociale-ondernemingen", "x"), a_mark("vca", None))

    line = _line("recognition", a_lot(), a_firm(marks=marks))

    assert (line.value, line.why) == (700, "code-sociale-ondernemingen x")


@pytest.mark.parametrize(
    "mark",
    [
        a_mark("pso", "3", verified=False),
        a_mark("pso", "3", valid=Period(date(2024, 1, 1), date(2026, 9, 1))),
        a_mark("pso", "odd"),
        a_mark("vca", None),
    ],
)
def test_only_a_verified_social_mark_that_is_valid_at_award_is_recognised(mark: object) -> None:
    assert _value("recognition", a_lot(), a_firm(marks=(mark,))) == 0


def test_recognition_is_unknown_without_an_award_date() -> None:
    assert _value("recognition", a_lot(award_on=None), a_firm(marks=(a_mark(),))) is None


@pytest.mark.parametrize(
    ("share", "verified", "value"),
    [
        (None, True, None),
        (ShareBucket.UNDER_15, True, 100),
        (ShareBucket.FROM_15, True, 300),
        (ShareBucket.FROM_50, True, 800),
        (ShareBucket.FROM_50, False, 400),
        (ShareBucket.FROM_75, True, 1000),
    ],
)
def test_a_claimed_target_group_share_counts_half(
    *, share: ShareBucket | None, verified: bool, value: int | None
) -> None:
    firm = a_firm(target_group_share=share, share_verified=verified)

    assert _value("target-group", a_lot(), firm) == value


@pytest.mark.parametrize(("references", "value"), [(0, 0), (4, 800), (5, 1000), (9, 1000)])
def test_five_references_are_a_full_track_record(references: int, value: int) -> None:
    assert _value("track-record", a_lot(), a_firm(track_record=references)) == value


@pytest.mark.parametrize("wrong", [{"cpv": 301}, {"cpv": 450, "text": -50}])
def test_weights_must_add_up_to_1000_and_never_punish(wrong: dict[str, int]) -> None:
    weights = msgspec.structs.asdict(WEIGHTS_2026) | wrong

    with pytest.raises(InvalidValue, match="add up to 1000"):
        Weights(**weights)
