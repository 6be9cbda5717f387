"""The manifests hold together: settings that exist, selectors that select, probes that are."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
PARTS: list[dict[str, Any]] = yaml.safe_load(
    (ROOT / "deploy" / "kubernetes.yaml").read_text(encoding="utf-8")
)["items"]


def _of(kind: str) -> list[dict[str, Any]]:
    return [part for part in PARTS if part["kind"] == kind]


def test_every_setting_of_the_manifests_exists() -> None:
    settings = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    named = {*_of("Secret")[0]["stringData"], *_of("ConfigMap")[0]["data"]}

    assert {name for name in named if f"`{name}`" not in settings} == set()


def test_selectors_select_what_the_templates_make() -> None:
    for one in _of("Deployment"):
        wanted = one["spec"]["selector"]["matchLabels"]
        assert wanted == one["spec"]["template"]["metadata"]["labels"]
    labels = [one["spec"]["template"]["metadata"]["labels"] for one in _of("Deployment")]
    assert _of("Service")[0]["spec"]["selector"] in labels
    assert _of("PodDisruptionBudget")[0]["spec"]["selector"]["matchLabels"] in labels


def test_the_api_runs_twice_and_its_probes_are_operations() -> None:
    from api.document import described
    from importers.asgi import app

    api = _of("Deployment")[0]["spec"]
    paths = described(app)["paths"]

    assert api["replicas"] == 2
    [container] = api["template"]["spec"]["containers"]
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["path"].removeprefix("/v1") in paths


def test_nothing_runs_as_root() -> None:
    for one in (*_of("Deployment"), *_of("Job")):
        for container in one["spec"]["template"]["spec"]["containers"]:
            assert container["securityContext"]["runAsNonRoot"]
