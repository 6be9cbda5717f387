"""A seeded directory for benchmarks: 50,000 firms with 120,000 offerings, and their documents.

The same seed gives the same firms, offerings, marks and ids. What the offerings say is taken
from the demo directory, so that texts, codes and modes belong together as they do in life;
names, places, coverage and capacity are drawn. Alone it fills the database and the index that
DATABASE_URL and MEILISEARCH_URL name: `python -m tests.benchmarks.world --seed 1`.
"""

import argparse
import asyncio
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from api import index, indexing
from api.database import as_json, copy_rows, fetch, pool, transaction
from api.domain.directory import ShareBucket, TargetGroup
from api.domain.tendering.coverage import (
    Coverage,
    Geography,
    Municipality,
    Places,
    Radius,
    WholeCountry,
)
from api.domain.tendering.cpv import lineages
from api.domain.values import CpvCode
from api.enterprises.schemas import OfferingIn
from api.enterprises.tables import Enterprise, Mark, Offering
from api.migrations.forward import migrate
from api.reference.service import reference
from importers.demo.load import demo_enterprises
from importers.reference.load import load_shipped

FIRMS: Final = 50_000
OFFERINGS: Final = 120_000
NOW: Final = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SOURCE: Final = "world"
COVERAGES: Final = 3_000
"""Different coverages; as in life many firms share the same few shapes."""
FIRST: Final = (
    *("Groene", "Nieuwe", "Vrije", "Eerlijke", "Warme", "Kleine", "Vaste", "Rode", "Stille"),
    *("Heldere", "Snelle", "Goede", "Hele", "Blauwe", "Oude", "Jonge", "Brede", "Ronde"),
)
SECOND: Final = (
    *("Schop", "Kwast", "Draad", "Plank", "Naald", "Zeef", "Lepel", "Doos", "Hamer", "Kruiwagen"),
    *("Bezem", "Ketel", "Beitel", "Spoel", "Kade", "Loods", "Werf", "Molen", "Akker", "Brug"),
)
Row = dict[str, Any]


async def fill(seed: int = 1, firms: int = FIRMS, offerings: int = OFFERINGS) -> list[UUID]:
    """Copy the world in, at least one offering a firm; gives the ids of the firms, in order.

    Needs the shipped codes and areas. The index is not told: see `indexing.rebuild`.
    """
    chance = random.Random(seed)
    geography = (await reference()).geography
    places = list(geography.municipalities.values())
    ids = [drawn_id(chance, number) for number in range(firms)]
    async with transaction():
        await copy_rows(Enterprise, [_firm(chance, one, n, places) for n, one in enumerate(ids)])
        await copy_rows(Offering, list(_offerings(chance, ids, offerings, geography)))
        await copy_rows(Mark, list(_marks(chance, ids)))
    await fetch("ANALYZE")
    return ids


def drawn_id(chance: random.Random, number: int) -> UUID:
    """Make an id in the form of a UUIDv7, a millisecond after the one before it."""
    moment = int(NOW.timestamp() * 1000) + number
    return UUID(
        int=moment << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62)
    )


def _firm(chance: random.Random, firm: UUID, number: int, places: list[Municipality]) -> Row:
    place = chance.choice(places)
    return {
        "id": firm,
        "state": "published",
        "source": SOURCE,
        "external_id": str(number),
        "kvk_number": f"{10_000_000 + number:08}",
        "name": f"{chance.choice(FIRST)} {chance.choice(SECOND)} {place.name} {number}",
        "trade_names": [],
        "legal_form": chance.choice(["stichting", "bv", "cooperatie", "eenmanszaak"]),
        "mission": "",
        "town": place.name,
        "municipality": place.code,
        "country": "NLD",
        "lat": round(place.centre.lat + chance.uniform(-0.03, 0.03), 5),
        "lon": round(place.centre.lon + chance.uniform(-0.05, 0.05), 5),
        "target_groups": sorted(chance.sample(list(TargetGroup), chance.randrange(4))),
        "target_group_share": chance.choice([*ShareBucket, None]),
        "share_verified_on": chance.choice([date(2026, 1, 1), None]),
        "main_aim_integration": chance.choice([True, True, False, None]),
        "turnover_cents": chance.choice([None, chance.randrange(10**6, 10**9)]),
        "content_hash": "0" * 64,
        "version": 1,
        "created_at": NOW,
        "updated_at": NOW - timedelta(minutes=chance.randrange(500_000)),
    }


