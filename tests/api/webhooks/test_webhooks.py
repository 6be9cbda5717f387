"""Webhooks: signed, retried under one id, given up, replayed; never sent into our own network."""

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from httpx import AsyncClient
from standardwebhooks import Webhook

from api import clock, outbound
from api.accounts.service import create_key, create_organisation
from api.audit.service import record
from api.database import fetch, transaction
from api.domain.access import OrganisationKind
from api.settings import settings
from api.webhooks import service
from tests.conftest import NOW

SCOPES = ["webhooks:write", "shortlists:read", "shortlists:write"]
TABLES = ("webhook_delivery", "webhook", "webhook_place", "shortlist_entry", "shortlist")


class Receiver:
    """A system of somebody else, on this machine."""

    def __init__(self) -> None:
        self.answer = 204
        self.location: str | None = None
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                self.send_response(receiver.answer)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/told"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("WEBHOOK_LOCAL_TARGETS", "true")
    settings.cache_clear()
    running = Receiver()
    yield running
    running.stop()
    monkeypatch.delenv("WEBHOOK_LOCAL_TARGETS")
    settings.cache_clear()


@pytest.fixture
async def cleared(committed: None) -> AsyncIterator[None]:  # noqa: ARG001  depends by name
    yield
    for table in TABLES:
        await fetch(f"DELETE FROM {table}")  # noqa: S608  names of our own


@pytest.fixture
async def telling(client: AsyncClient, cleared: None) -> AsyncClient:  # noqa: ARG001  by name
    """A caller for an organisation; the trail before this test is nobody's business."""
    client.headers.update(await a_key("Utrecht"))
    await service.fan_out(clock.now())
    return client


async def a_key(name: str) -> dict[str, str]:
    made = await create_organisation(OrganisationKind.AUTHORITY, name, now=NOW)
    key = await create_key("desk", SCOPES, now=NOW, organisation_id=made.id)
    return {"Authorization": f"Bearer {key.secret}"}


async def a_webhook(caller: AsyncClient, receiver: Receiver, *events: str) -> dict[str, Any]:
    wish = {"url": receiver.url, "events": events or ["shortlist.created"]}
    made = await caller.post("/v1/webhooks", json=wish)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


async def a_shortlist(caller: AsyncClient, **headers: str) -> str:
    body = {"name": "Lunches", "department": "Facilities"}
    made = await caller.post("/v1/shortlists", json=body, headers=headers)
    return str(made.json()["id"])


async def brought(after: timedelta = timedelta(0)) -> None:
    now = clock.now() + after
    while await service.fan_out(now):
        pass
    await service.deliver(now)


async def test_a_message_tells_what_changed_signed(
    telling: AsyncClient, receiver: Receiver
) -> None:
    secret = (await a_webhook(telling, receiver))["secret"]
    shortlist = await a_shortlist(telling)
    await brought()

    [(headers, body)] = receiver.got

    told = Webhook(secret).verify(body, headers)
    assert told["type"] == "shortlist.created"
    assert told["data"]["id"] == shortlist
    assert len(told["data"]["version"]) == 64


async def test_while_a_secret_is_rotated_both_verify(
    telling: AsyncClient, receiver: Receiver
) -> None:
    made = await a_webhook(telling, receiver)
    path = f"/v1/webhooks/{made['webhook']['id']}"
    rotated = (await telling.post(f"{path}/rotations", json={"overlapHours": 1})).json()
    await telling.post(f"{path}/pings")
    await brought()

    [(headers, body)] = receiver.got

    assert made["secret"] != rotated["secret"]
    for secret in (made["secret"], rotated["secret"]):
        assert Webhook(secret).verify(body, headers)["type"] == "webhook.pinged"


