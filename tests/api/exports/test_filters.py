"""Without words an export asks the database; it must choose whom the index chooses."""

import random
import uuid
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from litestar import Litestar

from api import clock, database, indexing
from api.document import described
from search.client import Client
from tests.builders import CATERING, CLEANING, GREENERY, PAINTING, an_offering, stored

TODAY = clock.legal_day(clock.now())
CODES = [PAINTING, CLEANING, GREENERY, CATERING]
COVERAGES: list[dict[str, Any]] = [
    {"kind": "country"},
    {"kind": "country", "excludedMunicipalities": ["GM0344"]},
    {"kind": "places", "places": ["GM0344"]},
    {"kind": "places", "places": ["NL35"]},
    {"kind": "radius", "lat": 52.09, "lon": 5.12, "radiusKm": 30},
]
MODES = ["goods", "service", "hiring-in"]
SHARES = ["<15", "15-29", "30-49", "75+", None]
GROUPS = ["banenafspraak", "wajong", "wia"]
CHOICES: dict[str, list[Any]] = {
    "cpv": [CATERING, "90000000", "77310000"],
    "municipality": ["Utrecht", "Amersfoort"],
    "province": ["Utrecht"],
    "serviceMode": MODES,
    "targetGroup": GROUPS,
    "mark": ["pso", "pso-2", "pso-3", "sebo"],
    "minCapacityCents": [5_000_000],
    "reservedEligible": ["true", "false"],
    "includeNational": ["false", "true"],
    "bbox": ["5.0,52.0,5.3,52.2"],
}


def _offering(draw: random.Random) -> dict[str, Any]:
    return an_offering(
        cpvCodes=draw.sample(CODES, draw.randint(1, 2)),
        coverage=draw.choice(COVERAGES),
        serviceMode=draw.choice(MODES),
        reliableCapacityCents=draw.choice([None, 1_000_000, 9_000_000]),
    )


async def _firm(desk: AsyncClient, draw: random.Random) -> str:
    located = draw.random() < 0.8
    profile = await stored(
        desk,
        name=f"Firma {draw.random()}",
        offerings=[_offering(draw) for _ in range(draw.randint(0, 2))],
        targetGroups=draw.sample(GROUPS, draw.randint(0, 2)),
        targetGroupShare=draw.choice(SHARES),
        mainAimIntegration=draw.choice([True, False, None]),
        lat=round(draw.uniform(51.8, 52.4), 5) if located else None,
        lon=round(draw.uniform(4.7, 5.6), 5) if located else None,
        marks=draw.sample(
            [
                {"scheme": "pso", "level": "1"},
                {"scheme": "pso", "level": "3"},
                {"scheme": "sebo"},
            ],
            draw.randint(0, 2),
        ),
    )
    return str(profile["id"])


async def _world(desk: AsyncClient, draw: random.Random) -> None:
    for _ in range(60):
        firm = uuid.UUID(await _firm(desk, draw))
        if draw.random() < 0.7:
            sql = "UPDATE quality_mark SET verified_on = $2, valid_until = $3 WHERE enterprise = $1"
            last = draw.choice([None, TODAY, TODAY - timedelta(days=1)])
            await database.fetch(sql, firm, TODAY - timedelta(days=9), last)
        if draw.random() < 0.5:
            sql = "UPDATE enterprise SET share_verified_on = $2 WHERE id = $1"
            await database.fetch(sql, firm, TODAY)
        if draw.random() < 0.1:
            await desk.delete(f"/v1/enterprises/{firm}", headers={"If-Match": "*"})


def _filters(draw: random.Random) -> dict[str, str]:
    chosen = {name: draw.choice(CHOICES[name]) for name in draw.sample(sorted(CHOICES), 3)}
    if draw.random() < 0.3:
        chosen = {
            key: one for key, one in chosen.items() if key not in {"municipality", "province"}
        }
        chosen |= {"near": "52.09,5.12", "radiusKm": str(draw.choice([5, 15, 40]))}
    return {name: str(value) for name, value in chosen.items()}


