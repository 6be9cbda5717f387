"""The real lists beside the repository come out whole."""

from collections import Counter
from pathlib import Path

import pytest

from api.domain.tendering.coverage import Geography, Radius
from api.domain.values import parse_kvk
from api.enterprises.schemas import EnterpriseIn
from api.imports.drafts import Row
from importers.enterprises.mapping import read_mapping, shipped_mapping
from importers.enterprises.parse import doubles, read_enterprises
from importers.enterprises.tables import Format, heading_key
from importers.reference import parse as reference
from importers.reference.records import MunicipalityEntry

SHARED = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the real lists lie beside the repository, not in it"
)


def rows_of(name: str, mapping: str, areas: dict[str, str] | None = None) -> list[Row]:
    content = (SHARED / "enterprises" / name).read_bytes()
    found = list(
        read_enterprises(content, Format.CSV, shipped_mapping(mapping), areas).rows
    )  # fmt: skip
    assert all(isinstance(one, Row) for one in found)
    return [one for one in found if isinstance(one, Row)]


def municipalities() -> list[MunicipalityEntry]:
    content = (SHARED / "reference" / "nl-gemeenten.csv").read_bytes()
    return [one for one in reference.municipalities(content) if isinstance(one, MunicipalityEntry)]


def test_all_3853_french_enterprises_come_out() -> None:
    rows = rows_of("fr-siae.csv", "fr-siae")
    assert len(rows) == 3_853
    assert [row.number for row in rows] == list(range(2, 3_855))
    assert len({row.enterprise.external_id for row in rows}) == 3_853
    assert sum(bool(row.enterprise.offerings) for row in rows) == 1_407
    assert sum(not row.enterprise.offerings and not row.warnings for row in rows) == 0


def test_the_12_french_numbers_that_stand_twice_are_reported() -> None:
    found = doubles(rows_of("fr-siae.csv", "fr-siae"))
    assert Counter(one.kind for one in found) == {"identifier": 12, "name-and-town": 21}
    assert all(len(one.rows) == 2 for one in found if one.kind == "identifier")


def test_no_french_offering_reaches_a_dutch_municipality() -> None:
    geography = Geography(entry.municipality for entry in municipalities())
    for row in rows_of("fr-siae.csv", "fr-siae"):
        for offering in row.enterprise.offerings:
            assert isinstance(offering.coverage, Radius)
            assert geography.reach(offering.coverage).full == ()


def test_dutch_executors_come_out_and_false_municipality_codes_are_found() -> None:
    areas = {heading_key(one.municipality.name): one.municipality.code for one in municipalities()}
    rows = rows_of("nl-uitvoerders-sociaal.csv", "nl-uitvoerders", areas)
    assert len(rows) == 158
    wrong = {
        (row.enterprise.municipality, row.enterprise.town)
        for row in rows
        if any(warning.code == "municipality-mismatch" for warning in row.warnings)
    }
    assert {("GM0392", "Groningen"), ("GM0797", "'s-Hertogenbosch")} <= wrong


def test_2500_real_kvk_numbers_keep_their_leading_zeros() -> None:
    content = (SHARED / "enterprises" / "nl-kvk-namen.csv").read_bytes()
    mapping = read_mapping(b'source = "k"\n[fields]\nname = "naam"\nkvkNumber = "kvk_nummer"\n')
    rows = list(read_enterprises(content, Format.CSV, mapping).rows)
    numbers = [_number(one.enterprise) for one in rows if isinstance(one, Row)]
    assert len(numbers) == 2_500
    assert sum(number.startswith("0") for number in numbers) == 137


def _number(enterprise: EnterpriseIn) -> str:
    assert enterprise.kvk_number is not None
    return parse_kvk(enterprise.kvk_number)
