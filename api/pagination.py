"""Keyset pages: a walk over all pages sees every untouched row once, whatever else changes."""

import base64
import binascii
from typing import Annotated, Final, Generic, TypeVar
from uuid import UUID

import msgspec
from litestar.params import QueryParameter
from msgspec import Meta

from api.domain.errors import Fault, InvalidInput

Item = TypeVar("Item")
Key = TypeVar("Key")
MAX_LIMIT: Final = 100
MAX_POSITION: Final = 2**31 - 1
"""The largest number of a column; a cursor of ours never holds more."""
Limit = Annotated[
    int, QueryParameter(ge=1, le=MAX_LIMIT, description=f"Items on a page, at most {MAX_LIMIT}.")
]
Cursor = Annotated[
    str | None,
    QueryParameter(max_length=2_000, description="`nextCursor` of the page before; opaque."),
]


class Page(msgspec.Struct, Generic[Item], frozen=True, rename="camel", kw_only=True):
    """One page of a list."""

    items: tuple[Item, ...]
    next_cursor: Annotated[
        str | None, Meta(description="Send as `cursor` for the next page; null on the last.")
    ] = None


def write_cursor(key: object) -> str:
    """Pack the key of the last item on a page."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def read_cursor(cursor: str, kind: type[Key]) -> Key:
    """Unpack a cursor; refuse one that we did not write."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        raw = base64.b64decode(padded, altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=kind)
    except (binascii.Error, msgspec.DecodeError, UnicodeError, ValueError) as error:
        fault = Fault("invalid-cursor", "The cursor is not one of this list.", "cursor")
        raise InvalidInput(fault) from error


def write_packed(key: object) -> str:
    """Pack a key that holds bytes; shorter than `write_cursor`, and as opaque."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(key)).decode().rstrip("=")


def read_packed(cursor: str, kind: type[Key]) -> Key:
    """Unpack such a cursor; refuse one that we did not write."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        raw = base64.b64decode(padded, altchars=b"-_", validate=True)
        return msgspec.msgpack.decode(raw, type=kind)
    except (binascii.Error, msgspec.DecodeError, UnicodeError, ValueError) as error:
        fault = Fault("invalid-cursor", "The cursor is not one of this list.", "cursor")
        raise InvalidInput(fault) from error


def read_position(cursor: str) -> int:
    """Unpack a cursor over numbers: pages, ranks, ledger entries."""
    position = read_cursor(cursor, int)
    if not 1 <= position <= MAX_POSITION:
        raise InvalidInput(Fault("invalid-cursor", "The cursor is not one of this list.", "cursor"))
    return position


def after(cursor: str | None) -> UUID | None:
    """Unpack a cursor over ids."""
    return None if cursor is None else read_cursor(cursor, UUID)
