"""Single fields of a notice: amounts, dates, codes, texts; faults and repairs with their place."""

from datetime import UTC, date, datetime

import pytest

from api.domain.errors import Fault, InvalidInput
from api.domain.tendering.notice import Buyer, Money, NoticeLot
from importers.eforms.parse import notices
from tests.importers.test_eforms_builder import (
    CPV,
    HEAD,
    NAME,
    ORGANIZATION,
    SUBTYPE,
    a_lot,
    a_notice,
    extension,
    read,
)

LOT = "/ContractNotice/cac:ProcurementProjectLot[cbc:ID='LOT-0001']"
PROJECT = f"{LOT}/cac:ProcurementProject"


def the_lot(**parts: str) -> NoticeLot:
    [lot] = read(a_notice(a_lot(**parts))).lots
    return lot


def warnings(**parts: str) -> tuple[str, ...]:
    return read(a_notice(a_lot(**parts))).warnings


def faults(**parts: str) -> list[tuple[str, str]]:
    return [(fault.code, fault.place) for fault in all_faults(a_notice(a_lot(**parts)))]


def all_faults(document: bytes) -> tuple[Fault, ...]:
    with pytest.raises(InvalidInput) as refused:
        notices(document)
    return refused.value.faults


def value(amount: str, currency: str = 'currencyID="EUR"') -> str:
    return (
        f"<cac:RequestedTenderTotal><cbc:EstimatedOverallContractAmount {currency}>{amount}"
        "</cbc:EstimatedOverallContractAmount></cac:RequestedTenderTotal>"
    )


def period(*content: str) -> str:
    return f"<cac:PlannedPeriod>{''.join(content)}</cac:PlannedPeriod>"


def duration(number: str, unit: str) -> str:
    return period(f'<cbc:DurationMeasure unitCode="{unit}">{number}</cbc:DurationMeasure>')


def tender_deadline(on: str, at: str = "", name: str = "TenderSubmissionDeadlinePeriod") -> str:
    time = f"<cbc:EndTime>{at}</cbc:EndTime>" if at else ""
    return f"<cac:{name}><cbc:EndDate>{on}</cbc:EndDate>{time}</cac:{name}>"


@pytest.mark.parametrize(
    ("amount", "cents"),
    [("1609575.86", 160_957_586), ("12.345", 1_235), ("12.344", 1_234), ("+7", 700)],
)
def test_an_amount_becomes_cents_and_halves_round_up(amount: str, cents: int) -> None:
    assert the_lot(project=value(amount)).estimated_value == Money(cents, "EUR")


@pytest.mark.parametrize(
    "amount",
    ["NaN", "INF", "-1", "1e9", "1,000", "1.000,00", "€ 5", "100000000000.01", "9" * 30, "٣"],
)
def test_an_amount_that_can_not_be_is_a_fault_at_its_place(amount: str) -> None:
    place = f"{PROJECT}/cac:RequestedTenderTotal/cbc:EstimatedOverallContractAmount"

    assert faults(project=value(amount)) == [("invalid-amount", place)]


@pytest.mark.parametrize("currency", ["", 'currencyID="euro"', 'currencyID=" "'])
def test_an_amount_needs_a_currency(currency: str) -> None:
    assert [code for code, _ in faults(project=value("5", currency))] == ["invalid-currency"]


def test_an_amount_without_hundredths_is_left_out_with_a_warning() -> None:
    yen = value("5000", 'currencyID="JPY"')

    assert the_lot(project=yen).estimated_value is None
    assert warnings(project=yen)[0].endswith("left out: JPY has no hundredths")


@pytest.mark.parametrize(
    ("number", "unit", "days"),
    [
        ("10", "DAY", 10),
        ("2", "WEEK", 14),
        ("24", "MONTH", 720),
        ("4", "YEAR", 1460),
        ("1.5", "YEAR", 548),
        ("36.0", "MONTH", 1080),
    ],
)
def test_a_duration_becomes_days(number: str, unit: str, days: int) -> None:
    assert the_lot(project=duration(number, unit)).duration_days == days


@pytest.mark.parametrize(
    ("number", "unit"), [("3", "FORTNIGHT"), ("x", "DAY"), ("-1", "DAY"), ("101", "YEAR")]
)
def test_a_duration_that_can_not_be_is_a_fault(number: str, unit: str) -> None:
    assert [code for code, _ in faults(project=duration(number, unit))] == ["invalid-duration"]


