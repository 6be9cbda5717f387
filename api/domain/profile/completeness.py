"""What a profile lacks, and what each missing field would unlock."""

from collections.abc import Callable
from typing import Final

import msgspec

from api.domain.directory import MarkState
from api.domain.profile.assessment import ProfileFacts


class Missing(msgspec.Struct, frozen=True, rename="camel"):
    """A field without an answer."""

    field: str
    """As named in the API."""
    unlocks: tuple[str, ...]
    """Codes of what an answer would make possible; see docs/profile.md."""


class Completeness(msgspec.Struct, frozen=True, rename="camel"):
    """How much of a profile is filled in. It never ranks (design decision 6)."""

    asked: int
    known: int
    missing: tuple[Missing, ...]


_Known = Callable[[ProfileFacts], bool]
_FIELDS: Final[tuple[tuple[str, tuple[str, ...], _Known], ...]] = (
    ("kvkNumber", ("marks-of-named-holders", "claim"), lambda facts: facts.kvk_number is not None),
    ("offerings", ("search", "matching", "ser-2015-03"), lambda facts: facts.offerings > 0),
    (
        "reliableCapacityCents",
        ("capacity-verdict",),
        lambda facts: 0 < facts.offerings == facts.reliable_capacities,
    ),
    ("turnoverCents", ("turnover-verdict",), lambda facts: facts.turnover_cents is not None),
    ("lat", ("distance", "radius-search"), lambda facts: facts.located),
    (
        "legalForm",
        ("code-sociale-ondernemingen", "vat-id"),
        lambda facts: facts.legal_form is not None,
    ),
    ("mission", ("ser-2015-03", "eu-social-business"), lambda facts: bool(facts.mission.strip())),
    (
        "mainAimIntegration",
        ("reserved-art-20",),
        lambda facts: facts.main_aim_integration is not None,
    ),
    ("targetGroupShare", ("reserved-art-20",), lambda facts: facts.target_group_share is not None),
    (
        "shareVerifiedOn",
        ("reserved-art-20",),
        lambda facts: facts.share_verified_on is not None,
    ),
    (
        "marks",
        ("required-marks", "social-return-credit"),
        lambda facts: any(one.state is MarkState.VERIFIED for one in facts.marks),
    ),
    (
        "governmentSharePercent",
        ("ser-2015-03", "code-sociale-ondernemingen"),
        lambda facts: facts.details.government_share_percent is not None,
    ),
    (
        "profitPolicy",
        ("ser-2015-03", "eu-social-business", "code-sociale-ondernemingen"),
        lambda facts: facts.details.profit_policy is not None,
    ),
    (
        "incomeMix",
        ("code-sociale-ondernemingen",),
        lambda facts: facts.details.income_mix is not None,
    ),
    (
        "missionInStatutes",
        ("code-sociale-ondernemingen",),
        lambda facts: facts.details.mission_in_statutes is not None,
    ),
    (
        "stakeholderDialogueYear",
        ("eu-social-business", "code-sociale-ondernemingen"),
        lambda facts: facts.details.stakeholder_dialogue_year is not None,
    ),
    (
        "impactReport",
        ("code-sociale-ondernemingen",),
        lambda facts: facts.details.impact_report is not None,
    ),
    ("references", ("track-record",), lambda facts: bool(facts.details.references)),
)


def completeness(facts: ProfileFacts) -> Completeness:
    """List what is missing, the most useful first (own choice, ADR 20)."""
    missing = tuple(Missing(name, unlocks) for name, unlocks, known in _FIELDS if not known(facts))
    return Completeness(len(_FIELDS), len(_FIELDS) - len(missing), missing)
