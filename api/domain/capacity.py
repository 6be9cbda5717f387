"""Free capacity: what a firm can still do beside what is reserved."""

from collections.abc import Iterable
from datetime import date

import msgspec

from api.domain.values import Cents


class Held(msgspec.Struct, frozen=True):
    """Capacity held over a half-open period, in cents a year excluding VAT."""

    amount_cents: int
    starts_on: date
    ends_on: date


def peak(held: Iterable[Held], starts_on: date, ends_on: date) -> Cents:
    """Give the highest sum held at one moment of a half-open period, in cents a year.

    A sum can only rise where a reservation starts, so those days are tried, and the first
    of the period. Own choice, ADR 42.
    """
    overlapping = [one for one in held if one.starts_on < ends_on and starts_on < one.ends_on]
    days = {max(one.starts_on, starts_on) for one in overlapping}
    sums = (sum(one.amount_cents for one in overlapping if _on(one, day)) for day in days)
    return Cents(max(sums, default=0))


def left(reliable: int | None, reserved: int) -> Cents | None:
    """Give what is left of a reliable capacity; unknown stays unknown (own choice, ADR 42)."""
    return None if reliable is None else Cents(max(0, reliable - reserved))


def _on(held: Held, day: date) -> bool:
    return held.starts_on <= day < held.ends_on
