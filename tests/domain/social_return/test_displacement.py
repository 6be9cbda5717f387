from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from api.domain.social_return.displacement import NORMS as SHIPPED
from api.domain.social_return.displacement import (
    Colour,
    DisplacementCheck,
    DisplacementFacts,
    DisplacementNorms,
    Replaces,
    check_displacement,
)
from api.domain.values import Cents

NORMS = DisplacementNorms(
    version="2026-01",
    source="Policy of the town",
    since=date(2026, 1, 1),
    verified=True,
    unpaid_share_above=Decimal("0.25"),
    unpaid_months_above=Decimal(3),
    price_tolerance=Decimal("0.10"),
    buyer_spend_share_above=Decimal("0.30"),
    supplier_turnover_share_above=Decimal("0.50"),
)


def check(norms: DisplacementNorms = NORMS, **facts: Any) -> DisplacementCheck:
    declared: dict[str, Any] = {"replaces": Replaces.ADDITIONAL, "paid_jobs_replaced": False}
    return check_displacement(DisplacementFacts(**(declared | facts)), norms)


def colours(found: DisplacementCheck) -> dict[str, str]:
    return {signal.code: signal.colour for signal in found.signals}


def test_a_check_tells_what_its_bounds_stand_on() -> None:
    own = check()
    shipped = check(SHIPPED)
    assert (own.norms_source, own.norms_verified) == ("Policy of the town", True)
    assert own.norms_since == date(2026, 1, 1)
    # Rules of thumb: nobody is to take them for law.
    assert shipped.norms_verified is False
    assert "ADR 31" in (shipped.norms_source or "")


def test_declared_additional_work_is_green_and_unknown_figures_stay_visible() -> None:
    found = check()
    assert (found.colour, found.norms_version) == (Colour.GREEN, "2026-01")
    assert colours(found) == {
        "replaces-regular-staff": "green",
        "paid-jobs-replaced": "green",
        "unpaid-hours": "unknown",
        "unpaid-months": "unknown",
        "price-against-market": "unknown",
        "person-counted-twice": "unknown",
        "outside-entry-window": "unknown",
        "buyer-depends-on-supplier": "unknown",
        "supplier-depends-on-buyer": "unknown",
    }


@pytest.mark.parametrize(
    ("facts", "code", "colour"),
    [
        ({"replaces": None}, "replaces-regular-staff", Colour.AMBER),
        ({"replaces": Replaces.REPLACEMENT}, "replaces-regular-staff", Colour.RED),
        (
            {"replaces": Replaces.REPLACEMENT, "justification": "contract ended"},
            "replaces-regular-staff",
            Colour.AMBER,
        ),
        ({"paid_jobs_replaced": None}, "paid-jobs-replaced", Colour.AMBER),
        ({"paid_jobs_replaced": True}, "paid-jobs-replaced", Colour.RED),
        ({"unpaid_hours": Decimal(26), "all_hours": Decimal(100)}, "unpaid-hours", Colour.AMBER),
        ({"unpaid_hours": Decimal(25), "all_hours": Decimal(100)}, "unpaid-hours", Colour.GREEN),
        ({"unpaid_hours": Decimal(0), "all_hours": Decimal(0)}, "unpaid-hours", Colour.UNKNOWN),
        ({"longest_unpaid_months": Decimal("3.1")}, "unpaid-months", Colour.AMBER),
        ({"longest_unpaid_months": Decimal(3)}, "unpaid-months", Colour.GREEN),
        ({"counted_elsewhere": True}, "person-counted-twice", Colour.RED),
        ({"counted_elsewhere": False}, "person-counted-twice", Colour.GREEN),
        ({"buyer_spend_share": Decimal("0.31")}, "buyer-depends-on-supplier", Colour.AMBER),
        ({"supplier_turnover_share": Decimal("0.50")}, "supplier-depends-on-buyer", Colour.GREEN),
    ],
)
def test_each_signal_has_its_colour(facts: dict[str, Any], code: str, colour: Colour) -> None:
    found = check(**facts)
    assert colours(found)[code] == colour
    assert found.colour is (Colour.GREEN if colour is Colour.UNKNOWN else colour)


@pytest.mark.parametrize(
    ("price", "code", "colour"),
    [
        (89_99, "below-market", Colour.AMBER),
        (90_00, "price-against-market", Colour.GREEN),
        (110_00, "price-against-market", Colour.GREEN),
        (110_01, "above-market", Colour.AMBER),
    ],
)
def test_a_price_far_from_the_market_is_a_warning(price: int, code: str, colour: Colour) -> None:
    found = check(price_cents=Cents(price), reference_price_cents=Cents(100_00))
    assert colours(found)[code] == colour


@pytest.mark.parametrize(
    ("started_on", "colour"), [(date(2025, 3, 1), "green"), (date(2025, 2, 28), "red")]
)
def test_who_started_before_the_entry_window_does_not_count(started_on: date, colour: str) -> None:
    found = check(
        started_on=started_on, contract_starts_on=date(2026, 3, 1), entry_window_months=12
    )
    assert colours(found)["outside-entry-window"] == colour


def test_a_bound_that_was_never_set_judges_nothing() -> None:
    found = check(
        DisplacementNorms(version="empty", source="none", since=date(2026, 1, 1)),
        longest_unpaid_months=Decimal(40),
        price_cents=Cents(1),
        reference_price_cents=Cents(100),
    )
    assert found.colour is Colour.GREEN
    assert colours(found)["unpaid-months"] == "unknown"


def test_the_worst_signal_colours_the_whole_and_every_reason_stays() -> None:
    found = check(replaces=None, counted_elsewhere=True, longest_unpaid_months=Decimal(2))
    assert found.colour is Colour.RED
    assert [s.colour for s in found.signals].count(Colour.AMBER) == 1
    assert all(signal.detail and signal.rule for signal in found.signals)
