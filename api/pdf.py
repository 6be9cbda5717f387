"""Lines to a PDF: text that can be read aloud and searched, its fonts embedded.

Loaded where somebody asks for one: the library and its fonts take memory (ADR 49).
"""

import io
import unicodedata
from collections.abc import Iterable
from html import escape
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

from api.lines import Line, LineKind

_PLAIN: Final = TTFont("Vera", "Vera.ttf")
_BOLD: Final = TTFont("VeraBd", "VeraBd.ttf")
_GLYPHS: Final = frozenset(_PLAIN.face.charToGlyph)
for _font in (_PLAIN, _BOLD):
    pdfmetrics.registerFont(_font)
_TEXT: Final = ParagraphStyle("text", fontName="Vera", fontSize=9, leading=13, spaceAfter=4)
_TITLE: Final = ParagraphStyle("title", fontName="VeraBd", fontSize=15, leading=20, spaceAfter=8)
_HEADING: Final = ParagraphStyle(
    "heading", fontName="VeraBd", fontSize=11, leading=15, spaceBefore=10, spaceAfter=4
)
_STYLES: Final = {LineKind.TEXT: _TEXT, LineKind.TITLE: _TITLE, LineKind.HEADING: _HEADING}


def pdf(title: str, lines: Iterable[Line]) -> bytes:
    """Set the lines one below the other; the same lines give the same bytes."""
    target = io.BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        title=_drawable(title),
        author="Perceel",
        lang="nl",
        invariant=1,
    )
    set_lines: list[Flowable] = [_set(line) for line in lines]
    document.build(set_lines, onFirstPage=_numbered, onLaterPages=_numbered)
    return target.getvalue()


def _set(line: Line) -> Paragraph:
    name = escape(_drawable(line.name))
    label = f'<font name="VeraBd">{name}</font><br/>' if name else ""
    return Paragraph(label + escape(_drawable(line.text)), _STYLES[line.kind])


def _drawable(text: str) -> str:
    """Write what the font has no sign for without its accent, and else as a question mark."""
    return "".join(one if ord(one) in _GLYPHS else _nearest(one) for one in text)


def _nearest(sign: str) -> str:
    if sign.isspace():
        return " "
    base = unicodedata.normalize("NFKD", sign)[0]
    return base if ord(base) in _GLYPHS else "?"


def _numbered(canvas: Canvas, _: object) -> None:
    canvas.setFont("Vera", 8)
    canvas.drawRightString(A4[0] - 20 * mm, 10 * mm, f"Bladzijde {canvas.getPageNumber()}")
