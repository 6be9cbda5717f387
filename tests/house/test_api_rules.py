"""The served document against openapi/rules.yaml: the NLGov API Design Rules, and ours."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec

from api.document import described
from importers.asgi import app

ROOT = Path(__file__).parents[2]
RULES = ROOT / "openapi" / "rules.yaml"


def _spectral() -> str:
    """The linter of node_modules; `make tools` brings it."""
    found = shutil.which("spectral", path=str(ROOT / "node_modules" / ".bin"))
    found = found or shutil.which("spectral")
    assert found is not None, "run `make tools`"
    return found


def _linted(document: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    file = folder / "openapi.json"
    file.write_bytes(msgspec.json.encode(document))
    done = subprocess.run(
        [_spectral(), "lint", "--format=json", "--quiet", f"--ruleset={RULES}", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_the_served_document_breaks_no_rule(tmp_path: Path) -> None:
    found = _linted(described(app), tmp_path)

    assert [(one["code"], ".".join(one["path"])) for one in found] == []


def _without_version_header(document: dict[str, Any]) -> str:
    del document["paths"]["/enterprises"]["get"]["responses"]["200"]["headers"]["API-Version"]
    return "version-header"


def _without_400(document: dict[str, Any]) -> str:
    del document["paths"]["/tenders"]["get"]["responses"]["400"]
    return "invalid-parameters-400"


def _with_plain_refusal(document: dict[str, Any]) -> str:
    answer = document["paths"]["/enterprises"]["post"]["responses"]["409"]
    answer["content"] = {"application/json": answer["content"]["application/problem+json"]}
    return "problem-details"


def _with_snake_path(document: dict[str, Any]) -> str:
    document["paths"]["/expiring_marks"] = document["paths"].pop("/expiring-marks")
    return "kebab-case-paths"


def _with_anything(document: dict[str, Any]) -> str:
    document["components"]["schemas"]["EnterpriseIn"]["properties"]["name"] = {}
    return "no-any-schema"


def _with_wrong_example(document: dict[str, Any]) -> str:
    body = document["paths"]["/shortlists"]["post"]["requestBody"]
    body["content"]["application/json"]["example"] = {"name": 7}
    return "oas3-valid-media-example"


def _without_major(document: dict[str, Any]) -> str:
    document["servers"][0]["url"] = "/"
    return "major-version-in-server"


SPOILS = (
    _without_version_header,
    _without_400,
    _with_plain_refusal,
    _with_snake_path,
    _with_anything,
    _with_wrong_example,
    _without_major,
)
SPOILED = ("/enterprises", "/tenders", "/expiring-marks", "/shortlists")
"""Where they spoil; the other paths stay out."""


def test_every_broken_rule_is_found(tmp_path: Path) -> None:
    document = described(app)
    # The linter takes a second for a few operations, and a minute for all of them.
    document["paths"] = {path: document["paths"][path] for path in SPOILED}
    codes = {spoil(document) for spoil in SPOILS}

    assert codes <= {one["code"] for one in _linted(document, tmp_path)}


def test_every_example_is_one_of_its_schema() -> None:
    document = described(app)
    registry = {"components": document["components"]}

    for content in _contents(document):
        jsonschema.validate(content["example"], content["schema"] | registry)


def _contents(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        for operation in item.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for body in bodies:
                for media_type, content in body.get("content", {}).items():
                    if media_type.endswith("json"):
                        yield content
