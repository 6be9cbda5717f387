"""From rows of a buyer's books to suppliers, lines and sums; pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Final, NoReturn
from uuid import UUID

import msgspec

from api.domain.errors import Unavailable
from api.domain.tendering.cpv import prefix
from api.domain.tendering.notice import Rejected
from api.domain.values import CpvCode
from api.spend.schemas import (
    Candidate,
    DecimalMark,
    SpendAnalysis,
    SpendForm,
    SpendSum,
    SupplierState,
    Unused,
)

GROUP_DIGITS: Final = 3
"""Spend is told by CPV group: finer is seldom booked, coarser says little (ADR 27)."""
LEGAL_WORDS: Final = frozenset(
    ("bv", "nv", "vof", "cv", "ua", "stichting", "cooperatie", "vereniging", "maatschap", "holding")
)
"""Words that say what a firm is, not which; books leave them out as they please."""
_LETTERS: Final = re.compile(r"[^\w\s]|_")
_BLANKS: Final = re.compile(r"\s+")


class SpendRow(msgspec.Struct, frozen=True):
    """A row as read."""

    number: int
    supplier: str
    kvk_number: str | None
    amount_cents: int
    bought_on: date
    cpv: CpvCode | None = None
    category: str | None = None
    reference: str | None = None

    @property
    def key(self) -> str:
        """What the supplier is recognised by: its KvK number, else its name."""
        return self.kvk_number or f"name:{name_key(self.supplier)}"


class SpendTable(msgspec.Struct, frozen=True):
    """What was read of a file."""

    rows: tuple[SpendRow, ...]
    rejected: tuple[Rejected, ...]


SpendReader = Callable[[bytes, SpendForm, DecimalMark], SpendTable]
"""What the importers bring: a table is read, or one without the needed columns refused (ADR 13)."""


def no_spend_reader(_content: bytes, _form: SpendForm, _decimal: DecimalMark) -> NoReturn:
    """Stand in where the application was composed without a reader."""
    raise Unavailable("No reader of spend was composed into this service.")


class Supplier(msgspec.Struct, frozen=True):
    """Somebody who was paid, with what the database knows about its KvK number."""

    id: UUID
    name: str
    kvk_number: str | None
    decided_by: str | None
    decided_at: datetime | None
    decided: UUID | None
    by_kvk: UUID | None
    by_kvk_published: bool | None
    spend_cents: int


class Resolved(msgspec.Struct, frozen=True):
    """Which enterprise a supplier is, or may be."""

    state: SupplierState
    enterprise_id: UUID | None = None
    candidates: tuple[Candidate, ...] = ()


class Booked(msgspec.Struct, frozen=True):
    """Spend with one supplier in one year, by code and category."""

    supplier: UUID
    year: int
    cpv: str | None
    category: str | None
    cents: int


def name_key(name: str) -> str:
    """Fold a name: case, punctuation and legal words don't count, unless nothing else is left."""
    spoken = name.casefold().replace("ö", "o").replace("ë", "e").replace("é", "e")
    # Single letters with points, as in B.V., are one word.
    words = _BLANKS.split(_LETTERS.sub("", spoken).strip())
    kept = [word for word in words if word not in LEGAL_WORDS]
    return " ".join(kept or words)


def tokens(rows: Iterable[SpendRow]) -> list[str | None]:
    """Give every row with a reference what tells it apart, also in another file."""
    seen: Counter[str] = Counter()
    found: list[str | None] = []
    for row in rows:
        if row.reference is None:
            found.append(None)
            continue
        parts = (row.key, row.bought_on.isoformat(), str(row.amount_cents), row.cpv or "")
        basis = "\x1f".join((*parts, row.category or "", row.reference))
        # The same row twice in one file is two purchases; in the next file these same two.
        seen[basis] += 1
        found.append(sha256(f"{basis}\x1f{seen[basis]}".encode()).hexdigest())
    return found


