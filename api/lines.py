"""Lines of a document to print: what they say, and what they are."""

from enum import StrEnum

import msgspec


class LineKind(StrEnum):
    """What a line is in its document."""

    TITLE = "title"
    HEADING = "heading"
    TEXT = "text"


class Line(msgspec.Struct, frozen=True):
    """A line, with a name before it where it has one."""

    kind: LineKind
    text: str
    name: str = ""
