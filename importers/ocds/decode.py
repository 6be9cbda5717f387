"""Untrusted JSON bytes into a tree of bounded size, or every fault in it with its place.

The standard decoder accepts what a public body must not: keys that occur twice, `NaN`,
text that no database can store, and nesting without end. All of it is refused here, so
that whoever reads the tree only has the field to think of.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Final, TypeAlias

import msgspec

from api.domain.errors import Fault, InvalidInput

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | Decimal | bool | None"

MAX_DEPTH: Final = 64
"""A release in the standard nests some twelve levels deep (own choice)."""
MAX_VALUES: Final = 1_000_000
"""Brackets and commas; real releases have 650 000 to 910 000 of them per 20 MB (own choice)."""
MAX_KEY: Final = 80
"""Characters of a key that are shown in a place."""
MAX_DIGITS: Final = 100
MAX_FAULTS: Final = 100
BOM: Final = b"\xef\xbb\xbf"

# A text is passed over whole, also one that never ends: its closing quote is optional, or
# every quote inside would be tried again and the time would be the square of the length.
_STRUCTURE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]|[\]}]|,', re.DOTALL)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


_Path: TypeAlias = "tuple[()] | tuple[_Path, str]"
"""The keys from the root to a value, innermost last."""


class _Flaw(msgspec.Struct, frozen=True):
    """Stands in the tree where a value was refused, until its place is known."""

    code: str
    detail: str
    key: str | None = None
    """Where below that place, if it is not the place itself."""


def tree(document: bytes) -> JsonValue:
    """Decode one JSON document; numbers become `Decimal`, exactly as they were written.

    Raises `InvalidInput` with up to 100 faults. Places are JSON pointers (RFC 6901), or a
    line and a column where there is no tree yet.
    """
    text = _text(document)
    _refuse_unbounded(text)
    try:
        found = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_number,
            parse_int=_number,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidInput(Fault("invalid-json", f"not JSON: {error.msg}", place)) from error
    faults = tuple(islice(_faults(found), MAX_FAULTS))
    if faults:
        raise InvalidInput(*faults)
    sound: JsonValue = found
    return sound


def pointer(*parts: str) -> str:
    """Write a JSON pointer (RFC 6901); long keys are cut, what can't be stored becomes `?`."""
    cut = (part[:MAX_KEY].replace("~", "~0").replace("/", "~1") for part in parts)
    return _UNSTORABLE.sub("?", "".join(f"/{part}" for part in cut))


def size(value: JsonValue) -> int:
    """Count the values in a tree, itself included; nothing at all counts 0."""
    count, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        count += one is not None
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return count


def _text(document: bytes) -> str:
    try:
        return document.removeprefix(BOM).decode()
    except UnicodeDecodeError as error:
        before = document.removeprefix(BOM)[: error.start]
        place = f"line {before.count(10) + 1}, byte {len(before) - before.rfind(10)}"
        raise InvalidInput(Fault("invalid-encoding", "not UTF-8", place)) from error


def _refuse_unbounded(text: str) -> None:
    """Refuse what would cost more memory or stack than any real document, before decoding."""
    depth = values = 0
    for found in _STRUCTURE.finditer(text):
        mark = text[found.start()]
        if mark in "[{":
            depth += 1
        elif mark in "]}":
            depth -= 1
        values += mark != '"'
        if depth > MAX_DEPTH:
            detail = f"nested more than {MAX_DEPTH} levels deep"
            raise InvalidInput(Fault("too-deep", detail, _line(text, found.start())))
        if values > MAX_VALUES:
            detail = f"more than {MAX_VALUES} values"
            raise InvalidInput(Fault("too-many-values", detail, _line(text, found.start())))


def _line(text: str, at: int) -> str:
    return f"line {text.count(chr(10), 0, at) + 1}, column {at - text.rfind(chr(10), 0, at)}"


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object] | _Flaw:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    often = Counter(key for key, _ in pairs)
    key = next(key for key in often if often[key] > 1)
    return _Flaw("duplicate-key", f"key {key[:40]!r} occurs twice", key)


def _constant(name: str) -> _Flaw:
    return _Flaw("invalid-number", f"{name} is not a JSON number")


def _number(written: str) -> Decimal | _Flaw:
    if len(written) > MAX_DIGITS:
        return _Flaw("invalid-number", f"a number of {len(written)} characters")
    try:
        return Decimal(written)
    except InvalidOperation:
        return _Flaw("invalid-number", f"{written} is out of range")


def _faults(root: object) -> Iterator[Fault]:
    """Find what was refused, in the order of the document."""
    waiting: list[tuple[_Path, object]] = [((), root)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, _Flaw):
            below = path if value.key is None else (path, value.key)
            yield Fault(value.code, value.detail, _place(below))
        elif isinstance(value, str) and _UNSTORABLE.search(value):
            yield Fault("invalid-text", "holds a NUL or half of a surrogate pair", _place(path))
        elif isinstance(value, dict):
            unstorable = (key for key in value if _UNSTORABLE.search(key))
            for key in islice(unstorable, 1):
                detail = "a key holds a NUL or half of a surrogate pair"
                yield Fault("invalid-text", detail, _place((path, key)))
            waiting.extend(((path, key), value[key]) for key in reversed(value))
        elif isinstance(value, list):
            last = len(value) - 1
            waiting.extend(((path, str(last - n)), one) for n, one in enumerate(reversed(value)))


def _place(path: _Path) -> str:
    """Write a chain of keys as a pointer: only for faults, as it costs more than the walk."""
    parts: list[str] = []
    while path:
        path, key = path
        parts.append(key)
    return pointer(*reversed(parts))
