"""A Postman collection, drawn from the OpenAPI document; Bruno and Insomnia read it too."""

import json
from collections.abc import Mapping
from typing import Any, Final

Document = Mapping[str, Any]
SCHEMA: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def collection_of(document: Document) -> dict[str, Any]:
    """Give a folder for each tag, and in it every operation with its example."""
    folders: dict[str, list[dict[str, Any]]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            request = _request(path, method, operation)
            folders.setdefault(operation["tags"][0], []).append(request)
    return {
        "info": {
            "name": document["info"]["title"],
            "description": document["info"]["description"],
            "version": document["info"]["version"],
            "schema": SCHEMA,
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{key}}"}]},
        "variable": [
            {"key": "server", "value": "http://127.0.0.1:8000/v1"},
            {"key": "key", "value": ""},
        ],
        "item": [{"name": tag, "item": found} for tag, found in sorted(folders.items())],
    }


def _request(path: str, method: str, operation: Document) -> dict[str, Any]:
    parameters = operation.get("parameters", ())
    body = _body(operation)
    return {
        "name": operation["summary"],
        "request": {
            "method": method.upper(),
            "description": operation.get("description", ""),
            "url": _url(path, parameters),
            "header": [
                _pair(one, disabled=not one.get("required"))
                for one in parameters
                if one["in"] == "header"
            ],
            **({} if body is None else {"body": body}),
        },
    }


def _url(path: str, parameters: Any) -> dict[str, Any]:  # noqa: ANN401  JSON
    parts = [
        f":{part[1:-1]}" if part.startswith("{") else part for part in path.strip("/").split("/")
    ]
    query = [
        _pair(one, disabled=not one.get("required")) for one in parameters if one["in"] == "query"
    ]
    return {
        "raw": "{{server}}/" + "/".join(parts),
        "host": ["{{server}}"],
        "path": parts,
        "query": query,
        "variable": [_pair(one) for one in parameters if one["in"] == "path"],
    }


def _pair(parameter: Document, **more: Any) -> dict[str, Any]:  # noqa: ANN401  JSON
    example = parameter.get("example")
    text = example if isinstance(example, str) else json.dumps(example)
    described = {"description": parameter.get("description", "")}
    return {"key": parameter["name"], "value": text, **described, **more}


def _body(operation: Document) -> dict[str, Any] | None:
    """Give the example of a JSON body; a file is chosen by hand."""
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return None
    if list(content) != ["application/json"]:
        return {"mode": "file", "file": {}}
    text = json.dumps(content["application/json"].get("example"), indent=2, ensure_ascii=False)
    return {"mode": "raw", "raw": text, "options": {"raw": {"language": "json"}}}
