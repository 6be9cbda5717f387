"""Parts of an answer, chosen by `fields`: once for every operation that answers JSON to GET.

What may be chosen follows from the type of the answer (NLGov API Design Rules, API-09). It is
cut out of the encoded answer, so no handler knows of it; who chooses nothing pays nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, get_args, get_origin

import msgspec
from litestar import Request, Response
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send
from msgspec import inspect

from api.domain.errors import Fault

NAME: Final = "fields"
MAX_LENGTH: Final = 2_000
"""Of the parameter, in characters."""
PATTERN: Final = r"^\w+(\.\w+)*(,\w+(\.\w+)*)*$"
_SENT: Final = b"fields="
_OK: Final = 200
_ALWAYS: Final = "id"

Kinds = tuple[inspect.Type, ...]
Choice = dict[str, "Choice"]
"""Names that were chosen, each with what was chosen in it; nothing: the whole of it."""


def answered(handler: HTTPRouteHandler) -> Any:  # noqa: ANN401  any annotation
    """Give the type that becomes JSON; `None` for files and empty answers."""
    annotation = handler.parsed_fn_signature.return_type.annotation
    origin = get_origin(annotation)
    if isinstance(origin, type) and issubclass(origin, Response):
        annotation = get_args(annotation)[0]
    nothing = annotation in (None, type(None), bytes, str, Any)
    plain = isinstance(annotation, type) and issubclass(annotation, Response)
    return None if nothing or plain else annotation


def selectable(handler: HTTPRouteHandler) -> bool:
    """Tell whether parts of an answer can be chosen: JSON of a known type, to GET."""
    return "GET" in handler.http_methods and bool(names_of(answered(handler)))


def choose(request: Request[Any, Any, Any], handler: HTTPRouteHandler) -> list[Fault]:
    """Keep with the request what it chooses; give every name that there is not."""
    if NAME not in request.query_params or not selectable(handler):
        return []
    choice, faults = choice_of(",".join(request.query_params.getall(NAME)), answered(handler))
    request.state.choice = choice
    return faults


def choice_of(text: str, annotation: Any) -> tuple[Choice, list[Fault]]:  # noqa: ANN401  as above
    """Read names, comma-separated and nested with dots, against the type of an answer.

    In a list they are names of its items; what stands around the items stays. An `id` stays
    wherever something beside it is chosen.
    """
    if len(text) > MAX_LENGTH:
        detail = f"At most {MAX_LENGTH:,} characters."
        return {}, [Fault("invalid-value", detail, NAME)]
    around, kinds, _ = _shape(annotation)
    paths = dict.fromkeys(text.split(","))
    faults = [fault for path in paths for fault in _faults(kinds, path)]
    choice = _new(kinds)
    for path in paths if not faults else ():
        if not any(whole in paths for whole in _around(path)):
            _add(choice, kinds, path)
    return (choice if around is None else around | {"items": choice}), faults


def names_of(annotation: Any) -> tuple[str, ...]:  # noqa: ANN401  as above
    """Name the fields that can be chosen in an answer, or in the items of a list."""
    return () if annotation is None else _shape(annotation)[2]


def selecting(app: ASGIApp) -> ASGIApp:
    """Send of an answer what was chosen."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or _SENT not in scope["query_string"]:
            await app(scope, receive, send)
        else:
            await app(scope, receive, _cutting(scope, send))

    return wrapped


def _cutting(scope: Scope, send: Send) -> Send:
    start: HTTPResponseStartEvent | None = None
    body = b""

    async def cutting(message: Message) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start" and _is_cut(scope, message):
            start = message
        elif start is not None and message["type"] == "http.response.body":
            body += message["body"]
            if not message["more_body"]:
                message["body"] = cut(body, scope["state"]["choice"])
                headers = MutableScopeHeaders.from_message(start)
                headers["Content-Length"] = str(len(message["body"]))
                await send(start)
                await send(message)
        else:
            await send(message)

    return cutting


def _is_cut(scope: Scope, message: HTTPResponseStartEvent) -> bool:
    kind = MutableScopeHeaders.from_message(message).get("Content-Type", "")
    is_json = kind.partition(";")[0] == "application/json"
    return "choice" in scope.get("state", {}) and message["status"] == _OK and is_json


def cut(body: bytes, choice: Choice) -> bytes:
    """Cut what was chosen out of an encoded answer."""
    return msgspec.json.encode(_cut(msgspec.json.decode(body), choice))


def _cut(value: Any, choice: Choice) -> Any:  # noqa: ANN401  JSON
    if not choice:
        return value
    if isinstance(value, list):
        return [_cut(one, choice) for one in value]
    if isinstance(value, dict):
        return {name: _cut(one, choice[name]) for name, one in value.items() if name in choice}
    return value


@cache
def _shape(annotation: Any) -> tuple[Choice | None, Kinds, tuple[str, ...]]:  # noqa: ANN401  as above
    """Give what stands around the items of a page, what can be chosen in, and the names there."""
    kinds = (inspect.type_info(annotation),)
    fields = _fields(kinds)
    if not {"items", "nextCursor"} <= set(fields):
        return None, kinds, tuple(fields)
    return {name: {} for name in fields}, fields["items"], tuple(_fields(fields["items"]))


def _faults(kinds: Kinds, path: str) -> Iterator[Fault]:
    within = ""
    for name in path.split("."):
        fields = _fields(kinds)
        if name not in fields:
            yield Fault("unknown-field", _unknown(name, within, fields), NAME)
            return
        kinds, within = fields[name], f"{within}.{name}".lstrip(".")


def _around(path: str) -> Iterator[str]:
    """Name what a path leads through: `a` and `a.b` of `a.b.c`."""
    return (path[:place] for place, sign in enumerate(path) if sign == ".")


def _add(choice: Choice, kinds: Kinds, path: str) -> None:
    *through, last = path.split(".")
    for name in through:
        kinds = _fields(kinds)[name]
        choice = choice.setdefault(name, _new(kinds))
    choice[last] = {}


def _new(kinds: Kinds) -> Choice:
    """Begin with what always stays: ids, and tags that tell kinds apart."""
    tags = {one.tag_field for one in _structs(kinds) if one.tag_field is not None}
    return {name: {} for name in (_ALWAYS, *tags) if name in tags or name in _fields(kinds)}


def _unknown(name: str, within: str, fields: Mapping[str, Kinds]) -> str:
    place = f" in {within!r}" if within else ""
    return f"There is no field {name!r}{place}; known: {', '.join(fields) or 'none'}."


def _fields(kinds: Kinds) -> dict[str, Kinds]:
    found: dict[str, Kinds] = {}
    for struct in _structs(kinds):
        for field in struct.fields:
            found[field.encode_name] = (*found.get(field.encode_name, ()), field.type)
        if struct.tag_field is not None:
            found.setdefault(struct.tag_field, ())
    return found


def _structs(kinds: Iterable[inspect.Type]) -> Iterator[inspect.StructType]:
    """Look through lists and alternatives; what has names of its own making stays whole."""
    for kind in kinds:
        match kind:
            case inspect.StructType():
                yield kind
            case inspect.Metadata():
                yield from _structs((kind.type,))
            case inspect.UnionType():
                yield from _structs(kind.types)
            case inspect.ListType() | inspect.VarTupleType():
                yield from _structs((kind.item_type,))
            case _:
                pass
