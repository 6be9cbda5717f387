"""The other hard rules, one by one."""

import msgspec
import pytest

from api.domain.directory import ServiceMode
from api.domain.matching.eligibility import Eligibility
from api.domain.matching.facts import LotFacts, OfferingFacts
from api.domain.matching.reasons import Reason, RuleId, State
from api.domain.matching.rules import RULES_2026
from api.domain.tendering.notice import Nature
from api.domain.values import Cents, CpvCode
from tests.domain.matching.builders import (
    a_firm,
    a_lot,
    an_offering,
    decided,
    the_match,
    the_reason,
)


def _told(reason: Reason) -> tuple[object, ...]:
    return (reason.code.value, reason.state.value, reason.wanted, reason.offered)


def test_a_firm_that_fits_in_all_passes_every_rule() -> None:
    match = the_match(a_lot(lead_time_days=14, order_value_cents=Cents(500_00)), a_firm())

    assert [reason.code for reason in match.reasons] == [
        "visible",
        "not-excluded",
        "not-reserved",
        "mark-not-asked",
        "dependency-low",
        "category-same",
        "area-covered",
        "mode-any",
        "capacity-enough",
        "lead-time-met",
        "minimum-order-met",
    ]
    assert match.unknown == ()
    assert match.warnings == ()


@pytest.mark.parametrize(
    ("wanted", "full", "partial", "expected"),
    [
        ((), (), (), ("area-unknown", "unknown", None, None)),
        (("GM1",), ("GM1",), (), ("area-covered", "pass", ("GM1",), ("GM1",))),
        (("GM1",), ("NL",), (), ("area-covered", "pass", ("GM1",), ("GM1",))),
        (("NL350",), ("GM1",), ("NL350",), ("area-partial", "unknown", ("NL350",), ("NL350",))),
        (("GM1", "GM2"), ("GM2",), (), ("area-outside", "fail", ("GM1", "GM2"), ("GM2",))),
        (
            ("NL350", "GM2"),
            ("GM9",),
            ("NL350",),
            ("area-outside", "fail", ("GM2", "NL350"), ("NL350",)),
        ),
        (("GM1",), (), (), ("area-outside", "fail", ("GM1",), ())),
    ],
)
def test_every_wanted_area_must_be_covered(
    wanted: tuple[str, ...],
    full: tuple[str, ...],
    partial: tuple[str, ...],
    expected: tuple[object, ...],
) -> None:
    firm = a_firm(an_offering(area_full=frozenset(full), area_partial=frozenset(partial)))

    assert _told(the_reason("area", a_lot(areas=wanted), firm)) == expected


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ((), ("mode-any", "pass", None, "service")),
        ((ServiceMode.SERVICE,), ("mode-accepted", "pass", ("service",), "service")),
        (
            (ServiceMode.HIRING_IN, ServiceMode.GOODS),
            ("mode-other", "fail", ("goods", "hiring-in"), "service"),
        ),
    ],
)
def test_the_mode_must_be_an_accepted_one(
    accepted: tuple[ServiceMode, ...], expected: tuple[object, ...]
) -> None:
    lot = a_lot(service_modes=frozenset(accepted))

    assert _told(the_reason("service-mode", lot, a_firm())) == expected


@pytest.mark.parametrize(
    ("value", "free", "expected"),
    [
        (None, 5, ("value-unknown", "unknown", None, 5)),
        (100, None, ("capacity-unknown", "unknown", 100, None)),
        (100, 99, ("capacity-short", "fail", 100, 99)),
        (100, 100, ("capacity-enough", "pass", 100, 100)),
        (0, 0, ("capacity-enough", "pass", 0, 0)),
    ],
)
def test_free_capacity_must_reach_the_yearly_value(
    value: int | None, free: int | None, expected: tuple[object, ...]
) -> None:
    firm = a_firm(an_offering(free_capacity_cents=free))

    assert _told(the_reason("capacity", a_lot(yearly_value_cents=value), firm)) == expected


@pytest.mark.parametrize(
    ("given", "needed", "expected"),
    [
        (None, 5, ("lead-time-not-asked", "pass", None, 5)),
        (10, None, ("lead-time-unknown", "unknown", 10, None)),
        (10, 11, ("lead-time-long", "fail", 10, 11)),
        (10, 10, ("lead-time-met", "pass", 10, 10)),
    ],
)
def test_the_lead_time_must_fit(
    given: int | None, needed: int | None, expected: tuple[object, ...]
) -> None:
    firm = a_firm(an_offering(lead_time_days=needed))

    assert _told(the_reason("lead-time", a_lot(lead_time_days=given), firm)) == expected


@pytest.mark.parametrize(
    ("order", "minimum", "expected"),
    [
        (None, 5, ("minimum-order-not-asked", "pass", None, 5)),
        (10, None, ("minimum-order-unknown", "unknown", 10, None)),
        (10, 11, ("minimum-order-high", "fail", 10, 11)),
        (10, 10, ("minimum-order-met", "pass", 10, 10)),
    ],
)
def test_an_order_must_reach_the_minimum(
    order: int | None, minimum: int | None, expected: tuple[object, ...]
) -> None:
    firm = a_firm(an_offering(minimum_order_cents=minimum))

    assert _told(the_reason("minimum-order", a_lot(order_value_cents=order), firm)) == expected


