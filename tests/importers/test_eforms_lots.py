"""Lots of the 22 shared notices, whole, as read from the XML by eye (descriptions apart)."""

from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
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

DATA = Path(__file__).parents[2] / ".." / "shared" / "data" / "eforms"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared notices are not here")

NONE, WORKSHOP, MISSION = (
    Reservation.NONE,
    Reservation.SHELTERED_WORKSHOP,
    Reservation.PUBLIC_SERVICE_MISSION,
)
YES, NO = ReservedExecution.YES, ReservedExecution.NO
SERVICES, SUPPLIES, WORKS = Nature.SERVICES, Nature.SUPPLIES, Nature.WORKS
MEDICAL = (CpvCode("85100000"), CpvCode("85141000"), CpvCode("85141200"))
PARIS_TIME_CATERING = datetime(2021, 10, 28, 11, tzinfo=UTC)


def utc(year: int, month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def read(file: str) -> Notice:
    [notice] = notices((DATA / file).read_bytes())
    assert isinstance(notice, Notice)
    return notice


LOTS = {
    "be-539162-2023.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="FLU22L025 - 1",
        nature=SUPPLIES,
        cpv_main=CpvCode("31224000"),
        estimated_value=Money(160_957_586, "EUR"),
        duration_days=1460,
        starts_on=date(2024, 5, 1),
        places=(Place(country="BEL", nuts="NL421"),),
        deadline_at=utc(2023, 10, 12, 9),
        reserved_execution=NO,
        sme_suitable=True,
    ),
    "be-547670-2023.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="2023UN021 - 1",
        nature=SERVICES,
        cpv_main=CpvCode("55000000"),
        cpv_additional=(CpvCode("55500000"),),
        places=(Place(country="BEL", nuts="BE352"),),
        deadline_at=utc(2023, 10, 11, 12),
        reservations=(NONE,),
        reserved_execution=NO,
    ),
    "be-553536-2023.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="BRUGGE-2023-029-FG - 1",
        nature=SERVICES,
        cpv_main=CpvCode("55000000"),
        places=(Place(country="BEL", nuts="BE251"),),
        reservations=(NONE,),
        reserved_execution=NO,
    ),
    "be-565069-2023.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="Bedrijfsrestaurant, meetingroomservices, fine dining",
        nature=SERVICES,
        cpv_main=CpvCode("55520000"),
        framework_maximum=Money(280_000_000, "EUR"),
        duration_days=1080,
        starts_on=date(2024, 9, 1),
        places=(Place(country="BEL", nuts="BE211", postcode="2030", town="Antwerpen"),),
        deadline_at=utc(2023, 10, 17, 12),
        reservations=(NONE,),
        reserved_execution=NO,
    ),
    "de-052928-2021-30lots.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="Pflichtveranstaltung in Modul A",
        nature=SERVICES,
        cpv_main=CpvCode("80000000"),
        starts_on=date(2021, 4, 1),
        ends_on=date(2022, 12, 31),
        places=(Place(nuts="DEE02"),),
        deadline_at=utc(2021, 3, 1, 7),
        reservations=(NONE,),
        reserved_execution=NO,
    ),
    "de-657565-2023.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="Stromlieferung BBK in 2024-2026",
        nature=SUPPLIES,
        cpv_main=CpvCode("09310000"),
        starts_on=date(2024, 1, 1),
        ends_on=date(2026, 12, 31),
        places=(Place(country="DEU", nuts="DE712"),),
        deadline_at=utc(2023, 11, 13, 12),
        reservations=(NONE,),
        reserved_execution=NO,
        sme_suitable=False,
    ),
    "es-262891-2023.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="LOTE 1: EQUIPAMIENTOS E INSTALACIONES DEPORTIVAS",
        nature=SERVICES,
        cpv_main=CpvCode("90911200"),
        deadline_at=utc(2023, 6, 2, 12),
        reservations=(NONE,),
        reserved_execution=NO,
    ),
    "es-401362-2022.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="Transporte Sanitario Provincia de Barcelona",
        nature=SERVICES,
        cpv_main=CpvCode("85143000"),
        estimated_value=Money(2_480_083, "EUR"),
        duration_days=360,
        places=(Place(nuts="ES511"),),
        deadline_at=utc(2022, 8, 22, 17),
        reservations=(MISSION, WORKSHOP),
        reserved_execution=NO,
    ),
    "fi-583624-2023.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="Ympärivuorokautinen palveluasuminen suomenkielisille ikääntyneille (kohde A)",
        nature=SERVICES,
        cpv_main=CpvCode("85000000"),
        duration_days=1080,
        deadline_at=utc(2023, 10, 19, 9),
        reservations=(NONE,),
        reserved_execution=NO,
        social_objectives=("opp", "work-cond"),
        sme_suitable=True,
    ),
    "fr-133513-2021.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="Secteur Nord",
        nature=SERVICES,
        cpv_main=CpvCode("77314000"),
        cpv_additional=(CpvCode("77314100"), CpvCode("77340000")),
        duration_days=1440,
        places=(Place(nuts="FRB04"),),
        deadline_at=utc(2021, 4, 16, 11),
        reservations=(WORKSHOP,),
        reserved_execution=YES,
    ),
    "fr-497881-2021.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="prestations traiteur - bassin de Poitiers - cocktails et verres de l'amitié, "
        "déjeuners et diners, plateaux-repas et panier-repas",
        nature=SERVICES,
        cpv_main=CpvCode("55520000"),
        estimated_value=Money(11_200_000, "EUR"),
        duration_days=360,
        places=(Place(region="anyw"),),
        deadline_at=PARIS_TIME_CATERING,
        reservations=(MISSION, WORKSHOP),
        reserved_execution=NO,
    ),
    "nl-078258-2021.xml": NoticeLot(
        source_lot_id="LOT-0000",
        title="Sociaal medische advisering IJmond (gemeenten Beverwijk, Heemskerk en Velsen)",
        nature=SERVICES,
        cpv_main=CpvCode("85100000"),
        cpv_additional=(CpvCode("85140000"),),
        duration_days=2160,
        places=(Place(region="anyw"),),
        deadline_at=utc(2021, 3, 29, 11),
        reservations=(NONE,),
        reserved_execution=NO,
    ),
    "nl-280147-2022.xml": NoticeLot(
        source_lot_id="LOT-0000",
        title="Inzameling en verwerking van grof huishoudelijk afval en textiel",
        nature=SERVICES,
        cpv_main=CpvCode("90510000"),
        cpv_additional=(CpvCode("90512000"), CpvCode("90514000")),
        starts_on=date(2023, 1, 1),
        ends_on=date(2027, 12, 31),
        places=(Place(nuts="NL225"),),
        deadline_at=utc(2022, 7, 4, 10),
        reservations=(WORKSHOP,),
        reserved_execution=NO,
    ),
    "nl-404684-2022.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="Perceel 1: Noord",
        nature=SERVICES,
        cpv_main=CpvCode("85148000"),
        cpv_additional=(CpvCode("85145000"),),
        starts_on=date(2022, 10, 3),
        ends_on=date(2022, 11, 24),
        places=(Place(region="anyw"),),
        deadline_at=utc(2022, 9, 6, 13),
        reservations=(NONE,),
        reserved_execution=NO,
    ),
    "nl-649921-2023.xml": NoticeLot(
        source_lot_id="LOT-0000",
        title="Medische Arrestantenzorg 2023 Oproep tot mededinging",
        nature=SERVICES,
        cpv_main=CpvCode("85121100"),
        cpv_additional=MEDICAL,
        estimated_value=Money(8_000_000_000, "EUR"),
        duration_days=1460,
        places=(Place(country="NLD", region="anyw-cou"),),
        deadline_at=utc(2023, 12, 1, 17),
        reservations=(NONE,),
        reserved_execution=NO,
    ),
    "no-2023-629257.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="Tjenesteområde 1 - Nord Rogaland",
        nature=SERVICES,
        cpv_main=CpvCode("80590000"),
        cpv_additional=(CpvCode("80400000"),),
        estimated_value=Money(228_000_000, "NOK"),
        duration_days=720,
        places=(Place(nuts="NO0A1"),),
        deadline_at=utc(2023, 9, 14, 10),
        reservations=(NONE,),
        reserved_execution=NO,
    ),
    "no-2024-106286.xml": NoticeLot(
        source_lot_id="LOT-0000",
        title="ANLEGG FOR GJENVINNING AV OVERSKUDDSMASSER - Bodø kommune - "
        "Konkurranse med forhandling",
        nature=WORKS,
        cpv_main=CpvCode("45000000"),
        cpv_additional=(CpvCode("43320000"),),
        estimated_value=Money(1_200_000_000, "NOK"),
        duration_days=360,
        places=(Place(country="NOR", nuts="NO071"),),
        deadline_at=utc(2024, 5, 6, 22),
        reservations=(WORKSHOP,),
        reserved_execution=NO,
    ),
    "pl-740217-2023.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="Świadczenie usług medycznych z zakresu medycyny pracy dla pracowników Poczty "
        "Polskiej S.A. przez placówki medycyny pracy zlokalizowane w Rzeszowie-część 1.",
        nature=SERVICES,
        cpv_main=CpvCode("85120000"),
        duration_days=720,
        starts_on=date(2024, 3, 19),
        deadline_at=utc(2023, 12, 29, 11),
        reservations=(NONE,),
        reserved_execution=NO,
    ),
    "sdk-cn-social_25.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="At the End of the Tunnel vol 3",
        nature=SUPPLIES,
        cpv_main=CpvCode("30000000"),
        places=(Place(region="anyw"),),
        deadline_at=utc(2023, 8, 11, 12),
        reservations=(NONE,),
        reserved_execution=YES,
        social_objectives=("acc-all", "opp"),
    ),
    "sdk-cn_24_maximal.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="Title ---",
        nature=SERVICES,
        cpv_main=CpvCode("75121000"),
        estimated_value=Money(999_999_999, "EUR"),
        starts_on=date(2023, 1, 1),
        ends_on=date(2023, 5, 23),
        places=(
            Place(country="GBR", region="anyw-cou"),
            Place(country="LUX", nuts="LU000", postcode="1234", town="Luxembourg"),
        ),
        deadline_at=utc(2023, 5, 22, 19, 59, 32),
        reservations=(MISSION,),
        reserved_execution=YES,
        social_objectives=("acc-all",),
        sme_suitable=True,
    ),
    "sdk-cn_24_minimal.xml": NoticeLot(
        source_lot_id="LOT-0000",
        title="Provision of IT Services Related to OP IT Systems (EUR-Lex, N-Lex, Search "
        "Layer, and Others)",
        nature=SERVICES,
        cpv_main=CpvCode("72230000"),
        duration_days=1440,
        places=(Place(country="FRA", nuts="FRD22"),),
        deadline_at=utc(2020, 2, 4, 8),
        reservations=(NONE,),
        reserved_execution=NO,
    ),
    "uk-434033-2016.xml": NoticeLot(
        source_lot_id="LOT-0001",
        title="Operational Railway Trackside Signage including all controlled items",
        nature=SUPPLIES,
        cpv_main=CpvCode("34992000"),
        duration_days=1800,
        deadline_at=utc(2017, 1, 11, 8, 30),
        reservations=(WORKSHOP,),
        reserved_execution=YES,
    ),
}


