"""A mapping file says where each field comes from; what is wrong in it is named by its key."""

import csv
from pathlib import Path

import pytest

from api.domain.errors import InvalidInput
from api.domain.tendering.notice import Rejected
from api.enterprises.schemas import EnterpriseIn, Identifier, MarkIn, OfferingIn
from api.imports.drafts import Row
from importers.enterprises import mapping as mappings
from importers.enterprises.mapping import (
    EnterpriseMapping,
    Kind,
    kinds_of,
    read_mapping,
    shipped_mapping,
    sources,
)
from importers.enterprises.parse import read_enterprises
from importers.enterprises.tables import Format
from importers.reference import parse as reference
from importers.reference.records import CpvEntry

SHIPPED = ("fr-siae", "nl-uitvoerders", "perceel")
DOCUMENT = Path(mappings.__file__).parents[2] / "docs" / "importing-enterprises.md"
NAME = 'source = "a"\n[fields]\nname = "Naam"\n'


def faults_of(text: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refusal:
        read_mapping(text.encode())
    return [(fault.place, fault.code) for fault in refusal.value.faults]


def first(table: str, text: str) -> Row | Rejected:
    rows = read_enterprises(table.encode(), Format.CSV, read_mapping(text.encode())).rows
    return next(iter(rows))


def enterprise_of(table: str, text: str) -> EnterpriseIn:
    row = first(table, text)
    assert isinstance(row, Row), row
    return row.enterprise


def test_a_mapping_names_its_source_and_needs_a_name() -> None:
    assert faults_of("") == [("source", "missing-field"), ("fields", "missing-field")]
    assert faults_of('source = "a"\n[fields]\n') == [("fields.name", "missing-field")]


def test_all_faults_of_a_mapping_come_at_once_with_their_keys() -> None:
    text = """
source = "a"
dates = ["%Y", "%d-%m-%Y", "%d-%m"]
[fields]
name = "Naam"
colour = "Kleur"
town = { column = "Plaats", constant = "Utrecht" }
lat = { join = ["a", "b"] }
legalForm = { column = "Vorm", values = "vorm" }
website = { join = [{}] }
[identifier]
scheme = { constant = "X" }
[[marks]]
level = "Trede"
[[offerings]]
title = "Aanbod"
cpvCodes = "CPV"
serviceMode = "Wijze"
coverage = {}
"""
    assert sorted(faults_of(text)) == [
        ("dates.0", "invalid-date-format"),
        ("dates.2", "invalid-date-format"),
        ("fields.colour", "unknown-field"),
        ("fields.lat.join", "invalid-join"),
        ("fields.legalForm.values", "unknown-values"),
        ("fields.town", "ambiguous-source"),
        ("fields.website.join.0", "ambiguous-source"),
        ("identifier", "missing-field"),
        ("marks.0.scheme", "missing-field"),
        ("offerings.0.coverage", "missing-field"),
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (NAME + "town = 5\n", "fields.town"),
        (NAME + 'town = { kolom = "Plaats" }\n', "fields.town"),
        (NAME + 'town = { column = "Plaats", unmapped = "skip" }\n', "fields.town.unmapped"),
        ("colour = 1\n" + NAME, "colour"),
        ('decimal = ";"\n' + NAME, "decimal"),
        (NAME + '[[offerings]]\ntitle = "A"\n', "offerings.0.cpvCodes"),
        (NAME + '[values.a]\nb = { c = "d" }\n', "values.a"),
        (NAME + "[[marks]]\nscheme = [1]\n", "marks.0.scheme"),
        ('source = "a"\nfields = 3\nmarks = 4\nvalues = 5\n', "values"),
    ],
)
def test_a_key_that_is_not_of_its_form_is_named(text: str, place: str) -> None:
    assert any(found.startswith(place) for found, _ in faults_of(text)), faults_of(text)


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe", b"a = [" * 2_000, b"a = 1\na = 2\n"])
def test_what_is_no_toml_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_mapping(content)
    assert refusal.value.faults[0].code == "malformed-toml"


def test_a_mapping_of_a_megabyte_is_refused() -> None:
    with pytest.raises(InvalidInput):
        read_mapping(b"#" * 1024 * 1025)


def test_constants_joins_and_tables_fill_fields() -> None:
    text = """
source = "a"
[fields]
name = { join = ["voor", "achter"], separator = " " }
country = { constant = "BEL" }
mainAimIntegration = { column = "soort", values = "hoofddoel" }
targetGroups = { join = [{ constant = ["wsw"] }, { column = "groep", split = "," }] }
tradeNames = { column = "soort", values = "namen" }
[values.hoofddoel]
Maatwerk = true
"*" = false
[values.namen]
maatwerk = ["M1", "M2"]
"""
    table = "voor;achter;soort;groep\nDe;Zaak;MAATWERK;WIA, ggz\n"
    assert enterprise_of(table, text) == EnterpriseIn(
        name="De Zaak",
        country="BEL",
        main_aim_integration=True,
        target_groups=("wsw", "wia", "ggz"),  # type: ignore[arg-type]  # equal to enum texts
        trade_names=("M1", "M2"),
    )


@pytest.mark.parametrize(
    ("unmapped", "found"),
    [
        ("refuse", ["row 2, column soort: unmapped-value"]),
        ("warn", ["row 2, column soort: unmapped-value"]),
        ("keep", []),
    ],
)
def test_a_value_that_the_table_lacks_is_refused_left_out_or_kept(
    unmapped: str, found: list[str]
) -> None:
    text = (
        f'{NAME}mission = {{ column = "soort", values = "s", unmapped = "{unmapped}" }}\n'
        "[values.s]\na = 'A'\n"
    )
    row = first("Naam;soort\nX;b\n", text)
    findings = row.warnings if isinstance(row, Row) else (row,)
    assert [f"{one.place}: {one.code}" for one in findings] == found
    assert isinstance(row, Row) is (unmapped != "refuse")
    if isinstance(row, Row):
        assert row.enterprise.mission == ("b" if unmapped == "keep" else "")


def test_cents_in_the_source_are_not_multiplied() -> None:
    text = NAME + 'turnoverCents = { column = "omzet", unit = "cents" }\n'
    assert enterprise_of("Naam;omzet\nX;1250\n", text).turnover_cents == 1250


def test_every_simple_field_of_the_schema_can_be_filled() -> None:
    nested = {
        *("identifier", "offerings", "marks", "coverage", "establishments", "incomeMix"),
        *("sbiActivities", "impactReport", "supportNeeds", "references", "targetGroupShares"),
        "productDetails",
    }
    for schema in (EnterpriseIn, Identifier, OfferingIn, MarkIn):
        names = set(schema.__struct_encode_fields__) - nested
        assert set(kinds_of(schema)) == names


def test_what_a_field_takes_follows_from_the_schema() -> None:
    kinds = kinds_of(EnterpriseIn) | kinds_of(OfferingIn)
    wanted = {
        "name": Kind.TEXT,
        "legalForm": Kind.CODE,
        "tradeNames": Kind.LIST,
        "targetGroups": Kind.CODES,
        "lat": Kind.NUMBER,
        "turnoverCents": Kind.CENTS,
        "leadTimeDays": Kind.WHOLE,
        "foundedOn": Kind.DATE,
        "mainAimIntegration": Kind.FLAG,
    }
    assert {name: kinds[name] for name in wanted} == wanted


def test_an_offering_in_a_mapping_has_the_fields_of_the_api() -> None:
    ours = set(mappings.OfferingSource.__struct_encode_fields__)
    assert ours == set(OfferingIn.__struct_encode_fields__) - {"productDetails"}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_mappings_are_sound_and_bear_their_own_name(name: str) -> None:
    assert shipped_mapping(name).source == name


def test_an_unknown_shipped_mapping_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="fr-siae, nl-uitvoerders, perceel"):
        shipped_mapping("../perceel")


