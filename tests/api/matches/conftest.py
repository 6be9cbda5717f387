"""A lot of painting work around Utrecht, and firms of which some can do it."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.builders import CLEANING, PAINTING, an_offering, stored, upload
from tests.importers.test_eforms_builder import CPV, a_lot, a_notice

PROJECT = """<cac:RequestedTenderTotal>
<cbc:EstimatedOverallContractAmount currencyID="EUR">120000</cbc:EstimatedOverallContractAmount>
</cac:RequestedTenderTotal>
<cac:RealizedLocation><cac:Address>
<cbc:CountrySubentityCode listName="nuts">NL350</cbc:CountrySubentityCode>
<cac:Country><cbc:IdentificationCode>NLD</cbc:IdentificationCode></cac:Country>
</cac:Address></cac:RealizedLocation>
<cac:PlannedPeriod><cbc:DurationMeasure unitCode="MONTH">12</cbc:DurationMeasure>
</cac:PlannedPeriod>"""
PROVINCE = {"kind": "places", "places": ["NL35"]}


async def a_painting_lot(desk: AsyncClient) -> str:
    lot = a_lot(cpv=CPV.replace(CLEANING, PAINTING), project=PROJECT)
    report = await upload(desk, a_notice(lot))
    tender = (await desk.get(f"/v1/tenders/{report['notices'][0]['tenderId']}")).json()
    lot_id: str = tender["lots"][0]["id"]
    return lot_id


async def firms(desk: AsyncClient) -> dict[str, dict[str, Any]]:
    """Two can do the lot, one comes 20,000 euro short, three are left out, one is no painter."""
    wanted = {
        "able": an_offering(coverage=PROVINCE, reliableCapacityCents=20_000_000),
        "silent": an_offering(coverage=PROVINCE),
        "short": an_offering(coverage=PROVINCE, reliableCapacityCents=10_000_000),
        "tiny": an_offering(coverage=PROVINCE, reliableCapacityCents=100),
        "far": an_offering(coverage={"kind": "places", "places": ["GM0193"]}),
        "cleaner": an_offering(coverage=PROVINCE, cpvCodes=[CLEANING]),
    }
    return {name: await stored(desk, name=name, offerings=[one]) for name, one in wanted.items()}


@pytest.fixture
async def lot_id(desk: AsyncClient) -> str:
    return await a_painting_lot(desk)
