"""A row of a table becomes an enterprise, or says in which columns it is wrong."""

from datetime import date
from typing import Any

import msgspec
import pytest

from api.domain.directory import LegalForm, ServiceMode, ShareBucket, TargetGroup
from api.domain.errors import Fault, InvalidInput
from api.domain.tendering.coverage import Places, Radius, WholeCountry
from api.domain.tendering.notice import Rejected
from api.enterprises.schemas import EnterpriseIn, Identifier, MarkIn, OfferingIn
from api.imports.drafts import Row, as_is
from importers.enterprises.mapping import EnterpriseMapping, read_mapping, shipped_mapping
from importers.enterprises.parse import doubles, grouped, read_enterprises
from importers.enterprises.tables import Format

PERCEEL = shipped_mapping("perceel")
FRENCH = shipped_mapping("fr-siae")
AREAS = {"utrecht": "GM0344", "groningen": "GM0014", "provincie utrecht": "NL35"}


def read(table: str, mapping: EnterpriseMapping = PERCEEL) -> list[Row | Rejected]:
    return list(read_enterprises(table.encode(), Format.CSV, mapping, AREAS).rows)


def row_of(cells: dict[str, str], mapping: EnterpriseMapping = PERCEEL) -> Row:
    [row] = read(";".join(cells) + "\n" + ";".join(cells.values()) + "\n", mapping)
    assert isinstance(row, Row), row
    return msgspec.structs.replace(row, locate=as_is)


def faults_of(cells: dict[str, str], mapping: EnterpriseMapping = PERCEEL) -> list[tuple[str, str]]:
    found = read(";".join(cells) + "\n" + ";".join(cells.values()) + "\n", mapping)
    return [(one.place, one.code) for one in found if isinstance(one, Rejected)]


def lines(*records: str) -> list[Row | Rejected]:
    content = "\n".join(records).encode()
    return list(read_enterprises(content, Format.JSON_LINES).rows)


def test_a_full_row_in_the_own_layout_fills_every_field() -> None:
    headings = {
        "Nummer": "7", "KvK-nummer": "0123 4567", "Naam": "De Werkplaats",
        "Handelsnamen": '"Werkplaats; WP "', "Rechtsvorm": "B.V.", "Ontwikkelfase": "Groei",
        "Missie": "Werk", "Website": "https://w.example", "E-mail": "info@w.example",
        "Straat en huisnummer": "Dorp 1", "Postcode": "3511 AB", "Plaats": "Utrecht",
        "Gemeente": "Utrecht", "Land": "Nederland", "Breedtegraad": "52,09",
        "Lengtegraad": "5.12", "Doelgroepen": '"Banenafspraak;Statushouders"',
        "Aandeel doelgroep": "50-74%", "Integratie is hoofddoel": "ja",
        "Omzet per jaar (euro)": "1.250.000,50", "Opgericht op": "01-02-2015",
        "Aanbod": "Catering", "CPV-codes": "55520000-1", "Leveringswijze": "Dienst",
        "Werkgebied": '"GM0014; provincie Utrecht"', "Behalve in": "GM0310",
        "Levertijd (dagen)": "14", "Minimale opdracht (euro)": "250",
        "Keurmerk": "PSO 30+", "Trede": "Trede 3", "Keurmerk geldig tot en met": "31-12-2027",
    }  # fmt: skip
    assert row_of(headings) == Row(
        2,
        EnterpriseIn(
            external_id="7", kvk_number="01234567", name="De Werkplaats",
            trade_names=("Werkplaats", "WP"), legal_form=LegalForm.BV,
            phase="groei",  # type: ignore[arg-type]  # equal to the enum's text
            mission="Werk", website="https://w.example", email="info@w.example",
            street="Dorp 1", postcode="3511 AB", town="Utrecht", municipality="GM0344",
            country="NLD", lat=52.09, lon=5.12,
            target_groups=(TargetGroup.JOB_AGREEMENT, TargetGroup.REFUGEE),
            target_group_share=ShareBucket.FROM_50, main_aim_integration=True,
            turnover_cents=1_250_000_50, founded_on=date(2015, 2, 1),
            offerings=(
                OfferingIn(
                    title="Catering", cpv_codes=("55520000",), service_mode=ServiceMode.SERVICE,
                    coverage=Places(places=("GM0014", "NL35"), excluded_municipalities=("GM0310",)),
                    lead_time_days=14, minimum_order_cents=250_00,
                ),
            ),
            marks=(MarkIn(scheme="pso-30plus", level="3", valid_until=date(2027, 12, 31)),),
        ),
    )  # fmt: skip


