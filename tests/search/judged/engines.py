"""The demo directory in two indexes: ours, as the API fills and asks it, and a plain one.

The plain one holds the same texts as they were written, under the engine's own defaults:
no analysis, no synonyms, its own tolerance of typing errors. It is asked the words as typed,
less the places, with the area filter that the API makes of these; both spare it misses.
"""

import os
import uuid
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import date, datetime
from typing import Any, Final

import msgspec

from api import index, indexing
from api.database import Row, fetch
from api.directory.schemas import SearchFilters, SearchQuery
from api.directory.service import Question, look_up, question
from api.piccolo_conf import DB
from api.reference.service import reference
from api.settings import settings
from importers.demo.load import load_enterprises
from search.client import Client
from search.documents import tie_break
from search.query import Search, filters
from search.rebuild import drop, live_index, next_index

DEPTH: Final = 50
"""Enterprises that are looked at."""
TEXTS: Final = ["title", "products", "labels", "names", "description", "mission", "kvkNumber"]
_OFFERED: Final = """
SELECT coalesce(o.id, e.id)::text AS id, e.id::text AS enterprise, e.kvk_number, e.name,
  e.trade_names, e.mission, o.title, o.products, o.description, o.cpv_codes, o.area_full,
  o.area_partial
FROM enterprise e LEFT JOIN offering o ON o.enterprise = e.id AND o.withdrawn_at IS NULL
WHERE e.state = 'published'
ORDER BY e.kvk_number, o.title
"""


class Ranking(msgspec.Struct, frozen=True):
    """KvK numbers in the order found."""

    ours: tuple[str, ...]
    plain: tuple[str, ...]


@contextmanager
def own_prefix() -> Iterator[None]:
    """Name our indexes so that a shared engine keeps its others."""
    before = os.environ.get("INDEX_PREFIX")
    os.environ["INDEX_PREFIX"] = f"judged-{uuid.uuid4().hex[:12]}"
    settings.cache_clear()
    yield
    os.environ.pop("INDEX_PREFIX")
    if before is not None:
        os.environ["INDEX_PREFIX"] = before
    settings.cache_clear()


async def rankings(
    texts: Iterable[str], url: str, key: str | None, now: datetime
) -> dict[str, Ranking]:
    """Rank the demo directory for each text; nothing stays, in database or engine.

    Needs an open pool and the shipped codes and areas.
    """
    with own_prefix():
        async with index.engine(url, key) as client, DB.transaction() as transaction:
            await load_enterprises(now)
            async with _filled(client) as plain:
                found = {text: await _ranking(text, plain, now.date()) for text in texts}
            await transaction.rollback()  # type: ignore[no-untyped-call]  # Piccolo leaves it bare
    return found


@asynccontextmanager
async def _filled(client: Client) -> AsyncIterator[str]:
    """Fill both indexes; gives the name of the plain one."""
    prefix = settings().index_prefix
    plain = f"{prefix}_plain"
    rows = await fetch(_OFFERED)
    try:
        await indexing.rebuild()
        await _draw_the_same_lots(client, live_index(prefix), rows)
        await _fill_plain(client, plain, rows)
        yield plain
    finally:
        for name in (live_index(prefix), next_index(prefix), plain):
            await drop(client, name)


async def _draw_the_same_lots(client: Client, name: str, rows: Sequence[Row]) -> None:
    """Order equals alike in each run: their lots come from ids, which each loading makes anew."""
    lots = [
        {"id": row["id"], "tieBreak": tie_break(row["kvk_number"], row["title"] or "")}
        for row in rows
    ]
    await client.wait(await client.change("PUT", f"/indexes/{name}/documents", lots))


async def _fill_plain(client: Client, name: str, rows: Sequence[Row]) -> None:
    known = await reference()
    documents = [
        {
            "id": row["id"],
            "enterpriseId": row["enterprise"],
            "title": row["title"],
            "products": row["products"],
            "labels": [known.cpv_label(code) for code in row["cpv_codes"] or ()],
            "names": [row["name"], *row["trade_names"]],
            "description": row["description"],
            "mission": row["mission"],
            "kvkNumber": row["kvk_number"],
            "areaFull": row["area_full"],
            "areaPartial": row["area_partial"],
            "nationwide": "NL" in (row["area_full"] or ()),
        }
        for row in rows
    ]
    wanted: dict[str, Any] = {
        "searchableAttributes": TEXTS,
        "filterableAttributes": ["areaFull", "areaPartial", "nationwide"],
        "distinctAttribute": "enterpriseId",
    }
    made = await client.change("POST", "/indexes", {"uid": name, "primaryKey": "id"})
    set_up = await client.change("PATCH", f"/indexes/{name}/settings", wanted)
    filled = await client.change("POST", f"/indexes/{name}/documents", documents)
    await client.wait(made, set_up, filled)


async def _ranking(text: str, plain: str, day: date) -> Ranking:
    asked = await question(SearchQuery(filters=SearchFilters(q=text), limit=DEPTH), day)
    found = await look_up(asked)
    ours = [hit.enterprise_id for hit in found.hits]
    theirs = await _ask_plain(asked, plain)
    numbers = await _kvk_numbers({*ours, *theirs})
    return Ranking(
        tuple(numbers[one] for one in ours),
        tuple(numbers[one] for one in theirs),
    )


async def _ask_plain(asked: Question, plain: str) -> list[str]:
    body = {
        "indexUid": plain,
        "q": asked.text,
        "filter": filters(Search(areas=asked.search.areas)),
        "limit": DEPTH,
        "attributesToRetrieve": ["id", "enterpriseId"],
    }
    page = await index.client().search(body)
    return [hit.enterprise_id for hit in page.hits]


async def _kvk_numbers(enterprises: Iterable[str]) -> dict[str, str]:
    rows = await fetch(
        "SELECT id::text, kvk_number FROM enterprise WHERE id = ANY($1::uuid[])",
        list(enterprises),
    )
    return {row["id"]: row["kvk_number"] for row in rows}
