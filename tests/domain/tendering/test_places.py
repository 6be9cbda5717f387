"""A code of one country and the name of another: who is right is told by neither alone."""

import pytest

from api.domain.tendering.notice import Place
from api.domain.tendering.places import contradiction, settled

LIMBURG_IN_BELGIUM = Place(country="BEL", nuts="NL421", town="Hasselt")
ANTWERP_AT_HOME = Place(country="NLD", nuts="BE211")


@pytest.mark.parametrize(
    "place",
    [
        Place(),
        Place(country="BEL"),
        Place(nuts="NL421"),
        Place(country="NLD", nuts="NL421"),
        Place(country="BEL", nuts="BE211"),
    ],
    ids=str,
)
def test_a_place_that_agrees_with_itself_stays_as_it_is(place: Place) -> None:
    assert contradiction(place) is None
    assert settled(place, "DEU") == settled(place, None) == place


@pytest.mark.parametrize("place", [LIMBURG_IN_BELGIUM, ANTWERP_AT_HOME], ids=str)
def test_a_contradiction_is_told_by_its_code_with_both_values(place: Place) -> None:
    warning = contradiction(place) or ""
    assert warning.startswith("place-contradicts-country: ")
    assert f"{place.nuts} does not lie in {place.country}" in warning


@pytest.mark.parametrize(
    ("place", "buyer", "compared"),
    [
        (LIMBURG_IN_BELGIUM, "BEL", Place(country="BEL", town="Hasselt")),
        (LIMBURG_IN_BELGIUM, "NLD", Place(nuts="NL421", town="Hasselt")),
        (LIMBURG_IN_BELGIUM, None, Place()),
        (ANTWERP_AT_HOME, "NLD", Place(country="NLD")),
        (ANTWERP_AT_HOME, "BEL", Place(nuts="BE211")),
        (ANTWERP_AT_HOME, None, Place()),
    ],
    ids=str,
)
def test_the_country_of_the_buyer_decides(place: Place, buyer: str | None, compared: Place) -> None:
    assert settled(place, buyer) == compared
