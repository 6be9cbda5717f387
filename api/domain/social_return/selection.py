"""Which rule book applies to a tender: the place, and the date that the book looks at."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from itertools import groupby

import msgspec

from api.domain.social_return.credit import Reason
from api.domain.social_return.rule_book import RuleBook, SelectingDate


class TenderPlace(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Whose tender it is, and its dates. `None` is unknown."""

    municipality: str | None = None
    """CBS code, such as `GM0344`."""
    region: str | None = None
    """Labour-market region (arbeidsmarktregio), or `Rijk` for central government."""
    published_on: date | None = None
    awarded_on: date | None = None


class Found(StrEnum):
    """What the search for a rule book gave."""

    ONE = "one"
    NONE = "none"
    SEVERAL = "several"


class Choice(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The rule book that applies, or why there is no single one."""

    found: Found
    book: RuleBook | None = None
    candidates: tuple[RuleBook, ...] = ()
    reasons: tuple[Reason, ...] = ()


def choose_rule_book(shelf: Iterable[RuleBook], tender: TenderPlace) -> Choice:
    """Choose the book whose place and period fit the tender.

    Fixed by the day of publication, or of award where a book says so (Leiden: "gepubliceerd
    vanaf 1-9-2023"). A book that names the municipality goes before one that names the
    region, and a later version before an earlier one of the same series (own choice, ADR 6).
    """
    here = [(_nearness(book, tender), book) for book in shelf if _nearness(book, tender)]
    if not here:
        detail = f"no rule book names {tender.municipality} or {tender.region}"
        return Choice(found=Found.NONE, reasons=(Reason("no-rule-book-for-place", detail),))
    timely = [(near, book) for near, book in here if _in_time(book, tender)]
    if not timely:
        books = tuple(book for _, book in here)
        return Choice(found=Found.NONE, candidates=books, reasons=_out_of_time(books, tender))
    nearest = max(near for near, _ in timely)
    return _settled(_latest([book for near, book in timely if near == nearest]))


def _settled(books: Sequence[RuleBook]) -> Choice:
    if len(books) > 1:
        detail = "; ".join(f"{book.id} {book.version}" for book in books)
        reason = Reason(
            "several-rule-books", f"name the one that the tender documents cite: {detail}"
        )
        return Choice(found=Found.SEVERAL, candidates=tuple(books), reasons=(reason,))
    [book] = books
    reasons: tuple[Reason, ...] = ()
    if book.valid_from is None:
        detail = "the source does not say from when the book holds"
        reasons = (Reason("period-unknown", detail),)
    return Choice(found=Found.ONE, book=book, candidates=(book,), reasons=reasons)


def _nearness(book: RuleBook, tender: TenderPlace) -> int:
    """Two for the municipality, one for the region, nought for elsewhere."""
    if tender.municipality is not None and tender.municipality in book.municipalities:
        return 2
    names = {region.casefold() for region in book.regions}
    return int(tender.region is not None and tender.region.casefold() in names)


def _in_time(book: RuleBook, tender: TenderPlace) -> bool:
    day = _day(book, tender)
    return day is not None and book.period.holds(day)


def _day(book: RuleBook, tender: TenderPlace) -> date | None:
    by_award = book.applies_by is SelectingDate.AWARD
    return tender.awarded_on if by_award else tender.published_on


def _out_of_time(books: Iterable[RuleBook], tender: TenderPlace) -> tuple[Reason, ...]:
    return tuple(
        Reason("selecting-date-unknown", f"{book.id} {book.version} asks the {book.applies_by}")
        if _day(book, tender) is None
        else Reason("outside-period", f"{book.id} {book.version} does not hold on that day")
        for book in books
    )


def _latest(books: Iterable[RuleBook]) -> list[RuleBook]:
    ordered = sorted(books, key=lambda book: (book.id, book.valid_from or date.min))
    return [list(versions)[-1] for _, versions in groupby(ordered, key=lambda book: book.id)]
