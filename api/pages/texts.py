"""What the pages say, from catalogues; dates, amounts and numbers as readers expect them."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from api.clock import LEGAL_TIME

LANGUAGES: Final = ("nl", "en")
CENTS: Final = 100
_HERE: Final = Path(__file__).parent / "texts"


class Texts(msgspec.Struct, frozen=True):
    """A catalogue in one language."""

    language: str
    entries: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Give a text; an unknown key is a fault of ours."""
        return self.entries[key].format(**values)

    def many(self, key: str, count: int, **values: object) -> str:
        """Give a text that counts: `key.one` for one, `key.other` for the rest."""
        form = "one" if count == 1 else "other"
        return self(f"{key}.{form}", count=self.number(count), **values)

    def label(self, kind: str, code: object) -> str:
        """Give the word for a code; the code itself where the catalogue has none."""
        return self.entries.get(f"{kind}.{code}", str(code))

    def has(self, key: str) -> bool:
        """Tell whether the catalogue has a text."""
        return key in self.entries

    def number(self, value: float | Decimal) -> str:
        """Write a number with the separators of the language."""
        return self._separated(f"{value:,}")

    def money(self, cents: int | None) -> str:
        """Write an amount in euros; whole euros without cents."""
        if cents is None:
            return self("common.unknown")
        form = ",.0f" if cents % CENTS == 0 else ",.2f"
        sign = "-" if cents < 0 else ""
        return (
            f"{sign}€\N{NO-BREAK SPACE}{self._separated(format(Decimal(abs(cents)) / CENTS, form))}"
        )

    def day(self, value: date | None) -> str:
        """Write a day: 31 december 2026."""
        if value is None:
            return self("common.unknown")
        return f"{value.day} {self(f'month.{value.month}')} {value.year}"

    def moment(self, value: datetime | None) -> str:
        """Write a moment in Dutch time: 31 december 2026, 14.30 uur."""
        if value is None:
            return self("common.unknown")
        local = value.astimezone(LEGAL_TIME)
        clock = f"{local:%H.%M}" if self.language == "nl" else f"{local:%H:%M}"
        return self("common.moment", day=self.day(local.date()), clock=clock)

    def _separated(self, text: str) -> str:
        if self.language == "en":
            return text
        return text.translate(str.maketrans(",.", ".,"))


@cache
def texts(language: str) -> Texts:
    """Read the files of a catalogue once; each holds the texts of some pages."""
    read = [_read(file) for file in sorted(_HERE.glob(f"*{language}.yaml"))]
    return Texts(language, dict(pair for file in read for pair in _flat("", file)))


def _read(file: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return read


def _flat(above: str, branch: Mapping[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in branch.items():
        key = f"{above}{name}"
        found += _flat(f"{key}.", value) if isinstance(value, dict) else [(key, str(value))]
    return found
