"""Every facet count must be the number of enterprises that one gets by choosing the value."""

import random
import uuid
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import msgspec
import pytest

from search.answers import Page
from search.client import Client
from search.documents import EnterpriseFacts, Mark, OfferingFacts, documents_of
from search.dutch import analyser
from search.facets import Question, facet_queries, merge, questions, total
from search.query import Facet, Group, Near, Search, Term, listing
from search.rebuild import drop
from tests.search.builders import LONG_AGO, fill

CPV = ("55000000", "77000000", "90000000")
AREAS = ("NL11", "NL35", "NL41")
MODES = ("delivery", "onsite", "remote")
MARKS = ("code", "pso-1", "pso-3")
TARGET_GROUPS = ("bbl", "wajong", "wia")
SHARES = ("15-29", "30-49")
TITLES = ("Schoonmaak", "Kantoorschoonmaak", "Lunch", "Tuinonderhoud", "")
SCHOONMAAK = Term("schoonmaak", (("schoonmaak",), ("tuin", "onderhoud")))
KANTOOR = Term("kantoor", (("kantoor",),))
DAY = date(2026, 6, 1)
ALL_FACETS = (
    Facet(Group.CPV, CPV),
    Facet(Group.AREA, AREAS),
    Facet(Group.MODE),
    Facet(Group.MARK, MARKS),
    Facet(Group.TARGET_GROUP),
    Facet(Group.TARGET_GROUP_SHARE),
    Facet(Group.RESERVED),
)
CHOSEN: dict[Group, str] = {
    Group.CPV: "cpv",
    Group.AREA: "areas",
    Group.MODE: "modes",
    Group.MARK: "marks",
    Group.TARGET_GROUP: "target_groups",
    Group.TARGET_GROUP_SHARE: "target_group_shares",
}
SEARCHES: dict[str, dict[str, Any]] = {
    "all": {},
    "text": {"terms": (SCHOONMAAK,)},
    "two words": {"terms": (KANTOOR, SCHOONMAAK)},
    "category": {"cpv": ("90000000",)},
    "category and place": {"cpv": ("90000000", "77000000"), "areas": ("NL35",)},
    "strict place": {"areas": ("NL11",), "include_partial": False, "include_national": False},
    "mode": {"modes": ("onsite",), "areas": ("NL41",)},
    "mark": {"marks": ("pso-3",), "terms": (SCHOONMAAK,)},
    "people": {"target_groups": ("wajong",), "target_group_shares": ("30-49",)},
    "reserved": {"reserved_eligible": True, "cpv": ("55000000",)},
    "everything": {
        "cpv": ("90000000", "55000000"),
        "areas": ("NL35", "NL11"),
        "modes": ("onsite", "remote"),
        "target_groups": ("wajong", "wia"),
    },
}


def an_enterprise(number: int, chance: random.Random) -> tuple[Any, ...]:
    periods = (Mark(mark, None, chance.choice((None, date(2026, 1, 1)))) for mark in MARKS)
    firm = EnterpriseFacts(
        id=f"e{number}",
        name=f"Firma {number}",
        marks=tuple(mark for mark in periods if chance.random() < 0.5),
        target_groups=tuple(group for group in TARGET_GROUPS if chance.random() < 0.5),
        target_group_share=chance.choice((*SHARES, None)),
        reserved_eligible=chance.choice((True, False, None)),
        updated_at=LONG_AGO,
    )
    offerings = [an_offering(f"o{number}-{n}", chance) for n in range(chance.randrange(5))]
    return documents_of(firm, offerings, analyser())


def an_offering(offering_id: str, chance: random.Random) -> OfferingFacts:
    return OfferingFacts(
        id=offering_id,
        title=chance.choice(TITLES),
        cpv_lineage=tuple(code for code in CPV if chance.random() < 0.4),
        service_mode=chance.choice((*MODES, None)),
        area_full=("NL", *AREAS) if chance.random() < 0.2 else (chance.choice(AREAS),),
        area_partial=(chance.choice(AREAS),) if chance.random() < 0.4 else (),
    )


@pytest.fixture(scope="module")
async def index(client: Client) -> AsyncIterator[str]:
    chance = random.Random(20260601)
    prefix = f"test-{uuid.uuid4().hex}"
    name = await fill(client, prefix, *(an_enterprise(number, chance) for number in range(80)))
    yield name
    await drop(client, name)


async def facets(client: Client, index: str, search: Search) -> dict[Group, dict[str, int]]:
    asked = questions(search, index)
    return merge(asked, await client.multi_search([question.body for question in asked]))


def choosing(search: Search, group: Group, value: str) -> Search:
    """The search as it is when this value, and no other of its group, is chosen."""
    if group is Group.RESERVED:
        return msgspec.structs.replace(search, reserved_eligible=value == "true")
    return msgspec.structs.replace(search, **{CHOSEN[group]: (value,)})


@pytest.mark.parametrize("asked", SEARCHES.values(), ids=SEARCHES.keys())
async def test_a_count_is_what_choosing_the_value_gives(
    client: Client, index: str, asked: dict[str, Any]
) -> None:
    search = Search(day=DAY.toordinal(), facets=ALL_FACETS, page_size=1000, **asked)

    counts = await facets(client, index, search)

    assert counts.keys() == set(Group)
    for group, counted in counts.items():
        for value, count in counted.items():
            page = await client.search(listing(choosing(search, group, value), index))
            assert len({hit.enterprise_id for hit in page.hits}) == len(page.hits) == count


