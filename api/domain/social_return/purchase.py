"""The value of a purchase (inkoop): the highest rule that a verified, valid mark opens."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction

import msgspec

from api.domain.directory import QualityMark
from api.domain.errors import InvalidValue
from api.domain.social_return.credit import CreditLine, Draft, Reason, in_text, rule_ref
from api.domain.social_return.measures import half_up, in_digits, in_euros
from api.domain.social_return.rule_book import Part, PurchaseRule, RuleBook
from api.domain.values import Cents, Period

WORDS = {Part.INVOICE: "share * invoice", Part.LABOUR: "share * labour part of the invoice"}


class MarkStatus(StrEnum):
    """How far a mark was checked. Only `verified` counts."""

    CLAIMED = "claimed"
    VERIFIED = "verified"
    REVOKED = "revoked"


class HeldMark(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A mark or recognition that a firm holds, for the days of `period` (half-open)."""

    scheme: str
    level: str | None = None
    status: MarkStatus
    period: Period = Period()

    def fault_on(self, day: date) -> Reason | None:
        """Say why the mark does not count on `day`, if so (own choice, ADR 6: half-open days)."""
        name = self.scheme if self.level is None else f"{self.scheme} {self.level}"
        if self.status is not MarkStatus.VERIFIED:
            return Reason(f"mark-{self.status}", f"{name} is {self.status}, not verified")
        if self.period.starts_on is not None and day < self.period.starts_on:
            return Reason("mark-not-yet-valid", f"{name} is valid from {self.period.starts_on}")
        if not self.period.holds(day):
            return Reason("mark-lapsed", f"{name} lapsed on {self.period.ends_on}")
        return None


def held(mark: QualityMark) -> HeldMark:
    """Show a mark of the directory; one that was revoked counts up to that day (ADR 6)."""
    status = MarkStatus.CLAIMED if mark.verified_on is None else MarkStatus.VERIFIED
    return HeldMark(scheme=mark.scheme, level=mark.level, status=status, period=mark.validity)


class Purchase(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One invoice of a supplier, or the part of it that is claimed here."""

    invoice_cents: Cents
    invoiced_on: date
    marks: tuple[HeldMark, ...]
    labour_cents: Cents | None = None
    subject: str | None = None

    def __post_init__(self) -> None:
        """Refuse an amount of nothing, and a labour part above the whole."""
        if self.invoice_cents <= 0:
            raise InvalidValue("a credit note is a counter-entry", code="invalid-amount")
        if self.labour_cents is not None and not 0 <= self.labour_cents <= self.invoice_cents:
            raise InvalidValue("the labour part is not a part of the invoice", code="labour-part")


class _Offer(msgspec.Struct, frozen=True):
    """A rule that applies, with what it brings; `None` while the labour part is unknown."""

    rule: PurchaseRule
    amount: Fraction | None
    at_most: Fraction


def value_purchase(purchase: Purchase, book: RuleBook) -> CreditLine:
    """Value a purchase in cents, half up: the highest rule counts, marks never add up.

    A mark counts only if verified and valid on the invoice date. An unknown labour part
    leaves the value unknown, unless another rule brings at least as much (own choice, ADR 6).
    """
    if not book.purchases:
        gap = Reason("purchases-not-in-book", "the book does not say how purchases count")
        return _draft(purchase, book, None).unknown("share * invoice", gap)
    offers = [_offer(purchase, rule) for rule in book.purchases if _applies(purchase, rule)]
    if not offers:
        reasons = _why_none(purchase, book)
        return _draft(purchase, book, None).refused("no rule applies", *reasons)
    return _line(purchase, book, offers)


def _line(purchase: Purchase, book: RuleBook, offers: Sequence[_Offer]) -> CreditLine:
    best = max(offers, key=lambda offer: (offer.amount is not None, offer.amount or 0))
    dearer = [one for one in offers if one.amount is None and _beats(one, best)]
    if dearer:
        rule = max(dearer, key=lambda offer: offer.at_most).rule
        gap = Reason("labour-part-unknown", "the labour part of the invoice is not given")
        return _draft(purchase, book, rule).unknown(WORDS[rule.part], gap)
    amount = best.amount or Fraction(0)
    part = purchase.invoice_cents if best.rule.part is Part.INVOICE else purchase.labour_cents
    numbers = f"{in_digits(best.rule.share)} * {in_euros(part or 0)}"
    draft = _draft(purchase, book, best.rule)
    return draft.counted(half_up(amount), WORDS[best.rule.part], numbers)


def _beats(unknown: _Offer, best: _Offer) -> bool:
    return best.amount is None or unknown.at_most > best.amount


def _offer(purchase: Purchase, rule: PurchaseRule) -> _Offer:
    share = Fraction(rule.share)
    at_most = share * purchase.invoice_cents
    if rule.part is Part.INVOICE:
        return _Offer(rule, at_most, at_most)
    labour = purchase.labour_cents
    return _Offer(rule, None if labour is None else share * labour, at_most)


def _applies(purchase: Purchase, rule: PurchaseRule) -> bool:
    if rule.subjects and purchase.subject not in rule.subjects:
        return False
    return any(
        _meant(mark, rule) and mark.fault_on(purchase.invoiced_on) is None
        for mark in purchase.marks
    )


def _meant(mark: HeldMark, rule: PurchaseRule) -> bool:
    return mark.scheme == rule.recognition and rule.level in {None, mark.level}


def _why_none(purchase: Purchase, book: RuleBook) -> Iterable[Reason]:
    meant = [mark for mark in purchase.marks if any(_meant(mark, rule) for rule in book.purchases)]
    faults = [fault for mark in meant if (fault := mark.fault_on(purchase.invoiced_on))]
    if faults:
        return faults
    if meant:
        return [Reason("subject-not-in-book", f"nothing is counted for {purchase.subject}")]
    return [Reason("no-recognition", "the supplier holds no mark that the book counts")]


def _draft(purchase: Purchase, book: RuleBook, rule: PurchaseRule | None) -> Draft:
    inputs = _inputs(purchase)
    if rule is None:
        return Draft(rule=rule_ref(book, "purchase"), inputs=inputs)
    level = f"-{rule.level}" if rule.level else ""
    found = rule_ref(book, f"purchase-{rule.recognition}{level}", rule.source)
    return Draft(rule=found, inputs=inputs, categories=rule.categories)


def _inputs(purchase: Purchase) -> tuple[tuple[str, str], ...]:
    return (
        ("invoiceCents", str(purchase.invoice_cents)),
        ("labourCents", in_text(purchase.labour_cents)),
        ("invoicedOn", purchase.invoiced_on.isoformat()),
        ("subject", in_text(purchase.subject)),
        ("marks", ", ".join(_mark_text(mark) for mark in purchase.marks)),
    )


def _mark_text(mark: HeldMark) -> str:
    until = in_text(mark.period.ends_on)
    return f"{mark.scheme} {mark.level or '-'} {mark.status} until {until}"
