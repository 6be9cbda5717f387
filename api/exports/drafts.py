"""From profiles to lines, cells and linked data. Pure (ADR 14)."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

import msgspec

from api.domain.directory import MarkState, ServiceMode, reserved_eligible
from api.domain.matching.rules import RULES_2026
from api.domain.profile.products import Product
from api.domain.tendering.coverage import Coverage, Places, Radius
from api.enterprises.schemas import EnterpriseOut, MarkOut, OfferingOut
from api.formulas import csv_rows, inert
from api.reference.service import Reference

Cell = str | int | float | bool | date | tuple[str, ...] | tuple[Product, ...] | None
SEPARATOR: Final = " | "
"""Between the values of one cell; no value is cut where it holds one itself."""
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""Characters that XML 1.0, and so XLSX, cannot hold."""


class Row(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An enterprise on one row; what is unknown is empty. Without e-mail, as the profile."""

    id: str
    kvk_number: str | None
    name: str
    trade_names: tuple[str, ...]
    legal_form: str | None
    phase: str | None
    mission: str
    website: str | None
    street: str | None
    postcode: str | None
    town: str | None
    municipality: str | None
    municipality_name: str | None
    country: str
    lat: float | None
    lon: float | None
    target_groups: tuple[str, ...]
    target_group_share: str | None
    share_verified_on: date | None
    main_aim_integration: bool | None
    reserved_eligible: bool | None
    marks: tuple[str, ...]
    offerings: tuple[str, ...]
    cpv_codes: tuple[str, ...]
    service_modes: tuple[str, ...]
    products: tuple[Product, ...]
    """Of all offerings; a price is an indication, in euro cents for a unit, excluding VAT."""
    turnover_cents: int | None
    founded_on: date | None
    source: str
    version: int
    updated_at: datetime


COLUMNS: Final = tuple(field.encode_name for field in msgspec.structs.fields(Row))


def row_of(profile: EnterpriseOut, known: Reference) -> Row:
    """Lay a profile out on one row."""
    same = {name: getattr(profile, name) for name in _SAME}
    offered = profile.offerings
    place = known.geography.municipalities.get(profile.municipality or "")
    return Row(
        **same,
        id=str(profile.id),
        municipality_name=None if place is None else place.name,
        reserved_eligible=reserved_eligible(
            profile.target_group_share,
            profile.share_verified_on,
            main_aim=profile.main_aim_integration,
            percent=RULES_2026.reserved_share_percent,
        ),
        marks=tuple(_mark_name(mark) for mark in _verified(profile)),
        offerings=tuple(one.title for one in offered),
        cpv_codes=tuple(sorted({code for one in offered for code in one.cpv_codes})),
        service_modes=tuple(sorted({one.service_mode.value for one in offered})),
        products=tuple(product for one in offered for product in _products(one)),
    )


def _products(offering: OfferingOut) -> list[Product]:
    """Give the products of an offering in order, with what is known of each."""
    details = {one.name: one for one in offering.product_details}
    return [details.get(name) or Product(name=name) for name in offering.products]


def product_text(product: Product) -> str:
    """Write a product in a cell: `soep (person, 450-650 cents, at least 10)`."""
    known = [
        product.unit,
        _price_text(product),
        None if product.minimum_quantity is None else f"at least {product.minimum_quantity}",
    ]
    said = ", ".join(one for one in known if one is not None)
    return f"{product.name} ({said})" if said else product.name


def _price_text(product: Product) -> str | None:
    low, high = product.price_from_cents, product.price_to_cents
    if low is None:
        return None if high is None else f"up to {high} cents"
    if high is None:
        return f"from {low} cents"
    return f"{low} cents" if low == high else f"{low}-{high} cents"


_SAME: Final = tuple(
    field.name
    for field in msgspec.structs.fields(Row)
    if field.name != "id"
    and field.name in {one.name for one in msgspec.structs.fields(EnterpriseOut)}
    and field.name not in {"marks", "offerings"}
)


def cells(row: Row) -> list[Cell]:
    """Give the cells of a row: texts inert, several values in one text."""
    return [_cell(getattr(row, field.name)) for field in msgspec.structs.fields(Row)]


def _cell(value: Cell) -> Cell:
    if isinstance(value, tuple):
        value = SEPARATOR.join(
            product_text(one) if isinstance(one, Product) else one for one in value
        )
    if isinstance(value, datetime):
        value = value.isoformat()  # a spreadsheet knows no time zones
    return inert(_UNPRINTABLE.sub("", value)) if isinstance(value, str) else value


def csv_head() -> bytes:
    """Give what a CSV file begins with: byte order mark and names of columns."""
    return "\ufeff".encode() + csv_rows([COLUMNS]).encode()


def csv_lines(rows: Iterable[Row]) -> bytes:
    """Give rows for a Dutch Excel: `;` between cells, a comma in decimals."""
    return csv_rows([_dutch(cell) for cell in cells(row)] for row in rows).encode()


def _dutch(cell: Cell) -> Cell:
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(cell).replace(".", ",") if isinstance(cell, float) else cell


def json_lines(profiles: Iterable[EnterpriseOut]) -> bytes:
    """Give one profile a line, as `GET /v1/enterprises/{id}` answers it."""
    return b"".join(msgspec.json.encode(one) + b"\n" for one in profiles)


def features(rows: Iterable[Row]) -> bytes:
    """Give GeoJSON features (RFC 7946), comma-separated; who has no place has no geometry."""
    return b",\n".join(msgspec.json.encode(_feature(row)) for row in rows)


def _feature(row: Row) -> dict[str, Any]:
    properties: dict[str, Any] = msgspec.to_builtins(row, builtin_types=(date, datetime))
    for name in ("id", "lat", "lon"):
        properties.pop(name)
    located = row.lat is not None and row.lon is not None
    point = {"type": "Point", "coordinates": [row.lon, row.lat]} if located else None
    return {"type": "Feature", "id": row.id, "geometry": point, "properties": properties}


def linked(profile: EnterpriseOut, known: Reference) -> dict[str, Any]:
    """Describe an enterprise in the words of schema.org; without e-mail. Unknown is left out."""
    whole = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "@id": f"urn:uuid:{profile.id}",
        "name": profile.name,
        "alternateName": list(profile.trade_names),
        "description": profile.mission or None,
        "url": profile.website,
        "foundingDate": profile.founded_on,
        "identifier": _identifiers(profile),
        "address": _address(profile),
        "location": _location(profile),
        "areaServed": _areas(profile, known),
        "hasCertification": [_certification(mark) for mark in _verified(profile)],
        "makesOffer": [_offer(one, known) for one in profile.offerings],
    }
    return _known_only(whole)


def _known_only(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in value.items() if one is not None and one != []}


def _verified(profile: EnterpriseOut) -> list[MarkOut]:
    return [mark for mark in profile.marks if mark.state is MarkState.VERIFIED]


def _mark_name(mark: MarkOut) -> str:
    level = "" if mark.level is None else f"-{mark.level.replace('+', 'plus')}"
    return f"{mark.scheme}{level}".lower()


def _identifiers(profile: EnterpriseOut) -> list[dict[str, Any]]:
    pairs = [("NL-KVK", profile.kvk_number)]
    if profile.identifier is not None:
        pairs.append((profile.identifier.scheme, profile.identifier.id))
    return [
        {"@type": "PropertyValue", "propertyID": scheme, "value": value}
        for scheme, value in pairs
        if value is not None
    ]


def _address(profile: EnterpriseOut) -> dict[str, Any] | None:
    if profile.town is None and profile.postcode is None:
        return None
    address = {
        "@type": "PostalAddress",
        "streetAddress": profile.street,
        "postalCode": profile.postcode,
        "addressLocality": profile.town,
        "addressCountry": profile.country,
    }
    return _known_only(address)


def _location(profile: EnterpriseOut) -> dict[str, Any] | None:
    if profile.lat is None or profile.lon is None:
        return None
    return {"@type": "Place", "geo": _geo(profile.lat, profile.lon)}


def _geo(lat: float, lon: float) -> dict[str, Any]:
    return {"@type": "GeoCoordinates", "latitude": lat, "longitude": lon}


def _areas(profile: EnterpriseOut, known: Reference) -> list[dict[str, Any]]:
    """Give every area that some offering serves, once."""
    found = [area for one in profile.offerings for area in _area(one.coverage, known)]
    return [area for n, area in enumerate(found) if area not in found[:n]]


def _area(coverage: Coverage, known: Reference) -> list[dict[str, Any]]:
    if isinstance(coverage, Radius):
        metres = f"{round(coverage.radius_km * 1000)}"
        middle = _geo(coverage.lat, coverage.lon)
        return [{"@type": "GeoCircle", "geoMidpoint": middle, "geoRadius": metres}]
    if isinstance(coverage, Places):
        return [
            {"@type": "AdministrativeArea", "identifier": code, "name": known.area_name(code)}
            for code in coverage.places
        ]
    return [{"@type": "Country", "identifier": "NL", "name": "Nederland"}]


def _certification(mark: MarkOut) -> dict[str, Any]:
    certification = {
        "@type": "Certification",
        "name": _mark_name(mark),
        "certificationStatus": "https://schema.org/CertificationActive",
        "validFrom": mark.issued_on,
        "expires": mark.valid_until,
    }
    return _known_only(certification)


def _offer(offering: OfferingOut, known: Reference) -> dict[str, Any]:
    goods = offering.service_mode is ServiceMode.GOODS
    categories = [
        {
            "@type": "CategoryCode",
            "codeValue": code,
            "name": known.cpv_label(code),
            "inCodeSet": "http://publications.europa.eu/resource/authority/cpv",
        }
        for code in offering.cpv_codes
    ]
    item = {
        "@type": "Product" if goods else "Service",
        "name": offering.title,
        "description": offering.description or None,
        "category": categories,
        "keywords": list(offering.products),
    }
    return _known_only(
        {
            "@type": "Offer",
            "@id": f"urn:uuid:{offering.id}",
            "itemOffered": _known_only(item),
            "areaServed": _area(offering.coverage, known),
            "priceSpecification": [
                _price(one) for one in offering.product_details if _price_text(one) is not None
            ],
            "eligibleTransactionVolume": _least_order(offering),
        }
    )


def _price(product: Product) -> dict[str, Any]:
    """Describe what a unit of a product costs, as an indication."""
    least = product.minimum_quantity
    price = {
        "@type": "UnitPriceSpecification",
        "name": product.name,
        "unitText": product.unit,
        "minPrice": _euros(product.price_from_cents),
        "maxPrice": _euros(product.price_to_cents),
        "priceCurrency": "EUR",
        "valueAddedTaxIncluded": False,
        "eligibleQuantity": None
        if least is None
        else {"@type": "QuantitativeValue", "minValue": least},
    }
    return _known_only(price)


def _least_order(offering: OfferingOut) -> dict[str, Any] | None:
    if offering.minimum_order_cents is None:
        return None
    return {
        "@type": "PriceSpecification",
        "minPrice": _euros(offering.minimum_order_cents),
        "priceCurrency": "EUR",
        "valueAddedTaxIncluded": False,
    }


def _euros(cents: int | None) -> float | None:
    """Give cents as a number of euros, as schema.org wants it."""
    return None if cents is None else cents / 100
