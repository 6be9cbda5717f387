"""Every operation of the document, asked with generated input: no crash, nothing undocumented.

A short run by default; `make contract` runs longer, with every phase.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.conftest import Served

EXAMPLES = os.environ.get("CONTRACT_EXAMPLES", "3")
PHASES = os.environ.get("CONTRACT_PHASES", "examples,fuzzing")
ON_PURPOSE = {
    "missing_required_header": "an absent If-Match is 428 (RFC 6585); the check knows no 428",
    "positive_data_acceptance": "rules of the field refuse what a schema can't: periods, cursors",
}
"""Checks that are left out, each with its reason."""
_HOOKED = {
    "SCHEMATHESIS_HOOKS": str(Path(__file__).with_name("hooks.py")),
    "PYTHONPATH": str(Path(__file__).parents[2]),
}
"""The hooks know the product; schemathesis starts elsewhere, where it may leave its files."""


@pytest.mark.slow
def test_every_operation_answers_as_documented(served: Served, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"),
            *("run", f"{served.url}/v1/openapi.json"),
            *("--header", f"Authorization: Bearer {served.key}"),
            *("--checks", "all", "--exclude-checks", ",".join(ON_PURPOSE)),
            *("--phases", PHASES, "--max-examples", EXAMPLES, "--seed", "1"),
            *("--continue-on-failure", "--warnings", "off", "--request-timeout", "30"),
        ],
        cwd=tmp_path,
        env=os.environ | _HOOKED,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    assert "unhandled error" not in served.log.read_text(encoding="utf-8")
