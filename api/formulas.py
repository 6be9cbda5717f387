"""Texts in tables that people open in a spreadsheet."""

from typing import Final

_STARTS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")
"""Full-width signs too: spreadsheets of some languages read them as the plain ones."""


def inert(text: str) -> str:
    """Make text that a spreadsheet would take for a formula plain text.

    A quotation mark goes before `=`, `+`, `-`, `@`, tab and line ends. Source: OWASP, CSV
    Injection.
    """
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text
