"""Duplicates: one number, or near-equal names in one place. The short cut misses none."""

from itertools import combinations
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.profile.merging import (
    Duplicate,
    Listed,
    Refusal,
    compared,
    duplicates,
    likeness,
    normal_name,
    still_holds,
    trigrams,
)

HERE = "GM0344"
KWAST = Listed("1", "De Kwast", "01234567", HERE, "3511AA", ("KBO", "0123"))
OTHER = Listed("2", "De Kwast Zwolle")
APART = Refusal("1", "2", compared(KWAST), compared(OTHER))


def test_legal_forms_accents_and_points_do_not_tell_names_apart() -> None:
    assert normal_name("Stichting De Kwàst B.V.") == "de kwast"
    assert normal_name("DE KWAST bv") == "de kwast"
    assert normal_name("B.V.") == "bv"


def test_trigrams_start_with_blanks_before_each_word() -> None:
    assert trigrams("kwa") == {"  k", " kw", "kwa", "wa "}


def test_likeness_is_the_shared_part_of_all_trigrams() -> None:
    assert likeness(trigrams("kwast"), trigrams("kwast")) == 100
    # kwast: "  k"," kw","kwa","was","ast","st "; kwas: "  k"," kw","kwa","was","as ".
    assert likeness(trigrams("kwast"), trigrams("kwas")) == 57
    assert likeness(frozenset(), frozenset()) == 0


def test_a_number_in_two_places_is_one_firm() -> None:
    registered = Listed("1", "De Kwast", kvk_number="01234567")
    foreign = Listed("2", "Verfhuis", identifier=("NL-KVK", "01234567"))
    french = [Listed(n, n, identifier=("FR-INSEE", "552")) for n in "43"]

    assert duplicates([registered, foreign, *french]) == [
        Duplicate(100, "1", "2", "same-kvk"),
        Duplicate(100, "3", "4", "same-identifier"),
    ]


def test_near_equal_names_are_offered_within_one_municipality_only() -> None:
    first = Listed("1", "Schildersbedrijf De Kwast B.V.", municipality=HERE)
    second = Listed("2", "De Kwast Schildersbedrijf", municipality=HERE)
    far = Listed("3", "De Kwast Schildersbedrijf", municipality="GM0307")

    assert duplicates([first, second, far]) == [Duplicate(100, "1", "2", "similar-name")]


def test_a_firm_without_municipality_is_compared_by_postcode() -> None:
    first = Listed("1", "De Kwast", municipality=HERE, postcode="3511 AB")
    second = Listed("2", "De Kwast", postcode="3511 ZZ")
    other = Listed("3", "De Kwast", postcode="3512 ZZ")

    assert duplicates([first, second, other]) == [Duplicate(100, "1", "2", "similar-name")]


NAMES = st.lists(st.text("abc ", min_size=1, max_size=9), min_size=2, max_size=12)


@given(NAMES, st.integers(30, 100))
def test_the_short_cut_finds_what_comparing_all_pairs_finds(names: list[str], percent: int) -> None:
    listed = [Listed(str(n), name, municipality=HERE) for n, name in enumerate(names)]
    cut = {one.id: trigrams(normal_name(one.name)) for one in listed}
    alike = {
        tuple(sorted((a, b)))
        for a, b in combinations(cut, 2)
        if likeness(cut[a], cut[b]) >= percent
    }

    assert {(one.first, one.second) for one in duplicates(listed, percent)} == alike


@given(NAMES, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(names: list[str], chance: Random) -> None:
    listed = [Listed(str(n), name, municipality=HERE) for n, name in enumerate(names)]
    shuffled = list(listed)
    chance.shuffle(shuffled)

    assert duplicates(listed) == duplicates(shuffled)


def test_a_refusal_holds_while_nothing_that_is_compared_changes() -> None:
    otherwise_spelt = msgspec.structs.replace(KWAST, name="DE KWAST B.V.")

    assert still_holds(APART, {"1": KWAST, "2": OTHER})
    assert still_holds(APART, {"1": otherwise_spelt, "2": OTHER})


@pytest.mark.parametrize(
    "change",
    [
        {"name": "De Kwasten"},
        {"kvk_number": None},
        {"municipality": "GM0193"},
        {"postcode": "3511AB"},
        {"identifier": ("KBO", "0124")},
    ],
)
@pytest.mark.parametrize("side", ["1", "2"])
def test_a_change_of_either_ends_a_refusal(side: str, change: dict[str, Any]) -> None:
    both = {"1": KWAST, "2": msgspec.structs.replace(KWAST, id="2")}
    apart = Refusal("1", "2", compared(both["1"]), compared(both["2"]))

    changed = both | {side: msgspec.structs.replace(both[side], **change)}

    assert still_holds(apart, both)
    assert not still_holds(apart, changed)


def test_a_refusal_does_not_hold_where_one_left() -> None:
    assert not still_holds(APART, {"1": KWAST})
    assert not still_holds(APART, {"2": OTHER})
