"""The highest turnover that may be demanded."""

from datetime import date
from decimal import Decimal

import pytest

from api.domain.errors import InvalidValue
from api.domain.tendering.law import Basis, TurnoverRule
from api.domain.tendering.turnover import turnover_allowed

IN_2026 = date(2026, 3, 1)


def test_twice_the_value_since_the_revision_of_2016() -> None:
    found = turnover_allowed([79_999_99], IN_2026)
    assert (found.maximum_cents, found.factor) == (159_999_98, "2")
    assert not found.basis.verified


def test_three_times_the_value_before_it() -> None:
    assert turnover_allowed([50_000_00], date(2016, 6, 30)).maximum_cents == 150_000_00
    assert turnover_allowed([50_000_00], date(2016, 7, 1)).maximum_cents == 100_000_00


def test_lots_executed_together_are_summed() -> None:
    assert turnover_allowed([10_00, 15_00], IN_2026).maximum_cents == 50_00


def test_a_demand_always_needs_weighty_reasons() -> None:
    assert turnover_allowed([1], IN_2026).reasons[0].code == "turnover-needs-weighty-reasons"


def test_a_broken_factor_is_rounded_down() -> None:
    rows = [TurnoverRule(Decimal("1.5"), Basis("r", "v", "s", verified=False))]
    assert turnover_allowed([3], IN_2026, rows).maximum_cents == 4


def test_without_lots_or_a_rule_there_is_no_answer() -> None:
    for lots, rows in (([], None), ([-1], None), ([1], ())):
        with pytest.raises(InvalidValue, match="no turnover demand"):
            turnover_allowed(lots, IN_2026, *([] if rows is None else [rows]))
