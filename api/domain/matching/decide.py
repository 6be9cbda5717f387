"""One call: a lot and its candidates in, ranked matches, near misses and excluded firms out."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from operator import attrgetter
from typing import Final, TypeVar

import msgspec

from api.domain.errors import InvalidValue
from api.domain.matching.eligibility import NO_OFFERING, Eligibility
from api.domain.matching.facts import EnterpriseFacts, LotFacts, OfferingFacts
from api.domain.matching.near_miss import Shortfall, shortfall
from api.domain.matching.reasons import (
    RULES,
    UNKNOWN,
    WARNING,
    Reason,
    ReasonCode,
    Rule,
    RuleId,
)
from api.domain.matching.rules import WHOLE, MatchingRules
from api.domain.matching.score import Breakdown, Scorer, total
from api.domain.tendering.notice import Reservation

RESERVED_WITHOUT_COMPETITION: Final = "reserved-without-competition"
FEWEST_FOR_COMPETITION: Final = 2
"""A reserved lot is still competed for (Dir. 2014/24 art. 20; CJEU C-598/19 Conacee)."""


class Match(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A firm without a failing rule, by its best offering."""

    enterprise_id: str
    offering_id: str
    score: int
    breakdown: Breakdown
    reasons: tuple[Reason, ...]
    unknown: tuple[ReasonCode, ...]
    """What neither passed nor failed: to be asked before an award."""
    warnings: tuple[ReasonCode, ...]


