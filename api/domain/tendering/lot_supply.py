"""Which firms can carry out which items: one offering must satisfy category, place and capacity.

Offerings stand in one row, most capacity first, those of unknown capacity last. A set of
offerings is the bits of an integer, so that "offerings that cover all these items" is one `&`.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final

from api.domain.tendering.cpv import DIVISION_DIGITS, CpvRelation, depth, relation
from api.domain.tendering.lot_model import Firm, Item, Offering
from api.domain.tendering.reserved import Answer, article_20_eligible
from api.domain.values import CpvCode

_DIGITS: Final = bytes.maketrans(b"\0\1", b"01")
_MACHINE_WORDS: Final = 256
"""Of so many bits an integer is copied in no time."""


class Supply:
    """The offerings of all firms, ready to be asked who is able. Firms are sorted by id."""

    def __init__(self, firms: Iterable[Firm], items: Sequence[Item]) -> None:
        self.firms = sorted(firms, key=lambda firm: firm.id)
        row = [
            (number, offering)
            for number, firm in enumerate(self.firms)
            for offering in firm.offerings
        ]
        row.sort(key=_most_capacity_first)
        self.firm_of = [number for number, _ in row]
        self.capacity = [offering.free_capacity_cents for _, offering in row]
        known = [capacity for capacity in self.capacity if capacity is not None]
        self._rising = [-capacity for capacity in known]
        self.known = (1 << len(known)) - 1
        self.unknown_capacity = ((1 << len(row)) - 1) ^ self.known
        codes = [offering.cpv_codes for _, offering in row]
        areas = [offering.reach.full for _, offering in row]
        self.sure, self.maybe = _cover(items, codes, areas)

    @cached_property
    def eligible(self) -> int:
        """Offerings of firms that may bid for a lot reserved under art. 20 (Dir. 2014/24)."""
        return self._offerings_of(Answer.YES)

    @cached_property
    def perhaps_eligible(self) -> int:
        """The same, with firms of which a fact is missing (Dir. 2014/24 art. 20)."""
        return self.eligible | self._offerings_of(Answer.UNKNOWN)

    def _offerings_of(self, wanted: Answer) -> int:
        answers = [article_20_eligible(firm.reserved_facts) for firm in self.firms]
        return bits_of(answers[firm] is wanted for firm in self.firm_of)

    def with_capacity(self, need_cents: int) -> int:
        """Give the offerings with at least this known capacity (own choice, ADR 16)."""
        return (1 << bisect_right(self._rising, -need_cents)) - 1

    def firms_of(self, offerings: int) -> set[int]:
        """Give the numbers of the firms that these offerings belong to (own choice, ADR 16)."""
        return {self.firm_of[place] for place in places(offerings)}


class Core:
    """The few offerings that decide whether k firms are able, in a row of their own.

    An offering is left out when k different firms have one that covers the same blocks or
    more with at least its capacity: whenever it is able, they are too. So "k firms are
    able" is the same question here, over far fewer bits.
    """

    def __init__(self, supply: Supply, allowed: int, cover: Sequence[int], k: int) -> None:
        self.k = k
        kept = _undominated(supply, allowed, cover, k)
        self._firm = [supply.firm_of[place] for place, _ in kept]
        self._capacity = [supply.capacity[place] or 0 for place, _ in kept]
        self.all = (1 << len(kept)) - 1
        self.cover = [
            sum(1 << new for new, (_, blocks) in enumerate(kept) if blocks >> block & 1)
            for block in range(len(cover))
        ]
        """Per block the offerings that cover it."""

    def capacity(self, offerings: int) -> int:
        """Give the most that k different firms can each carry, -1 if there are fewer firms.

        Cents per year. Source: own choice, ADR 16.
        """
        seen = set()
        while offerings:
            low = offerings & -offerings
            place = low.bit_length() - 1
            seen.add(self._firm[place])
            if len(seen) == self.k:
                return self._capacity[place]
            offerings ^= low
        return -1


def _undominated(
    supply: Supply, allowed: int, cover: Sequence[int], k: int
) -> list[tuple[int, int]]:
    """Give the offerings to keep, most capacity first, with the blocks that each covers."""
    covered: dict[int, int] = {}
    for block, offerings in enumerate(cover):
        for place in places(offerings & allowed & supply.known):
            covered[place] = covered.get(place, 0) | 1 << block
    kept: list[tuple[int, int]] = []
    for place, blocks in sorted(covered.items()):
        better = {supply.firm_of[other] for other, wider in kept if wider & blocks == blocks}
        if len(better) < k:
            kept.append((place, blocks))
    return kept


def bits_of(flags: Iterable[bool]) -> int:
    """Give the integer whose bits are these flags, the first one lowest (own choice, ADR 16).

    Setting bits one by one copies the whole integer each time.
    """
    return int(bytes(flags)[::-1].translate(_DIGITS) or b"0", 2)


def places(bits: int) -> Iterator[int]:
    """Give the places of the bits that are set, lowest first (own choice, ADR 16)."""
    if bits.bit_length() > _MACHINE_WORDS:
        yield from _places_of_many(bits)
        return
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _places_of_many(bits: int) -> Iterator[int]:
    """Find them in the digits: to clear a bit copies the whole integer."""
    digits = bin(bits)[:1:-1]
    place = digits.find("1")
    while place >= 0:
        yield place
        place = digits.find("1", place + 1)


def category(offered: CpvCode, wanted: CpvCode) -> Answer:
    """Tell whether an offered code fits a wanted one: same, broader or narrower.

    Narrower than a mere division is unknown, as a division says little about the work.
    Source: Reg. (EC) 213/2008, annex I; own choice, ADR 16, in step with matching (ADR 17).
    """
    related = relation(offered, wanted)
    if related is None:
        return Answer.NO
    vague = related is CpvRelation.NARROWER and depth(wanted) == DIVISION_DIGITS
    return Answer.UNKNOWN if vague else Answer.YES


_Order = tuple[bool, int, int, tuple[CpvCode, ...], tuple[str, ...]]


def _most_capacity_first(pair: tuple[int, Offering]) -> _Order:
    number, offering = pair
    capacity = offering.free_capacity_cents
    return (capacity is None, -(capacity or 0), number, offering.cpv_codes, offering.reach.full)


def _cover(
    items: Sequence[Item], codes: Sequence[tuple[CpvCode, ...]], areas: Sequence[tuple[str, ...]]
) -> tuple[list[int], list[int]]:
    """Give per item the offerings that surely, and that perhaps, cover category and place."""
    by_code = {cpv: _category_bits(cpv, codes) for cpv in {item.cpv for item in items}}
    by_areas = {wanted: _area_bits(wanted, areas) for wanted in {item.areas for item in items}}
    sure = [by_code[item.cpv][0] & by_areas[item.areas] for item in items]
    maybe = [by_code[item.cpv][1] & by_areas[item.areas] for item in items]
    return sure, maybe


def _category_bits(wanted: CpvCode, codes: Sequence[tuple[CpvCode, ...]]) -> tuple[int, int]:
    """Judge each set of codes once: thousands of offerings name the same few."""
    answers = {one: {category(code, wanted) for code in one} for one in set(codes)}
    sure = {one: Answer.YES in found for one, found in answers.items()}
    maybe = {one: bool(found - {Answer.NO}) for one, found in answers.items()}
    return bits_of(sure[one] for one in codes), bits_of(maybe[one] for one in codes)


def _area_bits(wanted: Sequence[str], areas: Sequence[tuple[str, ...]]) -> int:
    holds = {one: frozenset(one).issuperset(wanted) for one in set(areas)}
    return bits_of(holds[one] for one in areas)
