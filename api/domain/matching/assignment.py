"""Which bids to honour: the two programmes behind an allocation, and an exact check of each.

Source: own choice, ADR 17 (value first, then spread); Dir. 2014/24 art. 46(2) for the lot limit.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from api.domain.matching.milp import Row, maximise
from api.domain.values import Cents


class Part(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What one firm takes of a lot, a year."""

    enterprise_id: str
    value_cents: Cents


class Bid(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A way to carry out a lot: by one firm, or jointly (combinatie, Aw 2012 art. 2.52)."""

    lot_id: str
    parts: tuple[Part, ...]


class Market(msgspec.Struct, frozen=True):
    """The bids that could be honoured, in fixed order, and the limits on them."""

    bids: tuple[Bid, ...]
    capacity: Mapping[str, int]
    max_lots: int | None


class Best(msgspec.Struct, frozen=True):
    """The bids to honour, in fixed order, and whether a better choice is ruled out."""

    bids: tuple[Bid, ...]
    bound: int
    """No choice is worth more."""
    proven: bool


def bid_order(bid: Bid) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Order bids by lot, then by firms, so that the order of rows never matters (ADR 17)."""
    return (bid.lot_id, tuple((part.enterprise_id, part.value_cents) for part in bid.parts))


def value_of(bid: Bid) -> int:
    """Add up the parts of a bid; cents a year (own choice, ADR 17)."""
    return sum(part.value_cents for part in bid.parts)


def firms_of(bids: Iterable[Bid]) -> frozenset[str]:
    """Give the firms in some bids (own choice, ADR 17)."""
    return frozenset(part.enterprise_id for bid in bids for part in bid.parts)


def most_value(market: Market, node_limit: int) -> Best:
    """Choose bids of the highest value; a lot worth nothing still counts a cent (ADR 17)."""
    worth = [float(max(1, value_of(bid))) for bid in market.bids]
    lots = _by_lot(market.bids).values()
    rows = [_sum(columns, 1) for columns in lots]
    solved = maximise(worth, [*rows, *_limits(market)], node_limit=node_limit)
    wanted = [market.bids[one] for one in sorted(solved.chosen)]
    kept = honoured(wanted, market)
    all_lots = sum(worth[columns[0]] for columns in lots)
    bound = math.floor(min(solved.bound, all_lots) + 0.5)
    return Best(kept, bound, solved.proven and len(kept) == len(wanted))


def most_firms(market: Market, awards: Sequence[Bid], node_limit: int) -> Best:
    """Keep the same lots covered, and give as many firms as can be a part (ADR 17)."""
    covered = {bid.lot_id for bid in awards}
    within = Market(
        tuple(bid for bid in market.bids if bid.lot_id in covered), market.capacity, market.max_lots
    )
    widest = sum(
        max(len(within.bids[one].parts) for one in columns)
        for columns in _by_lot(within.bids).values()
    )
    used = len(firms_of(awards))
    apart = _set_apart(within, awards) if used < widest == len(awards) else None
    if used == widest or apart is not None:
        return Best(apart or tuple(awards), widest, proven=True)
    return _widen(within, awards, node_limit)


def honoured(wanted: Iterable[Bid], market: Market) -> tuple[Bid, ...]:
    """Keep, in order, the bids that fit exactly; the solver itself counts in floats (ADR 17)."""
    left, lots_of = dict(market.capacity), Counter[str]()
    taken: set[str] = set()
    kept = []
    for bid in wanted:
        fits = all(part.value_cents <= left[part.enterprise_id] for part in bid.parts)
        free = market.max_lots is None or all(
            lots_of[part.enterprise_id] < market.max_lots for part in bid.parts
        )
        if fits and free and bid.lot_id not in taken:
            kept.append(bid)
            taken.add(bid.lot_id)
            for part in bid.parts:
                left[part.enterprise_id] -= part.value_cents
                lots_of[part.enterprise_id] += 1
    return tuple(kept)


def _widen(market: Market, awards: Sequence[Bid], node_limit: int) -> Best:
    """Add a column per firm, which is one only when a bid with that firm is chosen."""
    size, taking = len(market.bids), _by_firm(market.bids)
    column = {name: size + place for place, name in enumerate(sorted(taking))}
    rows = [_sum(columns, 1, at_least=1) for columns in _by_lot(market.bids).values()]
    works = [
        Row((column[name], *bids), (1.0, *(-1.0 for _ in bids)), 0.0)
        for name, bids in taking.items()
    ]
    place = {bid: number for number, bid in enumerate(market.bids)}
    start = {place[bid] for bid in awards} | {column[name] for name in firms_of(awards)}
    solved = maximise(
        [0.0] * size + [1.0] * len(column),
        [*rows, *_limits(market), *works],
        node_limit=node_limit,
        start=frozenset(start),
    )
    kept = honoured([market.bids[one] for one in sorted(solved.chosen) if one < size], market)
    whole = len(kept) == len(awards)
    bound = math.floor(min(solved.bound, len(column)) + 0.5)
    return Best(kept if whole else tuple(awards), bound, solved.proven and whole)


def _set_apart(market: Market, awards: Sequence[Bid]) -> tuple[Bid, ...] | None:
    """Give every lot a firm of its own by augmenting paths (Berge 1957), if that can be.

    For bids of one firm; far quicker than a programme, and enough where supply is ample.
    """
    options = {
        lot_id: [market.bids[one] for one in columns]
        for lot_id, columns in _by_lot(market.bids).items()
    }
    held: dict[str, Bid] = {}
    for bid in awards:
        held.setdefault(_firm(bid), bid)
    settled = {bid.lot_id for bid in held.values()}
    waiting = [bid.lot_id for bid in awards if bid.lot_id not in settled]
    if not all(_finds_a_firm(lot_id, options, held) for lot_id in waiting):
        return None
    return tuple(sorted(held.values(), key=bid_order))


def _finds_a_firm(lot_id: str, options: Mapping[str, Sequence[Bid]], held: dict[str, Bid]) -> bool:
    """Walk from firm to firm until one is free, then let each lot on the way move on by one."""
    came: dict[str, tuple[Bid, str | None]] = {}
    queue: list[tuple[str, str | None]] = [(lot_id, None)]
    for current, holder in queue:
        for bid in options[current]:
            name = _firm(bid)
            if name in came:
                continue
            came[name] = (bid, holder)
            if name not in held:
                _move(name, came, held)
                return True
            queue.append((held[name].lot_id, name))
    return False


def _move(name: str, came: Mapping[str, tuple[Bid, str | None]], held: dict[str, Bid]) -> None:
    step: str | None = name
    while step is not None:
        bid, holder = came[step]
        held[step] = bid
        step = holder


def _firm(bid: Bid) -> str:
    return bid.parts[0].enterprise_id


def _limits(market: Market) -> list[Row]:
    """Limit each firm to its capacity and its number of lots, where its bids could exceed them."""
    rows = []
    for name, bids in _by_firm(market.bids).items():
        shares = [_share(market.bids[one], name) for one in bids]
        if sum(shares) > market.capacity[name]:
            rows.append(Row(bids, tuple(map(float, shares)), float(market.capacity[name])))
        if market.max_lots is not None and len(bids) > market.max_lots:
            rows.append(_sum(bids, market.max_lots))
    return rows


def _share(bid: Bid, name: str) -> int:
    return sum(part.value_cents for part in bid.parts if part.enterprise_id == name)


def _sum(columns: Collection[int], at_most: int, *, at_least: float = -math.inf) -> Row:
    return Row(tuple(columns), (1.0,) * len(columns), float(at_most), float(at_least))


def _by_lot(bids: Sequence[Bid]) -> dict[str, tuple[int, ...]]:
    return _grouped((bid.lot_id, number) for number, bid in enumerate(bids))


def _by_firm(bids: Sequence[Bid]) -> dict[str, tuple[int, ...]]:
    return _grouped(
        (part.enterprise_id, number) for number, bid in enumerate(bids) for part in bid.parts
    )


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for key, number in pairs:
        found.setdefault(key, []).append(number)
    return {key: tuple(numbers) for key, numbers in found.items()}
