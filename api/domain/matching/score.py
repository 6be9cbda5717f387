"""The soft signals: what ranks the eligible. Integers only, with a published breakdown.

Source: own choice, ADR 17; weights and values are dated data (`rules.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cache

import msgspec

from api.domain.directory import ShareBucket
from api.domain.matching.category import CategoryCheck
from api.domain.matching.facts import (
    EnterpriseFacts,
    LotFacts,
    MarkFacts,
    OfferingFacts,
    Procedure,
)
from api.domain.matching.rules import WHOLE, MatchingRules, SignalValues
from api.domain.tendering.coverage import COUNTRY, domestic


class SignalName(StrEnum):
    """The signals, in the order of the breakdown."""

    CPV = "cpv"
    TEXT = "text"
    AREA = "area"
    DISTANCE = "distance"
    CAPACITY = "capacity"
    RECOGNITION = "recognition"
    TARGET_GROUP = "target-group"
    TRACK_RECORD = "track-record"


class Signal(msgspec.Struct, frozen=True, gc=False):
    """One line of a breakdown: `points` is weight x value / 1000, halves round up."""

    signal: SignalName
    weight: int
    value: int | None
    """0 to 1000; `None` is unknown or not ranked, and earns no points."""
    points: int
    why: str


Breakdown = tuple[Signal, ...]
_Line = Callable[[int | None, str], Signal]


class Scorer:
    """The soft signals for one lot; built once, asked for every eligible offering.

    Thousands of firms earn the same few lines, so a line once made is shared.
    """

    def __init__(
        self,
        lot: LotFacts,
        rules: MatchingRules,
        category: CategoryCheck,
        text: Mapping[str, int] | None,
    ) -> None:
        weights, invited = rules.weights, lot.procedure is Procedure.INVITATION
        self._category = category
        self._cpv = _lines(SignalName.CPV, weights.cpv)
        self._relevance = _Relevance(_lines(SignalName.TEXT, weights.text), text)
        self._area = _Extent(_lines(SignalName.AREA, weights.area), lot, rules.values)
        self._distance = _distances(weights.distance, rules.values, invited=invited)
        self._capacity = _capacities(weights.capacity, rules.values, lot.yearly_value_cents)
        recognition = _lines(SignalName.RECOGNITION, weights.recognition)
        self._recognition = _Recognition(recognition, lot.award_on, rules.values)
        self._target_group = _target_groups(weights.target_group, rules.values)
        self._track_record = _track_records(weights.track_record, rules.values)

    def of(self, enterprise: EnterpriseFacts, offering: OfferingFacts) -> Breakdown:
        """Give every signal of an offering, in fixed order (own choice, ADR 17)."""
        fit = self._category.of(offering)
        return (
            self._cpv(fit.closeness, fit.why),
            self._relevance.of(offering),
            self._area.of(offering),
            self._distance(enterprise.distance_km),
            self._capacity(offering.free_capacity_cents),
            self._recognition.of(enterprise.marks),
            self._target_group(enterprise.target_group_share, enterprise.share_verified),
            self._track_record(enterprise.track_record),
        )


def total(breakdown: Breakdown) -> int:
    """Add the points of a breakdown, 0 to 1000 (own choice, ADR 17)."""
    return sum([line.points for line in breakdown])


def _lines(name: SignalName, weight: int) -> _Line:
    @cache
    def line(value: int | None, why: str) -> Signal:
        points = 0 if value is None else (weight * value + WHOLE // 2) // WHOLE
        return Signal(name, weight, value, points, why)

    return line


class _Relevance:
    def __init__(self, line: _Line, text: Mapping[str, int] | None) -> None:
        self._line = line
        self._text = text

    def of(self, offering: OfferingFacts) -> Signal:
        if self._text is None:
            return self._line(None, "no text search was made")
        relevance = self._text.get(offering.id, 0)
        return self._line(relevance, "found by text" if relevance else "not found by text")


class _Extent:
    """Whether the place is covered; among invitees a narrow coverage ranks first."""

    def __init__(self, line: _Line, lot: LotFacts, values: SignalValues) -> None:
        self._line = line
        self._wanted = frozenset(lot.areas)
        self._domestic = domestic(lot.areas)
        self._invited = lot.procedure is Procedure.INVITATION
        self._values = values

    def of(self, offering: OfferingFacts) -> Signal:
        wanted, full = self._wanted, offering.area_full
        if not wanted:
            return self._line(None, "place of the lot unknown")
        nationwide = COUNTRY in full
        if wanted <= full or (nationwide and wanted == self._domestic):
            return self._whole(nationwide=nationwide, areas=len(full))
        if wanted <= full | offering.area_partial:
            return self._line(self._values.area_partial, "covers a part of the place")
        return self._line(0, "does not cover the place")

    def _whole(self, *, nationwide: bool, areas: int) -> Signal:
        # Where all may bid, a local firm may not rank higher (Dir. 2014/24 art. 18).
        if not self._invited:
            return self._line(WHOLE, "covers the whole place")
        for extent in self._values.area_extents:
            if areas <= extent.areas and not nationwide:
                return self._line(extent.permille, f"works in at most {extent.areas} areas")
        return self._line(self._values.area_country, "works in a large part of the country")


class _Recognition:
    """The best verified mark that is valid on the day of award."""

    def __init__(self, line: _Line, award_on: date | None, values: SignalValues) -> None:
        self._line = line
        self._award_on = award_on
        self._worth = {(one.scheme, one.level): one.permille for one in values.recognised}

    def of(self, marks: Sequence[MarkFacts]) -> Signal:
        if self._award_on is None:
            return self._line(None, "award date unknown")
        best = (0, "no recognised mark is verified and valid at award")
        for mark in marks:
            if mark.verified and mark.valid.holds(self._award_on):
                best = max(best, (self._of(mark), f"{mark.scheme} {mark.level or ''}".rstrip()))
        return self._line(*best)

    def _of(self, mark: MarkFacts) -> int:
        any_level = self._worth.get((mark.scheme, None), -1)
        return self._worth.get((mark.scheme, mark.level), any_level)


def _distances(
    weight: int, values: SignalValues, *, invited: bool
) -> Callable[[int | None], Signal]:
    line = _lines(SignalName.DISTANCE, weight)

    @cache
    def judged(km: int | None) -> Signal:
        if not invited:
            return line(None, "not ranked in an open procedure")
        if km is None:
            return line(None, "distance unknown")
        return line(max(0, WHOLE - values.distance_step * km), f"{km} km from the place")

    return judged


def _capacities(
    weight: int, values: SignalValues, need: int | None
) -> Callable[[int | None], Signal]:
    line, exact = _lines(SignalName.CAPACITY, weight), values.capacity_exact

    @cache
    def judged(free: int | None) -> Signal:
        if need is None or free is None:
            return line(None, "value or capacity unknown")
        margin, buffer = free - need, need * values.capacity_buffer // WHOLE
        if margin < 0:
            return line(0, "short of capacity")
        if margin >= buffer:
            return line(WHOLE, "capacity with buffer")
        return line(exact + (WHOLE - exact) * margin // buffer, "capacity without full buffer")

    return judged


def _target_groups(
    weight: int, values: SignalValues
) -> Callable[[ShareBucket | None, bool], Signal]:
    line = _lines(SignalName.TARGET_GROUP, weight)

    @cache
    def judged(share: ShareBucket | None, verified: bool) -> Signal:  # noqa: FBT001  called by place
        if share is None:
            return line(None, "target-group share unknown")
        worth = values.target_group[share]
        if verified:
            return line(worth, f"share {share.value} %, verified")
        kept = worth * values.target_group_unverified // WHOLE
        return line(kept, f"share {share.value} %, claimed")

    return judged


def _track_records(weight: int, values: SignalValues) -> Callable[[int], Signal]:
    line = _lines(SignalName.TRACK_RECORD, weight)

    @cache
    def judged(references: int) -> Signal:
        worth = min(WHOLE, values.reference * references)
        return line(worth, f"{references} completed references")

    return judged
