"""From open obligations to what an enterprise may know of them; pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from api.domain.directory import QualityMark
from api.domain.social_return.credit import CreditLine, Verdict
from api.domain.social_return.purchase import HeldMark, MarkStatus, Purchase, value_purchase
from api.domain.social_return.rule_book import RuleBook
from api.domain.values import Cents
from api.opportunities.schemas import Fit, ObligationOpportunity

SAMPLE: Final = Cents(1_000_00)
"""A thousand euro: what it counts for, in euro, is the share out of 1000."""
MENDABLE: Final = frozenset({"mark-claimed", "mark-lapsed", "mark-not-yet-valid"})
"""What an enterprise can mend about a mark that the rule book counts."""
MONTHS_A_QUARTER: Final = 3
DECEMBER: Final = 12


class OpenObligation(msgspec.Struct, frozen=True):
    """What is read of an open obligation; who owes it is not even read."""

    id: UUID
    authority: str
    rule_book: UUID
    municipality: str | None
    region: str | None
    due_on: date

    @property
    def place(self) -> tuple[str, str, str, str]:
        """Group what is told as one, in the order of the list."""
        named = (self.authority, self.municipality or "", self.region or "")
        return (*named, str(self.rule_book))


class Buying(msgspec.Struct, frozen=True):
    """How a purchase would count by one rule book."""

    fit: Fit
    line: CreditLine
    subject: str | None


def buying(marks: Iterable[QualityMark], book: RuleBook, today: date) -> Buying | None:
    """Say how a purchase today would count, for whatever subject it counts most; `None`: not."""
    held = tuple(_held(one) for one in marks)
    subjects = sorted({name for rule in book.purchases for name in rule.subjects})
    found = [_valued(held, book, today, subject) for subject in (None, *subjects)]
    kept = [one for one in found if one is not None]
    order = list(Fit)
    return min(
        kept,
        key=lambda one: (order.index(one.fit), -(one.line.amount_cents or 0)),
        default=None,
    )


def _held(mark: QualityMark) -> HeldMark:
    status = MarkStatus.CLAIMED if mark.verified_on is None else MarkStatus.VERIFIED
    status = status if mark.revoked_on is None else MarkStatus.REVOKED
    return HeldMark(scheme=mark.scheme, level=mark.level, status=status, period=mark.validity)


def _valued(
    held: tuple[HeldMark, ...], book: RuleBook, today: date, subject: str | None
) -> Buying | None:
    bought = Purchase(invoice_cents=SAMPLE, invoiced_on=today, marks=held, subject=subject)
    line = value_purchase(bought, book)
    if line.verdict is Verdict.COUNTED:
        return Buying(Fit.COUNTS, line, subject)
    codes = {one.code for one in line.reasons}
    if line.verdict is Verdict.UNKNOWN and "labour-part-unknown" in codes:
        return Buying(Fit.UNKNOWN, line, subject)
    nearly = line.verdict is Verdict.NOT_COUNTED and codes and codes <= MENDABLE
    return Buying(Fit.NEARLY, line, subject) if nearly else None


def told(
    group: Iterable[OpenObligation], found: Buying, reach: frozenset[str]
) -> ObligationOpportunity:
    """Tell a group of obligations as one. Only rules and places: no contract, no amount owed."""
    members = list(group)
    one = members[0]
    counted = found.line.amount_cents if found.fit is Fit.COUNTS else None
    return ObligationOpportunity(
        authority=one.authority,
        municipality=one.municipality,
        region=one.region,
        in_area=None if one.municipality is None else one.municipality in reach,
        due_by=quarter_end(max(each.due_on for each in members)),
        fit=found.fit,
        share_permille=None if counted is None else counted // 100,
        subject=found.subject,
        rule=found.line.rule,
        reasons=found.line.reasons,
    )


def quarter_end(day: date) -> date:
    """Give the first day after the quarter of a day: the exact day would betray the contract."""
    month = (day.month - 1) // MONTHS_A_QUARTER * MONTHS_A_QUARTER + 1 + MONTHS_A_QUARTER
    return date(day.year + 1, 1, 1) if month > DECEMBER else date(day.year, month, 1)


def grouped(
    found: Iterable[OpenObligation],
) -> Mapping[tuple[str, str, str, str], list[OpenObligation]]:
    """Put together what is told as one, in order."""
    groups: dict[tuple[str, str, str, str], list[OpenObligation]] = {}
    for one in sorted(found, key=lambda each: (each.place, each.id)):
        groups.setdefault(one.place, []).append(one)
    return groups
