"""Facts that several lots share: read once, seen by each lot as if they were read for it alone."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TypeVar
from uuid import UUID

from api.candidates.drafts import Marks, Sought, enterprise_facts, firm_facts, offering_facts
from api.database import Row
from api.domain.matching.facts import EnterpriseFacts, OfferingFacts
from api.domain.tendering.cpv import DIVISION_DIGITS, lineage
from api.tenders.schemas import LotOut

Value = TypeVar("Value")


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

    Facts are made once and seen by every lot, coverage and all: the rules and the fingerprint
    look at nothing of it but the places of their lot (ADR 54). What one lot alone knows of a firm
    is told to that lot alone.
    """

    def __init__(self, rows: Sequence[Row], marks: Marks) -> None:
        """Sort rows, one an offering, by what they are found by."""
        # In order of enterprise, for what is sorted already is sorted again in no time.
        rows = sorted(rows, key=itemgetter("enterprise_id"))
        self._rows, self._marks = rows, marks
        self._firm_of = [row["enterprise_id"] for row in rows]
        self._by_id = {row["offering_id"]: number for number, row in enumerate(rows)}
        self._within: dict[str, list[int]] = {}
        self._by_code: dict[str, list[int]] = {}
        for codes, numbers in _by_codes(rows).items():
            for code in codes:
                self._by_code.setdefault(code, []).extend(numbers)
            for above in {one for code in codes for one in lineage(code)}:
                self._within.setdefault(above, []).extend(numbers)
        several = {one for one, next_one in pairwise(self._firm_of) if one == next_one}
        self._single = [firm not in several for firm in self._firm_of]
        self._offerings: list[OfferingFacts | None] = [None] * len(rows)
        self._alone: list[EnterpriseFacts | None] = [None] * len(rows)
        self._known: dict[tuple[int, ...], EnterpriseFacts] = {}

    def of(self, sought: Sought) -> list[EnterpriseFacts]:
        """Give what `candidates` would read for one of the lots, and maybe areas of other lots."""
        chosen, single, alone = sorted(self._chosen(sought)), self._single, self._alone
        found = [alone[one] or self._by_itself(one) for one in chosen if single[one]]
        others = groupby([one for one in chosen if not single[one]], self._firm_of.__getitem__)
        found += [self._shared(tuple(numbers)) for _, numbers in others]
        if sought.centres:
            return [self._as_told(one, sought) for one in found]
        particular = self._particular(sought)
        if not particular:
            return found
        return [self._as_told(one, sought) if one.id in particular else one for one in found]

    def _particular(self, sought: Sought) -> AbstractSet[str]:
        """Name the firms that look otherwise to this lot than to most."""
        held = sought.reserved.keys() & self._by_id.keys()
        known = sought.art77
        firms = {self._firm_of[self._by_id[one]] for one in held}
        return firms | sought.excluded.keys() | known.missions.keys() | known.last_awards.keys()

    def _as_told(self, firm: EnterpriseFacts, sought: Sought) -> EnterpriseFacts:
        rows = [self._rows[self._by_id[one.id]] for one in firm.offerings]
        return enterprise_facts(rows, firm.marks, sought)

    def _by_itself(self, number: int) -> EnterpriseFacts:
        found = self._alone[number] = self._firm((number,))
        return found

    def _shared(self, own: tuple[int, ...]) -> EnterpriseFacts:
        known = self._known.get(own)
        if known is None:
            known = self._known[own] = self._firm(own)
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

    def _firm(self, own: tuple[int, ...]) -> EnterpriseFacts:
        marks = self._marks.get(self._firm_of[own[0]], ())
        return firm_facts(self._rows[own[0]], marks, [self._offering(one) for one in own], Sought())

    def _offering(self, number: int) -> OfferingFacts:
        found = self._offerings[number]
        if found is None:
            found = self._offerings[number] = offering_facts(self._rows[number], {})
        return found


def _by_codes(rows: Iterable[Row]) -> dict[tuple[str, ...], list[int]]:
    """Number the rows by their codes; thousands of offerings name the same few."""
    found: dict[tuple[str, ...], list[int]] = {}
    for number, row in enumerate(rows):
        found.setdefault(tuple(row["cpv_codes"]), []).append(number)
    return found


def grouped(divisions_of: Sequence[tuple[str, ...]]) -> Iterator[range]:
    """Give runs of neighbours with the same divisions."""
    begun = 0
    for place in range(1, len(divisions_of) + 1):
        if place == len(divisions_of) or divisions_of[place] != divisions_of[begun]:
            yield range(begun, place)
            begun = place


def batched(values: Sequence[Value], size: int) -> Iterator[Sequence[Value]]:
    """Give runs of neighbours, `size` of them at most."""
    for begun in range(0, len(values), size):
        yield values[begun : begun + size]
