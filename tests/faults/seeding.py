"""What an installation holds before the faults begin, and what must be true after them."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar
from uuid import UUID

import asyncpg
import httpx
import msgspec
from httpx import ASGITransport

from api import database
from api.accounts import service as accounts
from api.settings import settings
from importers.asgi import app
from importers.reference import load
from tests.api.obligations.conftest import World as Sides
from tests.api.obligations.conftest import peopled
from tests.builders import a_json_notice, a_key
from tests.conftest import NOW
from tests.faults.world import PATIENCE_SECONDS, PYTHON, ROOT, World
from tests.faults.writers import Seeded

Found = TypeVar("Found")
LOTS: Final = 5
CALLERS: Final = 5
OWED_CENTS: Final = 1_000_000_000_000


def seed(world: World) -> Seeded:
    """Enter organisations, an obligation, and a tender with lots, before anything is served."""
    done = subprocess.run(
        [PYTHON, "-m", "tests.faults.seeding"],
        cwd=ROOT,
        env=world.direct,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return msgspec.json.decode(done.stdout, type=Seeded)


async def _seeded() -> Seeded:
    database.use_database(settings().database_url or "")
    transport: Any = ASGITransport(app)  # type: ignore[arg-type]  # Litestar narrows ASGI
    async with (
        database.pool(4),
        httpx.AsyncClient(transport=transport, base_url="http://perceel.test") as client,
    ):
        await load.load_shipped(NOW)
        sides = await peopled(Sides(client))
        obligation = await sides.obligation(OWED_CENTS)
        desk = (await a_key())["Authorization"].removeprefix("Bearer ")
        return Seeded(
            desk=desk,
            contractor=sides.keys["contractor"],
            obligation=obligation.rpartition("/")[2],
            supplier=str(sides.enterprise),
            lots=await _lots(client, desk),
            desks=[await _a_key(None) for _ in range(CALLERS)],
            greedy=await _a_key(None),
            modest=await _a_key(None),
            told=await _a_key(sides.ids["contractor"]),
        )


async def _a_key(organisation: UUID | None) -> str:
    made = await accounts.create_key(
        "faults", accounts.SCOPES, now=NOW, organisation_id=organisation
    )
    return made.secret


async def _lots(client: httpx.AsyncClient, desk: str) -> list[str]:
    item = {"classification": {"scheme": "CPV", "id": "77310000"}}
    lots = [{"id": str(n), "title": f"Groen {n}"} for n in range(LOTS)]
    items = [item | {"id": str(n), "relatedLot": str(n)} for n in range(LOTS)]
    headers = {"Authorization": f"Bearer {desk}", "Content-Type": "application/json"}
    document = a_json_notice(id="T-1", lots=lots, items=items)
    report = await client.post("/v1/notices", content=document, headers=headers)
    assert report.status_code == 200, report.text
    tenders = (await client.get("/v1/tenders")).json()["items"]
    tender = (await client.get(f"/v1/tenders/{tenders[0]['id']}")).json()
    return [lot["id"] for lot in tender["lots"]]


def ask(world: World, question: Callable[[asyncpg.Connection], Awaitable[Found]]) -> Found:
    """Ask the database itself, past every process of ours."""

    async def asking() -> Found:
        connection = await asyncpg.connect(world.dsn)
        try:
            return await question(connection)
        finally:
            await connection.close()

    return asyncio.run(asking())


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(_seeded())))
