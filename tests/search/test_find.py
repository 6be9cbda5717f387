import pytest

from search.client import Client
from search.dutch import analyser
from search.errors import TooDeep
from search.find import find
from search.query import Facet, Group, Order, Search
from tests.search.builders import documents, enterprise, fill, found, offering


async def test_walking_all_pages_meets_every_match_once(client: Client, prefix: str) -> None:
    titles = ("Lunch", "Glazenwasserij", "Ramen wassen", "Kantoorschoonmaak", "Taart", "Raamwerk")
    groups = [
        documents(
            enterprise(f"e{n:02}"),
            offering(f"{n}a", titles[n % 6]),
            offering(f"{n}b", titles[n % 5]),
        )
        for n in range(30)
    ]
    index = await fill(client, prefix, *groups)

    pages = [
        await find(client, index, "ramen wassen", Search(page=page, page_size=7), analyser())
        for page in range(1, 6)
    ]

    # Of 30 firms 15 by their first title, 12 by their second, 6 by both: 21.
    walked = [one.enterprise_id for page in pages for one in page.hits]
    assert {page.total for page in pages} == {len(walked)} == {len(set(walked))} == {21}


async def test_more_words_of_the_text_rank_higher(client: Client, prefix: str) -> None:
    index = await fill(
        client,
        prefix,
        documents(enterprise("lunch"), offering("1", "Lunch")),
        documents(enterprise("both"), offering("2", "Vergaderlunch")),
        documents(enterprise("zaal"), offering("3", "Vergaderzaal")),
        documents(enterprise("taart"), offering("4", "Taart")),
    )
    ranking = await found(client, index, "lunch vergadering")
    assert ranking[0] == "both"
    assert set(ranking) == {"both", "lunch", "zaal"}


async def test_what_is_offered_goes_before_what_a_firm_calls_itself(
    client: Client, prefix: str
) -> None:
    index = await fill(
        client,
        prefix,
        documents(enterprise("name: Drukkerij"), offering("1", "Lunch")),
        documents(enterprise("offered"), offering("2", "Drukwerk")),
        documents(enterprise("told"), offering("3", "Lunch", description="naast onze drukkerij")),
    )
    ranking = await found(client, index, "drukkerij")
    assert ranking == ["offered", "name: Drukkerij", "told"]


async def test_a_misspelt_word_is_corrected_and_an_unknown_one_reported(
    client: Client, prefix: str
) -> None:
    index = await fill(
        client,
        prefix,
        documents(enterprise("clean"), offering("1", "Kantoorschoonmaak")),
        documents(enterprise("lunch"), offering("2", "Lunch")),
    )

    page = await find(client, index, "kantoorschonmaak qqqqq", Search(), analyser())

    assert [one.enterprise_id for one in page.hits] == ["clean"]
    assert [one.token for one in page.wording.terms] == ["kantoor", "schoonmaak"]
    assert page.wording.corrected == ("kantoorschonmaak",)
    assert page.wording.unknown == ("qqqqq",)


async def test_a_text_that_nothing_answers_finds_nothing(client: Client, prefix: str) -> None:
    index = await fill(client, prefix, documents(enterprise("lunch"), offering("1", "Lunch")))

    page = await find(client, index, "qqqqq", Search(facets=(Facet(Group.MODE),)), analyser())

    assert (page.hits, page.total, page.facets) == ((), 0, {})
    assert page.wording.unknown == ("qqqqq",)


async def test_an_empty_text_finds_all(client: Client, prefix: str) -> None:
    index = await fill(client, prefix, documents(enterprise("lunch"), offering("1", "Lunch")))
    for text in ("", "  ", "?!"):
        assert await found(client, index, text) == ["lunch"]


async def test_the_rarest_term_weighs_one(client: Client, prefix: str) -> None:
    groups = [documents(enterprise(f"e{n}"), offering(f"o{n}", "Lunch")) for n in range(3)]
    taart = documents(enterprise("taart"), offering("t", "Taart"))
    index = await fill(client, prefix, *groups, taart)

    wording = (await find(client, index, "lunch taart", Search(), analyser())).wording

    # Four documents: ln(1 + 4/3) / ln(1 + 4/1) = 0.5265, of which 0.3 counts.
    assert [(one.token, one.weight) for one in wording.terms] == [("lunch", 0.8579), ("taart", 1.0)]


async def test_a_text_can_be_put_in_another_order(client: Client, prefix: str) -> None:
    groups = [documents(enterprise(name), offering(name * 2, "Lunch")) for name in ("b", "C", "a")]
    index = await fill(client, prefix, *groups)
    assert await found(client, index, "lunch", order=Order.NAME) == ["a", "b", "C"]


async def test_no_page_lies_deeper_than_the_ranking(client: Client, prefix: str) -> None:
    index = await fill(client, prefix, documents(enterprise("e"), offering("o", "Lunch")))
    assert await found(client, index, "lunch", page=10, page_size=100) == []
    with pytest.raises(TooDeep):
        await found(client, index, "lunch", page=11, page_size=100)


async def test_facets_of_a_text_are_exact_too(client: Client, prefix: str) -> None:
    index = await fill(
        client,
        prefix,
        documents(
            enterprise("e"),
            offering("1", "Lunch", service_mode="onsite"),
            offering("2", "Taart", service_mode="delivery"),
        ),
        documents(enterprise("f"), offering("3", "Lunch", service_mode="delivery")),
    )
    search = Search(facets=(Facet(Group.MODE), Facet(Group.AREA, ("NL35",))))

    page = await find(client, index, "taart", search, analyser())

    assert page.total == 1
    assert page.facets == {Group.MODE: {"delivery": 1}, Group.AREA: {"NL35": 0}}


async def test_hostile_texts_are_only_words(client: Client, prefix: str) -> None:
    index = await fill(client, prefix, documents(enterprise("lunch"), offering("1", "Lunch")))
    for text in ('"] OR id EXISTS', "lunch\\", '"lunch', "-lunch", "lunch\x00", "\ud83d" * 3):
        assert await found(client, index, text) in ([], ["lunch"])
    assert await found(client, index, "lunch " * 500) == ["lunch"]


async def test_a_firm_called_by_the_whole_text_goes_before_all(client: Client, prefix: str) -> None:
    groups = [
        documents(enterprise("offers"), offering("1", "De volle mand met fruit")),
        documents(enterprise("fruit"), offering("2", "Volle manden", products=("mand",))),
        documents(
            enterprise("named", trade_names=("De Volle Mand",)), offering("3", "Kerstpakketten")
        ),
    ]
    index = await fill(client, prefix, *groups)

    assert (await found(client, index, "de  volle MAND"))[0] == "named"
    assert (await found(client, index, "volle mand"))[0] != "named"
    assert set(await found(client, index, "de volle mand", page=1, page_size=2)) >= {"named"}
    assert "named" not in await found(client, index, "de volle mand", page=2, page_size=1)
