"""The order of a text: shelves asked as filters must give what the rule says."""

import random
from collections.abc import Iterable, Sequence

import pytest

from search.answers import Hit, Page
from search.client import Client
from search.documents import Document
from search.dutch import analyser
from search.find import find
from search.query import Search, Term
from search.ranking import LAYERS, MAIN, ONE_TERM, RANKED, Shelf, Shelves
from search.relevance import relevance
from search.shelving import COUNTED, OPENED, Shelving
from tests.search.builders import documents, enterprise, fill, found, offering

WORDS = ("lunch", "taart", "fiets", "kwast", "boom", "stoel", "brief")
BROOD = ("brood", "lunch", "vergadering")


def term(token: str, weight: float = 1.0, *synonyms: str) -> Term:
    return Term(token, ((token,), *((one,) for one in synonyms)), weight)


def tokens(document: Document, layer: int) -> set[str]:
    offered = {*document.title_terms, *document.product_terms}
    called = offered | {*document.category_terms, *document.name_terms}
    return [{*document.title_terms}, offered, offered, called, {*document.terms}][layer]


def worth(document: Document, terms: Sequence[Term]) -> float:
    """The rule, written down a second time: no shelves, no filters."""

    def answers(one: Term, held: Iterable[str], *, synonyms: bool) -> bool:
        phrases = one.phrases if synonyms else ((one.token,),)
        return any(set(phrase) <= set(held) for phrase in phrases)

    main = answers(terms[0], document.category_terms, synonyms=True)
    each = (
        layer.worth
        * sum(
            one.weight
            for one in terms
            if answers(one, tokens(document, place), synonyms=layer.synonyms)
        )
        for place, layer in enumerate(LAYERS)
    )
    best = round(max(each), 6)
    return best + MAIN * main if best else 0.0


def a_world(chance: random.Random) -> list[tuple[Document, ...]]:
    def some(most: int) -> tuple[str, ...]:
        return tuple(chance.sample((*WORDS, "hout"), chance.randrange(most)))

    return [
        documents(
            enterprise(f"e{firm}", trade_names=tuple(f"{word} vof" for word in some(2))),
            *(
                offering(
                    f"o{firm}-{number}",
                    " ".join(some(3)),
                    products=some(3),
                    cpv_labels=some(2),
                    description=" ".join(some(3)),
                )
                for number in range(1 + chance.randrange(3))
            ),
        )
        for firm in range(60)
    ]


@pytest.mark.parametrize("seed", range(3))
async def test_shelves_give_the_order_of_the_rule(client: Client, prefix: str, seed: int) -> None:
    chance = random.Random(seed)
    world = a_world(chance)
    index = await fill(client, prefix, *world)

    for count in (1, 2, 2, 3, 3, RANKED):
        text = " ".join(chance.sample(WORDS, count))
        terms = (await find(client, index, text, Search(), analyser())).wording.terms
        each = [(-worth(one, terms), one.tie_break, one) for firm in world for one in firm]
        best = dict.fromkeys(one.enterprise_id for value, _, one in sorted(each) if value < 0)
        for size in (3, 7, 100):
            assert await found(client, index, text, page_size=size) == [*best][:size], text
        second = await found(client, index, text, page=2, page_size=5)
        assert second == [*best][5:10]


async def test_what_only_further_words_find_comes_last(client: Client, prefix: str) -> None:
    texts = ("lunch", "taart", "fiets", "kwast", "boom")
    groups = [
        documents(enterprise(f"{word}{n}"), offering(f"{word}-{n}", word))
        for n, word in enumerate((*texts, "boom", "kwast"))
    ]
    index = await fill(client, prefix, *groups)

    page = await find(client, index, " ".join(texts), Search(), analyser())

    # Of five words the first and the three rarest decide; boom and kwast are held twice.
    assert page.total == len(page.hits) == 7
    assert {one.enterprise_id for one in page.hits[-2:]} == {"boom4", "boom5"}


async def test_the_first_word_tells_what_is_asked_for(client: Client, prefix: str) -> None:
    index = await fill(
        client,
        prefix,
        documents(
            enterprise("farm"),
            offering("1", "Vergaderen", products=("lunch",), cpv_labels=("Vergadering",)),
        ),
        documents(
            enterprise("caterer"),
            offering("2", "Banqueting", products=("vergaderservice",), cpv_labels=("Catering",)),
        ),
    )
    assert await found(client, index, "broodjes vergadering") == ["caterer", "farm"]
    assert await found(client, index, "vergadering broodjes") == ["farm", "caterer"]


