"""A small directory that all tests of this folder search: committed, and indexed once."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest

from api import indexing
from api.accounts.service import SYSTEM
from api.database import fetch
from api.enterprises import service
from api.enterprises.schemas import EnterpriseIn
from search.client import Client
from tests.builders import CATERING, CLEANING, COUNTRY, GREENERY, an_offering
from tests.conftest import NOW

PROVINCE = {"kind": "places", "places": ["NL35"]}
AROUND_ZWOLLE = {"kind": "radius", "lat": 52.5125, "lon": 6.0944, "radiusKm": 15}
FIRMS: dict[str, dict[str, Any]] = {
    "painter": {
        "name": "De Kwast",
        "kvkNumber": "01234567",
        "town": "Utrecht",
        "municipality": "GM0344",
        "lat": 52.0907,
        "lon": 5.1214,
        "targetGroups": ["wajong", "wia"],
        "targetGroupShare": "30-49",
        "mainAimIntegration": True,
        "marks": [{"scheme": "pso", "level": "3", "validUntil": "2099-12-31"}],
        "offerings": [
            an_offering(
                products=["buitenschilderwerk", "kozijnen schilderen"],
                reliableCapacityCents=10_000_000,
            )
        ],
    },
    "cleaner": {
        "name": "Blink Schoonmaak",
        "town": "Utrecht",
        "municipality": "GM0344",
        "lat": 52.10,
        "lon": 5.12,
        "targetGroups": ["statushouder"],
        "targetGroupShare": "<15",
        "mainAimIntegration": False,
        "marks": [{"scheme": "pso", "level": "1", "validUntil": "2025-01-01"}],
        "offerings": [
            an_offering(
                title="Glasbewassing",
                products=["ramen wassen"],
                cpvCodes=[CLEANING],
                coverage=PROVINCE,
                reliableCapacityCents=2_000_000,
            )
        ],
    },
    "gardener": {
        "name": "Groenwerk Zwolle",
        "town": "Zwolle",
        "municipality": "GM0193",
        "lat": 52.5125,
        "lon": 6.0944,
        "targetGroups": ["wia"],
        "offerings": [
            an_offering(
                title="Groenonderhoud",
                products=["hagen knippen"],
                cpvCodes=[GREENERY],
                coverage=AROUND_ZWOLLE,
            )
        ],
    },
    "caterer": {
        "name": "Aan Tafel",
        "town": "Breda",
        "municipality": "GM0758",
        "lat": 51.5719,
        "lon": 4.7683,
        "offerings": [
            an_offering(
                title="Lunches en kerstpakketten",
                products=["kerstpakketten", "broodjes"],
                cpvCodes=[CATERING],
                serviceMode="goods",
                coverage=COUNTRY,
                reliableCapacityCents=500_000,
            )
        ],
    },
    "newcomer": {"name": "Zonder Aanbod", "town": "Utrecht", "municipality": "GM0344"},
}


@pytest.fixture(scope="module")
async def directory(migrated: None, engine: Client) -> AsyncIterator[dict[str, UUID]]:  # noqa: ARG001  depend by name
    """The enterprises by their short names; De Kwast has a verified mark and share."""
    records = [msgspec.convert(one, EnterpriseIn) for one in FIRMS.values()]
    stored = await service.store_batch(records, "manual", SYSTEM, NOW)
    ids = {
        name: one.enterprise_id
        for name, one in zip(FIRMS, stored, strict=True)
        if one.enterprise_id is not None
    }
    verified_on = date(2026, 11, 1)
    for name, level in (("painter", "3"), ("cleaner", "1")):
        seen = [("pso", level, verified_on)]
        await service.record_verification(ids[name], seen, verified_on, SYSTEM, NOW)
    await indexing.rebuild()
    yield ids
    for table in ("enterprise_revision", "quality_mark", "offering", "enterprise"):
        await fetch(f"DELETE FROM {table}")  # noqa: S608  names of our own
    for table in ("outbox", "change", "audit_event"):
        await fetch(f"DELETE FROM {table}")  # noqa: S608  as above
