import hmac
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.nl import bsn

from api.domain.errors import InvalidValue
from api.domain.social_return.privacy import (
    personal_number_faults,
    pseudonym,
    suspected_personal_numbers,
)

KEY = b"k" * 32


def found(text: str) -> list[str]:
    return [text[one.start : one.end] for one in suspected_personal_numbers(text)]


@pytest.mark.parametrize(
    "written",
    [
        "123456782",
        "1234.56.782",
        "123 456 782",
        "123-45-6782",
        "1 2 3 4 5 6 7 8 2",
        "123 - 456 - 782",
        "123\u00a0456\u202f782",
        "123\u2013456\u2014782",
        "1234\u200b56782",
        "012345672",
        "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0662",
    ],
)
def test_nine_digits_that_pass_the_test_are_suspected_however_written(written: str) -> None:
    assert found(f"Werkt hier: {written}, sinds mei") == [written]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123456789",
        "KvK 12345678",
        "vestiging 000012345678",
        "bel 06-12345678 of 030 286 00 00",
        "NL91 ABNA 0417 1643 00",
        "€ 1.234.567,82",
        "000000000",
        "12345\n6782",
        "12345/6782",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_a_number_beside_another_number_is_found() -> None:
    assert found("in 2026 123456782 en 36 uur") == ["123456782"]
    assert found("BSN123456782x") == ["123456782"]


def test_every_number_in_a_text_is_found() -> None:
    assert found("111222333 en 123456782") == ["111222333", "123456782"]


def test_a_vat_id_with_such_a_number_is_suspected_unless_the_number_is_an_organisation() -> None:
    text = "btw NL004495445B01"
    assert found(text) == ["004495445"]
    assert suspected_personal_numbers(text, {"004495445"}) == []


def test_a_fault_says_where_without_repeating_the_number() -> None:
    [fault] = personal_number_faults("Jan 123456782", "/note")
    assert (fault.code, fault.place) == ("personal-number-suspected", "/note")
    assert fault.detail.startswith("characters 5 to 13 look like")
    assert "123456782" not in fault.detail


def _with_check_digit(first: int) -> str:
    """Nine digits that pass the 11-test; ten where the check digit would be 10."""
    digits = f"{first:08d}"
    weighed = sum(
        int(digit) * weight for digit, weight in zip(digits, range(9, 1, -1), strict=True)
    )
    return f"{digits}{weighed % 11}"


passing = st.integers(1_000_000, 99_999_999).map(_with_check_digit).filter(bsn.is_valid)


@given(passing, st.lists(st.sampled_from(["", " ", ".", "-"]), min_size=8, max_size=8))
def test_no_way_of_spacing_hides_a_number(digits: str, between: list[str]) -> None:
    written = "".join(digit + gap for digit, gap in zip(digits, [*between, ""], strict=True))
    assert found(written) == [written]


@given(st.text(max_size=60))
def test_any_text_can_be_searched(text: str) -> None:
    assert all(0 <= one.start < one.end <= len(text) for one in suspected_personal_numbers(text))


def test_a_pseudonym_is_a_keyed_hash_of_area_and_reference() -> None:
    message = b"\x00\x00\x00\x06GM0518" + b"cand-7"
    assert pseudonym(KEY, "GM0518", " Cand-7 ") == hmac.new(KEY, message, sha256).hexdigest()


def test_a_pseudonym_differs_by_key_area_and_reference() -> None:
    made = {
        pseudonym(KEY, "GM0518", "7"),
        pseudonym(b"j" * 32, "GM0518", "7"),
        pseudonym(KEY, "GM0344", "7"),
        pseudonym(KEY, "GM0518", "8"),
        pseudonym(KEY, "GM05187", "x"),
        pseudonym(KEY, "GM0518", "7x"),
    }
    assert len(made) == 6


def test_a_short_key_or_an_empty_reference_is_refused() -> None:
    with pytest.raises(InvalidValue, match="32 bytes"):
        pseudonym(b"short", "GM0518", "7")
    with pytest.raises(InvalidValue, match="no reference"):
        pseudonym(KEY, "GM0518", "  ")
