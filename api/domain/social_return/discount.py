"""What the contractor's own mark or own staff takes off an obligation."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from api.domain.social_return.credit import CreditLine, Draft, Reason, in_text, rule_ref
from api.domain.social_return.measures import half_up, in_digits, in_euros
from api.domain.social_return.purchase import HeldMark
from api.domain.social_return.rule_book import OwnCertificate, RuleBook
from api.domain.values import Cents

WORDS = "discount * obligation"


class Contractor(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What the contractor brings of their own, on the day of the award."""

    marks: tuple[HeldMark, ...] = ()
    awarded_on: date
    target_group_share: Decimal | None = None
    """Share of own staff (FTE) in a target group; absent means not claimed."""
    obligation_share: Decimal | None = None
    """The percentage of the obligation, for discounts that hold up to one."""
    areas: tuple[str, ...] | None = None
    """Parts of the region that the buyer lies in; `None` is unknown."""


class _Offer(msgspec.Struct, frozen=True):
    certificate: OwnCertificate
    holds: bool | None

    @property
    def share(self) -> Fraction:
        return Fraction(1) if self.certificate.exempt else Fraction(self.certificate.discount or 0)


def own_discount(owed: Cents, contractor: Contractor, book: RuleBook) -> CreditLine:
    """Give the discount on an obligation in cents, half up: the highest one, never a sum.

    A mark counts only if verified and valid on the day of the award (half-open). An
    exemption takes off everything, and so does the FTE rule. Source: the rule book.
    """
    if _fte_rule_met(contractor, book):
        return _by_fte_rule(owed, contractor, book)
    offers = [
        _Offer(one, _holds(one, contractor))
        for one in book.own_certificates
        if _held(one, contractor)
    ]
    open_ones = [offer for offer in offers if offer.holds is None]
    sure = [offer for offer in offers if offer.holds]
    best = max(sure, key=lambda offer: offer.share, default=None)
    doubtful = max(open_ones, key=lambda offer: offer.share, default=None)
    if doubtful and (best is None or doubtful.share > best.share):
        gap = Reason("discount-undecided", "it depends on the area or the percentage, not given")
        return _draft(owed, contractor, book, doubtful.certificate).unknown(WORDS, gap)
    if best is None:
        return _draft(owed, contractor, book).refused(WORDS, *_why_none(contractor, book))
    amount = half_up(best.share * owed)
    numbers = f"{in_digits(best.share)} * {in_euros(owed)}"
    return _draft(owed, contractor, book, best.certificate).counted(amount, WORDS, numbers)


def _fte_rule_met(contractor: Contractor, book: RuleBook) -> bool:
    share = contractor.target_group_share
    return book.fte_rule is not None and share is not None and share >= book.fte_rule.share


def _by_fte_rule(owed: Cents, contractor: Contractor, book: RuleBook) -> CreditLine:
    source = book.fte_rule.source if book.fte_rule else None
    draft = Draft(rule=rule_ref(book, "fte-rule", source), inputs=_inputs(owed, contractor))
    words = "own staff in a target group reaches the share: met in full"
    return draft.counted(owed, words, in_euros(owed))


def _held(certificate: OwnCertificate, contractor: Contractor) -> bool:
    return any(
        mark.scheme == certificate.recognition
        and certificate.level in {None, mark.level}
        and mark.fault_on(contractor.awarded_on) is None
        for mark in contractor.marks
    )


def _holds(certificate: OwnCertificate, contractor: Contractor) -> bool | None:
    answers = (_in_area(certificate, contractor), _small_enough(certificate, contractor))
    if any(answer is False for answer in answers):
        return False
    return None if None in answers else True


def _in_area(certificate: OwnCertificate, contractor: Contractor) -> bool | None:
    if not certificate.areas:
        return True
    if contractor.areas is None:
        return None
    return bool(set(certificate.areas) & set(contractor.areas))


def _small_enough(certificate: OwnCertificate, contractor: Contractor) -> bool | None:
    if certificate.obligation_share_at_most is None:
        return True
    if contractor.obligation_share is None:
        return None
    return contractor.obligation_share <= certificate.obligation_share_at_most


def _why_none(contractor: Contractor, book: RuleBook) -> Iterable[Reason]:
    known = {certificate.recognition for certificate in book.own_certificates}
    meant = [mark for mark in contractor.marks if mark.scheme in known]
    faults = [fault for mark in meant if (fault := mark.fault_on(contractor.awarded_on))]
    return faults or [Reason("no-own-certificate", "no own mark that the book rewards here")]


def _draft(
    owed: Cents, contractor: Contractor, book: RuleBook, chosen: OwnCertificate | None = None
) -> Draft:
    inputs = _inputs(owed, contractor)
    if chosen is None:
        return Draft(rule=rule_ref(book, "own-certificate"), inputs=inputs)
    level = f"-{chosen.level}" if chosen.level else ""
    code = f"own-certificate-{chosen.recognition}{level}"
    return Draft(rule=rule_ref(book, code, chosen.source), inputs=inputs)


def _inputs(owed: Cents, contractor: Contractor) -> tuple[tuple[str, str], ...]:
    return (
        ("owedCents", str(owed)),
        ("awardedOn", contractor.awarded_on.isoformat()),
        ("targetGroupShare", in_text(contractor.target_group_share)),
        ("obligationShare", in_text(contractor.obligation_share)),
    )
