"""A worker holds what most requests need; what is rarely asked is loaded when it is (ADR 49)."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RARE = {
    *("highspy", "numpy"),  # lots are divided, allocations and plans are solved
    *("openpyxl", "lxml", "PIL"),  # a workbook is read or written
    "reportlab",  # a longlist is printed
    *("joserfc", "httpx"),  # somebody signs in through an identity provider
    *("opentelemetry.sdk", "google.protobuf"),  # the operator wants traces
}
SESSION_STATE = re.compile(
    r"pg_(try_)?advisory_lock\(|\bLISTEN \w|\bSET SESSION\b|\"SET (?!LOCAL)\w|CREATE TEMP|WITH HOLD"
)


def test_a_started_api_has_not_loaded_what_is_rarely_asked() -> None:
    told = "import json, sys, importers.asgi; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True
    )

    loaded = set(json.loads(done.stdout))

    assert "api.app" in loaded
    assert loaded & RARE == set()


def test_only_connections_outside_the_pool_have_anything_left_on_them() -> None:
    """The pool takes connections back without a reset, so nobody may need one."""
    found = [
        str(file.relative_to(ROOT))
        for folder in ("api", "importers")
        for file in (ROOT / folder).rglob("*.py")
        if "piccolo_migrations" not in file.parts and SESSION_STATE.search(file.read_text("utf-8"))
    ]

    assert sorted(found) == ["api/database.py", "api/migrations/forward.py"]
