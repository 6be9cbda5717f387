"""The process's connection to the search engine; the engine's errors in words of ours."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from api.domain.errors import Fault, InvalidInput, Unavailable
from api.settings import settings
from search.client import Client
from search.errors import EngineRefused, EngineUnavailable, TooDeep, WrongPosition

logger = logging.getLogger(__name__)
_held: list[Client] = []
_OF_ANOTHER_BUILD: Final = frozenset(
    ("index_not_found", "invalid_search_filter", "invalid_search_facets", "invalid_search_sort")
)
"""What the engine says of an index of former code, until the worker has built it anew.

No caller can bring any of it about: filters, facets and orders are made by this code.
"""


@asynccontextmanager
async def engine(url: str | None = None, key: str | None = None) -> AsyncIterator[Client]:
    """Hold a connection to the engine that the settings name, or to another."""
    here = settings()
    address = url or here.meilisearch_url
    if address is None:
        raise Unavailable("No search engine is set: MEILISEARCH_URL is empty.")
    async with Client(address, key or here.meilisearch_key) as client:
        _held.append(client)
        try:
            yield client
        finally:
            _held.remove(client)


def client() -> Client:
    """Give the connection that is open."""
    if not _held:
        raise Unavailable("The search engine is not connected.")
    return _held[-1]


@contextmanager
def answering() -> Iterator[None]:
    """Say `Unavailable` where the engine is down or has no index yet: never an empty list."""
    try:
        yield
    except EngineUnavailable as error:
        raise Unavailable("The search engine does not answer.") from error
    except WrongPosition as error:
        fault = Fault("invalid-cursor", "The cursor is not one of this list.", "cursor")
        raise InvalidInput(fault) from error
    except TooDeep as error:
        raise InvalidInput(Fault("too-deep", str(error), "cursor")) from error
    except EngineRefused as error:
        if error.code not in _OF_ANOTHER_BUILD:
            raise
        logger.warning("the index cannot answer yet: %s", error)
        raise Unavailable("The search index is being built.") from error
