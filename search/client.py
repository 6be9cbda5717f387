"""The client of the engine: one session, typed answers, explicit timeouts."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import aiohttp
import msgspec

from search.answers import (
    Answers,
    Enqueued,
    IndexStats,
    Page,
    Probe,
    Refusal,
    Status,
    Stored,
    StoredPage,
    Task,
)
from search.documents import Document
from search.errors import EngineRefused, EngineUnavailable

READ_SECONDS: Final = 5.0
WRITE_SECONDS: Final = 60.0
TASK_SECONDS: Final = 600.0
FIRST_PAUSE: Final = 0.01
LONGEST_PAUSE: Final = 0.5
CONNECTIONS: Final = 100
WALK: Final = 5_000
SERVER_ERROR: Final = 500
CLIENT_ERROR: Final = 400
_T = TypeVar("_T")
_JSON: Final = "application/json"
_LINES: Final = "application/x-ndjson"


class _Stale(EngineUnavailable):
    """A kept connection turned out to be closed: the engine may well be there again."""


_TO_JSON: Final = msgspec.json.Encoder()
_UNDER_WAY: Final = frozenset({Status.ENQUEUED, Status.PROCESSING})


class Client:
    """Talks to one engine. Use it as an async context manager; safe for concurrent use.

    Every call raises `EngineUnavailable` when the engine does not answer in time or
    reports a fault of its own, and `EngineRefused` when it will not do what is asked.
    """

    def __init__(
        self, url: str, key: str | None = None, read_seconds: float = READ_SECONDS
    ) -> None:
        self._url = url.rstrip("/")
        self._read_seconds = read_seconds
        # Compressing took the engine longer than all else: 44 ms a search instead of 1.7.
        self._headers = {"Accept-Encoding": "identity"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the session; the connections follow when needed."""
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        self._session = aiohttp.ClientSession(connector=connector, headers=self._headers)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def health(self) -> None:
        """Return when the engine is well."""
        await self._read("GET", "/health", Any)

    async def multi_search(self, bodies: Sequence[dict[str, Any]]) -> tuple[Page, ...]:
        """Ask several searches at once; the answers come in the same order."""
        answer = await self._read("POST", "/multi-search", Answers[Page], {"queries": bodies})
        return answer.results

    async def probe(self, bodies: Sequence[dict[str, Any]]) -> tuple[Probe, ...]:
        """Ask what the index knows of several tokens; the answers come in the same order."""
        answer = await self._read("POST", "/multi-search", Answers[Probe], {"queries": bodies})
        return answer.results

    async def search(self, body: dict[str, Any]) -> Page:
        """Ask one search."""
        [page] = await self.multi_search([body])
        return page

    async def stats(self, index: str) -> IndexStats:
        """Count the documents of an index; a document is an offering."""
        return await self._read("GET", f"/indexes/{index}/stats", IndexStats)

    async def stored(self, index: str) -> AsyncIterator[Stored]:
        """Walk all documents of an index, to compare them with the database."""
        fields = ["id", "enterpriseId", "updatedAt"]
        offset, total = 0, 1
        while offset < total:
            body = {"fields": fields, "offset": offset, "limit": WALK}
            page = await self._read("POST", f"/indexes/{index}/documents/fetch", StoredPage, body)
            for one in page.results:
                yield one
            offset, total = offset + WALK, page.total

    async def add(self, index: str, documents: Iterable[Document]) -> int:
        """Add documents, replacing those with the same id; gives the task to wait for."""
        body = _TO_JSON.encode_lines(documents)
        return await self._change("POST", f"/indexes/{index}/documents", body, _LINES)

    async def delete(self, index: str, ids: Sequence[str]) -> int:
        """Delete documents by id; unknown ids do no harm. Gives the task to wait for."""
        return await self.change("POST", f"/indexes/{index}/documents/delete-batch", ids)

    async def delete_where(self, index: str, wanted: str) -> int:
        """Delete the documents for which a filter holds; gives the task to wait for."""
        return await self.change("POST", f"/indexes/{index}/documents/delete", {"filter": wanted})

    async def change(self, method: str, path: str, body: object = None) -> int:
        """Ask for a change of an index or its settings; gives the task to wait for."""
        return await self._change(method, path, _TO_JSON.encode(body), _JSON)

    async def setting(self, index: str, name: str) -> Any:  # noqa: ANN401  each setting has its own type
        """Read one setting of an index."""
        return await self._read("GET", f"/indexes/{index}/settings/{name}", Any)

    async def wait(self, *tasks: int, seconds: float = TASK_SECONDS) -> None:
        """Wait until the tasks are done; raises `EngineRefused` for the first that failed."""
        try:
            async with asyncio.timeout(seconds):
                for uid in tasks:
                    await self._wait_for(uid)
        except TimeoutError as error:
            raise EngineUnavailable(f"tasks {tasks} not done within {seconds} s") from error

    async def _wait_for(self, uid: int) -> None:
        pause = FIRST_PAUSE
        while (task := await self._read("GET", f"/tasks/{uid}", Task)).status in _UNDER_WAY:
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)
        if task.status is not Status.SUCCEEDED:
            refusal = task.error or Refusal(f"task {uid} was {task.status}")
            raise EngineRefused(refusal.code, refusal.message)

    async def _read(self, method: str, path: str, kind: type[_T], body: object = None) -> _T:
        """Ask something that changes nothing. Once again if the connection had gone stale."""
        content = None if body is None else _TO_JSON.encode(body)
        try:
            answer = await self._send(method, path, content, _JSON, self._read_seconds)
        except _Stale:
            answer = await self._send(method, path, content, _JSON, self._read_seconds)
        return _decoded(answer, kind)

    async def _change(self, method: str, path: str, content: bytes, content_type: str) -> int:
        answer = await self._send(method, path, content, content_type, WRITE_SECONDS)
        return _decoded(answer, Enqueued).task_uid

    async def _send(
        self, method: str, path: str, content: bytes | None, content_type: str, seconds: float
    ) -> bytes:
        if self._session is None:
            raise RuntimeError("the client is used outside its `async with`")
        headers = {} if content is None else {"Content-Type": content_type}
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.request(
                method, self._url + path, data=content, headers=headers, timeout=timeout
            ) as response:
                answer = await response.read()
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientConnectionResetError) as error:
            raise _Stale(f"{method} {path}: the engine closed the connection") from error
        except TimeoutError as error:
            raise EngineUnavailable(f"{method} {path}: no answer within {seconds} s") from error
        except aiohttp.ClientError as error:
            raise EngineUnavailable(f"{method} {path}: {error}") from error
        _require_success(response.status, answer)
        return answer


def _require_success(status: int, answer: bytes) -> None:
    if status < CLIENT_ERROR:
        return
    if status >= SERVER_ERROR:
        raise EngineUnavailable(f"the engine answers {status}")
    refusal = _decoded(answer, Refusal)
    raise EngineRefused(refusal.code, refusal.message)


def _decoded(answer: bytes, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(answer, type=kind)
    except msgspec.MsgspecError as error:
        raise EngineUnavailable(f"the answer is not of this engine: {error}") from error
