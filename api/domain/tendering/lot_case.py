"""A split request made ready for searching: blocks of items, and what a lot of them is worth.

A lot is the bits of an integer, one per block; a block is what stays together anyhow.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from functools import cached_property, reduce
from math import gcd
from operator import and_
from typing import Final

import msgspec

from api.domain.tendering.lot_model import Item, Rules, item_value, yearly_need
from api.domain.tendering.lot_supply import Core, Supply, places

NO_LIMIT: Final = 10**18


class Column(msgspec.Struct, frozen=True, order=True):
    """A lot that a division may hold; sorted by its bits."""

    lot: int
    value: int
    """Cents."""
    reached: bool
    """Enough firms are able."""


class Case:
    """The blocks with everything that a search asks of them."""

    def __init__(self, items: Sequence[Item], rules: Rules, supply: Supply) -> None:
        self.items, self.rules, self.supply = items, rules, supply
        self.blocks = _blocks(items)
        self.item_values = [item_value(item) for item in items]
        self.value = [sum(self.item_values[i] for i in block) for block in self.blocks]
        self.need = [sum(yearly_need(items[i]) for i in block) for block in self.blocks]
        self.reserved = [any(items[i].reserved for i in block) for block in self.blocks]
        self.cover = [
            reduce(and_, (supply.sure[i] for i in block), supply.known) for block in self.blocks
        ]
        labels = [_label(items[block[0]], rules) for block in self.blocks]
        self.kind = [sorted(set(labels), key=repr).index(label) for label in labels]
        """Blocks of one kind may share a lot, as far as category, region and reservation go."""
        self.clash = _clashes(self.blocks, items, rules, self.kind)
        self.broken = [_is_broken(block, items, rules) for block in self.blocks]
        self.minimum = rules.minimum_value_cents or 0
        self.maximum = NO_LIMIT
        if rules.maximum_value_cents is not None:
            self.maximum = rules.maximum_value_cents
        self.most_lots = min(rules.maximum_lots or len(self.blocks), len(self.blocks))
        self.unit = gcd(*self.value) or 1
        """The cents that all values are a multiple of; keeps the solver's numbers small."""
        self.cores = (
            Core(supply, supply.known, self.cover, rules.able_firms),
            Core(supply, supply.eligible, self.cover, rules.reserved_able_firms),
        )
        """What decides able or not: for ordinary lots, and for reserved ones."""
        self._reached: dict[int, bool] = {}

    def capped(self, maximum: int) -> "Case":
        """Give the same case with a lower maximum value, cents (own choice, ADR 16)."""
        capped = copy(self)
        capped.maximum = min(self.maximum, maximum)
        return capped

    @cached_property
    def unable(self) -> list[int]:
        """Per block those with which it may not, or can never, be in a reached lot.

        Source: own choice, ADR 16.
        """
        blocks = range(len(self.blocks))
        pairs = {
            (one, other): self.is_reached(1 << one | 1 << other)
            for one in blocks
            for other in range(one + 1, len(self.blocks))
        }
        return [
            self.clash[one]
            | sum(
                1 << other
                for other in blocks
                if not pairs.get((min(one, other), max(one, other)), True)
            )
            for one in blocks
        ]

    def value_of(self, lot: int) -> int:
        """Give the value of a lot in cents (own choice, ADR 16)."""
        return sum(self.value[b] for b in places(lot))

    def need_of(self, lot: int) -> int:
        """Give the capacity that a lot takes, cents per year (own choice, ADR 16)."""
        return sum(self.need[b] for b in places(lot))

    def items_of(self, lot: int) -> list[int]:
        """Give the numbers of the items in a lot, in order (own choice, ADR 16)."""
        return sorted(i for b in places(lot) for i in self.blocks[b])

    def asked(self, lot: int) -> int:
        """Give how many able firms make a lot reached (own choice, ADR 16)."""
        return self.core_of(next(places(lot))).k

    def core_of(self, block: int) -> Core:
        """Give the offerings that decide for lots with this block (own choice, ADR 16)."""
        return self.cores[self.reserved[block]]

    def offerings(self, lot: int) -> int:
        """Give the offerings that cover a lot in category and place (design decision 1)."""
        bits = self.supply.known
        for block in places(lot):
            bits &= self.cover[block]
        return bits & self.supply.eligible if self.is_reserved(lot) else bits

    def is_reserved(self, lot: int) -> bool:
        """Tell whether the buyer reserves this lot under art. 20 (Dir. 2014/24)."""
        return self.reserved[next(places(lot))]

    def able(self, lot: int) -> int:
        """Give the offerings that can carry out a whole lot (design decision 1)."""
        return self.offerings(lot) & self.supply.with_capacity(self.need_of(lot))

    def unknown(self, lot: int) -> set[int]:
        """Give the firms of which a missing fact decides: neither able nor unable.

        Source: design decision 4.
        """
        bits = self.supply.unknown_capacity | self.supply.with_capacity(self.need_of(lot))
        for item in self.items_of(lot):
            bits &= self.supply.maybe[item]
        if self.is_reserved(lot):
            bits &= self.supply.perhaps_eligible
        return self.supply.firms_of(bits) - self.supply.firms_of(self.able(lot))

    def is_reached(self, lot: int) -> bool:
        """Tell whether enough different firms can each carry out the lot (own choice, ADR 16)."""
        found = self._reached.get(lot)
        if found is None:
            core = self.core_of(next(places(lot)))
            offerings = reduce(and_, (core.cover[block] for block in places(lot)), core.all)
            found = self._reached[lot] = core.capacity(offerings) >= self.need_of(lot)
        return found

    def is_valid(self, lot: int) -> bool:
        """Tell whether a lot keeps to the rules on its own, able firms included.

        Own choice, ADR 16.
        """
        if not self.minimum <= self.value_of(lot) <= self.maximum:
            return False
        return self.fits(lot) and (not self.rules.every_lot_able or self.is_reached(lot))

    def fits(self, lot: int) -> bool:
        """Tell whether the blocks of a lot may be together at all (own choice, ADR 16)."""
        return not any(self.broken[b] or self.clash[b] & lot for b in places(lot))

    def column(self, lot: int) -> Column:
        """Describe a lot (own choice, ADR 16)."""
        return Column(lot, self.value_of(lot), self.is_reached(lot))

    def reach_of(self, lots: Iterable[int]) -> int:
        """Sum the values of the lots with enough able firms, cents (own choice, ADR 16)."""
        return sum(self.value_of(lot) for lot in lots if self.is_reached(lot))


