"""Untrusted bytes into the tree of one XML document, within limits; nothing outside is opened.

Document types are refused, so there are no entities to expand and no files to fetch. Every
limit holds while reading, before memory is spent. They are own choices, far above the
largest real notice seen (3,200 elements, 12 levels, 6,000 characters in one text).
"""

import re
from typing import Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers.expat import XMLParserType, errors

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from api.domain.errors import Fault, InvalidInput, TooLarge

MAX_BYTES: Final = 20_000_000
MAX_DEPTH: Final = 100
MAX_NODES: Final = 250_000
"""Elements and attributes together."""
MAX_NAME: Final = 500
"""Characters in a name, its namespace included."""
MAX_TEXT: Final = 200_000
"""Characters between two tags."""
MAX_TOKEN: Final = 256 * 1024
"""Bytes without any element or text: an endless tag, comment or attribute."""

_CHUNK: Final = 64 * 1024
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([^"']{0,40})["']""")
_INVALID_TOKEN: Final = errors.codes[errors.XML_ERROR_INVALID_TOKEN]
_CUT_SHORT: Final = (
    errors.codes[errors.XML_ERROR_NO_ELEMENTS],
    errors.codes[errors.XML_ERROR_UNCLOSED_TOKEN],
    errors.codes[errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
    errors.codes[errors.XML_ERROR_PARTIAL_CHAR],
)
_WRONG_ENCODING: Final = (
    errors.codes[errors.XML_ERROR_UNKNOWN_ENCODING],
    errors.codes[errors.XML_ERROR_INCORRECT_ENCODING],
)


class _LimitExceeded(Exception):
    """Breaks off reading; carries the code and the detail of the fault."""


class _LimitedTreeBuilder:
    """Builds the tree, and stops at the first limit that is passed."""

    def __init__(self) -> None:
        self.events = 0
        self._tree = TreeBuilder()
        self._depth = 0
        self._nodes = 0
        self._text = 0

    def start(self, tag: str, attributes: dict[str, str]) -> Element:
        """Open an element."""
        self.events += 1
        self._depth += 1
        self._nodes += 1 + len(attributes)
        self._text = 0
        # A long namespace is written out again for each name: time by length times number.
        if max(len(name) for name in (tag, *attributes)) > MAX_NAME:
            raise _LimitExceeded("xml-name-too-long", f"a name of more than {MAX_NAME} characters")
        if self._depth > MAX_DEPTH:
            raise _LimitExceeded("xml-too-deep", f"elements nest more than {MAX_DEPTH} deep")
        if self._nodes > MAX_NODES:
            raise _LimitExceeded(
                "xml-too-many-nodes", f"more than {MAX_NODES} elements and attributes"
            )
        return self._tree.start(tag, attributes)

    def end(self, tag: str) -> Element:
        """Close an element."""
        self.events += 1
        self._depth -= 1
        self._text = 0
        return self._tree.end(tag)

    def data(self, text: str) -> None:
        """Add text to the open element."""
        self.events += 1
        self._text += len(text)
        if self._text > MAX_TEXT:
            raise _LimitExceeded("xml-text-too-long", f"a text of more than {MAX_TEXT} characters")
        self._tree.data(text)

    def close(self) -> Element:
        """Give the root."""
        return self._tree.close()


class _Parser(DefusedXMLParser):
    """The hardened parser; it knows where it is."""

    parser: XMLParserType

    def place(self) -> str:
        """Give the line and column, both counted from 1."""
        return _place(self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber)


def read(document: bytes) -> Element:
    """Read one XML document of at most 20 MB (`MAX_BYTES`); bigger ones raise `TooLarge`.

    Whoever receives the bytes is expected to refuse bigger ones before they are all in
    memory. Raises `InvalidInput` with the line and column of the fault.
    """
    if len(document) > MAX_BYTES:
        raise TooLarge(f"A notice has at most {MAX_BYTES} bytes; this one has {len(document)}.")
    if not document.strip():
        raise InvalidInput(Fault("xml-empty", "The document is empty.", _place(1, 0)))

    builder = _LimitedTreeBuilder()
    parser = _Parser(target=builder, forbid_dtd=True)
    try:
        _feed(parser, builder, document)
        root: Element = parser.close()
    except ParseError as error:
        raise InvalidInput(_malformed(error, document)) from error
    except _LimitExceeded as limit:
        code, detail = limit.args
        raise InvalidInput(Fault(code, f"Refused: {detail}.", parser.place())) from limit
    except DefusedXmlException as error:
        detail = "Refused: a document type (DOCTYPE); eForms notices have none."
        raise InvalidInput(Fault("xml-doctype-forbidden", detail, parser.place())) from error
    except (LookupError, ValueError) as error:
        raise InvalidInput(_unreadable_encoding(document, parser.place())) from error
    return root


def _feed(parser: _Parser, builder: _LimitedTreeBuilder, document: bytes) -> None:
    seen, stalled = -1, 0
    for start in range(0, len(document), _CHUNK):
        parser.feed(document[start : start + _CHUNK])
        stalled = 0 if builder.events > seen else stalled + _CHUNK
        seen = builder.events
        if stalled >= MAX_TOKEN:
            raise _LimitExceeded("xml-token-too-long", f"{MAX_TOKEN} bytes without element or text")


def _malformed(error: ParseError, document: bytes) -> Fault:
    line, column = error.position
    place = _place(line, column)
    if error.code == _INVALID_TOKEN and (undecodable := _undecodable(document)) is not None:
        return undecodable
    if error.code in _CUT_SHORT:
        return Fault("xml-truncated", f"The document breaks off, or is not XML: {error}.", place)
    if error.code in _WRONG_ENCODING:
        return _unreadable_encoding(document, place)
    return Fault("xml-malformed", f"This is not well-formed XML: {error}.", place)


def _undecodable(document: bytes) -> Fault | None:
    """Find the byte that belies UTF-8: the parser only calls it an invalid token."""
    if _declared_encoding(document) not in ("", "utf-8"):
        return None
    try:
        document.decode()
    except UnicodeDecodeError as error:
        before = document[: error.start]
        place = _place(before.count(b"\n") + 1, len(before) - before.rfind(b"\n") - 1)
        detail = f"Byte 0x{document[error.start]:02X} is not UTF-8, which the document says it is."
        return Fault("xml-encoding", detail, place)
    return None


def _unreadable_encoding(document: bytes, place: str) -> Fault:
    declared = _declared_encoding(document) or "undeclared"
    detail = f"The document can't be decoded (encoding {declared}); supply it in UTF-8."
    return Fault("xml-encoding", detail, place)


def _declared_encoding(document: bytes) -> str:
    found = _DECLARED.match(document[:400])
    return found[1].decode("ascii", "replace").lower() if found else ""


def _place(line: int, column: int) -> str:
    """Write a place; expat counts columns from 0, readers from 1."""
    return f"line {line}, column {column + 1}"
