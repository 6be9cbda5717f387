"""Joint coverage: the smallest sets of firms that can do a lot together (combinatie).

A firm counts where one of its offerings meets category and place at once. No legal form is
asked of the set (Aw 2012 art. 2.52(4)); members may pool capacity (art. 2.92, 2.94).
Source of the search: own choice, ADR 17.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Final

import msgspec

from api.domain.matching.category import Fit
from api.domain.matching.cover import Candidate, smallest_covers
from api.domain.matching.decide import permille, refuse_twins
from api.domain.matching.eligibility import Eligibility
from api.domain.matching.facts import EnterpriseFacts, LotFacts, OfferingFacts
from api.domain.matching.reasons import FAIL, UNKNOWN, Reason, ReasonCode, RuleId, failing
from api.domain.matching.rules import MatchingRules
from api.domain.tendering.coverage import COUNTRY, domestic
from api.domain.tendering.cpv import relation
from api.domain.values import Cents, CpvCode

_SHARED: Final = frozenset({RuleId.CATEGORY, RuleId.AREA, RuleId.CAPACITY, RuleId.DEPENDENCY})
"""What the set must meet together; every other rule each member must meet alone."""

_ANSWERED: Final = frozenset(
    {
        ReasonCode.CATEGORY_ADDITIONAL,
        ReasonCode.AREA_PARTIAL,
        ReasonCode.AREA_UNKNOWN,
        ReasonCode.VALUE_UNKNOWN,
        ReasonCode.DEPENDENCY_UNKNOWN,
    }
)
"""Unknown for a firm alone, but no question about its part in a set."""


class JointLimits(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Bounds of the search (own choice, ADR 17)."""

    max_firms: int = 4
    max_sets: int = 10
    max_nodes: int = 20_000


class Need(msgspec.Struct, frozen=True, gc=False, order=True, rename="camel"):
    """One thing to be done: a category in a place; empty where the lot does not say."""

    cpv_code: str
    place: str