async def test_a_value_that_is_not_listed_gives_nothing(client: Client, index: str) -> None:
    everywhere = await facets(client, index, Search(facets=ALL_FACETS))
    listed = await facets(client, index, Search(cpv=("90000000",), facets=ALL_FACETS))
    for mode in everywhere[Group.MODE].keys() - listed[Group.MODE].keys():
        page = await client.search(listing(Search(cpv=("90000000",), modes=(mode,)), index))
        assert page.hits == ()
    assert set(everywhere[Group.MODE]) == set(MODES)


async def test_the_numbers_agree_with_counting_by_hand(client: Client, prefix: str) -> None:
    index = await fill(client, prefix, *three_enterprises())

    counts = await facets(client, index, Search(facets=ALL_FACETS))

    assert counts[Group.CPV] == {"55000000": 1, "77000000": 3, "90000000": 2}
    assert counts[Group.MODE] == {"onsite": 2, "remote": 3}
    assert counts[Group.RESERVED] == {"true": 1}


def three_enterprises() -> list[tuple[Any, ...]]:
    """Each with offerings that differ, which the engine's own counts get wrong."""
    offered = {
        "a": [("90000000", "onsite"), ("90000000", "onsite"), ("77000000", "remote")],
        "b": [("90000000", "onsite"), ("77000000", "remote")],
        "c": [("77000000", "remote"), ("55000000", "remote")],
    }
    return [
        documents_of(
            EnterpriseFacts(
                id=name,
                name=name,
                reserved_eligible=True if name == "a" else None,
                updated_at=LONG_AGO,
            ),
            [
                OfferingFacts(id=f"{name}{n}", cpv_lineage=(cpv,), service_mode=mode)
                for n, (cpv, mode) in enumerate(pairs)
            ],
            analyser(),
        )
        for name, pairs in offered.items()
    ]


def test_groups_without_a_choice_share_one_question() -> None:
    search = Search(target_groups=("wia",), facets=ALL_FACETS)
    bodies = facet_queries(search, "any")

    assert [body.get("facets") for body in bodies if "facets" in body] == [
        ["reservedEligible", "targetGroupShare"],
        ["targetGroups"],
        ["provinces"],
        ["serviceMode"],
    ]
    assert len(bodies) == 2 + 2 * len(CPV) + 1 + 1 + len(MARKS)


def test_answers_are_put_together_per_group() -> None:
    asked = [
        Question({"hitsPerPage": 0}, group=Group.CPV, value="90000000"),
        Question({}, {Group.MODE: ("serviceMode",)}),
        Question({}, {Group.AREA: ("provinces",)}, only=("NL35", "NL41")),
        Question({"hitsPerPage": 0}, group=Group.CPV, value="90000000", of_all=True),
        Question({}, {Group.MODE: ("serviceMode",)}, of_all=True),
    ]
    answers = [
        Page(total_hits=4),
        Page(facet_distribution={"serviceMode": {"onsite": 2}}),
        Page(facet_distribution={"provinces": {"NL11": 3, "NL41": 1}}),
        Page(total_hits=2),
        Page(estimated_total_hits=5, facet_distribution={"serviceMode": {"onsite": 1}}),
    ]
    assert total(asked, answers) == 7
    assert merge(asked, answers) == {
        Group.CPV: {"90000000": 6},
        Group.MODE: {"onsite": 3},
        Group.AREA: {"NL35": 0, "NL41": 1},
    }


def test_a_search_without_facets_asks_the_total_alone() -> None:
    [body] = facet_queries(Search(), "any")
    assert body["filter"] == ["speaks = true"]


@pytest.mark.parametrize(
    ("asked", "doubt"),
    [
        (Search(min_capacity_cents=1), "alone = false"),
        (Search(cpv=("77000000",)), 'alone = false AND othersLineage IN ["77000000"]'),
        (Search(modes=("x",)), 'alone = false AND othersModes IN ["x"]'),
        (Search(areas=("NL35",)), 'alone = false AND othersReaches IN ["NL35"]'),
        (Search(areas=("NL35", "GM0344")), "alone = false"),
        (Search(terms=(KANTOOR,)), 'alone = false AND ((othersTerms IN ["kantoor"]))'),
    ],
)
def test_only_who_may_answer_twice_is_compared_with_others(asked: Search, doubt: str) -> None:
    sure, unsure = facet_queries(asked, "any")
    assert sure["filter"] == [*unsure["filter"][:-1], f"NOT ({doubt})"]
    assert unsure["filter"][-1] == doubt
    assert (sure["limit"], unsure["hitsPerPage"]) == (0, 0)


def test_a_circle_is_counted_by_one_question() -> None:
    [body] = facet_queries(Search(near=Near(52.1, 5.1, 25), cpv=("77000000",)), "any")
    assert body["hitsPerPage"] == 0


def test_provinces_reached_by_one_offering_are_listed() -> None:
    search = Search(cpv=("77000000",), facets=(Facet(Group.AREA, AREAS),))
    _, _, sure, alone, *each = facet_queries(search, "any")
    assert (sure["facets"], alone["facets"]) == (
        ["reachesAlone", "reachesToo"],
        ["reachesAlone"],
    )
    assert [one["filter"][0] for one in each] == [f'reachesToo IN ["{area}"]' for area in AREAS]


def test_a_mark_counts_who_holds_a_higher_one() -> None:
    facet = Facet(Group.MARK, ("pso-1",), {"pso-1": ("pso-1", "pso-2")})
    _, body = facet_queries(Search(facets=(facet,)), "any")
    assert "marksFrom.pso-2" in body["filter"][0]
