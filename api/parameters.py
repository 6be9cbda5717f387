"""Faulty input is refused, never ignored or mended, all at once (design decision 16)."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from litestar import Litestar, Request
from litestar.datastructures import MultiDict
from litestar.di import Provide
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Operation, Parameter, PathItem
from litestar.typing import FieldDefinition

from api.decoding import as_fault, faults_of
from api.domain.errors import Fault, InvalidInput
from api.selection import NAME, choose, selectable

METHODS = ("get", "post", "put", "patch", "delete")


async def refuse_faulty_parameters(request: Request[Any, Any, Any]) -> None:
    """Refuse what the document does not name (a misspelt filter would widen the answer).

    And whatever can't be read, all at once: the framework stops at the first dependency.
    """
    handler = request.scope["route_handler"]
    if not isinstance(handler, HTTPRouteHandler) or handler.operation_id is None:
        return
    if not request.scope["query_string"]:
        return
    known = _documented(request.app).get(str(handler.operation_id), frozenset())
    known |= {NAME} if selectable(handler) else set()
    faults = [*_unknown(request, known), *_unreadable(request, handler, known)]
    faults += choose(request, handler)
    if faults:
        raise InvalidInput(*faults)


async def refuse_loose_body(request: Request[Any, Any, Any]) -> None:
    """Refuse a JSON body of other types than the document states.

    The framework reads bodies as it reads parameters: it takes `0` for false and `"5"` for 5.
    """
    data = request.route_handler.parsed_fn_signature.parameters.get("data")
    encoding = getattr(data and data.kwarg_definition, "media_type", None)
    if data is None or encoding is not RequestEncodingType.JSON:
        return
    body = await request.body()
    if not body:
        return
    try:
        msgspec.json.decode(body, type=data.annotation)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        if faults := faults_of(body, data.annotation):
            raise InvalidInput(*faults) from None


def _unknown(request: Request[Any, Any, Any], known: frozenset[str]) -> Iterator[Fault]:
    allowed = ", ".join(sorted(known)) or "none"
    for name in sorted(set(request.query_params) - known):
        detail = f"There is no parameter {name!r}; known: {allowed}."
        yield Fault("unknown-parameter", detail, name)


def _unreadable(
    request: Request[Any, Any, Any], handler: HTTPRouteHandler, known: frozenset[str]
) -> Iterator[Fault]:
    asked: list[HTTPRouteHandler | Provide] = [handler, *handler.resolve_dependencies().values()]
    for asking in asked:
        for field in asking.parsed_fn_signature.parameters.values():
            name = getattr(field.kwarg_definition, "name", None) or field.name
            if name in known and name in request.query_params:
                kind = asking.signature_model.__annotations__[field.name]
                yield from _fault_of(request.query_params, name, field, kind)


def _fault_of(
    given: MultiDict[Any],
    name: str,
    field: FieldDefinition,
    kind: Any,  # noqa: ANN401  any annotation
) -> Iterator[Fault]:
    several = any(one.is_non_string_sequence for one in (field, *field.inner_types))
    raw = given.getall(name) if several else given[name]
    try:
        msgspec.convert(raw, kind, strict=False)
    except msgspec.ValidationError as error:
        yield as_fault(str(error), name)


def _documented(app: Litestar) -> Mapping[str, frozenset[str]]:
    """Give the query parameters of every operation, as the OpenAPI document names them."""
    if "query_parameters" not in app.state:
        items = (app.openapi_schema.paths or {}).values()
        found = dict(_named(operation) for item in items for operation in _operations(item))
        app.state.query_parameters = found
    documented: Mapping[str, frozenset[str]] = app.state.query_parameters
    return documented


def _operations(item: PathItem) -> list[Operation]:
    found = (getattr(item, method) for method in METHODS)
    return [operation for operation in found if operation is not None]


def _named(operation: Operation) -> tuple[str, frozenset[str]]:
    parameters = [one for one in operation.parameters or () if isinstance(one, Parameter)]
    names = frozenset(one.name for one in parameters if one.param_in == "query")
    return str(operation.operation_id), names
