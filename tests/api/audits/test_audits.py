"""The audit trail: complete, chained, readable by whom it is about, altered by nobody."""

import logging
from uuid import UUID

import pytest
from asyncpg import RestrictViolationError
from httpx import AsyncClient

from api.accounts.service import create_key, create_organisation
from api.audit import service
from api.database import fetch, transaction
from api.domain.access import OrganisationKind
from tests.conftest import NOW

LIST = {"name": "Lunches", "department": "Facilities"}
SCOPES = ["shortlists:read", "shortlists:write", "audit:read"]


async def a_desk(name: str) -> dict[str, str]:
    made = await create_organisation(OrganisationKind.AUTHORITY, name, now=NOW)
    key = await create_key("desk", SCOPES, now=NOW, organisation_id=made.id)
    return {"Authorization": f"Bearer {key.secret}", "X-Request-Id": f"req-{name}"}


async def a_shortlist(client: AsyncClient, headers: dict[str, str]) -> str:
    made = await client.post("/v1/shortlists", json=LIST, headers=headers)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def test_a_write_leaves_who_for_whom_what_and_which_request(
    client: AsyncClient,
    db: None,  # noqa: ARG001  depends by name
) -> None:
    headers = await a_desk("Utrecht")
    shortlist = await a_shortlist(client, headers)

    [event] = (await client.get("/v1/audit-events", headers=headers)).json()["items"]

    assert event["action"] == "shortlist.created"
    assert event["subjectId"] == shortlist
    assert event["requestId"] == "req-Utrecht"
    assert event["organisationId"] is not None
    assert event["beforeHash"] is None
    assert len(event["afterHash"]) == 64


async def test_the_hash_before_is_the_hash_after_of_the_event_before(
    client: AsyncClient,
    db: None,  # noqa: ARG001  depends by name
) -> None:
    headers = await a_desk("Utrecht")
    shortlist = await a_shortlist(client, headers)
    path = f"/v1/shortlists/{shortlist}"
    await client.patch(path, json={"name": "Dinners"}, headers=headers | {"If-Match": "*"})

    query = {"subjectId": shortlist}
    listed = await client.get("/v1/audit-events", params=query, headers=headers)
    second, first = listed.json()["items"]

    assert second["beforeHash"] == first["afterHash"]
    assert second["afterHash"] != second["beforeHash"]


async def test_another_organisation_sees_nothing_of_it(
    client: AsyncClient,
    db: None,  # noqa: ARG001  depends by name
) -> None:
    shortlist = await a_shortlist(client, await a_desk("Utrecht"))
    others = await a_desk("Zwolle")

    query = {"subjectId": shortlist}
    listed = await client.get("/v1/audit-events", params=query, headers=others)

    assert listed.json()["items"] == []


@pytest.mark.parametrize("sql", ["UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event"])
async def test_the_database_refuses_change(
    client: AsyncClient,
    db: None,  # noqa: ARG001  depends by name
    sql: str,
) -> None:
    await a_shortlist(client, await a_desk("Utrecht"))
    await fetch("ALTER TABLE audit_event ENABLE TRIGGER audit_event_append_only")

    with pytest.raises(RestrictViolationError):
        async with transaction():
            await fetch(sql)


@pytest.mark.usefixtures("committed")
class TestChain:
    """Events are sealed once no open transaction can still come before them: commits count."""

    async def test_a_whole_chain_holds(self, client: AsyncClient) -> None:
        await self.sealed()

        found = await service.verify()

        assert found.faults == ()
        assert found.events == 3
        assert found.waiting == 0
        listed = await client.get("/v1/audit-seals")
        assert [one["number"] for one in listed.json()["items"]] == [1, 2, 3]

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE audit_event SET actor = 'somebody else' WHERE id = $1",
            "UPDATE audit_event SET detail = '{}' WHERE id = $1",
            "UPDATE audit_event SET before_hash = hash WHERE id = $1",
            "DELETE FROM audit_event WHERE id = $1",
        ],
    )
    async def test_whatever_is_done_to_an_event_is_found(self, sql: str) -> None:
        events = await self.sealed()
        await fetch(sql, events[1])

        assert (await service.verify()).faults != ()

    async def test_a_link_that_is_taken_out_is_found(self) -> None:
        await self.sealed()
        await fetch("ALTER TABLE audit_seal DISABLE TRIGGER audit_seal_append_only")
        await fetch("DELETE FROM audit_seal WHERE number = 2")
        await fetch("ALTER TABLE audit_seal ENABLE TRIGGER audit_seal_append_only")

        assert any("link 2" in fault for fault in (await service.verify()).faults)

    async def sealed(self) -> list[UUID]:
        await fetch("TRUNCATE audit_event, audit_seal")
        for n in range(3):
            async with transaction():
                await service.record("test.done", [UUID(int=n + 1)], "test", NOW, number=n)
            assert await service.seal(NOW) == 1
        rows = await fetch("SELECT id FROM audit_event ORDER BY transaction_id, id")
        return [row["id"] for row in rows]


async def test_an_event_of_an_open_transaction_is_not_passed_over(
    committed: None,  # noqa: ARG001  depends by name
) -> None:
    from api.database import apart

    await fetch("TRUNCATE audit_event, audit_seal")

    async def another() -> int:
        async with transaction():
            await service.record("test.quick", [UUID(int=2)], "test", NOW)
        return await service.seal(NOW)

    async with transaction():
        await service.record("test.slow", [UUID(int=1)], "test", NOW)
        assert await apart(another()) == 0

    assert await service.seal(NOW) == 2


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"X-Request-Id": "abc-1.2_3"}, "abc-1.2_3"),
        (
            {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
            "4bf92f3577b34da6a3ce929d0e0e4736",
        ),
        ({"X-Request-Id": "forged\tline"}, None),
        ({"X-Request-Id": "x" * 65}, None),
        ({}, None),
    ],
)
async def test_every_answer_names_its_request(
    client: AsyncClient, sent: dict[str, str], expected: str | None
) -> None:
    answer = await client.get("/v1/health/live", headers=sent)

    given = answer.headers["X-Request-Id"]
    assert given == expected if expected is not None else len(given) == 32


async def test_a_request_is_one_line_of_the_log_without_its_query(
    client: AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "api.middleware"):
        await client.get("/v1/health/live?secret=jan@example.org", headers={"X-Request-Id": "r1"})

    [line] = [one for one in caplog.records if one.name == "api.middleware"]
    assert (line.__dict__["route"], line.__dict__["status"]) == ("/v1/health/live", 400)
    assert "jan" not in str(line.__dict__)
