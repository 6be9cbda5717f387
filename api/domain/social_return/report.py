"""The yearly report: what was realised, in cells that tell of no single person.

Rule (own choice, ADR 18). A cell with one to four persons is suppressed. What a reader could
work out from the total and the other cells is suppressed too: while the suppressed cells
together hold fewer than five persons, the smallest other cell that holds persons goes as
well, and where none is left, the total.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from api.domain.values import Cents

K_ANONYMITY: Final = 5
"""The smallest number of persons that is told (domain dossier 7.3: at least 5)."""
HUNDREDTH: Final = Decimal("0.01")


class Tally(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What the entries about one claim add up to, up to an instant."""

    verified: bool = False
    """Once verified, a claim stays so: what comes after are counter-entries and disputes."""
    submitted_cents: int = 0
    disputed_cents: int = 0
    upheld_cents: int = 0
    countered_cents: int = 0
    basis_cents: int = 0
    credited_basis_cents: int = 0

    @property
    def realised_cents(self) -> int:
        """Give the verified credit that is left and not disputed (domain dossier 10.1).

        An amount that was dismissed has been parked before: it is off already.
        """
        if not self.verified:
            return 0
        parked = self.disputed_cents - self.upheld_cents
        return self.submitted_cents - self.countered_cents - parked

    @property
    def spend_cents(self) -> int:
        """Give the invoice behind verified credit, after credit notes (own choice, ADR 18)."""
        return self.basis_cents - self.credited_basis_cents if self.verified else 0


class Realised(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What one fulfilment added to the verified credit of a year."""

    kind: str
    group: str | None = None
    region: str | None = None
    person: str | None = None
    """Pseudonym; `None` where the fulfilment is about no person."""
    credit_cents: Cents
    spend_cents: Cents = Cents(0)
    """Of an invoice, after credit notes."""
    recognition: str | None = None
    """The rule by which a purchase counts."""
    supplier: str | None = None
    job_years: Decimal | None = None
    """Years of full-time work in a placement; `None` where hours or the full week are unknown."""


class Cell(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One cell of a table; `None` is suppressed, and for `job_years` also unknown."""

    key: str
    persons: int | None
    job_years: Decimal | None = None
    credit_cents: Cents | None
    spend_cents: Cents | None


class ReportTable(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Cells along one dimension, with their total."""

    cells: tuple[Cell, ...]
    total: Cell


def tabulate(rows: Iterable[Realised], key: Callable[[Realised], str]) -> ReportTable:
    """Add up along one dimension and suppress what tells of few persons (rule above, ADR 18)."""
    listed = list(rows)
    groups: dict[str, list[Realised]] = {}
    for row in listed:
        groups.setdefault(key(row), []).append(row)
    people = {name: _people(groups[name]) for name in sorted(groups)}
    hidden, hides_total = _suppressed(people)
    cells = [_cell(name, groups[name], people[name]) for name in people]
    shown = tuple(_hide(cell) if cell.key in hidden else cell for cell in cells)
    total = _cell("total", listed, frozenset().union(*people.values()))
    return ReportTable(cells=shown, total=_hide(total) if hides_total else total)


def _people(rows: Iterable[Realised]) -> frozenset[str]:
    return frozenset(row.person for row in rows if row.person is not None)


def _cell(name: str, rows: Sequence[Realised], people: frozenset[str]) -> Cell:
    return Cell(
        key=name,
        persons=len(people),
        job_years=_job_years([row for row in rows if row.person is not None]),
        credit_cents=Cents(sum(row.credit_cents for row in rows)),
        spend_cents=Cents(sum(row.spend_cents for row in rows)),
    )


def _job_years(placements: Sequence[Realised]) -> Decimal | None:
    known = [row.job_years for row in placements if row.job_years is not None]
    if len(known) < len(placements):
        return None
    return sum(known, Decimal(0)).quantize(HUNDREDTH)


def _suppressed(people: Mapping[str, frozenset[str]]) -> tuple[frozenset[str], bool]:
    """Name the cells to suppress, and tell whether the total must go too."""
    peopled = sorted((len(some), key) for key, some in people.items() if some)
    hidden = [key for count, key in peopled if count < K_ANONYMITY]
    others = [key for count, key in peopled if count >= K_ANONYMITY]
    while hidden and (len(hidden) == 1 or _together(hidden, people) < K_ANONYMITY):
        if not others:
            return frozenset(hidden), True
        hidden.append(others.pop(0))
    return frozenset(hidden), False


def _together(keys: Iterable[str], people: Mapping[str, frozenset[str]]) -> int:
    """Count a person in two cells once: the credit of both could be worked out together."""
    return len(frozenset().union(*(people[key] for key in keys)))


def _hide(cell: Cell) -> Cell:
    return Cell(key=cell.key, persons=None, credit_cents=None, spend_cents=None)
