"""Addresses of roles pass, those made like names do not; telephones have one form."""

import pytest

from api.domain.errors import InvalidValue
from api.domain.profile.contact import parse_role_address, parse_telephone


@pytest.mark.parametrize(
    "address",
    [
        "info@kwast.example",
        "offerte.groen@kwast.example",
        "de.kwast@kwast.example",
        "groen.kwast@kwast.example",
        "team_utrecht@kwast.example",
        "jan@kwast.example",
        "hal.3@kwast.example",
    ],
)
def test_an_address_of_a_role_passes(address: str) -> None:
    assert parse_role_address(f" {address} ") == address


@pytest.mark.parametrize(
    "address",
    ["j.jansen@kwast.example", "Jan.van.Dijk@kwast.example", "fatima_amrani@kwast.example"],
)
def test_an_address_made_like_a_name_is_refused(address: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_role_address(address)
    assert caught.value.value_code == "personal-address-suspected"
    assert address not in caught.value.detail


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("030-2345678", "+31302345678"),
        ("(030) 234 56 78", "+31302345678"),
        ("+31 (0)30 234 5678", "+31302345678"),
        ("0031302345678", "+31302345678"),
        ("+32 2 123 45 67", "+3221234567"),
    ],
)
def test_a_telephone_is_kept_in_one_form(given: str, kept: str) -> None:
    assert parse_telephone(given) == kept


@pytest.mark.parametrize("given", ["", "112", "00", "0000000000", "+0301234567", "030-23456789"])
def test_what_is_no_telephone_is_refused(given: str) -> None:
    with pytest.raises(InvalidValue):
        parse_telephone(given)
