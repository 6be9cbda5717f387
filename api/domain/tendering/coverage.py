"""Where an offering is delivered, and whether that covers a wanted place (design decision 2).

Area codes are of four kinds, told apart by their form: `GM0344` (municipality, CBS),
`NL350` (COROP area, NUTS-3), `NL35` (province, NUTS-2 of 2024) and `NL` (the country).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cached_property, lru_cache
from math import cos, radians, sin
from typing import Final, Literal

import msgspec

from api.domain.errors import InvalidValue
from api.domain.values import EARTH_RADIUS_KM, Point

COUNTRY: Final = "NL"
_DUTCH: Final = ("GM", COUNTRY)
AreaKind = Literal["municipality", "corop", "province", "country"]
_REMEMBERED: Final = 4_096
"""Coverages that are kept worked out: lists repeat the same few shapes."""
_ROUNDING_KM: Final = 0.01
"""So near the edge of a circle the distance itself decides."""


def domestic(areas: Iterable[str]) -> frozenset[str]:
    """Give the areas that lie in the Netherlands: whoever covers the country covers these.

    A foreign area keeps its NUTS code; `NL` is no coverage of it (design decision 2).
    """
    return frozenset(area for area in areas if area.startswith(_DUTCH))


class Municipality(msgspec.Struct, frozen=True):
    """A municipality (gemeente) as CBS lists it, with the areas it lies in."""

    code: str
    name: str
    nuts3: str
    """COROP area, NUTS 2024."""
    centre: Point
    """Where its seat lies; distances to the municipality are measured to it."""

    @property
    def province(self) -> str:
        """The NUTS-2 code, which in the Netherlands is the province (Reg. (EC) 1059/2003)."""
        return self.nuts3[:4]


class WholeCountry(msgspec.Struct, frozen=True, tag_field="kind", tag="country", rename="camel"):
    """Delivered everywhere in the Netherlands, save where excluded."""

    excluded_municipalities: tuple[str, ...] = ()


class Radius(msgspec.Struct, frozen=True, tag_field="kind", tag="radius", rename="camel"):
    """Delivered within `radius_km` of a point, save where excluded."""

    lat: float
    lon: float
    radius_km: float
    excluded_municipalities: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a point that is not on earth and a radius that is not one."""
        Point(self.lat, self.lon)
        if not 0 < self.radius_km <= 500:  # noqa: PLR2004  wider than the country is a typing error
            raise InvalidValue("radiusKm must be above 0 and at most 500", code="invalid-radius")


