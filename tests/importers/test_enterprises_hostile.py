"""Files that are broken or meant to harm are refused in words, and cost little."""

import io
import zipfile
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from api.domain.errors import InvalidInput, TooLarge
from api.domain.tendering.notice import Rejected
from api.imports.drafts import Row
from importers.enterprises import tables
from importers.enterprises.mapping import shipped_mapping
from importers.enterprises.parse import read_enterprises
from importers.enterprises.tables import Format

PERCEEL = shipped_mapping("perceel")
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
TYPES = "[Content_Types].xml"
STRINGS_TYPE = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
    b'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
NAMES = (
    b"<worksheet %b><sheetData>"
    b'<row r="1"><c t="s"><v>0</v></c></row><row r="2"><c t="s"><v>1</v></c></row>'
    b"</sheetData></worksheet>" % MAIN
)
TEXTS_OF_NAMES = b"<sst %b><si><t>Naam</t></si><si><t>A</t></si></sst>" % MAIN
MEGABYTE = 1024 * 1024


def read(content: bytes, form: Format) -> list[Row | Rejected]:
    return list(read_enterprises(content, form, PERCEEL).rows)


def refused(content: bytes, form: Format) -> str:
    with pytest.raises(InvalidInput) as refusal:
        read(content, form)
    [fault] = refusal.value.faults
    return fault.code


def codes(found: Iterable[Row | Rejected]) -> list[str]:
    return [one.code if isinstance(one, Rejected) else "row" for one in found]


def workbook(parts: dict[str, bytes]) -> bytes:
    """A sound workbook of one name, of which some parts are replaced."""
    plain, changed = io.BytesIO(), io.BytesIO()
    Workbook().save(plain)
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        contents = {name: source.read(name) for name in source.namelist()}
        contents[TYPES] = contents[TYPES].replace(b"</Types>", STRINGS_TYPE + b"</Types>")
        for name, content in (contents | {SHEET: NAMES, STRINGS: TEXTS_OF_NAMES} | parts).items():
            target.writestr(name, content)
    return changed.getvalue()


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b",;,\r\n"])
def test_an_empty_csv_is_refused(content: bytes) -> None:
    assert refused(content, Format.CSV) in ("empty-file", "missing-column")


def test_only_a_heading_is_a_list_of_nobody() -> None:
    assert read(b"Naam;Plaats\n", Format.CSV) == []
    assert read(b"", Format.JSON_LINES) == []


def test_a_nul_costs_its_row() -> None:
    assert codes(read(b"Naam;Plaats\nA\0;B\nC;D\n", Format.CSV)) == ["nul-character", "row"]


def test_a_cell_of_a_megabyte_costs_its_row() -> None:
    content = b"Naam;Plaats\n" + b"x" * MEGABYTE + b";B\nC;D\n"
    assert codes(read(content, Format.CSV)) == ["malformed-csv", "row"]


def test_a_cell_that_the_schema_has_no_room_for_costs_its_row() -> None:
    content = b"Naam;Plaats\n" + b"x" * 100_000 + b";B\nC;D\n"
    assert codes(read(content, Format.CSV)) == ["invalid-value", "row"]


def test_bytes_of_no_encoding_are_refused() -> None:
    assert refused(b"Naam\nCaf\xe9 \x81\x8d\n", Format.CSV) == "unknown-encoding"
    assert refused(b"\xff\xfeN\x00a", Format.CSV) == "unknown-encoding"


@pytest.mark.parametrize("content", [workbook({}), b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_a_spreadsheet_that_is_called_csv_is_refused(content: bytes) -> None:
    assert refused(content, Format.CSV) == "wrong-format"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not-xlsx"),
        (b"Naam;Plaats\nA;B\n", "not-xlsx"),
        (b"PK\x03\x04" + b"\0" * 100, "not-xlsx"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "wrong-format"),
        (workbook({})[:-30], "not-xlsx"),
        (workbook({SHEET: b"<worksheet><sheetData><row><c"}), "not-xlsx"),
        (workbook({"xl/workbook.xml": b"<workbook/>"}), "not-xlsx"),
        (workbook({STRINGS: b"no xml"}), "not-xlsx"),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, code: str) -> None:
    assert refused(content, Format.XLSX) == code


def test_the_workbook_of_these_tests_is_sound() -> None:
    assert codes(read(workbook({}), Format.XLSX)) == ["row"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(9):
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                for _ in range(50):
                    part.write(bytes(MEGABYTE))
    assert len(bomb.getvalue()) < MEGABYTE
    with pytest.raises(TooLarge):
        read(bomb.getvalue(), Format.XLSX)


def test_a_table_of_texts_that_is_too_large_is_refused() -> None:
    with pytest.raises(TooLarge):
        read(workbook({STRINGS: b" " * (65 * MEGABYTE)}), Format.XLSX)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (SHEET, b"<sheetData><row>" + b"<c/>" * 400_000 + b"</row></sheetData>"),
        (SHEET, b"<sheetData>" + b'<row r="1"></row>' * 1_100_000 + b"</sheetData>"),
        (SHEET, b"<sheetData>" + b'<row r="1"/>' * 400_000 + b"</sheetData>"),
        (STRINGS, b"<sst>" + b"<si/>" * 4_100_000 + b"</sst>"),
    ],
    ids=["wide row", "same row", "empty rows", "empty texts"],
)
def test_a_part_of_countless_elements_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(TooLarge):
        read(workbook({name: content}), Format.XLSX)


