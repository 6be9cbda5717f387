"""What a split request may hold, and what an item is worth."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from api.domain.errors import InvalidInput
from api.domain.tendering.coverage import Geography, Municipality
from api.domain.tendering.law import ContractKind
from api.domain.tendering.lot_model import (
    Item,
    Rules,
    SplitRequest,
    check_request,
    item_value,
    region_of,
    yearly_need,
)
from api.domain.tendering.reserved import ReservedFacts
from api.domain.values import Point
from tests.domain.tendering.lot_cases import UTRECHT, firm, item, request

HERE = Point(52, 5)
MAP = Geography(
    [
        Municipality("GM0344", "Utrecht", "NL350", HERE),
        Municipality("GM0355", "Zeist", "NL350", HERE),
        Municipality("GM0363", "Amsterdam", "NL32B", HERE),
        Municipality("GM0392", "Haarlem", "NL32A", HERE),
    ]
)


@pytest.mark.parametrize(
    ("months", "value", "need"),
    [
        (12, 12_000_00, 12_000_00),
        (6, 6_000_00, 6_000_00),
        (36, 36_000_00, 12_000_00),
        (60, 48_000_00, 12_000_00),
        (None, 48_000_00, 12_000_00),
    ],
)
def test_an_item_counts_its_term_up_to_48_months_and_needs_its_busiest_year(
    months: int | None, value: int, need: int
) -> None:
    one = item("a", 12_000, months=months)
    assert (item_value(one), yearly_need(one)) == (value, need)


@pytest.mark.parametrize(
    ("months", "need"), [(24, 6_000_00), (6, 12_000_00), (18, 8_000_00), (None, 12_000_00)]
)
def test_a_total_price_is_spread_over_its_years(months: int | None, need: int) -> None:
    assert yearly_need(item("a", 1, months=months, total_cents=12_000_00)) == need


def test_options_and_extensions_add_value_but_take_no_sure_capacity() -> None:
    one = item("a", 12_000, options_cents=5_00, extensions_cents=7_00)
    assert (item_value(one), yearly_need(one)) == (12_012_00, 12_000_00)


def test_supplies_of_five_years_count_five_years() -> None:
    assert item_value(item("a", 1_000, months=60, kind=ContractKind.SUPPLIES)) == 5_000_00


@pytest.mark.parametrize(
    ("areas", "digits", "region"),
    [
        (("GM0344", "GM0355"), 4, "NL35"),
        (("GM0363", "GM0392"), 4, "NL32"),
        (("GM0363", "GM0392"), 5, "NL"),
        (("GM0363", "NL350"), 4, "NL"),
        (("NL",), 4, "NL"),
    ],
)
def test_a_region_is_the_area_that_holds_all(
    areas: tuple[str, ...], digits: int, region: str
) -> None:
    assert region_of(areas, MAP, digits=digits) == region


def test_a_firm_hands_its_facts_to_the_rules_on_reserved_lots() -> None:
    one = firm("f", target_share=Decimal("0.4"), last_article_77_award_on=date(2025, 1, 1))
    expected = ReservedFacts(
        "f", Decimal("0.4"), None, None, last_article_77_award_on=date(2025, 1, 1)
    )
    assert one.reserved_facts == expected


def codes(asked: SplitRequest) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        check_request(asked)
    return [fault.code for fault in caught.value.faults]


def test_every_fault_of_a_request_is_told_at_once() -> None:
    works: Item = item("w", 1, kind=ContractKind.WORKS, months=None, areas=())
    asked = request(
        [item("a", 1, region=None), item("a", -1), works],
        [firm("f"), firm("f", target_share=Decimal(30))],
        rules=Rules(
            apart=(("a", "a"), ("a", "zz")),
            minimum_value_cents=2,
            maximum_value_cents=1,
            maximum_lots=0,
            same_region=True,
        ),
        reach_share=Decimal(0),
    )
    assert codes(asked) == [
        "negative-amount",
        "area-missing",
        "term-missing",
        "duplicate-id",
        "duplicate-id",
        "invalid-share",
        "unknown-pair",
        "unknown-pair",
        "count-below-one",
        "invalid-share",
        "minimum-above-maximum",
        "region-missing",
    ]


def test_a_tender_has_items_and_not_too_many() -> None:
    assert codes(request([], [])) == ["item-count"]
    many = [item(f"i{n}", 1) for n in range(401)]
    assert codes(request(many, [])) == ["item-count"]
    check_request(request(many[:400], []))


def test_a_request_can_be_read_from_json_and_written_again() -> None:
    asked = request([item("a", 1, areas=(UTRECHT,))], [firm("f")])
    assert msgspec.json.decode(msgspec.json.encode(asked), type=SplitRequest) == asked