def test_a_duration_of_zero_or_without_end_is_absent_with_a_warning() -> None:
    unlimited = period("<cbc:DescriptionCode>UNLIMITED</cbc:DescriptionCode>")

    assert the_lot(project=duration("0", "MONTH")).duration_days is None
    assert warnings(project=duration("0", "MONTH"))[0].endswith("zero was read as absent")
    assert "without end (BT-538)" in warnings(project=unlimited)[0]


def test_the_days_of_a_contract_are_kept_as_written() -> None:
    runs = period(
        "<cbc:StartDate>2027-01-01+01:00</cbc:StartDate>", "<cbc:EndDate>2028-12-31Z</cbc:EndDate>"
    )

    lot = the_lot(project=runs)

    assert (lot.starts_on, lot.ends_on) == (date(2027, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize("on", ["2027-02-29", "27-01-01", "20270101", "0001-01-01", "2027-W01-1"])
def test_a_day_that_does_not_exist_is_a_fault(on: str) -> None:
    found = faults(project=period(f"<cbc:StartDate>{on}</cbc:StartDate>"))

    assert found == [("invalid-date", f"{PROJECT}/cac:PlannedPeriod/cbc:StartDate")]


def test_a_contract_can_not_end_before_it_starts() -> None:
    runs = period(
        "<cbc:StartDate>2027-01-02</cbc:StartDate>", "<cbc:EndDate>2027-01-01</cbc:EndDate>"
    )

    assert [code for code, _ in faults(project=runs)] == ["invalid-period"]


@pytest.mark.parametrize(
    ("on", "at", "moment"),
    [
        ("2027-07-01+02:00", "12:00:00+02:00", datetime(2027, 7, 1, 10, tzinfo=UTC)),
        ("2027-01-01Z", "00:30:00.123456Z", datetime(2027, 1, 1, 0, 30, tzinfo=UTC)),
        ("2027-01-01+01:00", "00:30:00+01:00", datetime(2026, 12, 31, 23, 30, tzinfo=UTC)),
        ("2027-01-31+01:00", "24:00:00+01:00", datetime(2027, 1, 31, 23, tzinfo=UTC)),
        ("2027-01-01", "12:00:00+01:00", datetime(2027, 1, 1, 11, tzinfo=UTC)),
        ("2027-01-01+01:00", "12:00:00", datetime(2027, 1, 1, 11, tzinfo=UTC)),
    ],
)
def test_a_deadline_is_a_moment_in_utc(on: str, at: str, moment: datetime) -> None:
    assert the_lot(process=tender_deadline(on, at)).deadline_at == moment
    assert warnings(process=tender_deadline(on, at)) == ()


@pytest.mark.parametrize(
    ("on", "at", "moment", "warning"),
    [
        ("2027-01-01", "12:00:00", datetime(2027, 1, 1, 11, tzinfo=UTC), "read as Dutch time"),
        ("2027-07-01", "12:00:00", datetime(2027, 7, 1, 10, tzinfo=UTC), "read as Dutch time"),
        ("2027-01-01Z", "", datetime(2027, 1, 1, 23, 59, 59, tzinfo=UTC), "no time of day"),
        ("2027-01-01Z", "12:00:00+01:00", datetime(2027, 1, 1, 11, tzinfo=UTC), "instead of Z"),
    ],
)
def test_a_deadline_that_is_not_whole_is_repaired_with_a_warning(
    on: str, at: str, moment: datetime, warning: str
) -> None:
    assert the_lot(process=tender_deadline(on, at)).deadline_at == moment
    assert warning in warnings(process=tender_deadline(on, at))[0]


@pytest.mark.parametrize("at", ["25:00:00Z", "12:00", "noon", "12:00:00+99:00"])
def test_a_time_that_does_not_exist_is_a_fault(at: str) -> None:
    assert [code for code, _ in faults(process=tender_deadline("2027-01-01", at))] == [
        "invalid-time"
    ]


def test_the_first_deadline_to_act_counts() -> None:
    requests = tender_deadline("2027-02-01Z", "12:00:00Z", "ParticipationRequestReceptionPeriod")
    both = tender_deadline("2027-03-01Z", "12:00:00Z") + requests
    interest = extension(
        "<efac:InterestExpressionReceptionPeriod><cbc:EndDate>2027-01-01Z</cbc:EndDate>"
        "<cbc:EndTime>12:00:00Z</cbc:EndTime></efac:InterestExpressionReceptionPeriod>"
    )

    assert the_lot(process=both).deadline_at == datetime(2027, 2, 1, 12, tzinfo=UTC)
    assert the_lot(process=interest + both).deadline_at == datetime(2027, 2, 1, 12, tzinfo=UTC)
    assert the_lot(process=interest).deadline_at == datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert warnings(process=interest) == ()
    assert "differ; took the first to act" in warnings(process=both)[0]


def test_the_title_is_in_the_language_of_the_notice() -> None:
    english = '<cbc:Name languageID="ENG">Cleaning</cbc:Name>'
    plain = "<cbc:Name>Ménage</cbc:Name>"

    assert the_lot(name=english + NAME).title == "Schoonmaak"
    assert the_lot(name=english + plain).title == "Ménage"
    assert the_lot(name=english).title == "Cleaning"
    assert warnings(name=english)[0].endswith("not in the language of the notice, NLD")


def test_a_title_is_one_line_and_a_description_loses_its_indentation() -> None:
    name = "<cbc:Name>\n\t\tGroen\n\t\ten grijs </cbc:Name>"
    description = "<cbc:Description>\n    Eerst dit.\n\t\tDan dat.\n  </cbc:Description>"

    lot = the_lot(name=name, project=description)

    assert (lot.title, lot.description) == ("Groen en grijs", "Eerst dit.\nDan dat.")


def test_a_title_longer_than_a_page_is_a_fault() -> None:
    name = f"<cbc:Name>{'x' * 2001}</cbc:Name>"

    assert ("text-too-long", f"{PROJECT}/cbc:Name") in faults(name=name)


def test_a_lot_without_title_takes_that_of_the_procedure() -> None:
    assert the_lot(name="").title == "Schoonmaak"
    assert warnings(name="") == (f"{LOT}: no title; took the title of the procedure",)
    assert [f.code for f in all_faults(a_notice(a_lot(name=""), project=""))] == ["title-missing"]


def test_a_notice_without_title_takes_that_of_its_first_lot() -> None:
    notice = read(a_notice(project=CPV))

    assert notice.title == "Schoonmaak"
    assert notice.warnings == ("/ContractNotice: no title; took the title of the first lot",)


@pytest.mark.parametrize(
    ("text", "expected"), [("true", True), ("1", True), ("false", False), ("0", False)]
)
def test_suitable_for_small_firms_is_yes_or_no(text: str, expected: bool) -> None:  # noqa: FBT001  a table
    project = f"<cbc:SMESuitableIndicator>{text}</cbc:SMESuitableIndicator>"

    assert the_lot(project=project).sme_suitable is expected


def test_at_most_so_many_lots_for_one_firm() -> None:
    terms = (
        "<cac:LotDistribution><cbc:MaximumLotsAwardedNumeric>3</cbc:MaximumLotsAwardedNumeric>"
        "<cbc:MaximumLotsSubmittedNumeric>5.0</cbc:MaximumLotsSubmittedNumeric>"
        "</cac:LotDistribution>"
    )
    notice = read(a_notice(terms=terms))

    assert (notice.max_lots_submitted, notice.max_lots_awarded) == (5, 3)
    assert [f.code for f in all_faults(a_notice(terms=terms.replace("5.0", "0")))] == [
        "invalid-number"
    ]


def test_a_buyer_may_be_named_by_its_touch_point() -> None:
    point = "<efac:TouchPoint><cac:PartyIdentification><cbc:ID>TPO-0001</cbc:ID>"
    organization = ORGANIZATION.replace(
        "</efac:Organization>",
        f"{point}</cac:PartyIdentification></efac:TouchPoint></efac:Organization>",
    )
    document = a_notice(organizations=organization)
    by_point = document.replace(b'"organization">ORG-0001', b'"touchpoint">TPO-0001')

    assert read(by_point).buyer == Buyer(name="Gemeente Voorbeeld")


def test_a_buyer_who_can_not_be_found_is_left_out_with_a_warning() -> None:
    notice = read(a_notice(organizations=ORGANIZATION.replace("ORG-0001", "ORG-0002")))

    assert notice.buyer is None
    assert "not among the organisations" in notice.warnings[0]


def test_all_faults_of_a_document_come_at_once() -> None:
    document = a_notice(
        a_lot(project=value("-1"), process=tender_deadline("2027-02-30")),
        a_lot("LOT-0001", project=duration("x", "DAY")),
        a_lot("a lot", scheme=""),
        head=HEAD.replace("2026-11-16", "2026-13-16").replace(">NLD<", ">nl<"),
        subtype=SUBTYPE,
    )

    assert sorted(fault.code for fault in all_faults(document)) == [
        "duplicate-lot",
        "invalid-amount",
        "invalid-date",
        "invalid-date",
        "invalid-duration",
        "invalid-language",
        "invalid-lot-id",
    ]


def test_an_amount_of_zero_is_unknown_and_said_so() -> None:
    assert the_lot(project=value("0")).estimated_value is None
    assert any("zero was read as unknown" in one for one in warnings(project=value("0")))
