"""Tenders of one buyer that look like one contract, cut up."""

from datetime import date

from api.domain.tendering.evasion import BuyerTender, evasion_warnings
from api.domain.tendering.law import BuyerLevel, ContractKind
from api.domain.values import CpvCode


def tender(name: str, euros: int, day: date, cpv: str = "90910000", **other: str) -> BuyerTender:
    return BuyerTender(
        id=name,
        buyer_id=other.get("buyer", "gemeente"),
        level=BuyerLevel.SUB_CENTRAL,
        kind=ContractKind(other.get("kind", "services")),
        cpv=CpvCode(cpv),
        total_cents=euros * 100,
        dispatched_on=day,
    )


MARCH, SEPTEMBER = date(2026, 3, 1), date(2026, 9, 1)


def test_two_tenders_just_under_the_threshold_in_a_year_are_warned_about() -> None:
    [found] = evasion_warnings(
        [tender("b", 210_000, SEPTEMBER), tender("a", 172_800, MARCH, "90914000")]
    )
    assert (found.tender_ids, found.just_under) == (("a", "b"), ("a", "b"))
    assert (found.sum_cents, found.cpv_group) == (382_800_00, "90900000")
    assert found.threshold.amount_cents == 216_000_00
    assert found.reason.code == "just-under-threshold"


def test_many_small_ones_give_the_softer_warning() -> None:
    [found] = evasion_warnings([tender(str(n), 72_000, date(2026, n, 1)) for n in (1, 2, 3)])
    assert (found.just_under, found.reason.code) == ((), "sum-above-threshold")
    assert found.sum_cents == 216_000_00


def test_one_euro_short_of_the_threshold_is_no_warning() -> None:
    assert evasion_warnings([tender("a", 107_999, MARCH), tender("b", 108_000, SEPTEMBER)]) == ()


def test_twelve_months_later_is_another_window() -> None:
    first, later = tender("a", 200_000, MARCH), tender("b", 200_000, date(2027, 3, 1))
    assert evasion_warnings([first, later]) == ()
    day_before = tender("b", 200_000, date(2027, 2, 28))
    assert len(evasion_warnings([first, day_before])) == 1


def test_a_leap_day_counts_to_the_first_of_march() -> None:
    first, later = tender("a", 200_000, date(2024, 2, 29)), tender("b", 200_000, date(2025, 2, 28))
    assert len(evasion_warnings([first, later])) == 1


def test_overlapping_years_give_one_warning_each_and_no_part_of_another() -> None:
    days = [date(2026, 1, 1), date(2026, 6, 1), date(2026, 12, 1), date(2027, 3, 1)]
    found = evasion_warnings([tender(str(n), 150_000, day) for n, day in enumerate(days)])
    assert [one.tender_ids for one in found] == [("0", "1", "2"), ("1", "2", "3")]


def test_other_buyers_groups_and_kinds_are_kept_apart() -> None:
    found = evasion_warnings(
        [
            tender("a", 200_000, MARCH),
            tender("b", 200_000, MARCH, buyer="provincie"),
            tender("c", 200_000, MARCH, "77310000"),
            tender("d", 200_000, MARCH, kind="supplies"),
        ]
    )
    assert found == ()


def test_a_tender_that_is_european_already_evades_nothing() -> None:
    assert evasion_warnings([tender("a", 216_000, MARCH), tender("b", 200_000, MARCH)]) == ()


def test_a_day_without_threshold_data_is_left_out() -> None:
    old = date(2019, 1, 1)
    assert evasion_warnings([tender("a", 200_000, old), tender("b", 200_000, old)]) == ()
