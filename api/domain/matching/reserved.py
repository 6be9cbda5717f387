"""Who may take part in a reserved lot (Dir. 2014/24 art. 20, 77; Aw 2012 art. 2.82, 2.82a)."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from api.domain.directory import ShareBucket
from api.domain.matching.facts import EnterpriseFacts, LotFacts
from api.domain.matching.reasons import (
    FAIL,
    PASS,
    UNKNOWN,
    Compared,
    Reason,
    ReasonCode,
    RuleId,
    failing,
)
from api.domain.matching.rules import MatchingRules
from api.domain.tendering.law import Article77Rule
from api.domain.tendering.notice import Reservation
from api.domain.tendering.reserved import Answer, listed_in_article_77

NOT_RESERVED: Final = Reason(ReasonCode.NOT_RESERVED, RuleId.RESERVED, PASS)
_AT_LEAST: Final = {bucket: bucket.at_least for bucket in ShareBucket}
_Route = tuple[Reason, ...]


class ReservedCheck:
    """The rule on reserved participation for one lot."""

    def __init__(self, lot: LotFacts, rules: MatchingRules) -> None:
        self._lot = lot
        self._waiting_years = rules.art77.waiting_years
        self._art20 = Reservation.SHELTERED_WORKSHOP in lot.reservations
        self._art77 = Reservation.PUBLIC_SERVICE_MISSION in lot.reservations
        self._lot_art77 = tuple(_lot_under_art77(lot, rules.art77)) if self._art77 else ()
        self._least = rules.reserved_share_percent
        self.asks = self._art20 or self._art77
        """Whether anything is asked of a firm."""
        self._known: dict[tuple[object, ...], tuple[Reason, ...]] = {}

    def of(self, enterprise: EnterpriseFacts) -> tuple[Reason, ...]:
        """Judge a firm; where a lot names two reservations, one is enough (eForms BT-71)."""
        if not self.asks:
            return (NOT_RESERVED,)
        # Thousands of firms are alike in this. By identity: members of an enum hash slowly.
        key = (
            id(enterprise.target_group_share),
            enterprise.share_verified,
            enterprise.main_aim_integration,
            enterprise.public_service_mission,
            enterprise.last_art77_award_on,
        )
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._judged(enterprise)
        return known

    def _judged(self, enterprise: EnterpriseFacts) -> tuple[Reason, ...]:
        routes = []
        if self._art20:
            routes.append(_settled([*self._under_art20(enterprise)], ReasonCode.ART20_MET))
        if self._art77:
            found = [*self._lot_art77, *self._under_art77(enterprise)]
            routes.append(_settled(found, ReasonCode.ART77_MET))
        return _best(routes)

    def _under_art20(self, enterprise: EnterpriseFacts) -> Iterator[Reason]:
        wanted = self._least
        share = enterprise.target_group_share
        if share is None:
            yield _unknown(ReasonCode.ART20_SHARE_UNKNOWN, wanted)
        elif _AT_LEAST[share] < wanted:
            yield _failed(ReasonCode.ART20_SHARE_LOW, wanted, share.value)
        elif not enterprise.share_verified:
            yield _unknown(ReasonCode.ART20_SHARE_UNVERIFIED, wanted, share.value)
        if enterprise.main_aim_integration is None:
            yield _unknown(ReasonCode.ART20_MAIN_AIM_UNKNOWN, "yes")
        elif not enterprise.main_aim_integration:
            yield _failed(ReasonCode.ART20_MAIN_AIM_MISSING, "yes", "no")

    def _under_art77(self, enterprise: EnterpriseFacts) -> Iterator[Reason]:
        if enterprise.public_service_mission is None:
            yield _unknown(ReasonCode.ART77_MISSION_UNKNOWN, "yes")
        elif not enterprise.public_service_mission:
            yield _failed(ReasonCode.ART77_MISSION_MISSING, "yes", "no")
        last = enterprise.last_art77_award_on
        if last is None:
            return
        free_after = years_after(last, self._waiting_years)
        if self._lot.award_on is None:
            yield _unknown(ReasonCode.ART77_AWARD_DATE_UNKNOWN, None, last.isoformat())
        elif self._lot.award_on <= free_after:
            wanted = self._lot.award_on.isoformat()
            yield _failed(ReasonCode.ART77_RECENT_AWARD, wanted, free_after.isoformat())


def _lot_under_art77(lot: LotFacts, rule: Article77Rule) -> Iterator[Reason]:
    """Tell what the lot itself lacks for art. 77: listed services only, and a short term."""
    listed = {code: listed_in_article_77(code, rule) for code in lot.cpv_codes}
    unlisted = tuple(sorted(code for code in listed if listed[code] is Answer.NO))
    unsure = tuple(sorted(code for code in listed if listed[code] is Answer.UNKNOWN))
    if unlisted:
        yield _failed(ReasonCode.ART77_CPV_UNLISTED, unlisted)
    elif unsure or not listed:
        yield _unknown(ReasonCode.ART77_CPV_UNKNOWN, unsure)
    if lot.months is None:
        yield _unknown(ReasonCode.ART77_TERM_UNKNOWN, rule.maximum_months)
    elif lot.months > rule.maximum_months:
        yield _failed(ReasonCode.ART77_TERM_LONG, rule.maximum_months, lot.months)


def _settled(found: list[Reason], met: ReasonCode) -> _Route:
    """Say all that fails, else all that is unknown, else that the route is met."""
    passed = Reason(met, RuleId.RESERVED, PASS)
    return tuple(failing(found) or found or [passed])


def _best(routes: list[_Route]) -> _Route:
    """Give the first route that is met, else the first that may be, else all that fails."""
    for state in (PASS, UNKNOWN):
        for route in routes:
            if route[0].state is state:
                return route
    return tuple(reason for route in routes for reason in route)


def years_after(day: date, years: int) -> date:
    """Add whole years; 29 February becomes 1 March, the safe side (own choice, ADR 17)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _failed(code: ReasonCode, wanted: Compared, offered: Compared = None) -> Reason:
    return Reason(code, RuleId.RESERVED, FAIL, wanted, offered)


def _unknown(code: ReasonCode, wanted: Compared, offered: Compared = None) -> Reason:
    return Reason(code, RuleId.RESERVED, UNKNOWN, wanted, offered)
