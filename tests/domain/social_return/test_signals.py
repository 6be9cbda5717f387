from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from api.domain.social_return.displacement import DisplacementFacts
from api.domain.social_return.signals import (
    Bought,
    Placed,
    Spend,
    Work,
    with_placement,
    with_purchase,
)
from api.domain.values import Cents, Period

NOTHING = DisplacementFacts()
JANUARY = Period(date(2026, 1, 5), date(2026, 2, 2))
"""Four weeks."""


def placed(**more: Any) -> Placed:
    facts: dict[str, Any] = {
        "period": JANUARY,
        "started_on": date(2026, 1, 5),
        "hours_per_week": Decimal(20),
        "unpaid": True,
    }
    return Placed(**(facts | more))


def test_unpaid_hours_are_set_against_all_hours_on_the_obligation() -> None:
    beside = Work(hours=Decimal(240), unpaid_hours=Decimal(0), unknown=0)

    unpaid = with_placement(NOTHING, placed(), beside)
    paid = with_placement(NOTHING, placed(unpaid=False), beside)

    assert (unpaid.unpaid_hours, unpaid.all_hours) == (Decimal(80), Decimal(320))
    assert (paid.unpaid_hours, paid.all_hours) == (Decimal(0), Decimal(320))
    assert paid.longest_unpaid_months is None


@pytest.mark.parametrize(
    ("unpaid", "unknown", "work"),
    [(None, 0, True), (True, 1, True), (True, 0, False)],
)
def test_while_one_placement_is_unknown_so_is_the_share(
    *, unpaid: bool | None, unknown: int, work: bool
) -> None:
    beside = Work(hours=Decimal(10), unpaid_hours=Decimal(0), unknown=unknown) if work else None

    found = with_placement(NOTHING, placed(unpaid=unpaid), beside)

    assert (found.unpaid_hours, found.all_hours) == (None, None)


def test_months_without_a_wage_add_up_over_the_bookings_of_one_person() -> None:
    found = with_placement(
        NOTHING,
        placed(
            period=Period(date(2026, 3, 5), date(2026, 4, 5)),
            earlier=(Period(date(2026, 1, 5), date(2026, 3, 5)),),
        ),
        None,
    )

    assert found.longest_unpaid_months == 3


def bought(**more: Any) -> Bought:
    facts: dict[str, Any] = {"invoice_cents": Cents(400), "claimed_cents": Cents(100)}
    return Bought(**(facts | more))


def test_the_share_of_a_supplier_counts_the_purchase_at_hand() -> None:
    found = with_purchase(NOTHING, bought(turnover_cents=1_000), Spend(300, 200))

    assert found.buyer_spend_share == Decimal("0.75")
    assert found.supplier_turnover_share == Decimal("0.3")


def test_without_turnover_or_spend_shares_are_unknown() -> None:
    nothing = with_purchase(NOTHING, bought(claimed_cents=Cents(0)), Spend(0, 0))
    unread = with_purchase(NOTHING, bought(reference_price_cents=Cents(500)), None)

    assert (nothing.buyer_spend_share, nothing.supplier_turnover_share) == (None, None)
    assert (unread.buyer_spend_share, unread.price_cents, unread.reference_price_cents) == (
        None,
        400,
        500,
    )
