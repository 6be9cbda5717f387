"""The rooms keep their shape: file names, sizes, and docs that tell the truth."""

import ast
import statistics
from pathlib import Path

import msgspec
import pytest

from api.domain.errors import DomainError
from api.settings import Settings

ROOT = Path(__file__).parents[2]
SLICES = sorted(path.parent.name for path in (ROOT / "api").glob("*/service.py"))
SLICE_FILES = {
    "__init__.py",
    "routes.py",
    "schemas.py",
    "service.py",
    "drafts.py",
    "queries.py",
    "tables.py",
}
MODULES = [
    path
    for room in ("api", "search", "importers", "tests")
    for path in sorted((ROOT / room).rglob("*.py"))
    if "piccolo_migrations" not in path.parts
]


def _functions(path: Path) -> list[int]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = (node for node in ast.walk(tree))
    found = [one for one in nodes if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return [(one.end_lineno or one.lineno) - one.lineno + 1 for one in found]


@pytest.mark.parametrize("name", SLICES)
def test_a_slice_has_only_the_known_files(name: str) -> None:
    assert {path.name for path in (ROOT / "api" / name).glob("*.py")} <= SLICE_FILES


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_over_400_lines_and_no_function_over_50(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
    assert max(_functions(path), default=0) <= 50


def test_most_functions_are_short() -> None:
    lengths = sorted(n for path in MODULES for n in _functions(path))

    assert statistics.median(lengths) <= 10
    assert lengths[int(len(lengths) * 0.9)] <= 25


def test_every_setting_is_explained() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    names = [field.encode_name for field in msgspec.structs.fields(Settings)]

    assert [name for name in names if f"`{name}`" not in text] == []


def test_every_problem_code_is_explained() -> None:
    import api.app  # noqa: F401  brings every error along

    text = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    codes = {one.code for one in _below(DomainError)} | set(_fault_codes())

    assert sorted(code for code in codes if f"`{code}`" not in text) == []


def _below(kind: type[DomainError]) -> list[type[DomainError]]:
    return [one for sub in kind.__subclasses__() for one in (sub, *_below(sub))]


def _fault_codes() -> list[str]:
    """Codes that stand as first argument of Fault(...) or as code=... in the API and the rules."""
    found: list[str] = []
    # Faults of a page's form are texts of its catalogue; no API answers them.
    paths = [one for one in (ROOT / "api").rglob("*.py") if "pages" not in one.parts]
    for path in sorted(paths):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found += _codes_of(node)
    return found


def _codes_of(call: ast.Call) -> list[str]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    first = call.args[:1] if name in {"Fault", "note"} else []
    named = [one.value for one in call.keywords if one.arg == "code" and name == "InvalidValue"]
    constants = [one.value for one in (*first, *named) if isinstance(one, ast.Constant)]
    return [value for value in constants if isinstance(value, str)]
