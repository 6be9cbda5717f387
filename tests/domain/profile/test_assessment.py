"""Definitions as checklists: met, not met, unknown, each with what was looked at."""

from datetime import date
from typing import Any

import msgspec
import pytest

from api.domain.directory import LegalForm, MarkState, ShareBucket
from api.domain.profile.assessment import (
    NORMS_2026,
    Criterion,
    HeldMark,
    ProfileFacts,
    Verdict,
    assess,
)
from api.domain.profile.completeness import completeness
from api.domain.profile.statement import Details

TODAY = date(2026, 11, 24)
MET, NOT_MET, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN


def details(**changes: Any) -> Details:
    given: dict[str, Any] = {
        "governmentSharePercent": 0,
        "profitPolicy": "limited",
        "missionInStatutes": True,
        "statutesReference": "statuten art. 2",
        "stakeholderDialogueYear": 2025,
        "impactReport": {"url": "https://kwast.example/impact", "year": 2025},
        "incomeMix": {
            "marketPercent": 50,
            "subsidyPercent": 50,
            "giftPercent": 0,
            "otherPercent": 0,
        },
        "references": [{"client": "Gemeente Ede", "work": "lunch", "year": 2025}],
    }
    return msgspec.convert(given | changes, Details)


def facts(said: Details, **changes: Any) -> ProfileFacts:
    given: dict[str, Any] = {
        "mission": "Werk voor wie het moeilijk heeft",
        "legal_form": LegalForm.BV,
        "offerings": 1,
        "main_aim_integration": True,
        "target_group_share": ShareBucket.FROM_30,
        "share_verified_on": date(2026, 3, 1),
    }
    return ProfileFacts(details=said, **(given | changes))


def verdicts(given: ProfileFacts, today: date = TODAY) -> dict[str, Verdict]:
    return {one.definition: one.verdict for one in assess(given, NORMS_2026, today)}


def criterion(given: ProfileFacts, definition: str, code: str, today: date = TODAY) -> Criterion:
    [found] = [one for one in assess(given, NORMS_2026, today) if one.definition == definition]
    [line] = [one for one in found.criteria if one.code == code]
    return line


def test_a_full_profile_meets_every_definition() -> None:
    assert verdicts(facts(details())) == {
        "ser-2015-03": MET,
        "eu-social-business": MET,
        "code-sociale-ondernemingen": MET,
        "reserved-art-20": MET,
    }


def test_an_empty_profile_is_unknown_everywhere_and_fails_nowhere() -> None:
    assert set(verdicts(ProfileFacts(details=Details())).values()) == {UNKNOWN}


def test_every_criterion_names_its_source() -> None:
    for one in assess(facts(details()), NORMS_2026, TODAY):
        assert all(line.source and line.evidence for line in one.criteria)


@pytest.mark.parametrize(
    ("said", "changes", "definition", "code", "verdict", "evidence"),
    [
        ({"governmentSharePercent": 50}, {}, "ser-2015-03", "independent", NOT_MET,
         "government share: 50%"),
        ({"governmentSharePercent": 49}, {}, "ser-2015-03", "independent", MET,
         "government share: 49%"),
        ({}, {"legal_form": LegalForm.PUBLIC_LAW}, "ser-2015-03", "independent", NOT_MET,
         "legal form: public body"),
        ({"profitPolicy": "free"}, {}, "eu-social-business", "profit-limited", NOT_MET,
         "profit policy: free"),
        ({"missionInStatutes": False, "statutesReference": None}, {},
         "code-sociale-ondernemingen", "mission-in-statutes", NOT_MET, "not in the statutes"),
        ({"statutesReference": None}, {}, "code-sociale-ondernemingen", "mission-in-statutes",
         UNKNOWN, "stated without reference"),
        ({}, {"legal_form": LegalForm.EENMANSZAAK}, "code-sociale-ondernemingen", "legal-form",
         NOT_MET, "legal form: eenmanszaak"),
        ({}, {"target_group_share": ShareBucket.FROM_15}, "reserved-art-20", "share-from-30",
         NOT_MET, "share: 15-29%"),
        ({}, {"share_verified_on": None}, "reserved-art-20", "share-from-30", UNKNOWN,
         "share not verified: 30-49%"),
        ({}, {"main_aim_integration": False}, "reserved-art-20", "main-aim-integration", NOT_MET,
         "main aim is integration: no"),
    ],
)  # fmt: skip
def test_a_criterion_gives_its_verdict_with_evidence(
    said: dict[str, Any],
    changes: dict[str, Any],
    definition: str,
    code: str,
    verdict: Verdict,
    evidence: str,
) -> None:
    found = criterion(facts(details(**said), **changes), definition, code)

    assert (found.verdict, found.evidence) == (verdict, evidence)


def test_less_than_half_market_income_fails_the_code_alone() -> None:
    mix = {"marketPercent": 49, "subsidyPercent": 51, "giftPercent": 0, "otherPercent": 0}
    found = verdicts(facts(details(incomeMix=mix)))

    assert found["code-sociale-ondernemingen"] is NOT_MET
    assert found["ser-2015-03"] is MET


def test_a_dialogue_counts_for_18_months_from_the_end_of_its_year() -> None:
    given = facts(details(stakeholderDialogueYear=2025))
    at = ("eu-social-business", "stakeholder-dialogue")

    assert criterion(given, *at, today=date(2027, 7, 31)).verdict is MET
    assert criterion(given, *at, today=date(2027, 8, 1)).verdict is NOT_MET


def test_a_verified_mark_proves_the_share_and_a_claimed_one_does_not() -> None:
    verified = HeldMark("pso-30plus", None, MarkState.VERIFIED, reserved_evidence=True)
    claimed = HeldMark("pso-30plus", None, MarkState.CLAIMED, reserved_evidence=True)
    unproven = {"target_group_share": None, "share_verified_on": None}
    at = ("reserved-art-20", "share-from-30")

    proof = criterion(facts(details(), **unproven, marks=(claimed, verified)), *at)
    assert (proof.verdict, proof.evidence) == (MET, "verified mark: pso-30plus")
    hearsay = criterion(facts(details(), **unproven, marks=(claimed,)), *at)
    assert (hearsay.verdict, hearsay.evidence) == (UNKNOWN, "mark not verified: pso-30plus")


def test_completeness_names_what_is_missing_and_what_it_would_unlock() -> None:
    empty = completeness(ProfileFacts(details=Details()))
    assert (empty.asked, empty.known, len(empty.missing)) == (18, 0, 18)
    assert empty.missing[1].field == "offerings"
    assert empty.missing[1].unlocks == ("search", "matching", "ser-2015-03")

    held = HeldMark("pso", "1", MarkState.VERIFIED)
    full = completeness(
        facts(
            details(),
            turnover_cents=1,
            reliable_capacities=1,
            located=True,
            kvk_number="01234567",
            marks=(held,),
        )
    )
    assert (full.known, full.missing) == (18, ())


def test_capacity_is_known_when_every_offering_states_it() -> None:
    some = completeness(facts(details(), offerings=2, reliable_capacities=1))

    assert "reliableCapacityCents" in [one.field for one in some.missing]


@pytest.mark.parametrize(
    ("distributed", "verdict"), [(None, MET), (0, MET), (49, MET), (50, NOT_MET), (100, NOT_MET)]
)
def test_limited_profit_leaves_most_to_the_purpose(
    distributed: int | None, verdict: Verdict
) -> None:
    given = facts(details(profitDistributedPercent=distributed))

    assert criterion(given, "ser-2015-03", "profit-limited").verdict is verdict
