"""What a valuation answers: lines with a formula, inputs, the rule and its source."""

from decimal import Decimal
from enum import StrEnum

import msgspec

from api.domain.errors import RuleViolation
from api.domain.social_return.rule_book import RuleBook
from api.domain.values import Cents

TO_THE_CENT = "half up to the cent"


class Reason(msgspec.Struct, frozen=True, rename="camel"):
    """Why a verdict came out as it did."""

    code: str
    detail: str


class RuleRef(msgspec.Struct, frozen=True, rename="camel"):
    """The rule that decided, precise enough to find it again."""

    code: str
    book_id: str
    book_version: str
    source: str


class Verdict(StrEnum):
    """What came of one line."""

    COUNTED = "counted"
    NOT_COUNTED = "not-counted"
    UNKNOWN = "unknown"
    """A fact or a rule is missing: neither counted nor refused."""


class CreditLine(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One amount with everything needed to compute it again."""

    verdict: Verdict
    amount_cents: Cents | None
    """Cents excluding VAT; `None` exactly when the verdict is unknown."""
    words: str
    numbers: str
    inputs: tuple[tuple[str, str], ...]
    rule: RuleRef
    rounding: str = TO_THE_CENT
    reasons: tuple[Reason, ...] = ()
    categories: tuple[str, ...] = ()


class Credit(msgspec.Struct, frozen=True, rename="camel"):
    """The value of one fulfilment before caps."""

    lines: tuple[CreditLine, ...]

    @property
    def amount_cents(self) -> Cents | None:
        """Add the rounded lines; unknown as soon as one line is (own choice, ADR 5)."""
        amounts = [line.amount_cents for line in self.lines]
        known = [amount for amount in amounts if amount is not None]
        return Cents(sum(known)) if len(known) == len(amounts) else None

    @property
    def categories(self) -> tuple[str, ...]:
        """Give the categories that any line falls under, sorted (own choice, ADR 6)."""
        return tuple(sorted({code for line in self.lines for code in line.categories}))


class NotInRuleBook(RuleViolation):
    """The named block, bonus or category does not exist in the rule book that applies."""

    code = "not-in-rule-book"


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What the lines of one rule have in common while they are being worked out."""

    rule: RuleRef
    inputs: tuple[tuple[str, str], ...]
    categories: tuple[str, ...] = ()
    rounding: str = TO_THE_CENT

    def counted(self, amount: Cents, words: str, numbers: str, *reasons: Reason) -> CreditLine:
        """Make a line that counts (own choice, ADR 7)."""
        return self._line(Verdict.COUNTED, amount, (words, numbers), reasons)

    def refused(self, words: str, *reasons: Reason) -> CreditLine:
        """Make a line of zero with the reasons why (own choice, ADR 7)."""
        return self._line(Verdict.NOT_COUNTED, Cents(0), (words, "€ 0.00"), reasons)

    def unknown(self, words: str, *reasons: Reason) -> CreditLine:
        """Make a line without an amount, with what is missing (own choice, ADR 7)."""
        return self._line(Verdict.UNKNOWN, None, (words, "unknown"), reasons)

    def _line(
        self,
        verdict: Verdict,
        amount: Cents | None,
        formula: tuple[str, str],
        reasons: tuple[Reason, ...],
    ) -> CreditLine:
        return CreditLine(
            verdict=verdict,
            amount_cents=amount,
            words=formula[0],
            numbers=formula[1],
            inputs=self.inputs,
            rule=self.rule,
            rounding=self.rounding,
            reasons=reasons,
            categories=self.categories,
        )


def rule_ref(book: RuleBook, code: str, source_id: str | None = None) -> RuleRef:
    """Point at one rule of a book and at its source (own choice, ADR 6)."""
    return RuleRef(code, book.id, book.version, book.source_text(source_id))


def in_text(value: object) -> str:
    """Write an input as text; absent is `unknown` (own choice, ADR 7)."""
    if value is None:
        return "unknown"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
