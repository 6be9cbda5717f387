"""`make audit`: what pip-audit found, in a sentence, and what it could not ask about.

Exit 1 where a weakness is known, 2 where nothing could be checked, 0 otherwise.
"""

import subprocess
import sys
from typing import Any, Final

import msgspec

AUDIT: Final = (
    *("pip-audit", "--disable-pip", "--require-hashes", "-r", "requirements/run.txt"),
    *("--progress-spinner", "off", "--format", "json"),
)


def told(report: bytes) -> tuple[int, list[str]]:
    """Give the exit code and the lines for a report of pip-audit; `b""` where there is none."""
    try:
        parts: list[dict[str, Any]] = msgspec.json.decode(report)["dependencies"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return 2, ["The advisory service could not be asked; nothing was checked."]
    skipped = [one["name"] for one in parts if "skip_reason" in one]
    weak = [
        f"{one['name']} {one['version']}: {flaw['id']}, fixed in {flaw['fix_versions'] or 'none'}"
        for one in parts
        for flaw in one.get("vulns", ())
    ]
    if len(skipped) == len(parts):
        line = f"The advisory service knew none of {len(parts)} packages; nothing was checked."
        return 2, [line]
    lines = [f"{len(parts) - len(skipped)} packages checked, {len(weak)} weaknesses known."]
    if skipped:
        lines.append(f"Not checked: {', '.join(skipped)}.")
    return int(bool(weak)), lines + weak


def main() -> None:
    """Ask, and tell."""
    program = sys.executable.removesuffix("python").removesuffix("python3") + AUDIT[0]
    done = subprocess.run([program, *AUDIT[1:]], capture_output=True, check=False)
    code, lines = told(done.stdout)
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
