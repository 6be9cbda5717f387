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


SHORTEST = 40
"""Of the description of an operation, in characters: less says no more than its name."""
CATALOGUE = (KEPT.parents[1] / "docs" / "problems.md").read_text(encoding="utf-8")


def test_an_integrator_reads_of_every_part_what_it_is() -> None:
    thin = []
    for item in described(app)["paths"].values():
        for operation in item.values():
            name = operation["operationId"]
            told = {f"{name} {one['name']}": one for one in operation.get("parameters", ())}
            told |= {f"{name} {status}": one for status, one in operation["responses"].items()}
            if "requestBody" in operation:
                told[f"{name} body"] = operation["requestBody"]
            thin += [place for place, one in told.items() if len(one.get("description", "")) < 10]
            thin += [place for place, one in told.items() if "fulfilled" in one["description"]]
            if len(operation["description"]) < SHORTEST:
                thin.append(name)

    assert thin == []


def test_every_schema_says_what_it_is() -> None:
    schemas = described(app)["components"]["schemas"]

    assert [name for name, one in schemas.items() if not one.get("description")] == []


def test_every_refusal_shows_a_code_of_the_catalogue() -> None:
    for path, item in described(app)["paths"].items():
        for operation in item.values():
            for status, answer in operation["responses"].items():
                if status >= "400":
                    [content] = answer["content"].values()
                    assert f"| `{content['example']['code']}` | {status} |" in CATALOGUE, path
