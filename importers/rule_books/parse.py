"""Read a rule book from YAML text. Every fault has its line; all are reported at once.

The text is composed into nodes, never loaded into objects: a node keeps its line and the
characters as written, so that `no` stays a word and `0.05` never becomes a float.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from types import NoneType
from typing import Any, Final, TypeVar, get_args, get_origin

import msgspec
import yaml

from api.domain.errors import Fault, InvalidInput, TooLarge
from api.domain.social_return.rule_book import RuleBook
from api.domain.social_return.rule_book_checks import OF_ONE_ROW, rule_book_faults
from api.domain.values import Cents, euros_to_cents

SHIPPED: Final = Path(__file__).parent / "data"
MAX_CHARACTERS: Final = 200_000
MAX_DEPTH: Final = 8
"""Deeper than any rule book goes; the library's composer recurses."""

_SCALARS: Final[Mapping[Any, tuple[re.Pattern[str], str, Callable[[str], Any]]]] = {
    str: (re.compile(r"[^\0]+"), "empty", str),
    bool: (re.compile("true|false"), "neither true nor false", "true".__eq__),
    int: (re.compile(r"-?[0-9]{1,12}"), "no whole number", int),
    Decimal: (
        re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?"),
        "no number such as 36 or 0.05",
        Decimal,
    ),
    Cents: (
        re.compile(r"-?[0-9]{1,12}(\.[0-9]{2})?"),
        "no amount in euros such as 50000 or 7.21",
        lambda text: euros_to_cents(Decimal(text)),
    ),
    date: (
        re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
        "no date such as 2025-01-31",
        date.fromisoformat,
    ),
}
"""For each type: how it is written, what to say otherwise, how to read it."""
_NULL: Final = "tag:yaml.org,2002:null"

AnyStruct = TypeVar("AnyStruct", bound=msgspec.Struct)


def parse_rule_book(text: str) -> RuleBook:
    """Read and check one rule book, or raise `InvalidInput` with every fault and its line."""
    root = _composed(text)
    reader = _Reader()
    book = reader.struct(root, RuleBook, "")
    reader.add(rule_book_faults(book))
    reader.settle()
    return book


def shipped_rule_books() -> Iterator[RuleBook]:
    """Read the rule books that come with the product, in the order of their file names."""
    for path in sorted(SHIPPED.glob("*.yaml")):
        yield parse_rule_book(path.read_text(encoding="utf-8"))


class _Lost(Exception):
    """A value could not be read; its fault is noted already."""


class _Reader:
    """Turns nodes into structs, and remembers where each part stood."""

    def __init__(self) -> None:
        self._found: list[tuple[int, int, Fault]] = []
        self._marks: dict[str, yaml.Mark] = {}
        self._lost: set[str] = set()
        """Pointers of values that could not be read; stand-ins took their place."""
        self._broken: set[str] = set()
        """Pointers of the rows that they belong to."""

    def struct(self, node: yaml.Node, kind: type[AnyStruct], pointer: str) -> AnyStruct:
        """Read a mapping; what is lost gets a stand-in, so that the rest can be checked."""
        if not isinstance(node, yaml.MappingNode):
            raise self._lose(node.start_mark, "wrong-type", "here belong keys with values")
        self._marks[pointer] = node.start_mark
        fields = {_key(field): field for field in msgspec.structs.fields(kind)}
        entries = self._entries(node, list(fields))
        values: dict[str, Any] = {}
        for key, field in fields.items():
            here = f"{pointer}/{field.encode_name}"
            if key not in entries and not field.required:
                continue
            try:
                values[field.name] = self._value(
                    self._needed(entries, key, node), _bare(field), here
                )
            except _Lost:
                self._lost.add(here)
                self._broken.add(pointer)
                if field.required:
                    values[field.name] = _stand_in(_bare(field), here)
        return kind(**values)

    def add(self, faults: Iterable[Fault]) -> None:
        """Take over faults with pointers; those that follow from something lost are dropped."""
        for fault in faults:
            around = {fault.place, fault.place.rpartition("/")[0]}
            follows = fault.code in OF_ONE_ROW and self._broken & around
            if not follows and fault.place not in self._lost:
                self._note(self._mark(fault.place), fault.code, fault.detail)

    def settle(self) -> None:
        """Raise everything found, in the order of the lines, or nothing."""
        if self._found:
            ordered = sorted(self._found, key=lambda found: found[:2])
            raise InvalidInput(*(fault for _, _, fault in ordered))

    def _note(self, mark: yaml.Mark, code: str, detail: str) -> None:
        line, column = _place(mark)
        self._found.append((line, column, Fault(code, detail, f"line {line}, column {column}")))

    def _lose(self, mark: yaml.Mark, code: str, detail: str) -> _Lost:
        self._note(mark, code, detail)
        return _Lost()

    def _mark(self, pointer: str) -> yaml.Mark:
        """Find where a part stood, or the nearest part around it."""
        while pointer not in self._marks:
            pointer = pointer.rpartition("/")[0]
        return self._marks[pointer]

    def _needed(self, entries: dict[str, yaml.Node], key: str, around: yaml.Node) -> yaml.Node:
        if key not in entries:
            raise self._lose(around.start_mark, "missing-key", f"{key} is missing")
        return entries[key]

    def _entries(self, node: yaml.MappingNode, keys: list[str]) -> dict[str, yaml.Node]:
        entries: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = str(key_node.value)
            if key not in keys:
                self._note(key_node.start_mark, "unknown-key", _unknown(key, keys))
            elif key in entries:
                self._note(key_node.start_mark, "duplicate-key", f"{key} stands here twice")
            else:
                entries[key] = value
        return entries

    def _value(self, node: yaml.Node, kind: Any, pointer: str) -> Any:  # noqa: ANN401  any field
        self._marks[pointer] = node.start_mark
        if isinstance(node, yaml.ScalarNode) and node.tag == _NULL:
            detail = "nothing is filled in; leave the key out when it is unknown"
            raise self._lose(node.start_mark, "empty-value", detail)
        if get_origin(kind) is tuple:
            return self._items(node, get_args(kind)[0], pointer)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return self.struct(node, kind, pointer)
        return self._scalar(node, kind)

    def _items(self, node: yaml.Node, kind: Any, pointer: str) -> tuple[Any, ...]:  # noqa: ANN401  any item
        if not isinstance(node, yaml.SequenceNode):
            raise self._lose(node.start_mark, "wrong-type", "here belongs a list")
        return tuple(self._item(item, kind, f"{pointer}/{n}") for n, item in enumerate(node.value))

    def _item(self, node: yaml.Node, kind: Any, pointer: str) -> Any:  # noqa: ANN401  any item
        try:
            return self._value(node, kind, pointer)
        except _Lost:
            self._lost.add(pointer)
            is_struct = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
            return _hollow(kind, pointer) if is_struct else _stand_in(kind, pointer)

    def _scalar(self, node: yaml.Node, kind: Any) -> Any:  # noqa: ANN401  any scalar
        if not isinstance(node, yaml.ScalarNode):
            raise self._lose(node.start_mark, "wrong-type", "here belongs a single value")
        try:
            return _read(node.value.strip(), kind)
        except ValueError as error:
            detail = f"{node.value[:40]!r}: {error}"
            raise self._lose(node.start_mark, "wrong-type", detail) from error


