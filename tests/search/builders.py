"""Short ways to write down enterprises and offerings; only what matters is named."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import Any

from search.client import Client
from search.documents import Document, EnterpriseFacts, OfferingFacts, documents_of
from search.dutch import analyser
from search.find import find
from search.query import Search
from search.rebuild import live_index, rebuild

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def enterprise(name: str, **facts: Any) -> EnterpriseFacts:
    return EnterpriseFacts(id=name, name=name, updated_at=LONG_AGO, **facts)


def offering(offering_id: str, title: str = "", **facts: Any) -> OfferingFacts:
    return OfferingFacts(id=offering_id, title=title, **facts)


def documents(firm: EnterpriseFacts, *offerings: OfferingFacts) -> tuple[Document, ...]:
    return documents_of(firm, offerings, analyser())


async def each(items: Iterable[Document]) -> AsyncIterator[Document]:
    for item in items:
        yield item


async def fill(client: Client, prefix: str, *groups: Iterable[Document]) -> str:
    """Rebuild the index with these documents; gives its name."""
    await rebuild(client, prefix, each(one for group in groups for one in group))
    return live_index(prefix)


async def found(client: Client, index: str, text: str = "", **asked: Any) -> list[str]:
    """Search; gives the enterprises found, in order."""
    page = await find(client, index, text, Search(**asked), analyser())
    return [hit.enterprise_id for hit in page.hits]
