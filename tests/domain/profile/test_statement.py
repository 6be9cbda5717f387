"""What a profile states beyond its identity, and what is refused."""

import pytest

from api.domain.checks import Checks
from api.domain.directory import LegalForm, ShareBucket, TargetGroup
from api.domain.errors import InvalidValue
from api.domain.profile.statement import (
    ClientReference,
    Details,
    Establishment,
    GroupShare,
    IncomeMix,
    SbiActivity,
    SupportKind,
    SupportNeed,
    check_details,
    free_texts,
    parse_vat_id,
)

SINCE_2020 = "NL002455799B11"
"""Passes mod-97 only."""
EMBEDS_ELEVEN_TEST = "NL004495445B01"
"""Passes the 11-test, as a citizen service number does."""


def faults(details: Details, legal_form: LegalForm | None = LegalForm.BV) -> list[tuple[str, str]]:
    checks = Checks()
    check_details(details, legal_form, checks)
    return [(one.code, one.place) for one in checks.faults]


def mix(market: int) -> IncomeMix:
    return IncomeMix(market_percent=market, subsidy_percent=20, gift_percent=5, other_percent=5)


def share(group: TargetGroup, bucket: ShareBucket) -> GroupShare:
    return GroupShare(group=group, share=bucket)


def test_an_empty_statement_is_sound() -> None:
    assert faults(Details()) == []


def test_the_income_mix_sums_to_a_hundred() -> None:
    assert faults(Details(income_mix=mix(70))) == []
    assert faults(Details(income_mix=mix(69))) == [("income-mix-sum", "/incomeMix")]


@pytest.mark.parametrize(
    ("code", "version", "sound"),
    [
        ("8130", "2008", True),
        ("81300", "2025", True),
        ("8130", "2025", False),
        ("x1", "2008", False),
    ],
)
def test_an_activity_code_is_of_its_list(
    code: str,
    version: str,
    sound: bool,  # noqa: FBT001  a table of cases
) -> None:
    activity = SbiActivity(code=code, version="2008" if version == "2008" else "2025")

    assert (faults(Details(sbi_activities=(activity,))) == []) is sound


def test_an_establishment_is_named_once() -> None:
    twice = (Establishment(number="000012345678"), Establishment(number="000012345678"))

    assert faults(Details(establishments=twice)) == [("duplicate-establishment", "/establishments")]


def test_shares_of_groups_can_all_be_true_at_once() -> None:
    wajong = share(TargetGroup.WAJONG, ShareBucket.FROM_50)
    wia = share(TargetGroup.WIA, ShareBucket.FROM_75)

    assert faults(Details(target_group_shares=(wajong,))) == []
    assert faults(Details(target_group_shares=(wajong, wia))) == [
        ("group-shares-over-100", "/targetGroupShares")
    ]
    small = share(TargetGroup.WAJONG, ShareBucket.UNDER_15)
    assert faults(Details(target_group_shares=(small, small))) == [
        ("duplicate-group", "/targetGroupShares")
    ]


def test_a_vat_id_is_kept_in_one_form() -> None:
    checks = Checks()
    details = check_details(Details(vat_id="nl 0024.55799 b11"), LegalForm.BV, checks)

    assert details.vat_id == SINCE_2020
    assert checks.faults == []
    assert faults(Details(vat_id="NL1")) == [("invalid-vat-id", "/vatId")]


@pytest.mark.parametrize("legal_form", [LegalForm.EENMANSZAAK, None])
def test_a_vat_id_that_may_hold_a_personal_number_is_refused(legal_form: LegalForm | None) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_vat_id(EMBEDS_ELEVEN_TEST, legal_form)

    assert refused.value.value_code == "vat-id-of-a-person"
    assert parse_vat_id(SINCE_2020, legal_form) == SINCE_2020
    assert parse_vat_id(EMBEDS_ELEVEN_TEST, LegalForm.STICHTING) == EMBEDS_ELEVEN_TEST


def test_every_free_text_is_given_to_the_guard() -> None:
    details = Details(
        statutes_reference="artikel 2",
        memberships=("Netwerk Oost",),
        support_needs=(SupportNeed(kind=SupportKind.COACH, text="een coach"),),
        references=(ClientReference(client="Gemeente", work="groen", year=2025),),
    )

    assert dict(free_texts(details)) == {
        "/statutesReference": "artikel 2",
        "/memberships/0": "Netwerk Oost",
        "/supportNeeds/0/text": "een coach",
        "/references/0/client": "Gemeente",
        "/references/0/work": "groen",
    }
