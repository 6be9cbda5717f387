"""What a contract owes in social return: whether it applies, how much, and the malus."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import msgspec

from api.domain.social_return.credit import Reason, RuleRef, rule_ref
from api.domain.social_return.measures import half_up, in_digits, in_euros
from api.domain.social_return.rule_book import (
    Base,
    Comparison,
    Malus,
    ObligationRules,
    Percentage,
    RuleBook,
    Threshold,
)
from api.domain.tendering.notice import Nature
from api.domain.values import Cents


class Contract(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What is known of the contract. Cents excluding VAT; `None` is unknown."""

    kind: Nature | None = None
    value_cents: Cents | None = None
    """Contract sum (opdrachtsom): what thresholds are compared with."""
    months: Decimal | None = None
    wage_sum_cents: Cents | None = None
    labour_cents: Cents | None = None
    invoiced_cents: Cents | None = None
    labour_share: Decimal | None = None
    """Labour part of the contract sum; derived from the sums when absent."""

    @property
    def share_of_labour(self) -> Fraction | None:
        """Give the labour part of the contract sum (own choice, ADR 6)."""
        if self.labour_share is not None:
            return Fraction(self.labour_share)
        if self.labour_cents is None or not self.value_cents:
            return None
        return Fraction(self.labour_cents, self.value_cents)


