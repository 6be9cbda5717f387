from typing import Any

import pytest

from search.client import Client
from search.documents import Location
from search.query import (
    Box,
    Group,
    Near,
    Order,
    Search,
    Term,
    any_of,
    covers,
    filters,
    has_any,
    holds_mark,
    listing,
    quoted,
)
from tests.search.builders import documents, enterprise, fill, found, offering

HOSTILE = [
    "'s-Hertogenbosch",
    'say "hi"',
    "back\\slash",
    "ends in \\",
    '\\"',
    "\\\\",
    "\\n",
    "new\nline",
    "a, b",
    "] OR id EXISTS",
    '"] OR id EXISTS OR serviceMode IN ["',
    "' OR id EXISTS OR serviceMode = '",
    "_geoRadius(52, 5, 100)",
    "NOT",
    "*",
    "\u2019s-Gravenhage",
    "emoji \U0001f41d",
]


def test_a_value_is_quoted_for_the_engine() -> None:
    assert quoted("'s-Hertogenbosch") == '"\'s-Hertogenbosch"'
    assert quoted('a "b" \\') == '"a \\"b\\" \\\\"'


def test_values_of_a_group_are_alternatives() -> None:
    assert any_of("serviceMode", ["onsite", "remote"]) == 'serviceMode IN ["onsite", "remote"]'


def test_an_area_is_reached_fully_in_part_or_by_the_whole_country() -> None:
    assert covers(["GM0344"], partial=True, national=True) == (
        '(nationwide = true) OR (areaFull IN ["GM0344"]) OR (areaPartial IN ["GM0344"])'
    )
    assert covers(["GM0344"], partial=False, national=False) == (
        'nationwide = false AND ((areaFull IN ["GM0344"]))'
    )


def test_a_mark_counts_from_its_first_to_its_last_day() -> None:
    assert holds_mark(["pso-3"], 739_000) == (
        '("marksFrom.pso-3" <= 739000 AND "marksUntil.pso-3" >= 739000)'
    )


def test_a_search_without_wishes_has_no_filters() -> None:
    assert filters(Search()) == []


def test_the_radius_comes_last() -> None:
    asked = Search(near=Near(52.09, 5.12, 25), cpv=("90910000",), min_capacity_cents=5_000_00)
    assert filters(asked) == [
        'cpvLineage IN ["90910000"]',
        "(reliableCapacityCents >= 500000) OR (reliableCapacityCents NOT EXISTS)",
        "_geoRadius(52.090000, 5.120000, 25000)",
    ]


def test_a_group_can_be_left_out() -> None:
    asked = Search(cpv=("90910000",), modes=("onsite",))
    assert filters(asked, without=Group.CPV) == ['serviceMode IN ["onsite"]']


def test_a_small_number_is_not_written_with_a_power_of_ten() -> None:
    asked = Search(box=Box(north=0.00001, east=5, south=-0.00001, west=4))
    assert filters(asked) == [
        "_geoBoundingBox([0.000010, 5.000000], [-0.000010, 4.000000])",
    ]


def test_one_term_suffices_and_a_synonym_of_two_words_needs_both() -> None:
    raam = Term("raam", (("raam",), ("glas", "bewas")))
    assert has_any([raam, Term("was", (("was",), ("raam",)))]) == (
        '(terms IN ["raam", "was"]) OR (terms IN ["glas"] AND terms IN ["bewas"])'
    )


async def test_hostile_values_find_themselves_and_nothing_else(client: Client, prefix: str) -> None:
    groups = [
        documents(enterprise(f"e{number}"), offering(f"o{number}", service_mode=value))
        for number, value in enumerate(HOSTILE)
    ]
    index = await fill(client, prefix, *groups)

    for number, value in enumerate(HOSTILE):
        assert await found(client, index, modes=(value,)) == [f"e{number}"]


