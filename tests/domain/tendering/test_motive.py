"""The draft of the motive: plain Dutch, with the facts it rests on."""

from decimal import Decimal

import msgspec
import pytest

from api.domain.tendering.lot_model import Firm, Item, Rules
from api.domain.tendering.lots import split
from api.domain.tendering.motive import Motive, euros
from tests.domain.tendering.lot_cases import CATERING, GREEN, firm, item, offering, request


def motive(items: list[Item], firms: list[Firm], year: int = 2026, **rules: object) -> Motive:
    asked = request(items, firms, rules=msgspec.convert({"ableFirms": 1, **rules}, Rules))
    day = asked.dispatched_on.replace(year=year)
    answer = split(msgspec.structs.replace(asked, dispatched_on=day))
    return answer.proposals[0].motive


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (0, "€ 0"),
        (79_999_99, "€ 79.999,99"),
        (1_234_567_00, "€ 1.234.567"),
        (5, "€ 0,05"),
    ],
)
def test_amounts_are_written_the_dutch_way(cents: int, text: str) -> None:
    assert euros(cents) == text


def test_a_divided_tender_names_lots_firms_and_grounds() -> None:
    firms = [firm("f", offering(60)), firm("g", offering(60)), firm("u", offering(None))]
    text = motive([item("ramen", 60), item("trap", 60)], firms).text
    assert "De opdracht is € 120 waard, zonder btw." in text
    assert "Wij verdelen de opdracht in 2 percelen." in text
    assert "Perceel 1: ramen (€ 60)." in text
    assert "Perceel 1: 2 sociale ondernemingen kunnen het hele perceel doen." in text
    assert "Van 1 sociale onderneming weten wij dit nog niet." in text
    assert "Sociale ondernemingen kunnen samen voor € 120 aan percelen winnen." in text
    assert "Wij voegen geen onderdelen samen." in text
    assert "De waarde ligt onder de Europese drempel." in text
    assert "(a)" in text
    assert "(b)" in text
    assert "(c)" in text


def test_a_tender_kept_whole_asks_for_the_reason() -> None:
    items = [item("a", 60, areas=("GM0344",)), item("b", 60, GREEN, areas=("GM0355",))]
    text = motive(items, [firm("f", offering(60)), firm("g", offering(60))], maximumLots=1).text
    assert "Wij verdelen de opdracht niet in percelen." in text
    assert "[Leg uit waarom verdelen hier niet past.]" in text
    assert "Dat zijn er minder dan 1." in text
    assert "In perceel 1 voegen wij 2 onderdelen samen" in text
    assert "verschillende soorten werk, in 2 gebieden." in text


def test_joint_bids_are_mentioned_where_nobody_is_able_alone() -> None:
    text = motive([item("a", 100)], [firm("f", offering(60)), firm("g", offering(60))]).text
    assert "Geen enkele sociale onderneming kan het hele perceel doen." in text
    assert "Samen met een ander kunnen ondernemingen dit perceel wel doen." in text


def test_exempt_and_reserved_lots_are_named() -> None:
    eligible = {"target_share": Decimal("0.5"), "integration_is_main_aim": True}
    firms = [firm(n, offering(900_000), **eligible) for n in "fg"]
    items = [item("a", 20_000, reserved=True), item("b", 300_000)]
    text = motive(items, firms).text
    assert "De Europese regels gelden." in text
    assert "Deze percelen mogen wij volgens de percelenregeling apart gunnen: 1." in text
    assert "Samen zijn zij € 20.000 waard." in text
    assert "Dat mag hooguit € 64.000 zijn." in text
    assert "Voorbehouden aan sociale werkgevers: perceel 1." in text


def test_an_unknown_threshold_is_left_open() -> None:
    text = motive([item("a", 100)], [], year=2020).text
    assert "[Vul de drempel in.]" in text


def test_one_able_firm_is_written_in_the_singular() -> None:
    text = motive([item("a", 100, CATERING)], [firm("f", offering(100, [CATERING]))]).text
    assert "Perceel 1: 1 sociale onderneming kan het hele perceel doen." in text


def test_the_facts_behind_the_text_come_along() -> None:
    found = motive([item("a", 100)], [firm("f", offering(100)), firm("u", offering(None))])
    facts = {fact.name: fact.value for fact in found.facts}
    assert found.rule == "Aw 2012 art. 1.5"
    assert facts["totalCents"] == "10000"
    assert facts["reachCents"] == "10000"
    assert facts["regime"] == "national"
    assert facts["thresholdCents"] == "21600000"
    assert facts["thresholdSource"] == "Delegated Regulation (EU) 2025/2152"
    assert (facts["lot1Able"], facts["lot1Unknown"]) == ("f", "u")