def _blocks(items: Sequence[Item]) -> list[tuple[int, ...]]:
    groups: dict[tuple[bool, str], list[int]] = {}
    for number, item in enumerate(items):
        key = (False, item.id) if item.group is None else (True, item.group)
        groups.setdefault(key, []).append(number)
    return [tuple(block) for block in groups.values()]


def _clashes(
    blocks: Sequence[tuple[int, ...]], items: Sequence[Item], rules: Rules, kinds: Sequence[int]
) -> list[int]:
    """Give per block the blocks with which it may not share a lot."""
    of_item = {items[i].id: b for b, block in enumerate(blocks) for i in block}
    clash = [sum(1 << other for other, kind in enumerate(kinds) if kind != mine) for mine in kinds]
    for one, other in rules.apart:
        clash[of_item[one]] |= 1 << of_item[other]
        clash[of_item[other]] |= 1 << of_item[one]
    return clash


def _is_broken(block: Sequence[int], items: Sequence[Item], rules: Rules) -> bool:
    """Tell whether a block breaks a rule within itself."""
    ids = {items[i].id for i in block}
    split = any({one, other} <= ids for one, other in rules.apart)
    return split or len({_label(items[i], rules) for i in block}) > 1


def _label(item: Item, rules: Rules) -> tuple[bool, str, str | None]:
    """Give what all items of one lot have in common."""
    digits = rules.category_digits or 0
    return (item.reserved, item.cpv[:digits], item.region if rules.same_region else None)