def _composed(text: str) -> yaml.Node:
    """Compose the one document of the text, after a look for what would blow it up."""
    if len(text) > MAX_CHARACTERS:
        raise TooLarge(f"a rule book has at most {MAX_CHARACTERS} characters")
    try:
        _refuse_bombs(text)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        place = _place(error.problem_mark) if error.problem_mark else (1, 1)
        raise _syntax(place, error.problem or "this is no YAML") from error
    except yaml.reader.ReaderError as error:
        place = (text.count("\n", 0, error.position) + 1, 1)
        raise _syntax(place, "a character that YAML does not allow") from error
    if not isinstance(root, yaml.MappingNode):
        raise _syntax((1, 1), "a rule book is a list of keys with values")
    return root


def _refuse_bombs(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _syntax(_place(event.start_mark), f"nested more than {MAX_DEPTH} deep")
        if isinstance(event, yaml.AliasEvent):
            raise _syntax(
                _place(event.start_mark), "anchors and aliases are not used in rule books"
            )


def _place(mark: Any) -> tuple[int, int]:  # noqa: ANN401  two classes, of Python and of C
    """Count lines and columns from one."""
    return mark.line + 1, mark.column + 1


def _syntax(place: tuple[int, int], detail: str) -> InvalidInput:
    line, column = place
    return InvalidInput(Fault("yaml-syntax", detail, f"line {line}, column {column}"))


def _key(field: msgspec.structs.FieldInfo) -> str:
    """Name the key in the file: money is written in euros there."""
    return re.sub("Cents$", "Eur", field.encode_name)


def _bare(field: msgspec.structs.FieldInfo) -> Any:  # noqa: ANN401  the type of any field
    """Give the type of a field without its `| None`."""
    options = [option for option in get_args(field.type) if option is not NoneType]
    is_union = len(options) != len(get_args(field.type))
    return options[0] if is_union else field.type


def _unknown(key: str, keys: list[str]) -> str:
    near = get_close_matches(key, keys, n=1)
    return f"{key} is no key here" + (f"; {near[0]} is" if near else "")


def _read(text: str, kind: Any) -> Any:  # noqa: ANN401  any scalar
    """Read a scalar, or raise `ValueError` saying what it is not."""
    if kind not in _SCALARS:
        return _choice(text, kind)
    form, otherwise, convert = _SCALARS[kind]
    if not form.fullmatch(text):
        raise ValueError(otherwise)
    try:
        return convert(text)
    except ValueError:
        raise ValueError(otherwise) from None


def _choice(text: str, kind: type[StrEnum]) -> StrEnum:
    options = [str(option) for option in kind]
    if text not in options:
        raise ValueError(f"none of {', '.join(options)}")
    return kind(text)


def _stand_in(kind: Any, pointer: str) -> Any:  # noqa: ANN401  any field
    """Give something harmless for a value that could not be read."""
    if get_origin(kind) is tuple:
        return ()
    if kind is Decimal:
        return Decimal(1)
    return next(iter(kind)) if issubclass(kind, StrEnum) else f"?{pointer}"


def _hollow(kind: type[AnyStruct], pointer: str) -> AnyStruct:
    """Give a row of stand-ins, so that the rows after it keep their number."""
    fields = (field for field in msgspec.structs.fields(kind) if field.required)
    return kind(
        **{field.name: _stand_in(_bare(field), f"{pointer}/{field.name}") for field in fields}
    )
