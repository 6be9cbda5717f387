"""Purchase invoices and credit notes in UBL 2.1, as Peppol BIS Billing 3.0 uses it.

Read is only what a purchase needs: number, day, parties by KvK number, amount without VAT, and
the invoice that is credited. Names, contacts, lines and notes are left where they are.
"""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final
from xml.etree.ElementTree import Element

from api.domain.checks import Checks
from api.domain.errors import Fault, InvalidInput, InvalidValue
from api.domain.values import Cents, KvkNumber, euros_to_cents, parse_kvk
from api.entry_imports.drafts import Invoice
from importers.eforms import document

INVOICE: Final = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE: Final = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
_ROOTS: Final = {f"{{{INVOICE}}}Invoice": False, f"{{{CREDIT_NOTE}}}CreditNote": True}
_NAMES: Final = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
_KVK_SCHEMES: Final = frozenset(("0106", "NL:KVK", "KVK"))
"""ISO 6523 ICD of the Dutch business register, and how older senders write it."""
_ATTACHMENT: Final = re.compile(rb"(<(?:\w+:)?EmbeddedDocumentBinaryObject\b[^<>]*>)[^<]*")
_LONGEST_NUMBER: Final = 60
_LARGEST: Final = Decimal(10**11)


def read_invoice(content: bytes) -> Invoice:
    """Read one invoice or credit note; raises `InvalidInput` with every fault and its place."""
    # Attached documents are large and not ours to keep; the reader limits any single text.
    root = document.read(_ATTACHMENT.sub(rb"\1", content))
    is_credit_note = _ROOTS.get(root.tag)
    if is_credit_note is None:
        detail = "This is no UBL 2.1 invoice or credit note."
        raise InvalidInput(Fault("not-an-invoice", detail, "/"))
    checks = Checks()
    number = _number(root, checks)
    issued_on = _day(root, checks)
    supplier = _supplier(root, checks)
    amount = _amount(root, checks)
    checks.settle()
    refers_to = _text(root, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID")
    return Invoice(
        is_credit_note=is_credit_note,
        number=number,
        issued_on=issued_on,
        supplier_kvk=supplier,
        customer_kvk=_kvk(root.find("cac:AccountingCustomerParty/cac:Party", _NAMES)),
        amount_cents=amount,
        refers_to=refers_to or None,
    )


def _number(root: Element, checks: Checks) -> str:
    number = _text(root, "cbc:ID")
    if not 0 < len(number) <= _LONGEST_NUMBER:
        checks.note("invoice-number", f"a number of 1 to {_LONGEST_NUMBER} characters", "/cbc:ID")
    return number


def _day(root: Element, checks: Checks) -> date:
    text = _text(root, "cbc:IssueDate")
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        checks.note("invalid-date", "a day such as 2026-03-31", "/cbc:IssueDate")
        return date.min


def _supplier(root: Element, checks: Checks) -> KvkNumber:
    place = "/cac:AccountingSupplierParty/cac:Party"
    found = _kvk(root.find("cac:AccountingSupplierParty/cac:Party", _NAMES))
    if found is None:
        detail = "the supplier's KvK number (scheme 0106) is not on the invoice"
        checks.note("supplier-without-kvk", detail, place)
        return KvkNumber("")
    return found


def _kvk(party: Element | None) -> KvkNumber | None:
    """Find a number under the scheme of the business register; without a scheme eight digits."""
    if party is None:
        return None
    legal = party.findall("cac:PartyLegalEntity/cbc:CompanyID", _NAMES)
    others = party.findall("cac:PartyIdentification/cbc:ID", _NAMES)
    for element in (*legal, *others, *party.findall("cbc:EndpointID", _NAMES)):
        scheme = element.get("schemeID")
        if scheme in _KVK_SCHEMES or (scheme is None and element in legal):
            try:
                return parse_kvk(element.text or "")
            except InvalidValue:
                continue
    return None


def _amount(root: Element, checks: Checks) -> Cents:
    place = "/cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount"
    element = root.find("cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount", _NAMES)
    currency = None if element is None else element.get("currencyID")
    if currency != "EUR":
        detail = f"an amount in EUR, excluding VAT; found: {(currency or 'none')[:10]}"
        checks.note("currency-not-euro", detail, place)
        return Cents(0)
    try:
        euros = Decimal((element.text or "").strip()) if element is not None else Decimal("NaN")
        cents = euros_to_cents(euros) if abs(euros) <= _LARGEST else Cents(0)
    except (InvalidOperation, InvalidValue):
        cents = Cents(0)
    if cents <= 0:
        detail = "an amount above zero; what is credited stands in a credit note"
        checks.note("invalid-amount", detail, place)
    return cents


def _text(root: Element, path: str) -> str:
    return (root.findtext(path, "", _NAMES) or "").strip()
