"""The language of verdicts: states, stable codes, and the rules that they come from."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

Compared = str | int | tuple[str, ...] | None
"""A compared value: cents, days or months as a number, days as ISO text, codes as text."""


class State(StrEnum):
    """The three values of a verdict; a warning informs and decides nothing."""

    PASS = "pass"  # noqa: S105  the word for a met rule, no password
    FAIL = "fail"
    UNKNOWN = "unknown"
    WARNING = "warning"


# Members by plain name: Python 3.11 looks a member up on its class at some 100 ns a time.
PASS, FAIL, UNKNOWN, WARNING = State.PASS, State.FAIL, State.UNKNOWN, State.WARNING


class RuleId(StrEnum):
    """The rules by name, in the order in which their reasons are listed."""

    VISIBILITY = "visibility"
    BUYER_EXCLUSION = "buyer-exclusion"
    RESERVED = "reserved-participation"
    MARKS = "required-marks"
    DEPENDENCY = "dependency"
    OFFERING = "offering"
    CATEGORY = "category"
    AREA = "area"
    MODE = "service-mode"
    CAPACITY = "capacity"
    LEAD_TIME = "lead-time"
    MINIMUM_ORDER = "minimum-order"
    NATURE = "nature"


class ReasonCode(StrEnum):
    """Stable machine codes; each is explained in `docs/matching.md`."""

    VISIBLE = "visible"
    NOT_VISIBLE = "not-visible"

    NOT_EXCLUDED = "not-excluded"
    EXCLUDED_BY_BUYER = "excluded-by-buyer"

    NOT_RESERVED = "not-reserved"
    ART20_MET = "art20-met"
    ART20_SHARE_UNKNOWN = "art20-share-unknown"
    ART20_SHARE_UNVERIFIED = "art20-share-unverified"
    ART20_SHARE_LOW = "art20-share-low"
    ART20_MAIN_AIM_UNKNOWN = "art20-main-aim-unknown"
    ART20_MAIN_AIM_MISSING = "art20-main-aim-missing"
    ART77_MET = "art77-met"
    ART77_CPV_UNKNOWN = "art77-cpv-unknown"
    ART77_CPV_UNLISTED = "art77-cpv-unlisted"
    ART77_TERM_UNKNOWN = "art77-term-unknown"
    ART77_TERM_LONG = "art77-term-long"
    ART77_AWARD_DATE_UNKNOWN = "art77-award-date-unknown"
    ART77_RECENT_AWARD = "art77-recent-award"
    ART77_MISSION_UNKNOWN = "art77-mission-unknown"
    ART77_MISSION_MISSING = "art77-mission-missing"

    MARK_NOT_ASKED = "mark-not-asked"
    MARK_HELD = "mark-held"
    MARK_DATES_UNKNOWN = "mark-dates-unknown"
    MARK_LEVEL_UNKNOWN = "mark-level-unknown"
    MARK_UNVERIFIED = "mark-unverified"
    MARK_LAPSES = "mark-lapses"
    MARK_NOT_VALID = "mark-not-valid"
    MARK_LEVEL_LOW = "mark-level-low"
    MARK_MISSING = "mark-missing"

    DEPENDENCY_LOW = "dependency-low"
    DEPENDENCY_UNKNOWN = "dependency-unknown"
    DEPENDENCY_HIGH = "dependency-high"

    NO_OFFERING = "no-offering"

    CATEGORY_SAME = "category-same"
    CATEGORY_BROADER = "category-broader"
    CATEGORY_NARROWER = "category-narrower"
    CATEGORY_TEXT = "category-text"
    CATEGORY_DIVISION = "category-division"
    CATEGORY_ADDITIONAL = "category-additional"
    CATEGORY_UNKNOWN = "category-unknown"
    CATEGORY_OTHER = "category-other"
    CATEGORY_NO_EVIDENCE = "category-no-evidence"

    AREA_COVERED = "area-covered"
    AREA_PARTIAL = "area-partial"
    AREA_UNKNOWN = "area-unknown"
    AREA_OUTSIDE = "area-outside"

    MODE_ANY = "mode-any"
    MODE_ACCEPTED = "mode-accepted"
    MODE_OTHER = "mode-other"

    CAPACITY_ENOUGH = "capacity-enough"
    CAPACITY_UNKNOWN = "capacity-unknown"
    VALUE_UNKNOWN = "value-unknown"
    CAPACITY_SHORT = "capacity-short"

    LEAD_TIME_NOT_ASKED = "lead-time-not-asked"
    LEAD_TIME_MET = "lead-time-met"
    LEAD_TIME_UNKNOWN = "lead-time-unknown"
    LEAD_TIME_LONG = "lead-time-long"

    MINIMUM_ORDER_NOT_ASKED = "minimum-order-not-asked"
    MINIMUM_ORDER_MET = "minimum-order-met"
    MINIMUM_ORDER_UNKNOWN = "minimum-order-unknown"
    MINIMUM_ORDER_HIGH = "minimum-order-high"

    NATURE_DIFFERS = "nature-differs"


class Reason(msgspec.Struct, frozen=True, gc=False):
    """One rule applied: its code, and the values that were compared."""

    code: ReasonCode
    rule: RuleId
    state: State
    wanted: Compared = None
    offered: Compared = None


class Rule(msgspec.Struct, frozen=True, gc=False):
    """A hard rule, its version and where it comes from."""

    id: RuleId
    version: int
    source: str


RULES: Final = (
    Rule(RuleId.VISIBILITY, 1, "design decision 13: withdrawn and merged firms are gone"),
    Rule(RuleId.BUYER_EXCLUSION, 1, "Aw 2012 art. 1.4: recorded, objective reason"),
    Rule(RuleId.RESERVED, 1, "Dir. 2014/24 art. 20 and 77; Aw 2012 art. 2.82 and 2.82a"),
    Rule(RuleId.MARKS, 1, "Dir. 2014/24 art. 43; design decision 7"),
    Rule(RuleId.DEPENDENCY, 1, "own choice, ADR 17 (VNG guide 2014: one buyer's weight)"),
    Rule(RuleId.OFFERING, 1, "design decision 1"),
    Rule(RuleId.CATEGORY, 1, "Reg. (EC) 213/2008, annex I; own choice, ADR 17 for text"),
    Rule(RuleId.AREA, 3, "design decision 2; own choice, ADR 17, for a notice from abroad"),
    Rule(RuleId.MODE, 1, "design decision 1"),
    Rule(RuleId.CAPACITY, 1, "own choice, ADR 17 (VNG guide 2014: reliable capacity)"),
    Rule(RuleId.LEAD_TIME, 1, "own choice, ADR 17"),
    Rule(RuleId.MINIMUM_ORDER, 1, "own choice, ADR 17"),
    Rule(RuleId.NATURE, 1, "own choice, ADR 17 (eForms BT-23)"),
)
"""A changed rule gets the next version; the fingerprint of a run holds all of them."""


def failing(reasons: Iterable[Reason]) -> list[Reason]:
    """Give the reasons that fail, in order (own choice, ADR 17)."""
    return [reason for reason in reasons if reason.state is FAIL]
