"""Clients made from the document, in Python and TypeScript, used against the running server."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.contract.conftest import ROOT, Served

MODULES = ROOT / "node_modules"
CONFIG = ROOT / "openapi" / "python-client.yaml"
USE = """
import sys
import urllib.request
from made import AuthenticatedClient
from made.api.directory import search_enterprises

client = AuthenticatedClient(base_url=sys.argv[1] + "/v1", token=sys.argv[2])
page = search_enterprises.sync(client=client, q="catering", limit=2)
print(len(page.items))
"""


def _run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(one) for one in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def _warnings(told: str) -> list[str]:
    """What the generator left out of the client, and says so of."""
    return [line for line in told.splitlines() if line.startswith(("WARNING", "ERROR"))]


@pytest.fixture
def document(served: Served, tmp_path: Path) -> Path:

    file = tmp_path / "openapi.json"
    with urllib.request.urlopen(f"{served.url}/v1/openapi.json") as answer:  # noqa: S310  our own server
        file.write_bytes(answer.read())
    return file


@pytest.mark.slow
def test_a_client_in_typescript_is_typed_and_works(served: Served, document: Path) -> None:
    folder = document.parent
    (folder / "node_modules").symlink_to(MODULES)
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    source = ROOT / "tests" / "contract" / "clients" / "client.ts"
    (folder / "client.ts").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    programs = MODULES / ".bin"
    _run(programs / "openapi-typescript", document, "-o", "schema.d.ts", cwd=folder)
    options = ("--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022")
    _run(programs / "tsc", *options, "--types", "node", "client.ts", cwd=folder)

    told = json.loads(_run("node", "client.js", served.url, served.key, cwd=folder))

    assert told == {"found": 2, "refused": "not-found", "made": "From a client"}


@pytest.mark.slow
def test_a_client_in_python_works(served: Served, document: Path) -> None:
    folder = document.parent
    generator = Path(sys.executable).parent / "openapi-python-client"
    options = ("--output-path", "made", "--meta", "none", "--overwrite", "--config", CONFIG)
    told = _run(generator, "generate", "--path", document, *options, cwd=folder)
    paths = json.loads(document.read_text(encoding="utf-8"))["paths"]
    modules = [one for one in folder.glob("made/api/*/*.py") if one.stem != "__init__"]

    assert _warnings(told) == []
    assert len(modules) == sum(len(item) for item in paths.values())
    assert _run(sys.executable, "-c", USE, served.url, served.key, cwd=folder).strip() == "2"
