"""What a rule book may not say, found all at once; places are JSON pointers into the book."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Final, TypeVar

import msgspec

from api.domain.errors import Fault
from api.domain.social_return.rule_book import (
    Base,
    Block,
    Bonus,
    BonusPer,
    Percentage,
    RuleBook,
    Threshold,
    Unit,
)

INCOMPLETE: Final = "incomplete-rule"
"""Code of faults that say a part is missing, or that two parts exclude each other."""
OF_ONE_ROW: Final = frozenset({INCOMPLETE, "level-twice", "overlapping-rules"})
"""Codes that mean little for a row of which a value could not be read."""

PLACEMENT_UNITS: Final = frozenset(Unit) - {Unit.DAY, Unit.HALF_DAY}
ACTIVITY_UNITS: Final = frozenset({Unit.HOUR, Unit.DAY, Unit.HALF_DAY, Unit.ONCE, Unit.ACTUAL_COST})
_REFERENCE = re.compile(r"[a-z]+(\.[a-z0-9-]+)+")
_MUNICIPALITY = re.compile(r"GM[0-9]{4}")
_ABOVE_ZERO: Final = frozenset(
    (
        "minMonths",
        "maxMonths",
        "maxHoursPerWeek",
        "maxHoursPerActivity",
        "maxHoursTotal",
        "hoursPerWeek",
        "hoursPerYear",
        "multiple",
        "entryWindowMonths",
    )
)
_NOT_BELOW_ZERO: Final = frozenset(
    (
        "amountCents",
        "valueCents",
        "valueFromCents",
        "valueBelowCents",
        "markup",
        "factor",
        "recoveryDays",
    )
)
_SHARES: Final = frozenset(
    ("share", "labourShareFrom", "labourShareBelow", "discount", "obligationShareAtMost")
)

Row = TypeVar("Row")


def rule_book_faults(book: RuleBook) -> tuple[Fault, ...]:
    """Find everything that contradicts itself in a book (own choice, ADR 6)."""
    checks: tuple[Callable[[RuleBook], Iterable[Fault]], ...] = (
        _quantities,
        _header,
        _obligation,
        _named_twice,
        _unknown_names,
        _blocks,
        _bonuses,
        _rewards,
    )
    return tuple(fault for check in checks for fault in check(book))


def shelf_faults(books: Sequence[RuleBook]) -> tuple[Fault, ...]:
    """Find books that can't stand on one shelf: same version, or rivals (own choice, ADR 6).

    The place of a fault is the id and version of the later book.
    """
    return tuple(
        Fault(code, f"{first.id} {first.version} and {second.id} {second.version}: {why}", place)
        for first, second in combinations(books, 2)
        for code, why in _rivalry(first, second)
        for place in (f"{second.id} {second.version}",)
    )


def _rivalry(first: RuleBook, second: RuleBook) -> Iterator[tuple[str, str]]:
    if first.id == second.id:
        if first.version == second.version:
            yield "version-twice", "same version"
        if first.valid_from == second.valid_from:
            yield "overlapping-books", "both begin on the same day"
    elif (both := set(first.municipalities) & set(second.municipalities)) and _meet(first, second):
        yield "overlapping-books", f"both hold in {', '.join(sorted(both))}"


def _meet(first: RuleBook, second: RuleBook) -> bool:
    starts = max(first.valid_from or date.min, second.valid_from or date.min)
    return starts < min(first.valid_until or date.max, second.valid_until or date.max)


def _quantities(book: RuleBook) -> Iterator[Fault]:
    """Walk every number: shares within 0 to 1, maxima above zero, money not below."""
    for pointer, key, value in _numbers(book, ""):
        if key in _SHARES and not 0 <= value <= 1:
            detail = f"{value} is no share between 0 and 1; write 5 % as 0.05"
            yield Fault("share-out-of-range", detail, pointer)
        elif key in _ABOVE_ZERO and value <= 0:
            detail = f"{value} leaves nothing; leave the key out where nothing is stated"
            yield Fault("not-above-zero", detail, pointer)
        elif key in _NOT_BELOW_ZERO and value < 0:
            yield Fault("below-zero", f"{value} is below zero", pointer)


def _numbers(struct: msgspec.Struct, pointer: str) -> Iterator[tuple[str, str, Decimal | int]]:
    for field in msgspec.structs.fields(struct):
        value = getattr(struct, field.name)
        here = f"{pointer}/{field.encode_name}"
        if isinstance(value, msgspec.Struct):
            yield from _numbers(value, here)
        elif isinstance(value, tuple):
            for n, item in enumerate(value):
                if isinstance(item, msgspec.Struct):
                    yield from _numbers(item, f"{here}/{n}")
        elif isinstance(value, (Decimal, int)):
            yield here, field.encode_name, value


def _header(book: RuleBook) -> Iterator[Fault]:
    if not book.sources:
        yield Fault(INCOMPLETE, "a rule book names at least one source", "/sources")
    if book.valid_from and book.valid_until and book.valid_until <= book.valid_from:
        detail = f"it ends on {book.valid_until}, not after {book.valid_from}"
        yield Fault("invalid-period", detail, "/validUntil")
    for n, code in enumerate(book.municipalities):
        if not _MUNICIPALITY.fullmatch(code):
            detail = f"{code!r} is no CBS code such as GM0344"
            yield Fault("invalid-municipality", detail, f"/municipalities/{n}")


def _obligation(book: RuleBook) -> Iterator[Fault]:
    rules = book.obligation
    if rules is None:
        return
    for n, threshold in enumerate(rules.thresholds):
        yield from _threshold(threshold, f"/obligation/thresholds/{n}")
    for n, percentage in enumerate(rules.percentages):
        fixed = rules.base is Base.FIXED_AMOUNT
        yield from _percentage(percentage, f"/obligation/percentages/{n}", fixed=fixed)
    pairs: tuple[tuple[str, Sequence[Threshold | Percentage]], ...] = (
        ("thresholds", rules.thresholds),
        ("percentages", rules.percentages),
    )
    for key, rows in pairs:
        for (first, one), (second, other) in combinations(enumerate(rows), 2):
            if _overlap(one, other):
                detail = f"rows {first + 1} and {second + 1} are both for some contracts"
                yield Fault("overlapping-rules", detail, f"/obligation/{key}/{second}")


def _threshold(threshold: Threshold, pointer: str) -> Iterator[Fault]:
    if (threshold.amount_cents is None) == (threshold.reference is None):
        yield Fault(INCOMPLETE, "a threshold has either an amount or a reference", pointer)
    if threshold.reference is not None and not _REFERENCE.fullmatch(threshold.reference):
        detail = f"{threshold.reference!r} is no name such as eu.services.sub-central"
        yield Fault("invalid-reference", detail, f"{pointer}/reference")


def _percentage(percentage: Percentage, pointer: str, *, fixed: bool) -> Iterator[Fault]:
    has_share, has_amount = percentage.share is not None, percentage.amount_cents is not None
    if has_share == fixed or has_amount != fixed:
        detail = "an amount with a fixed-amount base, a share with any other"
        yield Fault(INCOMPLETE, detail, pointer)
    bounds = (
        (percentage.labour_share_from, percentage.labour_share_below, "labourShareBelow"),
        (percentage.value_from_cents, percentage.value_below_cents, "valueBelowCents"),
    )
    for low, below, key in bounds:
        if low is not None and below is not None and below <= low:
            yield Fault("empty-range", "the range holds nothing", f"{pointer}/{key}")


def _overlap(one: Threshold | Percentage, other: Threshold | Percentage) -> bool:
    if one.kinds and other.kinds and not set(one.kinds) & set(other.kinds):
        return False
    if isinstance(one, Threshold) or isinstance(other, Threshold):
        return True
    return _ranges_meet(
        (one.labour_share_from, one.labour_share_below),
        (other.labour_share_from, other.labour_share_below),
    ) and _ranges_meet(
        (one.value_from_cents, one.value_below_cents),
        (other.value_from_cents, other.value_below_cents),
    )


def _ranges_meet(
    one: tuple[Decimal | int | None, Decimal | int | None],
    other: tuple[Decimal | int | None, Decimal | int | None],
) -> bool:
    starts = max(low or 0 for low, _ in (one, other))
    ends = [below for _, below in (one, other) if below is not None]
    return not ends or starts < min(ends)


def _named_twice(book: RuleBook) -> Iterator[Fault]:
    yield from _twice("/sources", book.sources, lambda row: row.id, "source-twice")
    yield from _twice("/categories", book.categories, lambda row: row.code, "category-twice")
    yield from _twice("/recognitions", book.recognitions, lambda row: row.code, "recognition-twice")
    yield from _twice("/municipalities", book.municipalities, str, "municipality-twice")
    yield from _twice("/caps", book.caps, lambda row: row.category, "cap-twice")
    yield from _twice("/bonuses", book.bonuses, lambda row: row.code, "bonus-twice")
    yield from _twice("/blocks", book.blocks, lambda row: row.code, "block-twice")
    yield from _twice("/activities", book.activities, lambda row: row.code, "block-twice")
    blocks = {block.code for block in book.blocks}
    for n, activity in enumerate(book.activities):
        if activity.code in blocks:
            detail = f"{activity.code!r} is a building block as well"
            yield Fault("block-twice", detail, f"/activities/{n}/code")


def _rewards(book: RuleBook) -> Iterator[Fault]:
    yield from _twice(
        "/purchases",
        book.purchases,
        lambda row: (row.recognition, row.level, frozenset(row.subjects)),
        "level-twice",
    )
    yield from _twice(
        "/ownCertificates",
        book.own_certificates,
        lambda row: (row.recognition, row.level, frozenset(row.areas)),
        "level-twice",
    )
    for n, row in enumerate(book.own_certificates):
        if (row.discount is None) != row.exempt:
            detail = "an own certificate gives either a discount or an exemption"
            yield Fault(INCOMPLETE, detail, f"/ownCertificates/{n}")


def _twice(
    pointer: str, rows: Iterable[Row], key: Callable[[Row], Hashable], code: str
) -> Iterator[Fault]:
    seen: dict[Hashable, int] = {}
    for n, row in enumerate(rows):
        first = seen.setdefault(key(row), n)
        if first != n:
            detail = f"the same as row {first + 1} of {pointer.removeprefix('/')}"
            yield Fault(code, detail, f"{pointer}/{n}")


def _unknown_names(book: RuleBook) -> Iterator[Fault]:
    known = {
        "categories": ("unknown-category", {row.code for row in book.categories}),
        "category": ("unknown-category", {row.code for row in book.categories}),
        "recognition": ("unknown-recognition", {row.code for row in book.recognitions}),
        "source": ("unknown-source", {row.id for row in book.sources}),
        "blocks": ("unknown-block", {row.code for row in book.blocks}),
    }
    for pointer, key, name in _names(book):
        code, names = known[key]
        if name not in names:
            declared = ", ".join(sorted(names)) or "none"
            yield Fault(code, f"{name!r} is not declared; declared: {declared}", pointer)


def _names(book: RuleBook) -> Iterator[tuple[str, str, str]]:
    """Give every reference to another row: its pointer, its key and the name."""
    lists: tuple[tuple[str, Sequence[msgspec.Struct]], ...] = (
        ("/caps", book.caps),
        ("/blocks", book.blocks),
        ("/activities", book.activities),
        ("/bonuses", book.bonuses),
        ("/purchases", book.purchases),
        ("/ownCertificates", book.own_certificates),
    )
    rows = [(f"{pointer}/{n}", row) for pointer, many in lists for n, row in enumerate(many)]
    single = (("/fteRule", book.fte_rule), ("/malus", book.malus))
    for pointer, row in [*rows, *((at, one) for at, one in single if one is not None)]:
        for key in ("category", "recognition", "source"):
            if name := getattr(row, key, None):
                yield f"{pointer}/{key}", key, name
        for key in ("categories", "blocks"):
            for n, name in enumerate(getattr(row, key, ())):
                yield f"{pointer}/{key}/{n}", key, name


def _blocks(book: RuleBook) -> Iterator[Fault]:
    for key, blocks, units in (
        ("blocks", book.blocks, PLACEMENT_UNITS),
        ("activities", book.activities, ACTIVITY_UNITS),
    ):
        for n, block in enumerate(blocks):
            pointer = f"/{key}/{n}"
            if block.unit not in units:
                detail = f"{block.unit} is no unit for {key}: {', '.join(sorted(units))}"
                yield Fault("unit-not-possible", detail, f"{pointer}/unit")
            yield from _block(block, pointer)


def _block(block: Block, pointer: str) -> Iterator[Fault]:
    if (block.value_cents is None) != (block.unit is Unit.ACTUAL_COST):
        yield Fault(INCOMPLETE, "a value, unless the actual cost counts", pointer)
    if block.markup is not None and block.unit is not Unit.ACTUAL_COST:
        detail = "a mark-up goes with the actual cost only"
        yield Fault("markup-without-cost", detail, f"{pointer}/markup")
    if block.ceiling and block.unit not in ACTIVITY_UNITS - {Unit.ONCE, Unit.ACTUAL_COST}:
        detail = "a ceiling goes with a value for an hour, day or half-day"
        yield Fault("ceiling-without-rate", detail, f"{pointer}/ceiling")


def _bonuses(book: RuleBook) -> Iterator[Fault]:
    units = {block.code: block.unit for block in book.blocks}
    for n, bonus in enumerate(book.bonuses):
        pointer = f"/bonuses/{n}"
        if not _complete(bonus):
            detail = "a multiple with per: year-value, an amount with any other"
            yield Fault(INCOMPLETE, detail, pointer)
        if bonus.per is BonusPer.YEAR_VALUE:
            for code in bonus.blocks or units:
                if units.get(code, Unit.YEAR) is not Unit.YEAR:
                    detail = f"{code!r} has no year value to multiply"
                    yield Fault("no-year-value", detail, f"{pointer}/blocks")


def _complete(bonus: Bonus) -> bool:
    by_multiple = bonus.per is BonusPer.YEAR_VALUE
    return (bonus.multiple is not None) == by_multiple and (
        bonus.amount_cents is None
    ) == by_multiple