@pytest.mark.parametrize("file", LOTS)
def test_the_first_lot_reads_as_it_was_published(file: str) -> None:
    first = read(file).lots[0]

    assert first.description != ""
    assert msgspec.structs.replace(first, description="") == LOTS[file]


def test_two_of_four_lots_of_a_spanish_notice_are_reserved() -> None:
    lots = read("es-262891-2023.xml").lots

    assert [lot.reservations for lot in lots] == [(NONE,), (NONE,), (WORKSHOP,), (WORKSHOP,)]
    assert [lot.cpv_main for lot in lots] == ["90911200", "90919300", "90911200", "90911200"]


def test_the_lots_of_a_french_caterer_differ_in_value() -> None:
    lots = read("fr-497881-2021.xml").lots
    euros = [lot.estimated_value.amount_cents // 100 for lot in lots if lot.estimated_value]

    assert euros == [112_000, 160_000, 176_000, 1_000_000, 1_000_000, 32_000]


def test_lot_numbers_may_have_gaps() -> None:
    numbers = [lot.source_lot_id for lot in read("pl-740217-2023.xml").lots]

    assert numbers[:3] == ["LOT-0001", "LOT-0011", "LOT-0012"]
    assert numbers[-1] == "LOT-0019"


def test_a_buyer_is_resolved_to_its_organisation() -> None:
    assert read("de-657565-2023.xml").buyer == Buyer(
        name="Deutsche Bundesbank, vertreten durch VEA Beratungs-GmbH",
        identifier="529900SEOICVR2VM6Y05",
        country="DEU",
        nuts="DE712",
        town="Frankfurt am Main",
    )
