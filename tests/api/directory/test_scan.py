"""Every filter, facet and order of a search agrees with a naive scan of random worlds."""

from collections.abc import AsyncIterator
from datetime import date
from itertools import pairwise
from typing import Any, Final

import msgspec
import pytest
from httpx import AsyncClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import clock, index, indexing
from api.accounts.service import SYSTEM
from api.database import fetch
from api.domain.tendering.coverage import Geography
from api.enterprises import service
from api.enterprises.schemas import EnterpriseIn
from api.reference.service import reference
from importers.engines import free_port
from search.client import Client
from tests.api.directory import scan
from tests.conftest import NOW

FIRMS: Final = 70
FACETS: Final = {
    "serviceMode": scan.MODES,
    "targetGroup": scan.GROUPS,
    "reservedEligible": ("true", "false"),
    "province": scan.PROVINCES,
    "mark": tuple(f"pso-{level}" for level in scan.LEVELS),
}
MANY = {"serviceMode", "targetGroup", "cpv"}
"""Parameters that take several values."""


class World(msgspec.Struct, frozen=True):
    """What is in the directory."""

    records: list[scan.Record]
    geography: Geography
    names: dict[str, str]
    """External id per id."""

    def finds(self, query: scan.Query) -> set[str]:
        return scan.scan(self.records, query, self.geography, clock.legal_day(clock.now()))


@pytest.fixture(scope="module", params=[1, 2, 3])
async def world(
    migrated: None,  # noqa: ARG001  depends by name
    engine: Client,  # noqa: ARG001  depends by name
    request: pytest.FixtureRequest,
) -> AsyncIterator[World]:
    records = scan.records(request.param, FIRMS)
    fields = {one.encode_name for one in msgspec.structs.fields(EnterpriseIn)}
    firms = [
        msgspec.convert({key: one[key] for key in one.keys() & fields}, EnterpriseIn)
        for one in records
    ]
    stored = await service.store_batch(firms, "scan", SYSTEM, NOW)
    assert [one.faults for one in stored] == [()] * FIRMS
    names: dict[str, str] = {}
    for one, outcome in zip(records, stored, strict=True):
        assert outcome.enterprise_id is not None
        names[str(outcome.enterprise_id)] = one["externalId"]
        seen = [("pso", mark["level"], date(2024, 1, 1)) for mark in one["marks"]]
        verified_on = date(2026, 1, 1) if one["shareVerified"] else None
        await service.record_verification(
            outcome.enterprise_id, seen if one["verified"] else [], verified_on, SYSTEM, NOW
        )
    await indexing.rebuild()
    yield World(records, (await reference()).geography, names)
    for table in ("enterprise_revision", "quality_mark", "offering", "enterprise"):
        await fetch(f"DELETE FROM {table}")  # noqa: S608  names of our own
    for table in ("outbox", "change", "audit_event"):
        await fetch(f"DELETE FROM {table}")  # noqa: S608  as above


def several(values: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


POINTS = st.tuples(st.floats(51.6, 53.0), st.floats(4.5, 6.5)).map(
    lambda p: f"{p[0]:.4f},{p[1]:.4f}"
)
CIRCLES = st.fixed_dictionaries({"near": POINTS, "radiusKm": st.sampled_from(["20", "75", "200"])})
AREAS: st.SearchStrategy[dict[str, str]] = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"municipality": st.sampled_from(scan.TOWNS)}),
    st.fixed_dictionaries({"province": st.sampled_from(scan.PROVINCES)}),
    CIRCLES,
)
OTHERS = st.fixed_dictionaries(
    {},
    optional={
        "q": st.sampled_from(scan.WORDS),
        "cpv": several((*scan.CODES, "45000000", "90000000")),
        "targetGroup": several(scan.GROUPS),
        "mark": st.sampled_from(["pso", *FACETS["mark"]]),
        "bbox": st.sampled_from(["4.5,51.5,5.5,52.5", "5.0,51.9,6.6,53.2"]),
        "serviceMode": several(scan.MODES),
        "minCapacityCents": st.sampled_from([0, 3_000_000, 7_000_000]),
        "reservedEligible": st.sampled_from(["true", "false"]),
        "includeNational": st.sampled_from(["true", "false"]),
    },
)
QUERIES = st.builds(lambda area, others: {**area, **others}, AREAS, OTHERS)
SORTS = st.sampled_from(["relevance", "name", "updated"])
EXAMPLES = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


async def answer(client: AsyncClient, **query: Any) -> dict[str, Any]:
    response = await client.get("/v1/enterprises", params={"limit": 100, **query})
    assert response.status_code == 200, response.text
    page: dict[str, Any] = response.json()
    return page


@EXAMPLES
@given(query=QUERIES, sort=SORTS)
async def test_a_search_finds_who_the_scan_finds(
    client: AsyncClient, world: World, query: dict[str, Any], sort: str
) -> None:
    page = await answer(client, **query, sort=sort)

    found = [world.names[one["id"]] for one in page["items"]]
    assert sorted(found) == sorted(world.finds(query))
    assert page["total"] == len(found)
    if sort == "name":
        names = [one["name"].lower() for one in page["items"]]
        assert names == sorted(names)


@EXAMPLES
@given(query=QUERIES)
async def test_the_database_alone_finds_the_same(
    client: AsyncClient, world: World, query: dict[str, Any]
) -> None:
    filters = {name: value for name, value in query.items() if name != "q"}
    async with index.engine(f"http://127.0.0.1:{free_port()}"):
        page = await answer(client, **filters)

    assert page["degraded"] is True
    assert {world.names[one["id"]] for one in page["items"]} == world.finds(filters)
    assert page["total"] == len(page["items"])


@EXAMPLES
@given(query=QUERIES)
async def test_a_count_is_what_choosing_the_value_finds(
    client: AsyncClient, world: World, query: dict[str, Any]
) -> None:
    circle = {"near"} & query.keys()
    facets = [name for name in FACETS if not (circle and name == "province")]
    page = await answer(client, **query, facets=facets)

    for name in facets:
        for value in FACETS[name]:
            chosen = {**query, name: [value] if name in MANY else value}
            if name == "province":
                chosen.pop("municipality", None)
            counted = page["facets"].get(name, {}).get(value, 0)
            assert counted == len(world.finds(chosen)), (name, value)


@EXAMPLES
@given(circle=CIRCLES, others=OTHERS)
async def test_the_nearest_come_first(
    client: AsyncClient, world: World, circle: dict[str, Any], others: dict[str, Any]
) -> None:
    query = {**circle, **others}
    page = await answer(client, **query, sort="distance")

    records = {one["externalId"]: one for one in world.records}
    found = [records[world.names[one["id"]]] for one in page["items"]]
    distances = [scan.distance_km(one, query) for one in found]
    assert {one["externalId"] for one in found} == world.finds(query)
    assert all(near <= far + 0.005 for near, far in pairwise(distances))
