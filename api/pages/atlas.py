"""The map: coarse outlines of our own making, drawn on the server, and where points fall on it."""

from functools import cache
from math import cos, radians
from pathlib import Path
from typing import Final

import msgspec

from api.domain.values import Point

WIDTH: Final = 400
HEIGHT: Final = 470
_WEST: Final = 3.30
_NORTH: Final = 53.60
_DEGREE: Final = 160
"""Units a degree of latitude, so that the whole country fits."""
_SQUEEZE: Final = cos(radians(52.2))
"""A degree of longitude is this much of one of latitude, in the middle of the country."""
_FILE: Final = Path(__file__).parent / "static" / "outlines.json"


class _Geometry(msgspec.Struct, frozen=True):
    coordinates: list[list[list[tuple[float, float]]]]


class _Named(msgspec.Struct, frozen=True):
    code: str
    name: str


class _Feature(msgspec.Struct, frozen=True):
    properties: _Named
    geometry: _Geometry


class _Collection(msgspec.Struct, frozen=True):
    features: list[_Feature]


class Outline(msgspec.Struct, frozen=True):
    """A province as an SVG path, and where its name goes."""

    code: str
    name: str
    path: str
    x: float
    y: float


class Marker(msgspec.Struct, frozen=True):
    """Enterprises in one municipality."""

    name: str
    lat: float
    lon: float
    firms: tuple[tuple[str, str], ...]
    """Address and name of each."""

    @property
    def x(self) -> float:
        """Across."""
        return spot(self.lon, self.lat)[0]

    @property
    def y(self) -> float:
        """Down."""
        return spot(self.lon, self.lat)[1]


def spot(lon: float, lat: float) -> tuple[float, float]:
    """Place a point on the map."""
    return round((lon - _WEST) * _SQUEEZE * _DEGREE, 1), round((_NORTH - lat) * _DEGREE * 1.0, 1)


def marker(name: str, centre: Point, firms: list[tuple[str, str]]) -> Marker:
    """Mark a municipality with the enterprises in it."""
    return Marker(name, centre.lat, centre.lon, tuple(firms))


@cache
def outlines() -> tuple[Outline, ...]:
    """Give the provinces, by code."""
    read = msgspec.json.decode(_FILE.read_bytes(), type=_Collection)
    return tuple(_outline(one) for one in read.features)


@cache
def province_rings(code: str) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Give the rings of a province, on the map; none where no such outline is drawn."""
    read = msgspec.json.decode(_FILE.read_bytes(), type=_Collection)
    return tuple(
        tuple(spot(lon, lat) for lon, lat in ring)
        for one in read.features
        if one.properties.code == code
        for part in one.geometry.coordinates
        for ring in part
    )


def _outline(feature: _Feature) -> Outline:
    rings = [ring for part in feature.geometry.coordinates for ring in part]
    path = "".join("M" + "L".join(_pair(*point) for point in ring) + "Z" for ring in rings)
    largest = max(rings, key=len)
    across = [point[0] for point in largest]
    down = [point[1] for point in largest]
    x, y = spot((min(across) + max(across)) / 2, (min(down) + max(down)) / 2)
    return Outline(feature.properties.code, feature.properties.name, path, x, y)


def _pair(lon: float, lat: float) -> str:
    x, y = spot(lon, lat)
    return f"{x:g},{y:g}"