async def test_relevance_is_a_share_of_the_best_that_can_be(client: Client, prefix: str) -> None:
    index = await fill(
        client,
        prefix,
        documents(enterprise("all"), offering("1", "Taart", cpv_labels=("Taart",))),
        documents(enterprise("title"), offering("2", "Taart")),
        documents(enterprise("told"), offering("3", "Lunch", description="taart")),
    )
    fits = await relevance(client, index, "taart", analyser())

    # 1.35, 1 and 0.3 of 1.35.
    assert fits == {"1": 1.0, "2": 0.740741, "3": 0.222222}


def test_a_title_that_answers_all_in_the_category_asked_for_stands_on_top() -> None:
    shelves = Shelves([term("a", 0.8), term("b")])
    assert shelves.ordered[0] == Shelf(0, 0b11, main=True)
    assert shelves.best == pytest.approx(1.8 + 0.35)
    assert len(shelves.ordered) == len(set(shelves.ordered)) == 5 * 3 * 2


def test_terms_that_weigh_the_same_share_a_tier() -> None:
    tiers = Shelves([term("a"), term("b")]).tiers
    [tier] = [tier for tier in tiers if Shelf(0, 0b01, main=False) in tier]
    assert Shelf(0, 0b10, main=False) in tier


def test_no_more_than_four_terms_decide_and_the_first_always_does() -> None:
    terms = [term("first", 0.7), *(term(f"t{n}", 0.8 + n / 100) for n in range(5))]
    shelves = Shelves(terms)
    assert [shelves.ordered[-1], shelves.surest] == [Shelf(4, 0, main=False), ()]
    assert shelves.condition(shelves.ordered[-1]) == [
        '(terms IN ["first", "t0", "t1", "t2", "t3", "t4"])',
        'NOT ((terms IN ["first", "t2", "t3", "t4"]))',
    ]


def test_a_shelf_is_a_filter() -> None:
    shelves = Shelves([term("a", 1.0, "x")])
    assert shelves.condition(Shelf(1, 1, main=False)) == [
        '(titleTerms IN ["a"]) OR (productTerms IN ["a"])',
        'NOT ((categoryTerms IN ["a", "x"]))',
        'NOT (((titleTerms IN ["a"])))',
    ]


def test_of_a_single_word_only_shelves_that_fill_the_page_are_fetched() -> None:
    shelving = Shelving(Search(terms=(term("a"),)), "any", 3)
    opening = shelving.opening()
    assert [one.body["limit"] for one in opening] == [3] * OPENED + [0] * (ONE_TERM - OPENED)

    hits = (Hit("o1", "e1"), Hit("o2", "e2"))
    first = Page(estimated_total_hits=2, hits=hits)
    shelving.take(opening, [first, Page(), *(Page(estimated_total_hits=n) for n in (50, 9, 9, 9))])
    [asked] = shelving.next()

    assert list(shelving.found) == ["e1", "e2"]
    assert (asked.body["limit"], asked.shelf) == (1, opening[2].shelf)
    assert 'NOT enterpriseId IN ["e1", "e2"]' in asked.body["filter"]


def test_of_several_words_the_shelf_that_holds_all_comes_along() -> None:
    opening = Shelving(Search(terms=(term("a"), term("b"))), "any", 3).opening()
    assert [(one.shelf.layer, one.shelf.held, one.body["limit"]) for one in opening] == [
        *[(0, 0b11, 3)] * 2,
        *[(1, 0b11, 3)] * 2,
    ]


def test_shelves_are_counted_so_many_at_a_time_and_no_more_than_there_are_is_sought() -> None:
    shelving = Shelving(Search(terms=(term("a"), term("b"), term("c"))), "any", 3)
    asked = shelving.next()
    assert len(asked) == COUNTED
    shelving.take(asked, [Page()] * COUNTED)
    assert not {one.shelf for one in asked} & {one.shelf for one in shelving.next()}
    shelving.limit_to(0)
    assert shelving.next() == []


def test_after_many_all_are_asked_again_rather_than_named() -> None:
    shelving = Shelving(Search(terms=(term("a"),)), "any", 500)
    opening = shelving.opening()
    hits = tuple(Hit(f"o{n}", f"e{n}") for n in range(300))
    counts = [Page(estimated_total_hits=300)] * (ONE_TERM - 2)
    shelving.take(opening, [Page(estimated_total_hits=300, hits=hits), Page(), *counts])
    [asked] = shelving.next()
    assert (asked.body["limit"], len(asked.body["filter"])) == (500, len(opening[2].body["filter"]))
