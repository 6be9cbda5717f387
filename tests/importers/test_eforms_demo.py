"""The two demonstration notices read into exactly what was meant."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.domain.tendering.notice import (
    Buyer,
    Money,
    Nature,
    Notice,
    NoticeLot,
    Place,
    Reservation,
    ReservedExecution,
)
from api.domain.values import CpvCode
from importers.eforms.parse import notices

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "importers" / "demo" / "notices"
REFERENCE = ROOT / ".." / "shared" / "data" / "reference"
BOTH = ("drukwerk-post-veenmeer.xml", "groen-schoonmaak-lingedaal.xml")
NONE, WORKSHOP = Reservation.NONE, Reservation.SHELTERED_WORKSHOP


def read(file: str) -> Notice:
    [notice] = notices((DEMO / file).read_bytes())
    assert isinstance(notice, Notice)
    return notice


def described(notice: Notice) -> dict[str, NoticeLot]:
    return {lot.title.partition(": ")[2]: lot for lot in notice.lots}


def euros(lot: NoticeLot) -> int | None:
    return lot.estimated_value.amount_cents // 100 if lot.estimated_value else None


def test_there_are_two_demonstration_notices_and_they_raise_no_warning() -> None:
    assert sorted(path.name for path in DEMO.glob("*.xml")) == list(BOTH)
    assert [read(file).warnings for file in BOTH] == [(), ()]


def test_lingedaal_calls_for_five_lots() -> None:
    notice = read("groen-schoonmaak-lingedaal.xml")

    assert notice.source_id == "c2a4d7e1-68b3-4d19-8f05-7e3b9a1c5d20"
    assert notice.notice_id == "5b0f8a56-3c1d-4f7e-9a42-0c6d1e7b2f10-01"
    assert notice.title == "Groenonderhoud, schoonmaak en facilitaire diensten Lingedaal"
    assert notice.language == "NLD"
    assert notice.buyer == Buyer(
        name="Gemeente Lingedaal",
        identifier="00000101",
        country="NLD",
        nuts="NL350",
        town="Lingedaal",
    )
    assert notice.procedure == "open"
    assert (notice.dispatched_on, notice.published_on) == (date(2026, 11, 16), date(2026, 11, 18))
    assert (notice.max_lots_submitted, notice.max_lots_awarded) == (5, 3)
    assert notice.estimated_value == Money(67_200_000, "EUR")


def test_each_lot_of_lingedaal_has_its_code_and_value() -> None:
    lots = described(read("groen-schoonmaak-lingedaal.xml"))

    assert {title: (lot.cpv_main, euros(lot)) for title, lot in lots.items()} == {
        "Onderhoud van openbaar groen": ("77310000", 240_000),
        "Schoonmaak van gemeentelijke gebouwen": ("90910000", 180_000),
        "Zwerfafval en reiniging van straten": ("90610000", 130_000),
        "Lunch en vergaderservice": ("55520000", 78_000),
        "Wassen van werkkleding": ("98310000", 44_000),
    }


def test_the_cleaning_of_lingedaal_is_reserved_and_the_rest_open() -> None:
    lots = read("groen-schoonmaak-lingedaal.xml").lots

    assert [lot.reservations for lot in lots] == [
        (NONE,),
        (WORKSHOP,),
        (NONE,),
        (NONE,),
        (NONE,),
    ]
    assert [lot.social_objectives for lot in lots] == [("opp",), ("opp",), ("opp",), (), ("opp",)]


def test_the_green_lot_of_lingedaal_is_whole() -> None:
    lot = read("groen-schoonmaak-lingedaal.xml").lots[0]

    assert lot.description.startswith("Maaien van gazons en bermen")
    assert lot == NoticeLot(
        source_lot_id="LOT-0001",
        title="Perceel 1: Onderhoud van openbaar groen",
        description=lot.description,
        nature=Nature.SERVICES,
        cpv_main=CpvCode("77310000"),
        cpv_additional=(CpvCode("77311000"), CpvCode("77314000"), CpvCode("77340000")),
        estimated_value=Money(24_000_000, "EUR"),
        duration_days=720,
        starts_on=date(2027, 7, 1),
        places=(Place(country="NLD", nuts="NL350"),),
        deadline_at=datetime(2027, 3, 1, 10, tzinfo=UTC),
        reservations=(NONE,),
        reserved_execution=ReservedExecution.NO,
        social_objectives=("opp",),
        sme_suitable=True,
    )


def test_veenmeer_calls_for_three_lots_in_the_achterhoek() -> None:
    notice = read("drukwerk-post-veenmeer.xml")
    lots = described(notice)

    assert notice.buyer is not None
    assert (notice.buyer.name, notice.buyer.nuts) == ("Gemeente Veenmeer", "NL225")
    assert (notice.max_lots_submitted, notice.max_lots_awarded) == (3, None)
    assert notice.estimated_value == Money(22_800_000, "EUR")
    assert {lot.places for lot in notice.lots} == {(Place(country="NLD", nuts="NL225"),)}
    assert {lot.deadline_at for lot in notice.lots} == {datetime(2027, 4, 6, 10, tzinfo=UTC)}
    assert {title: (lot.cpv_main, euros(lot)) for title, lot in lots.items()} == {
        "Drukken en verspreiden van publicaties": ("79824000", 96_000),
        "Bezorging van post en pakketten": ("64121200", 72_000),
        "Samenstellen en inpakken van zendingen": ("79920000", 60_000),
    }


def test_the_post_of_veenmeer_is_carried_out_in_sheltered_employment() -> None:
    lots = read("drukwerk-post-veenmeer.xml").lots

    assert [lot.reserved_execution for lot in lots] == [
        ReservedExecution.NO,
        ReservedExecution.YES,
        ReservedExecution.NO,
    ]
    assert lots[1].cpv_additional == ("64121100",)
    assert lots[2].cpv_additional == ("79571000", "79921000")


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the shared reference data are not here")
def test_every_code_in_the_demonstration_notices_exists() -> None:
    def column(file: str) -> set[str]:
        with (REFERENCE / file).open(encoding="utf-8", newline="") as rows:
            return {row[0] for row in csv.reader(rows)}

    lots = [lot for file in BOTH for lot in read(file).lots]
    codes = {code for lot in lots for code in (lot.cpv_main, *lot.cpv_additional) if code}
    areas = {place.nuts for lot in lots for place in lot.places if place.nuts}

    assert codes <= column("cpv.csv")
    assert areas <= column("nuts-nl-be-de-lu.csv")


def test_the_lots_of_each_demonstration_notice_add_up_to_its_value() -> None:
    for file in BOTH:
        notice = read(file)
        cents = sum(lot.estimated_value.amount_cents for lot in notice.lots if lot.estimated_value)

        assert notice.estimated_value == Money(cents, "EUR")
