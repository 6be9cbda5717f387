"""Every parameter of a search: what it finds, and what it counts."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

Directory = dict[str, UUID]


async def found(client: AsyncClient, directory: Directory, **query: Any) -> set[str]:
    response = await client.get("/v1/enterprises", params=query)
    assert response.status_code == 200, response.text
    names = {str(one): name for name, one in directory.items()}
    return {names[one["id"]] for one in response.json()["items"]}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"cpv": "45442100"}, {"painter"}),
        ({"cpv": "45442100-8"}, {"painter"}),
        ({"cpv": "45400000"}, {"painter"}),
        ({"cpv": ["45400000", "90900000"]}, {"painter", "cleaner"}),
        ({"municipality": "GM0344"}, {"painter", "cleaner", "caterer"}),
        ({"municipality": "utrecht"}, {"painter", "cleaner", "caterer"}),
        ({"municipality": "Zeist"}, {"cleaner", "caterer"}),
        ({"province": "NL35"}, {"painter", "cleaner", "caterer"}),
        ({"province": "Overijssel"}, {"gardener", "caterer"}),
        ({"municipality": "Utrecht", "includeNational": "false"}, {"painter", "cleaner"}),
        ({"near": "52.09,5.12", "radiusKm": "5"}, {"painter", "cleaner"}),
        ({"near": "52.51,6.09", "radiusKm": "5"}, {"gardener"}),
        ({"bbox": "4.7,51.5,4.8,51.6"}, {"caterer"}),
        ({"serviceMode": "goods"}, {"caterer"}),
        ({"serviceMode": ["goods", "service"]}, {"painter", "cleaner", "gardener", "caterer"}),
        ({"targetGroup": "wia"}, {"painter", "gardener"}),
        ({"targetGroup": ["statushouder", "wajong"]}, {"painter", "cleaner"}),
        ({"mark": "pso"}, {"painter"}),
        ({"mark": "pso-2"}, {"painter"}),
        ({"minCapacityCents": "3000000"}, {"painter", "gardener", "newcomer"}),
        ({"reservedEligible": "true"}, {"painter"}),
        ({"reservedEligible": "false"}, {"cleaner"}),
    ],
    ids=str,
)
async def test_a_filter_finds_who_fits_it(
    client: AsyncClient, directory: Directory, query: dict[str, Any], expected: set[str]
) -> None:
    assert await found(client, directory, **query) == expected


async def test_one_offering_must_satisfy_all_filters_together(
    client: AsyncClient, directory: Directory
) -> None:
    assert await found(client, directory, cpv="55520000", serviceMode="service") == set()
    assert await found(client, directory, cpv="55520000", serviceMode="goods") == {"caterer"}


async def test_the_radius_of_the_firm_holds_as_well_as_that_of_the_buyer(
    client: AsyncClient, directory: Directory
) -> None:
    # From Zeist the painter is near, and comes to Utrecht only.
    assert await found(client, directory, near="52.09,5.233", radiusKm="20") == {"cleaner"}


async def test_the_nearest_comes_first_when_sorted_by_distance(
    client: AsyncClient, directory: Directory
) -> None:
    query = {"near": "52.0907,5.1214", "radiusKm": "400", "sort": "distance"}
    response = await client.get("/v1/enterprises", params=query)

    ids = [UUID(one["id"]) for one in response.json()["items"]]
    assert ids == [directory[name] for name in ("painter", "cleaner", "caterer")]


async def test_facets_count_what_choosing_would_give(
    client: AsyncClient,
    directory: Directory,  # noqa: ARG001  depends by name
) -> None:
    facets = ["serviceMode", "targetGroup", "targetGroupShare", "reservedEligible", "mark"]
    response = await client.get("/v1/enterprises", params={"facets": [*facets, "province"]})

    counted = response.json()["facets"]
    assert counted["serviceMode"] == {"goods": 1, "service": 3}
    assert counted["targetGroup"] == {"statushouder": 1, "wajong": 1, "wia": 2}
    assert counted["targetGroupShare"] == {"30-49": 1, "<15": 1}
    assert counted["reservedEligible"] == {"false": 1, "true": 1}
    assert (counted["mark"]["pso-3"], counted["mark"]["pso-1"]) == (1, 1)
    assert (counted["province"]["NL35"], counted["province"]["NL21"]) == (3, 2)


async def test_pages_follow_each_other_without_gap_or_double(
    client: AsyncClient, directory: Directory
) -> None:
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2, "sort": "name"}
    while True:
        page = (await client.get("/v1/enterprises", params=query)).json()
        seen += [one["id"] for one in page["items"]]
        if page["nextCursor"] is None:
            break
        query["cursor"] = page["nextCursor"]

    assert len(seen) == 5
    assert {UUID(one) for one in seen} == set(directory.values())
