"""Facts that several lots share: read once, seen by each lot as if they were read for it alone."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from operator import itemgetter
from uuid import UUID

from api.database import Row
from api.domain.matching.facts import EnterpriseFacts, OfferingFacts
from api.domain.tendering.coverage import COUNTRY
from api.domain.tendering.cpv import DIVISION_DIGITS, lineage
from api.matches.drafts import Marks, Sought, firm_facts, offering_facts
from api.tenders.schemas import LotOut

_NATIONWIDE = frozenset((COUNTRY,))
Places = frozenset[str]


def divisions(lot: LotOut) -> tuple[str, ...]:
    """Give the CPV divisions of a lot, the key by which lots share candidates."""
    codes = (*(() if lot.cpv_main is None else (lot.cpv_main,)), *lot.cpv_additional)
    return tuple(sorted({code[:DIVISION_DIGITS] for code in codes}))


def by_category(lots: Iterable[LotOut]) -> list[UUID]:
    """Put lots that share candidates next to each other."""
    return [lot.id for lot in sorted(lots, key=divisions)]


def together(several: Sequence[Sought]) -> Sought:
    """Ask at once for what several lots seek; of a coverage, whatever matters to any of them."""
    places: set[str] | None = set()
    for one in several:
        places = None if places is None or one.places is None else places | {*one.places}
    return Sought(
        codes=tuple(sorted({code for one in several for code in one.codes})),
        places=None if places is None else tuple(sorted(places)),
        found_by_text=tuple(sorted({found for one in several for found in one.found_by_text})),
        text_decides=any(one.text_decides for one in several),
    )


class Shared:
    """The candidates of several lots, out of which each lot takes its own.

    Thousands of facts look the same to most lots; these are made once.
    """

    def __init__(self, rows: Sequence[Row], marks: Marks) -> None:
        """Sort rows, one an offering, by what they are found by."""
        # In order of enterprise, for what is sorted already is sorted again in no time.
        rows = sorted(rows, key=itemgetter("enterprise_id"))
        self._rows, self._marks = rows, marks
        self._full = [frozenset(row["area_full"]) for row in rows]
        self._partial = [frozenset(row["area_partial"]) for row in rows]
        self._within: dict[str, list[int]] = {}
        self._by_code: dict[str, list[int]] = {}
        self._by_id: dict[str, int] = {}
        for number, row in enumerate(rows):
            self._by_id[row["offering_id"]] = number
            for code in row["cpv_codes"]:
                self._by_code.setdefault(code, []).append(number)
            for above in {one for code in row["cpv_codes"] for one in lineage(code)}:
                self._within.setdefault(above, []).append(number)
        self._by_area: dict[str, list[int]] = {}
        for number, (full, partial) in enumerate(zip(self._full, self._partial, strict=True)):
            for area in (full - _NATIONWIDE) | partial:
                self._by_area.setdefault(area, []).append(number)
        self._firm_of = [row["enterprise_id"] for row in rows]
        self._plain: dict[tuple[int, ...], EnterpriseFacts] = {}
        self._alone: list[EnterpriseFacts | None] = [None] * len(rows)

    def of(self, sought: Sought) -> list[EnterpriseFacts]:
        """Give what `candidates` would read for one of the lots."""
        places = None if sought.places is None else frozenset(sought.places)
        firm_of, firms, several = self._firm_of, dict[str, int](), dict[str, list[int]]()
        for number in sorted(self._chosen(sought)):
            firm = firm_of[number]
            first = firms.setdefault(firm, number)
            if first != number:
                several.setdefault(firm, [first]).append(number)
        particular: AbstractSet[str] = firms.keys()
        if places is not None:
            particular = firms.keys() & self._particular(sought, places)
        alone = self._alone
        found = [
            alone[number] or self._by_itself(number, sought)
            for firm, number in firms.items()
            if firm not in several and firm not in particular
        ]
        found += [self._alike(several[one], sought) for one in several if one not in particular]
        for firm in particular:
            numbers = several.get(firm) or [firms[firm]]
            found.append(self._firm(numbers, places, sought))
        return found

    def _particular(self, sought: Sought, places: Places) -> AbstractSet[str]:
        """Name the firms that look otherwise to this lot than to most."""
        numbers = [one for area in places for one in self._by_area.get(area, ())]
        numbers += [self._by_id[one] for one in sought.reserved.keys() & self._by_id.keys()]
        firms = {self._firm_of[one] for one in numbers}
        known = sought.art77
        return firms | sought.excluded.keys() | known.missions.keys() | known.last_awards.keys()

    def _by_itself(self, number: int, sought: Sought) -> EnterpriseFacts:
        found = self._alone[number] = self._firm([number], frozenset(), sought)
        return found

    def _alike(self, own: list[int], sought: Sought) -> EnterpriseFacts:
        key = tuple(own)
        known = self._plain.get(key)
        if known is None:
            known = self._plain[key] = self._firm(own, frozenset(), sought)
        return known

    def _chosen(self, sought: Sought) -> set[int]:
        above = {one for code in sought.codes for one in lineage(code)}
        found: set[int] = set()
        found.update(*(self._within.get(code, ()) for code in sought.codes))
        found.update(*(self._by_code.get(code, ()) for code in above))
        found.update(self._by_text(sought))
        return found

    def _by_text(self, sought: Sought) -> Iterator[int]:
        for offering in sought.found_by_text:
            number = self._by_id.get(str(offering))
            if number is not None and (sought.text_decides or not self._rows[number]["cpv_codes"]):
                yield number

    def _firm(self, own: list[int], places: Places | None, sought: Sought) -> EnterpriseFacts:
        offerings = [self._offering(number, places, sought) for number in own]
        marks = self._marks.get(self._firm_of[own[0]], ())
        return firm_facts(self._rows[own[0]], marks, offerings, sought)

    def _offering(self, number: int, places: Places | None, sought: Sought) -> OfferingFacts:
        full, partial = self._full[number], self._partial[number]
        if places is not None:
            full = _NATIONWIDE if COUNTRY in full else full & places
            partial = partial & places
        return offering_facts(self._rows[number], sought.reserved, (full, partial))


def grouped(divisions_of: Sequence[tuple[str, ...]]) -> Iterator[range]:
    """Give runs of neighbours with the same divisions."""
    begun = 0
    for place in range(1, len(divisions_of) + 1):
        if place == len(divisions_of) or divisions_of[place] != divisions_of[begun]:
            yield range(begun, place)
            begun = place