class Places(msgspec.Struct, frozen=True, tag_field="kind", tag="places", rename="camel"):
    """Delivered in the listed areas (municipality, COROP, province), save where excluded."""

    places: tuple[str, ...]
    excluded_municipalities: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an empty list: it would cover nothing and be found by nobody."""
        if not self.places:
            raise InvalidValue("coverage lists no place", code="empty-coverage")


Coverage = WholeCountry | Radius | Places


class Covers(StrEnum):
    """The verdict on one wanted area."""

    FULL = "full"
    PARTIAL = "partial"
    NO = "no"


class Reach(msgspec.Struct, frozen=True):
    """A coverage worked out against the map of municipalities; all codes sorted."""

    full: tuple[str, ...]
    """Areas of any kind of which every municipality is covered."""
    partial: tuple[str, ...]
    """Areas of which some, but not all, municipalities are covered."""

    def covers(self, area: str) -> Covers:
        """Tell how far one area is covered (design decision 2)."""
        if area in self.full:
            return Covers.FULL
        return Covers.PARTIAL if area in self.partial else Covers.NO


class Geography:
    """The municipalities of one year, and the areas that they make up."""

    def __init__(self, municipalities: Iterable[Municipality]) -> None:
        self.municipalities: Mapping[str, Municipality] = {
            one.code: one for one in sorted(municipalities, key=lambda one: one.code)
        }

    @cached_property
    def members(self) -> Mapping[str, frozenset[str]]:
        """Municipality codes per area code of any kind, `NL` included (CBS, Reg. 1059/2003)."""
        areas: dict[str, set[str]] = {COUNTRY: set()}
        for one in self.municipalities.values():
            for area in (one.code, one.nuts3, one.province, COUNTRY):
                areas.setdefault(area, set()).add(one.code)
        return {area: frozenset(codes) for area, codes in areas.items()}

    def centres(self, areas: Iterable[str]) -> tuple[Point, ...]:
        """Give the seats of the municipalities in some areas; a foreign area has none (CBS)."""
        codes = {code for area in areas for code in self.members.get(area, ())}
        return tuple(self.municipalities[code].centre for code in sorted(codes))

    def covered(self, coverage: Coverage) -> frozenset[str]:
        """Give the municipalities that a coverage reaches (design decision 2).

        A radius reaches a municipality when its seat lies within it. Unknown codes
        raise `InvalidValue`.
        """
        return self._reached(coverage) - self._known(coverage.excluded_municipalities)

    def reach(self, coverage: Coverage) -> Reach:
        """Work out which areas of every kind are reached fully or in part (design decision 2)."""
        return self._remembered(coverage)

    @cached_property
    def _remembered(self) -> Callable[[Coverage], Reach]:
        return lru_cache(_REMEMBERED)(self._worked_out)

    def _worked_out(self, coverage: Coverage) -> Reach:
        covered = self.covered(coverage)
        touched = frozenset().union(*(self._areas_of[code] for code in covered))
        full = {area for area in touched if self.members[area] <= covered}
        return Reach(tuple(sorted(full)), tuple(sorted(touched - full)))

    @cached_property
    def _areas_of(self) -> Mapping[str, tuple[str, ...]]:
        return {
            one.code: (one.code, one.nuts3, one.province, COUNTRY)
            for one in self.municipalities.values()
        }

    def _reached(self, coverage: Coverage) -> frozenset[str]:
        if isinstance(coverage, WholeCountry):
            return self.members[COUNTRY]
        if isinstance(coverage, Places):
            return self._known(coverage.places)
        return self._within(Point(coverage.lat, coverage.lon), coverage.radius_km)

    def _known(self, areas: Iterable[str]) -> frozenset[str]:
        unknown = sorted(set(areas) - set(self.members))
        if unknown:
            raise InvalidValue(f"unknown area: {', '.join(unknown)}", code="unknown-area")
        return frozenset().union(*(self.members[area] for area in areas))

    def _within(self, centre: Point, radius_km: float) -> frozenset[str]:
        """Straight lines through the earth sort nearly all; they keep the order of distances."""
        x, y, z = _on_sphere(centre)
        inside = _chord(radius_km - _ROUNDING_KM)
        outside = _chord(radius_km + _ROUNDING_KM)
        first = bisect_left(self._heights, z - outside)
        last = bisect_right(self._heights, z + outside)
        found = []
        for code, x_of, y_of, z_of in self._seats[first:last]:
            apart = (x - x_of) ** 2 + (y - y_of) ** 2 + (z - z_of) ** 2
            if apart < inside**2 or (
                apart < outside**2 and self._is_within(code, centre, radius_km)
            ):
                found.append(code)
        return frozenset(found)

    @cached_property
    def _seats(self) -> tuple[tuple[str, float, float, float], ...]:
        """Municipalities on a sphere of radius 1, from south to north."""
        seats = ((code, *_on_sphere(one.centre)) for code, one in self.municipalities.items())
        return tuple(sorted(seats, key=lambda seat: seat[3]))

    @cached_property
    def _heights(self) -> tuple[float, ...]:
        return tuple(seat[3] for seat in self._seats)

    def _is_within(self, code: str, centre: Point, radius_km: float) -> bool:
        return self.municipalities[code].centre.distance_km(centre) <= radius_km


def _on_sphere(point: Point) -> tuple[float, float, float]:
    """Give the place on a sphere of radius 1."""
    phi, around = radians(point.lat), radians(point.lon)
    return cos(phi) * cos(around), cos(phi) * sin(around), sin(phi)


def _chord(distance_km: float) -> float:
    """Give the straight line between two points this far apart, on a sphere of radius 1."""
    return float(2 * sin(max(distance_km, 0.0) / (2 * EARTH_RADIUS_KM)))


def nearest_km(seat: Point | None, places: Sequence[Point]) -> int | None:
    """Measure from a seat to the nearest place, whole km, halves up; `None` is unknown (ADR 17)."""
    if seat is None or not places:
        return None
    return int(min(seat.distance_km(one) for one in places) + 0.5)
