from collections.abc import AsyncIterator

import pytest

from search.client import Client
from search.documents import Document
from search.errors import EngineRefused
from search.rebuild import live_index, next_index, rebuild, replace, up_to_date
from tests.search.builders import documents, each, enterprise, fill, found, offering


def test_a_prefix_must_fit_the_name_of_an_index() -> None:
    assert live_index("perceel") == "perceel_offerings"
    for prefix in ("", "a/b", "a b", "é"):
        with pytest.raises(ValueError, match="cannot begin"):
            live_index(prefix)


async def test_an_index_that_was_never_built_is_not_up_to_date(client: Client, prefix: str) -> None:
    assert not await up_to_date(client, prefix)
    with pytest.raises(EngineRefused) as refused:
        await found(client, live_index(prefix))
    assert refused.value.code == "index_not_found"


async def test_a_rebuild_replaces_all_and_leaves_nothing_behind(
    client: Client, prefix: str
) -> None:
    await fill(client, prefix, documents(enterprise("old")))

    sent = await rebuild(client, prefix, each(documents(enterprise("new"))))

    assert sent == 1
    assert await found(client, live_index(prefix)) == ["new"]
    assert await up_to_date(client, prefix)
    with pytest.raises(EngineRefused):
        await client.stats(next_index(prefix))


async def test_an_index_with_other_settings_is_not_up_to_date(client: Client, prefix: str) -> None:
    index = await fill(client, prefix)
    body = {"synonyms": {"settingshash": ["0123456789abcdef"]}}
    await client.wait(await client.change("PATCH", f"/indexes/{index}/settings", body))
    assert not await up_to_date(client, prefix)


async def test_the_live_index_answers_while_a_rebuild_fails(client: Client, prefix: str) -> None:
    async def broken_off() -> AsyncIterator[Document]:
        yield documents(enterprise("new"))[0]
        raise ConnectionError

    await fill(client, prefix, documents(enterprise("old")))

    with pytest.raises(ConnectionError):
        await rebuild(client, prefix, broken_off())

    assert await found(client, live_index(prefix)) == ["old"]
    assert await rebuild(client, prefix, each(documents(enterprise("new")))) == 1
    assert await found(client, live_index(prefix)) == ["new"]


async def test_replacing_adds_changes_and_removes(client: Client, prefix: str) -> None:
    index = await fill(
        client,
        prefix,
        documents(enterprise("a"), offering("a1", "Lunch"), offering("a2", "Soep")),
        documents(enterprise("b")),
        documents(enterprise("gone"), offering("g1")),
        documents(enterprise("kept"), offering("k1")),
    )

    await replace(
        client,
        prefix,
        {
            "a": documents(enterprise("a"), offering("a2", "Taart")),
            "b": documents(enterprise("b"), offering("b1")),
            "gone": (),
        },
    )

    stored = [(one.enterprise_id, one.id) async for one in client.stored(index)]
    assert sorted(stored) == [("a", "a2"), ("b", "b1"), ("kept", "k1")]
    assert await found(client, index, "taart") == ["a"]
    assert await found(client, index, "soep") == []


async def test_replacing_nothing_asks_nothing(client: Client, prefix: str) -> None:
    await replace(client, prefix, {})


async def test_enterprises_can_all_be_removed(client: Client, prefix: str) -> None:
    index = await fill(client, prefix, documents(enterprise("a"), offering("a1")))
    await replace(client, prefix, {"a": ()})
    assert (await client.stats(index)).number_of_documents == 0
