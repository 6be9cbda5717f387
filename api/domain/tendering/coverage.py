"""Where an offering is delivered, and whether that covers a wanted place (design decision 2).

Area codes are of four kinds, told apart by their form: `GM0344` (municipality, CBS),
`NL350` (COROP area, NUTS-3), `NL35` (province, NUTS-2 of 2024) and `NL` (the country).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Final, Literal

import msgspec

from api.domain.errors import InvalidValue
from api.domain.values import Point

COUNTRY: Final = "NL"
AreaKind = Literal["municipality", "corop", "province", "country"]


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

    def covered(self, coverage: Coverage) -> frozenset[str]:
        """Give the municipalities that a coverage reaches (design decision 2).

        A radius reaches a municipality when its seat lies within it. Unknown codes
        raise `InvalidValue`.
        """
        return self._reached(coverage) - self._known(coverage.excluded_municipalities)

    def reach(self, coverage: Coverage) -> Reach:
        """Work out which areas of every kind are reached fully or in part (design decision 2)."""
        covered = self.covered(coverage)
        touched = {
            area
            for code in covered
            for area in (code, self.municipalities[code].nuts3, self.municipalities[code].province)
        }
        touched |= {COUNTRY} if covered else set()
        full = {area for area in touched if self.members[area] <= covered}
        return Reach(tuple(sorted(full)), tuple(sorted(touched - full)))

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
        near = (
            code
            for code, one in self.municipalities.items()
            if one.centre.distance_km(centre) <= radius_km
        )
        return frozenset(near)
