"""Unknown query parameters are refused, never ignored (design decision 16)."""

from collections.abc import Mapping
from typing import Any

from litestar import Litestar, Request
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Operation, Parameter, PathItem

from api.domain.errors import Fault, InvalidInput

METHODS = ("get", "post", "put", "patch", "delete")


def refuse_unknown_parameters(request: Request[Any, Any, Any]) -> None:
    """Refuse what the document does not name: a misspelt filter would widen the answer."""
    handler = request.scope["route_handler"]
    if not isinstance(handler, HTTPRouteHandler) or handler.operation_id is None:
        return
    known = _documented(request.app).get(str(handler.operation_id), frozenset())
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        allowed = ", ".join(sorted(known)) or "none"
        faults = [
            Fault("unknown-parameter", f"There is no parameter {name!r}; known: {allowed}.", name)
            for name in unknown
        ]
        raise InvalidInput(*faults)


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
