"""Invoices in UBL: what is read, and what hostile documents meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import DomainError, InvalidInput
from importers.entries.ubl import read_invoice

NAMES = "urn:oasis:names:specification:ubl:schema:xsd"
OPEN = (
    f'<Invoice xmlns="{NAMES}:Invoice-2" xmlns:cac="{NAMES}:CommonAggregateComponents-2"'
    f' xmlns:cbc="{NAMES}:CommonBasicComponents-2">'
)
ID = "<cbc:ID>2026-17</cbc:ID>"
DAY = "<cbc:IssueDate>2026-03-31</cbc:IssueDate>"
PARTY = "<cac:AccountingSupplierParty><cac:Party>{}</cac:Party></cac:AccountingSupplierParty>"
LEGAL = PARTY.format(
    "<cac:PartyLegalEntity><cbc:CompanyID>12345678</cbc:CompanyID></cac:PartyLegalEntity>"
)
TOTAL = (
    "<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount currencyID='{}'>{}</cbc:TaxExclusiveAmount>"
    "</cac:LegalMonetaryTotal>"
)
AMOUNT = TOTAL.format("EUR", "100.005")


def read(*parts: str) -> bytes:
    return (OPEN + "".join(parts) + "</Invoice>").encode()


def test_an_invoice_is_read_by_number_day_parties_and_amount() -> None:
    found = read_invoice(read(ID, DAY, LEGAL, AMOUNT))

    assert (found.number, found.issued_on.isoformat()) == ("2026-17", "2026-03-31")
    assert (found.supplier_kvk, found.customer_kvk) == ("12345678", None)
    assert found.amount_cents == 10_001
    assert not found.is_credit_note


@pytest.mark.parametrize(
    "party",
    [
        "<cbc:EndpointID schemeID='0106'>12345678</cbc:EndpointID>",
        (
            "<cac:PartyIdentification><cbc:ID schemeID='NL:KVK'>1234 5678</cbc:ID>"
            "</cac:PartyIdentification>"
        ),
        (
            "<cac:PartyLegalEntity><cbc:CompanyID schemeID='0190'>00000001234567890000"
            "</cbc:CompanyID></cac:PartyLegalEntity>"
            "<cbc:EndpointID schemeID='0106'>12345678</cbc:EndpointID>"
        ),
    ],
)
def test_the_kvk_number_is_found_wherever_its_scheme_stands(party: str) -> None:
    assert read_invoice(read(ID, DAY, PARTY.format(party), AMOUNT)).supplier_kvk == "12345678"


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_invoice(read("<cbc:IssueDate>31-3-2026</cbc:IssueDate>", TOTAL.format("USD", "1")))

    assert [fault.code for fault in refused.value.faults] == [
        "invoice-number",
        "invalid-date",
        "supplier-without-kvk",
        "currency-not-euro",
    ]


@pytest.mark.parametrize("amount", ["-5", "0", "NaN", "Infinity", "1e400", "veel", ""])
def test_an_amount_that_is_none_is_refused(amount: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_invoice(read(ID, DAY, LEGAL, TOTAL.format("EUR", amount)))

    assert [fault.code for fault in refused.value.faults] == ["invalid-amount"]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">'
    f"]>{OPEN}<cbc:ID>&b;</cbc:ID></Invoice>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    f"{OPEN}<cbc:ID>&a;</cbc:ID></Invoice>"
)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"not xml",
        BOMB.encode(),
        OUTSIDE.encode(),
        b"<a/>",
        f"<Order xmlns='{NAMES}:Order-2'/>".encode(),
        ("<a>" * 5_000).encode(),
        (OPEN + "<cbc:Note>" + "x" * 300_000).encode(),
        b"\xff\xfe" + "<a/>".encode("utf-16-le")[:-1],
    ],
)
def test_hostile_documents_are_refused_in_a_sentence(document: bytes) -> None:
    with pytest.raises(DomainError):
        read_invoice(document)


def test_a_large_attachment_is_not_read() -> None:
    attached = (
        "<cac:AdditionalDocumentReference><cac:Attachment><cbc:EmbeddedDocumentBinaryObject"
        f" mimeCode='application/pdf'>{'QUJD' * 250_000}</cbc:EmbeddedDocumentBinaryObject>"
        "</cac:Attachment></cac:AdditionalDocumentReference>"
    )

    assert read_invoice(read(ID, DAY, attached, LEGAL, AMOUNT)).number == "2026-17"


@given(st.text(max_size=80))
def test_whatever_stands_in_a_number_is_read_or_refused(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    try:
        found = read_invoice(read(f"<cbc:ID>{escaped}</cbc:ID>", DAY, LEGAL, AMOUNT))
    except DomainError:
        return
    assert 0 < len(found.number) <= 60
