import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from search.client import Client
from search.engine import start, stop
from search.errors import EngineRefused, EngineUnavailable
from search.query import Search, listing
from tests.search.builders import documents, enterprise, fill, found, offering

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
BODY = b'{"results": [{"hits": [], "totalHits": 7}]}'


@asynccontextmanager
async def server(talk: Talk) -> AsyncIterator[str]:
    """A server of our own, that behaves as the engine should not."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await talk(reader, writer)
        writer.close()

    running = await asyncio.start_server(converse, "127.0.0.1", 0)
    port = running.sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    running.close()


def answering(status: str, body: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return talk


async def never(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read(-1)


async def test_a_closed_port_is_an_engine_that_is_down(port: int) -> None:
    async with Client(f"http://127.0.0.1:{port}") as client:
        with pytest.raises(EngineUnavailable):
            await client.health()
        with pytest.raises(EngineUnavailable):
            await client.search(listing(Search(), "any"))


async def test_an_engine_that_never_answers_is_given_up() -> None:
    async with server(never) as url, Client(url, read_seconds=0.2) as client:
        began = asyncio.get_running_loop().time()
        with pytest.raises(EngineUnavailable, match=r"no answer within 0\.2 s"):
            await client.search(listing(Search(), "any"))
        assert asyncio.get_running_loop().time() - began < 2


async def test_an_engine_in_trouble_is_unavailable_and_not_empty() -> None:
    async with server(answering("503 Busy", b"{}")) as url, Client(url) as client:
        with pytest.raises(EngineUnavailable, match="503"):
            await client.search(listing(Search(), "any"))


async def test_another_program_on_the_port_is_no_engine() -> None:
    async with server(answering("200 OK", b"<html>")) as url, Client(url) as client:
        with pytest.raises(EngineUnavailable, match="not of this engine"):
            await client.search(listing(Search(), "any"))


async def test_a_refusal_carries_the_code_of_the_engine(client: Client, prefix: str) -> None:
    index = await fill(client, prefix)
    body = listing(Search(), index) | {"filter": "town = 'Utrecht'"}
    with pytest.raises(EngineRefused) as refused:
        await client.search(body)
    assert refused.value.code == "invalid_search_filter"


async def test_a_connection_that_went_stale_is_tried_once_more() -> None:
    turns = iter([True, False])

    async def hang_up_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if next(turns):
            await reader.readuntil(b"\r\n\r\n")
        else:
            await answering("200 OK", BODY)(reader, writer)

    async with server(hang_up_first) as url, Client(url) as client:
        assert (await client.search(listing(Search(), "any"))).total_hits == 7


async def test_the_engine_is_asked_not_to_compress() -> None:
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    async with server(listen) as url, Client(url, "secret") as client:
        await client.health()
    assert b"Accept-Encoding: identity\r\n" in heard[0]
    assert b"Authorization: Bearer secret\r\n" in heard[0]


async def test_a_task_that_fails_says_why(client: Client, prefix: str) -> None:
    index = await fill(client, prefix)
    task = await client.delete_where(f"{index}-none", "nationwide = true")
    with pytest.raises(EngineRefused, match="index_not_found"):
        await client.wait(task)


async def test_a_task_that_lasts_too_long_is_given_up() -> None:
    waiting = answering("200 OK", b'{"uid": 1, "status": "enqueued"}')
    async with server(waiting) as url, Client(url) as client:
        with pytest.raises(EngineUnavailable, match="not done"):
            await client.wait(1, seconds=0.2)


async def test_documents_are_walked_counted_and_deleted(client: Client, prefix: str) -> None:
    firm = documents(enterprise("e"), offering("o1"), offering("o2"), offering("o3"))
    index = await fill(client, prefix, firm)

    await client.wait(await client.delete(index, ["o2", "unknown"]))

    stored = [one async for one in client.stored(index)]
    assert sorted((one.id, one.enterprise_id, one.updated_at) for one in stored) == [
        ("o1", "e", 1767225600),
        ("o3", "e", 1767225600),
    ]
    assert (await client.stats(index)).number_of_documents == 2


async def test_a_client_outside_its_context_is_a_mistake() -> None:
    with pytest.raises(RuntimeError, match="outside"):
        await Client("http://127.0.0.1:1").health()


async def test_an_engine_that_restarts_is_found_again(
    tmp_path_factory: pytest.TempPathFactory, port: int
) -> None:
    folder = tmp_path_factory.mktemp("restart")
    engine = start(folder, port)
    async with Client(engine.url) as client:
        index = await fill(client, "test", documents(enterprise("e")))
        stop(engine)
        with pytest.raises(EngineUnavailable):
            await found(client, index)
        engine = start(folder, port)
        try:
            assert await found(client, index) == ["e"]
        finally:
            stop(engine)