def test_all_faults_of_a_row_come_at_once_each_with_its_column() -> None:
    row = {
        "Naam": "", "KvK-nummer": "1234567", "E-mail": "geen adres", "Breedtegraad": "noord",
        "Opgericht op": "31-02-2015", "Omzet per jaar (euro)": "veel", "Rechtsvorm": "hobby",
        "CPV-codes": "schoonmaak", "Aanbod": "X", "Leveringswijze": "Dienst",
        "Werkgebied": "Atlantis", "Levertijd (dagen)": "1,5", "Integratie is hoofddoel": "soms",
    }  # fmt: skip
    assert sorted(faults_of(row)) == [
        ("row 2, column Breedtegraad", "invalid-number"),
        ("row 2, column CPV-codes", "invalid-cpv"),
        ("row 2, column E-mail", "invalid-value"),
        ("row 2, column Integratie is hoofddoel", "invalid-flag"),
        ("row 2, column KvK-nummer", "invalid-kvk"),
        ("row 2, column Levertijd (dagen)", "invalid-number"),
        ("row 2, column Naam", "missing-field"),
        ("row 2, column Omzet per jaar (euro)", "invalid-amount"),
        ("row 2, column Opgericht op", "invalid-date"),
        ("row 2, column Rechtsvorm", "invalid-value"),
        ("row 2, column Werkgebied", "unknown-area"),
    ]


def test_a_fault_in_the_second_offering_names_its_own_column() -> None:
    row = {
        "Naam": "A", "Aanbod 2": "B" * 201, "CPV-codes 2": "55520000",
        "Leveringswijze 2": "dienst", "Werkgebied 2": "NL",
    }  # fmt: skip
    assert faults_of(row) == [("row 2, column Aanbod 2", "invalid-value")]


def test_a_fault_in_a_mark_or_an_identifier_names_its_column() -> None:
    mark = {"Naam": "A", "Keurmerk": "Een keurmerk!", "Trede": "3"}
    assert faults_of(mark) == [("row 2, column Keurmerk", "invalid-value")]
    mapping = read_mapping(
        b'source = "a"\n[fields]\nname = "Naam"\n[identifier]\n'
        b'scheme = { constant = "X" }\nid = "Nummer"\n'
    )
    assert faults_of({"Naam": "A", "Nummer": "9" * 51}, mapping) == [
        ("row 2, column Nummer", "invalid-value")
    ]


@pytest.mark.parametrize("name", ["Atlantis", "provincie Utrecht", "NL350"])
def test_a_municipality_must_be_one(name: str) -> None:
    assert faults_of({"Naam": "A", "Gemeente": name}) == [
        ("row 2, column Gemeente", "unknown-area")
    ]


@pytest.mark.parametrize(
    ("cells", "coverage"),
    [
        ({"Werkgebied": "heel Nederland"}, WholeCountry()),
        ({"Werkgebied": "nl350"}, Places(places=("NL350",))),
        (
            {"Straal (km)": "30", "Breedtegraad": "52.1", "Lengtegraad": "5.1"},
            Radius(lat=52.1, lon=5.1, radius_km=30),
        ),
    ],
)
def test_coverage_is_a_country_a_list_or_a_radius(cells: dict[str, str], coverage: object) -> None:
    offering = {"Naam": "A", "Aanbod": "B", "CPV-codes": "55520000", "Leveringswijze": "dienst"}
    [found] = row_of(offering | cells).enterprise.offerings
    assert found.coverage == coverage


@pytest.mark.parametrize(
    ("cells", "place", "code"),
    [
        ({"Werkgebied": "Atlantis"}, "row 2, column Werkgebied", "unknown-area"),
        (
            {"Werkgebied": "NL35", "Straal (km)": "30"},
            "row 2, column Werkgebied",
            "ambiguous-coverage",
        ),
        (
            {"Straal (km)": "900", "Breedtegraad": "52", "Lengtegraad": "5"},
            "row 2, column Straal (km)",
            "invalid-value",
        ),
    ],
)
def test_a_coverage_that_is_no_area_is_refused(
    cells: dict[str, str], place: str, code: str
) -> None:
    offering = {"Naam": "A", "Aanbod": "B", "CPV-codes": "55520000", "Leveringswijze": "dienst"}
    assert faults_of(offering | cells) == [(place, code)]


