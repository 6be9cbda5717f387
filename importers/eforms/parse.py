"""Turns one eForms document into a notice. Pure: bytes in, a notice or a rejection out.

Field paths: eForms SDK 1.15, `fields/fields.json`; read so in notices of SDK 1.5 to 1.15.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree.ElementTree import Element

import msgspec

from api.domain.errors import InvalidInput
from api.domain.tendering.notice import Buyer, Notice, Rejected
from importers.eforms.document import read
from importers.eforms.fields import (
    EXTENSION,
    PLACEHOLDER,
    Node,
    Report,
    count,
    day,
    form,
    localized,
    money,
    phrase,
    prose,
)
from importers.eforms.lots import MAXIMUM, PROJECT, VALUE, country, lots, nuts, shared

SOURCE: Final = "eforms"

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
_BRI: Final = "http://data.europa.eu/p27/eforms-business-registration-information-notice/1"
_ROOTS: Final[Mapping[str, str]] = {
    f"{{{_UBL}ContractNotice-2}}ContractNotice": "",
    f"{{{_UBL}PriorInformationNotice-2}}PriorInformationNotice": "planning",
    f"{{{_UBL}ContractAwardNotice-2}}ContractAwardNotice": "result",
    f"{{{_BRI}}}BusinessRegistrationInformationNotice": "bri",
}
"""Roots of eForms, and the form type of a notice that does not call and does not say its own."""
_NEVER_A_CALL: Final = ("result", "bri")
_CALLS: Final = frozenset([*map(str, range(10, 25)), "E3", "CEI"])
"""Subtypes (OPP-070) that call for competition."""
_WITHOUT_CALL: Final[Mapping[str, tuple[str, str]]] = {
    "planning": ("notice-kind-planning", "only announces a plan"),
    "consultation": ("notice-kind-planning", "only consults the market"),
    "result": ("notice-kind-award", "tells who won"),
    "dir-awa-pre": ("notice-kind-award", "announces a direct award"),
    "cont-modif": ("notice-kind-modification", "changes a running contract"),
    "completion": ("notice-kind-completion", "tells that a contract was completed"),
    "bri": ("notice-kind-registration", "registers a company"),
}
"""Form types (BT-03) without lots to bid for: code, and what such a notice does."""
_SUPPLY: Final = "supply the contract notice (subtype 10 to 24, E3 or CEI) instead"

_SUBTYPE: Final = f"{EXTENSION}/efac:NoticeSubType/cbc:SubTypeCode"
_CHANGES: Final = f"{EXTENSION}/efac:Changes"
_ORGANIZATION: Final = f"{EXTENSION}/efac:Organizations/efac:Organization"
_BUYER_ID: Final = "cac:ContractingParty/cac:Party/cac:PartyIdentification/cbc:ID"
_DISTRIBUTION: Final = "cac:TenderingTerms/cac:LotDistribution"
_LANGUAGE = re.compile(r"[A-Z]{3}")
_IDENTIFIER = re.compile(r"\S{1,200}")
_VERSION = re.compile(r"\d{1,4}", re.ASCII)
_PROCEDURE = re.compile(r"[a-z][a-z-]{0,39}")
_UNKNOWN: Final = "UNKNOWN"


def notices(document: bytes) -> Iterator[Notice | Rejected]:
    """Read one eForms document of at most 20 MB; gives exactly one item.

    A document of another kind, or without lots or identification, is `Rejected`. One that
    can't be read raises `InvalidInput` with all its faults (at most 100), one that is too
    big `TooLarge`. Source: Reg. (EU) 2019/1780.
    """
    root = read(document)
    node = Node(root, f"/{_local(root)}", Report())
    result = _of_another_kind(node) or _notice(node)
    if node.report.faults:
        raise InvalidInput(*node.report.faults)
    return iter((result,))


def _of_another_kind(node: Node) -> Rejected | None:
    if _local(node.element) == "TED_EXPORT":
        detail = "This is TED XML from before eForms; supply the notice as eForms, or by hand."
        return _rejected(node, "legacy-ted-schema", detail)
    if node.element.tag not in _ROOTS:
        detail = f"{_local(node.element)[:100]} is not the root of an eForms notice; {_SUPPLY}."
        return _rejected(node, "not-eforms", detail)
    return _without_call(node) or _cancelled(node)


def _without_call(node: Node) -> Rejected | None:
    subtype, notice_type = node.value(_SUBTYPE), node.value("cbc:NoticeTypeCode")
    form_type = notice_type.attribute("listName") if notice_type else ""
    by_root = _ROOTS[node.element.tag]
    calls = subtype.text in _CALLS if subtype else form_type == "competition"
    if calls and by_root not in _NEVER_A_CALL:
        return None
    kind = form_type if form_type in _WITHOUT_CALL else by_root
    code, does = _WITHOUT_CALL.get(kind, ("notice-kind-unknown", "does not call for competition"))
    named = f"subtype {subtype.shown}" if subtype else "no subtype"
    return _rejected(node, code, f"This notice ({named}) {does}; {_SUPPLY}.")


def _cancelled(node: Node) -> Rejected | None:
    """Refuse a cancellation (BT-140): stored as a notice it would look like an open call."""
    reasons = {one.text for one in node.values(f"{_CHANGES}//efac:ChangeReason/cbc:ReasonCode")}
    sections = node.values(f"{_CHANGES}//efbc:ChangedSectionIdentifier")
    named = ", ".join(one.text[:50] for one in sections[:10]) or "the procedure"
    if "cancel" in reasons:
        detail = f"This notice cancels {named}; withdraw what was stored before."
        return _rejected(node, "notice-cancelled", detail)
    if "cancel-intent" in reasons:
        node.warn(f"the buyer intends to cancel {named} (BT-140)")
    return None


def _notice(node: Node) -> Notice | Rejected:
    language = _language(node)
    notice_id = _notice_id(node)
    source_id = _source_id(node, notice_id)
    procedure = shared(node, language)
    if procedure.title is None:
        node.warn("no title; took the title of the first lot")
    found = lots(node, procedure, language)
    _warn_of_gaps(node)
    if source_id is None:
        return _rejected(node, "notice-id-missing", "There is neither a BT-04 nor a BT-701 id.")
    if not found:
        return _rejected(node, "notice-without-lots", f"The notice has no lots; {_SUPPLY}.")

    notice = Notice(
        source=SOURCE,
        source_id=source_id,
        notice_id=notice_id,
        title=procedure.title or found[0].title,
        description=prose(localized(node, f"{PROJECT}/cbc:Description", language)),
        language=language,
        buyer=_buyer(node, language),
        procedure=_procedure(node),
        published_on=day(node.value(f"{EXTENSION}/efac:Publication/efbc:PublicationDate")),
        dispatched_on=day(node.value("cbc:IssueDate")),
        max_lots_submitted=count(node.value(f"{_DISTRIBUTION}/cbc:MaximumLotsSubmittedNumeric")),
        max_lots_awarded=count(node.value(f"{_DISTRIBUTION}/cbc:MaximumLotsAwardedNumeric")),
        estimated_value=money(node.value(VALUE)),
        lots=found,
    )
    return msgspec.structs.replace(notice, warnings=node.report.warnings)


def _language(node: Node) -> str | None:
    code = node.value("cbc:NoticeLanguageCode")
    return form(code, _LANGUAGE, "invalid-language", "a language of three letters")


def _notice_id(node: Node) -> str | None:
    """Join BT-701 and its version BT-757, as eForms does in references: `uuid-01`."""
    own = node.value("cbc:ID")
    version = node.value("cbc:VersionID")
    identifier = form(own, _IDENTIFIER, "invalid-identifier", "an identifier")
    number = form(version, _VERSION, "invalid-version", "a version number")
    return f"{identifier}-{number}" if identifier and number else identifier


def _source_id(node: Node, notice_id: str | None) -> str | None:
    folder = node.value("cbc:ContractFolderID")
    if folder is None and notice_id is not None:
        node.warn("no procedure id (BT-04); identified by the notice id (BT-701) instead")
        own = node.value("cbc:ID")
        return own.text if own else None
    return form(folder, _IDENTIFIER, "invalid-identifier", "an identifier")


def _procedure(node: Node) -> str | None:
    code = node.value("cac:TenderingProcess/cbc:ProcedureCode")
    if code and code.text == _UNKNOWN:
        code.warn("UNKNOWN is no procedure; read as absent")
        return None
    return form(code, _PROCEDURE, "invalid-code", "a code of a procedure")


def _buyer(node: Node, language: str | None) -> Buyer | None:
    """Resolve the first contracting party to its organisation; an address may be partial."""
    parties = node.values(_BUYER_ID)
    company = _company(node, parties[0].text) if parties else None
    name = phrase(localized(company, "cac:PartyName/cbc:Name", language)) if company else None
    if company is None or name is None:
        node.warn("the buyer has no name, or is not among the organisations; left out")
        return None
    if len(parties) > 1:
        node.warn(f"{len(parties)} buyers; kept the first, {name[:100]!r}")
    return Buyer(
        name=name,
        identifier=phrase(company.value("cac:PartyLegalEntity/cbc:CompanyID")),
        country=country(company, "cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
        nuts=nuts(company, "cac:PostalAddress/cbc:CountrySubentityCode"),
        town=phrase(localized(company, "cac:PostalAddress/cbc:CityName", language)),
    )


def _company(node: Node, party_id: str) -> Node | None:
    """Find the organisation that has this id, or a touch point with this id."""
    for organization in node.each(_ORGANIZATION):
        own = organization.values("efac:Company/cac:PartyIdentification/cbc:ID")
        points = organization.values("efac:TouchPoint/cac:PartyIdentification/cbc:ID")
        if party_id in {one.text for one in (*own, *points)}:
            return next(iter(organization.each("efac:Company")), None)
    return None


def _warn_of_gaps(node: Node) -> None:
    """Tell what is read as absent: elements without content, and converters' placeholders."""
    empty: Counter[str] = Counter()
    placeholders: Counter[str] = Counter()
    for element in node.element.iter():
        text = (element.text or "").strip()
        if PLACEHOLDER.fullmatch(text):
            placeholders[f"{_local(element)} {text}"] += 1
        elif not text and len(element) == 0:
            empty[_local(element)] += 1
    for kind, counter in (("empty", empty), ("placeholder", placeholders)):
        if counter:
            listed = ", ".join(f"{name[:100]} ({times})" for name, times in counter.most_common(20))
            node.warn(f"read as absent, because {kind}: {listed}")
    unkept = node.value(MAXIMUM)
    if unkept:
        unkept.warn(f"the framework maximum of the whole procedure, {unkept.shown}, is not kept")


def _rejected(node: Node, code: str, detail: str) -> Rejected:
    own = node.value("cbc:ID")
    return Rejected(node.place, code, detail, own.text[:200] if own else "")


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
