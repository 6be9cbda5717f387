"""Harm to files: blindly in their bytes, or knowing their structure so that it goes deeper."""

import io
import json
import random
import re
import zipfile
from collections.abc import Callable
from typing import Any, Final

from tests.api.obligations.test_fuzzed_files import mutated

VALUES: Final = (
    *(
        "",
        " ",
        "0",
        "-1",
        "-0",
        "1e999",
        "NaN",
        "Infinity",
        "١٢٣",
        "\uff11\uff12",
        "0x1f",
        "1_000",
        "½",
    ),
    *("9" * 400, "0." + "0" * 400 + "1", "1" * 5_000, "true", "null", "[]", "=1+1", "@", "é\u0301"),
    *("0000-00-00", "9999-12-31", "0001-01-01", "10000-01-01", "2026-02-30", "2026-13-01T25:61:61"),
    *("2026-01-01T00:00:00+99:99", "9999-12-31T23:59:59-14:00", "24:00:00", "23:59:60"),
    *("77310000-6", "00000000", "99999999-9", "NL", "NL350", "XX", "\u202e", "\ufeff", "\u2028"),
    *("a" * 70_000, "<b>", "&amp;", "&#x10FFFF;", "%s%n", "../../x", "\t", "\r", "\n\n"),
)
"""What a value may be; each was the end of some reader somewhere."""
_YAML: Final = ("*a", "&a [*a]", "!!python/object:x", "{a: {b: 1}}", "|", "[1, 2", "? x")
_TEXT: Final = re.compile(rb">([^<>]+)<")
_ELEMENT: Final = re.compile(rb"<([A-Za-z][\w:.-]*)[^<>]*>[^<>]*</\1>")
_ATTRIBUTE: Final = re.compile(rb'="([^"<>]*)"')
Mutation = Callable[[bytes, random.Random], bytes]


def xml(content: bytes, chance: random.Random) -> bytes:
    """Change, drop, double or move elements and values; what comes is mostly well formed."""
    for _ in range(chance.randint(1, 5)):
        pattern = chance.choice((_TEXT, _TEXT, _ELEMENT, _ATTRIBUTE))
        found = list(pattern.finditer(content))
        if not found:
            continue
        one = chance.choice(found)
        if pattern is _ELEMENT:
            other = chance.choice(found)[0]
            new = chance.choice((b"", one[0] * 2, one[0] * 300, other))
            content = content[: one.start()] + new + content[one.end() :]
        else:
            start, end = one.span(1)
            content = content[:start] + _escaped(chance.choice(VALUES)) + content[end:]
    return content


def _escaped(value: str) -> bytes:
    return value.replace("<", "&lt;").replace('"', "&quot;").encode()


def jsons(content: bytes, chance: random.Random) -> bytes:
    """Change, drop, double or nest values of one line or of the whole document."""
    lines = content.split(b"\n")
    whole = len(lines) < 2 or not lines[1].startswith(b"{")
    place = 0 if whole else chance.randrange(len(lines))
    try:
        root = json.loads(content if whole else lines[place])
    except ValueError:
        return mutated(content, chance)
    holder = [root]
    for _ in range(chance.randint(1, 5)):
        _change(holder, chance)
    new = json.dumps(holder[0] if holder else None).encode()
    return new if whole else b"\n".join([*lines[:place], new, *lines[place + 1 :]])


def _change(holder: Any, chance: random.Random) -> None:
    """Walk down at random, and harm what is met."""
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            return
        key = chance.choice(keys)
        inner = holder[key]
        if not isinstance(inner, dict | list) or chance.random() < 0.1:
            break
        holder = inner
    others: tuple[Any, ...] = (None, True, -1, 1.5, 2**70, [], {}, [inner], {"id": inner})
    match chance.randrange(4):
        case 0:
            holder[key] = chance.choice(VALUES)
        case 1:
            holder[key] = chance.choice(others)
        case 2:
            del holder[key]
        case _:
            holder[key] = [inner] * chance.choice((2, 200))


def csvs(content: bytes, chance: random.Random) -> bytes:
    """Change, drop, double or swap cells and rows."""
    mark = chance.choice((b";", b",", b"\t")) if chance.random() < 0.05 else None
    rows = content.splitlines(keepends=True)
    delimiter = b";" if rows and rows[0].count(b";") >= rows[0].count(b",") else b","
    for _ in range(chance.randint(1, 5)):
        if not rows:
            break
        place = chance.randrange(len(rows))
        cells = rows[place].rstrip(b"\r\n").split(delimiter)
        cell, other = chance.randrange(len(cells)), chance.randrange(len(cells))
        match chance.randrange(5):
            case 0 | 1:
                cells[cell] = b'"' + chance.choice(VALUES).replace('"', '""').encode() + b'"'
            case 2:
                cells[cell], cells[other] = cells[other], cells[cell]
            case 3:
                cells.insert(cell, cells[other])
            case _:
                cells *= chance.choice((0, 2))
        rows[place] = (mark or delimiter).join(cells) + b"\r\n"
    return b"".join(rows)


def texts(content: bytes, chance: random.Random) -> bytes:
    """Change values behind a colon, and the depth and order of lines, as in YAML."""
    lines = content.splitlines(keepends=True)
    for _ in range(chance.randint(1, 5)):
        if not lines:
            break
        place, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        name, colon, _value = lines[place].partition(b":")
        match chance.randrange(5):
            case 0 | 1:
                value = chance.choice((*VALUES, *_YAML))
                lines[place] = name + colon + b" " + value.encode() + b"\n"
            case 2:
                lines[place], lines[other] = lines[other], lines[place]
            case 3:
                lines[place] = b"  " + lines[place]
            case _:
                lines.insert(place, lines[other])
    return b"".join(lines)


def workbook(content: bytes, chance: random.Random) -> bytes:
    """Harm one part inside a workbook; the packing itself stays sound."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as made:
        names = source.namelist()
        harmed = chance.choice([name for name in names if "sheet" in name or "String" in name])
        harmed = chance.choice(names) if chance.random() < 0.3 else harmed
        for name in names:
            part = source.read(name)
            if name == harmed:
                part = (xml if chance.random() < 0.8 else mutated)(part, chance)
            made.writestr(name, part, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def harmed(content: bytes, knowing: Mutation, chance: random.Random) -> bytes:
    """Harm a file: mostly knowing its structure, sometimes blindly, sometimes both."""
    way = chance.random()
    if way < 0.75:
        content = knowing(content, chance)
    return mutated(content, chance) if way > 0.65 else content
