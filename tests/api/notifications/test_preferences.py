"""What somebody wants to be told: chosen, ended by a link, remembered, forgotten with them."""

from datetime import timedelta

import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.database import fetch
from api.notifications import service
from tests.access_builders import a_browser, signed_in
from tests.api.notifications.conftest import (
    MONDAY,
    TUESDAY,
    MailServer,
    an_editor,
    told,
    way_out,
    worked,
)

pytestmark = pytest.mark.usefixtures("cleared")
HERE = "/v1/me/notifications"


async def test_who_never_chose_is_told_everything_in_dutch(app: Litestar) -> None:
    browser = await signed_in(app, await an_editor())

    answer = await browser.get(HERE)

    found = answer.json()
    assert (found["language"], found["version"], len(found["tell"])) == ("nl", 0, 5)
    assert found["sends"] is False


async def test_a_choice_needs_the_version_that_was_read(app: Litestar) -> None:
    browser = await signed_in(app, await an_editor())
    wanted = {"language": "en", "tell": ["marks", "invitations"]}
    tag = (await browser.get(HERE)).headers["ETag"]

    bare = await browser.put(HERE, json=wanted)
    made = await browser.put(HERE, json=wanted, headers={"If-Match": tag})
    stale = await browser.put(HERE, json=wanted, headers={"If-Match": tag})
    again = await browser.put(HERE, json=wanted, headers={"If-Match": made.headers["ETag"]})

    assert [one.status_code for one in (bare, made, stale, again)] == [428, 200, 412, 200]
    assert made.json()["tell"] == ["marks", "invitations"]


async def test_an_unknown_kind_is_refused(app: Litestar) -> None:
    browser = await signed_in(app, await an_editor())

    wanted = {"language": "fr", "tell": ["amounts"]}
    refused = await browser.put(HERE, json=wanted, headers={"If-Match": "*"})

    assert refused.status_code == 400


async def test_what_is_not_wanted_is_not_told(server: MailServer, app: Litestar) -> None:
    person = await an_editor()
    browser = await signed_in(app, person)
    wanted = {"language": "nl", "tell": ["invitations"]}
    await browser.put(HERE, json=wanted, headers={"If-Match": "*"})
    await told(person)

    await worked(MONDAY)

    assert server.got == []


async def test_the_link_of_a_mail_shows_then_ends_mail_for_good(
    server: MailServer, app: Litestar
) -> None:
    person = await an_editor()
    await told(person)
    await worked(MONDAY)
    stranger, path = a_browser(app), way_out(server.got[0])

    before = [(await stranger.get(path)).json() for _ in range(2)]
    form = {"List-Unsubscribe": "One-Click"}
    ended = [await stranger.post(path, data=form) for _ in range(2)]
    after = (await stranger.get(path)).json()
    await told(person)
    await worked(TUESDAY)

    assert before == [{"subscribed": True}] * 2
    assert [(one.status_code, one.json()) for one in ended] == [(200, {"subscribed": False})] * 2
    assert after == {"subscribed": False}
    assert len(server.got) == 1
    found = (await (await signed_in(app, person)).get(HERE)).json()
    assert (found["tell"], found["version"]) == ([], 1)


async def test_the_page_of_a_mail_asks_before_it_ends_anything(
    server: MailServer, app: Litestar
) -> None:
    await told(await an_editor())
    await worked(MONDAY)
    browser, token = a_browser(app), way_out(server.got[0]).rpartition("/")[2]
    page = f"/afmelden/{token}"

    asked = [(await browser.get(page)).text for _ in range(2)]
    elsewhere = await browser.post(page, headers={"Sec-Fetch-Site": "cross-site"})
    sent = await browser.post(page)
    after = (await browser.get(page)).text

    assert all("Stuur mij geen berichten meer" in one for one in asked)
    assert (elsewhere.status_code, sent.status_code) == (403, 303)
    assert "U krijgt geen berichten meer per e-mail." in after
    assert (await browser.get("/afmelden/x")).status_code == 404


async def test_the_link_works_without_a_known_origin(server: MailServer, app: Litestar) -> None:
    await told(await an_editor())
    await worked(MONDAY)

    provider = a_browser(app)
    provider.headers["Sec-Fetch-Site"] = "cross-site"

    assert (await provider.post(way_out(server.got[0]))).status_code == 200


async def test_what_was_on_its_way_stays_here(server: MailServer, app: Litestar) -> None:
    await told(await an_editor())
    await worked(MONDAY)
    path = way_out(server.got[0])
    await fetch("UPDATE mail_digest SET state = 'pending'")

    await a_browser(app).post(path)
    await worked(MONDAY + timedelta(minutes=10))

    assert len(server.got) == 1


@pytest.mark.parametrize("token", ["x", "AAAA", "é", "A" * 43, "AZ9TAAAAcACAAAAAAAAAAQ", "%00"])
async def test_a_made_up_link_ends_nobodys_mail(client: AsyncClient, token: str) -> None:
    path = f"/v1/unsubscriptions/{token}"

    answers = [await client.get(path), await client.post(path)]

    assert [one.status_code for one in answers] == [404, 404]


async def test_a_changed_link_belongs_to_nobody(server: MailServer, app: Litestar) -> None:
    await told(await an_editor())
    await worked(MONDAY)
    path = way_out(server.got[0])
    changed = path[:-2] + ("A" if path[-2] != "A" else "B") + path[-1]

    assert (await a_browser(app).post(changed)).status_code == 404


async def test_who_is_erased_leaves_no_choice_and_no_mail(
    server: MailServer, app: Litestar
) -> None:
    person = await an_editor()
    browser = await signed_in(app, person)
    wanted = {"language": "nl", "tell": ["marks"]}
    await browser.put(HERE, json=wanted, headers={"If-Match": "*"})
    await told(person)
    await service.make_digests(MONDAY)

    erased = await browser.post("/v1/me/erasures")
    await worked(MONDAY)

    assert erased.status_code == 204
    assert server.got == []
    for table in ("notification_preference", "mail_digest", "told_item"):
        sql = f"SELECT 1 FROM {table} WHERE person = $1"  # noqa: S608  names of our own
        assert await fetch(sql, person.id) == []