async def test_one_offering_must_fit_the_whole_search(client: Client, prefix: str) -> None:
    cleaning = offering("c", cpv_lineage=("90000000",), service_mode="onsite", area_full=("NL35",))
    catering = offering("l", cpv_lineage=("55000000",), service_mode="remote", area_full=("NL41",))
    index = await fill(client, prefix, documents(enterprise("both"), cleaning, catering))

    assert await found(client, index, cpv=("90000000",), areas=("NL35",)) == ["both"]
    assert await found(client, index, cpv=("90000000",), areas=("NL41",)) == []
    assert await found(client, index, cpv=("55000000",), modes=("onsite",)) == []


async def test_areas_reach_as_the_switches_say(client: Client, prefix: str) -> None:
    index = await fill(
        client,
        prefix,
        documents(enterprise("province"), offering("1", area_full=("GM0344", "NL35"))),
        documents(enterprise("town"), offering("2", area_full=("GM0344",), area_partial=("NL35",))),
        documents(enterprise("country"), offering("3", area_full=("NL", "NL35", "GM0344"))),
        documents(enterprise("elsewhere"), offering("4", area_full=("NL41",))),
        documents(enterprise("nowhere")),
    )

    async def reached(area: str, **switches: Any) -> set[str]:
        return set(await found(client, index, areas=(area,), **switches))

    assert await reached("GM0344") == {"province", "town", "country"}
    assert await reached("NL35", include_partial=False) == {"province", "country"}
    assert await reached("NL35", include_national=False) == {"province", "town"}
    assert await reached("GM0363") == {"country"}


async def test_unknown_capacity_is_neither_enough_nor_too_little(
    client: Client, prefix: str
) -> None:
    index = await fill(
        client,
        prefix,
        documents(enterprise("small"), offering("1", reliable_capacity_cents=100)),
        documents(enterprise("large"), offering("2", reliable_capacity_cents=200)),
        documents(enterprise("unknown"), offering("3")),
    )
    assert set(await found(client, index, min_capacity_cents=200)) == {"large", "unknown"}


async def test_radius_box_and_distance_use_the_location(client: Client, prefix: str) -> None:
    index = await fill(
        client,
        prefix,
        documents(enterprise("Utrecht", location=Location(52.0907, 5.1214))),
        documents(enterprise("Zeist", location=Location(52.0894, 5.2331))),
        documents(enterprise("Groningen", location=Location(53.2194, 6.5665))),
        documents(enterprise("unknown")),
    )
    zeist = Near(52.0894, 5.2331, 15)

    by_distance = await found(client, index, near=zeist, order=Order.DISTANCE)
    assert by_distance == ["Zeist", "Utrecht"]
    north = Box(north=53.6, east=7.3, south=52.8, west=5.0)
    assert await found(client, index, box=north) == ["Groningen"]


async def test_pages_follow_each_other_and_count_enterprises(client: Client, prefix: str) -> None:
    groups = [
        documents(enterprise(f"{n:02}"), offering(f"{n}a"), offering(f"{n}b")) for n in range(25)
    ]
    index = await fill(client, prefix, *groups)

    pages = [
        await client.search(listing(Search(order=Order.NAME, page_size=10, page=page), index))
        for page in (1, 2, 3, 4)
    ]
    assert [len(page.hits) for page in pages] == [10, 10, 5, 0]
    assert [hit.enterprise_id for page in pages for hit in page.hits] == [
        f"{n:02}" for n in range(25)
    ]


@pytest.mark.parametrize("backwards", [False, True])
async def test_equals_come_in_an_order_that_loading_cannot_change(
    client: Client, prefix: str, *, backwards: bool
) -> None:
    groups = [documents(enterprise(f"e{n}"), offering(f"o{n}", "Schoonmaak")) for n in range(12)]
    index = await fill(client, prefix, *(reversed(groups) if backwards else groups))

    order = ["e9", "e5", "e8", "e4", "e6", "e7", "e11", "e0", "e2", "e3", "e10", "e1"]
    assert await found(client, index, "schoonmaak") == order
