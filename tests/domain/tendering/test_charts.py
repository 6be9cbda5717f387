"""Charts of a plan: well-formed, told in words, and without a script."""

import pytest
from defusedxml import ElementTree

from api.domain.tendering.charts import CHARTS, exemption_chart, firms_chart, values_chart
from api.domain.tendering.lot_plan import Plan
from api.domain.tendering.lots import split
from tests.domain.tendering.lot_cases import firm, item, offering, request

SVG = "{http://www.w3.org/2000/svg}"


def plan(*euros: int) -> Plan:
    items = [
        item(f"Ramen <wassen> van een heel groot gebouw {n}", one) for n, one in enumerate(euros)
    ]
    able = firm("a", offering(300_000))
    return split(request(items, [able])).proposals[0].plan


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("euros", [(40_000, 150_000, 210_000), (9_000,)])
def test_a_chart_says_in_words_what_it_shows(name: str, euros: tuple[int, ...]) -> None:
    drawn = CHARTS[name](plan(*euros))

    root = ElementTree.fromstring(drawn)
    assert all(root.findtext(f"{SVG}{part}") for part in ("title", "desc"))
    assert "<script" not in drawn


def test_every_lot_has_a_bar_with_its_figure() -> None:
    shown = plan(40_000, 150_000)

    for drawn in (values_chart(shown), firms_chart(shown)):
        assert drawn.count("<rect") == 1 + len(shown.lots)


def test_where_national_rules_hold_the_exemption_says_so() -> None:
    assert "speelt niet" in exemption_chart(plan(9_000))
    assert "hooguit 20 %" in exemption_chart(plan(40_000, 150_000, 210_000))
