"""From one cell to one value; a cell that is not of the form raises `InvalidValue`."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from api.domain.errors import InvalidValue
from api.domain.values import euros_to_cents
from importers.enterprises.tables import Cell

_TRUE: Final = frozenset(("ja", "yes", "true", "waar", "oui", "1", "j", "y", "x"))
_FALSE: Final = frozenset(("nee", "no", "false", "onwaar", "non", "0", "n"))
_NUMBER: Final = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,20})?", re.ASCII)
_BARE_SITE: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:[/?#]\S*)?", re.IGNORECASE)
_LARGEST: Final = 10**13
"""The most euros or days that a cell is read as; the schema's own limits are lower."""


def text_of(cell: Cell) -> str:
    """A number as it is shown, without a decimal point when it is whole; a date as ISO 8601."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat() if cell.time() != datetime.min.time() else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def digits_of(cell: Cell, digits: int) -> tuple[str, bool]:
    """Text of `digits` digits; whether zeros were put back that a spreadsheet took off a number.

    Only a number loses its zeros; a text of seven digits is a typing error.
    """
    text = text_of(cell)
    lost = not isinstance(cell, str) and text.isdecimal() and len(text) < digits
    return (text.zfill(digits) if lost else text), lost


def number_of(cell: Cell) -> float:
    """A number in decimals; point and comma both stand before the decimals, none in thousands."""
    text = text_of(cell)
    if not _NUMBER.fullmatch(text):
        raise InvalidValue(f"{text[:40]!r} is not a number", code="invalid-number")
    return float(text.replace(",", "."))


def whole_of(cell: Cell) -> int:
    """A number without decimals."""
    number = number_of(cell)
    if not number.is_integer():
        raise InvalidValue(f"{text_of(cell)[:40]!r} is not a whole number", code="invalid-number")
    return int(number)


def cents_of(cell: Cell, decimal: str, *, in_cents: bool) -> int:
    """Euro cents, from euros unless `in_cents`; halves round up (ADR 5).

    `decimal` is the mark before the cents in a text; the other mark may part thousands.
    """
    if in_cents:
        return whole_of(cell)
    text = text_of(cell).removeprefix("€").removeprefix("EUR").strip()
    if isinstance(cell, str):
        thousands = "." if decimal == "," else ","
        grouped = rf"[+-]?\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(decimal)}\d+)?"
        if re.fullmatch(grouped, text, re.ASCII):
            text = text.replace(thousands, "")
        text = text.removesuffix(f"{decimal}-")
    else:
        decimal = "."
    if not re.fullmatch(rf"[+-]?\d{{1,15}}(?:{re.escape(decimal)}\d{{1,20}})?", text, re.ASCII):
        detail = f"{text[:40]!r} is not an amount with {decimal!r} before the cents"
        raise InvalidValue(detail, code="invalid-amount")
    amount = Decimal(text.replace(decimal, "."))
    if abs(amount) > _LARGEST:
        raise InvalidValue(f"{text[:40]!r} is too large an amount", code="invalid-amount")
    return euros_to_cents(amount)


def date_of(cell: Cell, formats: Iterable[str]) -> date:
    """A day; a text must be of one of `formats`, tried in order."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    for form in formats:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            continue
    wanted = ", ".join(formats)
    raise InvalidValue(f"{text[:40]!r} is not a date of the form {wanted}", code="invalid-date")


def flag_of(cell: Cell) -> bool:
    """Yes or no, in Dutch, English or French, or 1 and 0."""
    text = text_of(cell).casefold()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise InvalidValue(f"{text[:40]!r} is neither yes nor no", code="invalid-flag")


def site_of(cell: Cell) -> tuple[str, bool]:
    """A web address; whether `https://` was put before a bare one such as `www.example.org`."""
    text = text_of(cell)
    bare = _BARE_SITE.fullmatch(text) is not None
    return (f"https://{text}" if bare else text), bare
