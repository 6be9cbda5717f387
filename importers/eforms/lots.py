"""Reads the lots of a notice. What a lot does not say itself may stand at the procedure."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from api.domain.tendering.notice import (
    Nature,
    NoticeLot,
    Place,
    Reservation,
    ReservedExecution,
)
from api.domain.tendering.places import contradiction
from api.domain.values import CpvCode
from importers.eforms.fields import (
    EXTENSION,
    Node,
    cpv,
    day,
    duration,
    form,
    indicator,
    localized,
    member,
    moment,
    money,
    phrase,
    prose,
)

MAX_LOTS: Final = 10_000
"""Identifiers of lots have four digits (eForms BT-137)."""
LOT: Final = "cac:ProcurementProjectLot"
PROJECT: Final = "cac:ProcurementProject"
VALUE: Final = f"{PROJECT}/cac:RequestedTenderTotal/cbc:EstimatedOverallContractAmount"
MAXIMUM: Final = f"{PROJECT}/cac:RequestedTenderTotal/{EXTENSION}/efbc:FrameworkMaximumAmount"

_LOCATION: Final = f"{PROJECT}/cac:RealizedLocation"
_PERIOD: Final = f"{PROJECT}/cac:PlannedPeriod"
_MAIN_CPV: Final = f"{PROJECT}/cac:MainCommodityClassification/cbc:ItemClassificationCode"
_MORE_CPV: Final = f"{PROJECT}/cac:AdditionalCommodityClassification/cbc:ItemClassificationCode"
_REQUIREMENT: Final = (
    "cac:TenderingTerms/cac:TendererQualificationRequest/cac:SpecificTendererRequirement"
    "/cbc:TendererRequirementTypeCode"
)
_EXECUTION: Final = (
    "cac:TenderingTerms/cac:ContractExecutionRequirement"
    "/cbc:ExecutionRequirementCode[@listName='reserved-execution']"
)
_OBJECTIVE: Final = (
    f"{PROJECT}/cac:ProcurementAdditionalType/cbc:ProcurementTypeCode[@listName='social-objective']"
)
_TENDERS: Final = "cac:TenderingProcess/cac:TenderSubmissionDeadlinePeriod"
_REQUESTS: Final = "cac:TenderingProcess/cac:ParticipationRequestReceptionPeriod"
_INTEREST: Final = f"cac:TenderingProcess/{EXTENSION}/efac:InterestExpressionReceptionPeriod"

_KINDS: Final = {"LOT": "Lot", "GLO": "LotsGroup", "PAR": "Part"}
_REGIONS: Final = ("anyw", "anyw-cou", "anyw-eea")
_LOT_ID = re.compile(r"[\w.-]{1,50}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{3}")
_NUTS = re.compile(r"[A-Z]{2}[A-Z0-9]{0,3}")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Shared(msgspec.Struct, frozen=True):
    """What the procedure says for every lot that does not say it itself."""

    title: str | None
    nature: Nature | None
    codes: tuple[CpvCode | None, tuple[CpvCode, ...]]
    """Main and additional CPV codes."""
    places: tuple[Place, ...]


def shared(notice: Node, language: str | None) -> Shared:
    """Read what the procedure says for its lots."""
    return Shared(
        title=phrase(localized(notice, f"{PROJECT}/cbc:Name", language)),
        nature=member(notice.value(f"{PROJECT}/cbc:ProcurementTypeCode"), Nature),
        codes=_codes(notice),
        places=_places(notice),
    )


def lots(notice: Node, procedure: Shared, language: str | None) -> tuple[NoticeLot, ...]:
    """Read all lots in document order; groups of lots and parts of a plan are no lots."""
    nodes = notice.each(LOT)
    if len(nodes) > MAX_LOTS:
        notice.fault("too-many-lots", f"{len(nodes)} lots; at most {MAX_LOTS}.")
        return ()
    named = [_named(node, notice) for node in nodes if _is_lot(node)]
    _refuse_twins(named)
    return tuple(_lot(node, lot_id, procedure, language) for node, lot_id in named)


def country(node: Node, path: str) -> str | None:
    """Read an ISO 3166 alpha-3 code."""
    return form(node.value(path), _COUNTRY, "invalid-country", "a country of three letters")


def nuts(node: Node, path: str) -> str | None:
    """Read a NUTS code of any level; whether it exists is not checked here."""
    return form(node.value(path), _NUTS, "invalid-nuts", "a NUTS code")


def _is_lot(node: Node) -> bool:
    found = node.value("cbc:ID")
    text = found.text if found else ""
    kind = (found.attribute("schemeName") if found else "") or _KINDS.get(text[:3])
    if kind in ("LotsGroup", "Part"):
        node.warn(f"{text} is a {kind}, not a lot; left out")
    elif kind != "Lot":
        shown = found.shown if found else "absent"
        node.fault("invalid-lot-id", f"The identifier of a lot is {shown}.")
    return kind == "Lot"


def _named(node: Node, notice: Node) -> tuple[Node, str]:
    """Give the lot a place that names it, for all that is said about it later."""
    lot_id = form(node.value("cbc:ID"), _LOT_ID, "invalid-lot-id", "the identifier of a lot") or ""
    place = f"{notice.place}/{LOT}[cbc:ID='{lot_id}']"
    return msgspec.structs.replace(node, place=place), lot_id


def _refuse_twins(named: Iterable[tuple[Node, str]]) -> None:
    seen: set[str] = set()
    for node, lot_id in named:
        if lot_id in seen:
            node.fault("duplicate-lot", f"The notice has more than one lot {lot_id!r}.")
        seen.add(lot_id)


def _lot(node: Node, lot_id: str, procedure: Shared, language: str | None) -> NoticeLot:
    nature = node.value(f"{PROJECT}/cbc:ProcurementTypeCode")
    main, additional = _codes(node) if _has_codes(node) else procedure.codes
    starts_on, ends_on = _period(node)
    return NoticeLot(
        source_lot_id=lot_id,
        title=_title(node, procedure, language),
        description=prose(localized(node, f"{PROJECT}/cbc:Description", language)),
        nature=member(nature, Nature) if nature else procedure.nature,
        cpv_main=main,
        cpv_additional=additional,
        estimated_value=money(node.value(VALUE)),
        framework_maximum=money(node.value(MAXIMUM)),
        duration_days=duration(node.value(f"{_PERIOD}/cbc:DurationMeasure")),
        starts_on=starts_on,
        ends_on=ends_on,
        places=_places(node) or procedure.places,
        deadline_at=_deadline(node),
        reservations=_reservations(node),
        reserved_execution=member(node.value(_EXECUTION), ReservedExecution),
        social_objectives=_objectives(node),
        sme_suitable=indicator(node.value(f"{PROJECT}/cbc:SMESuitableIndicator")),
    )


def _title(node: Node, procedure: Shared, language: str | None) -> str:
    own = localized(node, f"{PROJECT}/cbc:Name", language)
    if own is None and procedure.title:
        node.warn("no title; took the title of the procedure")
    elif own is None:
        node.fault("title-missing", "Neither the lot nor the procedure has a title.")
    return phrase(own) or procedure.title or ""


def _has_codes(node: Node) -> bool:
    return bool(node.values(_MAIN_CPV) or node.values(_MORE_CPV))


def _codes(node: Node) -> tuple[CpvCode | None, tuple[CpvCode, ...]]:
    """Read the main CPV code, and the others sorted."""
    main = node.value(_MAIN_CPV)
    main_code = cpv(main) if main else None
    others = {cpv(one) for one in node.values(_MORE_CPV)} - {main_code}
    return main_code, tuple(sorted(code for code in others if code))


def _period(node: Node) -> tuple[date | None, date | None]:
    """Read when the contract runs: the first and the last day, as published."""
    first, last = node.value(f"{_PERIOD}/cbc:StartDate"), node.value(f"{_PERIOD}/cbc:EndDate")
    starts_on, ends_on = day(first), day(last)
    if last and starts_on and ends_on and ends_on < starts_on:
        last.fault("invalid-period", f"The contract ends on {ends_on}, before {starts_on}.")
    other = node.value(f"{_PERIOD}/cbc:DescriptionCode")
    if other and other.text == "UNLIMITED":
        other.warn("the contract runs without end (BT-538); no duration was kept")
    return starts_on, ends_on


def _places(node: Node) -> tuple[Place, ...]:
    locations = node.each(_LOCATION)
    addresses = node.each(f"{_LOCATION}/cac:Address")
    if len(locations) > len(addresses):
        node.warn(f"{len(locations) - len(addresses)} places only in words; left out")
    return tuple(sorted({_place(one) for one in addresses} - {Place()}, key=_by_text))


def _place(address: Node) -> Place:
    place = Place(
        country=country(address, "cac:Country/cbc:IdentificationCode"),
        nuts=nuts(address, "cbc:CountrySubentityCode"),
        postcode=phrase(address.value("cbc:PostalZone")),
        town=phrase(address.value("cbc:CityName")),
        region=_region(address.value("cbc:Region")),
    )
    if place == Place():
        address.warn("a place without country, NUTS code, postcode or town; left out")
    elif (warning := contradiction(place)) is not None:
        address.warn(warning)
    return place


def _region(node: Node | None) -> str | None:
    if node is None or node.text in _REGIONS:
        return node.text if node else None
    node.warn(f"{node.shown} is no code of BT-727; left out")
    return None


def _by_text(place: Place) -> tuple[str, ...]:
    """Sort absent parts first; they can't be compared with text."""
    return tuple(part or "" for part in msgspec.structs.astuple(place))