def by_name(
    candidates: Iterable[tuple[Candidate, Sequence[str]]],
) -> Mapping[str, tuple[Candidate, ...]]:
    """Give enterprises by every name that they go by, folded."""
    found: dict[str, dict[UUID, Candidate]] = {}
    for one, names in candidates:
        for name in names:
            found.setdefault(name_key(name), {})[one.id] = one
    return {key: tuple(firms[one] for one in sorted(firms)) for key, firms in found.items()}


def resolved(
    supplier: Supplier,
    named: Mapping[str, tuple[Candidate, ...]],
    known: Mapping[UUID, Candidate],
) -> Resolved:
    """Say which enterprise a supplier is: decided, else by KvK number, else offered by name."""
    if supplier.decided_by is not None:
        return Resolved(SupplierState.DECIDED, supplier.decided)
    if supplier.by_kvk is not None:
        if supplier.by_kvk_published:
            return Resolved(SupplierState.MATCHED, supplier.by_kvk)
        # It was withdrawn: whether it was social when bought from is for somebody to say.
        one = known.get(supplier.by_kvk)
        return Resolved(SupplierState.OFFERED, candidates=() if one is None else (one,))
    candidates = tuple(
        one
        for one in named.get(name_key(supplier.name), ())
        if None in (one.kvk_number, supplier.kvk_number)
    )
    if candidates:
        return Resolved(SupplierState.OFFERED, candidates=candidates)
    return Resolved(SupplierState.NONE)


def group_of(cpv: str | None) -> str | None:
    """Give the CPV group of a code; a mere division stays one."""
    return None if cpv is None else prefix(CpvCode(cpv))[:GROUP_DIGITS].ljust(8, "0")


def analysis(
    period: tuple[date, date],
    booked: Iterable[Booked],
    suppliers: Mapping[UUID, Resolved],
    offered: Mapping[str, int],
    labels: Mapping[str, str],
) -> SpendAnalysis:
    """Add spend up, by year and category; `offered` counts enterprises by CPV group."""
    cells: dict[tuple[int, str, str], list[Booked]] = {}
    for one in booked:
        group = group_of(one.cpv)
        name = labels.get(group, group) if group is not None else one.category
        cells.setdefault((one.year, group or "", name or ""), []).append(one)
    sums = tuple(_sum(key, cells[key], suppliers) for key in sorted(cells))
    spend, social = sum(one.spend_cents for one in sums), sum(one.social_cents for one in sums)
    return SpendAnalysis(
        since=period[0],
        until=period[1],
        spend_cents=spend,
        social_cents=social,
        undecided_cents=sum(one.undecided_cents for one in sums),
        social_permille=None if spend <= 0 else (2000 * social + spend) // (2 * spend),
        sums=sums,
        unused=_unused(sums, offered),
    )


def _sum(
    key: tuple[int, str, str], cell: Sequence[Booked], suppliers: Mapping[UUID, Resolved]
) -> SpendSum:
    year, group, label = key
    social = [one for one in cell if suppliers[one.supplier].enterprise_id is not None]
    open_ones = [one for one in cell if suppliers[one.supplier].state is SupplierState.OFFERED]
    return SpendSum(
        year=year,
        category=group or None,
        label=label or None,
        spend_cents=sum(one.cents for one in cell),
        social_cents=sum(one.cents for one in social),
        undecided_cents=sum(one.cents for one in open_ones),
        suppliers=len({one.supplier for one in cell}),
        social_suppliers=len({one.supplier for one in social}),
    )


def _unused(sums: Iterable[SpendSum], offered: Mapping[str, int]) -> tuple[Unused, ...]:
    """Name groups with spend and offerings, but nothing social; the largest spend first."""
    groups: dict[str, list[SpendSum]] = {}
    for one in sums:
        if one.category is not None:
            groups.setdefault(one.category, []).append(one)
    found = [
        Unused(
            category=group,
            label=cells[0].label or group,
            spend_cents=sum(one.spend_cents for one in cells),
            enterprises=offered[group],
        )
        for group, cells in groups.items()
        if offered.get(group) and not any(one.social_suppliers for one in cells)
    ]
    return tuple(sorted(found, key=lambda one: (-one.spend_cents, one.category)))
