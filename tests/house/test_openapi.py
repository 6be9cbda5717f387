"""The OpenAPI document that is kept is the one that is served."""

import json
from pathlib import Path

import msgspec

from api.document import described
from importers.asgi import app

KEPT = Path(__file__).parents[2] / "openapi" / "openapi.json"


def test_the_kept_document_is_the_served_one() -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))

    assert kept == json.loads(msgspec.json.encode(described(app))), "run `make openapi`"


def test_the_document_tells_what_holds_everywhere() -> None:
    for path, item in described(app)["paths"].items():
        for method, operation in item.items():
            headers = {
                one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"
            }
            answers = operation["responses"]
            assert ("429" in answers) is not path.startswith("/health/"), path
            if method in {"put", "patch", "delete"}:
                assert "If-Match" in headers, operation["operationId"]
                assert {"412", "428"} <= set(answers), operation["operationId"]
            if method == "get" and "application/json" in answers["200"].get("content", {}):
                assert "304" in answers, path
                assert "If-None-Match" in headers, path


def test_every_operation_has_an_id_a_summary_and_problems() -> None:
    for path, item in described(app)["paths"].items():
        for method, operation in item.items():
            assert operation["operationId"], path
            assert operation["summary"], path
            assert "500" in operation["responses"], f"{method} {path}"
