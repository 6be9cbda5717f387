"""Many profiles asked for at once are read together, and each is its own and of this moment."""

import asyncio
from typing import Any

from httpx import AsyncClient

from tests.builders import stored

ANY = {"If-Match": "*"}
UNKNOWN = "01a20e4c-0000-7000-8000-000000000000"


async def test_everybody_gets_the_profile_they_asked_for(committing_desk: AsyncClient) -> None:
    made = [await stored(committing_desk, name=f"Firma {n}") for n in range(4)]
    gone = made.pop()
    await committing_desk.delete(f"/v1/enterprises/{gone['id']}", headers=ANY)
    asked = [one["id"] for one in (*made, gone, *made)] + [UNKNOWN]

    answers = await asyncio.gather(
        *(committing_desk.get(f"/v1/enterprises/{one}") for one in asked * 5)
    )

    profiles = {one["id"]: one for one in made}
    for one, answer in zip(asked * 5, answers, strict=True):
        if one in profiles:
            assert (answer.status_code, answer.json()) == (200, profiles[one])
        else:
            assert answer.status_code == (410 if one == gone["id"] else 404)


async def test_who_changed_a_profile_reads_the_change_however_many_read_beside_them(
    committing_desk: AsyncClient,
) -> None:
    made = await stored(committing_desk, town="Utrecht")
    path = f"/v1/enterprises/{made['id']}"
    done = asyncio.Event()

    async def reads() -> int:
        times = 0
        while not done.is_set():
            times += (await committing_desk.get(path)).status_code == 200
        return times

    async def changes() -> list[Any]:
        read = []
        for n in range(10):
            await committing_desk.patch(path, json={"town": f"Plaats {n}"}, headers=ANY)
            read.append((await committing_desk.get(path)).json()["town"])
        done.set()
        return read

    read, *times = await asyncio.gather(changes(), *(reads() for _ in range(8)))

    assert read == [f"Plaats {n}" for n in range(10)]
    assert all(times)
