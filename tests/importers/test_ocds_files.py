"""The published OCDS files import completely; expectations were read from the files by eye."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from api.domain.tendering.notice import Buyer, Money, Nature, Notice, Place, Reservation
from importers.ocds.parse import notices

DATA = Path(__file__).parents[2] / ".." / "shared" / "data" / "ocds"

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the shared data is not beside us")


@cache
def read(name: str) -> tuple[Notice, ...]:
    found = tuple(notices((DATA / name).read_bytes()))
    rejected = [one for one in found if not isinstance(one, Notice)]
    assert rejected == []
    return tuple(one for one in found if isinstance(one, Notice))


def by_ocid(name: str) -> Mapping[str, Notice]:
    return {notice.source_id: notice for notice in read(name)}


@pytest.mark.parametrize(
    ("name", "releases", "lots", "most_lots"),
    [
        ("scotland-release-package.json", 45, 230, 83),
        ("wales-release-package.json", 44, 139, 20),
        ("contracts-finder-release-package.json", 98, 98, 1),
        ("no-2023-629257-release.json", 1, 2, 2),
        ("no-2024-106286-release.json", 1, 1, 1),
        ("standard-framework-first-stage.json", 1, 2, 2),
    ],
)
def test_every_release_and_every_lot_of_the_files_is_read(
    name: str, releases: int, lots: int, most_lots: int
) -> None:
    sizes = [len(notice.lots) for notice in read(name)]

    assert (len(sizes), sum(sizes), max(sizes)) == (releases, lots, most_lots)


def test_the_scottish_call_for_sheltered_workshops_is_reserved() -> None:
    notice = by_ocid("scotland-release-package.json")["ocds-r6ebe6-0000580540"]

    [lot] = notice.lots
    assert (
        notice.title == "Supply of Medical Aids to Fife Council Community Equipment Stores (FCES)"
    )
    assert notice.buyer == Buyer(name="Fife Council", nuts="UKM72", town="Glenrothes")
    assert notice.procedure == "open"
    assert notice.published_on == date(2019, 4, 11)
    assert notice.estimated_value == Money(5_100_000_00, "GBP")
    assert lot.source_lot_id == "1"
    assert lot.title == notice.title
    assert lot.nature is Nature.SUPPLIES
    assert (lot.cpv_main, lot.cpv_additional) == ("33000000", ())
    assert lot.estimated_value is None
    assert lot.duration_days == 1080
    assert lot.deadline_at == datetime(2019, 5, 13, 12, 0, tzinfo=UTC)
    assert lot.places == (Place(nuts="UKM72"),)
    assert lot.reservations == (Reservation.SHELTERED_WORKSHOP,)


def test_only_that_one_scottish_call_is_reserved() -> None:
    reserved = [
        notice.source_id
        for notice in read("scotland-release-package.json")
        if any(lot.reservations for lot in notice.lots)
    ]

    assert reserved == ["ocds-r6ebe6-0000580540"]


def test_the_letters_rn_stay_where_line_breaks_were() -> None:
    notice = by_ocid("scotland-release-package.json")["ocds-r6ebe6-0000580540"]

    assert notice.lots[0].description == (
        "Fife Council is looking for suppliers who can supply medical aid equipment to our "
        "stores(FCES). Please see the attached lists of required medical aid equipment.rn PS: "
        "Fife Council is looking to purchase equipment, not to lease it."
    )


def test_the_83_school_runs_of_one_scottish_tender_are_83_lots() -> None:
    notice = by_ocid("scotland-release-package.json")["ocds-r6ebe6-0000577171"]

    first, last = notice.lots[0], notice.lots[82]
    assert first.title == "A/1 Bank Steading to Arbirlot Primary School"
    assert last.source_lot_id == "83"
    assert (
        last.title == "XSP/2 Shanwell Road, Carnoustie to Seamab School. Rumbling Bridge, Kinross"
    )
    assert (last.starts_on, last.ends_on) == (date(2019, 8, 14), date(2022, 7, 1))
    assert (last.cpv_main, last.cpv_additional) == ("60100000", ("60112000", "60170000"))
    assert notice.max_lots_submitted is None
    assert (
        "/tender/lotDetails: maximumLotsBidPerSupplier 2147483647 is no limit; left out"
        in notice.warnings
    )


def test_a_release_without_an_id_gets_one_that_stays_the_same() -> None:
    document = (DATA / "scotland-release-package.json").read_bytes()
    ids = [one.notice_id for one in notices(document) if isinstance(one, Notice)]

    again = [one.notice_id for one in notices(document) if isinstance(one, Notice)]

    assert ids == again
    assert len(set(ids)) == 45
    assert all(one is not None and one.startswith("sha256-") for one in ids)


def test_the_regional_lots_of_a_welsh_tender_keep_their_pence_and_places() -> None:
    notice = by_ocid("wales-release-package.json")["ocds-kuma6s-148114"]

    milk = notice.lots[3]
    assert notice.notice_id == "ocds-kuma6s-148114-release-148114"
    assert notice.estimated_value == Money(18_044_170_00, "GBP")
    assert [lot.estimated_value for lot in notice.lots[:2]] == [
        Money(640_436_92, "GBP"),
        Money(580_983_24, "GBP"),
    ]
    assert milk.title == "North and Mid - Wales Milk"
    assert milk.cpv_main == "15000000"
    assert milk.cpv_additional == (
        *("03333000", "15510000", "15511000", "15511100", "15511200"),
        *("15511300", "15511400", "15511500"),
    )
    assert [place.nuts for place in milk.places] == ["UKL11", "UKL12", "UKL13", "UKL23", "UKL24"]


def test_an_english_tender_without_lots_is_one_lot() -> None:
    notice = by_ocid("contracts-finder-release-package.json")[
        "ocds-b5fd17-006c0e1c-43cf-49a7-9bfc-e4326f08d2cc"
    ]

    [lot] = notice.lots
    assert lot.source_lot_id == "LOT-0000"
    assert lot.title == "Building Retrofit & Refurbishment/Improvement Works Framework"
    assert lot.nature is Nature.WORKS
    assert lot.cpv_main == "45453100"
    assert lot.estimated_value == notice.estimated_value == Money(300_000_000_00, "GBP")
    assert (lot.starts_on, lot.ends_on) == (date(2025, 4, 1), date(2029, 3, 31))
    assert lot.deadline_at == datetime(2025, 2, 26, 12, 0, tzinfo=UTC)
    assert lot.places == (Place(country="GBR"),)
    assert lot.sme_suitable is True
    assert notice.warnings == (
        "/tender: suitability.vcse (fit for social enterprises) is not kept",
        "left out, regions that are no NUTS code: Yorkshire and the Humber",
    )


def test_places_without_a_code_are_named_once() -> None:
    notice = by_ocid("contracts-finder-release-package.json")[
        "ocds-b5fd17-8f3244de-9267-4db2-95fe-089010d5aa5f"
    ]

    assert notice.lots[0].places == (
        Place(postcode="B98 7HA"),
        Place(country="GBR"),
        Place(country="IMN"),
    )
    assert (
        "left out, countries without a code: British Oversea Territories, Channel Islands, "
        "Europe, Rest of the World" in notice.warnings
    )


def test_of_two_releases_of_one_process_the_amendment_comes_last() -> None:
    ids = [
        notice.notice_id
        for notice in read("contracts-finder-release-package.json")
        if notice.source_id == "ocds-b5fd17-8f3244de-9267-4db2-95fe-089010d5aa5f"
    ]

    assert ids == [
        "dff009c9-c955-4f82-8f54-455a64c5bee0-819901",
        "dff009c9-c955-4f82-8f54-455a64c5bee0-819904",
    ]


def test_the_date_of_an_award_is_not_taken_for_that_of_the_call() -> None:
    notice = by_ocid("contracts-finder-release-package.json")[
        "ocds-b5fd17-deddd0f5-7f54-41ae-9c16-bbd0e5933625"
    ]

    assert notice.notice_id == "ca6397dc-31b2-4494-b226-bd6ed3b3c645-819949"
    assert (notice.published_on, notice.dispatched_on) == (None, None)
    assert "/tender: status complete; no longer open for tenders" in notice.warnings


def test_the_chilean_framework_takes_what_its_lots_do_not_say_from_the_tender() -> None:
    [notice] = read("standard-framework-first-stage.json")

    assert notice.buyer is not None
    assert notice.buyer.identifier == "608080007"
    assert [lot.title for lot in notice.lots] == ["Lápiz pasta", "Papel de impresora"]
    assert {lot.deadline_at for lot in notice.lots} == {datetime(2020, 8, 27, 15, 0, tzinfo=UTC)}
    assert {lot.starts_on for lot in notice.lots} == {date(2005, 1, 19)}
