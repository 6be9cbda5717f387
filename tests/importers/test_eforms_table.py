"""All 22 shared notices: who buys what and until when, as read from the XML by eye."""

from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from api.domain.tendering.notice import Money, Notice, Reservation
from importers.eforms.parse import notices

DATA = Path(__file__).parents[2] / ".." / "shared" / "data" / "eforms"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared notices are not here")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    file: str
    lots: int
    reserved: int = 0
    source_id: str
    version: str = "01"
    title: str
    language: str
    buyer: str
    procedure: str | None
    published: date | None
    dispatched: date
    submitted: int | None = None
    awarded: int | None = None
    value: Money | None = None
    deadline: datetime | None


def utc(year: int, month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


TABLE = (
    Row(
        file="be-539162-2023.xml",
        lots=1,
        source_id="32b6f287-b8df-4d3a-b179-d689df9e2b54",
        title="OV-connectoren",
        language="NLD",
        buyer="Fluvius System Operator cv (Speciale Sectoren)",
        procedure="neg-w-call",
        published=date(2023, 9, 7),
        dispatched=date(2023, 9, 5),
        value=Money(160_957_586, "EUR"),
        deadline=utc(2023, 10, 12, 9),
    ),
    Row(
        file="be-547670-2023.xml",
        lots=3,
        source_id="b472beaf-2f5e-4afc-9ac0-f238618b32af",
        title="Accord-cadre pluriannuel de services ayant pour objet une offre alimentaire "
        "sur le campus universitaire de l’UNamur",  # noqa: RUF001  as published
        language="FRA",
        buyer="Université de Namur",
        procedure="oth-single",
        published=date(2023, 9, 11),
        dispatched=date(2023, 9, 8),
        deadline=utc(2023, 10, 11, 12),
    ),
    Row(
        file="be-553536-2023.xml",
        lots=1,
        source_id="65f3d95b-b321-458d-914d-9a82b3c06084",
        title="Uitbating van de foyer van de Koninklijke Stadsschouwburg, "
        "Vlamingstraat 29, 8000 BRUGGE",
        language="NLD",
        buyer="Brugge",
        procedure=None,
        published=date(2023, 9, 14),
        dispatched=date(2023, 9, 11),
        deadline=None,
    ),
    Row(
        file="be-565069-2023.xml",
        lots=2,
        source_id="30af6375-1438-4cc8-8969-a389ace92b24",
        title="Bedrijfs- en event catering Havenhuis",
        language="NLD",
        buyer="Haven van Antwerpen-Brugge, NV van publiek recht",
        procedure="oth-single",
        published=date(2023, 9, 19),
        dispatched=date(2023, 9, 15),
        deadline=utc(2023, 10, 17, 12),
    ),
    Row(
        file="de-052928-2021-30lots.xml",
        lots=30,
        source_id="aff2863e-b4cc-4e91-baba-b3b85f709117",
        title="Entwicklung digitaler Kompetenzen von Lehrkräften der Grund- und "
        "Sekundarstufe in Sachsen-Anhalt",
        language="DEU",
        buyer="Landesinstitut für Schulqualität und Lehrerbildung Sachsen Anhalt (LISA)",
        procedure="open",
        published=date(2021, 2, 2),
        dispatched=date(2021, 1, 28),
        submitted=30,
        deadline=utc(2021, 3, 1, 7),
    ),
    Row(
        file="de-657565-2023.xml",
        lots=2,
        source_id="cd01586c-319a-4e99-8e34-e727e0f03271",
        title="Lieferung von Öko-Strom für die Bundesbank im Zeitraum 01/2024 bis 12/2026",
        language="DEU",
        buyer="Deutsche Bundesbank, vertreten durch VEA Beratungs-GmbH",
        procedure="open",
        published=date(2023, 10, 27),
        dispatched=date(2023, 10, 25),
        deadline=utc(2023, 11, 13, 12),
    ),
    Row(
        file="es-262891-2023.xml",
        lots=4,
        reserved=2,
        source_id="01eef4c6-3aa2-4c44-aafb-d756a4b52eb1",
        title="CONTRATO DE SERVICIOS DE LIMPIEZA DE EDIFICIOS MUNICIPALES",
        language="SPA",
        buyer="AYUNTAMIENTO DE RIPOLL",
        procedure="open",
        published=date(2023, 5, 2),
        dispatched=date(2023, 4, 28),
        deadline=utc(2023, 6, 2, 12),
    ),
    Row(
        file="es-401362-2022.xml",
        lots=4,
        reserved=4,
        source_id="d4992e5a-b69e-5815-9d97-10de3fca69c9",
        title="Servicio de transporte sanitario y no sanitario Cataluña.",
        language="SPA",
        buyer="Dirección General de Mutua Montañesa",
        procedure="open",
        published=date(2022, 7, 22),
        dispatched=date(2022, 7, 18),
        submitted=4,
        awarded=4,
        value=Money(45_161_689, "EUR"),
        deadline=utc(2022, 8, 22, 17),
    ),
    Row(
        file="fi-583624-2023.xml",
        lots=4,
        source_id="ba7e3e11-1a8f-4404-bea9-b813e03864d2",
        title="Ikääntyneiden ympärivuorokautinen palveluasuminen Dynaamisen "
        "puitejärjestelyn 3. avaaminen",
        language="FIN",
        buyer="Helsingin kaupungin sosiaali-, terveys- ja pelastustoimiala",
        procedure="open",
        published=date(2023, 9, 28),
        dispatched=date(2023, 9, 27),
        deadline=utc(2023, 10, 19, 9),
    ),
    Row(
        file="fr-133513-2021.xml",
        lots=4,
        reserved=4,
        source_id="448bd09c-470b-5e33-9061-b0ef2dd0e12a",
        title="Accord-cadre d'entretien et de maintenance des espaces verts du patrimoine "
        "de Ligeris",
        language="FRA",
        buyer="Ligeris",
        procedure="open",
        published=date(2021, 3, 17),
        dispatched=date(2021, 3, 12),
        submitted=4,
        awarded=1,
        deadline=utc(2021, 4, 16, 11),
    ),
    Row(
        file="fr-497881-2021.xml",
        lots=6,
        reserved=6,
        source_id="cb29ea93-b1dc-555e-98e5-3a814a16969d",
        title='réalisation de prestations "Traiteur"',
        language="FRA",
        buyer="région Nouvelle Aquitaine",
        procedure=None,
        published=date(2021, 10, 1),
        dispatched=date(2021, 9, 28),
        submitted=6,
        value=Money(248_000_000, "EUR"),
        deadline=utc(2021, 10, 28, 11),
    ),
    Row(
        file="nl-078258-2021.xml",
        lots=1,
        source_id="d9db8254-cc7b-5647-ab1e-3453edf24b3d",
        title="Sociaal medische advisering IJmond (gemeenten Beverwijk, Heemskerk en Velsen)",
        language="NLD",
        buyer="Stichting Regionaal Inkoopbureau IJmond & Kennemerland",
        procedure="open",
        published=date(2021, 2, 15),
        dispatched=date(2021, 2, 10),
        deadline=utc(2021, 3, 29, 11),
    ),
    Row(
        file="nl-280147-2022.xml",
        lots=1,
        reserved=1,
        source_id="f10b16fa-284a-506d-917f-88dc15d0f500",
        title="Inzameling en verwerking van grof huishoudelijk afval en textiel",
        language="NLD",
        buyer="Gemeente Oude IJsselstreek",
        procedure="open",
        published=date(2022, 5, 25),
        dispatched=date(2022, 5, 20),
        deadline=utc(2022, 7, 4, 10),
    ),
    Row(
        file="nl-404684-2022.xml",
        lots=4,
        source_id="dece13ea-338b-5129-b558-05b2ac67e6fe",
        title="NAAT II Overflow",
        language="NLD",
        buyer="Dienst Testen",
        procedure="open",
        published=date(2022, 7, 25),
        dispatched=date(2022, 7, 20),
        submitted=1,
        deadline=utc(2022, 9, 6, 13),
    ),
    Row(
        file="nl-649921-2023.xml",
        lots=1,
        source_id="f5948a91-5850-47be-9aa0-f889a2bdceab",
        title="Medische Arrestantenzorg 2023 Oproep tot mededinging",
        language="NLD",
        buyer="politie",
        procedure="oth-single",
        published=date(2023, 10, 25),
        dispatched=date(2023, 10, 24),
        value=Money(8_000_000_000, "EUR"),
        deadline=utc(2023, 12, 1, 17),
    ),
    Row(
        file="no-2023-629257.xml",
        lots=2,
        source_id="2023-629257",
        title="23/3673 - AMO-kurs Overflatebehandling av metaller - Rogaland",
        language="NOB",
        buyer="NAV Tiltak Rogaland",
        procedure=None,
        published=date(2023, 7, 7),
        dispatched=date(2023, 7, 7),
        submitted=2,
        value=Money(908_000_000, "NOK"),
        deadline=utc(2023, 9, 14, 10),
    ),
    Row(
        file="no-2024-106286.xml",
        lots=1,
        reserved=1,
        source_id="47ecdf9b-4ac0-4f9c-b595-35eec0cea710",
        title="Prekvalifisering - ANLEGG FOR GJENVINNING AV OVERSKUDDSMASSER - "
        "Bodø kommune - Konkurranse med forhandling",
        language="NOR",
        buyer="Bodø Kommune",
        procedure="neg-w-call",
        published=None,
        dispatched=date(2024, 4, 29),
        value=Money(1_200_000_000, "NOK"),
        deadline=utc(2024, 5, 6, 22),
    ),
    Row(
        file="pl-740217-2023.xml",
        lots=10,
        source_id="7c40fa93-9b6b-4990-9085-2953261a315e",
        title="Świadczenie usług medycznych dla pracowników PP S.A. na terenie woj. "
        "podkarpackiego- 10 części",
        language="POL",
        buyer="Poczta Polska S.A.",
        procedure="open",
        published=date(2023, 12, 6),
        dispatched=date(2023, 12, 5),
        submitted=10,
        awarded=10,
        deadline=utc(2023, 12, 29, 11),
    ),
    Row(
        file="sdk-cn-social_25.xml",
        lots=1,
        source_id="b6e24d15-bcdf-4275-9399-72cfb2e671c6",
        title="At the End of the Tunnel vol3",
        language="ENG",
        buyer="ZenithNova Innovations",
        procedure="innovation",
        published=None,
        dispatched=date(2023, 5, 26),
        value=Money(123_100, "BWP"),
        deadline=utc(2023, 8, 11, 12),
    ),
    Row(
        file="sdk-cn_24_maximal.xml",
        lots=2,
        reserved=1,
        source_id="aff2863e-b4cc-4e91-baba-b3b85f709117",
        version="03",
        title="Procurement Title ---",
        language="ENG",
        buyer="Financial Adinistration for ...",
        procedure="neg-w-call",
        published=None,
        dispatched=date(2023, 3, 23),
        submitted=2,
        awarded=2,
        value=Money(999_999_999, "EUR"),
        deadline=utc(2023, 5, 22, 19, 59, 32),
    ),
    Row(
        file="sdk-cn_24_minimal.xml",
        lots=1,
        source_id="4805c409-5939-4be9-8abd-837f7a5fee23",
        title="Provision of IT Services Related to OP IT Systems (EUR-Lex, N-Lex, Search "
        "Layer, and Others)",
        language="ENG",
        buyer="Publications Office of the European Union",
        procedure="open",
        published=None,
        dispatched=date(2019, 11, 21),
        deadline=utc(2020, 2, 4, 8),
    ),
    Row(
        file="uk-434033-2016.xml",
        lots=3,
        reserved=3,
        source_id="7cd95e28-a018-53df-8dd6-68ef584bc19f",
        title="Signs, Poster Boards and Frames.",
        language="ENG",
        buyer="Network Rail Infrastructure Ltd",
        procedure="neg-w-call",
        published=date(2016, 12, 9),
        dispatched=date(2016, 12, 6),
        submitted=3,
        awarded=3,
        value=Money(1_750_000_000, "GBP"),
        deadline=utc(2017, 1, 11, 8, 30),
    ),
)


def read(file: str) -> Notice:
    [notice] = notices((DATA / file).read_bytes())
    assert isinstance(notice, Notice)
    return notice


def reserved(notice: Notice) -> int:
    return sum(bool(set(lot.reservations) - {Reservation.NONE}) for lot in notice.lots)


@pytest.mark.parametrize("row", TABLE, ids=[row.file for row in TABLE])
def test_a_shared_notice_reads_as_it_was_published(row: Row) -> None:
    notice = read(row.file)

    assert notice.source == "eforms"
    assert notice.source_id == row.source_id
    assert notice.notice_id is not None
    assert notice.notice_id.endswith(f"-{row.version}")
    assert notice.title == row.title
    assert notice.language == row.language
    assert notice.buyer is not None
    assert notice.buyer.name == row.buyer
    assert notice.procedure == row.procedure
    assert (notice.published_on, notice.dispatched_on) == (row.published, row.dispatched)
    assert (notice.max_lots_submitted, notice.max_lots_awarded) == (row.submitted, row.awarded)
    assert notice.estimated_value == row.value
    assert len(notice.lots) == row.lots
    assert reserved(notice) == row.reserved
    assert {lot.deadline_at for lot in notice.lots} == {row.deadline}


def test_the_table_names_every_shared_notice() -> None:
    assert [row.file for row in TABLE] == sorted(path.name for path in DATA.glob("*.xml"))


def test_the_shared_notices_have_88_lots_of_which_22_are_reserved() -> None:
    found = [read(row.file) for row in TABLE]

    assert sum(len(notice.lots) for notice in found) == 88
    assert sum(reserved(notice) for notice in found) == 22