async def test_after_the_overlap_the_former_secret_signs_no_more(
    telling: AsyncClient, receiver: Receiver
) -> None:
    made = await a_webhook(telling, receiver)
    path = f"/v1/webhooks/{made['webhook']['id']}"
    await telling.post(f"{path}/rotations", json={"overlapHours": 0})
    await telling.post(f"{path}/pings")
    await brought()

    [(headers, _)] = receiver.got
    assert len(headers["webhook-signature"].split(" ")) == 1


async def test_what_failed_comes_again_under_the_same_id_until_it_is_given_up_and_replayed(
    telling: AsyncClient, receiver: Receiver
) -> None:
    made = await a_webhook(telling, receiver)
    path = f"/v1/webhooks/{made['webhook']['id']}/deliveries"
    receiver.answer = 500
    await a_shortlist(telling)
    for day in range(10):
        await brought(timedelta(days=day))
    await brought(timedelta(days=11))

    [dead] = (await telling.get(path, params={"state": "dead"})).json()["items"]
    receiver.answer = 200
    replayed = await telling.post(f"{path}/{dead['id']}/replays")
    await brought()

    assert (dead["attempts"], dead["lastStatus"]) == (10, 500)
    assert replayed.status_code == 202
    assert len(receiver.got) == 11
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    [delivered] = (await telling.get(path)).json()["items"]
    assert delivered["state"] == "delivered"


async def test_a_redirect_is_not_followed(telling: AsyncClient, receiver: Receiver) -> None:
    made = await a_webhook(telling, receiver)
    receiver.answer, receiver.location = 307, receiver.url + "/elsewhere"
    await a_shortlist(telling)
    await brought()

    assert len(receiver.got) == 1
    path = f"/v1/webhooks/{made['webhook']['id']}/deliveries"
    [waiting] = (await telling.get(path)).json()["items"]
    assert (waiting["state"], waiting["lastStatus"]) == ("pending", 307)


async def test_others_are_told_of_public_events_only(
    telling: AsyncClient, receiver: Receiver
) -> None:
    await a_webhook(telling, receiver, "shortlist.created", "tender.created")
    await a_shortlist(telling, **await a_key("Zwolle"))
    async with transaction():
        await record("tender.created", [clock.new_id()], "x", clock.now())
    await brought()

    assert [b"tender.created" in body for _, body in receiver.got] == [True]


async def test_workers_at_once_bring_each_message_once(
    telling: AsyncClient, receiver: Receiver
) -> None:
    await a_webhook(telling, receiver)
    for _ in range(30):
        await a_shortlist(telling)
    await service.fan_out(clock.now())

    now = clock.now()
    await asyncio.gather(*(service.deliver(now) for _ in range(4)))

    ids = [headers["webhook-id"] for headers, _ in receiver.got]
    assert len(ids) == len(set(ids)) == 30


async def test_what_a_killed_worker_held_is_brought_by_another(
    telling: AsyncClient, receiver: Receiver
) -> None:
    from api.webhooks import queries

    await a_webhook(telling, receiver)
    await a_shortlist(telling)
    now = clock.now()
    await service.fan_out(now)
    held = await queries.claim(now, 20, now + timedelta(seconds=60))

    assert await service.deliver(now + timedelta(seconds=59)) == 0
    assert await service.deliver(now + timedelta(seconds=61)) == len(held) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://gemeente.example/told",
        "https://127.0.0.1/told",
        "https://10.1.2.3/told",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/told",
        "https://[::ffff:127.0.0.1]/told",
        "https://[fe80::1]/told",
        "https://[64:ff9b::7f00:1]/told",
        "https://[2002:7f00:1::]/told",
        "https://100.64.0.1/told",
        "https://0.0.0.0/told",
        "https://user:word@gemeente.example/told",
        "https://gemeente.example:99999/told",
        "https://[::127.0.0.1]/told",
        "https://[::ffff:0:127.0.0.1]/told",
        "https://[64:ff9b:1::7f00:1]/told",
        "https://[fec0::1]/told",
        "file:///etc/passwd",
        "https://gemeente.example/a b",
    ],
)
async def test_a_target_that_is_not_public_is_refused(telling: AsyncClient, url: str) -> None:
    wish = {"url": url, "events": ["tender.created"]}

    refused = await telling.post("/v1/webhooks", json=wish)

    assert refused.status_code == 400
    assert [one["code"] for one in refused.json()["errors"]] == ["target-refused"]


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"])
async def test_a_name_is_judged_by_the_address_it_has_when_it_is_sent_to(host: str) -> None:
    with pytest.raises(outbound.TargetRefused):
        await outbound.post(f"https://{host}/told", b"{}", {}, local_too=False)


