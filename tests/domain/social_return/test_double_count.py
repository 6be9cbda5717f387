from datetime import date
from decimal import Decimal

import pytest

from api.domain.errors import InvalidValue
from api.domain.social_return.double_count import (
    ClaimedHours,
    ClaimedInvoice,
    invoice_faults,
    invoice_key,
    overfull_weeks,
    person_faults,
)
from api.domain.social_return.rule_book import DoubleCounting
from api.domain.values import Cents, KvkNumber, Period

FULL_TIME = Decimal(36)


def invoice(claimed: int, number: str = "2026-0012", whole: int = 1_000_00) -> ClaimedInvoice:
    return ClaimedInvoice(
        supplier=KvkNumber("01234567"),
        invoice_number=number,
        invoice_cents=Cents(whole),
        claimed_cents=Cents(claimed),
    )


def hours(starts_on: date, ends_on: date, week: str) -> ClaimedHours:
    return ClaimedHours(period=Period(starts_on, ends_on), hours_per_week=Decimal(week))


def reasons(claim: ClaimedInvoice, *others: ClaimedInvoice) -> list[str]:
    return [reason.code for reason in invoice_faults(claim, others)]


def test_an_invoice_may_be_claimed_in_parts_up_to_the_whole() -> None:
    assert reasons(invoice(400_00), invoice(600_00)) == []
    assert reasons(invoice(400_01), invoice(600_00)) == ["invoice-counted-twice"]
    assert reasons(invoice(1_000_01)) == ["invoice-counted-twice"]


def test_the_way_an_invoice_number_is_written_does_not_matter() -> None:
    assert invoice_key(KvkNumber("01234567"), "f 2026/0012") == "01234567:F20260012"
    assert reasons(invoice(600_00, "F2026-0012"), invoice(600_00, "f 2026/0012")) == [
        "invoice-counted-twice"
    ]
    with pytest.raises(InvalidValue, match="no invoice number"):
        invoice_key(KvkNumber("01234567"), " - ")


def test_other_invoices_do_not_count_along() -> None:
    assert reasons(invoice(600_00), invoice(600_00, "2026-0013")) == []


def test_of_two_amounts_for_one_invoice_the_smaller_is_believed() -> None:
    assert reasons(invoice(500_00), invoice(500_00, whole=900_00)) == [
        "invoice-amount-differs",
        "invoice-counted-twice",
    ]


MONDAY = date(2026, 2, 2)  # of ISO week 6
NEXT_MONDAY = date(2026, 2, 9)


def test_hours_of_one_person_are_added_within_an_iso_week() -> None:
    claim = hours(MONDAY, date(2026, 2, 23), "20")
    other = hours(NEXT_MONDAY, date(2026, 2, 16), "24")
    assert [(one.week, one.hours) for one in overfull_weeks(claim, [other], FULL_TIME)] == [
        ("2026-W07", Decimal("44.00"))
    ]


def test_exactly_full_time_is_allowed() -> None:
    claim = hours(MONDAY, NEXT_MONDAY, "16")
    assert overfull_weeks(claim, [hours(MONDAY, NEXT_MONDAY, "20")], FULL_TIME) == ()


def test_a_change_of_job_within_a_week_is_no_double_count() -> None:
    until_thursday = hours(MONDAY, date(2026, 2, 5), "36")
    from_thursday = hours(date(2026, 2, 5), NEXT_MONDAY, "36")
    assert overfull_weeks(from_thursday, [until_thursday], FULL_TIME) == ()


def test_a_week_around_new_year_bears_its_iso_name() -> None:
    claim = hours(date(2025, 12, 29), date(2026, 1, 5), "40")
    assert [one.week for one in overfull_weeks(claim, [], FULL_TIME)] == ["2026-W01"]


def person(
    rule: DoubleCounting | None, full_time: Decimal | None, *others: ClaimedHours
) -> list[str]:
    claim = hours(MONDAY, NEXT_MONDAY, "20")
    return [reason.code for reason in person_faults(claim, others, rule, full_time)]


def test_a_person_on_no_other_obligation_is_no_double_count() -> None:
    before = hours(date(2026, 1, 5), MONDAY, "36")
    assert person(DoubleCounting.FORBID, FULL_TIME, before) == []


def test_a_book_may_forbid_any_second_obligation() -> None:
    beside = hours(MONDAY, NEXT_MONDAY, "4")
    assert person(DoubleCounting.FORBID, FULL_TIME, beside) == ["person-counted-twice"]


@pytest.mark.parametrize("rule", [DoubleCounting.FULL_TIME, None])
def test_otherwise_full_time_is_the_bound(rule: DoubleCounting | None) -> None:
    assert person(rule, FULL_TIME, hours(MONDAY, NEXT_MONDAY, "16")) == []
    assert person(rule, FULL_TIME, hours(MONDAY, NEXT_MONDAY, "17")) == ["above-full-time"]
    assert person(rule, None, hours(MONDAY, NEXT_MONDAY, "17")) == ["full-time-week-unknown"]
