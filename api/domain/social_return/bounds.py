"""Numbers and days that no contract holds: not finite, too large, or far out of time."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from api.domain.errors import Fault

MOST: Final = Decimal(10**6)
"""Hours, months and shares lie far below; their sums stay exact."""
FINEST: Final = -6
"""Decimals of a quantity."""
FIRST_YEAR: Final = 1950
LAST_YEAR: Final = 2199


def bound_faults(value: object, place: str = "") -> Iterator[Fault]:
    """Find decimals and days out of bounds anywhere in a struct (own choice, ADR 5)."""
    if isinstance(value, Decimal) and not _in_bounds(value):
        detail = f"a number of at most {MOST} in size and {-FINEST} decimals"
        yield Fault("invalid-value", detail, place)
    elif isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
        detail = f"a day between {FIRST_YEAR} and {LAST_YEAR}"
        yield Fault("invalid-value", detail, place)
    elif isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            yield from bound_faults(getattr(value, field.name), f"{place}/{field.encode_name}")
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from bound_faults(one, f"{place}/{number}")


def _in_bounds(value: Decimal) -> bool:
    if not value.is_finite() or abs(value) > MOST:
        return False
    exponent = value.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= FINEST
