"""Pictures of a plan: figures beside bars, words for who can't see them."""

from xml.etree import ElementTree as ET

import pytest

from api.domain.tendering.charts import CHARTS
from api.domain.tendering.lot_model import Item
from api.domain.tendering.lot_plan import Plan
from api.domain.tendering.lots import split
from tests.domain.tendering.lot_cases import firm, item, offering, request


def a_plan(*items: Item) -> Plan:
    return split(request(items, [firm("a", offering(100_000))])).proposals[0].plan


SMALL = a_plan(item("glas", 10_000), item("x" * 60, 150_000))
LARGE = a_plan(item("klein", 30_000), item("groot", 400_000))
NOTHING = a_plan(item("niets", 0))


def texts(drawn: str) -> list[str]:
    root = ET.fromstring(drawn)  # noqa: S314  our own
    return [element.text or "" for element in root.iter() if element.text]


@pytest.mark.parametrize("name", list(CHARTS))
@pytest.mark.parametrize("plan", [SMALL, LARGE, NOTHING], ids=["national", "eu", "nothing"])
def test_every_picture_has_a_title_and_a_description(name: str, plan: Plan) -> None:
    root = ET.fromstring(CHARTS[name](plan))  # noqa: S314  our own
    first, second = list(root)[:2]

    assert root.get("role") == "img"
    assert (first.get("id"), second.get("id")) == ("title", "about")
    assert first.text
    assert second.text


def test_values_and_firms_stand_beside_their_bars() -> None:
    values, firms = texts(CHARTS["values"](SMALL)), texts(CHARTS["firms"](SMALL))

    assert "€ 10.000" in values
    assert "1 van 1 gevraagd, 0 onbekend" in firms
    assert "0 van 1 gevraagd, 0 onbekend" in firms
    assert any(text.endswith("…") for text in values)


def test_the_exempt_share_is_shown_against_what_is_allowed() -> None:
    found = texts(CHARTS["exemption"](LARGE))

    assert "€ 30.000 (6,97 %)" in found
    assert "€ 86.000" in found
    assert any("speelt niet" in text for text in texts(CHARTS["exemption"](SMALL)))


def test_a_title_can_hold_anything() -> None:
    plan = a_plan(item("a", 10), item("b", 150_000))
    lots = plan.lots
    assert "\x07" not in CHARTS["values"](plan)
    assert "<b>" not in CHARTS["values"](a_plan(item("<b>&\x07", 10)))
    assert len(lots) == 2
