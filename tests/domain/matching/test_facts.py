"""Facts: cheap to build from rows, and the value of a year."""

import msgspec
import pytest

from api.domain.matching.facts import EnterpriseFacts, LotFacts, yearly_value
from api.domain.tendering.notice import Money
from tests.domain.matching.builders import World, a_random_world


@pytest.mark.parametrize(
    ("cents", "months", "expected"),
    [
        (100, 12, 100),
        (100, 6, 100),  # delivered within one year
        (100, 24, 50),
        (100, 36, 33),  # 33.33
        (200, 36, 67),  # 66.67
        (1, 24, 1),  # 0.5, half up
        (100, None, None),
    ],
)
def test_a_contract_value_is_spread_over_its_years(
    cents: int, months: int | None, expected: int | None
) -> None:
    assert yearly_value(Money(cents, "EUR"), months) == expected


def test_a_value_in_another_currency_or_none_is_unknown() -> None:
    assert yearly_value(Money(100, "NOK"), 12) is None
    assert yearly_value(None, 12) is None


def test_facts_are_built_from_rows() -> None:
    world: World = a_random_world(3)
    lot, firms, _ = world

    for facts in (lot, *firms):
        row = msgspec.to_builtins(facts)
        kind = LotFacts if isinstance(facts, LotFacts) else EnterpriseFacts
        assert msgspec.convert(row, kind) == facts