class Member(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A firm in a set, with its share."""

    enterprise_id: str
    offering_ids: tuple[str, ...]
    cpv_codes: tuple[str, ...]
    places: tuple[str, ...]
    free_capacity_cents: Cents | None
    value_cents: Cents | None
    """Its part of the yearly value, in proportion to free capacity; `None` is unknown."""
    unknown: tuple[ReasonCode, ...]


class JointSet(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """Firms that cover the lot together; without any one of them they do not."""

    members: tuple[Member, ...]


class JointCoverage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The smallest sets, best first, or what no set can cover."""

    lot_id: str
    sets: tuple[JointSet, ...]
    found: int
    """Sets of the smallest size that were found; `sets` holds the first of them."""
    uncovered: tuple[Need, ...]
    """What no firm at all can do."""
    short_cents: Cents
    """What the largest set allowed lacks a year; 0 when volume is no obstacle."""
    complete: bool
    """False when the search stopped at its node budget: there may be more, or smaller gaps."""
    nodes: int


class _Firm(msgspec.Struct, frozen=True, gc=False):
    enterprise_id: str
    offerings: tuple[OfferingFacts, ...]
    covers: int
    """Bit per need."""
    capacity: int
    """Known free capacity of the offerings that cover something."""
    unknown: tuple[ReasonCode, ...]


def joint_coverage(
    lot: LotFacts,
    enterprises: Sequence[EnterpriseFacts],
    rules: MatchingRules,
    *,
    areas: Mapping[str, frozenset[str]] | None = None,
    text_hits: Mapping[str, float] | None = None,
    limits: JointLimits | None = None,
) -> JointCoverage:
    """Find the smallest sets of firms that cover category, places and yearly volume together.

    `areas` gives the municipalities of an area (`Geography.members`), so that firms can
    divide a province; without it an area is covered whole or not. Cents a year. The order
    of `enterprises` never matters. Source: Aw 2012 art. 2.52; own choice, ADR 17.
    """
    refuse_twins(enterprises)
    limits = limits or JointLimits()
    grid = _Grid(lot, areas or {})
    eligibility = Eligibility(lot, rules, permille(text_hits))
    firms = sorted(_firms(enterprises, grid, eligibility), key=_promise)
    volume = lot.yearly_value_cents or 0
    covers = smallest_covers(
        [Candidate(one.covers, one.capacity) for one in firms],
        grid.everything,
        volume,
        max_size=limits.max_firms,
        max_nodes=limits.max_nodes,
    )
    sets = sorted(([firms[one] for one in found] for found in covers.sets), key=_preference)
    largest = sorted((one.capacity for one in firms), reverse=True)[: limits.max_firms]
    met = reduce(or_, (one.covers for one in firms), 0)
    return JointCoverage(
        lot_id=lot.id,
        sets=tuple(_joint(lot, grid, members) for members in sets[: limits.max_sets]),
        found=len(sets),
        uncovered=grid.needs(grid.everything & ~met),
        short_cents=Cents(max(0, volume - sum(largest))),
        complete=covers.complete,
        nodes=covers.nodes,
    )


class _Grid:
    """The needs of a lot: each category in each place, numbered as bits."""

    def __init__(self, lot: LotFacts, areas: Mapping[str, frozenset[str]]) -> None:
        places = {place for area in lot.areas for place in areas.get(area, (area,))}
        self.codes: tuple[str, ...] = tuple(sorted(set(lot.cpv_codes))) or ("",)
        self._main = lot.cpv_codes[0] if lot.cpv_codes else ""
        self._places = tuple(sorted(places)) or ("",)
        self._bit = {place: 1 << number for number, place in enumerate(self._places)}
        self._domestic = sum(self._bit[place] for place in domestic(places))
        self.everything = (1 << len(self._places) * len(self.codes)) - 1

    def covered(self, offering: OfferingFacts, fit: Fit) -> int:
        """Give the needs that one offering meets, in category and place at once."""
        places = self._reached(offering)
        met = 0
        for number, code in enumerate(self.codes):
            if _is_of(offering, code, fit, is_main=code == self._main):
                met |= places << number * len(self._places)
        return met

    def needs(self, bits: int) -> tuple[Need, ...]:
        """Name the needs behind some bits, in order."""
        size = len(self._places)
        return tuple(
            Need(code, place)
            for row, code in enumerate(self.codes)
            for column, place in enumerate(self._places)
            if bits >> (row * size + column) & 1
        )

    def _reached(self, offering: OfferingFacts) -> int:
        if "" in self._bit:
            return self._bit[""]
        if COUNTRY in offering.area_full:
            return self._domestic
        return sum(self._bit[place] for place in offering.area_full & self._bit.keys())


def _is_of(offering: OfferingFacts, code: str, fit: Fit, *, is_main: bool) -> bool:
    """Go by code, and for the main object of a lot with a broad code or none by text as well."""
    if is_main and (not code or fit.reason.code is ReasonCode.CATEGORY_TEXT):
        return fit.reason.state is not FAIL
    return any(relation(one, CpvCode(code)) is not None for one in offering.cpv_codes)


def _firms(
    enterprises: Iterable[EnterpriseFacts], grid: _Grid, eligibility: Eligibility
) -> Iterator[_Firm]:
    """Keep the firms that may take part by themselves, with the offerings that cover something."""
    for enterprise in enterprises:
        own = [one for one in eligibility.of_enterprise(enterprise) if one.rule not in _SHARED]
        if failing(own):
            continue
        used, covers, reasons = [], 0, own
        for offering in enterprise.offerings:
            judged = eligibility.of_offering(offering)
            met = grid.covered(offering, eligibility.category.of(offering))
            alone = [one for one in judged if one.rule not in _SHARED]
            if met and offering.free_capacity_cents != 0 and not failing(alone):
                used.append(offering)
                covers |= met
                reasons = [*reasons, *judged]
        if used:
            yield _firm(enterprise, used, covers, reasons)


def _firm(
    enterprise: EnterpriseFacts,
    used: Iterable[OfferingFacts],
    covers: int,
    reasons: Iterable[Reason],
) -> _Firm:
    offerings = tuple(sorted(used, key=lambda one: one.id))
    capacity = sum(one.free_capacity_cents or 0 for one in offerings)
    open_codes = {one.code for one in reasons if one.state is UNKNOWN and one.code not in _ANSWERED}
    return _Firm(enterprise.id, offerings, covers, capacity, tuple(sorted(open_codes)))


def _promise(firm: _Firm) -> tuple[int, int, str]:
    """Try first who covers most, then who has most capacity (own choice, ADR 17)."""
    return (-firm.covers.bit_count(), -firm.capacity, firm.enterprise_id)


def _preference(members: Sequence[_Firm]) -> tuple[int, int, list[str]]:
    """Prefer sets with the fewest open questions, then with the most capacity."""
    questions = sum(len(one.unknown) for one in members)
    capacity = sum(one.capacity for one in members)
    return (questions, -capacity, sorted(one.enterprise_id for one in members))


def _joint(lot: LotFacts, grid: _Grid, firms: Iterable[_Firm]) -> JointSet:
    members = sorted(firms, key=lambda one: one.enterprise_id)
    values = _divided(lot.yearly_value_cents, members)
    return JointSet(
        tuple(_member(grid, one, value) for one, value in zip(members, values, strict=True))
    )


def _member(grid: _Grid, firm: _Firm, value: Cents | None) -> Member:
    needs = grid.needs(firm.covers)
    known = ReasonCode.CAPACITY_UNKNOWN not in firm.unknown
    return Member(
        firm.enterprise_id,
        tuple(one.id for one in firm.offerings),
        tuple(sorted({need.cpv_code for need in needs} - {""})),
        tuple(sorted({need.place for need in needs} - {""})),
        Cents(firm.capacity) if known else None,
        value,
        firm.unknown,
    )


def _divided(value: Cents | None, firms: Sequence[_Firm]) -> list[Cents | None]:
    """Divide a yearly value in proportion to free capacity; the parts add up to the cent.

    Largest remainders round up, so no part exceeds its firm's capacity (ADR 17).
    """
    if value is None or any(ReasonCode.CAPACITY_UNKNOWN in one.unknown for one in firms):
        return [None] * len(firms)
    total = sum(one.capacity for one in firms)
    parts = [divmod(value * one.capacity, total) for one in firms]
    left = value - sum(whole for whole, _ in parts)
    by_remainder = sorted(range(len(parts)), key=lambda one: (-parts[one][1], one))
    rounded_up = set(by_remainder[:left])
    return [Cents(whole + (place in rounded_up)) for place, (whole, _) in enumerate(parts)]
