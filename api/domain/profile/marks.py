"""Quality marks (keurmerken): what a scheme allows, and where a mark stands on a day."""

import calendar
from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from api.domain.checks import Checks
from api.domain.directory import MarkState, QualityMark
from api.domain.errors import Fault, RuleViolation

MONTHS_A_YEAR: Final = 12


class MarkNotVerifiable(RuleViolation):
    """The mark as claimed can't be verified; the detail says what is missing."""

    code = "mark-not-verifiable"


class FourEyes(RuleViolation):
    """Who stated something does not verify or approve it too."""

    code = "four-eyes"


class SchemeKind(StrEnum):
    """What a kind of mark says about its holder."""

    SOCIAL = "social"
    CERTIFICATE = "certificate"
    """A certificate of quality or safety, which tenders ask beside the social marks."""


class MarkScheme(msgspec.Struct, frozen=True, rename="camel"):
    """A kind of quality mark. Kinds are data, with a source."""

    code: str
    name: str
    """Dutch, as the keeper of the mark writes it."""
    levels: tuple[str, ...]
    """From low to high; empty when there are none."""
    longest_months: int | None
    """How long one certificate lasts at most; `None` when no limit is known."""
    kind: SchemeKind
    reserved_evidence: bool
    """Whether it counts as evidence for a lot reserved under art. 20 Dir. 2014/24."""
    source: str
    verified: bool
    """Whether the source was read; else the row is hearsay until somebody does."""


class Standing(msgspec.Struct, frozen=True):
    """Where a mark stands on a day; `reason` is a code when a certificate does not count."""

    state: MarkState
    reason: str | None = None


def claim_faults(
    mark: QualityMark, schemes: Mapping[str, MarkScheme], place: str
) -> tuple[Fault, ...]:
    """List what is wrong with a claimed mark; `place` is a JSON pointer.

    Source: the scheme's own row (domain data with its source); a mark that lasts longer
    than its scheme allows can't exist.
    """
    checks = Checks()
    scheme = schemes.get(mark.scheme)
    if scheme is None:
        known = ", ".join(sorted(schemes))
        detail = f"There is no mark scheme {mark.scheme!r}; known: {known}."
        checks.note("unknown-mark-scheme", detail, f"{place}/scheme")
    elif mark.level is not None and mark.level not in scheme.levels:
        known = ", ".join(scheme.levels) or "none"
        detail = f"{scheme.code} has no level {mark.level!r}; known: {known}."
        checks.note("unknown-mark-level", detail, f"{place}/level")
    starts, ends = mark.issued_on, mark.valid_until
    if starts is not None and ends is not None:
        if ends < starts:
            checks.note("invalid-period", "validUntil lies before issuedOn.", f"{place}/validUntil")
        elif scheme is not None and _too_long(starts, ends, scheme):
            detail = f"A mark of {scheme.code} lasts at most {scheme.longest_months} months."
            checks.note("mark-lasts-too-long", detail, f"{place}/validUntil")
    return tuple(checks.faults)


def holder_reason(holders: Collection[str], kvk_number: str | None) -> str | None:
    """Say why a certificate does not cover a firm, or `None`; an empty list is the firm itself.

    Source: PSO certificates name the main applicant and the underlying KvK numbers.
    """
    if not holders or (kvk_number is not None and kvk_number in holders):
        return None
    return "kvk-unknown" if kvk_number is None else "not-a-holder"


def standing(
    mark: QualityMark, holders: Collection[str], kvk_number: str | None, today: date
) -> Standing:
    """Tell where a mark stands on a day. One that covers other firms only stays claimed.

    Source: design decision 7; own choice, ADR 20.
    """
    state = mark.state(today)
    reason = holder_reason(holders, kvk_number)
    if reason is not None and state in {MarkState.CLAIMED, MarkState.VERIFIED}:
        return Standing(MarkState.CLAIMED, reason)
    return Standing(state)


def refuse_verification(
    mark: QualityMark,
    holders: Collection[str],
    kvk_number: str | None,
    scheme: MarkScheme,
    today: date,
) -> None:
    """Refuse to verify what has ended, never ends though its scheme lapses, or is another's.

    Source: own choice, ADR 20: what is verified must be able to lapse (design decision 7).
    """
    state = mark.state(today)
    if state in {MarkState.LAPSED, MarkState.REVOKED}:
        raise MarkNotVerifiable(f"The mark is {state.value}; claim the new certificate.")
    if holder_reason(holders, kvk_number) is not None:
        raise MarkNotVerifiable(
            "The enterprise's own KvK number is not among the holders on the certificate."
        )
    if mark.valid_until is None and scheme.longest_months is not None:
        raise MarkNotVerifiable(f"Marks of {scheme.code} lapse: claim it with validUntil.")


def refuse_same_eyes(stated_by: str | None, verifier: str) -> None:
    """Refuse that one person both states and verifies (four eyes; domain dossier 7.4)."""
    if stated_by is not None and stated_by == verifier:
        raise FourEyes("Somebody else must verify this than who stated it.")


def after_months(start: date, months: int) -> date:
    """Give the same day of the month some months later, or the month's last day.

    Source: own choice, ADR 20, as Reg. (EEC) 1182/71 art. 3 counts months.
    """
    year, month = divmod(start.year * MONTHS_A_YEAR + start.month - 1 + months, MONTHS_A_YEAR)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def _too_long(starts: date, ends: date, scheme: MarkScheme) -> bool:
    # Certificates print either the last day or the day of the anniversary; both pass.
    months = scheme.longest_months
    return months is not None and ends > after_months(starts, months)