@pytest.mark.parametrize(
    ("cells", "warning"),
    [
        ({"Straal (km)": "30", "CPV-codes": "55520000"}, "no-point"),
        ({"CPV-codes": "55520000"}, "no-coverage"),
        ({"Werkgebied": "NL"}, "no-offering"),
        ({}, "no-offering"),
    ],
)
def test_a_row_without_an_offering_comes_in_with_a_warning(
    cells: dict[str, str], warning: str
) -> None:
    row = row_of({"Naam": "A", "Aanbod": "B", "Leveringswijze": "dienst"} | cells)
    assert row.enterprise.offerings == ()
    assert [one.code for one in row.warnings] == [warning]


def test_a_french_point_gives_a_radius_and_never_a_dutch_area() -> None:
    cells = {
        "id": "1", "siret": "80746931700018", "name": "B", "kind": "EI", "naf": "5621z",
        "post_code": "93230", "city": "Utrecht", "lat": "48.88", "lon": "2.43",
        "description": "Repas",
    }  # fmt: skip
    enterprise = row_of(cells, FRENCH).enterprise
    assert enterprise.identifier == Identifier(scheme="FR-INSEE", id="80746931700018")
    assert enterprise.mission == "Entreprise d'insertion\n\nRepas"
    assert enterprise.municipality is None
    [offering] = enterprise.offerings
    assert offering.cpv_codes == ("55520000",)
    assert offering.coverage == Radius(lat=48.88, lon=2.43, radius_km=50)


def test_an_activity_that_says_nothing_gives_no_offering_and_one_warning() -> None:
    cells = {"id": "1", "siret": "80746931700018", "name": "B", "naf": "8899B", "post_code": "1"}
    assert faults_of(cells, FRENCH) == [("row 2, column post_code", "invalid-digits")]
    row = row_of(cells | {"post_code": "93230"}, FRENCH)
    assert row.enterprise.offerings == ()
    assert row.warnings == (
        Fault(
            "unmapped-value", "'8899B' is not in the table values.cpv", "row 2, column naf"
        ),
    )  # fmt: skip


def test_a_code_that_belies_the_name_of_its_town_gives_a_warning() -> None:
    row = row_of(
        {"gm_code": "GM0392", "gemeente": "Groningen", "naam": "A"},
        shipped_mapping("nl-uitvoerders"),
    )
    assert row.enterprise.municipality == "GM0392"
    assert row.warnings == (
        Fault(
            "municipality-mismatch",
            "GM0392 is not Groningen, which is GM0014",
            "row 2, column gm_code",
        ),
    )


def test_a_bare_web_address_is_completed_with_a_warning() -> None:
    row = row_of({"Naam": "A", "Website": "www.a.nl"})
    assert row.enterprise.website == "https://www.a.nl"
    assert "address-completed" in {one.code for one in row.warnings}
    assert faults_of({"Naam": "A", "Website": "komt nog"}) == [
        ("row 2, column Website", "invalid-value")
    ]


def test_what_looks_like_a_formula_stays_text() -> None:
    formula = '=HYPERLINK("https://a.example","klik")'
    quoted = '"=HYPERLINK(""https://a.example"",""klik"")"'
    assert row_of({"Naam": quoted}).enterprise.name == formula
    assert row_of({"Naam": "+31 30 123"}).enterprise.name == "+31 30 123"


def test_headings_are_compared_without_case_and_spare_spaces() -> None:
    row = row_of({"  NAAM ": "A", "kvk-NUMMER": "01234567"})
    assert (row.enterprise.name, row.enterprise.kvk_number) == ("A", "01234567")


def test_columns_that_are_not_read_or_not_there_are_named_for_the_file() -> None:
    mapping = read_mapping(b'source = "a"\n[fields]\nname = "Naam"\ntown = "Plaats"\n')
    reading = read_enterprises(b"Naam;Kleur\nA;rood\n", Format.CSV, mapping)
    assert reading.warnings == (
        Fault("absent-columns", "not in the file: Plaats", "row 1"),
        Fault("unread-columns", "not read: Kleur", "row 1"),
    )


def test_a_table_without_any_known_column_is_refused_whole() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read("kleur;maat\nrood;4\n")
    assert [fault.code for fault in refusal.value.faults] == ["missing-column"]


