"""COROP areas on the map, of our own making: who is nearest to which municipality.

Within the outline of its province a municipality gets the points that lie nearest to its
centre; the cells of an area together are the area. Coarse, and in one house style.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

import msgspec

from api.domain.tendering.coverage import Municipality
from api.pages.atlas import province_rings, spot

_Point = tuple[float, float]
_Ring = list[_Point]
_Place = tuple[str, str, float, float]
"""COROP area, province, and where the centre lies on the map."""
_LEAST: Final = 190.0
"""Units of the map that are shown at least, so that one knows where one is."""
_FINE: Final = 0.05
"""Units of the map within which a point lies on a border."""


class Region(msgspec.Struct, frozen=True):
    """A COROP area: what to fill, and where a number goes."""

    code: str
    path: str
    x: float
    y: float


class Regions(msgspec.Struct, frozen=True):
    """The areas of some provinces, and the lines between them."""

    regions: tuple[Region, ...]
    borders: str
    box: tuple[float, float, float, float]
    """Left, top, width and height of all of it."""


def regions_around(places: Iterable[Municipality], codes: Iterable[str]) -> Regions:
    """Give the areas of every province in which one of these areas lies."""
    provinces = {code[:4] for code in codes}
    chosen = [
        (one.nuts3, one.province, *spot(one.centre.lon, one.centre.lat))
        for one in places
        if one.province in provinces
    ]
    return _drawn(tuple(sorted(chosen)))


@cache
def _drawn(places: tuple[_Place, ...]) -> Regions:
    cells = [(place, ring) for place in places for ring in _cells(place, places)]
    borders = [edge for place, ring in cells for edge in _edges(place, ring, places)]
    codes = sorted({place[0] for place in places})
    return Regions(
        tuple(_region(code, places, cells) for code in codes),
        "".join(f"M{_text(a)}L{_text(b)}" for a, b in borders),
        _box([point for _, ring in cells for point in ring] or [(0.0, 0.0)]),
    )


def _box(points: Sequence[_Point]) -> tuple[float, float, float, float]:
    """Give what of the map is shown: the areas with some land around them."""
    across, down = [x for x, _ in points], [y for _, y in points]
    width = max(max(across) - min(across) + 8, _LEAST)
    height = max(max(down) - min(down) + 8, _LEAST)
    left = (max(across) + min(across) - width) / 2
    top = (max(down) + min(down) - height) / 2
    return round(left, 1), round(top, 1), round(width, 1), round(height, 1)


def _region(code: str, places: Sequence[_Place], cells: Sequence[tuple[_Place, _Ring]]) -> Region:
    own = [(x, y) for area, _, x, y in places if area == code]
    path = "".join(
        "M" + "L".join(_text(point) for point in ring) + "Z"
        for place, ring in cells
        if place[0] == code
    )
    x, y = (round(sum(axis) / len(own), 1) for axis in zip(*own, strict=True))
    return Region(code, path, x, y)


def _cells(place: _Place, places: Sequence[_Place]) -> list[_Ring]:
    """Cut the province down to what is nearest to one municipality."""
    _, province, x, y = place
    rings = [list(ring) for ring in province_rings(province)]
    for _, other, *centre in places:
        if other == province and tuple(centre) != (x, y):
            rings = [_nearer(ring, (x, y), (centre[0], centre[1])) for ring in rings]
    return [ring for ring in rings if len(ring) > 2]  # noqa: PLR2004  points of a triangle


def _nearer(ring: _Ring, here: _Point, there: _Point) -> _Ring:
    """Keep the part of a ring that is nearer to one point than to another.

    Source: Sutherland and Hodgman, Reentrant polygon clipping (1974), for one half-plane.
    """
    kept: _Ring = []
    for start, end in zip(ring, ring[1:] + ring[:1], strict=True):
        before, after = (_beyond(point, here, there) for point in (start, end))
        if before <= 0:
            kept.append(start)
        if (before < 0 < after) or (after < 0 < before):
            part = before / (before - after)
            kept.append(tuple(a + part * (b - a) for a, b in zip(start, end, strict=True)))  # type: ignore[arg-type]  # two numbers
    return kept


def _beyond(point: _Point, here: _Point, there: _Point) -> float:
    """Tell how far a point lies on the other side of the line in the middle."""
    return _apart(point, here) - _apart(point, there)


def _apart(one: _Point, other: _Point) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def _edges(place: _Place, ring: _Ring, places: Sequence[_Place]) -> Iterable[tuple[_Point, _Point]]:
    """Give the edges of a cell on which another area begins; each once."""
    area, province, x, y = place
    others = [(ox, oy) for code, where, ox, oy in places if where == province and code > area]
    for start, end in zip(ring, ring[1:] + ring[:1], strict=True):
        if any(_on_line(start, end, (x, y), one) for one in others):
            yield start, end


def _on_line(start: _Point, end: _Point, here: _Point, there: _Point) -> bool:
    reach = 2 * _apart(here, there) ** 0.5 * _FINE
    return all(abs(_beyond(point, here, there)) < reach for point in (start, end))


def _text(point: _Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
