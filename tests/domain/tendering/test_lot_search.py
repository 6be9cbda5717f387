"""The search against every possible division, on three hundred random tenders."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from random import Random

import msgspec

from api.domain.tendering.lot_case import Case
from api.domain.tendering.lot_columns import all_columns
from api.domain.tendering.lot_model import Item, Objective, SplitRequest
from api.domain.tendering.lot_objective import Goal, by_objective
from api.domain.tendering.lot_search import Search
from api.domain.tendering.lot_supply import Supply
from tests.domain.tendering.lot_cases import a_random_request, partitions

_Key = tuple[int, int, int]
_Award = tuple[str, int]


class Lot:
    """A lot worked out the long way, straight from the rules."""

    def __init__(self, items: Sequence[Item], asked: SplitRequest) -> None:
        self.items, self.asked = items, asked
        counted = [48 if one.months is None else min(one.months, 48) for one in items]
        yearly = [one.yearly_cents for one in items]
        # a year's price over so many months, halves up
        self.value = sum((2 * y * m + 12) // 24 for y, m in zip(yearly, counted, strict=True))
        self.value += sum(one.options_cents for one in items)
        busiest = [min(m, 12) for m in counted]
        self.need = sum((2 * y * m + 12) // 24 for y, m in zip(yearly, busiest, strict=True))

    @cached_property
    def able(self) -> list[_Award]:
        """Firm and number of each offering that alone has category, place and capacity."""
        return [
            (firm.id, number)
            for firm in self.asked.firms
            for number, one in enumerate(firm.offerings)
            if one.free_capacity_cents is not None
            and one.free_capacity_cents >= self.need
            and all(item.cpv in one.cpv_codes for item in self.items)
            and all(set(item.areas) <= set(one.reach.full) for item in self.items)
        ]

    @cached_property
    def reached(self) -> bool:
        return len({firm for firm, _ in self.able}) >= self.asked.rules.able_firms

    @cached_property
    def fits(self) -> bool:
        rules, ids = self.asked.rules, {one.id for one in self.items}
        digits = rules.category_digits or 0
        low, high = rules.minimum_value_cents or 0, rules.maximum_value_cents or 10**15
        return (
            low <= self.value <= high
            and len({one.cpv[:digits] for one in self.items}) == 1
            and not any({one, other} <= ids for one, other in rules.apart)
            and (not rules.every_lot_able or self.reached)
        )


def won(lots: Sequence[Lot], asked: SplitRequest, taken: dict[_Award, int]) -> int:
    """The most that can be handed out: every able offering is tried for every lot, and none."""
    if not lots:
        return 0
    first, rest = lots[0], lots[1:]
    best = 0
    for firm, number in first.able:
        offering = next(one for one in asked.firms if one.id == firm).offerings[number]
        load = taken.get((firm, number), 0) + first.need
        wins = taken.get((firm, -1), 0) + 1
        if load > (offering.free_capacity_cents or 0) or wins > (asked.rules.win_cap or 99):
            continue
        after = {**taken, (firm, number): load, (firm, -1): wins}
        best = max(best, first.value + won(rest, asked, after))
        if best == sum(lot.value for lot in lots):
            return best
    return max(best, won(rest, asked, taken))


def judged(lots: Sequence[Lot], asked: SplitRequest) -> _Key | None:
    """Reach, number of lots and largest lot of a division, or `None` when it breaks a rule."""
    if len(lots) > (asked.rules.maximum_lots or 99) or not all(lot.fits for lot in lots):
        return None
    groups = [{one.group for one in lot.items} - {None} for lot in lots]
    if sum(len(one) for one in groups) > len(set().union(*groups)):
        return None
    reach = won([lot for lot in lots if lot.reached], asked, {})
    if asked.rules.every_lot_able and reach < sum(lot.value for lot in lots):
        return None
    return (reach, len(lots), max(lot.value for lot in lots))


def every_key(asked: SplitRequest) -> list[_Key]:
    known: dict[tuple[int, ...], Lot] = {}
    keys = []
    for division in partitions(len(asked.items)):
        for lot in map(tuple, division):
            if lot not in known:
                known[lot] = Lot([asked.items[i] for i in lot], asked)
        key = judged([known[tuple(lot)] for lot in division], asked)
        keys += [] if key is None else [key]
    return keys


def best_of(keys: list[_Key], objective: Objective, share: Decimal) -> _Key:
    if objective is Objective.BALANCED:
        return min(keys, key=lambda key: (-key[0], key[2], key[1]))
    if objective is Objective.MOST_REACH:
        return min(keys, key=lambda key: (-key[0], key[1], key[2]))
    kept = max(key[0] for key in keys) * Fraction(share)
    enough = [key for key in keys if key[0] >= kept]
    return min(enough, key=lambda key: (key[1], -key[0], key[2]))


def test_three_hundred_random_tenders_are_divided_as_well_as_by_trying_everything() -> None:
    random, infeasible, contested = Random(20260301), 0, 0
    for _ in range(300):
        asked = msgspec.structs.replace(a_random_request(random), reach_share=Decimal("0.8"))
        case = Case(asked.items, asked.rules, Supply(asked.firms, asked.items))
        columns = all_columns(case)
        assert columns is not None
        search = Search(case, columns, Goal(asked.objective, asked.reach_share, 10_000, 0))
        found = by_objective(search)
        keys = every_key(asked)
        if not keys:
            infeasible += 1
            assert found.lots == ()
            continue
        largest = max(case.value_of(lot) for lot in found.lots)
        expected = best_of(keys, asked.objective, asked.reach_share)
        assert (found.reach, len(found.lots), largest) == expected
        assert (found.bound, search.is_sure()) == (found.reach, True)
        contested += found.reach < case.reach_of(found.lots)
    assert infeasible > 10
    assert contested > 3
