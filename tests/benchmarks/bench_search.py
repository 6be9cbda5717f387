"""Search at 50,000 enterprises with 120,000 offerings, beside the engine's own speed.

Each case asks the same seeded questions four times: of the engine as it comes (one request with
the words as typed, the same filters, the same page and the engine's own facet counts, which finds
nothing for half of the texts), of the engine with a question that finds the same rows as ours (the
analysed words, and the filter on those that answer them), of ours without cards, and of ours with
the cards from the database. Asserts nothing. `--filled` takes the engines that
DATABASE_URL and MEILISEARCH_URL name as `tests.benchmarks.world` filled them.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import warnings
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from api import index
from api.clock import legal_day
from api.database import connection, pool, transaction
from api.directory import service
from api.directory.schemas import FacetName, SearchFilters, SearchQuery
from api.domain.directory import ServiceMode, TargetGroup
from api.reference.service import reference
from api.settings import settings
from importers.demo.load import demo_enterprises
from importers.engines import embedded_engines
from search.answers import Page
from search.dutch import analyser
from search.query import FIELDS, Group, Search, filters
from search.rebuild import live_index
from search.wording import tokens_of, unweighed
from tests.benchmarks import world

QUESTIONS: Final = 40
AT_ONCE: Final = 4
TODAY: Final = legal_day(world.NOW)
FIRMS: Final = (
    FacetName.TARGET_GROUP,
    FacetName.TARGET_GROUP_SHARE,
    FacetName.RESERVED_ELIGIBLE,
)
ALL: Final = tuple(FacetName)
OWN_FACETS: Final = {
    FacetName.TARGET_GROUP: FIELDS[Group.TARGET_GROUP],
    FacetName.TARGET_GROUP_SHARE: FIELDS[Group.TARGET_GROUP_SHARE],
    FacetName.RESERVED_ELIGIBLE: FIELDS[Group.RESERVED],
    FacetName.SERVICE_MODE: FIELDS[Group.MODE],
    FacetName.PROVINCE: "areaFull",
}
Ask = Callable[[service.Question, SearchQuery], Awaitable[object]]


class Case(msgspec.Struct, frozen=True):
    """A kind of question."""

    name: str
    queries: list[SearchQuery]


def cases(chance: random.Random, provinces: Sequence[str], texts: Sequence[str]) -> list[Case]:
    """Draw the questions."""
    codes = sorted(
        {
            f"{code[:3]}00000"
            for line in demo_enterprises()
            for offering in line.enterprise.offerings
            for code in offering.cpv_codes
        }
    )

    def drawn(name: str, facets: tuple[FacetName, ...], **makers: Callable[[], Any]) -> Case:
        made = [
            SearchQuery(
                filters=SearchFilters(**{key: make() for key, make in makers.items()}),
                facets=facets,
            )
            for _ in range(QUESTIONS)
        ]
        return Case(name, made)

    category = {"cpv": lambda: (chance.choice(codes),)}
    region = {**category, "province": lambda: chance.choice(provinces)}
    circle = {**category, "near": lambda: _point(chance), "radius_km": lambda: 25.0}
    words = {"q": lambda: chance.choice(texts), "province": lambda: chance.choice(provinces)}
    groups = {"target_group": lambda: (chance.choice(list(TargetGroup)),)}
    modes = {"service_mode": lambda: (chance.choice(list(ServiceMode)),)}
    return [
        drawn("everybody, all facets", ALL),
        drawn("target group, all facets", ALL, **groups),
        drawn("category, facets of firms", FIRMS, **category),
        drawn("category and region, no facets", (), **region),
        drawn("category and circle, no facets", (), **circle),
        drawn("category and region, facets of firms", FIRMS, **region),
        drawn("category, mode and region, facets of firms", FIRMS, **region, **modes),
        drawn("category and region, all facets", ALL, **region),
        drawn("text and region, no facets", (), **words),
        drawn("text and region, facets of firms", FIRMS, **words),
        drawn("text and region, all facets", ALL, **words),
    ]


def _point(chance: random.Random) -> str:
    return f"{chance.uniform(51.5, 53.0):.4f},{chance.uniform(4.5, 6.5):.4f}"


async def own(asked: service.Question, wanted: SearchQuery) -> Page:
    """Ask the engine as it comes: one request, exact numbers, its own facets."""
    return await _asked_itself(asked.text, asked.search, wanted)


async def same(asked: service.Question, wanted: SearchQuery) -> Page:
    """Ask the engine, in one request likewise, what finds the same enterprises as ours."""
    terms = unweighed(tokens_of(asked.text, analyser()), analyser())
    search = msgspec.structs.replace(asked.search, terms=terms)
    return await _asked_itself(" ".join(term.token for term in terms), search, wanted)


async def _asked_itself(text: str, search: Search, wanted: SearchQuery) -> Page:
    body = {
        "indexUid": live_index(settings().index_prefix),
        "q": text,
        "filter": filters(search),
        "hitsPerPage": wanted.limit,
        "page": 1,
        "facets": [OWN_FACETS[one] for one in wanted.facets if one in OWN_FACETS],
        "attributesToRetrieve": ["id", "enterpriseId"],
    }
    return await index.client().search(body)


async def exact(asked: service.Question, wanted: SearchQuery) -> object:
    """Ask ours, without cards."""
    del wanted
    return await service.look_up(asked)


async def whole(asked: service.Question, wanted: SearchQuery) -> object:
    """Ask ours, with cards, from parameters to page."""
    del asked
    return await service.search(wanted, TODAY)


async def pace(case: Case, ask: Ask) -> float:
    """Give the questions answered a second, four under way at any moment."""
    pairs = [(await service.question(one, TODAY), one) for one in case.queries]
    for asked, wanted in pairs[:2]:
        await ask(asked, wanted)
    waiting = iter(pairs)

    async def work() -> None:
        for asked, wanted in waiting:
            await ask(asked, wanted)

    began = perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return len(pairs) / (perf_counter() - began)


async def statements(case: Case) -> int:
    """Count what a whole search asks of the database."""
    seen: list[str] = []
    async with transaction():
        # The first time the driver asks about types as well.
        await service.search(case.queries[0], TODAY)
        connection().add_query_logger(lambda record: seen.append(record.query))
        await service.search(case.queries[0], TODAY)
        await asyncio.sleep(0)
    return sum("reference_list" not in one for one in seen)


async def measure(seed: int) -> None:
    """Print a line per case."""
    chance = random.Random(seed)
    known = await reference()
    provinces = sorted(one for one in known.geography.members if len(one) == service.PROVINCE_CODE)
    texts = [
        product
        for line in demo_enterprises()
        for offering in line.enterprise.offerings
        for product in offering.products
    ]
    head = "engine  same rows  ours  ratios  with cards  ratios  statements"
    print(f"a second:  {head}")  # noqa: T201  a benchmark
    for case in cases(chance, provinces, texts):
        theirs, alike, bare, full = [await pace(case, ask) for ask in (own, same, exact, whole)]
        print(  # noqa: T201  the point of a benchmark
            f"{case.name:44} {theirs:7.1f} {alike:7.1f}"
            f" {bare:7.1f} {bare / theirs:6.2f} {bare / alike:6.2f}"
            f" {full:7.1f} {full / theirs:6.2f} {full / alike:6.2f} {await statements(case):3}",
            flush=True,
        )


async def run(seed: int, *, filled: bool, firms: int, offerings: int) -> None:
    """Fill if needed, then measure."""
    if not filled:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            await world.fill_everything(1, firms, offerings)
    async with pool(AT_ONCE), index.engine():
        await measure(seed)


def main() -> None:
    """Measure on engines of our own, or on those that are filled already."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--filled", action="store_true")
    asked.add_argument("--firms", type=int, default=world.FIRMS)
    asked.add_argument("--offerings", type=int, default=world.OFFERINGS)
    given = asked.parse_args()
    if not given.filled:
        for name in ("DATABASE_URL", "MEILISEARCH_URL"):
            os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with embedded_engines(Path(folder), lambda _: None):
            work = run(
                given.seed, filled=given.filled, firms=given.firms, offerings=given.offerings
            )
            asyncio.run(work)


if __name__ == "__main__":
    main()
