"""Bonuses on a placement: which may be added, how they are counted, whether they add up."""

from fractions import Fraction

import msgspec

from api.domain.social_return.credit import (
    CreditLine,
    Draft,
    NotInRuleBook,
    Reason,
    Verdict,
    rule_ref,
)
from api.domain.social_return.measures import half_up, in_digits, in_euros
from api.domain.social_return.placement import Case, per_full_time_year
from api.domain.social_return.rule_book import Bonus, BonusPer
from api.domain.values import Cents

WORDS_NOT_COUNTED = "bonus not counted"


class _Claimed(msgspec.Struct, frozen=True):
    """A bonus with its line, as if it stood alone."""

    bonus: Bonus
    line: CreditLine

    @property
    def stands(self) -> bool:
        return self.line.verdict is not Verdict.NOT_COUNTED


def bonus_lines(case: Case, base: CreditLine) -> tuple[CreditLine, ...]:
    """Value the claimed bonuses of a placement, one line each, in cents, half up.

    Own choice, ADR 6: a bonus follows a placement that is refused, but a single bonus
    outlives maximum months that are used up; the same bonus claimed twice counts once.
    """
    claimed = [_alone(case, base, code) for code in dict.fromkeys(case.placement.bonuses)]
    standing = [one for one in claimed if one.stands]
    if len(standing) < 2 or all(one.bonus.stackable for one in standing):  # noqa: PLR2004  alone
        return tuple(one.line for one in claimed)
    if any(one.bonus.stackable is None or one.line.amount_cents is None for one in standing):
        return tuple(_undecided(one) for one in claimed)
    best = _best(standing)
    return tuple(one.line if one in best else _outdone(one) for one in claimed)


def _alone(case: Case, base: CreditLine, code: str) -> _Claimed:
    bonus = case.book.bonus(code)
    if bonus is None:
        raise NotInRuleBook(f"rule book {case.book.id} {case.book.version} has no bonus {code!r}")
    draft = Draft(
        rule=rule_ref(case.book, bonus.code, bonus.source),
        inputs=case.draft.inputs,
        categories=case.block.categories,
    )
    reason = _refusal(case, base, bonus)
    line = draft.refused(WORDS_NOT_COUNTED, reason) if reason else _valued(case, draft, bonus)
    return _Claimed(bonus, line)


def _refusal(case: Case, base: CreditLine, bonus: Bonus) -> Reason | None:
    if bonus.blocks and case.block.code not in bonus.blocks:
        return Reason("bonus-not-for-block", f"{bonus.code} is not for {case.block.code}")
    if bonus.per is not BonusPer.YEAR and bonus.code in case.placement.earlier_bonuses:
        return Reason("already-counted", f"{bonus.code} counts once")
    refusals = {reason.code for reason in base.reasons}
    spent = "maximum-months-reached" in refusals and bonus.per is not BonusPer.YEAR
    if base.verdict is Verdict.NOT_COUNTED and not spent:
        return Reason("placement-not-counted", "the placement itself does not count")
    return None


def _valued(case: Case, draft: Draft, bonus: Bonus) -> CreditLine:
    amount = bonus.amount_cents or Cents(0)
    if bonus.per is BonusPer.YEAR:
        return per_full_time_year(case, draft, amount)
    if bonus.per is BonusPer.ONCE:
        return draft.counted(amount, "the bonus, once", in_euros(amount))
    multiple = Fraction(bonus.multiple or 0)
    numbers = f"{in_digits(multiple)} * {in_euros(case.value_cents)}"
    value = half_up(multiple * case.value_cents)
    return draft.counted(value, "multiple * year value, once", numbers)


def _best(standing: list[_Claimed]) -> list[_Claimed]:
    """Either all that add up, or the dearest of those that do not; adding up wins a tie."""
    together = [one for one in standing if one.bonus.stackable]
    single = max((one for one in standing if not one.bonus.stackable), key=_worth)
    return together if sum(map(_worth, together)) >= _worth(single) else [single]


def _worth(one: _Claimed) -> int:
    return one.line.amount_cents or 0


def _undecided(one: _Claimed) -> CreditLine:
    if not one.stands or one.bonus.stackable:
        return one.line
    gap = Reason("stacking-unknown", "whether and what it adds to other bonuses is not known")
    return _changed(one.line, Verdict.UNKNOWN, None, gap)


def _outdone(one: _Claimed) -> CreditLine:
    if not one.stands:
        return one.line
    less = Reason(
        "bonus-not-stackable", "other bonuses, with which it does not add up, are worth more"
    )
    return _changed(one.line, Verdict.NOT_COUNTED, Cents(0), less)


def _changed(
    line: CreditLine, verdict: Verdict, amount: Cents | None, reason: Reason
) -> CreditLine:
    return msgspec.structs.replace(
        line,
        verdict=verdict,
        amount_cents=amount,
        numbers="€ 0.00" if verdict is Verdict.NOT_COUNTED else "unknown",
        reasons=(*line.reasons, reason),
    )
