"""Firms that can't carry out a lot alone, but can as a pair or a triple.

Work on an item may be shared. For every part of a group it must hold that the items which
only that part can do fit in its capacity (Hall's condition for two or three members).
"""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Final

import msgspec

from api.domain.tendering.lot_case import Case
from api.domain.tendering.lot_model import yearly_need
from api.domain.tendering.lot_supply import places

MOST_MEMBERS: Final = 12
"""Firms looked at per lot: those that could do most of it (own choice, ADR 16)."""
MOST_BIDS: Final = 10


class JointBid(msgspec.Struct, frozen=True, rename="camel"):
    """A combination (combinatie) that together has category, place and capacity.

    No legal form is needed to bid. Source: Aw 2012 art. 2.52(3)-(4).
    """

    firm_ids: tuple[str, ...]
    capacity_cents: int
    """Of all members per year."""


class JointBids(msgspec.Struct, frozen=True, rename="camel"):
    """Combinations for one lot; pairs first, then by firm id."""

    bids: tuple[JointBid, ...]
    found: int
    """How many there are among the firms looked at."""
    firms_considered: int
    firms_left_out: int


class _Member(msgspec.Struct, frozen=True):
    """A firm with the one offering that could do most of the lot."""

    firm_id: str
    capacity: int
    items: frozenset[int]
    usable: int


def joint_bids(case: Case, lot: int) -> JointBids:
    """Find pairs, and triples without such a pair, of firms that together can do a lot.

    Firms that are able alone, and capacities that are unknown, stay out.
    Source: Aw 2012 art. 2.52(3); own choice, ADR 16.
    """
    members = _members(case, lot)
    ordered = sorted(members, key=lambda one: (-one.usable, one.firm_id))[:MOST_MEMBERS]
    looked_at = sorted(ordered, key=lambda one: one.firm_id)
    groups = list(_groups(looked_at, _Needs(case, lot)))
    bids = tuple(
        JointBid(tuple(one.firm_id for one in group), sum(one.capacity for one in group))
        for group in groups[:MOST_BIDS]
    )
    return JointBids(bids, len(groups), len(looked_at), len(members) - len(looked_at))


class _Needs:
    """What the items of a lot take per year."""

    def __init__(self, case: Case, lot: int) -> None:
        self._need = {i: yearly_need(case.items[i]) for i in case.items_of(lot)}

    def met_by(self, group: Sequence[_Member]) -> bool:
        """Tell whether every part of the group can do what nobody else in it can."""
        return all(
            self._only_for(part, group) <= sum(one.capacity for one in part)
            for size in range(len(group) + 1)
            for part in combinations(group, size)
        ) and all(any(i in one.items for one in group) for i in self._need)

    def _only_for(self, part: Sequence[_Member], group: Sequence[_Member]) -> int:
        others = [one for one in group if one not in part]
        return sum(
            need for i, need in self._need.items() if not any(i in other.items for other in others)
        )


def _groups(members: Sequence[_Member], needs: _Needs) -> Iterable[tuple[_Member, ...]]:
    pairs = [pair for pair in combinations(members, 2) if needs.met_by(pair)]
    yield from pairs
    for triple in combinations(members, 3):
        if not any(pair in pairs for pair in combinations(triple, 2)) and needs.met_by(triple):
            yield triple


def _members(case: Case, lot: int) -> list[_Member]:
    supply = case.supply
    allowed = supply.known & (supply.eligible if case.is_reserved(lot) else -1)
    alone = supply.firms_of(case.able(lot))
    items = case.items_of(lot)
    best: dict[int, _Member] = {}
    touched: dict[int, list[int]] = {}
    for i in items:
        for place in places(supply.sure[i] & allowed):
            touched.setdefault(place, []).append(i)
    for place in sorted(touched):
        number, capacity = supply.firm_of[place], supply.capacity[place] or 0
        covered = frozenset(touched[place])
        usable = min(capacity, sum(yearly_need(case.items[i]) for i in covered))
        known = best.get(number)
        if number not in alone and usable and (known is None or usable > known.usable):
            best[number] = _Member(supply.firms[number].id, capacity, covered, usable)
    return list(best.values())
