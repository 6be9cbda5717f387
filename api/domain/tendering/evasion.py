"""Warn when tenders of one buyer look like one contract cut up below the threshold."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Final

import msgspec

from api.domain.tendering.law import BuyerLevel, ContractKind, Reason, Threshold
from api.domain.tendering.law_data import THRESHOLDS
from api.domain.tendering.regime import threshold_for
from api.domain.values import CpvCode

JUST_UNDER: Final = Decimal("0.80")
"""From this share of the threshold a tender counts as just under it (own choice, ADR 16)."""
GROUP_DIGITS: Final = 3


class BuyerTender(msgspec.Struct, frozen=True, rename="camel"):
    """One tender of a buyer, as large as the sum of its lots."""

    id: str
    buyer_id: str
    level: BuyerLevel
    kind: ContractKind
    cpv: CpvCode
    total_cents: int
    dispatched_on: date


class EvasionWarning(msgspec.Struct, frozen=True, rename="camel"):
    """Tenders that stay below the threshold alone but reach it together."""

    buyer_id: str
    cpv_group: CpvCode
    kind: ContractKind
    tender_ids: tuple[str, ...]
    just_under: tuple[str, ...]
    sum_cents: int
    threshold: Threshold
    reason: Reason


def evasion_warnings(
    tenders: Iterable[BuyerTender],
    *,
    just_under: Decimal = JUST_UNDER,
    rows: Iterable[Threshold] = THRESHOLDS,
) -> tuple[EvasionWarning, ...]:
    """Find tenders of one buyer, CPV group and kind within twelve months that together are large.

    Cents excluding VAT. Two or more that lie just under the threshold give
    `just-under-threshold`, others `sum-above-threshold`. Whether there is intent (oogmerk)
    is for people to judge. Source: Aw 2012 art. 2.14; Dir. 2014/24 art. 5(3).
    """
    known = [(one, threshold_for(one.kind, one.level, one.dispatched_on, rows)) for one in tenders]
    below = [(one, row) for one, row in known if row and one.total_cents < row.amount_cents]
    below.sort(key=lambda pair: (*_family(pair), pair[0].dispatched_on, pair[0].id))
    warnings: list[EvasionWarning] = []
    for _, family in groupby(below, key=_family):
        windows = _windows(list(family))
        warnings += [found for window in windows if (found := _judge(window, just_under))]
    return tuple(warnings)


_Known = tuple[BuyerTender, Threshold]


def _family(pair: _Known) -> tuple[str, str, str, str]:
    tender = pair[0]
    return (tender.buyer_id, tender.cpv[:GROUP_DIGITS], tender.kind, tender.level)


def _windows(family: Sequence[_Known]) -> list[Sequence[_Known]]:
    """Give every stretch of under twelve months that is not part of a longer one."""
    windows: list[Sequence[_Known]] = []
    reached = 0
    for first, (tender, _) in enumerate(family):
        end = _year_later(tender.dispatched_on)
        last = first + sum(one.dispatched_on < end for one, _ in family[first:])
        if last > reached:
            windows.append(family[first:last])
        reached = last
    return windows


def _year_later(day: date) -> date:
    """Give the same day a year later; 29 February becomes 1 March."""
    leap_day = (day.month, day.day) == (2, 29)
    return date(day.year + 1, 3, 1) if leap_day else day.replace(year=day.year + 1)


def _judge(window: Sequence[_Known], just_under: Decimal) -> EvasionWarning | None:
    total = sum(tender.total_cents for tender, _ in window)
    lowest = min((row for _, row in window), key=lambda row: row.amount_cents)
    if len(window) == 1 or total < lowest.amount_cents:
        return None
    near = [one.id for one, row in window if one.total_cents >= _edge(row, just_under)]
    code = "just-under-threshold" if len(near) > 1 else "sum-above-threshold"
    detail = (
        f"{len(window)} tenders within twelve months sum to {total} cents,"
        f" threshold {lowest.amount_cents} cents, {len(near)} just under it"
    )
    first = window[0][0]
    return EvasionWarning(
        buyer_id=first.buyer_id,
        cpv_group=CpvCode(first.cpv[:GROUP_DIGITS].ljust(8, "0")),
        kind=first.kind,
        tender_ids=tuple(one.id for one, _ in window),
        just_under=tuple(near),
        sum_cents=total,
        threshold=lowest,
        reason=Reason(code, detail, "Aw 2012 art. 2.14; Dir. 2014/24 art. 5(3)"),
    )


def _edge(row: Threshold, just_under: Decimal) -> Fraction:
    return row.amount_cents * Fraction(just_under)
