"""What is told to whom: to those whose role it is to act on it, without amounts or names."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from api import clock, indexing
from api.accounts import service as accounts
from api.database import fetch
from api.invitations.drafts import is_workday
from api.notifications import service
from api.notifications.drafts import body, search_news
from api.notifications.schemas import Language
from search.client import Client
from tests.access_builders import Person, a_person, an_organisation
from tests.api.notifications.conftest import MONDAY, MailServer
from tests.api.obligations.conftest import World, caller, secret_of_pseudonyms, world
from tests.builders import a_kvk_number, an_offering, stored
from tests.conftest import NOW
from tests.match_builders import a_painter, a_tender, lots_of

__all__ = ["caller", "secret_of_pseudonyms", "world"]


async def mail_to(person: Person) -> list[str]:
    """The texts of all mails to somebody, in order."""
    sql = "SELECT body FROM mail_digest WHERE person = $1 ORDER BY day"
    return [row["body"] for row in await fetch(sql, person.id)]


def next_workday() -> datetime:
    """Nine o'clock in the morning of the next working day: what was made just now is there."""
    moment = clock.now().replace(hour=9, minute=0) + timedelta(days=1)
    while not is_workday(clock.legal_day(moment)):
        moment += timedelta(days=1)
    return moment


async def a_search(desk: AsyncClient, organisation: UUID, alerts: str) -> None:
    made = await accounts.create_key("org", accounts.SCOPES, now=NOW, organisation_id=organisation)
    body = {"name": "Schilders", "parameters": {"q": "schilderwerk"}, "alerts": alerts}
    headers = {"Authorization": f"Bearer {made.secret}"}
    answer = await desk.post("/v1/saved-searches", json=body, headers=headers)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(("alerts", "days"), [("daily", 1), ("weekly", 7)])
async def test_a_saved_search_tells_what_came_and_went(
    desk: AsyncClient,
    engine: Client,  # noqa: ARG001  depends by name
    server: MailServer,  # noqa: ARG001  as above
    alerts: str,
    days: int,
) -> None:
    officer = await a_person("officer")
    await a_search(desk, officer.organisation, alerts)
    gone = (await stored(desk, name="Weg", offerings=[an_offering()]))["id"]
    await indexing.rebuild()
    await service.make_digests(MONDAY)
    first = await mail_to(officer)
    await fetch("UPDATE enterprise SET state = 'withdrawn' WHERE id = $1", UUID(gone))
    for name in ("Een", "Twee"):
        await stored(desk, name=name, offerings=[an_offering()])
    await indexing.rebuild()

    for day in range(1, days + 1):
        await service.make_digests(MONDAY + timedelta(days=day))
    await service.make_digests(MONDAY + timedelta(days=days + 7))

    [text] = await mail_to(officer)
    assert first == []
    assert text == (
        "Opgeslagen zoekopdrachten\n- Schilders: 2 erbij, 1 eraf\n"
        "https://perceel.example/zoeken?q=schilderwerk\n"
    )


def test_every_search_has_its_own_link_with_what_was_asked() -> None:
    row = {"id": UUID(int=1), "organisation": UUID(int=2), "found": []}
    asked = '{"q":"hagen & heggen","mark":["pso-3","groenkeur"],"reservedEligible":true}'
    news = [
        search_news(row | {"name": name, "parameters": parameters}, [UUID(int=3)], NOW.date())
        for name, parameters in (("Alles", "{}"), ("Heggen", asked))
    ]

    text = body([(one, "authority") for one in news if one], Language.NL, "https://p.example")

    assert text == (
        "Opgeslagen zoekopdrachten\n- Alles: 1 erbij, 0 eraf\nhttps://p.example/zoeken\n"
        "- Heggen: 1 erbij, 0 eraf\nhttps://p.example/zoeken"
        "?q=hagen+%26+heggen&mark=pso-3&mark=groenkeur&reservedEligible=true\n"
    )


async def test_a_search_without_alerts_or_people_is_not_looked_at(
    desk: AsyncClient,
    engine: Client,  # noqa: ARG001  depends by name
    server: MailServer,  # noqa: ARG001  as above
) -> None:
    await a_search(desk, await an_organisation(), "off")

    await service.make_digests(MONDAY)

    assert await fetch("SELECT * FROM search_watch") == []


async def test_who_is_invited_is_told_by_the_title_of_the_lot(
    desk: AsyncClient,
    server: MailServer,  # noqa: ARG001  depends by name
) -> None:
    number = a_kvk_number()
    editor = await a_person(
        "editor", organisation=await an_organisation("enterprise", kvk_number=number)
    )
    [lot] = await lots_of(await a_tender())
    firm = await a_painter(desk, "Een", 200_000)
    await fetch("UPDATE enterprise SET kvk_number = $2 WHERE id = $1", UUID(firm), number)
    run = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()["id"]
    wave = {"runId": run, "enterpriseIds": [firm], "replyWithinWorkdays": 10}
    made = await desk.post(f"/v1/lots/{lot}/waves", json=wave | {"enoughInterested": 2})
    assert made.status_code == 201, made.text

    await service.make_digests(next_workday())

    [text] = await mail_to(editor)
    assert text.startswith("Uitnodigingen\n- Schilderwerk: reageren kan tot en met 20")
    assert "100" not in text.replace(made.json()["replyBy"], "")


async def test_bookings_are_told_to_who_confirms_and_then_to_who_verifies(
    world: World,
    server: MailServer,  # noqa: ARG001  depends by name
) -> None:
    confirmer = await a_person("confirmer", organisation=world.ids["supplier"])
    editor = await a_person("editor", organisation=world.ids["supplier"])
    coordinator = await a_person("coordinator", organisation=world.ids["authority"])
    stranger = await a_person("coordinator", organisation=world.ids["other_authority"])
    path = await world.obligation()
    claims = [await world.booked(path, world.purchase(f"F-{n}", 12_345_00)) for n in range(2)]
    await world.booked(path, world.placement())
    await service.make_digests(MONDAY)
    for claim in claims:
        answer = await world.post("supplier", f"{claim}/confirmations", {})
        assert answer.status_code == 201, answer.text

    await service.make_digests(MONDAY + timedelta(days=1))

    queue = "https://perceel.example/werkvoorraad\n"
    confirm = "Invullingen die op bevestiging wachten\n"
    verify = "Invullingen die op verificatie wachten\n"
    here = "https://perceel.example/mijn-onderneming/bevestigen\n"
    assert await mail_to(confirmer) == [f"{confirm}- BASE contractor: 2\n{here}"]
    assert await mail_to(coordinator) == [
        f"{confirm}- Onderhoud wegen: 1\n{queue}",
        f"{verify}- Onderhoud wegen: 2\n{queue}",
    ]
    assert [await mail_to(editor), await mail_to(stranger)] == [[], []]


async def test_who_left_or_is_disabled_is_told_nothing(
    world: World,
    server: MailServer,  # noqa: ARG001  depends by name
) -> None:
    left, disabled = [
        await a_person("confirmer", organisation=world.ids["supplier"]) for _ in range(2)
    ]
    now = datetime(2026, 11, 2, tzinfo=UTC)
    await fetch("UPDATE membership SET ended_at = $2 WHERE person = $1", left.id, now)
    await fetch("UPDATE person SET disabled_at = $2 WHERE id = $1", disabled.id, now)
    await world.booked(await world.obligation(), world.purchase("F-1"))

    await service.make_digests(MONDAY)

    found: list[Any] = await fetch("SELECT * FROM mail_digest")
    assert found == []
