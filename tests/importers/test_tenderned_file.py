"""The shared file in the layout of the TenderNed dataset; expectations were read by eye."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.domain.tendering.notice import Buyer, Money, Nature, Notice, Place, Reservation
from importers.tenderned.columns import KNOWN
from importers.tenderned.parse import notices

DATA = Path(__file__).parents[2] / ".." / "shared" / "data" / "tenderned"

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the shared data is not beside us")


@pytest.fixture(scope="module")
def by_tender() -> Mapping[str, Notice]:
    found = list(notices((DATA / "tenderned-indeling.csv").read_bytes()))
    assert all(isinstance(one, Notice) for one in found)
    return {one.source_id: one for one in found if isinstance(one, Notice)}


def test_29_rows_are_23_tenders_with_29_lots(by_tender: Mapping[str, Notice]) -> None:
    assert len(by_tender) == 23
    assert sum(len(notice.lots) for notice in by_tender.values()) == 29


def test_the_columns_of_the_file_are_all_known() -> None:
    header = (DATA / "tenderned-indeling.csv").read_text("utf-8-sig").splitlines()[0]

    assert set(header.split(";")) == KNOWN
    assert len(KNOWN) == 84


def test_the_reserved_tender_is_read_in_full(by_tender: Mapping[str, Notice]) -> None:
    notice = by_tender["360275"]

    [lot] = notice.lots
    assert notice.source == "tenderned"
    assert notice.notice_id == "280147"
    assert notice.title == "Inzameling en verwerking van grof huishoudelijk afval en textiel"
    assert notice.procedure == "open"
    assert notice.published_on == date(2022, 5, 25)
    assert notice.buyer == Buyer(
        name="Gemeente Oude IJsselstreek", identifier="82063172", country="NLD", town="Gendringen"
    )
    assert lot.source_lot_id == "LOT-0000"
    assert lot.nature is Nature.SERVICES
    assert (lot.cpv_main, lot.cpv_additional) == ("90510000", ("90512000", "90514000"))
    assert (lot.starts_on, lot.ends_on) == (date(2023, 1, 1), date(2027, 12, 31))
    assert lot.deadline_at == datetime(2022, 7, 4, 21, 59, 59, tzinfo=UTC)
    assert lot.places == (Place(nuts="NL225"),)
    assert lot.reservations == (Reservation.SHELTERED_WORKSHOP,)
    assert notice.warnings == (
        "Sluitingsdatum aanbesteding: no time; the day counts to its last second",
    )


def test_only_that_tender_is_reserved(by_tender: Mapping[str, Notice]) -> None:
    reserved = [key for key, one in by_tender.items() if any(lot.reservations for lot in one.lots)]

    assert reserved == ["360275"]


def test_a_row_per_lot_becomes_a_lot(by_tender: Mapping[str, Notice]) -> None:
    lots = by_tender["161094-2021"].lots

    assert [(lot.source_lot_id, lot.title) for lot in lots] == [
        ("1", "Wmo Ondersteuning"),
        ("2", "Huishoudelijke Ondersteuning op grond van de Wmo"),
        ("3", "Lokale jeugdhulp voor jeugdigen met een beperking"),
    ]
    assert {lot.places for lot in lots} == {(Place(nuts="NL33C"),)}


def test_a_code_that_repeats_the_main_one_is_no_extra_code(by_tender: Mapping[str, Notice]) -> None:
    lot = by_tender["248320-2021"].lots[0]

    assert (lot.cpv_main, lot.cpv_additional) == ("85145000", ("85148000",))


def test_an_estimate_with_a_decimal_point_is_read(by_tender: Mapping[str, Notice]) -> None:
    notice = by_tender["2018mb45-10"]

    assert notice.estimated_value == Money(400_000_00, "EUR")
    assert notice.lots[0].estimated_value == Money(400_000_00, "EUR")
    assert notice.lots[0].nature is None


def test_plans_and_awards_say_that_they_are_no_open_call(by_tender: Mapping[str, Notice]) -> None:
    plans = [one for one in by_tender.values() if "not yet open" in "".join(one.warnings)]
    awards = [one for one in by_tender.values() if "no longer open" in "".join(one.warnings)]

    assert (len(plans), len(awards)) == (8, 6)
