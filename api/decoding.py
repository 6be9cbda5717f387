"""Why a body could not be read: all faults at once, each with its place (design decision 16)."""

import re
from collections.abc import Iterator
from itertools import islice
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from api.domain.errors import Fault

MAX_FAULTS = 100
"""More would tell a reader nothing new."""
_PATH = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def faults_of(body: bytes, kind: Any) -> tuple[Fault, ...]:  # noqa: ANN401  any schema type
    """List what keeps `body` from being a `kind`; empty when nothing does."""
    try:
        raw = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return (Fault("malformed-json", str(error)),)
    return tuple(islice(_faults(raw, kind, ""), MAX_FAULTS))


def unstorable(body: bytes) -> tuple[Fault, ...]:
    """Name the texts with U+0000, which JSON can carry and PostgreSQL cannot keep."""
    raw = msgspec.json.decode(body)
    detail = "Text can't hold the character U+0000."
    return tuple(Fault("invalid-value", detail, place) for place in _with_nul(raw, ""))


def _with_nul(raw: object, place: str) -> Iterator[str]:
    parts = (
        raw.items() if isinstance(raw, dict) else enumerate(raw if isinstance(raw, list) else ())
    )
    for name, part in parts:
        yield from _with_nul(part, f"{place}/{name}")
    if isinstance(raw, str) and "\0" in raw:
        yield place


def as_fault(message: str, place: str = "") -> Fault:
    """Turn the message of a failed conversion into a fault with a JSON pointer."""
    found = _PATH.search(message)
    steps = _STEP.findall(found["path"]) if found else []
    inner = "".join(f"/{name or index}" for name, index in steps)
    return Fault("invalid-value", _PATH.sub("", message), place + inner)


def _faults(raw: object, kind: Any, place: str) -> Iterator[Fault]:  # noqa: ANN401  as above
    """Look into the parts first; the whole is blamed when every part is sound."""
    inner = list(_part_faults(raw, _bare(kind), place))
    yield from inner or _whole_fault(raw, kind, place)


def _part_faults(raw: object, kind: Any, place: str) -> Iterator[Fault]:  # noqa: ANN401  as above
    if isinstance(raw, dict) and _is_struct(kind):
        yield from _struct_faults(raw, kind, place)
    elif isinstance(raw, list) and get_origin(kind) in (tuple, list):
        for index, item in enumerate(raw):
            yield from _faults(item, get_args(kind)[0], f"{place}/{index}")


def _struct_faults(
    raw: dict[str, object], kind: type[msgspec.Struct], place: str
) -> Iterator[Fault]:
    known = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    config = kind.__struct_config__
    if config.forbid_unknown_fields:
        for name in sorted(set(raw) - set(known) - {config.tag_field}):
            yield Fault("unknown-field", f"There is no field {name!r}.", f"{place}/{name}")
    for name, field in known.items():
        if name in raw:
            yield from _faults(raw[name], field.type, f"{place}/{name}")
        elif field.required:
            yield Fault("missing-field", f"The field {name!r} is required.", f"{place}/{name}")


def _whole_fault(raw: object, kind: Any, place: str) -> Iterator[Fault]:  # noqa: ANN401  as above
    try:
        msgspec.convert(raw, kind)
    except (msgspec.ValidationError, ValueError) as error:
        yield as_fault(str(error), place)


def _bare(kind: Any) -> Any:  # noqa: ANN401  as above
    """Take off `Annotated` and `None`, where one struct or tuple is left to look into."""
    inner = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if get_origin(inner) not in (Union, UnionType):
        return inner
    parts = [part for part in get_args(inner) if part not in (type(None), msgspec.UnsetType)]
    return _bare(parts[0]) if len(parts) == 1 else inner


def _is_struct(kind: Any) -> bool:  # noqa: ANN401  as above
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
