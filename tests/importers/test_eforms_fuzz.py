"""Whatever happens to the bytes of a notice: an item or a known refusal, never another error."""

from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.errors import InvalidInput, TooLarge
from api.domain.tendering.notice import Notice, Rejected
from importers.eforms.parse import notices
from tests.importers.test_eforms_builder import CPV, NAME, a_lot, a_notice, extension

PROJECT = """<cbc:ProcurementTypeCode>services</cbc:ProcurementTypeCode>
<cbc:SMESuitableIndicator>true</cbc:SMESuitableIndicator>
<cac:RequestedTenderTotal><cbc:EstimatedOverallContractAmount currencyID="EUR">1000.50
</cbc:EstimatedOverallContractAmount></cac:RequestedTenderTotal>
<cac:RealizedLocation><cac:Address><cbc:CountrySubentityCode>NL350</cbc:CountrySubentityCode>
</cac:Address></cac:RealizedLocation>
<cac:PlannedPeriod><cbc:StartDate>2027-01-01Z</cbc:StartDate><cbc:EndDate>2028-01-01Z</cbc:EndDate>
<cbc:DurationMeasure unitCode="MONTH">12</cbc:DurationMeasure></cac:PlannedPeriod>"""
DEADLINE = """<cac:TenderSubmissionDeadlinePeriod><cbc:EndDate>2026-12-31+01:00</cbc:EndDate>
<cbc:EndTime>12:00:00+01:00</cbc:EndTime></cac:TenderSubmissionDeadlinePeriod>"""
INTEREST = DEADLINE.replace("cac:TenderSubmissionDeadline", "efac:InterestExpressionReception")
DOCUMENT = a_notice(
    a_lot("LOT-0001", project=PROJECT, process=extension(INTEREST) + DEADLINE),
    a_lot("GLO-0001", scheme='schemeName="LotsGroup"'),
    terms="<cac:LotDistribution><cbc:MaximumLotsAwardedNumeric>2"
    "</cbc:MaximumLotsAwardedNumeric></cac:LotDistribution>",
    process="<cbc:ProcedureCode>open</cbc:ProcedureCode>",
    project=NAME + CPV,
)
TEXTS = [piece.split(b"<")[0] for piece in DOCUMENT.split(b">")[1:]]
VALUES = sorted({text for text in TEXTS if text.strip()})

positions = st.integers(0, len(DOCUMENT) - 1)
texts = st.text(st.characters(codec="utf-8", exclude_characters="<>&"), max_size=60)
"""What a text of a notice may become without breaking the XML."""


def outcome(document: bytes) -> object:
    try:
        [item] = notices(document)
    except (InvalidInput, TooLarge) as refused:
        return refused
    return item


def is_known(item: object) -> bool:
    if isinstance(item, InvalidInput):
        return 0 < len(item.faults) <= 101 and all(fault.code for fault in item.faults)
    return isinstance(item, Notice | Rejected | TooLarge)


def test_the_untouched_document_is_a_notice_with_all_its_fields() -> None:
    item = outcome(DOCUMENT)

    assert isinstance(item, Notice)
    assert item.lots[0].deadline_at is not None
    assert item.lots[0].estimated_value is not None


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(positions, st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes_end_in_a_known_way(changes: list[tuple[int, int]]) -> None:
    document = bytearray(DOCUMENT)
    for position, byte in changes:
        document[position] = byte

    assert is_known(outcome(bytes(document)))


@settings(max_examples=200, deadline=None)
@given(positions, st.integers(0, 200), st.binary(max_size=20))
def test_a_piece_cut_out_or_put_in_ends_in_a_known_way(
    position: int, length: int, inserted: bytes
) -> None:
    document = DOCUMENT[:position] + inserted + DOCUMENT[position + length :]

    assert is_known(outcome(document))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(VALUES), texts)
def test_another_text_in_any_field_ends_in_a_known_way(value: bytes, text: str) -> None:
    document = DOCUMENT.replace(b">" + value + b"<", f">{text}<".encode())

    assert is_known(outcome(document))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(VALUES), st.from_regex(r"\A[0-9+:.TZ-]{1,30}\Z"))
def test_another_number_or_time_in_any_field_ends_in_a_known_way(value: bytes, text: str) -> None:
    document = DOCUMENT.replace(b">" + value + b"<", f">{text}<".encode())

    assert is_known(outcome(document))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_end_in_a_known_way(document: bytes) -> None:
    assert is_known(outcome(document))
