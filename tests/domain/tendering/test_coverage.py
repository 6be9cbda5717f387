"""Where an offering is delivered: three kinds of coverage on a map of four municipalities."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import InvalidValue
from api.domain.tendering.coverage import (
    Coverage,
    Covers,
    Geography,
    Municipality,
    Places,
    Radius,
    WholeCountry,
    nearest_km,
)
from api.domain.values import Point

FULL, PARTIAL, NO = Covers.FULL, Covers.PARTIAL, Covers.NO
UTRECHT = Municipality("GM0344", "Utrecht", "NL350", Point(52.09, 5.12))
ZEIST = Municipality("GM0355", "Zeist", "NL350", Point(52.09, 5.23))
AMSTERDAM = Municipality("GM0363", "Amsterdam", "NL32B", Point(52.37, 4.90))
HAARLEM = Municipality("GM0392", "Haarlem", "NL32A", Point(52.38, 4.64))
MAP = Geography([HAARLEM, UTRECHT, AMSTERDAM, ZEIST])
ALL = ("GM0344", "GM0355", "GM0363", "GM0392")


def verdicts(coverage: Coverage, *areas: str) -> list[Covers]:
    reach = MAP.reach(coverage)
    return [reach.covers(area) for area in areas]


def test_the_whole_country_covers_every_area_of_every_kind() -> None:
    found = verdicts(WholeCountry(), "NL", "NL35", "NL350", "NL32", "NL32B", "GM0392")
    assert found == [FULL] * 6


def test_an_excluded_municipality_makes_its_areas_partial() -> None:
    found = verdicts(WholeCountry(("GM0355",)), "GM0355", "NL350", "NL35", "NL", "GM0344", "NL32")
    assert found == [NO, PARTIAL, PARTIAL, PARTIAL, FULL, FULL]


def test_a_single_town_is_found_for_its_province_as_partial() -> None:
    found = verdicts(Places(("GM0363",)), "GM0363", "NL32B", "NL32", "NL", "GM0344")
    assert found == [FULL, FULL, PARTIAL, PARTIAL, NO]


def test_a_province_covers_its_towns() -> None:
    found = verdicts(Places(("NL32",)), "GM0363", "GM0392", "NL32A", "NL32", "NL", "NL35")
    assert found == [FULL, FULL, FULL, FULL, PARTIAL, NO]


def test_listed_places_lose_what_is_excluded() -> None:
    assert MAP.covered(Places(("NL35", "GM0363"), ("GM0344",))) == {"GM0355", "GM0363"}


def test_a_radius_reaches_municipalities_by_their_seat() -> None:
    # Utrecht to Zeist 7.5 km, to Amsterdam 34.5 km, to Haarlem 46.1 km
    centre = (52.09, 5.12)
    assert MAP.covered(Radius(*centre, 7)) == {"GM0344"}
    assert MAP.covered(Radius(*centre, 8)) == {"GM0344", "GM0355"}
    assert MAP.covered(Radius(*centre, 35)) == {"GM0344", "GM0355", "GM0363"}
    assert MAP.covered(Radius(*centre, 35, ("GM0344",))) == {"GM0355", "GM0363"}


def test_a_seat_exactly_at_the_radius_is_reached() -> None:
    apart = UTRECHT.centre.distance_km(AMSTERDAM.centre)
    assert "GM0363" in MAP.covered(Radius(52.09, 5.12, apart))
    assert "GM0363" not in MAP.covered(Radius(52.09, 5.12, apart - 1e-9))


def test_a_radius_that_reaches_nothing_covers_nothing() -> None:
    reach = MAP.reach(Radius(51.0, 3.0, 1))
    assert (reach.full, reach.partial) == ((), ())


@pytest.mark.parametrize("radius_km", [0, -1, 500.5, math.nan, math.inf])
def test_an_impossible_radius_is_refused(radius_km: float) -> None:
    with pytest.raises(InvalidValue, match="radiusKm"):
        Radius(52, 5, radius_km)


@pytest.mark.parametrize("place", [(91, 5), (52, 181), (math.nan, 5)])
def test_a_radius_around_no_place_on_earth_is_refused(place: tuple[float, float]) -> None:
    with pytest.raises(InvalidValue, match="no point on earth"):
        Radius(*place, 10)


def test_an_empty_list_of_places_is_refused() -> None:
    with pytest.raises(InvalidValue, match="no place"):
        Places(())


@pytest.mark.parametrize(
    "coverage", [Places(("GM9999",)), WholeCountry(("XX",)), Places(("NL35",), ("NL99",))]
)
def test_an_unknown_area_is_refused(coverage: Coverage) -> None:
    with pytest.raises(InvalidValue, match="unknown area") as caught:
        MAP.covered(coverage)
    assert caught.value.value_code == "unknown-area"


def test_the_members_of_an_area_are_its_municipalities() -> None:
    assert MAP.members["NL"] == set(ALL)
    assert MAP.members["NL350"] == {"GM0344", "GM0355"}
    assert UTRECHT.province == "NL35"


def test_a_map_without_municipalities_covers_nothing() -> None:
    reach = Geography([]).reach(WholeCountry())
    assert (reach.full, reach.partial) == ((), ())


towns = st.sets(st.sampled_from(ALL), min_size=1)


@st.composite
def coverages(draw: st.DrawFn) -> Coverage:
    excluded = tuple(sorted(draw(st.sets(st.sampled_from(ALL), max_size=3))))
    kind = draw(st.sampled_from(["country", "places", "radius"]))
    if kind == "country":
        return WholeCountry(excluded)
    if kind == "places":
        return Places(tuple(sorted(draw(towns))), excluded)
    return Radius(draw(st.floats(51, 53)), draw(st.floats(4, 6)), draw(st.floats(1, 90)), excluded)


@given(coverages())
def test_full_and_partial_exclude_each_other(coverage: Coverage) -> None:
    reach = MAP.reach(coverage)
    assert not set(reach.full) & set(reach.partial)
    assert list(reach.full) == sorted(set(reach.full))
    assert list(reach.partial) == sorted(set(reach.partial))


@given(coverages())
def test_an_area_is_full_when_all_its_towns_are_and_partial_when_some_are(
    coverage: Coverage,
) -> None:
    covered, reach = MAP.covered(coverage), MAP.reach(coverage)
    for area, members in MAP.members.items():
        inside = members & covered
        expected = FULL if inside == members else PARTIAL if inside else NO
        assert reach.covers(area) is expected


@given(st.floats(51, 53), st.floats(4, 6), st.floats(1, 90))
def test_a_radius_reaches_what_lies_within_its_distance(lat: float, lon: float, km: float) -> None:
    centre = Point(lat, lon)
    within = {
        m.code for m in (UTRECHT, ZEIST, AMSTERDAM, HAARLEM) if m.centre.distance_km(centre) <= km
    }
    assert MAP.covered(Radius(lat, lon, km)) == within


@given(coverages(), st.permutations([UTRECHT, ZEIST, AMSTERDAM, HAARLEM]))
def test_the_order_of_the_map_never_matters(coverage: Coverage, order: list[Municipality]) -> None:
    assert Geography(order).reach(coverage) == MAP.reach(coverage)


@given(towns, towns)
def test_more_places_never_cover_less(some: set[str], more: set[str]) -> None:
    fewer = MAP.covered(Places(tuple(sorted(some))))
    assert fewer <= MAP.covered(Places(tuple(sorted(some | more))))


def test_an_area_has_the_seats_of_its_municipalities_and_a_foreign_one_none() -> None:
    assert MAP.centres(["NL350", "GM0344"]) == (UTRECHT.centre, ZEIST.centre)
    assert MAP.centres(["BE211"]) == ()


def test_the_nearest_place_counts_in_whole_kilometres() -> None:
    # 0.01 degree of latitude is 1.112 km; 0.018 degree 2.0015 km.
    far, near = Point(52.108, 5.12), Point(52.1, 5.12)
    assert nearest_km(UTRECHT.centre, [far, near]) == 1
    assert nearest_km(UTRECHT.centre, [far]) == 2


def test_a_distance_without_two_ends_is_unknown() -> None:
    assert nearest_km(None, [UTRECHT.centre]) is None
    assert nearest_km(UTRECHT.centre, []) is None