async def _searched(desk: AsyncClient, filters: dict[str, str]) -> set[str]:
    response = await desk.get("/v1/enterprises", params=filters | {"limit": "100"})
    assert response.status_code == 200, response.text
    assert response.json()["nextCursor"] is None
    return {one["id"] for one in response.json()["items"]}


async def _exported(desk: AsyncClient, filters: dict[str, str]) -> list[str]:
    response = await desk.get("/v1/exports/enterprises.geojson", params=filters)
    assert response.status_code == 200, response.text
    return [one["id"] for one in response.json()["features"]]


@pytest.mark.usefixtures("engine")
async def test_an_export_chooses_whom_the_search_chooses(desk: AsyncClient) -> None:
    draw = random.Random(20261124)
    await _world(desk, draw)
    await indexing.rebuild()

    sizes = set()
    for _ in range(120):
        filters = _filters(draw)
        exported = await _exported(desk, filters)
        assert set(exported) == await _searched(desk, filters), filters
        assert exported == sorted(exported)
        sizes.add(len(exported))

    assert len(sizes) > 10


@pytest.mark.usefixtures("engine")
async def test_words_choose_whom_the_search_chooses_in_order_of_id(desk: AsyncClient) -> None:
    for name in ("Tuinman", "Schilder", "Tuinvrouw"):
        title = "Tuinonderhoud" if name.startswith("Tuin") else "Schilderwerk"
        await stored(desk, name=name, offerings=[an_offering(title=title)])
    await indexing.rebuild()

    filters = {"q": "tuinonderhoud Utrecht"}
    exported = await _exported(desk, filters)

    assert len(exported) == 2
    assert set(exported) == await _searched(desk, filters)
    assert exported == sorted(exported)
    assert await _exported(desk, {"q": "xyzzyplugh"}) == []


@pytest.mark.usefixtures("engine")
async def test_more_than_the_limit_by_words_is_refused_and_never_cut_off(
    desk: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.exports import service

    for name in ("Een", "Twee"):
        await stored(desk, name=name, offerings=[an_offering(title="Tuinonderhoud")])
    await indexing.rebuild()
    monkeypatch.setattr(service, "MOST_BY_TEXT", 1)

    answer = await desk.get("/v1/exports/enterprises.csv", params={"q": "tuinonderhoud"})

    assert answer.status_code == 400
    assert [one["code"] for one in answer.json()["errors"]] == ["too-many-found"]


async def test_filters_are_answered_while_the_engine_is_down_and_words_are_not(
    desk: AsyncClient, engine: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = await stored(desk)
    monkeypatch.setattr(engine, "_url", "http://127.0.0.1:9")

    assert firm["id"] in await _exported(desk, {"cpv": PAINTING})
    answer = await desk.get("/v1/exports/enterprises.csv", params={"q": "schilder"})
    assert answer.status_code == 503


@pytest.mark.parametrize(
    ("query", "code"),
    [({"colour": "red"}, "unknown-parameter"), ({"cpv": "12"}, "invalid-cpv")],
)
async def test_a_faulty_filter_is_refused_before_a_byte_is_sent(
    desk: AsyncClient, query: dict[str, str], code: str
) -> None:
    answer = await desk.get("/v1/exports/enterprises.xlsx", params=query)

    assert answer.status_code == 400
    assert [one["code"] for one in answer.json()["errors"]] == [code]


def test_every_filter_of_the_list_filters_every_export(app: Litestar) -> None:
    paths = described(app)["paths"]

    def names(path: str) -> set[str]:
        parameters = paths[path]["get"]["parameters"]
        return {one["name"] for one in parameters if one["in"] == "query"}

    wanted = names("/enterprises") - {"sort", "facets", "fields", "cursor", "limit"}
    for kind in ("csv", "xlsx", "geojson", "jsonl"):
        assert names(f"/exports/enterprises.{kind}") == wanted