class TenderTerms(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What the tender documents themselves lay down; it goes before the rule book."""

    source: str
    base: Base
    share: Decimal | None = None
    amount_cents: Cents | None = None


class Duty(StrEnum):
    """Whether a contract carries an obligation."""

    OWED = "owed"
    NOT_OWED = "not-owed"
    UNKNOWN = "unknown"


class Assessment(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The obligation before discounts, with its formula."""

    duty: Duty
    amount_cents: Cents | None
    """Zero when not owed, `None` when unknown."""
    share: Decimal | None = None
    words: str
    numbers: str
    rule: RuleRef
    reasons: tuple[Reason, ...] = ()


class _Finding(msgspec.Struct, frozen=True):
    """The answer to one condition; `met` is `None` while a fact is missing."""

    met: bool | None
    reason: Reason


def assess_obligation(
    contract: Contract,
    book: RuleBook,
    thresholds: Mapping[str, Cents],
    terms: TenderTerms | None = None,
) -> Assessment:
    """Compute the obligation in cents, half up to the cent.

    `thresholds` holds the amounts of named thresholds on the relevant date. A condition
    that fails decides, even where other facts are missing. Source: the rule book, or the
    tender documents where these lay down a percentage themselves (Aw 2012 art. 2.80).
    """
    if terms is not None:
        rule = RuleRef("tender-terms", book.id, book.version, terms.source)
        chosen = Percentage(share=terms.share, amount_cents=terms.amount_cents)
        return _owed(contract, terms.base, chosen, rule)
    rule = rule_ref(book, "obligation")
    if book.obligation is None:
        gap = Reason("obligation-not-in-book", "the book states no percentage or threshold")
        return _open(rule, (gap,))
    findings = tuple(_conditions(contract, book.obligation, thresholds))
    failed = tuple(finding.reason for finding in findings if finding.met is False)
    if failed:
        return _not_owed(rule, failed)
    missing = tuple(finding.reason for finding in findings if finding.met is None)
    return _open(rule, missing) if missing else _by_percentage(contract, book.obligation, rule)


def malus_cents(remaining: Cents, malus: Malus | None, *, no_fault: bool = False) -> Cents | None:
    """Give what is due for the part not fulfilled: factor times remaining, half up.

    `None` when the factor is unknown. Without fault nothing is due where the book says so.
    Source: the rule book (factor 1 in Harlingen, 1.25 in Rijnmond 2024).
    """
    if malus is None or malus.factor is None:
        return None
    if no_fault and malus.no_fault_exception:
        return Cents(0)
    return half_up(Fraction(malus.factor) * remaining)


def recovery_until(due_on: date, malus: Malus | None) -> date | None:
    """Give the first day after the recovery period (herstelperiode), if stated (rule book)."""
    if malus is None or malus.recovery_days is None:
        return None
    return due_on + timedelta(days=malus.recovery_days)


def _conditions(
    contract: Contract, rules: ObligationRules, thresholds: Mapping[str, Cents]
) -> Iterable[_Finding]:
    met = _one_of(contract.kind, rules.kinds)
    detail = f"{contract.kind or 'unknown'}, where it must be {' or '.join(rules.kinds)}"
    yield _Finding(met, Reason("contract-kind", detail))
    if rules.min_months is not None:
        met = None if contract.months is None else contract.months >= rules.min_months
        detail = f"{contract.months} months, where {rules.min_months} are needed"
        yield _Finding(met, Reason("shorter-than-minimum", detail))
    for threshold in rules.thresholds:
        met = _one_of(contract.kind, threshold.kinds)
        if met is None:
            detail = "the threshold depends on the kind of contract"
            yield _Finding(None, Reason("contract-kind", detail))
        elif met:
            yield _reached(contract.value_cents, threshold, thresholds)


def _reached(
    value: Cents | None, threshold: Threshold, thresholds: Mapping[str, Cents]
) -> _Finding:
    bound = threshold.amount_cents
    if threshold.reference is not None:
        bound = thresholds.get(threshold.reference)
    if value is None or bound is None:
        missing = "the contract sum" if value is None else f"the threshold {threshold.reference}"
        return _Finding(None, Reason("threshold-unknown", f"{missing} is not known"))
    detail = f"{in_euros(value)} against a threshold of {in_euros(bound)}"
    if value != bound:
        return _Finding(value > bound, Reason("below-threshold", detail))
    if threshold.comparison is None:
        unsaid = f"{detail}; the book does not say whether equal counts"
        return _Finding(None, Reason("threshold-comparison-unknown", unsaid))
    equal_counts = threshold.comparison is Comparison.FROM
    return _Finding(equal_counts, Reason("below-threshold", detail))


def _by_percentage(contract: Contract, rules: ObligationRules, rule: RuleRef) -> Assessment:
    matches = [(_matches(contract, one), one) for one in rules.percentages]
    possible = [one for met, one in matches if met is not False]
    certain = [one for met, one in matches if met]
    if not possible:
        gap = Reason("no-percentage", "no percentage of the book is for this contract")
        return _open(rule, (gap,))
    if not certain or len(possible) > len(certain):
        gap = Reason("percentage-undecided", "it depends on the kind, labour share or value")
        return _open(rule, (gap,))
    if rules.base is None:
        return _open(rule, (Reason("base-unknown", "the book does not name the base"),))
    return _owed(contract, rules.base, certain[0], rule)


def _matches(contract: Contract, percentage: Percentage) -> bool | None:
    """Tell whether a percentage is for this contract; `None` while a fact is missing."""
    answers = (
        _one_of(contract.kind, percentage.kinds),
        _between(
            contract.share_of_labour, percentage.labour_share_from, percentage.labour_share_below
        ),
        _between(contract.value_cents, percentage.value_from_cents, percentage.value_below_cents),
    )
    if any(answer is False for answer in answers):
        return False
    return None if None in answers else True


def _one_of(kind: Nature | None, kinds: tuple[Nature, ...]) -> bool | None:
    if not kinds:
        return True
    return None if kind is None else kind in kinds


def _between(
    value: Fraction | int | None, low: Decimal | int | None, below: Decimal | int | None
) -> bool | None:
    if low is None and below is None:
        return True
    if value is None:
        return None
    return (low is None or value >= low) and (below is None or value < below)


def _owed(contract: Contract, base: Base, chosen: Percentage, rule: RuleRef) -> Assessment:
    if base is Base.FIXED_AMOUNT or chosen.share is None:
        return _fixed(chosen, rule)
    amount = _base_amount(contract, base)
    if amount is None:
        gap = Reason("base-amount-unknown", f"the {base} of the contract is not known")
        return _open(rule, (gap,), chosen.share)
    return Assessment(
        duty=Duty.OWED,
        amount_cents=half_up(Fraction(chosen.share) * amount),
        share=chosen.share,
        words=f"share * {base}",
        numbers=f"{in_digits(chosen.share)} * {in_euros(amount)}",
        rule=rule,
    )


def _fixed(chosen: Percentage, rule: RuleRef) -> Assessment:
    if chosen.amount_cents is None:
        return _open(rule, (Reason("fixed-amount-unknown", "no fixed amount is stated"),))
    return Assessment(
        duty=Duty.OWED,
        amount_cents=chosen.amount_cents,
        words="fixed amount",
        numbers=in_euros(chosen.amount_cents),
        rule=rule,
    )


def _base_amount(contract: Contract, base: Base) -> Cents | None:
    return {
        Base.CONTRACT_SUM: contract.value_cents,
        Base.WAGE_SUM: contract.wage_sum_cents,
        Base.LABOUR_COMPONENT: contract.labour_cents,
        Base.INVOICED_TO_DATE: contract.invoiced_cents,
    }.get(base)


def _not_owed(rule: RuleRef, reasons: tuple[Reason, ...]) -> Assessment:
    return Assessment(
        duty=Duty.NOT_OWED,
        amount_cents=Cents(0),
        words="no obligation",
        numbers=in_euros(0),
        rule=rule,
        reasons=reasons,
    )


def _open(rule: RuleRef, reasons: tuple[Reason, ...], share: Decimal | None = None) -> Assessment:
    return Assessment(
        duty=Duty.UNKNOWN,
        amount_cents=None,
        share=share,
        words="unknown",
        numbers="unknown",
        rule=rule,
        reasons=reasons,
    )
