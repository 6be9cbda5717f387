"""The catalogues say the same in every language, and templates ask only what they hold."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

from api.pages.texts import LANGUAGES, texts

CATALOGUES = Path(__file__).parents[3] / "api/pages/texts"
TEMPLATES = sorted((Path(__file__).parents[3] / "api/pages/templates").glob("*.html"))
KEY = re.compile(r"""\bt(\.many)?\(\s*"([a-z_A-Z0-9.]+)"\s*(?![\s~])""")


def keys_of(branch: dict[str, Any], above: str = "") -> list[str]:
    """Every key of a catalogue with those above it."""
    found: list[str] = []
    for name, value in branch.items():
        key = f"{above}{name}"
        found += keys_of(value, f"{key}.") if isinstance(value, dict) else [key]
    return found


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_texts_with_the_same_gaps(language: str) -> None:
    dutch, other = texts("nl").entries, texts(language).entries

    assert dutch.keys() == other.keys()
    assert [key for key in dutch if _fields(dutch[key]) - _fields(other[key])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_stands_in_two_files(language: str) -> None:
    files = CATALOGUES.glob(f"*{language}.yaml")
    keys = [key for file in files for key in keys_of(yaml.safe_load(file.read_text("utf-8")))]

    assert sorted(set(keys)) == sorted(keys)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_a_template_asks_only_for_texts_that_are_there(file: Path) -> None:
    known = texts("nl")
    asked = KEY.findall(file.read_text(encoding="utf-8"))
    keys = [f"{key}.other" if many else key for many, key in asked]

    assert [key for key in keys if not known.has(key)] == []


def test_amounts_are_written_as_the_dutch_write_them() -> None:
    assert texts("nl").money(123_456_700) == "€\u00a01.234.567"
    assert texts("nl").money(1_050) == "€\u00a010,50"
    assert texts("nl").money(-5) == "-€\u00a00,05"
    assert texts("en").money(1_050) == "€\u00a010.50"
    assert texts("nl").money(None) == "niet bekend"


def test_days_and_moments_are_those_of_dutch_time() -> None:
    assert texts("nl").day(date(2026, 3, 1)) == "1 maart 2026"
    moment = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert texts("nl").moment(moment) == "1 januari 2027, 00.30 uur"
