"""Several lots at once: who takes which, within free capacity and the limit on lots.

First the covered value is made as high as possible, then the number of firms that get work.
Source: Dir. 2014/24 art. 46(2) (a limit on lots per tenderer); for the aim own choice, ADR 17.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from api.domain.errors import InvalidValue
from api.domain.matching.assignment import (
    Bid,
    Market,
    Part,
    bid_order,
    firms_of,
    most_firms,
    most_value,
    value_of,
)
from api.domain.matching.decide import turn
from api.domain.values import Cents

NODE_LIMIT: Final = 200
"""Enough for a proof where supply is ample; ADR 17 has the times where it is scarce."""


class LotDemand(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A lot to be carried out, and its value a year."""

    id: str
    value_cents: Cents | None


class FirmSupply(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A firm, and what it can still take on a year."""

    id: str
    free_capacity_cents: Cents | None


class Binding(StrEnum):
    """What keeps a lot from being carried out."""

    VALUE_UNKNOWN = "value-unknown"
    """The lot has no known value a year, so no capacity can be set aside for it."""
    NO_ELIGIBLE_FIRM = "no-eligible-firm"
    CAPACITY_UNKNOWN = "capacity-unknown"
    """Firms are eligible, but what they have free is not known."""
    CAPACITY_SHORT = "capacity-short"
    """No eligible firm could carry out the lot, even without any other lot."""
    CAPACITY_TAKEN = "capacity-taken"
    """A firm could, but its capacity does more on other lots."""
    LOT_LIMIT = "lot-limit"
    """A firm has the capacity, but reached the limit on lots."""
    SEARCH_STOPPED = "search-stopped"
    """Nothing stands in the way; the search ended at its node limit."""


class Uncovered(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A lot that nobody gets, the constraint that binds, and the firms that it binds."""

    lot_id: str
    binding: Binding
    enterprise_ids: tuple[str, ...] = ()


class Allocation(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who takes which lot, and how good that is known to be."""

    awards: tuple[Bid, ...]
    uncovered: tuple[Uncovered, ...]
    covered_value_cents: Cents
    highest_value_cents: Cents
    """No allocation covers more; equal to the covered value when proven."""
    value_proven: bool
    firms: int
    """Firms that get a lot or a part of one."""
    spread_proven: bool
    """No allocation of the same lots gives work to more firms."""


def allocate(
    lots: Sequence[LotDemand],
    firms: Sequence[FirmSupply],
    bids: Iterable[Bid],
    *,
    seed: str = "",
    max_lots: int | None = None,
    node_limit: int = NODE_LIMIT,
) -> Allocation:
    """Assign lots to firms by honouring bids, at most one a lot; cents a year.

    A joint bid counts as one lot for each of its firms. `seed` turns the order in which firms
    are tried: of equally good choices another may come out, never a worse one. Source: Dir.
    2014/24 art. 46(2); own choice, ADR 17 for value first, then spread.
    """
    wished = _in_turn(set(bids), seed)
    _refuse_nonsense(lots, firms, wished)
    capacity = {one.id: one.free_capacity_cents for one in firms}
    market = _market(wished, capacity, max_lots)
    best = most_value(market, node_limit)
    widest = most_firms(market, best.bids, node_limit)
    covered = sum(value_of(bid) for bid in widest.bids)
    highest = covered if best.proven else max(covered, best.bound)
    return Allocation(
        awards=widest.bids,
        uncovered=_uncovered(lots, wished, _Left(market, capacity, widest.bids)),
        covered_value_cents=Cents(covered),
        highest_value_cents=Cents(highest),
        value_proven=best.proven,
        firms=len(firms_of(widest.bids)),
        spread_proven=widest.proven,
    )


def _in_turn(bids: Iterable[Bid], seed: str) -> list[Bid]:
    """Order bids by lot, then by a rotation of the firms, so that no firm always comes first."""
    names = {part.enterprise_id for bid in bids for part in bid.parts}
    turns = {name: turn(seed, name) for name in names}
    ordered = sorted(bids, key=bid_order)
    return sorted(
        ordered, key=lambda bid: (bid.lot_id, [turns[one.enterprise_id] for one in bid.parts])
    )


def single_bids(lots: Iterable[LotDemand], eligible: Iterable[tuple[str, str]]) -> list[Bid]:
    """Turn pairs of (lot id, enterprise id) into bids of one firm for a whole lot (ADR 17).

    A lot of unknown value gets no bid: no capacity can be set aside for it.
    """
    asked = {one.id: one.value_cents for one in lots}
    found = []
    for lot_id, enterprise_id in eligible:
        value = asked.get(lot_id)
        if value is not None:
            found.append(Bid(lot_id, (Part(enterprise_id, value),)))
    return found


def _refuse_nonsense(
    lots: Sequence[LotDemand], firms: Sequence[FirmSupply], bids: Sequence[Bid]
) -> None:
    asked, known = {one.id: one.value_cents for one in lots}, {one.id for one in firms}
    if len(asked) != len(lots) or len(known) != len(firms):
        raise InvalidValue("an id occurs twice among lots or firms", code="duplicate-id")
    for bid in bids:
        names = {part.enterprise_id for part in bid.parts}
        if bid.lot_id not in asked or not names <= known:
            raise InvalidValue(f"a bid on {bid.lot_id} names an unknown id", code="unknown-id")
        if len(names) != len(bid.parts) or value_of(bid) != asked[bid.lot_id]:
            raise InvalidValue(
                f"the parts of a bid on {bid.lot_id} do not make up the lot", code="incomplete-bid"
            )


def _market(
    wished: Iterable[Bid], capacity: Mapping[str, Cents | None], max_lots: int | None
) -> Market:
    """Keep the bids of which every firm is known to have the capacity."""
    known = {name: cents for name, cents in capacity.items() if cents is not None}
    able = [
        bid
        for bid in wished
        if all(part.value_cents <= known.get(part.enterprise_id, -1) for part in bid.parts)
    ]
    return Market(tuple(able), known, max_lots)


class _Left:
    """What is left of capacity and of lots after the awards."""

    def __init__(
        self, market: Market, capacity: Mapping[str, Cents | None], awards: Sequence[Bid]
    ) -> None:
        self.awarded = frozenset(bid.lot_id for bid in awards)
        self._able = frozenset(market.bids)
        self._capacity = capacity
        self._max_lots = market.max_lots
        self._lots = Counter(part.enterprise_id for bid in awards for part in bid.parts)
        self._spent = Counter[str]()
        for bid in awards:
            for part in bid.parts:
                self._spent[part.enterprise_id] += part.value_cents

    def hindrance(self, bid: Bid) -> Binding:
        """Tell what stands in the way of one more bid."""
        if bid not in self._able:
            short = any(self._is_short(part) for part in bid.parts)
            return Binding.CAPACITY_SHORT if short else Binding.CAPACITY_UNKNOWN
        if any(self._is_taken(part) for part in bid.parts):
            return Binding.CAPACITY_TAKEN
        full = self._max_lots is not None and any(
            self._lots[part.enterprise_id] >= self._max_lots for part in bid.parts
        )
        return Binding.LOT_LIMIT if full else Binding.SEARCH_STOPPED

    def _is_short(self, part: Part) -> bool:
        free = self._capacity[part.enterprise_id]
        return free is not None and free < part.value_cents

    def _is_taken(self, part: Part) -> bool:
        free = self._capacity[part.enterprise_id] or 0
        return free - self._spent[part.enterprise_id] < part.value_cents


_MILDEST_FIRST: Final = (
    Binding.SEARCH_STOPPED,
    Binding.LOT_LIMIT,
    Binding.CAPACITY_TAKEN,
    Binding.CAPACITY_UNKNOWN,
    Binding.CAPACITY_SHORT,
)


def _uncovered(
    lots: Iterable[LotDemand], wished: Iterable[Bid], left: _Left
) -> tuple[Uncovered, ...]:
    bids: dict[str, list[Bid]] = {}
    for bid in wished:
        bids.setdefault(bid.lot_id, []).append(bid)
    open_lots = sorted((one for one in lots if one.id not in left.awarded), key=lambda one: one.id)
    return tuple(_explained(lot, bids.get(lot.id, []), left) for lot in open_lots)


def _explained(lot: LotDemand, bids: Sequence[Bid], left: _Left) -> Uncovered:
    """Name the mildest hindrance of all bids on a lot, for it is the one to lift first."""
    if lot.value_cents is None:
        return Uncovered(lot.id, Binding.VALUE_UNKNOWN)
    hindered = [(left.hindrance(bid), bid) for bid in bids]
    for binding in _MILDEST_FIRST:
        bound = firms_of(bid for hindrance, bid in hindered if hindrance is binding)
        if bound:
            return Uncovered(lot.id, binding, tuple(sorted(bound)))
    return Uncovered(lot.id, Binding.NO_ELIGIBLE_FIRM)
