"""A seeded directory and tenders, copied into the database: 50,000 firms, 120,000 offerings."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from api.clock import new_id
from api.database import copy_rows, fetch, transaction
from api.domain.directory import ServiceMode, ShareBucket
from api.domain.tendering.cpv import depth, lineage
from api.domain.values import CpvCode
from api.enterprises.tables import Enterprise, Mark, Offering
from api.reference.service import Reference, reference
from api.tenders.tables import Lot, Tender

FIRMS: Final = 50_000
OFFERINGS: Final = 120_000
LOTS: Final = 1_000
FIRMS_A_LOT: Final = 50
NOW: Final = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SPECIFIC: Final = 3
"""Digits from which a code names a group of work; a mere division is no object of a lot."""
OUTSIDE: Final = "98"
"""The division that no lot asks for, and in which `add_outside` puts its firms."""
Row = dict[str, Any]


async def fill(seed: int, firms: int = FIRMS, offerings: int = OFFERINGS) -> list[UUID]:
    """Copy the world in, and give the ids of its lots; every code is as likely as any other."""
    chance = random.Random(seed)
    known = await reference()
    codes = specific(known)
    drawn = list(lots(chance, known, codes, min(LOTS, firms // FIRMS_A_LOT)))
    await add_firms(chance, firms, offerings, codes)
    async with transaction():
        await copy_rows(Tender, [tender(lot["tender"]) for lot in drawn])
        await copy_rows(Lot, drawn)
    await fetch("ANALYZE")
    return [lot["id"] for lot in drawn]


async def add_outside(seed: int, firms: int, offerings: int) -> None:
    """Copy firms in that offer what no lot of `fill` asks; to be called after it."""
    own = [code for code in sorted((await reference()).cpv) if code.startswith(OUTSIDE)]
    await add_firms(random.Random(seed), firms, offerings, [CpvCode(code) for code in own])
    await fetch("ANALYZE")


async def add_firms(
    chance: random.Random, count: int, offerings: int, codes: list[CpvCode]
) -> None:
    """Copy firms in, at least one offering each, of any of the codes."""
    known, firms = await reference(), [new_id() for _ in range(count)]
    async with transaction():
        await copy_rows(Enterprise, [_firm(chance, one) for one in firms])
        await copy_rows(Offering, list(_offerings(chance, firms, offerings, known, codes)))
        await copy_rows(Mark, list(_marks(chance, firms)))


def specific(known: Reference) -> list[CpvCode]:
    """Give the codes that lots are about."""
    found = [CpvCode(code) for code in sorted(known.cpv) if not code.startswith(OUTSIDE)]
    return [code for code in found if depth(code) >= SPECIFIC]


def _firm(chance: random.Random, firm: UUID) -> Row:
    unknown = chance.random() < 0.5
    return {
        "id": firm,
        "state": "published",
        "source": "world",
        "external_id": str(firm),
        "country": "NLD",
        "name": f"Onderneming {firm}",
        "trade_names": [],
        "legal_form": "bv",
        "mission": "",
        "lat": chance.uniform(51.0, 53.4),
        "lon": chance.uniform(3.6, 7.1),
        "target_groups": [],
        "target_group_share": chance.choice([*ShareBucket, None]),
        "share_verified_on": None if unknown else date(2026, 1, 1),
        "main_aim_integration": chance.choice([True, True, False, None]),
        "turnover_cents": None if unknown else chance.randrange(10**6, 10**9),
        "content_hash": "0" * 64,
        "version": 1,
        "created_at": NOW,
        "updated_at": NOW,
    }


def _offerings(
    chance: random.Random, firms: list[UUID], count: int, known: Reference, codes: list[CpvCode]
) -> Iterator[Row]:
    owners = firms + chance.choices(firms, k=count - len(firms))
    coverages = _coverages(known)
    for position, firm in enumerate(owners):
        offered = sorted(chance.sample(codes, chance.choice([1, 1, 2])))
        full, partial = chance.choice(chance.choices(coverages, [15, 25, 60])[0])
        capacity = chance.choice([None, chance.randrange(10**6, 10**8)])
        yield {
            "id": new_id(),
            "enterprise": firm,
            "position": position,
            "title": "Aanbod",
            "description": "",
            "products": [],
            "cpv_codes": offered,
            "cpv_lineage": sorted({one for code in offered for one in lineage(code)}),
            "service_mode": chance.choice(list(ServiceMode)),
            "coverage": "{}",
            "area_full": full,
            "area_partial": partial,
            "reliable_capacity_cents": capacity,
            "version": 1,
        }


def _coverages(known: Reference) -> list[list[tuple[list[str], list[str]]]]:
    """Give nationwide, provincial and local coverages, worked out once."""
    members, country = known.geography.members, sorted(known.geography.members)
    provinces = sorted(code for code in members if len(code) == 4 and code != "NL")
    towns = sorted(known.geography.municipalities)
    by_province = [
        sorted(area for area in members if members[area] <= members[code]) for code in provinces
    ]
    local = [[town, *towns[place + 1 : place + 4]] for place, town in enumerate(towns)]
    return [
        [(country, [])],
        [(areas, ["NL"]) for areas in by_province],
        [(areas, ["NL"]) for areas in local],
    ]


def _marks(chance: random.Random, firms: list[UUID]) -> Iterator[Row]:
    for firm in chance.sample(firms, len(firms) // 3):
        yield {
            "id": new_id(),
            "enterprise": firm,
            "scheme": "pso",
            "level": chance.choice(["aspirant", "1", "2", "3"]),
            "holder_kvk_numbers": [],
            "issued_on": date(2026, 1, 1),
            "valid_until": date(2027, 12, 31),
            "verified_on": date(2026, 1, 2),
        }


def tender(tender_id: UUID) -> Row:
    """Make a tender, without its lots."""
    return {
        "id": tender_id,
        "source": "world",
        "source_id": str(tender_id),
        "title": "Aanbesteding",
        "description": "",
        "procedure": "open",
        "warnings": [],
        "content_hash": "0" * 64,
        "version": 1,
        "created_at": NOW,
        "updated_at": NOW,
    }


def lots(
    chance: random.Random, known: Reference, codes: list[CpvCode], count: int
) -> Iterator[Row]:
    """Draw lots of any of the codes, anywhere in the country."""
    areas = sorted(known.geography.members)
    for number in range(count):
        value = chance.randrange(10**6, 10**8)
        yield {
            "id": new_id(),
            "tender": new_id(),
            "source_lot_id": f"LOT-{number:04}",
            "position": 0,
            "status": "active",
            "title": "Perceel",
            "description": "",
            "nature": "services",
            "cpv_main": chance.choice(codes),
            "cpv_additional": [],
            "estimated_value_cents": value,
            "estimated_value_currency": "EUR",
            "duration_days": 730,
            "starts_on": date(2027, 1, 1),
            "ends_on": date(2028, 12, 31),
            "places": "[]",
            "areas": [chance.choice(areas)],
            "deadline_at": NOW + timedelta(days=30),
            "reservations": ["res-ws"] if number % 5 == 0 else [],
            "social_objectives": [],
            "version": 1,
        }
