"""Cell by cell: what rows of the TenderNed dataset say, and what is refused at which cell."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.errors import InvalidInput
from api.domain.tendering.notice import Money, Notice, Rejected, Reservation
from importers.tenderned.columns import MANDATORY, Column
from importers.tenderned.parse import notices

A_ROW = {
    "ID publicatie": "1",
    "Tenderned kenmerk": "T-1",
    "Publicatiedatum": "31-01-2026",
    "Naam aanbestedende dienst": "Gemeente Ede",
    "Naam aanbesteding": "Groenonderhoud",
    "Publicatie soort": "Aankondiging van een opdracht",
    "Hoofd cpv definitie code": "77310000-6",
}
HEADER = tuple(Column)


def a_file(*rows: dict[str, str], header: Sequence[str] = HEADER) -> bytes:
    target = io.StringIO()
    writer = csv.DictWriter(target, header, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()


def read(*changes: dict[str, str]) -> list[Notice | Rejected]:
    return list(notices(a_file(*(A_ROW | change for change in changes))))


def read_one(*changes: dict[str, str]) -> Notice:
    [found] = read(*changes)
    assert isinstance(found, Notice), found
    return found


def faults(document: bytes) -> list[tuple[str, str, str]]:
    with pytest.raises(InvalidInput) as caught:
        notices(document)
    return [(one.code, one.place, one.detail) for one in caught.value.faults]


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("1234,56", 1_234_56),
        ("1.234.567,89", 1_234_567_89),
        ("400.000", 400_000_00),
        ("400000.00", 400_000_00),
        ("12,345", 12_35),
        ("5", 5_00),
    ],
)
def test_amounts_are_dutch_and_halves_round_up(written: str, cents: int) -> None:
    change = {
        "Oorspronkelijk geraamde waarde - bedrag": written,
        "Oorspronkelijk geraamde waarde - valuta": "EUR",
    }

    assert read_one(change).estimated_value == Money(cents, "EUR")


def estimate(**cells: str) -> Notice:
    names = {
        "amount": "Oorspronkelijk geraamde waarde - bedrag",
        "currency": "Oorspronkelijk geraamde waarde - valuta",
        "vat": "Waarde raming incl btw?",
        "rate": "Waarde geraamd btw percentage",
        "period": "Jaarlijks of maandelijkse waarde",
    }
    return read_one({names[key]: cell for key, cell in cells.items()})


def test_vat_is_taken_off_an_estimate() -> None:
    notice = estimate(amount="121.000,00", currency="EUR", vat="Ja", rate="21")

    assert notice.estimated_value == Money(100_000_00, "EUR")
    assert notice.warnings == ("21 % VAT was taken off the estimate",)


def test_an_estimate_with_vat_of_an_unknown_rate_is_unknown() -> None:
    notice = estimate(amount="121.000,00", currency="EUR", vat="Ja")

    assert notice.estimated_value is None
    assert notice.warnings == ("the estimate has VAT in it, of an unknown rate; left out",)


@pytest.mark.parametrize(("currency", "named"), [("USD", "USD"), ("", "an unknown currency")])
def test_an_estimate_in_another_currency_is_left_out(currency: str, named: str) -> None:
    notice = estimate(amount="5", currency=currency)

    assert notice.estimated_value is None
    assert notice.warnings == (f"an estimate in {named}; left out",)


def test_an_estimate_of_zero_is_unknown_and_a_period_is_named() -> None:
    notice = estimate(amount="0,00", currency="EUR", period="Jaarlijks")

    assert notice.estimated_value is None
    assert notice.warnings == (
        "the estimate is for this period: Jaarlijks",
        "an estimate of 0 is read as not published",
    )


def test_the_first_deadline_by_which_a_firm_must_act_counts() -> None:
    notice = read_one(
        {
            "Sluitingsdatum aanmelding": "02-03-2026 12:00",
            "Sluitingsdatum aanbesteding": "01-07-2026 12:00",
        }
    )

    assert notice.lots[0].deadline_at == datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    assert notice.warnings == ("deadlines for requests and tenders differ; took the first to act",)


def test_reserved_to_a_profession_is_no_reserved_lot() -> None:
    notice = read_one({"Voorbehouden voor beroepsgroep": "Advocaten"})

    assert notice.lots[0].reservations == ()
    assert notice.warnings == ("left out, reservations without an eForms code: Advocaten",)


def test_a_reservation_is_read_whatever_its_capitals() -> None:
    notice = read_one({"Voorbehouden voor beroepsgroep": "sociale werkplaats en Ondernemers"})

    assert notice.lots[0].reservations == (Reservation.SHELTERED_WORKSHOP,)


def test_rows_of_one_tender_need_not_stand_together() -> None:
    found = read(
        {"Perceel id": "1", "Opdracht": "Noord"},
        {"Tenderned kenmerk": "T-2"},
        {"Perceel id": "2", "Opdracht": "Zuid"},
    )

    assert [(one.source_id, len(one.lots)) for one in found if isinstance(one, Notice)] == [
        ("T-1", 2),
        ("T-2", 1),
    ]


def test_a_lot_with_two_winners_is_one_lot() -> None:
    notice = read_one({"Perceel id": "1"}, {"Perceel id": "1"})

    assert [lot.source_lot_id for lot in notice.lots] == ["1"]
    assert notice.warnings == ()


def test_a_row_that_contradicts_its_lot_is_named_and_the_first_counts() -> None:
    notice = read_one({"Perceel id": "1"}, {"Perceel id": "1", "Nutscode": "NL225"})

    assert notice.lots[0].places == ()
    assert notice.warnings == ("row 3: says otherwise about lot 1; left out",)


def test_lots_without_an_id_are_numbered_by_their_titles() -> None:
    notice = read_one({"Opdracht": "Noord"}, {"Opdracht": "Zuid"}, {"Opdracht": "Noord"})

    assert [(lot.source_lot_id, lot.title) for lot in notice.lots] == [
        ("LOT-0001", "Noord"),
        ("LOT-0002", "Zuid"),
    ]
    assert notice.warnings == ("2 lots have no Perceel id; numbered",)


def test_the_call_counts_among_the_publications_of_a_tender() -> None:
    notice = read_one(
        {"ID publicatie": "1", "Publicatie soort": "Vooraankondiging"},
        {"ID publicatie": "2", "Publicatiedatum": "01-02-2026"},
        {"ID publicatie": "3", "Publicatiedatum": "02-02-2026"},
        {
            "ID publicatie": "4",
            "Publicatiedatum": "01-06-2026",
            "Publicatie soort": "Aankondiging van een gegunde opdracht",
        },
    )

    assert notice.notice_id == "3"
    assert notice.published_on == date(2026, 2, 2)
    assert notice.warnings == ("left out, other publications of the same tender: 1, 2, 4",)


def test_unknown_columns_are_named_once_in_the_whole_file() -> None:
    rows = (A_ROW | {"Kleur": "rood"}, A_ROW | {"Tenderned kenmerk": "T-2"})
    found = list(notices(a_file(*rows, header=(*HEADER, "Kleur"))))

    assert [one.warnings for one in found if isinstance(one, Notice)] == [
        ("unknown columns, not read: Kleur",),
        (),
    ]


def test_the_spaces_behind_a_column_name_do_not_count() -> None:
    document = a_file(A_ROW | {"Opdracht": "Noord"}).replace(b";Opdracht;", b";Opdracht  ;", 1)
    document = document.replace(b"Opdracht\r\n", b"Opdracht  \r\n", 1)

    [found] = notices(document)
    assert isinstance(found, Notice)
    assert found.lots[0].title == "Noord"


def test_windows_1252_is_read_with_a_warning() -> None:
    document = a_file(A_ROW | {"Naam aanbesteding": "Coördinatie €"}).decode().encode("cp1252")

    [found] = notices(document)
    assert isinstance(found, Notice)
    assert found.title == "Coördinatie €"
    assert found.warnings == ("not UTF-8; read as Windows-1252",)


def test_cells_may_hold_delimiters_quotes_and_line_breaks() -> None:
    words = 'Onderhoud; "groen"\r\nen water'

    assert read_one({"Omschrijving aanbesteding": words}).description == words


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("Hoofd cpv definitie code", "groen", "invalid-cpv"),
        ("Hoofd sub cpv 2 code", "1", "invalid-cpv"),
        ("Publicatiedatum", "2026-01-31", "invalid-date"),
        ("Publicatiedatum", "30-02-2026", "invalid-date"),
        ("Publicatiedatum", "01-01-0001", "invalid-date"),
        ("Sluitingsdatum aanbesteding", "morgen", "invalid-date"),
        ("Nutscode", "Achterhoek", "invalid-nuts"),
        ("Oorspronkelijk geraamde waarde - bedrag", "veel", "invalid-number"),
        ("Oorspronkelijk geraamde waarde - bedrag", "1,234.56", "invalid-number"),
        ("Naam aanbesteding", "", "missing"),
        ("ID publicatie", "", "missing"),
        ("Naam aanbesteding", "x" * 2001, "text-too-long"),
        ("Opdracht", "a\0b", "invalid-text"),
    ],
)
def test_a_bad_cell_refuses_its_tender_only(column: str, cell: str, code: str) -> None:
    found = read({"Tenderned kenmerk": "T-0"}, {column: cell}, {"Tenderned kenmerk": "T-2"})

    rejected = found[1]
    assert isinstance(rejected, Rejected)
    assert (rejected.place, rejected.code) == (f"row 3, column {column}", code)
    assert rejected.record == "T-1"
    assert [type(one) for one in found] == [Notice, Rejected, Notice]


@pytest.mark.parametrize(
    ("amount", "code"), [("-1", "negative-amount"), ("100000000001", "absurd-amount")]
)
def test_an_amount_that_can_not_be_is_refused(amount: str, code: str) -> None:
    [found] = read(
        {
            "Oorspronkelijk geraamde waarde - bedrag": amount,
            "Oorspronkelijk geraamde waarde - valuta": "EUR",
        }
    )

    assert isinstance(found, Rejected)
    assert found.code == code


def test_a_contract_that_ends_before_it_starts_is_refused() -> None:
    [found] = read({"Aanvang opdracht": "02-01-2026", "Voltooiing opdracht": "01-01-2026"})

    assert isinstance(found, Rejected)
    assert (found.place, found.code) == ("row 2, column Voltooiing opdracht", "invalid-period")


def test_a_row_without_the_key_of_its_tender_is_refused() -> None:
    [found] = read({"Tenderned kenmerk": " "})

    assert isinstance(found, Rejected)
    assert (found.place, found.code) == ("row 2, column Tenderned kenmerk", "missing")


def test_runs_of_rows_that_do_not_fit_the_header_are_refused_together() -> None:
    document = a_file(A_ROW) + b"a;b\r\n" * 3 + b"\r\n" + b"c\r\n"

    found = list(notices(document))

    assert [(one.place, one.code) for one in found if isinstance(one, Rejected)] == [
        ("rows 3 to 5", "ragged-row"),
        ("row 7", "ragged-row"),
    ]
    assert isinstance(found[-1], Notice)


def test_all_missing_columns_are_named() -> None:
    assert [place for _, place, _ in faults(b"")] == ["row 1"] * len(MANDATORY)
    assert faults(a_file(header=[one for one in HEADER if one != "Perceel id"])) == [
        ("missing-column", "row 1", "the column Perceel id is missing")
    ]


def test_a_column_that_occurs_twice_is_refused() -> None:
    document = a_file(header=HEADER).replace(b"Nutscode", b"AD land", 1)

    assert faults(document) == [("duplicate-column", "row 1", "the column AD land occurs 2 times")]


@pytest.mark.parametrize(
    ("document", "code", "place"),
    [
        (a_file(A_ROW) + b'"never closed', "invalid-csv", "line 3"),
        (a_file(A_ROW) + b"x" * 200_000, "invalid-csv", "line 3"),
        (b"a\n\x81\n", "invalid-encoding", "line 2"),
        (b";" * 1_000, "too-many-columns", "row 1"),
    ],
)
def test_a_file_that_can_not_be_read_is_refused_with_a_place(
    document: bytes, code: str, place: str
) -> None:
    assert [(one[0], one[1]) for one in faults(document)] == [(code, place)]


CELLS = st.sampled_from(["", "Ja", "21", "31-12-2026", "90910000", "NL225", "EUR", "-1", "1e9"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(HEADER), CELLS | st.text(max_size=20)), max_size=4))
def test_any_cells_give_notices_or_rejections(rows: list[dict[str, str]]) -> None:
    document = a_file(*(A_ROW | row for row in rows)).decode(errors="replace").encode()

    found = list(notices(document))

    assert all(isinstance(one, (Notice, Rejected)) for one in found)
    assert msgspec.json.encode(found)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_behind_the_header_are_read_or_refused(document: bytes) -> None:
    try:
        found = list(notices(a_file() + document))
    except InvalidInput:
        return
    assert all(isinstance(one, (Notice, Rejected)) for one in found)
