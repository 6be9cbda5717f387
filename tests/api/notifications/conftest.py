"""A mail server on this machine, and people who are to be told something."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from api.clock import new_id
from api.database import copy_rows, fetch, transaction
from api.enterprises.tables import Enterprise, Mark
from api.notifications import service
from api.settings import pseudonym_key, settings
from importers.engines import free_port
from tests.access_builders import Person, a_person, an_organisation

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 12, 1, 9, tzinfo=UTC)
SENDER = "perceel@perceel.example"
_TABLES = ("told_item", "mail_digest", "mail_round", "search_watch", "notification_preference")


class MailServer:
    """Takes mail, or refuses it; keeps what it took."""

    def __init__(self) -> None:
        self.answer = "250 OK"
        self.tried: list[EmailMessage] = []
        self.got: list[EmailMessage] = []
        self.raw = b""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  so named by aiosmtpd
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.tried.append(message)
        self.raw = envelope.content
        if self.answer.startswith("250"):
            self.got.append(message)
        return self.answer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A server that takes mail, which the settings name."""
    handler, port = MailServer(), free_port()
    running = Controller(handler, hostname="127.0.0.1", port=port)
    running.start()
    monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{port}")
    monkeypatch.setenv("MAIL_FROM", SENDER)
    monkeypatch.setenv("PUBLIC_URL", "https://perceel.example")
    monkeypatch.setenv("PSEUDONYM_KEY", "only-for-the-tests-0123456789abcdef")
    _read_again()
    yield handler
    running.stop()
    monkeypatch.undo()
    _read_again()


def _read_again() -> None:
    settings.cache_clear()
    pseudonym_key.cache_clear()


@pytest.fixture
async def cleared(committed: None) -> AsyncIterator[None]:  # noqa: ARG001  depends by name
    """For what commits: afterwards all that was to be told is gone."""
    yield
    for table in _TABLES:
        await fetch(f"DELETE FROM {table}")  # noqa: S608  names of our own


async def an_editor() -> Person:
    """Somebody who keeps the profile of an enterprise."""
    return await a_person("editor", organisation=await an_organisation("enterprise"))


async def a_profile(owner: UUID) -> UUID:
    """A published profile of an organisation."""
    made = new_id()
    given = {
        "id": made,
        "state": "published",
        "source": "manual",
        "name": "De Werkplaats",
        "trade_names": [],
        "mission": "",
        "country": "NLD",
        "target_groups": [],
        "owner": owner,
        "content_hash": "0" * 64,
        "version": 1,
        "created_at": MONDAY,
        "updated_at": MONDAY,
    }
    async with transaction():
        await copy_rows(Enterprise, [given])
    return made


async def a_mark(enterprise: UUID, until: date, level: str = "3") -> None:
    """A mark that ends."""
    given = {
        "id": new_id(),
        "enterprise": enterprise,
        "scheme": "pso",
        "level": level,
        "holder_kvk_numbers": [],
        "issued_on": date(2024, 1, 1),
        "valid_until": until,
    }
    async with transaction():
        await copy_rows(Mark, [given])


async def told(person: Person, level: str = "3") -> None:
    """Have something to tell somebody."""
    await a_mark(await a_profile(person.organisation), date(2027, 1, 31), level)


async def worked(now: datetime) -> None:
    """Do what a worker does at a moment."""
    await service.make_digests(now)
    while await service.send(now):
        pass


def way_out(message: EmailMessage) -> str:
    """The path of the link that ends mail."""
    found = re.fullmatch(r"<https://perceel\.example(/v1/unsubscriptions/\S+)>", _link(message))
    assert found is not None
    return found[1]


def _link(message: EmailMessage) -> str:
    return str(message["List-Unsubscribe"])