async def test_the_webhook_of_another_organisation_is_not_found(
    telling: AsyncClient, receiver: Receiver
) -> None:
    made = await a_webhook(telling, receiver)
    path = f"/v1/webhooks/{made['webhook']['id']}"

    others = await a_key("Zwolle")

    for answer in (
        await telling.get(path, headers=others),
        await telling.post(f"{path}/pings", headers=others),
        await telling.delete(path, headers=others | {"If-Match": "*"}),
    ):
        assert answer.status_code == 404


async def test_a_paused_webhook_is_told_nothing_and_a_removed_one_is_gone(
    telling: AsyncClient, receiver: Receiver
) -> None:
    made = await a_webhook(telling, receiver)
    path = f"/v1/webhooks/{made['webhook']['id']}"
    paused = await telling.patch(path, json={"state": "paused"}, headers={"If-Match": '"v1"'})
    await a_shortlist(telling)
    await brought()

    stale = await telling.delete(path, headers={"If-Match": '"v1"'})
    removed = await telling.delete(path, headers={"If-Match": '"v2"'})

    assert paused.json()["state"] == "paused"
    assert (stale.status_code, removed.status_code) == (412, 204)
    assert (await telling.get(path)).status_code == 404
    assert receiver.got == []


async def test_what_is_about_one_thing_comes_in_order(
    telling: AsyncClient, receiver: Receiver
) -> None:
    """Several at once, but of one thing the next only when the one before has arrived."""
    await a_webhook(telling, receiver, "shortlist.created", "shortlist.deleted")
    lists = [await a_shortlist(telling) for _ in range(3)]
    for one in lists:
        await telling.delete(f"/v1/shortlists/{one}", headers={"If-Match": "*"})
    while await service.fan_out(clock.now()):
        pass

    tried = [await service.deliver(clock.now()) for _ in range(3)]

    told = [json.loads(body) for _, body in receiver.got]
    types = {
        one: tuple(each["type"] for each in told if each["data"]["id"] == one) for one in lists
    }
    assert tried == [3, 3, 0]
    assert set(types.values()) == {("shortlist.created", "shortlist.deleted")}


async def test_a_message_that_was_refused_is_overtaken(
    telling: AsyncClient, receiver: Receiver
) -> None:
    await a_webhook(telling, receiver, "shortlist.created", "shortlist.deleted")
    shortlist = await a_shortlist(telling)
    await telling.delete(f"/v1/shortlists/{shortlist}", headers={"If-Match": "*"})
    receiver.answer = 500
    await brought()
    receiver.answer = 204
    await brought()
    await brought(timedelta(minutes=10))

    types = [json.loads(body)["type"] for _, body in receiver.got]

    assert types == ["shortlist.created", "shortlist.deleted", "shortlist.created"]


async def test_a_target_that_answers_byte_by_byte_is_given_up_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every byte comes within the limit of one wait, so only a limit on the whole ends it."""
    monkeypatch.setattr(outbound, "SECONDS", 1.0)

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        with contextlib.suppress(OSError):
            writer.write(b"HTTP/1.1 200 OK\r\nX: ")
            for _ in range(60):
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.5)
        writer.close()

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    began = time.monotonic()
    with pytest.raises(OSError, match=r"too long|time"):
        await outbound.post(f"http://127.0.0.1:{port}/", b"{}", {}, local_too=True)
    took = time.monotonic() - began
    server.close()

    assert took < 5
