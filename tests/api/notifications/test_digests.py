"""One mail a person and working day, whatever workers, servers and titles do."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from litestar import Litestar

from api import mail
from api.database import fetch
from api.notifications import queries, service
from api.notifications.drafts import TEXTS, message, on_one_line
from api.notifications.schemas import Language
from api.settings import Settings, SettingsError, read_settings
from importers.engines import free_port
from tests.access_builders import a_person, signed_in
from tests.api.notifications.conftest import (
    MONDAY,
    TUESDAY,
    MailServer,
    a_mark,
    a_profile,
    an_editor,
    told,
    way_out,
    worked,
)

pytestmark = pytest.mark.usefixtures("cleared")
SATURDAY = datetime(2026, 11, 28, 9, tzinfo=UTC)
CHRISTMAS = datetime(2026, 12, 25, 9, tzinfo=UTC)
BEFORE_SEVEN = datetime(2026, 11, 30, 5, 59, tzinfo=UTC)
ON = {"SMTP_URL": "smtp://h", "MAIL_FROM": "a@b.example", "PUBLIC_URL": "https://b.example"}


async def test_all_that_there_is_to_tell_is_in_one_mail(server: MailServer) -> None:
    person = await an_editor()
    profile = await a_profile(person.organisation)
    for until in (date(2026, 12, 31), date(2027, 1, 31), date(2027, 12, 31)):
        await a_mark(profile, until)

    await worked(MONDAY)

    [got] = server.got
    text = got.get_content()
    assert (got["To"], got["From"]) == (person.email, "Perceel <perceel@perceel.example>")
    assert got["Subject"] == "Perceel: er zijn 2 berichten voor u"
    assert "- pso 3: geldig tot en met 2026-12-31" in text
    assert "- pso 3: geldig tot en met 2027-01-31" in text
    assert "2027-12-31" not in text
    assert "https://perceel.example/mijn-onderneming" in text
    token = way_out(got).rpartition("/")[2]
    assert f"Geen berichten meer: https://perceel.example/afmelden/{token}" in text
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_what_was_told_is_not_told_again(server: MailServer) -> None:
    person = await an_editor()
    await told(person)
    await worked(MONDAY)

    await worked(MONDAY + timedelta(hours=1))
    await worked(TUESDAY)
    await told(person)
    await worked(TUESDAY + timedelta(days=1))

    assert [len(server.got), server.got[1]["Subject"]] == [2, "Perceel: er is 1 bericht voor u"]


@pytest.mark.parametrize("moment", [SATURDAY, CHRISTMAS, BEFORE_SEVEN])
async def test_nothing_comes_on_a_free_day_or_at_night(
    server: MailServer, moment: datetime
) -> None:
    await told(await an_editor())

    await worked(moment)

    assert server.got == []
    assert await fetch("SELECT * FROM mail_digest") == []


async def test_who_has_nothing_to_be_told_gets_no_mail(server: MailServer) -> None:
    await an_editor()
    other_role = await a_person("administrator", kind="enterprise")
    await told(other_role)

    await worked(MONDAY)

    assert server.got == []


async def test_somebody_who_asked_for_english_reads_english(
    server: MailServer, app: Litestar
) -> None:
    person = await an_editor()
    browser = await signed_in(app, person)
    wanted = {"language": "en", "tell": ["marks"]}
    await browser.put("/v1/me/notifications", json=wanted, headers={"If-Match": '"v0"'})
    await told(person)

    await worked(MONDAY)

    [got] = server.got
    assert got["Subject"] == "Perceel: there is 1 notice for you"
    assert "- pso 3: valid up to and including 2027-01-31" in got.get_content()


async def test_workers_at_once_send_once(server: MailServer) -> None:
    people = [await an_editor() for _ in range(7)]
    for person in people:
        await told(person)

    await asyncio.gather(*(worked(MONDAY) for _ in range(3)))

    await worked(MONDAY + timedelta(seconds=1))
    assert sorted(str(one["To"]) for one in server.got) == sorted(one.email for one in people)


async def test_what_is_refused_comes_later_as_the_same_mail(server: MailServer) -> None:
    await told(await an_editor())
    server.answer = "451 later"
    await worked(MONDAY)
    server.answer = "250 OK"
    await worked(MONDAY + timedelta(seconds=30))
    assert server.got == []

    await worked(MONDAY + timedelta(seconds=61))

    first, second = server.tried
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() == second.as_bytes()


async def test_after_some_tries_it_is_given_up(server: MailServer) -> None:
    await told(await an_editor())
    server.answer = "554 never"
    for hours in range(30):
        await worked(MONDAY + timedelta(hours=hours))

    [row] = await fetch("SELECT * FROM mail_digest")
    assert (row["state"], row["attempts"]) == ("dead", 7)
    assert row["last_error"] == "SMTPDataError 554"


async def test_what_a_killed_worker_held_is_sent_when_its_lease_is_over(
    server: MailServer,
) -> None:
    await told(await an_editor())
    await service.make_digests(MONDAY)
    [held] = await queries.claim(MONDAY, 5, MONDAY + timedelta(minutes=5))

    await service.send(MONDAY + timedelta(minutes=4))
    early = list(server.got)
    await service.send(MONDAY + timedelta(minutes=5))

    [got] = server.got
    assert (early, got["Message-ID"]) == ([], f"<{held['id']}@perceel.example>")


async def test_a_title_makes_no_header_and_no_line(server: MailServer) -> None:
    await told(await an_editor(), level="3\r\nBcc: x@y.nl")

    await worked(MONDAY)

    [got] = server.got
    assert got["Bcc"] is None
    assert "- pso 3 Bcc: x@y.nl: geldig" in got.get_content()


def test_a_hostile_title_is_one_short_line() -> None:
    made = on_one_line("a\r\nB: c\x00\u2028d\x85e\u202e" + "x" * 500)

    assert made.startswith("a B: c d e x")
    assert (len(made), len(made.splitlines())) == (120, 1)


@pytest.mark.parametrize("field", ["email", "subject"])
def test_a_header_with_a_line_end_is_refused(field: str) -> None:
    digest: dict[str, Any] = {
        "id": 1,
        "person": UUID(int=1),
        "email": "a@b.example",
        "subject": "x",
        "body": "x",
        "language": "nl",
        "created_at": MONDAY,
    }
    digest[field] += "\r\nBcc: c@d.example"
    with pytest.raises(ValueError, match=r"\S"):
        message(digest, "a@b.example", "https://b.example", b"secret").as_bytes()


async def test_without_a_server_nothing_piles_up() -> None:
    await told(await an_editor())

    await worked(MONDAY)

    assert await fetch("SELECT * FROM mail_digest") == []
    assert await fetch("SELECT * FROM told_item") == []
    assert await fetch("SELECT * FROM mail_round") == []


async def test_neither_mail_nor_password_leaves_the_machine_without_tls() -> None:
    handler, port = MailServer(), free_port()
    running = Controller(handler, hostname="127.0.0.2", port=port)
    running.start()
    digest = {"id": 1, "person": UUID(int=1), "email": "a@b.example", "subject": "x"}
    digest |= {"body": "x", "language": "nl", "created_at": MONDAY}
    made = message(digest, "a@b.example", "https://b.example", b"secret")

    with pytest.raises(mail.NotSent, match="SMTPNotSupportedError") as refused:
        await mail.send(made, f"smtp://user:geheim@127.0.0.2:{port}")
    running.stop()

    assert handler.tried == []
    assert "geheim" not in str(refused.value)


async def test_the_log_names_nobody_and_no_secret(
    server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    person = await an_editor()
    await told(person)
    server.answer = f"550 no mailbox {person.email}"

    await worked(MONDAY)

    assert "was not sent: SMTPDataError 550" in caplog.text
    assert person.email not in caplog.text


def test_both_languages_say_the_same_things() -> None:
    assert TEXTS[Language.NL].keys() == TEXTS[Language.EN].keys()


@pytest.mark.parametrize("missing", ["MAIL_FROM", "PUBLIC_URL"])
def test_a_server_without_a_sender_or_an_address_of_ours_is_refused(missing: str) -> None:
    assert isinstance(read_settings(ON), Settings)

    with pytest.raises(SettingsError, match="SMTP_URL"):
        read_settings({name: value for name, value in ON.items() if name != missing})