@pytest.mark.parametrize(
    ("turnover", "expected"),
    [
        (None, ("dependency-unknown", "unknown", 10_000_000, None)),
        (20_000_000, ("dependency-low", "pass", 10_000_000, 20_000_000)),
        (19_999_999, ("dependency-high", "warning", 10_000_000, 19_999_999)),
        (0, ("dependency-high", "warning", 10_000_000, 0)),
    ],
)
def test_a_lot_above_half_of_the_turnover_makes_dependent(
    turnover: int | None, expected: tuple[object, ...]
) -> None:
    firm = a_firm(turnover_cents=turnover)

    assert _told(the_reason("dependency", a_lot(), firm)) == expected
    assert decided(a_lot(), firm).matched


def test_dependency_excludes_only_where_the_dated_rules_say_so() -> None:
    hard = msgspec.structs.replace(RULES_2026, dependency_excludes=True)
    firm = a_firm(turnover_cents=Cents(19_999_999))

    [excluded] = decided(a_lot(), firm, rules=hard).excluded

    assert [reason.code for reason in excluded.reasons] == ["dependency-high"]


def test_without_a_known_value_dependency_stays_unknown() -> None:
    reason = the_reason("dependency", a_lot(yearly_value_cents=None), a_firm())

    assert _told(reason) == ("dependency-unknown", "unknown", None, 100_000_000)


def test_a_firm_that_the_buyer_excluded_is_refused_with_the_recorded_reason() -> None:
    [excluded] = decided(a_lot(), a_firm(excluded_by_buyer="bankrupt since May")).excluded

    assert [_told(one) for one in excluded.reasons] == [
        ("excluded-by-buyer", "fail", None, "bankrupt since May")
    ]


def test_a_firm_that_is_not_published_is_refused() -> None:
    [excluded] = decided(a_lot(), a_firm(visible=False)).excluded

    assert [reason.code for reason in excluded.reasons] == ["not-visible"]


def test_a_firm_without_offerings_is_refused_with_all_that_fails() -> None:
    firm = msgspec.structs.replace(a_firm(visible=False), offerings=())

    [excluded] = decided(a_lot(), firm).excluded

    assert [reason.code for reason in excluded.reasons] == ["not-visible", "no-offering"]
    assert excluded.offering_id is None


def test_an_unusual_mode_for_the_nature_is_a_warning() -> None:
    lot = a_lot(nature=Nature.SUPPLIES)

    match = the_match(lot, a_firm())

    assert match.warnings == ("nature-differs",)
    assert _told(match.reasons[-1]) == ("nature-differs", "warning", "supplies", "service")


def test_no_warning_where_the_buyer_names_the_modes_or_the_nature_fits() -> None:
    named = a_lot(nature=Nature.SUPPLIES, service_modes=frozenset({ServiceMode.SERVICE}))

    assert the_match(named, a_firm()).warnings == ()
    assert the_match(a_lot(nature=Nature.SERVICES), a_firm()).warnings == ()


def test_one_offering_must_meet_category_mode_and_area_by_itself() -> None:
    right_code = an_offering(id="a", area_full=frozenset({"GM0001"}))
    right_place = an_offering(id="b", cpv_codes=(CpvCode("55520000"),))

    decision = decided(a_lot(), a_firm(right_code, right_place))

    [excluded] = decision.excluded
    assert excluded.offering_id == "a"
    assert [reason.code for reason in excluded.reasons] == ["area-outside"]


def test_what_is_unknown_is_named_and_does_not_keep_a_firm_out() -> None:
    offering = an_offering(free_capacity_cents=None, lead_time_days=None, minimum_order_cents=None)
    lot = a_lot(lead_time_days=10, order_value_cents=Cents(100_00))

    match = the_match(lot, a_firm(offering, turnover_cents=None))

    assert match.unknown == (
        "dependency-unknown",
        "capacity-unknown",
        "lead-time-unknown",
        "minimum-order-unknown",
    )
    assert {reason.state for reason in match.reasons} == {State.PASS, State.UNKNOWN}


def test_the_whole_country_covers_no_place_abroad() -> None:
    nationwide = an_offering(area_full=frozenset({"NL"}))

    assert _area_of(a_lot(areas=("GM0344", "NL35")), nationwide) == "area-covered"
    assert _area_of(a_lot(areas=("BE251",)), nationwide) == "area-outside"
    assert _area_of(a_lot(areas=("BE251", "GM0344")), nationwide) == "area-outside"


def _area_of(lot: LotFacts, offering: OfferingFacts) -> str:
    found = Eligibility(lot, RULES_2026).of_offering(offering)
    [code] = [one.code.value for one in found if one.rule is RuleId.AREA]
    return code
