"""One claim among those under the same keyed hash, on this obligation and on others."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from api.domain.social_return.double_count import (
    Beside,
    ClaimedHours,
    ClaimedInvoice,
    invoice_counts_twice,
    person_counts_twice,
)
from api.domain.social_return.rule_book import DoubleCounting
from api.domain.values import Cents, KvkNumber, Period
from tests.domain.social_return.test_bonus import book

HERE, ELSEWHERE = UUID(int=1), UUID(int=2)
FORBIDDING = book(double_counting=DoubleCounting.FORBID)
SPRING = Period(date(2026, 3, 1), date(2026, 6, 1))
HALF_A_WEEK = ClaimedHours(period=SPRING, hours_per_week=Decimal(18))
WHOLE = ClaimedInvoice(
    supplier=KvkNumber("01234567"),
    invoice_number="F-1",
    invoice_cents=Cents(1_000),
    claimed_cents=Cents(600),
)


def beside(obligation: UUID, hours: str = "18", claimed: int = 400) -> Beside:
    return Beside(
        obligation=obligation,
        book_id="town",
        whole_cents=1_000,
        claimed_cents=claimed,
        starts_on=SPRING.starts_on,
        ends_on=SPRING.ends_on,
        hours_per_week=Decimal(hours),
    )


def test_parts_of_an_invoice_may_add_up_to_the_whole_and_not_over_it() -> None:
    assert not invoice_counts_twice(WHOLE, [beside(ELSEWHERE)])
    assert invoice_counts_twice(WHOLE, [beside(ELSEWHERE, claimed=401)])


def test_nobody_counts_over_full_time_wherever_the_hours_are_claimed() -> None:
    assert person_counts_twice(HALF_A_WEEK, HERE, FORBIDDING, [beside(HERE, "19")])
    assert not person_counts_twice(HALF_A_WEEK, HERE, FORBIDDING, [beside(HERE, "18")])


def test_where_it_is_forbidden_one_person_counts_on_one_obligation_of_a_rule_book() -> None:
    elsewhere = beside(ELSEWHERE)
    other_book = msgspec.structs.replace(elsewhere, book_id="village")

    assert person_counts_twice(HALF_A_WEEK, HERE, FORBIDDING, [elsewhere])
    assert not person_counts_twice(HALF_A_WEEK, HERE, FORBIDDING, [other_book])


def test_who_claims_no_hours_adds_none() -> None:
    nothing = msgspec.structs.replace(beside(HERE), hours_per_week=None)

    assert nothing.hours.hours_per_week == 0
