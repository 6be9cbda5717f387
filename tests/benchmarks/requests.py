"""What is measured: requests, and for each the floor that it can't be faster than."""

import itertools
import json
from collections.abc import Callable, Sequence
from typing import Any, Final

import aiohttp
import asyncpg
import httpx
import msgspec
from httpx import ASGITransport

from api import database, index
from api.settings import settings
from importers.asgi import app
from importers.demo.load import demo_enterprises
from tests.api.obligations.conftest import World as Sides
from tests.api.obligations.conftest import peopled
from tests.benchmarks.load import CLIENTS, HEAVY, USUAL, Figures, Send, figures
from tests.benchmarks.statements import Said, reads, recorded
from tests.builders import a_json_notice, a_key, a_release
from tests.item_builders import DRAFT, an_item

SEARCHES: Final = {
    "search, plain": "q=schoonmaak",
    "search, filters": "q=schoonmaak&serviceMode=service&cpv=90900000&includeNational=false",
    "search, facets": "q=schoonmaak&facets=province&facets=serviceMode&facets=mark",
    "search, place in the text": "q=schoonmaak%20Utrecht&facets=serviceMode",
    "search, region": "municipality=GM0344",
    "search, radius": "near=52.09,5.12&radiusKm=25",
}
LOTS: Final = 20
EMPTY: Final = "/v1/health/live"


class Case(msgspec.Struct, frozen=True):
    """A request, with what it asks of the engine and of the database."""

    name: str
    path: str
    method: str = "GET"
    body: bytes | None = None
    """A `%` in it stands for a number that differs each time: equal questions are kept."""
    heavy: bool = False
    engine: tuple[bytes, ...] = ()
    said: tuple[Said, ...] = ()

    @property
    def statements(self) -> list[Said]:
        """What it reads; locks are not reads."""
        return reads(self.said)


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
    with recorded() as said:
        async with database.pool(1), index.engine() as engine, client:
            return await _prepared(client, engine, said)


async def _prepared(
    client: httpx.AsyncClient, engine: Any, said: list[Said]
) -> tuple[list[Case], str]:
    sides = await peopled(Sides(client))
    position = f"/v1{await sides.obligation()}/position"
    key = (await a_key())["Authorization"].removeprefix("Bearer ")
    wanted = [Case(name, f"/v1/enterprises?{query}") for name, query in SEARCHES.items()]
    rows = await database.fetch("SELECT id FROM enterprise WHERE source = 'world' LIMIT 1")
    wanted.append(Case("profile", f"/v1/enterprises/{rows[0]['id']}"))
    wanted.append(Case("position of an obligation", position))
    lot = await _a_lot(client, key)
    runs = f"/v1/lots/{lot}/match-runs"
    wanted.append(Case("match one lot", runs, "POST", b'{"seed": "%"}'))
    wanted.append(Case("match it again, nothing changed", runs, "POST", b"{}"))
    wanted += await _heavy(client, key)
    headers = {"Authorization": f"Bearer {key}"}
    keys = {"position of an obligation": {"Authorization": f"Bearer {sides.keys['authority']}"}}
    found = [
        await _recorded(client, engine, case, keys.get(case.name, headers), said) for case in wanted
    ]
    return found, json.dumps({"": key, **{n: k["Authorization"][7:] for n, k in keys.items()}})


async def _a_lot(client: httpx.AsyncClient, key: str) -> str:
    item = {"id": "1", "relatedLot": "1", "classification": {"scheme": "CPV", "id": "90910000"}}
    document = a_json_notice(id="T-1", lots=[{"id": "1", "title": "Schoonmaak"}], items=[item])
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    answer = await client.post("/v1/notices", content=document, headers=headers)
    assert answer.status_code == 200, answer.text
    tender = (await client.get(f"/v1/tenders/{await _last(client)}")).json()
    lot: str = tender["lots"][0]["id"]
    return lot


async def _last(client: httpx.AsyncClient) -> str:
    tenders = (await client.get("/v1/tenders")).json()["items"]
    return str(max(one["id"] for one in tenders))


async def _heavy(client: httpx.AsyncClient, key: str) -> list[Case]:
    """Make a tender of 20 lots to allocate, and a draft of 20 items to divide."""
    lots = [
        {"id": str(n), "title": f"Perceel {n}", "value": {"amount": 50_000 + n, "currency": "EUR"}}
        for n in range(1, LOTS + 1)
    ]
    items = [
        {"id": str(n), "relatedLot": str(n), "classification": {"scheme": "CPV", "id": code}}
        for n, code in enumerate(_codes(), start=1)
    ]
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    release = a_release(id="T-20", lots=lots, items=items) | {"ocid": "ocds-perceel-20"}
    answer = await client.post("/v1/notices", content=json.dumps(release), headers=headers)
    assert answer.status_code == 200, answer.text
    tender = await _last(client)
    answer = await client.post("/v1/tenders", json=DRAFT, headers=headers)
    assert answer.status_code == 201, answer.text
    draft = answer.headers["Location"]
    for n, code in enumerate(_codes(), start=1):
        item = an_item(f"W{n}", cpv=code, yearlyCents=4_000_000 + n)
        answer = await client.post(f"{draft}/work-items", json=item, headers=headers)
        assert answer.status_code == 201, answer.text
    plans = f"{draft.replace('tender-drafts', 'tenders')}/lot-plans"
    quick = b'{"effort": "first", "seed": %}'
    return [
        Case("allocation, 20 lots", f"/v1/tenders/{tender}/allocations", "POST", b"{}", heavy=True),
        Case("lot plan, 20 items, quick", plans, "POST", quick, heavy=True),
    ]


def _codes() -> list[str]:
    """Give the objects of the lots: what the demo directory offers, in turn."""
    offered = {
        f"{code[:8]}"
        for line in demo_enterprises()
        for offering in line.enterprise.offerings
        for code in offering.cpv_codes
    }
    several = sorted(offered)
    return [several[n * len(several) // LOTS % len(several)] for n in range(LOTS)]


async def _recorded(
    client: httpx.AsyncClient, engine: Any, case: Case, headers: dict[str, str], said: list[Said]
) -> Case:
    """Ask in this process, and keep what went to the engine and the database when warm."""
    asked: list[bytes] = []
    read = engine._read

    async def reading(method: str, path: str, kind: Any, body: Any = None) -> Any:
        if body is not None and path == "/multi-search":
            asked.append(msgspec.json.encode(body))
        return await read(method, path, kind, body)

    engine._read = reading
    for _ in range(2):
        asked.clear()
        said.clear()
        answer = await client.request(
            case.method, case.path, content=_body(case), headers=_sent(headers)
        )
        assert answer.status_code < 300, answer.text
    engine._read = read
    return msgspec.structs.replace(case, engine=tuple(asked), said=tuple(said))


_numbers: Final = itertools.count(1)


def _body(case: Case) -> bytes | None:
    return None if case.body is None else case.body.replace(b"%", b"%d" % next(_numbers))


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
            effort = HEAVY if case.heavy else USUAL
            at = tuple([await figures(send, clients, seconds, effort) for clients in CLIENTS])
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
        async with session.request(
            case.method, url + case.path, data=_body(case), headers=headers
        ) as answer:
            await answer.read()
            assert answer.status < 300, answer.status

    return send


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
            for one in case.statements:
                await connection.fetch(one.sql, *one.values)

    return send
