"""Examples for the OpenAPI document: one valid value for every schema, the same on every start."""

import re
from collections.abc import Mapping
from typing import Any, Final

Schema = Mapping[str, Any]
_DEEPEST: Final = 7
_UUID: Final = "01930d2c-8f00-7000-8000-000000000001"
_FORMATS: Final = {
    "binary": "(the bytes of the file)",
    "uuid": _UUID,
    "date": "2026-03-01",
    "date-time": "2026-03-01T09:30:00Z",
    "time": "09:30:00Z",
    "duration": "P7D",
    "decimal": "0.75",
    "uri": "https://catering-de-brug.example",
    "byte": "UGVyY2VlbA==",
}
_NAMES: Final[Mapping[str, object]] = {
    "name": "Catering De Brug",
    "displayName": "Coordinator 2",
    "title": "Catering for meetings",
    "description": "Sandwiches, soup and fruit for meetings, made by people who learn a trade.",
    "summary": "Lunches for meetings",
    "q": "broodjes vergadering Utrecht",
    "kvkNumber": "30123456",
    "kvkNumbers": "30123456",
    "vatId": "NL002455799B11",
    "cpv": "55520000",
    "cpvCode": "55520000",
    "cpvCodes": "55520000",
    "municipality": "GM0344",
    "municipalities": "GM0344",
    "province": "NL31",
    "near": "52.0907,5.1214",
    "bbox": "4.9,51.9,5.3,52.2",
    "latitude": 52.0907,
    "longitude": 5.1214,
    "radiusKm": 25,
    "postcode": "3512 JE",
    "city": "Utrecht",
    "email": "lunch@catering-de-brug.example",
    "phone": "030 123 45 67",
    "website": "https://catering-de-brug.example",
    "url": "https://gemeente.example/perceel",
    "reason": "It fits the need and the place.",
    "note": "Asked by telephone on 2 March.",
    "cursor": "MjA",
    "nextCursor": None,
    "currency": "EUR",
    "year": 2026,
    "limit": 20,
    "mark": "pso-2",
    "scheme": "pso",
    "level": "2",
    "If-Match": '"v1"',
    "returnTo": "/v1/me",
    "sort": "relevance",
    "source": "regional-list",
    "mapping": "perceel",
    "prefix": "1a2b3c4d",
}
"""What a field of this name holds, where its schema allows it."""
_TEXTS: Final = (
    *("text", "a1", "30123456", "000012345678", "2026", "GM0344", "NL31", "55520000", "1"),
    *("0.5", "EUR", "/", "0123456789abcdef" * 4),
)
_CENTS: Final = 1_250_000
_PERCENT: Final = 25


def example_of(schema: Schema, components: Schema, name: str = "") -> Any:  # noqa: ANN401  JSON
    """Give a value that the schema allows, as near to life as the name of its field tells."""
    return _value(schema, components, name, ())


def _value(schema: Schema, components: Schema, name: str, within: tuple[str, ...]) -> Any:  # noqa: ANN401  JSON
    if "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        return _value(components[target], components, name, (*within, target))
    if "anyOf" in schema:
        return _first_possible(schema["anyOf"], components, name, within)
    if "const" in schema or "enum" in schema:
        return schema.get("const", next(iter(schema.get("enum", ())), None))
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "object":
        return _object(schema, components, within)
    if kind == "array":
        return _array(schema, components, name, within)
    return _simple(schema, kind, name)


def _first_possible(
    kinds: list[Schema], components: Schema, name: str, within: tuple[str, ...]
) -> Any:  # noqa: ANN401  JSON
    some = [kind for kind in kinds if kind.get("type") != "null"]
    empty = len(some) < len(kinds)
    if empty and (_is_known_empty(name) or _too_deep(some[0], within)):
        return None
    return _value(some[0], components, name, within)


def _is_known_empty(name: str) -> bool:
    return name in _NAMES and _NAMES[name] is None


def _too_deep(schema: Schema, within: tuple[str, ...]) -> bool:
    inner = schema.get("items") or schema  # a tuple has `items: false`
    target = str(inner.get("$ref", "")).rpartition("/")[2]
    return len(within) >= _DEEPEST or target in within


def _object(schema: Schema, components: Schema, within: tuple[str, ...]) -> dict[str, Any]:
    made = {
        key: _value(one, components, key, within)
        for key, one in schema.get("properties", {}).items()
    }
    others = schema.get("additionalProperties")
    if isinstance(others, Mapping) and not made:
        made["example"] = _value(others, components, "", within)
    return made


def _array(schema: Schema, components: Schema, name: str, within: tuple[str, ...]) -> list[Any]:
    if "prefixItems" in schema:
        return [_value(one, components, name, within) for one in schema["prefixItems"]]
    items, least = schema.get("items"), schema.get("minItems", 0)
    if not isinstance(items, Mapping) or (least == 0 and _too_deep(items, within)):
        return []
    return [_value(items, components, name, within)] * max(1, least)


def _simple(schema: Schema, kind: object, name: str) -> Any:  # noqa: ANN401  JSON
    if kind == "string":
        return _text(schema, name)
    if kind in {"integer", "number"}:
        return _number(schema, name)
    return {"boolean": True, "null": None}.get(str(kind), "text")


def _text(schema: Schema, name: str) -> str:
    if "format" in schema:
        return _FORMATS[schema["format"]]
    given = _NAMES.get(name)
    candidates: list[str] = [*([given] if isinstance(given, str) else []), *_TEXTS]
    for one in candidates:
        if _fits(one, schema):
            return one
    return "x" * int(schema.get("minLength", 1))


def _fits(text: str, schema: Schema) -> bool:
    length = int(schema.get("minLength", 0)) <= len(text) <= schema.get("maxLength", len(text))
    return bool(length) and re.search(schema.get("pattern", ""), text) is not None


def _number(schema: Schema, name: str) -> float:
    given = _NAMES.get(name)
    wanted = given if isinstance(given, int | float) else _by_ending(name)
    least = schema.get("minimum", schema.get("exclusiveMinimum", wanted - 1) + 1)
    most = schema.get("maximum", schema.get("exclusiveMaximum", wanted + 1) - 1)
    return type(wanted)(max(min(wanted, most), min(least, most)))


def _by_ending(name: str) -> int:
    if name.endswith("Cents"):
        return _CENTS
    return _PERCENT if name.endswith("Percent") else 1
