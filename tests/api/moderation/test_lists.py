"""A newer list does not undo what people verified, revoked or keep themselves."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from httpx import AsyncClient

from api.accounts.service import SYSTEM
from api.enterprises import service
from api.enterprises.drafts import Stored, StoreState
from api.enterprises.schemas import EnterpriseIn
from tests.api.moderation.test_claims import PROOF, YES, an_owner_key
from tests.builders import an_enterprise
from tests.conftest import NOW

SEBO = {"scheme": "sebo", "reference": "12"}
KVK = "87654321"


async def listed(**changes: Any) -> Stored:
    given = an_enterprise(externalId="7", kvkNumber=KVK, **changes)
    record = msgspec.convert(given, EnterpriseIn)
    [outcome] = await service.store_batch([record], "list", SYSTEM, NOW)
    return outcome


async def test_a_verified_mark_is_neither_lost_nor_doubled(desk: AsyncClient) -> None:
    first = await listed(marks=[SEBO])
    path = f"/v1/enterprises/{first.enterprise_id}"
    [mark] = (await desk.get(f"{path}/marks")).json()
    seen = {"verifiedOn": str(NOW.date() - timedelta(days=9)), "reference": "register"}
    await desk.post(f"{path}/marks/{mark['id']}/verifications", json=seen)

    again = await listed(marks=[SEBO], mission="Verf")

    assert again.state is StoreState.UPDATED
    marks = (await desk.get(f"{path}/marks")).json()
    assert [(one["id"], one["state"]) for one in marks] == [(mark["id"], "verified")]


async def test_a_revoked_mark_does_not_come_back(desk: AsyncClient) -> None:
    first = await listed(marks=[SEBO])
    path = f"/v1/enterprises/{first.enterprise_id}"
    [mark] = (await desk.get(f"{path}/marks")).json()
    why = {"revokedOn": str(NOW.date() - timedelta(days=9)), "reason": "struck off"}
    await desk.post(f"{path}/marks/{mark['id']}/revocations", json=why)

    await listed(marks=[SEBO], mission="Verf")

    marks = (await desk.get(f"{path}/marks")).json()
    assert [one["state"] for one in marks] == ["revoked"]


async def test_another_share_in_a_newer_list_is_unproven(desk: AsyncClient) -> None:
    first = await listed(targetGroupShare="30-49")
    path = f"/v1/enterprises/{first.enterprise_id}"
    await service.record_verification(UUID(str(first.enterprise_id)), [], NOW.date(), SYSTEM, NOW)
    assert (await desk.get(path)).json()["shareVerifiedOn"] is not None

    await listed(targetGroupShare="50-74")

    assert (await desk.get(path)).json()["shareVerifiedOn"] is None
    newest = (await desk.get(f"{path}/history")).json()["items"][0]
    assert (newest["fields"], newest["source"]) == (["targetGroupShare"], "list")


async def test_a_list_does_not_overwrite_a_profile_that_its_owner_keeps(desk: AsyncClient) -> None:
    first = await listed()
    path = f"/v1/enterprises/{first.enterprise_id}"
    key = await an_owner_key()
    claim = (await desk.post(f"{path}/claims", json=PROOF, headers=key)).json()
    await desk.post(f"/v1/reviews/{claim['id']}/decisions", json=YES)

    again = await listed(name="De Roller")

    assert again.state is StoreState.UNCHANGED
    assert (await desk.get(path)).json()["name"] == "De Kwast"


async def test_every_field_tells_where_it_comes_from(desk: AsyncClient) -> None:
    first = await listed(mission="Verf")
    path = f"/v1/enterprises/{first.enterprise_id}"
    await desk.patch(path, json={"website": "https://k.example"}, headers={"If-Match": "*"})
    await listed(mission="Verf en behang")

    answer = await desk.get(f"{path}/provenance")

    sources = {one["field"]: one["source"] for one in answer.json()}
    assert answer.status_code == 200
    assert (sources["mission"], sources["name"]) == ("list", "list")
    assert (await desk.get(f"{path}/provenance")).json()[0]["approvedAt"] is None
