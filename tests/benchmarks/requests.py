"""What is measured: requests, and for each the floor that it can't be faster than."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import uuid4

import aiohttp
import asyncpg
import httpx
import msgspec
from httpx import ASGITransport

from api import database, index
from api.piccolo_conf import DB
from api.settings import settings
from importers.asgi import app
from tests.api.obligations.conftest import World as Sides
from tests.api.obligations.conftest import peopled
from tests.benchmarks.load import CLIENTS, Figures, Send, figures
from tests.builders import a_json_notice, a_key

SEARCHES: Final = {
    "search, plain": "q=schoonmaak",
    "search, filters": "q=schoonmaak&serviceMode=service&cpv=90900000&includeNational=false",
    "search, facets": "q=schoonmaak&facets=province&facets=serviceMode&facets=mark",
    "search, place in the text": "q=schoonmaak%20Utrecht&facets=serviceMode",
    "search, region": "municipality=GM0344",
    "search, radius": "near=52.09,5.12&radiusKm=25",
}
EMPTY: Final = "/v1/health/live"


class Case(msgspec.Struct, frozen=True):
    """A request, with what it asks of the engine and of the database."""

    name: str
    path: str
    method: str = "GET"
    body: bytes | None = None
    fresh: bool = False
    """Every request asks with a seed of its own, so that no earlier answer can serve."""
    engine: tuple[bytes, ...] = ()
    statements: tuple[tuple[str, tuple[Any, ...]], ...] = ()


class Measured(msgspec.Struct, frozen=True):
    """A request beside its floor."""

    name: str
    alone: Figures
    at: tuple[Figures, ...]
    floor_name: str
    floor: Figures
    statements: int


async def prepared() -> tuple[list[Case], str]:
    """Make what the requests need, and record what each asks of the engines."""
    transport: Any = ASGITransport(app)  # type: ignore[arg-type]  # Litestar narrows ASGI
    client = httpx.AsyncClient(transport=transport, base_url="http://perceel.test")
    async with database.pool(1), index.engine() as engine, client:
        sides = await peopled(Sides(client))
        position = f"/v1{await sides.obligation()}/position"
        key = (await a_key())["Authorization"].removeprefix("Bearer ")
        wanted = [Case(name, f"/v1/enterprises?{query}") for name, query in SEARCHES.items()]
        rows = await database.fetch("SELECT id FROM enterprise WHERE source = 'world' LIMIT 1")
        wanted.append(Case("profile", f"/v1/enterprises/{rows[0]['id']}"))
        wanted.append(Case("position of an obligation", position))
        lot = await _a_lot(client, key)
        runs = f"/v1/lots/{lot}/match-runs"
        wanted.append(Case("match one lot", runs, "POST", b"{}", fresh=True))
        wanted.append(Case("match it again, nothing changed", runs, "POST", b"{}"))
        headers = {"Authorization": f"Bearer {key}"}
        keys = {"position of an obligation": {"Authorization": f"Bearer {sides.keys['authority']}"}}
        found = [
            await _recorded(client, engine, case, keys.get(case.name, headers)) for case in wanted
        ]
        return found, json.dumps({"": key, **{n: k["Authorization"][7:] for n, k in keys.items()}})


async def _a_lot(client: httpx.AsyncClient, key: str) -> str:
    item = {"id": "1", "relatedLot": "1", "classification": {"scheme": "CPV", "id": "90910000"}}
    document = a_json_notice(id="T-1", lots=[{"id": "1", "title": "Schoonmaak"}], items=[item])
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    answer = await client.post("/v1/notices", content=document, headers=headers)
    assert answer.status_code == 200, answer.text
    tenders = (await client.get("/v1/tenders")).json()["items"]
    tender = (await client.get(f"/v1/tenders/{tenders[0]['id']}")).json()
    lot: str = tender["lots"][0]["id"]
    return lot


async def _recorded(
    client: httpx.AsyncClient, engine: Any, case: Case, headers: dict[str, str]
) -> Case:
    """Ask once in this process, and keep what went to the engine and the database."""
    asked: list[bytes] = []
    said: list[tuple[str, tuple[Any, ...]]] = []
    read = engine._read

    async def reading(method: str, path: str, kind: Any, body: Any = None) -> Any:
        if body is not None and path == "/multi-search":
            asked.append(msgspec.json.encode(body))
        return await read(method, path, kind, body)

    def log(query: Any) -> None:
        said.append((query.query, tuple(query.args or ())))

    engine._read = reading
    warm = await client.request(case.method, case.path, content=case.body, headers=_sent(headers))
    assert warm.status_code < 300, warm.text
    asked.clear()
    assert DB.pool is not None
    async with DB.pool.acquire() as connection:
        connection.add_query_logger(log)
    body = _own_seed() if case.fresh else case.body
    answer = await client.request(case.method, case.path, content=body, headers=_sent(headers))
    async with DB.pool.acquire() as connection:
        connection.remove_query_logger(log)
    engine._read = read
    assert answer.status_code < 300, answer.text
    # The pool's own reset is several commands in one; locks of the first run are not reads.
    plain = [one for one in said if "pg_advisory" not in one[0]]
    reads = tuple(one for one in plain if one[0].lstrip().upper().startswith("SELECT"))
    return msgspec.structs.replace(case, engine=tuple(asked), statements=reads)


def _sent(headers: dict[str, str]) -> dict[str, str]:
    return headers | {"Content-Type": "application/json"}


async def measure_all(
    cases: Sequence[Case], url: str, keys: str, seconds: float, say: Callable[[str], None]
) -> tuple[Measured, ...]:
    """Measure every request at every number of clients, and its floor beside it."""
    held: dict[str, str] = json.loads(keys)
    connector = aiohttp.TCPConnector(limit=100)
    pool = await asyncpg.create_pool(settings().database_url, min_size=2, max_size=10)
    found = []
    async with aiohttp.ClientSession(connector=connector) as session, pool:
        await _until_served(session, url)
        for case in cases:
            headers = {
                "Authorization": f"Bearer {held.get(case.name, held[''])}",
                "Content-Type": "application/json",
                "Accept-Encoding": "identity",
            }
            send = _request(session, case, url, headers)
            at = tuple([await figures(send, clients, seconds) for clients in CLIENTS])
            name, beneath = _floor(session, pool, case, url)
            floor = await figures(beneath, CLIENTS[-1], seconds)
            found.append(Measured(case.name, at[0], at, name, floor, len(case.statements)))
            say(f"  {case.name}: {at[-1].per_second:.0f}/s of {floor.per_second:.0f}/s ({name})")
    return tuple(found)


async def _until_served(session: aiohttp.ClientSession, url: str) -> None:
    import asyncio

    for _ in range(300):
        try:
            async with session.get(url + EMPTY) as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            await asyncio.sleep(0.1)
    raise RuntimeError("the API did not start")


def _request(session: aiohttp.ClientSession, case: Case, url: str, headers: dict[str, str]) -> Send:
    async def send() -> None:
        body = _own_seed() if case.fresh else case.body
        async with session.request(
            case.method, url + case.path, data=body, headers=headers
        ) as answer:
            await answer.read()
            assert answer.status < 300, answer.status

    return send


def _own_seed() -> bytes:
    return msgspec.json.encode({"seed": str(uuid4())})


def _floor(
    session: aiohttp.ClientSession, pool: asyncpg.Pool, case: Case, url: str
) -> tuple[str, Send]:
    """Give the floor: engine for a search, SQL for a match, an empty handler for the rest."""
    if case.method == "POST":
        return "its SQL", _database(pool, case)
    if case.engine:
        return "the engine", _engine(session, case)
    return "an empty handler", _request(session, Case("", EMPTY), url, {})


def _engine(session: aiohttp.ClientSession, case: Case) -> Send:
    headers = {
        "Authorization": f"Bearer {settings().meilisearch_key}",
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
    }

    async def send() -> None:
        for body in case.engine:
            async with session.post(
                f"{settings().meilisearch_url}/multi-search", data=body, headers=headers
            ) as answer:
                await answer.read()

    return send


def _database(pool: asyncpg.Pool, case: Case) -> Send:
    async def send() -> None:
        async with pool.acquire() as connection:
            for sql, values in case.statements:
                await connection.fetch(sql, *values)

    return send
