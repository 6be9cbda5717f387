"""A change, its audit row and its outbox row are stored together, or not at all."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec
import pytest
from asyncpg import PostgresError
from httpx import AsyncClient

from api.accounts.service import SYSTEM
from api.audit import service as audit
from api.database import fetch, transaction
from api.enterprises import service
from api.enterprises.schemas import EnterpriseIn
from api.outbox import service as outbox
from tests.builders import an_enterprise, an_offering, stored
from tests.conftest import NOW

ANY = {"If-Match": "*"}
SUBJECT = UUID("01a20e4c-0000-7000-8000-000000000000")


async def audited(enterprise_id: str) -> list[str]:
    sql = "SELECT action FROM audit_event WHERE subject = $1 ORDER BY id"
    return [row["action"] for row in await fetch(sql, UUID(enterprise_id))]


async def everything() -> list[tuple[Any, ...]]:
    sql = """
    SELECT 'audit' AS kind, id::text FROM audit_event
    UNION ALL SELECT 'outbox', id::text FROM outbox
    UNION ALL SELECT 'enterprise', id::text || version FROM enterprise
    UNION ALL SELECT 'offering', id::text || version FROM offering WHERE withdrawn_at IS NULL
    ORDER BY 1, 2
    """
    return [tuple(row) for row in await fetch(sql)]


async def test_every_change_leaves_one_audit_row_and_one_outbox_row(desk: AsyncClient) -> None:
    made = await stored(desk)
    path = f"/v1/enterprises/{made['id']}"
    offering = f"{path}/offerings/{made['offerings'][0]['id']}"
    await desk.patch(path, json={"town": "Zeist"}, headers=ANY)
    await desk.post(f"{path}/offerings", json=an_offering())
    await desk.put(offering, json=an_offering(), headers=ANY)
    await desk.delete(offering, headers=ANY)
    await desk.delete(path, headers=ANY)

    assert await audited(made["id"]) == [
        "enterprise.stored",
        "enterprise.changed",
        "offering.added",
        "offering.changed",
        "offering.withdrawn",
        "enterprise.withdrawn",
    ]
    waiting = await outbox.oldest(100)
    assert [one.enterprise for one in waiting] == [UUID(made["id"])] * 6


async def test_the_audit_row_names_the_key_and_the_source(desk: AsyncClient) -> None:
    made = await stored(desk)

    [row] = await fetch(
        "SELECT actor, detail FROM audit_event WHERE subject = $1", UUID(made["id"])
    )

    assert row["actor"].startswith("desk (")
    assert row["detail"] == '{"source": "manual"}'


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("POST", "", {"name": "x", "kvkNumber": "1"}, {}, 400),
        ("PATCH", "/{id}", {"town": "Ede"}, {}, 428),
        ("PATCH", "/{id}", {"town": "Ede"}, {"If-Match": '"v9"'}, 412),
        ("PATCH", "/{id}", {"municipality": "GM9998"}, ANY, 400),
        ("DELETE", "/{id}", None, {"If-Match": '"v9"'}, 412),
        ("POST", "/{id}/offerings", an_offering(cpvCodes=["00000000"]), {}, 400),
        ("PUT", "/{id}/offerings/{offering}", an_offering(), {"If-Match": '"v9"'}, 412),
        ("DELETE", "/{id}/offerings/{offering}", None, {"If-Match": '"v9"'}, 412),
    ],
)
async def test_a_refused_change_leaves_no_trace(
    committing_desk: AsyncClient,
    method: str,
    path: str,
    body: Any,
    headers: dict[str, str],
    status: int,
) -> None:
    made = await stored(committing_desk)
    before = await everything()
    filled = path.format(id=made["id"], offering=made["offerings"][0]["id"])

    response = await committing_desk.request(
        method, f"/v1/enterprises{filled}", json=body, headers=headers
    )

    assert response.status_code == status
    assert await everything() == before


async def test_what_fails_after_the_change_takes_the_change_along(committed: None) -> None:  # noqa: ARG001  depends by name
    record = msgspec.convert(an_enterprise(), EnterpriseIn)

    async def stored_then_failed() -> None:
        async with transaction():
            await service.store_batch([record], "manual", SYSTEM, NOW)
            await audit.record("x" * 61, [SUBJECT], "desk", NOW)

    with pytest.raises(PostgresError):
        await stored_then_failed()

    assert await everything() == []


async def test_two_changes_on_one_version_cannot_both_win(committing_desk: AsyncClient) -> None:
    made = await stored(committing_desk)
    path, seen = f"/v1/enterprises/{made['id']}", {"If-Match": '"v1"'}

    responses = await asyncio.gather(
        *(committing_desk.patch(path, json={"town": f"T{n}"}, headers=seen) for n in range(5))
    )

    assert sorted(one.status_code for one in responses) == [200, 412, 412, 412, 412]
    [winner] = [one.json() for one in responses if one.status_code == 200]
    assert (await committing_desk.get(path)).json() == winner
    assert await audited(made["id"]) == ["enterprise.stored", "enterprise.changed"]


async def test_one_kvk_number_sent_by_five_at_once_is_stored_once(
    committing_desk: AsyncClient,
) -> None:
    body = an_enterprise(kvkNumber="01234567")

    responses = await asyncio.gather(
        *(committing_desk.post("/v1/enterprises", json=body) for _ in range(5))
    )

    assert sorted(one.status_code for one in responses) == [201, 409, 409, 409, 409]
    [row] = await fetch("SELECT count(*) AS n FROM enterprise")
    assert row["n"] == 1
