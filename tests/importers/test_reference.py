"""Reference tables: both forms are read, and what is wrong in them is named with its place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import InvalidInput
from api.domain.tendering.coverage import Municipality
from api.domain.tendering.notice import Rejected
from api.domain.values import CpvCode, Point
from importers.reference import parse
from importers.reference.records import (
    CpvEntry,
    MunicipalityEntry,
    NutsEntry,
    PostcodeEntry,
    TownEntry,
)

SHARED = Path(__file__).parents[3] / "shared" / "data" / "reference"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the full tables lie beside the repository, not in it"
)
READERS = (parse.cpv_codes, parse.municipalities, parse.nuts, parse.postcodes, parse.towns)


def test_a_cpv_table_in_the_full_form_tells_social_services_apart() -> None:
    table = b"""code,check_digit,level,parent,social_service,label_nl,label_en
98000000,3,division,,0,Overige diensten,Other services
98500000,8,group,98000000,1,Huishoudens,Households
"""
    assert list(parse.cpv_codes(table)) == [
        CpvEntry(CpvCode("98000000"), "Overige diensten", "Other services", social_service=False),
        CpvEntry(CpvCode("98500000"), "Huishoudens", "Households", social_service=True),
    ]


def test_a_cpv_table_in_the_own_form_does_not_say_what_is_social() -> None:
    table = b"code,label_nl,label_en\n90000000-7,Reiniging,\n"
    assert list(parse.cpv_codes(table)) == [CpvEntry(CpvCode("90000000"), "Reiniging")]


def test_a_parent_may_stand_below_its_child() -> None:
    table = b"code,parent,label_nl\n90910000,90900000,B\n90900000,90000000,A\n90000000,,R\n"
    assert [type(entry) for entry in parse.cpv_codes(table)] == [CpvEntry] * 3


def test_a_cpv_code_without_its_parent_is_refused() -> None:
    full = b"code,parent,label_nl\n90910000,90900000,Schoonmaak\n"
    own = b"code,label_nl,label_en\n90910000,Schoonmaak,Cleaning\n"
    assert list(parse.cpv_codes(full)) == [
        Rejected(
            "row 2, column parent", "unknown-parent", "90900000 stands nowhere in the table",
            "90910000",
        )
    ]  # fmt: skip
    assert list(parse.cpv_codes(own)) == [
        Rejected(
            "row 2, column code", "unknown-parent", "90000000 stands nowhere in the table",
            "90910000",
        )
    ]  # fmt: skip


def test_a_code_that_stands_twice_is_refused_the_second_time() -> None:
    table = b"code,label_nl\n90000000,A\n90000000-7,B\n"
    first, second = parse.cpv_codes(table)
    assert isinstance(first, CpvEntry)
    assert second == Rejected(
        "row 3, column code", "duplicate-code", "90000000-7 stands in row 2 too", "90000000-7"
    )


def test_a_municipality_is_read_in_both_forms_with_its_other_spellings() -> None:
    full = (
        b"gm_code,gemeente,naam_kort,nuts3,lat,lon\nGM0518,'s-Gravenhage,Den Haag,NL361,52.1,4.3\n"
    )
    own = b"code,name,also,nuts3,lat,lon\nGM0518,'s-Gravenhage,Den Haag|s-Gravenhage,NL361,52,4\n"
    assert list(parse.municipalities(full)) == [
        MunicipalityEntry(
            Municipality("GM0518", "'s-Gravenhage", "NL361", Point(52.1, 4.3)), ("Den Haag",)
        )
    ]
    assert list(parse.municipalities(own)) == [
        MunicipalityEntry(
            Municipality("GM0518", "'s-Gravenhage", "NL361", Point(52.0, 4.0)),
            ("Den Haag", "s-Gravenhage"),
        )
    ]


@pytest.mark.parametrize(
    ("row", "place", "code"),
    [
        ("GM51,A,,NL361,52,4", "row 2, column code", "invalid-code"),
        ("GM0518,,,NL361,52,4", "row 2, column name", "missing-value"),
        ("GM0518,A,,BE100,52,4", "row 2, column nuts3", "invalid-code"),
        ("GM0518,A,,NL361,north,4", "row 2, column lat", "invalid-point"),
        ("GM0518,A,,NL361,nan,4", "row 2, column lat", "invalid-point"),
        ("GM0518,A,,NL361,52,400", "row 2, column lat", "invalid-point"),
        ("GM0518,A,NL361,52,4", "row 2", "ragged-row"),
        ("GM0518,A\0,,NL361,52,4", "row 2", "nul-character"),
    ],
)
def test_a_bad_municipality_is_refused_with_its_place(row: str, place: str, code: str) -> None:
    table = f"code,name,also,nuts3,lat,lon\n{row}\n".encode()
    [rejected] = parse.municipalities(table)
    assert isinstance(rejected, Rejected)
    assert (rejected.place, rejected.code) == (place, code)


def test_nuts_levels_follow_from_the_code_and_successors_are_kept() -> None:
    table = b"code,level,name_nl\nNL,0,Nederland\nNL3,1,West\nNL35,2,Utrecht\nNL350,3,Utrecht\n"
    entries = [entry for entry in parse.nuts(table) if isinstance(entry, NutsEntry)]
    assert [entry.level for entry in entries] == [0, 1, 2, 3]
    superseded = b"code,successor,name_nl\nNL310,NL350,Utrecht\n"
    assert list(parse.nuts(superseded)) == [NutsEntry("NL310", "Utrecht", "NL350")]


def test_a_nuts_area_without_its_parent_is_refused() -> None:
    [country, rejected] = parse.nuts(b"code,label_nl\nNL,Nederland\nNL350,Utrecht\n")
    assert isinstance(country, NutsEntry)
    assert rejected == Rejected(
        "row 3, column code", "unknown-parent", "NL35 stands nowhere in the table", "NL350"
    )


def test_a_postcode_keeps_the_other_spellings_of_its_town() -> None:
    table = (
        b"id,postcode,woonplaats,alternatieve_schrijfwijzen,gemeente,provincie,latitude,longitude\n"
        b'9,2511,"\'s-Gravenhage","Den Haag,The Hague","\'s-Gravenhage",Zuid-Holland,52.08,4.31\n'
    )
    assert list(parse.postcodes(table)) == [
        PostcodeEntry(
            "2511",
            "'s-Gravenhage",
            ("Den Haag", "The Hague"),
            "'s-Gravenhage",
            "Zuid-Holland",
            Point(52.08, 4.31),
        )
    ]


def test_a_town_gets_the_code_of_its_municipality_with_the_letters_before_it() -> None:
    table = (
        "\ufeffWoonplaatscode,Woonplaats,Gemeentecode,Gemeente,COROP-gebiedcode,COROP-gebied\r\n"
        "1000,Hoogerheide,0873,Woensdrecht,33,West-Noord-Brabant\r\n"
    ).encode()
    assert list(parse.towns(table)) == [
        TownEntry("1000", "Hoogerheide", "GM0873", "Woensdrecht", "33", "West-Noord-Brabant")
    ]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "missing-column"),
        (b"kleur,maat\nrood,4\n", "missing-column"),
        (b"code,code,label_nl\n", "duplicate-column"),
        (b"\xff\xfe\x00", "unknown-encoding"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_whole(
    read: object, content: bytes, code: str
) -> None:
    assert callable(read)
    with pytest.raises(InvalidInput) as refusal:
        list(read(content))
    assert [fault.code for fault in refusal.value.faults] == [code]


def test_a_quote_that_is_never_closed_is_refused() -> None:
    with pytest.raises(InvalidInput) as refusal:
        list(parse.cpv_codes(b'code,label_nl\n90000000,"Reiniging\n'))
    assert refusal.value.faults[0].code == "malformed-csv"


@given(st.binary(max_size=200), st.sampled_from(["code,label_nl\n", "code,name_nl\n", ""]))
def test_any_bytes_give_entries_rejections_or_invalid_input(tail: bytes, heading: str) -> None:
    for read in READERS:
        try:
            entries = list(read(heading.encode() + tail))
        except InvalidInput:
            continue
        assert all(isinstance(entry, CpvEntry | NutsEntry | Rejected) for entry in entries)


@needs_shared
@pytest.mark.parametrize(
    ("name", "read", "rows"),
    [
        ("cpv.csv", parse.cpv_codes, 9_454),
        ("nl-gemeenten.csv", parse.municipalities, 342),
        ("nuts-nl-be-de-lu.csv", parse.nuts, 587),
        ("nuts-nl-2021.csv", parse.nuts, 60),
        ("nl-postcode4.csv", parse.postcodes, 4_699),
        ("nl-woonplaatsen-corop.csv", parse.towns, 2_501),
    ],
)
def test_the_full_tables_are_read_without_a_rejection(name: str, read: object, rows: int) -> None:
    assert callable(read)
    entries = list(read((SHARED / name).read_bytes()))
    assert len(entries) == rows
    assert not [entry for entry in entries if isinstance(entry, Rejected)]


@needs_shared
def test_the_full_cpv_knows_115_social_codes() -> None:
    entries = parse.cpv_codes((SHARED / "cpv.csv").read_bytes())
    assert (
        sum(1 for entry in entries if isinstance(entry, CpvEntry) and entry.social_service) == 115
    )