def test_a_line_of_countless_commas_is_refused() -> None:
    for content in (b"," * (5 * MEGABYTE), b"Naam\n" + b"," * (5 * MEGABYTE)):
        with pytest.raises(TooLarge):
            read(content, Format.CSV)


def test_a_zip_that_lies_about_its_size_unpacks_no_further() -> None:
    content = bytearray(workbook({SHEET: b"<a>" + b"x" * MEGABYTE + b"</a>"}))
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(SHEET.encode()))
    content[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    assert refused(bytes(content), Format.XLSX) == "not-xlsx"


def test_a_billion_laughs_are_refused() -> None:
    entities = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
    )  # fmt: skip
    laughs = (
        f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY l0 "lol">{entities}]>'
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>&l9;</t></si></sst>"
    )
    assert refused(workbook({STRINGS: laughs.encode()}), Format.XLSX) == "not-xlsx"


def test_an_outside_entity_is_refused() -> None:
    asks = (
        '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>&f;</t></si></sst>"
    )
    assert refused(workbook({STRINGS: asks.encode()}), Format.XLSX) == "not-xlsx"


def test_a_row_number_beyond_the_limit_ends_the_sheet() -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c t="inlineStr"><is><t>Naam</t></is></c></row>'
        b'<row r="999999999"><c t="inlineStr"><is><t>A</t></is></c></row>'
        b"</sheetData></worksheet>"
    )
    assert codes(read(workbook({SHEET: sheet}), Format.XLSX)) == ["too-many-rows"]


def test_a_claimed_size_of_a_whole_sheet_costs_nothing() -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<dimension ref="A1:XFD1048576"/><sheetData>'
        b'<row r="1"><c t="inlineStr"><is><t>Naam</t></is></c></row>'
        b'<row r="2"><c t="inlineStr"><is><t>A</t></is></c></row>'
        b"</sheetData></worksheet>"
    )
    assert codes(read(workbook({SHEET: sheet}), Format.XLSX)) == ["row"]


def test_more_columns_or_bytes_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge):
        read(b";".join([b"Naam"] * 501), Format.CSV)
    monkeypatch.setattr(tables, "MAX_BYTES", 10)
    for form in Format:
        with pytest.raises(TooLarge):
            read(b"Naam;Plaats\n", form)


def test_rows_beyond_the_limit_are_reported_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    found = read(b"Naam\nA\nB\nC\nD\n", Format.CSV)
    assert codes(found) == ["row", "row", "too-many-rows"]


TEXTS = st.text(
    alphabet=st.sampled_from('ab1"\'\\;,\t\r\n\0=é\u2028€{}[]:-.%'), max_size=80
)  # fmt: skip
HEADINGS = st.sampled_from(
    ["Naam;KvK-nummer;Plaats\n", "naam,omzet per jaar (euro),CPV-codes,werkgebied\n", "Naam\n", ""]
)


@given(HEADINGS, TEXTS, st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-8-sig"]))
def test_any_text_gives_rows_rejections_or_invalid_input(
    heading: str, text: str, encoding: str
) -> None:
    content = (heading + text).encode(encoding)
    for form in (Format.CSV, Format.JSON_LINES):
        try:
            found = read(content, form)
        except InvalidInput:
            continue
        assert all(isinstance(one, Row | Rejected) for one in found)


@given(HEADINGS, st.binary(max_size=120))
def test_any_bytes_give_rows_rejections_or_invalid_input(heading: str, tail: bytes) -> None:
    for form in Format:
        try:
            found = read(heading.encode() + tail, form)
        except InvalidInput:
            continue
        assert all(isinstance(one, Row | Rejected) for one in found)


@given(st.integers(0, 4_000), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_gives_rows_rejections_or_invalid_input(at: int, bytes_: bytes) -> None:
    content = bytearray(SOUND)
    content[at : at + len(bytes_)] = bytes_
    try:
        found = read(bytes(content), Format.XLSX)
    except (InvalidInput, TooLarge):
        return
    assert all(isinstance(one, Row | Rejected) for one in found)


SOUND = workbook({})
