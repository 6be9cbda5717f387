from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from api.domain.social_return.credit import CreditLine, NotInRuleBook
from api.domain.social_return.placement import Placement
from api.domain.social_return.rule_book import (
    Block,
    Bonus,
    BonusPer,
    FullTime,
    RuleBook,
    Source,
    SourceKind,
    Unit,
)
from api.domain.social_return.valuation import credit_for_placement
from api.domain.values import Cents, Period

YEAR = Period(date(2025, 1, 1), date(2026, 1, 1))
NINE_MONTHS = Period(date(2025, 1, 1), date(2025, 10, 1))


def block(code: str = "work", **more: Any) -> Block:
    return Block(code=code, label=code, unit=Unit.YEAR, value_cents=Cents(50_000_00), **more)


def book(*blocks: Block, **more: Any) -> RuleBook:
    full_time = FullTime(hours_per_week=Decimal(36))
    return RuleBook(
        id="town",
        version="1",
        name="Town",
        regions=("Region",),
        source_kind=SourceKind.EXAMPLE,
        sources=(Source("page", "Page of the town", SourceKind.EXAMPLE),),
        blocks=blocks or (block(),),
        full_time=full_time,
        **more,
    )


def placement(period: Period = YEAR, hours: str = "36", **more: Any) -> Placement:
    assert period.starts_on is not None
    facts: dict[str, Any] = {
        "block": "work",
        "started_on": period.starts_on,
        "hours_per_week": Decimal(hours),
    }
    return Placement(**(facts | more), period=period)


def codes(found: CreditLine) -> list[str]:
    return [reason.code for reason in found.reasons]


def bonus(code: str, per: BonusPer = BonusPer.ONCE, euros: int = 10_000, **more: Any) -> Bonus:
    amount = None if per is BonusPer.YEAR_VALUE else Cents(euros * 100)
    return Bonus(code=code, label=code, per=per, amount_cents=amount, **more)


def bonuses_of(given: Placement, rules: RuleBook) -> list[tuple[int | None, list[str]]]:
    lines = credit_for_placement(given, rules).lines[1:]
    return [(one.amount_cents, codes(one)) for one in lines]


def test_a_bonus_per_year_follows_hours_and_months() -> None:
    rules = book(bonuses=(bonus("age-55", BonusPer.YEAR),))
    assert bonuses_of(placement(NINE_MONTHS, "24", bonuses=("age-55",)), rules) == [(5_000_00, [])]


def test_a_bonus_once_is_flat_and_a_multiple_takes_the_year_value() -> None:
    rules = book(
        bonuses=(
            bonus("contract", stackable=True),
            bonus("stays", BonusPer.YEAR_VALUE, multiple=Decimal(1), stackable=True),
        )
    )
    given = placement(NINE_MONTHS, "24", bonuses=("contract", "stays"))
    assert bonuses_of(given, rules) == [(10_000_00, []), (50_000_00, [])]
    assert credit_for_placement(given, rules).amount_cents == 85_000_00


def test_a_bonus_once_does_not_come_back() -> None:
    rules = book(bonuses=(bonus("contract"),))
    given = placement(bonuses=("contract",), earlier_bonuses=("contract",))
    assert bonuses_of(given, rules) == [(0, ["already-counted"])]


def test_a_bonus_claimed_twice_counts_once() -> None:
    rules = book(bonuses=(bonus("contract"),))
    assert bonuses_of(placement(bonuses=("contract", "contract")), rules) == [(10_000_00, [])]


def test_a_bonus_keeps_to_its_blocks() -> None:
    rules = book(block(), block("other"), bonuses=(bonus("contract", blocks=("other",)),))
    assert bonuses_of(placement(bonuses=("contract",)), rules) == [(0, ["bonus-not-for-block"])]


def test_a_bonus_falls_with_its_placement_but_outlives_the_maximum_when_single() -> None:
    both = (bonus("contract", stackable=True), bonus("age", BonusPer.YEAR, stackable=True))
    limited = book(block(max_months=Decimal(12)), bonuses=both, entry_window_months=1)
    third = Period(date(2026, 1, 1), date(2026, 4, 1))
    spent = placement(
        third, started_on=date(2025, 1, 1), earlier=(YEAR,), bonuses=("contract", "age")
    )
    assert bonuses_of(spent, limited) == [(10_000_00, []), (0, ["placement-not-counted"])]
    late = placement(contract_starts_on=date(2025, 6, 1), bonuses=("contract",))
    assert bonuses_of(late, limited) == [(0, ["placement-not-counted"])]


def test_bonuses_that_may_not_add_up_leave_the_dearest() -> None:
    three = (
        bonus("small", euros=4_000, stackable=True),
        bonus("young", euros=3_000, stackable=True),
        bonus("alone", euros=8_000, stackable=False),
    )
    given = placement(bonuses=("small", "young", "alone"))
    assert bonuses_of(given, book(bonuses=three)) == [
        (0, ["bonus-not-stackable"]),
        (0, ["bonus-not-stackable"]),
        (8_000_00, []),
    ]


def test_bonuses_that_add_up_win_when_worth_as_much() -> None:
    three = (
        bonus("small", euros=5_000, stackable=True),
        bonus("young", euros=3_000, stackable=True),
        bonus("alone", euros=8_000, stackable=False),
        bonus("gone", stackable=True),
    )
    given = placement(bonuses=("small", "young", "alone", "gone"), earlier_bonuses=("gone",))
    assert bonuses_of(given, book(bonuses=three)) == [
        (5_000_00, []),
        (3_000_00, []),
        (0, ["bonus-not-stackable"]),
        (0, ["already-counted"]),
    ]


def test_two_bonuses_are_unknown_while_the_book_does_not_say_whether_they_add_up() -> None:
    three = (bonus("one"), bonus("two"), bonus("sure", stackable=True))
    rules = book(bonuses=three)
    given = placement(bonuses=("one", "two", "sure"))
    assert bonuses_of(given, rules) == [
        (None, ["stacking-unknown"]),
        (None, ["stacking-unknown"]),
        (10_000_00, []),
    ]
    assert bonuses_of(placement(bonuses=("one",)), rules) == [(10_000_00, [])]


def test_an_unknown_bonus_is_refused() -> None:
    with pytest.raises(NotInRuleBook, match="no bonus 'luck'"):
        credit_for_placement(placement(bonuses=("luck",)), book())
