"""What an enterprise says of single products within an offering."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from api.domain.checks import Checks
from api.domain.profile.statement import Base, Line
from api.domain.social_return.privacy import personal_number_faults
from api.domain.values import parse_cpv

MOST_PRODUCTS: Final = 100


class Unit(StrEnum):
    """What a price is for."""

    PIECE = "piece"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    PERSON = "person"
    KILOGRAM = "kilogram"
    TONNE = "tonne"
    METRE = "metre"
    SQUARE_METRE = "square-metre"
    CUBIC_METRE = "cubic-metre"
    KILOMETRE = "kilometre"
    BATCH = "batch"


class Product(Base, frozen=True):
    """A product by the name that the enterprise gives it. A price is an indication, no offer."""

    name: Line
    cpv_codes: Annotated[
        tuple[Annotated[str, Meta(max_length=12)], ...],
        Meta(max_length=10, description="They count as codes of the offering too."),
    ] = ()
    unit: Unit | None = None
    price_from_cents: (
        Annotated[
            int, Meta(ge=0, le=10**11, description="Euro cents for a unit, excluding VAT, from.")
        ]
        | None
    ) = None
    price_to_cents: (
        Annotated[
            int, Meta(ge=0, le=10**11, description="Euro cents for a unit, excluding VAT, to.")
        ]
        | None
    ) = None
    minimum_quantity: (
        Annotated[int, Meta(ge=1, le=10**9, description="The least that is ordered, in units.")]
        | None
    ) = None


def check_products(products: Sequence[Product], checks: Checks, place: str) -> tuple[Product, ...]:
    """Note every fault, and give the products with their codes in the kept form.

    Source: own choice, ADR 24.
    """
    names = [one.name.casefold() for one in products]
    if len(set(names)) < len(names):
        checks.note("duplicate-product", "A product is named twice.", place)
    return tuple(_checked(one, checks, f"{place}/{n}") for n, one in enumerate(products))


def _checked(one: Product, checks: Checks, place: str) -> Product:
    codes = checks.attempt_all(parse_cpv, one.cpv_codes, f"{place}/cpvCodes")
    checks.faults += personal_number_faults(one.name, f"{place}/name")
    low, high = one.price_from_cents, one.price_to_cents
    if (low is not None or high is not None) and one.unit is None:
        checks.note("missing-field", "A price is for a unit: name it.", f"{place}/unit")
    if low is not None and high is not None and high < low:
        checks.note("price-order", "priceToCents is below priceFromCents.", f"{place}/priceToCents")
    return msgspec.structs.replace(one, cpv_codes=codes)
