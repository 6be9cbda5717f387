"""Sound files with bytes lost, doubled, moved and changed: an answer always, never a crash.

FUZZ_FILES sets how many of each kind: some dozens by default, `make fuzz` a thousand.
"""

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.api.obligations.test_entry_imports import invoice, purchases
from tests.builders import a_csv_notice, a_json_notice

FILES = int(os.environ.get("FUZZ_FILES", "40"))
GROWTH_MB = 150
CSV, XML, JSON = "text/csv", "application/xml", "application/json"
DEMO = Path(__file__).parents[3] / "importers" / "demo" / "notices"
SPEND = "kvk;leverancier;datum;bedrag;cpv\n12345678;De Kwast;2026-03-01;1.250,50;45442100\n"
NASTY = (
    b"\x00",
    b"\xff\xfe",
    b"]]>",
    b"<!DOCTYPE x>",
    b'"',
    b"';--",
    b"\r\n\r\n",
    b"NaN",
    b"1e999",
)


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Harm a file in one to four places."""
    data = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(data) + 1), chance.randint(1, 200)
        match chance.randrange(5):
            case 0:
                del data[at : at + length]
            case 1:
                data[at:at] = data[at : at + length]
            case 2:
                data[at:at] = chance.choice(NASTY)
            case 3:
                data[at : at + 4] = chance.randbytes(4)
            case _:
                del data[at:]
    return bytes(data)


KINDS: dict[str, tuple[str, str, Callable[[Any], bytes | str]]] = {
    "eforms": ("/notices", XML, lambda _: (DEMO / "drukwerk-post-veenmeer.xml").read_bytes()),
    "ocds": ("/notices", JSON, lambda _: a_json_notice(lots=[{"id": "1", "title": "Groen"}])),
    "tenderned": ("/notices", CSV, lambda _: a_csv_notice()),
    "entries": (
        "{obligation}/entry-imports",
        CSV,
        lambda world: purchases(world, ("F-1", "1.250,50"), ("F-2", "300")),
    ),
    "invoices": ("{obligation}/invoices", XML, invoice),
    "spend": ("/spend-files", CSV, lambda _: SPEND),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_harmed_file_is_answered(world: Any, kind: str) -> None:
    path, media_type, sound = KINDS[kind]
    who = "contractor" if "obligation" in path else "authority"
    url = f"/v1{path.format(obligation=await world.obligation())}"
    given, chance = sound(world), random.Random(kind)
    content = given.encode() if isinstance(given, str) else given
    headers = {"Authorization": f"Bearer {world.keys[who]}", "Content-Type": media_type}
    before = psutil.Process().memory_info().rss

    seen: set[int] = set()
    for _ in range(FILES):
        body = mutated(content, chance)
        answer = await world.client.post(url, content=body, headers=headers)
        assert answer.status_code < 500, (answer.text, body)
        if answer.status_code >= 400:
            assert answer.json()["code"], answer.text
        seen.add(answer.status_code)

    assert 400 in seen
    assert (psutil.Process().memory_info().rss - before) / 2**20 < GROWTH_MB
