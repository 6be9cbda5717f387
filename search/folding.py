"""Text to plain words: the one spelling in which documents, queries and lists meet."""

import re
import unicodedata
from typing import Final

_PLURAL: Final = re.compile("(?<=[a-z])['\u2019\u2018`]s\\b")
_APOSTROPHES: Final = re.compile("['\u2019\u2018`]")
_WORD: Final = re.compile(r"[a-z0-9]+")


def fold(text: str) -> str:
    """Bring text to lower-case ASCII: accents and apostrophes go, and so does a plural `'s`."""
    plain = unicodedata.normalize("NFKD", text.lower())
    whole = _APOSTROPHES.sub("", _PLURAL.sub("", plain))
    return whole.encode("ascii", "ignore").decode("ascii")


def words(text: str) -> list[str]:
    """Give the words of a text, folded, in order."""
    return _WORD.findall(fold(text))
