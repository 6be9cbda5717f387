"""What a profile may say: sums, codes, buckets, and no personal numbers in VAT ids."""

from typing import Any

import msgspec
import pytest

from api.domain.checks import Checks
from api.domain.directory import LegalForm
from api.domain.errors import InvalidValue
from api.domain.profile.statement import (
    DETAIL_FIELDS,
    Details,
    check_details,
    free_texts,
    parse_postcode,
    parse_vat_id,
)

SAFE, EMBEDDING = "NL002455799B11", "NL004495445B01"
"""Passes mod-97 only; its first nine digits pass the 11-test."""


def codes(legal_form: LegalForm | None = LegalForm.BV, **given: Any) -> list[tuple[str, str]]:
    checks = Checks()
    check_details(msgspec.convert(given, Details), legal_form, {"GM0344"}, checks)
    return [(one.code, one.place) for one in checks.faults]


def a_mix(market: int, subsidy: int, gift: int, other: int) -> dict[str, int]:
    names = ("marketPercent", "subsidyPercent", "giftPercent", "otherPercent")
    return dict(zip(names, (market, subsidy, gift, other), strict=True))


def test_an_empty_statement_has_no_faults() -> None:
    assert codes() == []
    assert "income_mix" in DETAIL_FIELDS


def test_an_income_mix_sums_to_100() -> None:
    assert codes(incomeMix=a_mix(60, 30, 5, 5)) == []
    assert codes(incomeMix=a_mix(60, 30, 5, 4)) == [("income-mix-sum", "/incomeMix")]


@pytest.mark.parametrize(
    ("code", "version", "sound"),
    [
        ("81210", "2025", True),
        ("8121", "2025", False),
        ("8121", "2008", True),
        ("81a1", "2008", False),
    ],
)
def test_sbi_codes_have_the_length_of_their_list(code: str, version: str, sound: bool) -> None:  # noqa: FBT001  a parameter of the test
    found = [] if sound else [("invalid-sbi", "/sbiActivities/0/code")]

    assert codes(sbiActivities=[{"code": code, "version": version}]) == found


def test_the_lower_bounds_of_shares_stay_within_the_whole() -> None:
    half, other = {"group": "wajong", "share": "50-74"}, {"group": "wia", "share": "50-74"}
    assert codes(targetGroupShares=[half, other]) == []
    rest = {"group": "ww", "share": "15-29"}
    assert codes(targetGroupShares=[half, other, rest]) == [
        ("group-shares-over-100", "/targetGroupShares")
    ]


def test_a_group_and_an_establishment_are_named_once() -> None:
    group, place = {"group": "wia", "share": "<15"}, {"number": "000012345678"}

    assert codes(targetGroupShares=[group, group]) == [("duplicate-group", "/targetGroupShares")]
    assert codes(establishments=[place, place]) == [("duplicate-establishment", "/establishments")]


@pytest.mark.parametrize("form", [None, LegalForm.EENMANSZAAK])
def test_a_vat_id_that_may_hold_a_personal_number_is_refused(form: LegalForm | None) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_vat_id(EMBEDDING, form)

    assert refused.value.value_code == "vat-id-of-a-person"
    assert "4495445" not in refused.value.detail


def test_other_vat_ids_are_kept_in_one_form() -> None:
    assert parse_vat_id("nl 0024.55.799.B11", LegalForm.EENMANSZAAK) == SAFE
    assert parse_vat_id(EMBEDDING, LegalForm.BV) == EMBEDDING
    checks = Checks()
    kept = check_details(Details(vat_id="NL 002455799 B11"), None, (), checks)
    assert (kept.vat_id, checks.faults) == (SAFE, [])


def test_what_is_no_dutch_vat_id_is_refused() -> None:
    assert codes(vatId="DE136695976") == [("invalid-vat-id", "/vatId")]


def test_a_postcode_is_kept_in_one_form() -> None:
    assert parse_postcode("1012ab") == "1012 AB"
    with pytest.raises(InvalidValue, match="no Dutch postcode"):
        parse_postcode("0999AB")


def test_every_free_text_is_read_by_the_guard() -> None:
    details = msgspec.convert(
        {
            "statutesReference": "art. 3",
            "establishments": [{"number": "000012345678", "street": "Dam 1", "town": "Ede"}],
            "memberships": ["Social Enterprise NL"],
            "supportNeeds": [{"kind": "coach", "text": "een coach"}],
            "references": [{"client": "Gemeente Ede", "work": "lunch", "year": 2025}],
        },
        Details,
    )

    assert dict(free_texts(details)) == {
        "/statutesReference": "art. 3",
        "/establishments/0/street": "Dam 1",
        "/establishments/0/town": "Ede",
        "/memberships/0": "Social Enterprise NL",
        "/supportNeeds/0/text": "een coach",
        "/references/0/client": "Gemeente Ede",
        "/references/0/work": "lunch",
    }


def test_who_distributes_nothing_distributes_no_percentage() -> None:
    assert codes(profitPolicy="none", profitDistributedPercent=0) == []
    assert codes(profitPolicy="none", profitDistributedPercent=5) == [
        ("profit-contradiction", "/profitDistributedPercent")
    ]


def test_an_establishment_lies_in_a_known_municipality_at_a_whole_point() -> None:
    number = "000012345678"
    sound = {"number": number, "municipality": "GM0344", "lat": 52.1, "lon": 5.1}
    faulty = {"number": number, "municipality": "GM9998", "lat": 52.1, "postcode": "0999AB"}

    assert codes(establishments=[sound]) == []
    assert codes(establishments=[faulty]) == [
        ("unknown-area", "/establishments/0/municipality"),
        ("half-a-point", "/establishments/0/lat"),
        ("invalid-postcode", "/establishments/0/postcode"),
    ]