def _offerings(
    chance: random.Random, firms: list[UUID], count: int, geography: Geography
) -> Iterator[Row]:
    owners = firms + chance.choices(firms, k=max(0, count - len(firms)))
    templates = [one for line in demo_enterprises() for one in line.enterprise.offerings]
    coverages = list(_coverages(chance, geography))
    for number, firm in enumerate(owners):
        offering = chance.choice(templates)
        yield {
            "id": drawn_id(chance, number),
            "enterprise": firm,
            "position": number,
            **_offered(offering),
            **chance.choice(coverages),
            "reliable_capacity_cents": chance.choice([None, chance.randrange(10**6, 10**8)]),
            "version": 1,
        }


def _offered(offering: OfferingIn) -> Row:
    codes = sorted({CpvCode(code[:8]) for code in offering.cpv_codes})
    return {
        "title": offering.title,
        "description": offering.description,
        "products": list(offering.products),
        "cpv_codes": codes,
        "cpv_lineage": list(lineages(codes)),
        "service_mode": offering.service_mode,
    }


def _coverages(chance: random.Random, geography: Geography) -> Iterator[Row]:
    """Work out the coverages: a tenth nationwide, a third of provinces, the rest local."""
    places = list(geography.municipalities.values())
    for _ in range(COVERAGES):
        coverage = _coverage(chance, places)
        reach = geography.reach(coverage)
        yield {
            "coverage": as_json(coverage),
            "area_full": list(reach.full),
            "area_partial": list(reach.partial),
        }


def _coverage(chance: random.Random, places: list[Municipality]) -> Coverage:
    place, shape = chance.choice(places), chance.random()
    if shape < 0.1:
        return WholeCountry()
    if shape < 0.4:
        return Places((place.province,))
    if shape < 0.6:
        return Places((place.nuts3, chance.choice(places).code))
    reach_km = chance.choice([10, 20, 30, 50])
    return Radius(lat=place.centre.lat, lon=place.centre.lon, radius_km=reach_km)


def _marks(chance: random.Random, firms: list[UUID]) -> Iterator[Row]:
    for number, firm in enumerate(chance.sample(firms, len(firms) // 3)):
        yield {
            "id": drawn_id(chance, number),
            "enterprise": firm,
            "scheme": "pso",
            "level": chance.choice(["aspirant", "1", "2", "3"]),
            "holder_kvk_numbers": [],
            "issued_on": date(2025, 1, 1),
            "valid_until": chance.choice([date(2026, 6, 30), date(2028, 12, 31), None]),
            "verified_on": chance.choice([date(2025, 1, 2), date(2025, 1, 2), None]),
        }


async def fill_database(seed: int, firms: int, offerings: int) -> None:
    """Migrate, load the codes and areas, and copy the world in; the index is not told."""
    await migrate()
    async with pool(4):
        await load_shipped(NOW)
        await fill(seed, firms, offerings)


async def fill_everything(seed: int, firms: int, offerings: int) -> int:
    """Fill the database and index it; gives the documents."""
    await fill_database(seed, firms, offerings)
    async with pool(4), index.engine():
        return await indexing.rebuild()


def main() -> None:
    """Fill the engines that the environment names."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--firms", type=int, default=FIRMS)
    asked.add_argument("--offerings", type=int, default=OFFERINGS)
    given = asked.parse_args()
    made = asyncio.run(fill_everything(given.seed, given.firms, given.offerings))
    print(f"{made} documents")  # noqa: T201  the point of a command


if __name__ == "__main__":
    main()
