import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import msgspec

from api.domain.social_return import rule_book, rule_book_checks
from api.domain.social_return.rule_book import RuleBook

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "rule-books.md").read_text(encoding="utf-8")


def keys(kind: type[msgspec.Struct]) -> Iterator[str]:
    for field in msgspec.structs.fields(kind):
        yield re.sub("Cents$", "Eur", field.encode_name)
        for part in (field.type, *get_args(field.type)):
            if isinstance(part, type) and issubclass(part, msgspec.Struct):
                yield from keys(part)


def test_every_key_of_a_rule_book_is_explained() -> None:
    assert [key for key in sorted(set(keys(RuleBook))) if f"`{key}`" not in PAGE] == []


def test_every_choice_of_a_rule_book_is_explained() -> None:
    choices = {
        str(choice)
        for kind in vars(rule_book).values()
        if isinstance(kind, type) and kind.__module__ == rule_book.__name__
        for choice in getattr(kind, "__members__", {}).values()
    }
    assert [choice for choice in sorted(choices) if f"`{choice}`" not in PAGE] == []


def test_every_fault_code_is_explained() -> None:
    sources = (
        Path(rule_book_checks.__file__),
        ROOT / "importers" / "rule_books" / "parse.py",
    )
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    codes = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', text)) - {"utf-8"}
    assert len(codes) > 20
    assert [code for code in sorted(codes) if f"`{code}`" not in PAGE] == []
