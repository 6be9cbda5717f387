"""Reads that many ask for at once go as one, and nobody is answered from before they asked."""

import asyncio
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import pytest

from api import joined
from api.joined import AT_ONCE, Joined


class Shelf:
    """Numbers by name; notes what each read asked for, and reads no further than it is let."""

    def __init__(self) -> None:
        self.kept = {f"key {n}": n for n in range(100)}
        self.asked: list[AbstractSet[str]] = []
        self.begun = asyncio.Event()
        self.let = asyncio.Event()
        self.let.set()
        self.fault: Exception | None = None

    async def read(self, keys: AbstractSet[str]) -> Mapping[str, int]:
        self.asked.append(keys)
        self.begun.set()
        found = {key: self.kept[key] for key in keys if key in self.kept}
        await self.let.wait()
        if self.fault is not None:
            raise self.fault
        return found


async def test_who_asks_alone_is_read_for_alone() -> None:
    shelf = Shelf()
    reads = Joined(shelf.read)

    assert [await reads.get("key 1"), await reads.get("key 2")] == [1, 2]
    assert shelf.asked == [{"key 1"}, {"key 2"}]


async def test_those_who_come_meanwhile_are_read_for_together_and_get_their_own() -> None:
    shelf = Shelf()
    reads = Joined(shelf.read)
    shelf.let.clear()
    first = asyncio.create_task(reads.get("key 0"))
    await shelf.begun.wait()
    others = [asyncio.create_task(reads.get(f"key {n}")) for n in (1, 2, 2, 500)]
    await asyncio.sleep(0)
    shelf.let.set()

    assert await asyncio.gather(first, *others) == [0, 1, 2, 2, None]
    assert shelf.asked == [{"key 0"}, {"key 1", "key 2", "key 500"}]


async def test_no_read_is_larger_than_the_bound() -> None:
    shelf = Shelf()
    reads = Joined(shelf.read)
    shelf.let.clear()
    asked = [asyncio.create_task(reads.get(f"key {n}")) for n in range(2 * AT_ONCE + 1)]
    await shelf.begun.wait()
    shelf.let.set()

    found = await asyncio.gather(*asked)
    assert found == list(range(2 * AT_ONCE + 1))
    assert [len(keys) for keys in shelf.asked] == [1, AT_ONCE, AT_ONCE]


async def test_an_answer_was_read_after_it_was_asked_for() -> None:
    shelf = Shelf()
    reads = Joined(shelf.read)
    shelf.let.clear()
    before = asyncio.create_task(reads.get("key 1"))
    await shelf.begun.wait()
    shelf.kept["key 1"] = 1_000
    after = asyncio.create_task(reads.get("key 1"))
    await asyncio.sleep(0)
    shelf.let.set()

    assert [await before, await after] == [1, 1_000]


async def test_who_goes_away_takes_nothing_from_the_others() -> None:
    shelf = Shelf()
    reads = Joined(shelf.read)
    shelf.let.clear()
    gone, stays = (asyncio.create_task(reads.get(f"key {n}")) for n in (1, 2))
    await shelf.begun.wait()
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    shelf.let.set()

    assert await stays == 2
    assert await reads.get("key 3") == 3


async def test_nothing_is_read_for_who_went_away() -> None:
    shelf = Shelf()
    reads = Joined(shelf.read)
    shelf.let.clear()
    stays, gone = (asyncio.create_task(reads.get(f"key {n}")) for n in (1, 2))
    await shelf.begun.wait()
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    shelf.let.set()

    assert [await stays, await reads.get("key 3")] == [1, 3]
    assert shelf.asked == [{"key 1"}, {"key 3"}]


async def test_a_read_that_fails_tells_all_who_waited_and_the_next_is_read_anew() -> None:
    shelf = Shelf()
    reads = Joined(shelf.read)
    shelf.let.clear()
    asked = [asyncio.create_task(reads.get(f"key {n}")) for n in (1, 2, 3)]
    await shelf.begun.wait()
    shelf.fault = OSError("the line is cut")
    shelf.let.set()
    told = await asyncio.gather(*asked, return_exceptions=True)
    shelf.fault = None

    assert [str(one) for one in told] == ["the line is cut"] * 3
    assert shelf.asked == [{"key 1"}, {"key 2", "key 3"}]
    assert await reads.get("key 1") == 1


def test_another_loop_goes_on_where_one_was_ended() -> None:
    shelf = Shelf()
    reads = Joined(shelf.read)
    shelf.let.clear()

    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(reads.get("key 1"), 0.01))
    shelf.let = asyncio.Event()
    shelf.let.set()

    assert asyncio.run(reads.get("key 2")) == 2


async def test_who_comes_when_a_read_hangs_is_read_for_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shelf = Shelf()
    reads = Joined(shelf.read)
    hanging = shelf.let
    hanging.clear()
    early = asyncio.create_task(reads.get("key 1"))
    await shelf.begun.wait()
    shelf.let = asyncio.Event()
    shelf.let.set()
    monkeypatch.setattr(joined, "PATIENCE", -1.0)

    assert await reads.get("key 2") == 2
    assert shelf.asked == [{"key 1"}, {"key 2"}]
    assert not early.done()
    hanging.set()
    assert await early == 1