def test_every_cpv_code_in_the_shipped_mappings_is_in_the_own_table() -> None:
    table = (Path(reference.__file__).parent / "data" / "cpv.csv").read_bytes()
    known = {entry.code for entry in reference.cpv_codes(table) if isinstance(entry, CpvEntry)}
    codes = shipped_mapping("fr-siae").values["cpv"].values()
    assert {code for one in codes if isinstance(one, tuple) for code in one} <= known


def test_every_activity_with_a_code_has_a_title_too() -> None:
    values = shipped_mapping("fr-siae").values
    assert values["cpv"].keys() == values["title"].keys()


def test_every_heading_of_the_own_layout_is_described() -> None:
    described = DOCUMENT.read_text()
    assert [one for one in shipped_mapping("perceel").columns if f"`{one}`" not in described] == []


def test_the_values_of_the_own_layout_are_codes_of_the_schema() -> None:
    perceel = shipped_mapping("perceel")
    for place, kind, source in sources(perceel):
        if source.values is not None and kind in (Kind.CODE, Kind.CODES):
            for text, code in perceel.values[source.values].items():
                assert _accepted(place, str(code)), (place, text)


def _accepted(place: str, code: str) -> bool:
    field = place.rpartition(".")[2]
    text = {
        "legalForm": "fields.legalForm", "targetGroups": "fields.targetGroups",
        "targetGroupShare": "fields.targetGroupShare",
    }.get(field)  # fmt: skip
    if text is None:
        return code in ("goods", "service", "hiring-in", "assembly-on-site")
    row = first(f"Naam;x\nA;{code}\n", f'{NAME}{field} = "x"\n')
    return isinstance(row, Row)


def test_the_layout_of_the_document_can_be_read_as_it_stands() -> None:
    block = DOCUMENT.read_text().split("```csv\n")[1].split("```")[0]
    heading = next(csv.reader([block.splitlines()[0]], delimiter=";"))
    assert heading[0] == "Nummer"
    rows = list(read_enterprises(block.encode(), Format.CSV, perceel()).rows)
    assert [type(row) for row in rows] == [Row] * (len(block.splitlines()) - 1)
    assert all(row.enterprise.offerings for row in rows if isinstance(row, Row))


def perceel() -> EnterpriseMapping:
    return shipped_mapping("perceel")