def _deadline(lot: Node) -> datetime | None:
    """Read the first moment by which a firm must act (BT-131, BT-1311, BT-630).

    Expressions of interest count only where nothing else is asked for: notices converted
    from older forms repeat the deadline for tenders there.
    """
    acts = _moments(lot, (_TENDERS, _REQUESTS))
    interest = _moments(lot, (_INTEREST,))
    if len({*acts, *interest}) > 1:
        lot.warn("deadlines for tenders, requests or interest differ; took the first to act")
    return min(acts or interest, default=None)


def _moments(lot: Node, paths: Sequence[str]) -> list[datetime]:
    read = [moment(period) for path in paths for period in lot.each(path)]
    return [one for one in read if one is not None]


def _reservations(lot: Node) -> tuple[Reservation, ...]:
    """Read BT-71; a reservation is never lost for want of the name of its code list."""
    read = {
        member(one, Reservation)
        for one in lot.values(_REQUIREMENT)
        if one.attribute("listName") == "reserved-procurement"
        or (not one.attribute("listName") and one.text.startswith("res-"))
    }
    named = {one for one in read if one}
    if len(named) > 1 and Reservation.NONE in named:
        lot.warn("both reserved and not reserved (BT-71); kept as reserved")
        named.discard(Reservation.NONE)
    return tuple(sorted(named))


def _objectives(lot: Node) -> tuple[str, ...]:
    read = {
        form(one, _CODE, "invalid-code", "a code of a social objective")
        for one in lot.values(_OBJECTIVE)
    }
    return tuple(sorted(one for one in read if one))
