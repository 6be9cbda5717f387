"""An audit that could ask nobody says so, and does not look like a clean one."""

from pathlib import Path
from typing import Any

import msgspec

from tests.house.advisories import told

ROOT = Path(__file__).parents[2]
SOUND = {"name": "click", "version": "8.3.0", "vulns": []}
SKIPPED = {"name": "rich", "skip_reason": "Dependency not found"}
WEAK = {
    "name": "jinja2",
    "version": "3.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1"], "aliases": [], "description": ""}],
}


def report(*parts: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"dependencies": parts, "fixes": []})


def test_all_sound_is_said_with_its_number() -> None:
    assert told(report(SOUND, SOUND)) == (0, ["2 packages checked, 0 weaknesses known."])


def test_what_was_left_out_is_named() -> None:
    code, lines = told(report(SOUND, SKIPPED))

    assert (code, lines[1]) == (0, "Not checked: rich.")


def test_a_weakness_fails() -> None:
    code, lines = told(report(SOUND, WEAK))

    assert code == 1
    assert lines[-1] == "jinja2 3.0: PYSEC-1, fixed in ['3.1']"


def test_nothing_checked_is_not_a_clean_bill() -> None:
    assert told(report(SKIPPED)) == (
        2,
        ["The advisory service knew none of 1 packages; nothing was checked."],
    )
    assert told(b"")[0] == told(b"Traceback")[0] == 2


def test_the_check_of_ci_does_not_wait_for_a_service_elsewhere() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    [check] = [line for line in text.splitlines() if line.startswith("check:")]

    assert "audit" not in check
    assert "make check" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