class NearMiss(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A firm that one small, named change would admit."""

    enterprise_id: str
    offering_id: str
    score: int
    shortfall: Shortfall
    reasons: tuple[Reason, ...]


class Excluded(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A firm that fails, with every failing reason of itself and of its nearest offering."""

    enterprise_id: str
    offering_id: str | None
    reasons: tuple[Reason, ...]


class Decision(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The answer for one lot: matched + near misses + excluded = considered."""

    lot_id: str
    rules_version: str
    weights_version: str
    seed: str
    considered: int
    matched: tuple[Match, ...]
    near_misses: tuple[NearMiss, ...]
    excluded: tuple[Excluded, ...]
    warnings: tuple[str, ...]
    rules: tuple[Rule, ...] = RULES


_BY_ID: Final = attrgetter("enterprise_id")
_ID: Final = attrgetter("id")
_Placed = TypeVar("_Placed", Match, NearMiss)
_Reasons = tuple[Reason, ...]


def decide(
    lot: LotFacts,
    enterprises: Sequence[EnterpriseFacts],
    rules: MatchingRules,
    *,
    seed: str,
    text_hits: Mapping[str, float] | None = None,
) -> Decision:
    """Match one lot with its candidates; their order never matters.

    `text_hits` gives the relevance, 0 to 1, per offering that a text search found;
    `None` says that no search was made. Source: design decisions 1 to 8; Aw 2012
    art. 1.4 (objective criteria, motivated).
    """
    refuse_twins(enterprises)
    judge = _Judge(lot, rules, permille(text_hits))
    outcomes = [judge.of(enterprise) for enterprise in enterprises]
    matched = [one for one in outcomes if type(one) is Match]
    near = [one for one in outcomes if type(one) is NearMiss]
    excluded = [one for one in outcomes if type(one) is Excluded]
    return Decision(
        lot_id=lot.id,
        rules_version=rules.version,
        weights_version=rules.weights.version,
        seed=seed,
        considered=len(enterprises),
        matched=_ranked(matched, seed),
        near_misses=_ranked(near, seed),
        excluded=tuple(sorted(excluded, key=_BY_ID)),
        warnings=_warnings(lot, len(matched)),
    )


def permille(text_hits: Mapping[str, float] | None) -> Mapping[str, int] | None:
    """Turn relevances of 0 to 1 into integers out of 1000, halves round up (ADR 17)."""
    if text_hits is None:
        return None
    for offering_id, relevance in text_hits.items():
        if not 0 <= relevance <= 1:
            raise InvalidValue(
                f"relevance {relevance} of offering {offering_id} is not between 0 and 1",
                code="invalid-relevance",
            )
    return {one: int(relevance * WHOLE + 0.5) for one, relevance in text_hits.items()}


def refuse_twins(enterprises: Sequence[EnterpriseFacts]) -> None:
    """Refuse ids that occur twice: the answer would hang on their order (design decision 6)."""
    firms = set(map(_ID, enterprises))
    offerings = [offering.id for one in enterprises for offering in one.offerings]
    if len(firms) != len(enterprises) or len(set(offerings)) != len(offerings):
        raise InvalidValue("an id occurs twice among the candidates", code="duplicate-id")


class _Judged(msgspec.Struct, frozen=True, gc=False):
    offering: OfferingFacts
    fails: _Reasons


_Close = tuple[_Judged, Shortfall]


class _Judge:
    """Weighs firm after firm for one lot."""

    def __init__(self, lot: LotFacts, rules: MatchingRules, text: Mapping[str, int] | None) -> None:
        self._lot = lot
        self._rules = rules
        self._eligibility = Eligibility(lot, rules, text)
        self._failing_of_enterprise = self._eligibility.failing_of_enterprise
        self._failing_of = self._eligibility.failing_of_offering
        self._outside = self._eligibility.outside
        self._scorer = Scorer(lot, rules, self._eligibility.category, text)

    def of(self, enterprise: EnterpriseFacts) -> Match | NearMiss | Excluded:
        """Judge a firm. Nine in ten are left out, so what passed is only spelt out for others."""
        own = self._failing_of_enterprise(enterprise)
        if len(enterprise.offerings) != 1:
            judged = [_Judged(one, self._failing_of(one)) for one in enterprise.offerings]
            return self._of_any(enterprise, own, judged)
        [only] = enterprise.offerings
        fails = self._failing_of(only)
        if fails and (own or fails[0] is self._outside or len(fails) > 1):
            # Too far off to be a near miss, as most are: nobody is near who works elsewhere.
            return Excluded(enterprise.id, only.id, own + fails if own else fails)
        return self._of_any(enterprise, own, [_Judged(only, fails)])

    def _of_any(
        self, enterprise: EnterpriseFacts, own: _Reasons, judged: list[_Judged]
    ) -> Match | NearMiss | Excluded:
        if not judged:
            return Excluded(enterprise.id, None, (*own, NO_OFFERING))
        able = [one for one in judged if not one.fails]
        if able and not own:
            return self._match(enterprise, able)
        close = self._close(own, judged) if len(own) <= 1 else []
        if close:
            return self._near_miss(enterprise, close)
        nearest = judged[0] if len(judged) == 1 else min(judged, key=_distance)
        reasons = own + nearest.fails if own else nearest.fails
        return Excluded(enterprise.id, nearest.offering.id, reasons)

    def _match(self, enterprise: EnterpriseFacts, able: list[_Judged]) -> Match:
        best, breakdown = self._best(enterprise, able)
        reasons = self._reasons(enterprise, best.offering)
        return Match(
            enterprise.id,
            best.offering.id,
            total(breakdown),
            breakdown,
            reasons,
            tuple([one.code for one in reasons if one.state is UNKNOWN]),
            tuple([one.code for one in reasons if one.state is WARNING]),
        )

    def _close(self, own_fails: _Reasons, judged: list[_Judged]) -> list[_Close]:
        """Keep the offerings of which one mendable requirement is all that fails."""
        allowed = 1 - len(own_fails)
        close = []
        for one in judged:
            if len(one.fails) == allowed:
                [reason] = own_fails or one.fails
                short = shortfall(reason, self._lot, one.offering, self._rules)
                if short is not None:
                    close.append((one, short))
        return close

    def _near_miss(self, enterprise: EnterpriseFacts, close: list[_Close]) -> NearMiss:
        best, breakdown = self._best(enterprise, [one for one, _ in close])
        [short] = [short for one, short in close if one is best]
        reasons = self._reasons(enterprise, best.offering)
        return NearMiss(enterprise.id, best.offering.id, total(breakdown), short, reasons)

    def _reasons(self, enterprise: EnterpriseFacts, offering: OfferingFacts) -> _Reasons:
        own = self._eligibility.of_enterprise(enterprise)
        return own + self._eligibility.of_offering(offering)

    def _best(
        self, enterprise: EnterpriseFacts, judged: list[_Judged]
    ) -> tuple[_Judged, Breakdown]:
        """Let the offering with the highest score decide; ties go to the lower id."""
        if len(judged) == 1:
            return judged[0], self._scorer.of(enterprise, judged[0].offering)
        scored = [(one, self._scorer.of(enterprise, one.offering)) for one in judged]
        return min(scored, key=lambda pair: (-total(pair[1]), pair[0].offering.id))


def _distance(judged: _Judged) -> tuple[bool, int, str]:
    """Tell how far off: outside the category is furthest, then the number of failing rules."""
    outside = bool(judged.fails) and judged.fails[0].rule is RuleId.CATEGORY
    return (outside, len(judged.fails), judged.offering.id)


def _ranked(placed: list[_Placed], seed: str) -> tuple[_Placed, ...]:
    """Order by score, then a rotation that the seed decides, then id (design decision 6)."""
    ordered = sorted(
        placed, key=lambda one: (-one.score, turn(seed, one.enterprise_id), one.enterprise_id)
    )
    return tuple(ordered)


def turn(seed: str, enterprise_id: str) -> bytes:
    """Give a firm's place in the rotation among equals (design decision 6)."""
    return sha256(f"{seed}\n{enterprise_id}".encode()).digest()


def _warnings(lot: LotFacts, matched: int) -> tuple[str, ...]:
    reserved = any(one is not Reservation.NONE for one in lot.reservations)
    lonely = reserved and matched < FEWEST_FOR_COMPETITION
    return (RESERVED_WITHOUT_COMPETITION,) if lonely else ()
