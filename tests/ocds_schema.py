"""The parts of the OCDS 1.1 release schema and its lots extension that our export may use.

Written after the standard (release-schema.json 1.1.5; extensions lots, location,
sustainability, suitability, otherRequirements, contractTerms, techniques): no package ships
them, and tests do not go to the internet. Unknown fields are refused, closed lists are closed.
"""

from typing import Any


def _of(required: tuple[str, ...] = (), /, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
        "minProperties": 1,
    }


def _each(one: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": one, "minItems": 1}


TEXT = {"type": "string", "minLength": 1}
FLAG = {"type": "boolean"}
COUNT = {"type": "integer", "minimum": 0}
MOMENT = {"type": "string", "format": "date-time"}
CODE = _of(("scheme", "id"), scheme=TEXT, id=TEXT, description=TEXT)
VALUE = _of(
    ("amount", "currency"),
    amount={"type": "number"},
    currency={"type": "string", "pattern": "^[A-Z]{3}$"},
)
PERIOD = _of(startDate=MOMENT, endDate=MOMENT, durationInDays=COUNT)
STATUS = {
    "enum": [
        *("planning", "planned", "active", "cancelled"),
        *("unsuccessful", "complete", "withdrawn"),
    ]
}
ADDRESS = _of(streetAddress=TEXT, locality=TEXT, region=TEXT, postalCode=TEXT, countryName=TEXT)
CATEGORY = {"enum": ["goods", "services", "works"]}
LOT = _of(
    ("id",),
    id=TEXT,
    title=TEXT,
    description=TEXT,
    status=STATUS,
    value=VALUE,
    mainProcurementCategory=CATEGORY,
    contractPeriod=PERIOD,
    tenderPeriod=PERIOD,
    techniques=_of(frameworkAgreement=_of(value=VALUE)),
    otherRequirements=_of(
        reservedParticipation=_each(
            {"enum": ["shelteredWorkshop", "publicServiceMissionOrganization"]}
        )
    ),
    contractTerms=_of(reservedExecution=FLAG),
    hasSustainability=FLAG,
    sustainability=_each(_of(("goal",), goal=TEXT, strategies=_each(TEXT))),
    suitability=_of(sme=FLAG),
)
ITEM = _of(
    ("id",),
    id=TEXT,
    relatedLot=TEXT,
    classification=CODE,
    additionalClassifications=_each(CODE),
    deliveryAddresses=_each(ADDRESS),
    deliveryLocations=_each(_of(description=TEXT)),
)
TENDER = _of(
    ("id",),
    id=TEXT,
    title=TEXT,
    description=TEXT,
    status=STATUS,
    procurementMethod={"enum": ["open", "selective", "limited", "direct"]},
    procurementMethodDetails=TEXT,
    datePublished=MOMENT,
    value=VALUE,
    lotDetails=_of(maximumLotsBidPerSupplier=COUNT, maximumLotsAwardedPerSupplier=COUNT),
    lots=_each(LOT),
    items=_each(ITEM),
)
RELEASE = _of(
    ("ocid", "id", "date", "tag", "initiationType"),
    ocid=TEXT,
    id={"type": "string", "minLength": 1, "pattern": "^[^#/]*$"},
    date=MOMENT,
    tag=_each({"enum": ["planning", "tender", "tenderUpdate", "tenderCancellation"]}),
    initiationType={"enum": ["tender"]},
    language=TEXT,
    buyer=_of(id=TEXT, name=TEXT),
    parties=_each(
        _of(
            id=TEXT,
            name=TEXT,
            roles=_each(TEXT),
            identifier=_of(scheme=TEXT, id=TEXT, legalName=TEXT),
            address=ADDRESS,
        )
    ),
    tender=TENDER,
)
