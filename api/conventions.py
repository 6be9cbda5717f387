"""What holds for every operation alike, told in the OpenAPI document once and for all."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from api import selection
from api.problems import MEANINGS, MEDIA_TYPE
from api.throttle import FREE

_TEXT: Final = {"type": "string"}
_LIMITS: Final = {
    "RateLimit": "What is left of the limit and in how many seconds it is whole again: `r`, `t`.",
    "RateLimit-Policy": "The limit `q` in a window of `w` seconds.",
}
_IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "An ETag that was read: the same answer is not sent again (304).",
    "schema": _TEXT,
}
_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Made at random for this request: sent again within a day, with the same body,"
    " it has no second effect and gets the same answer.",
    "schema": {"type": "string", "pattern": r"^[\x21\x23-\x7e]{1,255}$"},
}
_TELLING: Final = ("name", "title", "kvkNumber", "state")
"""What the example asks for, where it is there."""
_FIELDS: Final = {
    "name": selection.NAME,
    "in": "query",
    "required": False,
    "description": "Names of fields, comma-separated and nested with dots: the answer holds these,"
    " and `id`. In a list they are names of its items. Absent: everything. With it an answer may"
    " lack fields that its schema requires.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": selection.MAX_LENGTH,
        "pattern": selection.PATTERN,
    },
}


def add_conventions(document: dict[str, Any], app: Litestar) -> None:
    """Tell of ETags, chosen fields, keys against double effects, and limits, where they hold."""
    handlers = _handlers(app)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            handler = handlers[operation["operationId"]]
            if method == "get":
                _conditional(operation)
            if selection.selectable(handler):
                _selectable(operation, handler)
            kept = "security" in operation and handler.opt.get("idempotency") != "never"
            if method == "post" and kept:
                _replayable(operation)
            if not path.startswith(FREE):
                _limited(operation)


def _conditional(operation: dict[str, Any]) -> None:
    answer = operation["responses"].get("200", {})
    if "application/json" not in answer.get("content", {}):
        return
    headers = answer.setdefault("headers", {})
    headers.setdefault("ETag", _header("Of this answer; a version stands before the point."))
    operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
    operation["responses"]["304"] = {
        "description": "The caller has this answer.",
        "headers": {"ETag": _header("Of the answer that is not sent again.")},
    }


def _selectable(operation: dict[str, Any], handler: HTTPRouteHandler) -> None:
    names = selection.names_of(selection.answered(handler))
    telling = sorted(names, key=lambda name: (name not in _TELLING, name == "id"))
    example = ",".join(telling[:2])
    operation.setdefault("parameters", []).append(_FIELDS | {"example": example})


def _replayable(operation: dict[str, Any]) -> None:
    operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    operation["responses"].setdefault("409", _problem(409))
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            text = "`true` where the answer was given before."
            answer.setdefault("headers", {})["Idempotency-Replayed"] = _header(text)


def _limited(operation: dict[str, Any]) -> None:
    wait = _header("Seconds to wait.")
    operation["responses"]["429"] = _problem(429) | {"headers": {"Retry-After": wait}}
    operation["responses"].setdefault("503", _problem(503))
    for answer in operation["responses"].values():
        headers = answer.setdefault("headers", {})
        headers.update({name: _header(text) for name, text in _LIMITS.items()})


def _problem(status: int) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": MEANINGS[status], "content": content}


def _header(description: str) -> Mapping[str, Any]:
    return {"description": description, "required": False, "schema": _TEXT}


def _handlers(app: Litestar) -> dict[str, HTTPRouteHandler]:
    found = (one for route in app.routes for one in getattr(route, "route_handlers", ()))
    handlers = (one for one in found if isinstance(one, HTTPRouteHandler))
    return {str(one.operation_id): one for one in handlers}
