"""Near misses: one small, named change away from a match."""

from datetime import date
from typing import Any

import msgspec
import pytest

from api.domain.directory import ServiceMode
from api.domain.matching.decide import NearMiss
from api.domain.matching.facts import EnterpriseFacts, LotFacts, RequiredMark
from api.domain.matching.near_miss import euros
from api.domain.matching.rules import RULES_2026
from api.domain.values import Cents, Period
from tests.domain.matching.builders import a_firm, a_lot, a_mark, an_offering, decided

THREE_PLACES = a_lot(areas=("GM0344", "GM0363", "NL350"))
MARKED = a_lot(required_marks=(RequiredMark("pso", "1"),))


def _near(lot: LotFacts, firm: EnterpriseFacts) -> NearMiss:
    [near] = decided(lot, firm).near_misses
    return near


def _is_excluded(lot: LotFacts, firm: EnterpriseFacts) -> bool:
    return len(decided(lot, firm).excluded) == 1


def _told(near: NearMiss) -> tuple[object, ...]:
    short = near.shortfall
    return (short.code.value, short.by, short.unit.value, short.needed, short.change)


def _offers(**offered: Any) -> EnterpriseFacts:
    return a_firm(an_offering(**offered))


def test_a_shortage_of_at_most_a_quarter_of_the_value_is_a_near_miss() -> None:
    near = _near(a_lot(), _offers(free_capacity_cents=Cents(75_000_00)))

    assert _told(near) == (
        "capacity-short",
        25_000_00,
        "cents-a-year",
        100_000_00,
        "free capacity is short by EUR 25 000.00 a year",
    )
    assert _is_excluded(a_lot(), _offers(free_capacity_cents=Cents(74_999_99)))


def test_one_municipality_outside_the_area_is_a_near_miss() -> None:
    near = _near(THREE_PLACES, _offers(area_full=frozenset({"GM0344", "NL350"})))

    assert _told(near) == (
        "area-outside",
        1,
        "municipalities",
        ("GM0363",),
        "add GM0363 to the area",
    )


@pytest.mark.parametrize(
    ("lot", "full"),
    [
        (THREE_PLACES, {"NL350"}),  # two municipalities are missing
        (THREE_PLACES, {"GM0344", "GM0363"}),  # a whole region is missing
        (a_lot(), {"GM0001"}),  # nothing at all is covered
    ],
)
def test_an_area_further_off_is_no_near_miss(lot: LotFacts, full: set[str]) -> None:
    assert _is_excluded(lot, _offers(area_full=frozenset(full)))


def test_a_lead_time_of_two_weeks_too_long_is_a_near_miss() -> None:
    lot = a_lot(lead_time_days=10)

    assert _told(_near(lot, _offers(lead_time_days=24))) == (
        "lead-time-long",
        14,
        "days",
        10,
        "deliver 14 days sooner, within 10 days",
    )
    assert _is_excluded(lot, _offers(lead_time_days=25))


def test_a_minimum_order_of_a_quarter_too_high_is_a_near_miss() -> None:
    lot = a_lot(order_value_cents=Cents(100_00))

    assert _told(_near(lot, _offers(minimum_order_cents=Cents(125_00)))) == (
        "minimum-order-high",
        25_00,
        "cents",
        100_00,
        "accept orders of EUR 100.00, EUR 25.00 below the minimum",
    )
    assert _is_excluded(lot, _offers(minimum_order_cents=Cents(125_01)))


def test_a_mark_that_lapses_within_two_years_of_the_end_is_a_near_miss() -> None:
    long_lot = msgspec.structs.replace(MARKED, ends_on=date(2029, 1, 1))
    lapsing = a_firm(marks=(a_mark(valid=Period(date(2026, 1, 1), date(2027, 1, 3))),))

    assert _told(_near(long_lot, lapsing)) == (
        "mark-lapses",
        730,
        "days",
        "2029-01-01",
        "pso lapses on 2027-01-02; renew it through 2029-01-01, the contract's end",
    )
    later = msgspec.structs.replace(long_lot, ends_on=date(2029, 1, 2))
    assert _is_excluded(later, lapsing)


def test_a_claimed_mark_only_needs_verification() -> None:
    near = _near(MARKED, a_firm(marks=(a_mark(verified=False),)))

    assert _told(near) == (
        "mark-unverified",
        1,
        "verifications",
        "pso",
        "have the certificate of pso verified",
    )


@pytest.mark.parametrize(
    ("lot", "firm"),
    [
        (MARKED, a_firm()),
        (MARKED, a_firm(marks=(a_mark(level="aspirant"),))),
        (a_lot(service_modes=frozenset({ServiceMode.GOODS})), a_firm()),
        (a_lot(), a_firm(visible=False)),
        (a_lot(), a_firm(excluded_by_buyer="fraud")),
    ],
)
def test_what_one_cannot_mend_is_no_near_miss(lot: LotFacts, firm: EnterpriseFacts) -> None:
    assert _is_excluded(lot, firm)


def test_two_shortfalls_are_no_near_miss() -> None:
    lot = a_lot(lead_time_days=10)

    assert _is_excluded(lot, _offers(lead_time_days=11, free_capacity_cents=Cents(99_000_00)))
    assert _is_excluded(
        msgspec.structs.replace(MARKED, lead_time_days=10),
        a_firm(an_offering(lead_time_days=11), marks=(a_mark(verified=False),)),
    )


def test_a_firm_with_two_fails_of_its_own_is_excluded() -> None:
    assert _is_excluded(a_lot(), a_firm(visible=False, excluded_by_buyer="fraud"))


def test_the_offering_that_nearly_fits_is_the_one_named() -> None:
    far = an_offering(id="a", area_full=frozenset({"GM0001"}))
    close = an_offering(id="b", free_capacity_cents=Cents(90_000_00))
    closer = an_offering(id="c", free_capacity_cents=Cents(99_000_00))

    near = _near(a_lot(), a_firm(far, close, closer))

    assert (near.offering_id, near.shortfall.by) == ("b", 10_000_00)  # equal scores: lower id


def test_the_change_that_is_named_admits_the_firm_and_a_cent_less_does_not() -> None:
    firm = _offers(free_capacity_cents=Cents(80_000_00))
    by = _near(a_lot(), firm).shortfall.by

    assert decided(a_lot(), _offers(free_capacity_cents=Cents(80_000_00 + by))).matched
    assert not decided(a_lot(), _offers(free_capacity_cents=Cents(80_000_00 + by - 1))).matched


def test_the_bounds_are_dated_data() -> None:
    strict = msgspec.structs.replace(
        RULES_2026, bounds=msgspec.structs.replace(RULES_2026.bounds, capacity=0)
    )

    decision = decided(a_lot(), _offers(free_capacity_cents=Cents(99_999_99)), rules=strict)

    assert len(decision.excluded) == 1


def test_without_a_contract_end_a_lapse_cannot_be_measured() -> None:
    lot = a_lot(required_marks=(RequiredMark("pso"),), ends_on=None)
    firm = a_firm(marks=(a_mark(valid=Period(date(2026, 1, 1), date(2027, 1, 1))),))

    [match] = decided(lot, firm).matched
    assert match.unknown == ("mark-dates-unknown",)


@pytest.mark.parametrize(
    ("cents", "text"), [(0, "0.00"), (5, "0.05"), (123_456_789, "1 234 567.89")]
)
def test_cents_are_written_as_euros(cents: int, text: str) -> None:
    assert euros(cents) == text
