"""A tender as an eForms skeleton: the business terms we know, in the places of SDK 1.15.

It is no complete notice: the buyer's own system adds the rest and checks it. Written so that
reading it with our importer, and writing it again, gives the same bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from api.domain.tendering.notice import Buyer, Money, Notice, NoticeLot, Place

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
_EU: Final = "http://data.europa.eu/p27/eforms-ubl-extension"
_NAMESPACES: Final = {
    "xmlns": f"{_UBL}ContractNotice-2",
    "xmlns:cac": f"{_UBL}CommonAggregateComponents-2",
    "xmlns:cbc": f"{_UBL}CommonBasicComponents-2",
    "xmlns:ext": f"{_UBL}CommonExtensionComponents-2",
    "xmlns:efac": f"{_EU}-aggregate-components/1",
    "xmlns:efbc": f"{_EU}-basic-components/1",
    "xmlns:efext": f"{_EU}s/1",
}
SUBTYPE: Final = "16"
"""Contract notice, general directive (Reg. (EU) 2019/1780, annex, table 2)."""
_BUYER: Final = "ORG-0001"
_NO_LANGUAGE: Final = "NLD"
_Lines = Iterable[str]


def skeleton_of(notice: Notice, issued_on: date) -> bytes:
    """Write a skeleton; `issued_on` stands in for an unknown day of dispatch.

    Source: eForms SDK 1.15, fields.json: BT-01, 02, 04, 05, 21, 23, 24, 27, 31, 33, 36, 71,
    105, 131, 137, 262, 263, 271, 500, 501, 536, 537, 701, 702, 726, 736, 757, 775, 5071.
    """
    tongue = notice.language if notice.language and len(notice.language) == 3 else _NO_LANGUAGE  # noqa: PLR2004  ISO 639-2
    own, version = _identified(notice)
    body = [
        *_extension([*_subtype(), *_organizations(notice.buyer, tongue), *_publication(notice)]),
        _tag("cbc:CustomizationID", "eforms-sdk-1.15"),
        _tag("cbc:ID", own, schemeName="notice-id"),
        _tag("cbc:ContractFolderID", notice.source_id),
        _tag("cbc:IssueDate", _day(notice.dispatched_on or issued_on)),
        _tag("cbc:VersionID", version),
        _tag("cbc:NoticeTypeCode", "cn-standard", listName="competition"),
        _tag("cbc:NoticeLanguageCode", tongue),
        *_party(notice.buyer),
        *_within("cac:TenderingTerms", _within("cac:LotDistribution", _limits(notice))),
        *_within("cac:TenderingProcess", _code("cbc:ProcedureCode", notice.procedure)),
        *_within("cac:ProcurementProject", _whole(notice, tongue)),
        *(line for lot in notice.lots for line in _lot(lot, tongue)),
    ]
    spaces = " ".join(f"{name}={quoteattr(value)}" for name, value in _NAMESPACES.items())
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<ContractNotice {spaces}>",
        *(f"  {line}" for line in body),
        "</ContractNotice>\n",
    ]
    return "\n".join(lines).encode()


def _identified(notice: Notice) -> tuple[str, str]:
    """Part the id of a notice from its version (BT-701, BT-757); without one it is the first."""
    whole = "-".join((notice.notice_id or notice.source_id).split())
    own, _, version = whole.rpartition("-")
    is_version = len(version) <= 4 and version.isdecimal()  # noqa: PLR2004  of BT-757
    return (own, version) if own and is_version else (whole, "01")


def _subtype() -> _Lines:
    return _within(
        "efac:NoticeSubType", [_tag("cbc:SubTypeCode", SUBTYPE, listName="notice-subtype")]
    )


def _publication(notice: Notice) -> _Lines:
    if notice.published_on is None:
        return []
    return _within("efac:Publication", [_tag("efbc:PublicationDate", _day(notice.published_on))])


def _organizations(buyer: Buyer | None, tongue: str) -> _Lines:
    if buyer is None:
        return []
    country = _within("cac:Country", _code("cbc:IdentificationCode", buyer.country))
    address = [
        *_code("cbc:CityName", buyer.town),
        *_code("cbc:CountrySubentityCode", buyer.nuts),
        *country,
    ]
    company = [
        *_within("cac:PartyIdentification", [_tag("cbc:ID", _BUYER)]),
        *_within("cac:PartyName", [_tag("cbc:Name", _line(buyer.name), languageID=tongue)]),
        *_within("cac:PostalAddress", address),
        *_within("cac:PartyLegalEntity", _code("cbc:CompanyID", buyer.identifier)),
    ]
    nested = _within("efac:Organization", _within("efac:Company", company))
    return _within("efac:Organizations", nested)


def _party(buyer: Buyer | None) -> _Lines:
    if buyer is None:
        return []
    identified = _within("cac:PartyIdentification", [_tag("cbc:ID", _BUYER)])
    return _within("cac:ContractingParty", _within("cac:Party", identified))


def _limits(notice: Notice) -> Iterator[str]:
    if notice.max_lots_awarded is not None:
        yield _tag("cbc:MaximumLotsAwardedNumeric", str(notice.max_lots_awarded))
    if notice.max_lots_submitted is not None:
        yield _tag("cbc:MaximumLotsSubmittedNumeric", str(notice.max_lots_submitted))


def _whole(notice: Notice, tongue: str) -> Iterator[str]:
    yield _tag("cbc:Name", _line(notice.title), languageID=tongue)
    yield from _prose(notice.description, tongue)
    yield from _within("cac:RequestedTenderTotal", _amount(notice.estimated_value))


def _lot(lot: NoticeLot, tongue: str) -> _Lines:
    return _within(
        "cac:ProcurementProjectLot",
        [
            _tag("cbc:ID", lot.source_lot_id, schemeName="Lot"),
            *_within("cac:TenderingTerms", _terms(lot)),
            *_within("cac:TenderingProcess", _deadline(lot)),
            *_within("cac:ProcurementProject", _project(lot, tongue)),
        ],
    )


def _terms(lot: NoticeLot) -> Iterator[str]:
    for reservation in lot.reservations:
        code = _tag(
            "cbc:TendererRequirementTypeCode", reservation.value, listName="reserved-procurement"
        )
        required = _within("cac:SpecificTendererRequirement", [code])
        yield from _within("cac:TendererQualificationRequest", required)
    if lot.reserved_execution is not None:
        code = _tag(
            "cbc:ExecutionRequirementCode",
            lot.reserved_execution.value,
            listName="reserved-execution",
        )
        yield from _within("cac:ContractExecutionRequirement", [code])


def _deadline(lot: NoticeLot) -> _Lines:
    if lot.deadline_at is None:
        return []
    at = lot.deadline_at.astimezone(UTC)
    period = [_tag("cbc:EndDate", f"{at:%Y-%m-%d}Z"), _tag("cbc:EndTime", f"{at:%H:%M:%S}Z")]
    return _within("cac:TenderSubmissionDeadlinePeriod", period)


def _project(lot: NoticeLot, tongue: str) -> Iterator[str]:
    yield _tag("cbc:Name", _line(lot.title), languageID=tongue)
    yield from _prose(lot.description, tongue)
    if lot.nature is not None:
        yield _tag("cbc:ProcurementTypeCode", lot.nature.value, listName="contract-nature")
    if lot.sme_suitable is not None:
        yield _tag("cbc:SMESuitableIndicator", "true" if lot.sme_suitable else "false")
    for objective in lot.social_objectives:
        code = _tag("cbc:ProcurementTypeCode", objective, listName="social-objective")
        yield from _within("cac:ProcurementAdditionalType", [code])
    yield from _within("cac:RequestedTenderTotal", _totals(lot))
    yield from _classified("cac:MainCommodityClassification", [lot.cpv_main])
    yield from _classified("cac:AdditionalCommodityClassification", lot.cpv_additional)
    for place in lot.places:
        yield from _within("cac:RealizedLocation", _within("cac:Address", _address(place)))
    yield from _within("cac:PlannedPeriod", _period(lot))


def _totals(lot: NoticeLot) -> Iterator[str]:
    if lot.framework_maximum is not None:
        most = _money("efbc:FrameworkMaximumAmount", lot.framework_maximum)
        yield from _extension([most])
    yield from _amount(lot.estimated_value)


def _classified(name: str, codes: Sequence[str | None]) -> Iterator[str]:
    for code in codes:
        if code is not None:
            yield from _within(name, [_tag("cbc:ItemClassificationCode", code, listName="cpv")])


def _address(place: Place) -> Iterator[str]:
    yield from _code("cbc:CityName", place.town)
    yield from _code("cbc:PostalZone", place.postcode)
    yield from _code("cbc:Region", place.region)
    yield from _code("cbc:CountrySubentityCode", place.nuts)
    yield from _within("cac:Country", _code("cbc:IdentificationCode", place.country))


def _period(lot: NoticeLot) -> Iterator[str]:
    if lot.starts_on is not None:
        yield _tag("cbc:StartDate", _day(lot.starts_on))
    if lot.ends_on is not None:
        yield _tag("cbc:EndDate", _day(lot.ends_on))
    if lot.duration_days is not None:
        yield _tag("cbc:DurationMeasure", str(lot.duration_days), unitCode="DAY")


def _amount(money: Money | None) -> list[str]:
    if money is None or not money.amount_cents:
        return []
    return [_money("cbc:EstimatedOverallContractAmount", money)]


def _money(name: str, money: Money) -> str:
    whole, rest = divmod(money.amount_cents, 100)
    return _tag(name, f"{whole}.{rest:02}", currencyID=money.currency)


def _extension(lines: _Lines) -> _Lines:
    for name in (
        *("efext:EformsExtension", "ext:ExtensionContent"),
        *("ext:UBLExtension", "ext:UBLExtensions"),
    ):
        lines = _within(name, lines)
    return lines


def _within(name: str, lines: _Lines) -> list[str]:
    """Put lines in an element; without any there is none."""
    inner = list(lines)
    return [f"<{name}>", *(f"  {line}" for line in inner), f"</{name}>"] if inner else []


def _code(name: str, text: str | None) -> list[str]:
    return [] if not text else [_tag(name, text)]


def _prose(text: str, tongue: str) -> list[str]:
    """Write a description as one line: a line's indentation would not come back."""
    return [_tag("cbc:Description", _line(text), languageID=tongue)] if text.strip() else []


def _tag(name: str, text: str, **attributes: str) -> str:
    """Write an element; characters that XML can't hold are left out."""
    said = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    clean = "".join(one for one in text if one >= " " and one not in "\ufffe\uffff")
    return f"<{name}{said}>{escape(clean)}</{name}>"


def _day(day: date) -> str:
    return f"{day.isoformat()}Z"


def _line(text: str) -> str:
    return " ".join(text.split())
