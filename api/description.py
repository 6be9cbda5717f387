"""What the framework leaves out of the OpenAPI document, drawn from the types themselves.

The framework's own schemas lose bounds of zero and the items of tuples. The library that reads
and writes the bodies describes its types exactly, so its schemas stand in their place (ADR 35).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler

from api.examples import example_of
from api.problems import HTTP_CODES, Problem, described_answer
from api.selection import answered
from api.wordings import ANSWERS, PLACES

Document = dict[str, Any]
PREFIX: Final = "/v1"
_TEMPLATE: Final = "#/components/schemas/{name}"
_JSON: Final = "application/json"
_PROBLEM: Final = "application/problem+json"
_HEADERS: Final = {
    "ApiVersion": {
        "description": "Version of this API, as `info.version`.",
        "required": True,
        "schema": {"type": "string"},
        "example": "1.0.0",
    },
    "RequestId": {
        "description": "Names this request in the logs and the audit trail; quote it when asking.",
        "required": True,
        "schema": {"type": "string", "maxLength": 64},
        "example": "4bf92f3577b34da6a3ce929d0e0e4736",
    },
}
_WITHOUT_ENGINES: Final = frozenset({"getLiveness"})
_EVERYWHERE: Final = {"API-Version": "ApiVersion", "X-Request-Id": "RequestId"}
_PLAIN: Final = (
    {"type": "string"},
    {"type": "number"},
    {"type": "boolean"},
    {"type": "object", "additionalProperties": True},
)
_ANYTHING: Final = {
    "title": "JsonValue",
    "description": "Any JSON value: what a field held before or after a change, for instance.",
    "anyOf": [
        *_PLAIN,
        {"type": "array", "items": {"anyOf": [*_PLAIN, {"type": "null"}]}},
        {"type": "null"},
    ],
}
"""One alternative for each kind: generators of clients make nothing of a list of kinds."""


class _Operation(msgspec.Struct, frozen=True):
    described: Document
    handler: HTTPRouteHandler


class _Place(msgspec.Struct, frozen=True):
    """Where the schema of a type belongs."""

    annotation: Any
    holder: Document


def complete(document: Document, app: Litestar) -> Document:
    """Give the document exact schemas, the headers and problems of every answer, and examples."""
    operations = list(_operations(document, app))
    for one in operations:
        _add_files(one)
        _add_problems(one)
    _replace_schemas(document, operations)
    document["components"]["headers"] = _HEADERS
    for one in operations:
        _describe(one.described, document["components"]["schemas"])
        _add_headers(one.described)
        _add_examples(one.described, document["components"]["schemas"])
    document["paths"] = {
        path.removeprefix(PREFIX): item for path, item in document["paths"].items()
    }
    return document


def _operations(document: Document, app: Litestar) -> Iterator[_Operation]:
    handlers = {
        str(handler.operation_id): handler
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if isinstance(handler, HTTPRouteHandler)
    }
    for item in document["paths"].values():
        for described in item.values():
            yield _Operation(described, handlers[described["operationId"]])


def _add_files(one: _Operation) -> None:
    """Say which files an operation takes as its body; the framework sees no body there."""
    media_types = one.handler.opt.get("files", ())
    if media_types:
        schema = {"type": "string", "format": "binary"}
        content = {media_type: {"schema": schema} for media_type in media_types}
        one.described["requestBody"] = {
            "description": "The file itself.",
            "required": True,
            "content": content,
        }


def _add_problems(one: _Operation) -> None:
    """Add what every operation can answer: a wrong parameter, an engine that is down."""
    needed = [] if one.described["operationId"] in _WITHOUT_ENGINES else [503]
    takes = one.described.get("parameters") or one.described.get("requestBody")
    if takes or one.handler.http_methods & {"POST", "PUT", "PATCH"}:
        needed.append(400)
    if one.described.get("requestBody"):
        needed.append(413)
    if any(each["in"] == "path" for each in one.described.get("parameters", ())):
        needed.append(404)
    answers = one.described["responses"]
    for status in needed:
        answers.setdefault(str(status), described_answer(status))
    one.described["responses"] = dict(sorted(answers.items()))


def _replace_schemas(document: Document, operations: list[_Operation]) -> None:
    places = [place for one in operations for place in _places(one)]
    kinds = [place.annotation for place in places]
    schemas, found = msgspec.json.schema_components(
        kinds, schema_hook=_anything, ref_template=_TEMPLATE
    )
    names = _pascal_names(found)
    for place, schema in zip(places, schemas, strict=True):
        mended = _mended(schema, names)
        instant = "in" in place.holder and "datetime.datetime" in str(place.annotation)
        place.holder["schema"] = _instant(mended) if instant else mended
    components = {
        names[name]: _mended(schema, names) | {"title": names[name]}
        for name, schema in found.items()
    }
    components["JsonValue"] = _ANYTHING
    document["components"]["schemas"] = dict(sorted(components.items()))


def _places(one: _Operation) -> Iterator[_Place]:
    kinds = dict(_parameter_kinds(one.handler))
    for parameter in one.described.get("parameters", ()):
        if parameter["name"] in kinds:
            yield _Place(kinds[parameter["name"]], parameter)
    body = one.described.get("requestBody", {}).get("content", {}).get(_JSON)
    if body is not None and "data" in one.handler.parsed_fn_signature.parameters:
        yield _Place(one.handler.signature_model.__annotations__["data"], body)
    answer = answered(one.handler)
    for status, response in one.described["responses"].items():
        for media_type, content in response.get("content", {}).items():
            if media_type == _PROBLEM:
                yield _Place(Problem, content)
            elif media_type == _JSON and status < "300" and answer is not None:
                yield _Place(answer, content)


def _parameter_kinds(handler: HTTPRouteHandler) -> Iterator[tuple[str, Any]]:
    asked: list[HTTPRouteHandler | Provide] = [handler, *handler.resolve_dependencies().values()]
    for asking in asked:
        for field in asking.parsed_fn_signature.parameters.values():
            told = field.kwarg_definition
            header = getattr(told, "header", None)
            name = header or getattr(told, "name", None) or field.name
            yield name, asking.signature_model.__annotations__.get(field.name, field.annotation)


def _anything(kind: type) -> Document:
    """Describe `object`, which the library can write and not describe."""
    if kind is not object:
        raise NotImplementedError(kind)
    return {"title": "JsonValue"}


def _pascal_names(found: Mapping[str, Any]) -> dict[str, str]:
    """Give every schema a name in PascalCase; a longer one where two types share theirs."""
    short = {name: _pascal(name.split(".")[-1] if "[" not in name else name) for name in found}
    times = Counter(short.values())
    return {
        name: brief if times[brief] == 1 else _pascal(name.removeprefix("api."))
        for name, brief in short.items()
    }


def _pascal(name: str) -> str:
    generic, _, inner = name.partition("[")
    parts = [one for one in re.split(r"[^A-Za-z0-9]+", generic) if one not in {"schemas", "drafts"}]
    joined = "".join(part[:1].upper() + part[1:] for part in parts)
    return joined if not inner else f"{joined}Of{_pascal(inner.rstrip(']').split('.')[-1])}"


def _mended(schema: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401  JSON
    """Follow the new names; say of what may be anything that it may; give enums their type."""
    if isinstance(schema, list):
        return [_mended(one, names) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        target = schema["$ref"].removeprefix(_TEMPLATE.partition("{")[0])
        return schema | {"$ref": _TEMPLATE.format(name=names[target])}
    if not set(schema) - {"title", "description", "default"}:
        return {"$ref": _TEMPLATE.format(name="JsonValue")}
    mended = {key: _part(key, value, names) for key, value in schema.items()}
    if mended.get("items") is False:  # maxItems says the same, and generators of clients know it
        del mended["items"]
    if "enum" in mended and all(isinstance(one, str) for one in mended["enum"]):
        mended["type"] = "string"
    return mended


def _part(key: str, value: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401  JSON
    if key == "properties":
        return {
            name: _instant(mended) if re.search(r"[a-z]At$", name) else mended
            for name, mended in ((name, _mended(one, names)) for name, one in value.items())
        }
    if key in {"default", "enum", "const", "examples", "required", "discriminator"}:
        return _renamed_discriminator(value, names) if key == "discriminator" else value
    return _mended(value, names)


def _instant(schema: Any) -> Any:  # noqa: ANN401  JSON
    """Say that a text is an instant, as every ...At is: of a datetime the library says text."""
    if "anyOf" in schema:
        return schema | {"anyOf": [_instant(one) for one in schema["anyOf"]]}
    return schema | {"format": "date-time"} if schema.get("type") == "string" else schema


def _renamed_discriminator(value: Document, names: Mapping[str, str]) -> Document:
    stem = _TEMPLATE.partition("{")[0]
    mapping = {
        tag: stem + names[target.removeprefix(stem)]
        for tag, target in value.get("mapping", {}).items()
    }
    return value | {"mapping": mapping}


def _describe(operation: Document, components: Document) -> None:
    """Say in plain words what goes in and out, where the framework says nothing of use."""
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter.setdefault("description", PLACES[parameter["name"]])
    body = operation.get("requestBody", {})
    named = body.get("content", {}).get(_JSON, {}).get("schema", {}).get("$ref", "")
    if named:
        body["description"] = components[named.rpartition("/")[2]]["description"]
    for status, answer in operation["responses"].items():
        answer["description"] = ANSWERS.get(status, answer["description"])


def _add_headers(operation: Document) -> None:
    for answer in operation["responses"].values():
        headers = dict(answer.get("headers", {}))
        for header in headers.values():
            header.setdefault("schema", {"type": "string"})
        for name, component in _EVERYWHERE.items():
            headers[name] = {"$ref": f"#/components/headers/{component}"}
        answer["headers"] = dict(sorted(headers.items()))


def _add_examples(operation: Document, components: Document) -> None:
    for parameter in operation.get("parameters", ()):
        made = example_of(parameter["schema"], components, parameter["name"])
        parameter.setdefault("example", made)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if "schema" in content:
            content["example"] = example_of(content["schema"], components)
    for status, answer in operation["responses"].items():
        for media_type, content in answer.get("content", {}).items():
            if media_type == _PROBLEM:
                content["example"] = _problem_example(int(status), answer["description"])
            elif "schema" in content:
                content["example"] = example_of(content["schema"], components)


def _problem_example(status: int, detail: str) -> Document:
    code = HTTP_CODES[status]
    return {
        "type": f"/problems/{code}",
        "status": status,
        "title": HTTPStatus(status).phrase,
        "detail": detail,
        "code": code,
    }
