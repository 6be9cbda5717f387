"""The yearly report: what was realised, in cells that tell of no single person.

Rule (own choice, ADR 18). A cell with one to four persons is suppressed. What a reader could
work out from the total and the other cells is suppressed too: while the suppressed cells
together hold fewer than five persons, the smallest other cell that holds persons goes as
well, and where none is left, the total.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from api.domain.social_return.entries import ClaimState
from api.domain.social_return.ledger import LedgerState
from api.domain.values import Cents

K_ANONYMITY: Final = 5
"""The smallest number of persons that is told (domain dossier 7.3: at least 5)."""


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


class Cell(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One cell of a table; `None` is suppressed."""

    key: str
    persons: int | None
    credit_cents: Cents | None


class ReportTable(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Cells along one dimension, with their total."""

    cells: tuple[Cell, ...]
    total: Cell


def realised_between(before: LedgerState, after: LedgerState) -> Mapping[str, Cents]:
    """Give per claim what its verified, undisputed credit grew by, in cents; may be below zero.

    Source: only verified credit counts (domain dossier 10.1); own choice, ADR 6, for the
    year of an entry being that of its instant.
    """
    then, now = _verified(before), _verified(after)
    grown = {one: now.get(one, 0) - then.get(one, 0) for one in sorted({*then, *now})}
    return {one: Cents(cents) for one, cents in grown.items() if cents}


def tabulate(rows: Iterable[Realised], key: Callable[[Realised], str]) -> ReportTable:
    """Add up along one dimension and suppress what tells of few persons (rule above, ADR 18)."""
    listed = list(rows)
    groups: dict[str, list[Realised]] = {}
    for row in listed:
        groups.setdefault(key(row), []).append(row)
    cells = [_cell(name, groups[name]) for name in sorted(groups)]
    total = _cell("total", listed)
    hidden, hides_total = _suppressed(cells)
    shown = tuple(_hide(cell) if cell.key in hidden else cell for cell in cells)
    return ReportTable(cells=shown, total=_hide(total) if hides_total else total)


def _verified(state: LedgerState) -> Mapping[str, int]:
    return {
        claim.claim_id: int(claim.free_cents)
        for claim in state.claims.values()
        if claim.state is ClaimState.VERIFIED
    }


def _cell(name: str, rows: Sequence[Realised]) -> Cell:
    people = {row.person for row in rows if row.person is not None}
    credit = Cents(sum(row.credit_cents for row in rows))
    return Cell(key=name, persons=len(people), credit_cents=credit)


def _suppressed(cells: Sequence[Cell]) -> tuple[frozenset[str], bool]:
    """Name the cells to suppress, and tell whether the total must go too."""
    peopled = sorted((cell.persons, cell.key) for cell in cells if cell.persons)
    hidden = [(persons, key) for persons, key in peopled if persons < K_ANONYMITY]
    others = [one for one in peopled if one not in hidden]
    while hidden and (len(hidden) == 1 or sum(one[0] for one in hidden) < K_ANONYMITY):
        if not others:
            return frozenset(key for _, key in hidden), True
        hidden.append(others.pop(0))
    return frozenset(key for _, key in hidden), False


def _hide(cell: Cell) -> Cell:
    return Cell(key=cell.key, persons=None, credit_cents=None)
