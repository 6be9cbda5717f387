"""A walk over all pages sees every firm that nobody touched meanwhile once, in every order."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest
from httpx import AsyncClient

from api import indexing
from api.accounts.service import SYSTEM
from api.database import fetch
from api.enterprises import service
from api.enterprises.schemas import EnterpriseIn
from search.client import Client
from tests.builders import an_offering
from tests.conftest import NOW

FIRMS: Final = 120
PAGE: Final = 7
TITLES: Final = ("Kantoorschoonmaak", "Schoonmaak van kantoren", "Glasbewassing van kantoren")
WALKS: Final[dict[str, dict[str, Any]]] = {
    "everybody": {},
    "by text": {"q": "schoonmaak kantoren"},
    "by name": {"sort": "name"},
    "text by name": {"q": "schoonmaak kantoren", "sort": "name"},
    "by change": {"sort": "updated"},
    "by distance": {"sort": "distance", "near": "52.09,5.12", "radiusKm": "200"},
}


def a_firm(number: int, **changes: Any) -> EnterpriseIn:
    firm = {
        "externalId": f"walk-{number}",
        "name": f"Firma {number % 40}",
        "municipality": "GM0344",
        # Six places, so that many are equally far.
        "lat": 52.09 + (number % 6) / 20,
        "lon": 5.12,
        "offerings": [
            an_offering(title=TITLES[number % 3], products=[f"product{number}"]),
            an_offering(title="Kantoormeubelen", products=["schoonmaak"]),
        ][: 1 + number % 2],
        **changes,
    }
    return msgspec.convert(firm, EnterpriseIn)


async def store(*firms: EnterpriseIn, minutes: int = 0) -> None:
    stored = await service.store_batch(firms, "walk", SYSTEM, NOW + timedelta(minutes=minutes))
    assert [one.faults for one in stored] == [()] * len(firms)


@pytest.fixture
async def crowd(migrated: None, engine: Client) -> AsyncIterator[None]:  # noqa: ARG001  depend by name
    for minute in range(10):
        await store(*map(a_firm, range(minute, FIRMS, 10)), minutes=minute)
    await indexing.rebuild()
    yield
    for table in ("enterprise_revision", "quality_mark", "offering", "enterprise"):
        await fetch(f"DELETE FROM {table}")  # noqa: S608  names of our own
    for table in ("outbox", "change", "audit_event"):
        await fetch(f"DELETE FROM {table}")  # noqa: S608  as above


def disturbances() -> Iterator[list[EnterpriseIn]]:
    """Fifty edits in ten portions, each with another name, place and text."""
    for portion in range(10):
        yield [
            a_firm(
                number,
                name=f"{'AZ'[number % 2]} veranderd {number}",
                lat=52.09 + (number % 17) / 30,
                offerings=[an_offering(title=TITLES[portion % 3], products=["kantoor"])],
            )
            for number in range(portion, 100, 20)
        ]


async def disturb(portion: list[EnterpriseIn], number: int) -> None:
    """Edit five firms, and every other time add one and remove one."""
    await store(*portion, minutes=100 + number)
    if number % 2 == 0:
        await store(a_firm(1_000 + number), minutes=100 + number)
        rows = await fetch(
            "SELECT id FROM enterprise WHERE external_id = $1", f"walk-{110 + number}"
        )
        await service.withdraw(rows[0]["id"], None, SYSTEM, NOW)
    while await indexing.drain_once():
        pass


@pytest.mark.parametrize("query", WALKS.values(), ids=WALKS.keys())
async def test_a_walk_sees_every_untouched_firm_once(
    client: AsyncClient,
    crowd: None,  # noqa: ARG001  depends by name
    query: dict[str, Any],
) -> None:
    rows = await fetch("SELECT id::text AS id, external_id FROM enterprise")
    names = {row["id"]: row["external_id"] for row in rows}
    edited = {one.external_id for portion in disturbances() for one in portion}
    removed = {f"walk-{110 + number}" for number in range(0, 10, 2)}
    waiting = list(enumerate(disturbances()))
    asked: dict[str, Any] = {**query, "limit": PAGE}

    seen: list[str] = []
    while True:
        page = (await client.get("/v1/enterprises", params=asked)).json()
        seen += [names.get(one["id"], "new") for one in page["items"]]
        if waiting:
            number, portion = waiting.pop(0)
            await disturb(portion, number)
        if page["nextCursor"] is None:
            break
        asked["cursor"] = page["nextCursor"]

    untouched = set(names.values()) - edited - removed
    assert (len(edited), len(untouched), waiting) == (50, 65, [])
    assert sorted(one for one in seen if one in untouched) == sorted(untouched)


@pytest.mark.parametrize("query", WALKS.values(), ids=WALKS.keys())
async def test_a_quiet_walk_gives_everybody_once_in_the_order_of_one_long_page(
    client: AsyncClient,
    crowd: None,  # noqa: ARG001  depends by name
    query: dict[str, Any],
) -> None:
    whole = (await client.get("/v1/enterprises", params={**query, "limit": 100})).json()
    asked: dict[str, Any] = {**query, "limit": 9}

    seen: list[str] = []
    while True:
        page = (await client.get("/v1/enterprises", params=asked)).json()
        assert page["total"] == whole["total"] == FIRMS
        seen += [one["id"] for one in page["items"]]
        if page["nextCursor"] is None:
            break
        asked["cursor"] = page["nextCursor"]

    assert seen[:100] == [one["id"] for one in whole["items"]]
    assert len(seen) == len(set(seen)) == FIRMS


async def test_a_cursor_of_another_order_is_refused(
    client: AsyncClient,
    crowd: None,  # noqa: ARG001  depends by name
) -> None:
    by_name = (await client.get("/v1/enterprises", params={"sort": "name", "limit": 5})).json()

    for query in ({}, {"q": "schoonmaak"}, {"sort": "updated"}):
        asked = {**query, "cursor": by_name["nextCursor"]}
        response = await client.get("/v1/enterprises", params=asked)
        assert response.status_code == 400
        assert [one["code"] for one in response.json()["errors"]] == ["invalid-cursor"]
