"""A tender as an OCDS 1.1 release with the lots extension; what is unknown is left out.

Written so that reading it with our importer, and writing it again, gives the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from api.domain.tendering.notice import (
    Buyer,
    Money,
    Nature,
    Notice,
    NoticeLot,
    Place,
    Reservation,
    ReservedExecution,
)

LOTS_EXTENSION: Final = (
    "https://raw.githubusercontent.com/open-contracting-extensions/"
    "ocds_lots_extension/v1.1.5/extension.json"
)
METHODS: Final = frozenset({"open", "selective", "limited", "direct"})
"""Closed code list `method` of OCDS 1.1."""
_LANGUAGES: Final = {"NLD": "nl", "ENG": "en", "DEU": "de", "FRA": "fr"}
_NATURES: Final = {
    Nature.SERVICES: "services",
    Nature.SUPPLIES: "goods",
    Nature.WORKS: "works",
}
_RESERVATIONS: Final = {
    Reservation.SHELTERED_WORKSHOP: "shelteredWorkshop",
    Reservation.PUBLIC_SERVICE_MISSION: "publicServiceMissionOrganization",
}
_EXECUTION: Final = {ReservedExecution.YES: True, ReservedExecution.NO: False}
_GOALS: Final = {
    "acc-all": "social.accessibility",
    "opp": "social.disadvantagedEmploymentOpportunities",
    "et-eq": "social.ethnicEquality",
    "gen-eq": "social.genderEquality",
    "hum-right": "social.humanRightsInSupplyChains",
    "work-cond": "social.laborRightsPromotion",
    "other": "social",
}
_ANYWHERE: Final = {
    "anyw": "anywhere",
    "anyw-eea": "anywhere in the European Economic Area",
    "anyw-cou": "anywhere in the given country",
}


def release_of(notice: Notice, released_on: date) -> bytes:
    """Write a release; `released_on` stands in for an unknown day of dispatch.

    Amounts in units of the currency. Source: OCDS 1.1, lots extension 1.1.5; the mapping of
    OCDS for eForms (BT-04, 21, 23, 24, 27, 31, 33, 36, 71, 137, 262, 263, 5071, 726, 736, 775).
    """
    released = notice.dispatched_on or released_on
    planned = all(lot.planned for lot in notice.lots)
    release = {
        "ocid": notice.source_id,
        # Some publishers give their releases no id; OCDS asks for one.
        "id": notice.notice_id or f"{notice.source_id}-{_moment(released)}",
        "date": _moment(released),
        "tag": ["planning" if planned else "tender"],
        "initiationType": "tender",
        "language": _LANGUAGES.get(notice.language or "", notice.language),
        "parties": _parties(notice.buyer),
        "buyer": _buyer(notice.buyer),
        "tender": _tender(notice, released),
    }
    return msgspec.json.format(msgspec.json.encode(_filled(release)), indent=2)


def tender_status(lots: Sequence[str]) -> str:
    """Give the status of a tender whose lots have these.

    Source: README of the OCDS lots extension; lots that are all planned: own choice, ADR 29.
    """
    for status in ("active", "complete", "unsuccessful", "planned"):
        if status in lots:
            return status
    return "cancelled"


def _tender(notice: Notice, released: date) -> dict[str, Any]:
    published = notice.published_on
    named = notice.procedure in METHODS
    return {
        "id": notice.source_id,
        "title": _line(notice.title),
        "description": notice.description.strip(),
        "status": tender_status([_status(lot) for lot in notice.lots]),
        "procurementMethod": notice.procedure if named else None,
        "procurementMethodDetails": None if named else notice.procedure,
        "datePublished": None if published in (None, released) else _moment(published),
        "value": _value(notice.estimated_value),
        "lotDetails": {
            "maximumLotsBidPerSupplier": notice.max_lots_submitted,
            "maximumLotsAwardedPerSupplier": notice.max_lots_awarded,
        },
        "lots": [_lot(lot) for lot in notice.lots],
        "items": [_item(place, lot) for place, lot in enumerate(notice.lots, start=1)],
    }


def _lot(lot: NoticeLot) -> dict[str, Any]:
    goals = [{"goal": _GOALS[code]} for code in lot.social_objectives if code in _GOALS]
    reserved = [_RESERVATIONS[one] for one in lot.reservations if one in _RESERVATIONS]
    execution = lot.reserved_execution
    return {
        "id": lot.source_lot_id,
        "title": _line(lot.title),
        "description": lot.description.strip(),
        "status": _status(lot),
        "value": _value(lot.estimated_value),
        "mainProcurementCategory": None if lot.nature is None else _NATURES[lot.nature],
        "contractPeriod": {
            "startDate": _moment(lot.starts_on),
            "endDate": _moment(lot.ends_on),
            "durationInDays": lot.duration_days,
        },
        "tenderPeriod": {"endDate": None if lot.deadline_at is None else _instant(lot.deadline_at)},
        "techniques": {"frameworkAgreement": {"value": _value(lot.framework_maximum)}},
        "otherRequirements": {"reservedParticipation": reserved},
        "contractTerms": {
            "reservedExecution": None if execution is None else _EXECUTION.get(execution)
        },
        "hasSustainability": True if goals else None,
        "sustainability": goals,
        "suitability": {"sme": lot.sme_suitable},
    }


def _item(place: int, lot: NoticeLot) -> dict[str, Any]:
    return {
        "id": str(place),
        "relatedLot": lot.source_lot_id,
        "classification": None if lot.cpv_main is None else _cpv(lot.cpv_main),
        "additionalClassifications": [_cpv(code) for code in lot.cpv_additional],
        "deliveryAddresses": list(_addresses(lot.places)),
        "deliveryLocations": [
            {"description": _ANYWHERE[one.region]} for one in lot.places if one.region in _ANYWHERE
        ],
    }


def _addresses(places: Sequence[Place]) -> Iterator[dict[str, Any]]:
    for one in places:
        yield {
            "locality": one.town,
            "region": one.nuts,
            "postalCode": one.postcode,
            "countryName": one.country,
        }


def _parties(buyer: Buyer | None) -> list[dict[str, Any]]:
    if buyer is None:
        return []
    address = {"locality": buyer.town, "region": buyer.nuts, "countryName": buyer.country}
    identifier = {"id": buyer.identifier}
    whole = {"roles": ["buyer"], "identifier": identifier, "address": address}
    return [{**(_buyer(buyer) or {}), **whole}]


def _buyer(buyer: Buyer | None) -> dict[str, Any] | None:
    if buyer is None:
        return None
    return {"id": buyer.identifier or "buyer", "name": _line(buyer.name)}


def _status(lot: NoticeLot) -> str:
    return "planned" if lot.planned else "active"


def _cpv(code: str) -> dict[str, str]:
    return {"scheme": "CPV", "id": code}


def _value(money: Money | None) -> dict[str, Any] | None:
    """Write cents as units; a float of two decimals is exact up to far above any contract."""
    if money is None or not money.amount_cents:
        return None
    return {"amount": money.amount_cents / 100, "currency": money.currency}


def _moment(day: date | None) -> str | None:
    return None if day is None else f"{day.isoformat()}T00:00:00Z"


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _line(text: str) -> str:
    return " ".join(text.split())


def _filled(value: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is absent or empty, at every depth."""
    kept: dict[str, Any] = {}
    for name, one in value.items():
        inner: Any = _filled(one) if isinstance(one, dict) else one
        if isinstance(one, list):
            parts = [_filled(part) if isinstance(part, dict) else part for part in one]
            inner = [part for part in parts if part not in ({}, None)]
        if inner not in (None, "", {}, []):
            kept[name] = inner
    return kept
