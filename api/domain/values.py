"""Small checked values. Money in integer euro cents, codes as text, periods half-open."""

import math
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NewType

import msgspec

from api.domain.errors import InvalidValue

Cents = NewType("Cents", int)
"""Euro cents, excluding VAT."""

CpvCode = NewType("CpvCode", str)
"""Eight digits without the check digit (Reg. (EC) 213/2008)."""

KvkNumber = NewType("KvkNumber", str)
"""Number in the Dutch business register: eight digits; leading zeros count."""

EARTH_RADIUS_KM: Final = 6371.0088  # mean radius, IUGG 1980
_CPV = re.compile(r"\s*(\d{8})(?:-(\d))?\s*", re.ASCII)
_SEPARATORS = re.compile(r"[\s.]")


class Point(msgspec.Struct, frozen=True, order=True):
    """A place on earth, ETRS89/WGS84 degrees."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        """Refuse what is not on earth, NaN included."""
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):  # noqa: PLR2004  degrees
            raise InvalidValue(
                f"({self.lat}, {self.lon}) is no point on earth", code="invalid-point"
            )

    def distance_km(self, other: "Point") -> float:
        """Great-circle distance in km (haversine; error under 0.5 %)."""
        phi, phi_other = math.radians(self.lat), math.radians(other.lat)
        half_dphi = (phi_other - phi) / 2
        half_dlambda = math.radians(other.lon - self.lon) / 2
        chord = (
            math.sin(half_dphi) ** 2
            + math.cos(phi) * math.cos(phi_other) * math.sin(half_dlambda) ** 2
        )
        return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))


class Period(msgspec.Struct, frozen=True, rename="camel"):
    """Days from `starts_on` up to but not including `ends_on`; `None` is open."""

    starts_on: date | None = None
    ends_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse a period that ends before it starts."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise InvalidValue(
                f"period ends ({self.ends_on}) before it starts ({self.starts_on})",
                code="invalid-period",
            )

    def holds(self, day: date) -> bool:
        """Tell whether `day` lies in the period."""
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or day < self.ends_on
        )


def parse_cpv(text: str) -> CpvCode:
    """Read `90910000` or `90910000-9`; the check digit is dropped, not tested.

    533 official codes fail the published check-digit rule, so a table decides
    whether a code exists, never the digit (Reg. (EC) 213/2008, annex I).
    """
    found = _CPV.fullmatch(text)
    if found is None:
        raise InvalidValue(f"{text[:20]!r} is not a CPV code of eight digits", code="invalid-cpv")
    return CpvCode(found[1])


def digits(text: str) -> str:
    """Strip the spaces and dots that people put into numbers (own choice: design decision 14)."""
    return _SEPARATORS.sub("", text)


def parse_kvk(text: str) -> KvkNumber:
    """Read a KvK number; spaces and dots are stripped. It has no check digit.

    Source: KVK developer documentation, eight digits; of real numbers 43 % fail
    the old weighted sum, so none is applied.
    """
    number = digits(text)
    if not re.fullmatch(r"[0-9]{8}", number):
        raise InvalidValue(f"{text[:20]!r} is not a KvK number of eight digits", code="invalid-kvk")
    return KvkNumber(number)


def euros_to_cents(amount: Decimal) -> Cents:
    """Turn euros into cents, halves round up (own choice, ADR 5)."""
    if not amount.is_finite():
        raise InvalidValue(f"{amount} is not an amount of money", code="invalid-amount")
    return Cents(int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP)))
