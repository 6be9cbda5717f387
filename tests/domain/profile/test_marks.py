"""What a scheme allows, whom a certificate covers, and who may verify it."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.directory import MarkState, QualityMark
from api.domain.profile.marks import (
    FourEyes,
    MarkNotVerifiable,
    MarkScheme,
    SchemeKind,
    Standing,
    after_months,
    claim_faults,
    holder_reason,
    refuse_same_eyes,
    refuse_verification,
    standing,
)

TODAY = date(2026, 11, 24)
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
SEBO = msgspec.structs.replace(PSO, code="sebo", name="SEBO", levels=(), longest_months=None)
SCHEMES = {"pso": PSO, "sebo": SEBO}
ISSUED = date(2026, 2, 16)


def a_mark(**changes: Any) -> QualityMark:
    given: dict[str, Any] = {
        "scheme": "pso",
        "level": "2",
        "issued_on": ISSUED,
        "valid_until": date(2028, 2, 15),
    }
    return QualityMark(**(given | changes))


def codes(mark: QualityMark) -> list[tuple[str, str]]:
    return [(one.code, one.place) for one in claim_faults(mark, SCHEMES, "/marks/0")]


def test_a_mark_as_its_scheme_allows_has_no_faults() -> None:
    assert codes(a_mark()) == []
    assert codes(a_mark(level=None, issued_on=None, valid_until=None)) == []


def test_an_unknown_scheme_is_a_fault_that_names_the_known_ones() -> None:
    [fault] = claim_faults(a_mark(scheme="eso"), SCHEMES, "")

    assert (fault.code, fault.place) == ("unknown-mark-scheme", "/scheme")
    assert "pso, sebo" in fault.detail


def test_an_unknown_level_is_a_fault() -> None:
    assert codes(a_mark(level="4")) == [("unknown-mark-level", "/marks/0/level")]
    assert codes(a_mark(scheme="sebo", level="1")) == [("unknown-mark-level", "/marks/0/level")]


def test_a_mark_may_not_last_longer_than_its_scheme() -> None:
    assert codes(a_mark(valid_until=date(2028, 2, 16))) == []
    assert codes(a_mark(valid_until=date(2028, 2, 17))) == [
        ("mark-lasts-too-long", "/marks/0/validUntil")
    ]
    assert codes(a_mark(scheme="sebo", level=None, valid_until=date(2036, 1, 1))) == []


def test_a_mark_may_not_end_before_it_starts() -> None:
    assert codes(a_mark(valid_until=date(2026, 2, 15))) == [
        ("invalid-period", "/marks/0/validUntil")
    ]


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 1), 24, date(2028, 3, 1)),
    ],
)
def test_months_are_counted_to_the_same_day(start: date, months: int, end: date) -> None:
    assert after_months(start, months) == end


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 120))
def test_more_months_never_end_sooner(start: date, months: int) -> None:
    assert start < after_months(start, months) < after_months(start, months + 1)


def test_a_certificate_covers_the_holders_on_it() -> None:
    assert holder_reason((), None) is None
    assert holder_reason(("00309861",), "00309861") is None
    assert holder_reason(("00309861",), "11111111") == "not-a-holder"
    assert holder_reason(("00309861",), None) == "kvk-unknown"


def test_a_verified_certificate_of_others_stays_claimed_with_the_reason() -> None:
    mark = a_mark(verified_on=TODAY)

    assert standing(mark, (), None, TODAY) == Standing(MarkState.VERIFIED)
    assert standing(mark, ("1" * 8,), "2" * 8, TODAY) == Standing(MarkState.CLAIMED, "not-a-holder")


def test_a_lapsed_or_revoked_mark_is_that_whoever_holds_it() -> None:
    lapsed = a_mark(valid_until=TODAY - timedelta(days=1), verified_on=ISSUED)
    revoked = a_mark(revoked_on=TODAY, verified_on=ISSUED)

    assert standing(lapsed, ("1" * 8,), None, TODAY) == Standing(MarkState.LAPSED)
    assert standing(revoked, (), None, TODAY) == Standing(MarkState.REVOKED)


@pytest.mark.parametrize(
    ("mark", "holders", "words"),
    [
        (a_mark(valid_until=TODAY - timedelta(days=1)), (), "lapsed"),
        (a_mark(revoked_on=TODAY), (), "revoked"),
        (a_mark(), ("2" * 8,), "holders"),
        (a_mark(valid_until=None), (), "validUntil"),
    ],
)
def test_what_has_ended_or_never_ends_or_is_anothers_is_not_verified(
    mark: QualityMark, holders: tuple[str, ...], words: str
) -> None:
    with pytest.raises(MarkNotVerifiable, match=words):
        refuse_verification(mark, holders, "1" * 8, PSO, TODAY)


def test_a_sound_mark_can_be_verified() -> None:
    refuse_verification(a_mark(), ("1" * 8,), "1" * 8, PSO, TODAY)
    refuse_verification(a_mark(scheme="sebo", valid_until=None), (), None, SEBO, TODAY)


def test_nobody_verifies_what_they_stated() -> None:
    refuse_same_eyes(None, "anna")
    refuse_same_eyes("bert", "anna")
    with pytest.raises(FourEyes):
        refuse_same_eyes("anna", "anna")
