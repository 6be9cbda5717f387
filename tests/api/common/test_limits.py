"""How much and how long anybody may ask; the headers tell what is enforced."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast
from uuid import uuid4

import pytest
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar
from litestar.types import Receive, Scope, Send

from api.app import Readers, create_app
from api.database import fetch
from api.limits.service import Rule, address_of, take
from api.settings import settings
from api.throttle import PORTIONS, timed
from tests.builders import a_key

LIMIT = 40


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("RATE_LIMIT_ANONYMOUS", str(LIMIT))
    monkeypatch.setenv("RATE_LIMIT_KNOWN", str(2 * LIMIT))
    monkeypatch.setenv("FORWARDED_HOPS", "1")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
async def replicas(limited: None, migrated: None) -> AsyncIterator[list[Litestar]]:  # noqa: ARG001  depends by name
    """Two applications on one database, as two processes are."""
    yield [create_app(Readers(notice_readers={}), with_engines=False) for _ in range(2)]
    for table in ("rate_window", "api_key"):
        await fetch(f"DELETE FROM {table}")  # noqa: S608  names of our own


def caller(app: Litestar, **headers: str) -> AsyncClient:
    """Somebody with an address of their own, behind one proxy."""
    transport = ASGITransport(cast("Any", app))
    address = f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"
    given = {"X-Forwarded-For": address, **headers}
    return AsyncClient(transport=transport, base_url="http://perceel.test", headers=given)


async def asked(client: AsyncClient, times: int) -> list[Response]:
    return [await client.get("/v1/me") for _ in range(times)]


def told(answer: Response) -> tuple[int, int]:
    """What is left, and in how many seconds the window ends."""
    found = re.fullmatch(r'"\w+";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
    assert found is not None
    return int(found[1]), int(found[2])


async def test_the_headers_tell_what_is_enforced(replicas: list[Litestar]) -> None:
    answers = await asked(caller(replicas[0]), LIMIT + 3)

    assert [one.status_code for one in answers] == [401] * LIMIT + [429] * 3
    assert [told(one)[0] for one in answers] == [*reversed(range(LIMIT)), 0, 0, 0]
    assert {one.headers["RateLimit-Policy"] for one in answers} == {f'"anonymous";q={LIMIT};w=60'}
    refused = answers[-1]
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "too-many-requests"
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert "API-Version" in refused.headers


async def test_two_replicas_share_one_limit(replicas: list[Litestar]) -> None:
    address = f"10.{uuid4().int % 256}.{uuid4().int % 256}.1"
    clients = [caller(app, **{"X-Forwarded-For": address}) for app in replicas]

    answers = await asyncio.gather(*(asked(client, LIMIT) for client in clients))

    passed = sum(one.status_code == 401 for each in answers for one in each)
    assert LIMIT - max(1, LIMIT // PORTIONS) <= passed <= LIMIT


async def test_callers_do_not_spend_each_others(replicas: list[Litestar]) -> None:
    await asked(caller(replicas[0]), LIMIT + 1)

    assert [one.status_code for one in await asked(caller(replicas[0]), 2)] == [401, 401]


async def test_a_key_has_a_limit_of_its_own_once_it_was_found_good(
    replicas: list[Litestar],
) -> None:
    client = caller(replicas[0], **await a_key("matches:read"))

    answers = await asked(client, 2 * LIMIT + 2)

    policies = [one.headers["RateLimit-Policy"].partition(";")[0] for one in answers]
    assert policies == ['"anonymous"', *['"known"'] * (2 * LIMIT + 1)]
    assert [one.status_code for one in answers] == [200] * (2 * LIMIT + 1) + [429]


async def test_made_up_keys_count_by_address(replicas: list[Litestar]) -> None:
    client = caller(replicas[0])

    answers = [
        await client.get("/v1/me", headers={"Authorization": f"Bearer pcl_{n:08}_x"})
        for n in range(LIMIT + 1)
    ]

    assert [one.status_code for one in answers] == [401] * LIMIT + [429]


async def test_probes_are_never_refused(replicas: list[Litestar]) -> None:
    client = caller(replicas[0])
    await asked(client, LIMIT + 1)

    assert (await client.get("/v1/health/live")).status_code == 200


async def test_a_public_read_costs_next_to_no_statements(
    replicas: list[Litestar], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One statement for a twentieth of the limit."""
    from api.limits import service

    taken = []
    real = service.take

    async def counting(rule: Rule, who: str, amount: int = 1) -> Any:
        taken.append(amount)
        return await real(rule, who, amount)

    monkeypatch.setattr(service, "take", counting)
    await asked(caller(replicas[0]), LIMIT + 5)

    assert taken == [LIMIT // PORTIONS] * PORTIONS


async def test_counting_is_exact_however_many_count(db: None) -> None:  # noqa: ARG001  depends by name
    rule = Rule("test", 10, 60)

    granted = [(await take(rule, "somebody", 4)).granted for _ in range(4)]

    assert granted == [4, 4, 2, 0]


@pytest.mark.parametrize(
    ("hops", "forwarded", "expected"),
    [
        ("0", "1.1.1.1", "9.9.9.9"),
        ("1", "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        ("2", "6.6.6.6, 1.1.1.1, 10.0.0.1", "1.1.1.1"),
        ("2", "1.1.1.1", "1.1.1.1"),
        ("1", "", "9.9.9.9"),
        ("1", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("1", "x" * 1000, "x" * 60),
    ],
)
def test_only_proxies_of_ours_are_believed(
    monkeypatch: pytest.MonkeyPatch, hops: str, forwarded: str, expected: str
) -> None:
    monkeypatch.setenv("FORWARDED_HOPS", hops)
    settings.cache_clear()
    headers = [(b"x-forwarded-for", forwarded.encode())]
    scope = cast("Scope", {"client": ("9.9.9.9", 1), "headers": headers})

    found = address_of(scope)

    monkeypatch.undo()
    settings.cache_clear()
    assert found == expected


async def test_an_answer_that_does_not_begin_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUEST_SECONDS", "0.05")
    settings.cache_clear()
    undone = asyncio.Event()

    async def slow(_: Scope, __: Receive, ___: Send) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            undone.set()

    async with AsyncClient(
        transport=ASGITransport(cast("Any", timed(slow))), base_url="http://perceel.test"
    ) as client:
        answer = await client.get("/v1/slow")

    monkeypatch.undo()
    settings.cache_clear()
    assert (answer.status_code, answer.json()["code"]) == (503, "too-slow")
    assert answer.headers["Retry-After"] == "60"
    assert undone.is_set()


async def test_one_key_sent_in_many_ways_has_one_limit(replicas: list[Litestar]) -> None:
    """Another cookie or another blank makes no other caller."""
    key = (await a_key("matches:read"))["Authorization"].split()[1]
    ways = [{"Authorization": f"Bearer {' ' * n}{key}", "Cookie": f"x={n}"} for n in range(4)]

    answers = [one for way in ways for one in await asked(caller(replicas[0], **way), LIMIT)]

    policies = [one.headers["RateLimit-Policy"].partition(";")[0] for one in answers]
    known = [one for one, rule in zip(answers, policies, strict=True) if rule == '"known"']
    assert sum(one.status_code == 200 for one in known) == 2 * LIMIT
    assert 429 in {one.status_code for one in known}


async def test_without_a_proxy_of_ours_the_forwarded_address_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FORWARDED_HOPS", "0")
    settings.cache_clear()
    scope = {"client": ("203.0.113.9", 1), "headers": [(b"x-forwarded-for", b"198.51.100.1")]}

    assert address_of(cast("Any", scope)) == "203.0.113.9"
    settings.cache_clear()
