"""Fill, refresh and replace the index. The live index answers until the new one is whole."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from search.client import Client
from search.documents import Document
from search.errors import EngineRefused
from search.query import any_of
from search.settings import mark_of, marked, settings, settings_hash

BATCH: Final = 1_000
"""Documents a request: some 2 MB."""
_PREFIX: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")


def live_index(prefix: str) -> str:
    """Name the index that answers searches. A prefix keeps installations and tests apart."""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"{prefix!r} cannot begin the name of an index")
    return f"{prefix}_offerings"


def next_index(prefix: str) -> str:
    """Name the index that a rebuild fills."""
    return f"{live_index(prefix)}_next"


async def up_to_date(client: Client, prefix: str, build: str = "") -> bool:
    """Tell whether the live index is the one of this build, by this code, settings and lists."""
    try:
        synonyms = await client.setting(live_index(prefix), "synonyms")
    except EngineRefused as refused:
        if refused.code != "index_not_found":
            raise
        return False
    return mark_of(synonyms) == settings_hash() + build


async def rebuild(
    client: Client, prefix: str, documents: AsyncIterator[Document], build: str = ""
) -> int:
    """Fill a fresh index, swap it with the live one, drop the old; gives documents sent.

    Changes that are made meanwhile must be sent again afterwards (the outbox does so),
    and only one rebuild may run at a time: both are the caller's to see to. A caller that
    can lose its lock names its `build` (letters and digits), and asks `up_to_date` for it:
    nothing keeps the engine from swapping for one that lost it.
    """
    live, fresh = live_index(prefix), next_index(prefix)
    await drop(client, fresh)
    await _create(client, fresh)
    wanted = marked(settings(), settings_hash() + build)
    await client.wait(await client.change("PATCH", f"/indexes/{fresh}/settings", wanted))
    sent = await _fill(client, fresh, documents)
    await _put_in_place(client, fresh, live)
    await drop(client, fresh)
    return sent


async def replace(client: Client, prefix: str, documents: Mapping[str, Sequence[Document]]) -> None:
    """Bring enterprises up to date, by id; one without documents disappears."""

    async def at_once() -> AsyncIterator[Mapping[str, Sequence[Document]]]:
        yield documents

    await replace_all(client, prefix, at_once())


async def replace_all(
    client: Client, prefix: str, parts: AsyncIterator[Mapping[str, Sequence[Document]]]
) -> None:
    """Bring many enterprises up to date; the engine works on a part while the next is made.

    First the new documents go in, which the engine does together, then those no longer
    current go out, so that an enterprise is never missing in between.
    """
    index = live_index(prefix)
    tasks: list[int] = []
    current: dict[str, tuple[str, ...]] = {}
    async for part in parts:
        documents = [document for several in part.values() for document in several]
        if documents:
            tasks.append(await client.add(index, documents))
        current |= {one: tuple(document.id for document in part[one]) for one in part}
    if current:
        tasks.append(await client.delete_where(index, _no_longer_current(current)))
    await client.wait(*tasks)


async def drop(client: Client, index: str) -> None:
    """Delete an index; no harm if there is none."""
    try:
        await client.wait(await client.change("DELETE", f"/indexes/{index}"))
    except EngineRefused as refused:
        if refused.code != "index_not_found":
            raise


def _no_longer_current(current: Mapping[str, Sequence[str]]) -> str:
    """Build the filter for documents of these enterprises that are not among the given ids."""
    ids = [document for several in current.values() for document in several]
    theirs = any_of("enterpriseId", current)
    return f"{theirs} AND NOT {any_of('id', ids)}" if ids else theirs


async def _fill(client: Client, index: str, documents: AsyncIterator[Document]) -> int:
    tasks: list[int] = []
    sent = 0
    async for batch in _batches(documents):
        tasks.append(await client.add(index, batch))
        sent += len(batch)
    await client.wait(*tasks)
    return sent


async def _batches(documents: AsyncIterator[Document]) -> AsyncIterator[list[Document]]:
    batch: list[Document] = []
    async for document in documents:
        batch.append(document)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def _create(client: Client, index: str) -> None:
    body = {"uid": index, "primaryKey": "id"}
    await client.wait(await client.change("POST", "/indexes", body))


async def _put_in_place(client: Client, fresh: str, live: str) -> None:
    """Swap the indexes; where none is live yet, the fresh one gets its name.

    An empty one to swap with would answer for a moment, and know none of the settings.
    """
    swap: dict[str, object] = {"indexes": [live, fresh]}
    try:
        await client.wait(await client.change("POST", "/swap-indexes", [swap]))
    except EngineRefused as refused:
        if refused.code != "index_not_found":
            raise
        swap = {"indexes": [fresh, live], "rename": True}
        await client.wait(await client.change("POST", "/swap-indexes", [swap]))
