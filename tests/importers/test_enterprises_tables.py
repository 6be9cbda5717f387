"""Bytes become numbered rows of cells, whatever spreadsheet program wrote them."""

import io
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook

from api.domain.errors import Fault, InvalidInput, InvalidValue
from api.domain.tendering.notice import Rejected
from api.imports.drafts import Row
from importers.enterprises import cells
from importers.enterprises.mapping import shipped_mapping
from importers.enterprises.parse import read_enterprises
from importers.enterprises.tables import (
    Format,
    Record,
    csv_table,
    format_of,
    json_lines,
    xlsx_table,
)


def xlsx(*rows: list[Any], second_sheet: str = "") -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    if second_sheet:
        book.create_sheet(second_sheet).append(["x"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rows_of(content: bytes, *expected: str) -> list[tuple[int, dict[str, Any]]]:
    return [
        (one.number, dict(one.cells))
        for one in csv_table(content, expected).records
        if isinstance(one, Record)
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_from_the_heading(delimiter: str) -> None:
    content = f"naam{delimiter}plaats\nA{delimiter}B\n".encode()
    assert rows_of(content) == [(2, {"naam": "A", "plaats": "B"})]


def test_known_headings_outweigh_a_longer_row() -> None:
    content = b"naam (a, b, c, d);plaats\nA;B\n"
    assert rows_of(content, "plaats") == [(2, {"naam (a, b, c, d)": "A", "plaats": "B"})]


def test_excels_own_sep_line_decides_and_is_no_row() -> None:
    assert rows_of(b"sep=|\r\nnaam|plaats\r\nA;1|B\r\n") == [(2, {"naam": "A;1", "plaats": "B"})]


@pytest.mark.parametrize(
    ("content", "warned"),
    [
        ("\ufeffnaam\nCaf\u00e9\n".encode(), False),
        ("naam\nCaf\u00e9\n".encode(), False),
        ("naam\nCaf\u00e9\n".encode("cp1252"), True),
        ("naam\nCaf\u00e9\n".encode("utf-16"), True),
        ("\ufeffnaam\nCaf\u00e9\n".encode("utf-16-be"), True),
        ("naam en plaats van de onderneming\nCaf\u00e9\n".encode("utf-16-le"), True),
        ("naam en plaats van de onderneming\nCaf\u00e9\n".encode("utf-16-be"), True),
    ],
)
def test_the_encoding_is_found_and_a_guess_gives_a_warning(content: bytes, *, warned: bool) -> None:
    table = csv_table(content)
    assert [one.code for one in table.warnings] == ["encoding"] * warned
    [record] = table.records
    assert isinstance(record, Record)
    assert list(record.cells.values()) == ["Caf\u00e9"]


def test_a_cell_of_several_lines_is_one_row_and_blank_rows_count() -> None:
    content = b'\nnaam,missie\r\nA,"een\r\ntwee"\r\n\r\n,\r\nB,\r\n'
    assert rows_of(content) == [(3, {"naam": "A", "missie": "een\r\ntwee"}), (6, {"naam": "B"})]


def test_blank_cells_at_the_end_of_a_row_are_no_fault_but_filled_ones_are() -> None:
    table = csv_table(b"a,b,,\n1,2,,\n1,2,3,\n1\n3,4\n")
    assert list(table.records) == [
        Record(2, {"a": "1", "b": "2"}),
        Rejected("row 3", "ragged-row", "4 cells under 2 headings"),
        Rejected("row 4", "ragged-row", "1 cells under 2 headings"),
        Record(5, {"a": "3", "b": "4"}),
    ]


def test_a_stray_quote_costs_one_row() -> None:
    table = csv_table(b'a,b\n"x"y,1\n2,3\n')
    bad, good = table.records
    assert isinstance(bad, Rejected)
    assert (bad.place, bad.code) == ("row 2", "malformed-csv")
    assert good == Record(3, {"a": "2", "b": "3"})


def test_a_quote_that_is_never_closed_is_reported_with_the_loss() -> None:
    first, bad = csv_table(b'a,b\n1,2\n3,"4\n5,6\n7,8\n').records
    assert first == Record(2, {"a": "1", "b": "2"})
    assert bad == Rejected(
        "row 3",
        "malformed-csv",
        "unexpected end of data (line 3); a quote is not closed, "
        "so nothing after this line was read",
    )


def test_a_heading_that_stands_twice_is_refused_only_when_it_is_read() -> None:
    assert rows_of(b"naam,x,X\nA,1,2\n", "naam") == [(2, {"naam": "A", "x": "2"})]
    with pytest.raises(InvalidInput) as refusal:
        csv_table(b"naam,x,X\nA,1,2\n", ["x"])
    assert refusal.value.faults == (
        Fault("duplicate-column", "more than one column is called 'x'", "row 1"),
    )


def test_a_spreadsheets_error_value_is_refused_with_its_column() -> None:
    [rejected] = csv_table(b"Naam\n#N/A\n").records
    assert rejected == Rejected("row 2, column Naam", "spreadsheet-error", "the cell holds #N/A")


def test_xlsx_gives_numbers_dates_and_text_as_they_are() -> None:
    content = xlsx(
        ["Naam", "KvK", "Omzet", "Datum", "Tijd", "Vlag"],
        ["A", 1234567, 12.5, datetime(2026, 2, 1), time(9, 30), True],  # noqa: DTZ001  no zone
        [None] * 6,
        [" B ", "01234567", None, None, None, None],
    )
    assert list(xlsx_table(content).records) == [
        Record(
            2,
            {
                "naam": "A", "kvk": 1234567, "omzet": 12.5,
                "datum": datetime(2026, 2, 1), "tijd": "09:30:00", "vlag": True,  # noqa: DTZ001
            },
        ),
        Record(4, {"naam": "B", "kvk": "01234567"}),
    ]  # fmt: skip


def test_zeros_that_a_spreadsheet_took_off_are_put_back_with_a_warning() -> None:
    content = xlsx(
        ["Naam", "KvK-nummer", "Aanbod", "CPV-codes", "Leveringswijze", "Werkgebied"],
        ["A", 1234567, "Bloemen", 3121200, "producten", "NL"],
    )
    [row] = read_enterprises(content, Format.XLSX, shipped_mapping("perceel")).rows
    assert isinstance(row, Row)
    assert row.enterprise.kvk_number == "01234567"
    assert row.enterprise.offerings[0].cpv_codes == ("03121200",)
    assert row.warnings == (
        Fault(
            "zeros-restored",
            "a number lost its zeros; read as 01234567",
            "row 2, column KvK-nummer",
        ),
        Fault(
            "zeros-restored",
            "a number lost its zeros; read as 03121200",
            "row 2, column CPV-codes",
        ),
    )


def test_a_formula_counts_as_its_stored_value_and_text_with_a_sign_stays_text() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["a", "b"])
    book.active.append(["", "=1+1"])
    book.active["A2"].value = "=kaas"
    book.active["A2"].data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    # Nothing has calculated this book, so its formula has no stored value yet.
    assert list(xlsx_table(stream.getvalue()).records) == [Record(2, {"a": "=kaas"})]


def test_only_the_first_sheet_is_read_and_the_others_are_named() -> None:
    table = xlsx_table(xlsx(["a"], ["1"], second_sheet="Oud"))
    assert table.warnings == (
        Fault("unread-sheet", "only the sheet 'Sheet' is read, not ['Oud']"),
    )  # fmt: skip


def test_json_lines_are_numbered_as_in_the_file() -> None:
    assert list(json_lines(b"\xef\xbb\xbf{}\n\n  \n[]")) == [(1, b"{}\n"), (4, b"[]")]


def test_the_format_follows_from_the_end_of_the_name() -> None:
    assert format_of("lijst.CSV") is Format.CSV
    assert format_of("a.b.xlsx") is Format.XLSX
    assert format_of("a.ndjson") is Format.JSON_LINES
    with pytest.raises(InvalidInput) as refusal:
        format_of("lijst.xls")
    assert refusal.value.faults[0].code == "unknown-format"


@pytest.mark.parametrize(
    ("text", "decimal", "cents"),
    [
        ("1.250,5", ",", 1_250_50),
        ("€ 1.250", ",", 1_250_00),
        ("1250,-", ",", 1_250_00),
        ("0,005", ",", 1),
        ("1,250.50", ".", 1_250_50),
        ("1250.5", ".", 1_250_50),
        ("-3", ",", -3_00),
    ],
)
def test_an_amount_is_read_with_the_decimal_mark_of_the_mapping(
    text: str, decimal: str, cents: int
) -> None:
    assert cells.cents_of(text, decimal, in_cents=False) == cents


@pytest.mark.parametrize("text", ["1250.5", "1.25.0", "1,2,3", "12.34,5", "veel", "", "9" * 16])
def test_an_amount_that_can_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        cells.cents_of(text, ",", in_cents=False)


def test_a_number_cell_is_an_amount_whatever_the_decimal_mark() -> None:
    assert cells.cents_of(12.5, ",", in_cents=False) == 12_50
    assert cells.cents_of(1250, ",", in_cents=True) == 12_50


def test_a_date_is_read_by_the_first_form_that_fits() -> None:
    forms = ("%d-%m-%Y", "%Y-%m-%d")
    assert cells.date_of("2026-02-01", forms) == date(2026, 2, 1)
    assert cells.date_of("01-02-2026", forms) == date(2026, 2, 1)
    assert cells.date_of(datetime(2026, 2, 1, 9), forms) == date(2026, 2, 1)  # noqa: DTZ001  cell
    with pytest.raises(InvalidValue):
        cells.date_of("1 februari", forms)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1234567.0, "1234567"),
        (12.5, "12.5"),
        (float("inf"), "inf"),
        (True, "True"),
        (date(2026, 2, 1), "2026-02-01"),
        (datetime(2026, 2, 1), "2026-02-01"),  # noqa: DTZ001  spreadsheets know no zone
        (datetime(2026, 2, 1, 9), "2026-02-01T09:00:00"),  # noqa: DTZ001  as above
    ],
)
def test_a_cell_as_text_is_what_a_reader_would_write(cell: Any, text: str) -> None:
    assert cells.text_of(cell) == text


def test_yes_and_no_are_known_in_three_languages() -> None:
    assert [cells.flag_of(one) for one in ("Ja", "yes", "oui", True, 1)] == [True] * 5
    assert [cells.flag_of(one) for one in ("nee", "No", "non", False, 0)] == [False] * 5
