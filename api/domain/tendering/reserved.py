"""Whether a lot can be reserved for social employers (art. 20) or missions (art. 77)."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

from api.domain.errors import InvalidValue
from api.domain.tendering.cpv import CpvRelation, relation
from api.domain.tendering.law import Article20Rule, Article77Rule, Basis, Reason
from api.domain.tendering.law_data import ARTICLE_20, ARTICLE_77
from api.domain.values import CpvCode

_ONE: Final = Decimal(1)


class Answer(StrEnum):
    """Yes, no, or not known from the facts."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class ReservedFacts(msgspec.Struct, frozen=True, rename="camel"):
    """What is known of one firm; `None` is unknown."""

    firm_id: str
    target_share: Decimal | None = None
    """Share of workers who are disabled or disadvantaged, 0 to 1."""
    integration_is_main_aim: bool | None = None
    """Proven from the statutes."""
    public_service_mission: bool | None = None
    """Mission, reinvested profit and participation as art. 77(2)(a)-(c) ask."""
    last_article_77_award_on: date | None = None
    """The last award under art. 77 by the same buyer."""
    article_77_awards_known: bool = False
    """True: the date above is complete, and `None` means that there was none."""


class ReservedOption(msgspec.Struct, frozen=True, rename="camel"):
    """Whether one lot can be reserved, for whom, and why."""

    article: str
    possible: Answer
    eligible: tuple[str, ...]
    unknown: tuple[str, ...]
    """Firms of which a fact is missing: neither eligible nor not."""
    reasons: tuple[Reason, ...]
    basis: Basis


def article_20_eligible(facts: ReservedFacts, rule: Article20Rule = ARTICLE_20[0]) -> Answer:
    """Tell whether a firm may bid for a lot reserved under art. 20.

    The share at exactly the minimum is enough. Source: Dir. 2014/24 art. 20; Aw 2012 art. 2.82.
    """
    share, aim = facts.target_share, facts.integration_is_main_aim
    if share is not None and not 0 <= share <= _ONE:
        raise InvalidValue(f"{share} is no share between 0 and 1", code="invalid-share")
    if aim is False or (share is not None and share < rule.minimum_share):
        return Answer.NO
    return Answer.UNKNOWN if aim is None or share is None else Answer.YES


def article_77_eligible(
    facts: ReservedFacts, awarded_on: date, rule: Article77Rule = ARTICLE_77[0]
) -> Answer:
    """Tell whether a firm may win a lot reserved under art. 77.

    Refused up to and including the day that lies three years after the last such award
    by the same buyer.
    Source: Dir. 2014/24 art. 77(2); Aw 2012 art. 2.82a.
    """
    last = facts.last_article_77_award_on
    if facts.public_service_mission is False:
        return Answer.NO
    if last is not None and _years_later(last, rule.waiting_years) >= awarded_on:
        return Answer.NO
    known = facts.article_77_awards_known and facts.public_service_mission
    return Answer.YES if known else Answer.UNKNOWN


def listed_in_article_77(code: CpvCode, rule: Article77Rule = ARTICLE_77[0]) -> Answer:
    """Tell whether art. 77 lists a service; absent from a partial list is unknown.

    Source: Dir. 2014/24 art. 77(1), by the codes that it names.
    """
    if code in rule.codes or any(first <= code <= last for first, last in rule.ranges):
        return Answer.YES
    return Answer.NO if rule.complete else Answer.UNKNOWN


def reserve_article_20(
    firms: Iterable[ReservedFacts], rule: Article20Rule = ARTICLE_20[0]
) -> ReservedOption:
    """Tell whether a lot can be reserved for the firms that are able to carry it out.

    A reserved lot is still competed for: with fewer than two eligible firms it warns.
    Source: Dir. 2014/24 art. 20; Aw 2012 art. 2.82(2); CJEU C-598/19.
    """
    eligible, unknown = _sorted_by((f.firm_id, article_20_eligible(f, rule)) for f in firms)
    reasons = (
        _competition(eligible, unknown, rule.recommended_firms, rule.basis.rule),
        Reason("state-in-notice", "the notice must say it is reserved", "Aw 2012 art. 2.82(2)"),
    )
    possible = _possible(eligible, unknown)
    return ReservedOption("art. 20", possible, eligible, unknown, reasons, rule.basis)


def reserve_article_77(
    firms: Iterable[ReservedFacts],
    codes: Sequence[CpvCode],
    months: int | None,
    awarded_on: date,
    rule: Article77Rule = ARTICLE_77[0],
) -> ReservedOption:
    """Tell whether a lot of these codes and this term can be reserved under art. 77.

    Every code must be listed and the term at most three years; an indefinite term is too
    long. Source: Dir. 2014/24 art. 77; Aw 2012 art. 2.82a.
    """
    answers = ((f.firm_id, article_77_eligible(f, awarded_on, rule)) for f in firms)
    eligible, unknown = _sorted_by(answers)
    listed = [(code, listed_in_article_77(code, rule)) for code in sorted(set(codes))]
    term = Answer.YES if months is not None and months <= rule.maximum_months else Answer.NO
    checks = (*(answer for _, answer in listed), term, _possible(eligible, unknown))
    reasons = (
        *(_listing(code, answer, rule) for code, answer in listed),
        *_term_reason(months, term, rule),
        _competition(eligible, unknown, 2, rule.basis.rule),
    )
    return ReservedOption("art. 77", _all_of(checks), eligible, unknown, reasons, rule.basis)


def _years_later(day: date, years: int) -> date:
    """Give the same day some years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _sorted_by(answers: Iterable[tuple[str, Answer]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    given = sorted(answers)
    eligible = tuple(firm for firm, answer in given if answer is Answer.YES)
    unknown = tuple(firm for firm, answer in given if answer is Answer.UNKNOWN)
    return eligible, unknown


def _possible(eligible: Sequence[str], unknown: Sequence[str]) -> Answer:
    if eligible:
        return Answer.YES
    return Answer.UNKNOWN if unknown else Answer.NO


def _all_of(answers: Sequence[Answer]) -> Answer:
    if Answer.NO in answers:
        return Answer.NO
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.YES


def _competition(eligible: Sequence[str], unknown: Sequence[str], wanted: int, rule: str) -> Reason:
    detail = f"{len(eligible)} eligible, {len(unknown)} unknown, {wanted} recommended"
    code = "enough-eligible" if len(eligible) >= wanted else "too-few-eligible"
    return Reason(code, detail, rule)


def _listing(code: CpvCode, answer: Answer, rule: Article77Rule) -> Reason:
    if answer is Answer.YES:
        return Reason("service-listed", f"{code} is listed", rule.basis.rule)
    if answer is Answer.NO:
        return Reason("service-not-listed", f"{code} is not listed", rule.basis.rule)
    detail = f"{code} is not on the part of the list that is known{_near(code, rule)}"
    return Reason("service-list-partial", detail, rule.basis.rule)


def _near(code: CpvCode, rule: Article77Rule) -> str:
    above = [one for one in rule.codes if relation(one, code) is CpvRelation.BROADER]
    return f"; {above[0]}, which stands above it, is" if above else ""


def _term_reason(months: int | None, term: Answer, rule: Article77Rule) -> tuple[Reason, ...]:
    if term is Answer.YES:
        return ()
    had = "no end" if months is None else f"{months} months"
    detail = f"the term has {had}; at most {rule.maximum_months} months are allowed"
    return (Reason("term-too-long", detail, rule.basis.rule),)
