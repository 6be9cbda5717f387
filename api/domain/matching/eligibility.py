"""The hard rules: what a lot demands of a firm, and of each of its offerings.

Each rule passes, fails or is unknown. A firm without a failing rule is eligible; what is
unknown is named and decides nothing (design decision 4).
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from api.domain.directory import ServiceMode
from api.domain.matching.category import CategoryCheck
from api.domain.matching.facts import EnterpriseFacts, LotFacts, OfferingFacts
from api.domain.matching.marks import MarksCheck
from api.domain.matching.reasons import (
    FAIL,
    PASS,
    UNKNOWN,
    WARNING,
    Reason,
    ReasonCode,
    RuleId,
    failing,
)
from api.domain.matching.reserved import ReservedCheck
from api.domain.matching.rules import WHOLE, MatchingRules
from api.domain.tendering.coverage import COUNTRY, domestic
from api.domain.values import CpvCode

_VISIBLE: Final = Reason(ReasonCode.VISIBLE, RuleId.VISIBILITY, PASS)
_NOT_VISIBLE: Final = Reason(ReasonCode.NOT_VISIBLE, RuleId.VISIBILITY, FAIL)
_NOT_EXCLUDED: Final = Reason(ReasonCode.NOT_EXCLUDED, RuleId.BUYER_EXCLUSION, PASS)
_PLACE_UNKNOWN: Final = Reason(ReasonCode.AREA_UNKNOWN, RuleId.AREA, UNKNOWN)
_NOWHERE: Final[frozenset[str]] = frozenset()
NO_OFFERING: Final = Reason(ReasonCode.NO_OFFERING, RuleId.OFFERING, FAIL)


_Judged = Callable[[int | None], Reason]


class Eligibility:
    """The hard rules for one lot; built once, asked for every candidate.

    Thousands of candidates share few values, so a value once judged is remembered.
    """

    def __init__(
        self, lot: LotFacts, rules: MatchingRules, text: Mapping[str, int] | None = None
    ) -> None:
        self.category = CategoryCheck(lot.cpv_codes, text, rules.values)
        self._marks = MarksCheck(lot, rules.mark_levels)
        self._reserved = ReservedCheck(lot, rules)
        self._areas = frozenset(lot.areas)
        self._domestic = domestic(lot.areas)
        self._whole_area = _area_covered(self._areas)
        self._part_of_area = _areas_in_part(self._areas)
        # By identity: a member of an enum is hashed in Python, at some 200 ns a time.
        self._modes = {
            id(mode): (_mode(lot, mode), _warnings(lot, rules, mode)) for mode in ServiceMode
        }
        self._asks_firm = bool(
            rules.dependency_excludes or lot.required_marks or self._reserved.asks
        )
        self.outside = self._part_of_area(_NOWHERE, _NOWHERE)
        """Said of who covers nothing of the place; which is most of those left out."""
        self._failing: dict[tuple[tuple[CpvCode, ...], int, int], tuple[Reason, ...]] = {}
        self._capacity = _capacities(lot.yearly_value_cents)
        self._needed = lot.yearly_value_cents or 0
        self._asks_delivery = lot.lead_time_days is not None or lot.order_value_cents is not None
        self._lead_time = _lead_times(lot.lead_time_days)
        self._minimum_order = _minimum_orders(lot.order_value_cents)
        self._dependency = _dependencies(lot.yearly_value_cents, rules)

    def of_enterprise(self, enterprise: EnterpriseFacts) -> tuple[Reason, ...]:
        """Judge the firm itself (design decisions 4 and 7; Dir. 2014/24 art. 20, 43, 77)."""
        return (
            _VISIBLE if enterprise.visible else _NOT_VISIBLE,
            _exclusion(enterprise),
            *self._reserved.of(enterprise),
            *self._marks.of(enterprise.marks),
            self._dependency(enterprise.turnover_cents),
        )

    def failing_of_enterprise(self, enterprise: EnterpriseFacts) -> tuple[Reason, ...]:
        """Give what fails of the firm itself; mostly nothing can (design decision 4)."""
        if not self._asks_firm and enterprise.visible and enterprise.excluded_by_buyer is None:
            return ()
        return tuple(failing(self.of_enterprise(enterprise)))

    def of_offering(self, offering: OfferingFacts) -> tuple[Reason, ...]:
        """Judge one offering; it must satisfy every rule by itself (design decision 1)."""
        mode, warnings = self._modes[id(offering.service_mode)]
        found = (
            self.category.of(offering).reason,
            self._of_area(offering),
            mode,
            self._capacity(offering.free_capacity_cents),
            self._lead_time(offering.lead_time_days),
            self._minimum_order(offering.minimum_order_cents),
        )
        return found + warnings if warnings else found

    def failing_of_offering(self, offering: OfferingFacts) -> tuple[Reason, ...]:
        """Give what fails of `of_offering`; the innermost loop of a match (design decision 1)."""
        area, codes, mode = self._of_area(offering), offering.cpv_codes, offering.service_mode
        if self.category.codes_decide and codes:
            # By identity, which lasts: every reason of a place is remembered as well.
            key = (codes, id(area), id(mode))
            fails = self._failing.get(key)
            if fails is None:
                fails = self._failing[key] = self._failing_first(offering, area)
        else:
            fails = self._failing_first(offering, area)
        free = offering.free_capacity_cents
        if free is not None and free < self._needed:
            fails = (*fails, self._capacity(free))
        if self._asks_delivery:
            lead_time = self._lead_time(offering.lead_time_days)
            order = self._minimum_order(offering.minimum_order_cents)
            fails = (*fails, *failing((lead_time, order)))
        return fails

    def _failing_first(self, offering: OfferingFacts, area: Reason) -> tuple[Reason, ...]:
        mode, _ = self._modes[id(offering.service_mode)]
        return tuple(failing((self.category.of(offering).reason, area, mode)))

    def _of_area(self, offering: OfferingFacts) -> Reason:
        """Ask that every wanted area is covered; a part of one is unknown (design decision 2)."""
        wanted, full = self._areas, offering.area_full
        if not wanted:
            return _PLACE_UNKNOWN
        if COUNTRY in full:
            covered = self._domestic
        elif wanted.isdisjoint(full):
            if wanted.isdisjoint(offering.area_partial):
                return self.outside
            covered = _NOWHERE
        else:
            covered = wanted & full
        if covered == wanted:
            return self._whole_area
        return self._part_of_area(covered, (wanted - covered) & offering.area_partial)


def _area_covered(wanted: frozenset[str]) -> Reason:
    places = tuple(sorted(wanted))
    return Reason(ReasonCode.AREA_COVERED, RuleId.AREA, PASS, places, places)


def _areas_in_part(wanted: frozenset[str]) -> Callable[[frozenset[str], frozenset[str]], Reason]:
    places, rule = tuple(sorted(wanted)), RuleId.AREA

    @cache
    def judged(covered: frozenset[str], partial: frozenset[str]) -> Reason:
        if covered | partial == wanted:
            found = tuple(sorted(partial))
            return Reason(ReasonCode.AREA_PARTIAL, rule, UNKNOWN, places, found)
        found = tuple(sorted(covered | partial))
        return Reason(ReasonCode.AREA_OUTSIDE, rule, FAIL, places, found)

    return judged


def _capacities(wanted: int | None) -> _Judged:
    rule = RuleId.CAPACITY

    @cache
    def judged(free: int | None) -> Reason:
        if wanted is None:
            return Reason(ReasonCode.VALUE_UNKNOWN, rule, UNKNOWN, None, free)
        if free is None:
            return Reason(ReasonCode.CAPACITY_UNKNOWN, rule, UNKNOWN, wanted)
        if free < wanted:
            return Reason(ReasonCode.CAPACITY_SHORT, rule, FAIL, wanted, free)
        return Reason(ReasonCode.CAPACITY_ENOUGH, rule, PASS, wanted, free)

    return judged


def _lead_times(given: int | None) -> _Judged:
    rule = RuleId.LEAD_TIME

    @cache
    def judged(needed: int | None) -> Reason:
        if given is None:
            return Reason(ReasonCode.LEAD_TIME_NOT_ASKED, rule, PASS, None, needed)
        if needed is None:
            return Reason(ReasonCode.LEAD_TIME_UNKNOWN, rule, UNKNOWN, given)
        if needed > given:
            return Reason(ReasonCode.LEAD_TIME_LONG, rule, FAIL, given, needed)
        return Reason(ReasonCode.LEAD_TIME_MET, rule, PASS, given, needed)

    return judged


def _minimum_orders(order: int | None) -> _Judged:
    rule = RuleId.MINIMUM_ORDER

    @cache
    def judged(minimum: int | None) -> Reason:
        if order is None:
            return Reason(ReasonCode.MINIMUM_ORDER_NOT_ASKED, rule, PASS, None, minimum)
        if minimum is None:
            return Reason(ReasonCode.MINIMUM_ORDER_UNKNOWN, rule, UNKNOWN, order)
        if minimum > order:
            return Reason(ReasonCode.MINIMUM_ORDER_HIGH, rule, FAIL, order, minimum)
        return Reason(ReasonCode.MINIMUM_ORDER_MET, rule, PASS, order, minimum)

    return judged


def _dependencies(value: int | None, rules: MatchingRules) -> _Judged:
    """Compare value a year x 1000 with turnover x threshold: integers only."""
    rule = RuleId.DEPENDENCY
    high = FAIL if rules.dependency_excludes else WARNING

    def judged(turnover: int | None) -> Reason:
        if value is None or turnover is None:
            return Reason(ReasonCode.DEPENDENCY_UNKNOWN, rule, UNKNOWN, value, turnover)
        if value * WHOLE > turnover * rules.dependency_permille:
            return Reason(ReasonCode.DEPENDENCY_HIGH, rule, high, value, turnover)
        return Reason(ReasonCode.DEPENDENCY_LOW, rule, PASS, value, turnover)

    return judged


def _exclusion(enterprise: EnterpriseFacts) -> Reason:
    if enterprise.excluded_by_buyer is None:
        return _NOT_EXCLUDED
    why = enterprise.excluded_by_buyer
    return Reason(ReasonCode.EXCLUDED_BY_BUYER, RuleId.BUYER_EXCLUSION, FAIL, None, why)


def _mode(lot: LotFacts, mode: ServiceMode) -> Reason:
    if not lot.service_modes:
        return Reason(ReasonCode.MODE_ANY, RuleId.MODE, PASS, None, mode.value)
    accepted = tuple(sorted(one.value for one in lot.service_modes))
    if mode in lot.service_modes:
        return Reason(ReasonCode.MODE_ACCEPTED, RuleId.MODE, PASS, accepted, mode.value)
    return Reason(ReasonCode.MODE_OTHER, RuleId.MODE, FAIL, accepted, mode.value)


def _warnings(lot: LotFacts, rules: MatchingRules, mode: ServiceMode) -> tuple[Reason, ...]:
    """Warn where the buyer named no mode and this one is unusual for the nature (ADR 17)."""
    if lot.nature is None or lot.service_modes:
        return ()
    if mode in rules.usual_modes.get(lot.nature, (mode,)):
        return ()
    wanted, warning = lot.nature.value, WARNING
    return (Reason(ReasonCode.NATURE_DIFFERS, RuleId.NATURE, warning, wanted, mode.value),)