def test_a_table_needs_a_mapping() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_enterprises(b"Naam\nA\n", Format.CSV)
    assert refusal.value.faults[0].code == "missing-mapping"


def test_a_json_line_is_an_enterprise_as_the_api_takes_it() -> None:
    assert lines('{"name":"A","kvkNumber":"01234567"}', "", '{"name":"B"}') == [
        Row(1, EnterpriseIn(name="A", kvk_number="01234567")),
        Row(3, EnterpriseIn(name="B")),
    ]


def test_a_bad_json_line_gives_all_its_faults_and_the_next_line_is_read() -> None:
    bad = '{"name":"","town":5,"colour":"red","kvkNumber":"12"}'
    found = lines(bad, '{"name":"B","kvkNumber":"12","externalId":"9"}', "{", "[]", '{"name":"C"}')
    assert [(one.place, one.code) for one in found if isinstance(one, Rejected)] == [
        ("row 1, field /colour", "unknown-field"),
        ("row 1, field /name", "invalid-value"),
        ("row 1, field /town", "invalid-value"),
        ("row 2, field /kvkNumber", "invalid-kvk"),
        ("row 3", "malformed-json"),
        ("row 4", "invalid-value"),
    ]
    assert found[-1] == Row(5, EnterpriseIn(name="C"))


def test_codes_inside_a_json_line_are_checked() -> None:
    offering = (
        '{"title":"T","cpvCodes":["55520000-1","55"],"serviceMode":"service",'
        '"coverage":{"kind":"country"}}'
    )
    line = '{"name":"A","offerings":[%s],"marks":[{"scheme":"pso","holderKvkNumbers":["1"]}]}'
    found = lines(line % offering)
    assert [(one.place, one.code) for one in found if isinstance(one, Rejected)] == [
        ("row 1, field /offerings/0/cpvCodes", "invalid-cpv"),
        ("row 1, field /marks/0/holderKvkNumbers", "invalid-kvk"),
    ]


@pytest.mark.parametrize("line", [r'{"name":"A\u0000"}', r'{"name":"A\\\u0000"}'])
def test_a_nul_in_a_json_line_is_refused(line: str) -> None:
    [rejected] = lines(line)
    assert isinstance(rejected, Rejected)
    assert rejected.code == "nul-character"


def test_a_written_backslash_before_u0000_is_no_nul() -> None:
    assert lines(r'{"name":"A\\u0000"}') == [Row(1, EnterpriseIn(name=r"A\u0000"))]


def a_row(number: int, name: str = "", **fields: Any) -> Row:
    return Row(number, EnterpriseIn(name=name or f"Naam {number}", **fields))


def test_doubles_are_found_by_number_identifier_and_name_with_town() -> None:
    siret = Identifier(scheme="FR-INSEE", id="1")
    rows = [
        a_row(2, kvk_number="01234567"),
        a_row(3, identifier=siret),
        a_row(4, "Café Société B.V.", town="Utrecht"),
        a_row(5, kvk_number="0123.4567"),
        a_row(6, "CAFE  SOCIETE BV", town="utrecht"),
        a_row(7, "Café Société", town="Zeist"),
        a_row(8, identifier=siret),
    ]
    assert [str(one) for one in doubles(rows)] == [
        "rows 2, 5: same kvk: 01234567",
        "rows 3, 8: same identifier: FR-INSEE 1",
        "rows 4, 6: same name-and-town: cafe societe, utrecht",
    ]


def test_equal_findings_are_grouped_by_ranges_of_rows() -> None:
    findings = [
        Rejected(f"row {n}, column KvK", "invalid-kvk", f"fault {n}") for n in (20, 3, 4, 5)
    ]
    findings += [Rejected("row 9", "ragged-row", "3 cells")]
    findings += [
        Rejected(f"row {n}, field /offerings/{n}/title", "invalid-value", "long") for n in (1, 2)
    ]
    assert [str(group) for group in grouped(findings)] == [
        "rows 3-5, 20: invalid-kvk in column KvK: fault 20",
        "row 9: ragged-row: 3 cells",
        "rows 1-2: invalid-value in column /offerings/title: long",
    ]


def test_a_finding_without_a_row_is_grouped_by_its_place() -> None:
    [group] = grouped([Fault("encoding", "read as cp1252")])
    assert str(group) == "encoding: read as cp1252"
