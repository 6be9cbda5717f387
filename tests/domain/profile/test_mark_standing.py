"""What may be claimed and verified, and where a mark stands on a day."""

from datetime import date

import pytest

from api.domain.directory import MarkState, QualityMark
from api.domain.profile.marks import (
    FourEyes,
    MarkNotVerifiable,
    MarkScheme,
    SchemeKind,
    Standing,
    after_months,
    claim_faults,
    refuse_same_eyes,
    refuse_verification,
    standing,
)

TODAY = date(2026, 11, 24)
OWN, OTHER = "01234567", "76543210"
PSO = MarkScheme(
    code="pso",
    name="PSO",
    levels=("aspirant", "1", "2", "3"),
    longest_months=24,
    kind=SchemeKind.SOCIAL,
    reserved_evidence=False,
    source="pso-nederland.nl",
    verified=True,
)
SCHEMES = {"pso": PSO}


def mark(
    *,
    scheme: str = "pso",
    level: str | None = "2",
    issued_on: date | None = date(2025, 3, 1),
    valid_until: date | None = date(2027, 2, 28),
    verified_on: date | None = None,
) -> QualityMark:
    return QualityMark(scheme, level, issued_on, valid_until, verified_on)


def codes(claimed: QualityMark) -> list[tuple[str, str]]:
    return [(one.code, one.place) for one in claim_faults(claimed, SCHEMES, "/marks/0")]


def test_a_claim_within_its_scheme_has_no_fault() -> None:
    assert codes(mark()) == []
    assert codes(mark(issued_on=None)) == []


def test_an_unknown_scheme_or_level_is_named_with_what_is_known() -> None:
    assert codes(mark(scheme="psso", level=None)) == [("unknown-mark-scheme", "/marks/0/scheme")]
    assert codes(mark(level="4")) == [("unknown-mark-level", "/marks/0/level")]
    [fault] = claim_faults(mark(level="4"), SCHEMES, "")
    assert "aspirant, 1, 2, 3" in fault.detail


def test_a_mark_does_not_end_before_it_starts() -> None:
    wrong = mark(valid_until=date(2025, 2, 28))

    assert codes(wrong) == [("invalid-period", "/marks/0/validUntil")]


@pytest.mark.parametrize(
    ("until", "faults"),
    [
        (date(2027, 2, 28), []),
        (date(2027, 3, 1), []),
        (date(2027, 3, 2), [("mark-lasts-too-long", "/marks/0/validUntil")]),
    ],
)
def test_no_mark_lasts_longer_than_its_scheme(until: date, faults: list[tuple[str, str]]) -> None:
    assert codes(mark(valid_until=until)) == faults


def test_a_certificate_counts_only_for_its_holders() -> None:
    held = mark(verified_on=date(2025, 3, 10))

    assert standing(held, [OWN, OTHER], OWN, TODAY) == Standing(MarkState.VERIFIED)
    assert standing(held, [], OWN, TODAY) == Standing(MarkState.VERIFIED)
    assert standing(held, [OTHER], OWN, TODAY) == Standing(MarkState.CLAIMED, "not-a-holder")
    assert standing(held, [OTHER], None, TODAY) == Standing(MarkState.CLAIMED, "kvk-unknown")


def test_a_lapsed_mark_is_lapsed_whoever_held_it() -> None:
    lapsed = mark(valid_until=date(2026, 11, 23))

    assert standing(lapsed, [OTHER], OWN, TODAY) == Standing(MarkState.LAPSED)


def test_a_sound_claim_may_be_verified() -> None:
    refuse_verification(mark(), [], OWN, PSO, TODAY)
    refuse_same_eyes("desk", "coordinator")
    refuse_same_eyes(None, "coordinator")


@pytest.mark.parametrize(
    ("claimed", "holders", "reason"),
    [
        (mark(valid_until=date(2026, 11, 1)), [], "lapsed"),
        (mark(), [OTHER], "not among the holders"),
        (mark(valid_until=None), [], "validUntil"),
    ],
)
def test_what_has_ended_is_anothers_or_never_ends_is_not_verified(
    claimed: QualityMark, holders: list[str], reason: str
) -> None:
    with pytest.raises(MarkNotVerifiable, match=reason):
        refuse_verification(claimed, holders, OWN, PSO, TODAY)


def test_nobody_verifies_what_they_stated() -> None:
    with pytest.raises(FourEyes):
        refuse_same_eyes("desk", "desk")


def test_a_month_later_is_the_same_day_or_the_last_of_the_month() -> None:
    assert after_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert after_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert after_months(date(2026, 3, 1), 24) == date(2028, 3, 1)
