"""Kept secrets: sealed in the database, read under any key that is set, moved to the newest."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyotp
import pytest
from httpx import AsyncClient
from litestar import Litestar

from api import keyring, rekeying
from api.clock import now
from api.database import fetch
from api.settings import SettingsError, settings
from api.webhooks import drafts
from tests.access_builders import PASSWORD, Person, a_browser, a_person, signed_in, with_password
from tests.api.webhooks.test_webhooks import a_key
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("db")

ROOT = Path(__file__).parents[3]
FORMER, NEWER = "former-" + "0" * 32, "newer-" + "1" * 32
URL = "https://gemeente.example/perceel"


@pytest.fixture(autouse=True)
def _settings_as_before() -> Any:
    yield
    settings.cache_clear()


def keys_are(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    """Let the process run under these keys, the newest first."""
    monkeypatch.setenv("SECRETS_KEY", ",".join(keys))
    settings.cache_clear()


async def with_second_factor(app: Litestar) -> tuple[Person, str, list[str]]:
    """Somebody whose second factor is on; the secret of the app, and recovery codes."""
    person = await a_person("officer")
    browser = await signed_in(app, person)
    begun = await browser.post("/v1/me/second-factors", json={"password": PASSWORD})
    secret = begun.json()["secret"]
    code = {"code": pyotp.TOTP(secret).at(now().timestamp() - 30)}
    confirmed = await browser.post("/v1/me/second-factor-confirmations", json=code)
    return person, secret, confirmed.json()["codes"]


async def a_webhook(client: AsyncClient) -> tuple[str, str]:
    """The id and secret of a webhook."""
    client.headers.update(await a_key("Utrecht"))
    wish = {"url": URL, "events": ["shortlist.created"]}
    made = (await client.post("/v1/webhooks", json=wish)).json()
    return made["webhook"]["id"], made["secret"]


async def kept_of(person: Person) -> str:
    [row] = await fetch("SELECT totp_secret FROM person WHERE id = $1", person.id)
    return str(row["totp_secret"])


async def signature(webhook: str) -> str:
    """How one and the same message of the webhook is signed now."""
    [row] = await fetch("SELECT * FROM webhook WHERE id = $1", webhook)
    delivery = dict(row) | {"webhook": row["id"], "payload": "{}"}
    return drafts.signed(delivery, NOW)["webhook-signature"]


def test_what_was_sealed_opens_in_its_own_row_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    keys_are(monkeypatch, FORMER)
    kept = keyring.sealed("JBSWY3DPEHPK3PXP", "person:1")

    assert "JBSWY3DPEHPK3PXP" not in kept
    assert keyring.opened(kept, "person:1") == "JBSWY3DPEHPK3PXP"
    assert keyring.sealed("JBSWY3DPEHPK3PXP", "person:1") != kept, "each time another nonce"
    for other in (kept[:-6] + "AAAAA=", kept[:-3]):
        with pytest.raises(keyring.SecretUnreadable):
            keyring.opened(other, "person:1")
    with pytest.raises(keyring.SecretUnreadable, match="another row"):
        keyring.opened(kept, "person:2")


def test_a_former_key_reads_and_the_newest_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    keys_are(monkeypatch, FORMER)
    kept = keyring.sealed("secret", "person:1")

    keys_are(monkeypatch, NEWER, FORMER)
    assert keyring.opened(kept, "person:1") == "secret"
    assert keyring.key_of(keyring.sealed("secret", "person:1")) != keyring.key_of(kept)

    keys_are(monkeypatch, NEWER)
    with pytest.raises(keyring.SecretUnreadable, match=keyring.key_of(kept)):
        keyring.opened(kept, "person:1")


async def test_neither_app_nor_webhook_secrets_lie_in_clear(
    app: Litestar, client: AsyncClient
) -> None:
    person, secret, _ = await with_second_factor(app)
    webhook, signing = await a_webhook(client)
    rotated = (await client.post(f"/v1/webhooks/{webhook}/rotations", json={})).json()["secret"]

    dumped = str([dict(row) for row in await fetch("SELECT * FROM person")])
    dumped += str([dict(row) for row in await fetch("SELECT * FROM webhook")])

    assert not [one for one in (secret, signing, rotated) if one in dumped]
    assert keyring.opened(await kept_of(person), f"person:{person.id}") == secret


async def test_rows_of_before_are_read_and_then_sealed(app: Litestar, client: AsyncClient) -> None:
    person, secret, _ = await with_second_factor(app)
    webhook, signing = await a_webhook(client)
    await fetch("UPDATE person SET totp_secret = $2 WHERE id = $1", person.id, secret)
    await fetch("UPDATE webhook SET secret = $2 WHERE id = $1", webhook, signing)
    before = await signature(webhook)

    await rekeying.check()
    done = await rekeying.rotate(now())
    again = await rekeying.rotate(now())

    assert (done.sealed, done.unreadable) == (2, 0)
    assert (again.sealed, again.unreadable) == (0, 0)
    assert (await kept_of(person)).startswith(keyring.PREFIX)
    assert await signature(webhook) == before
    code = pyotp.TOTP(secret).now()
    answer = await with_password(a_browser(app), person, code=code)
    assert answer.status_code == 201, answer.text


async def test_a_rotation_moves_all_to_the_newest_key(
    app: Litestar, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys_are(monkeypatch, FORMER)
    person, secret, _ = await with_second_factor(app)
    webhook, _ = await a_webhook(client)
    await client.post(f"/v1/webhooks/{webhook}/rotations", json={"overlapHours": 1})
    before = await signature(webhook)
    keys_are(monkeypatch, NEWER, FORMER)

    done = await rekeying.rotate(now())
    keys_are(monkeypatch, NEWER)

    assert (done.sealed, done.unreadable) == (3, 0)
    await rekeying.check()
    assert await signature(webhook) == before
    assert before.count("v1,") == 2, "both secrets sign"
    answer = await with_password(a_browser(app), person, code=pyotp.TOTP(secret).now())
    assert answer.status_code == 201


async def test_a_wrong_key_is_told_and_locks_nobody_out(
    app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys_are(monkeypatch, FORMER)
    person, secret, codes = await with_second_factor(app)
    keys_are(monkeypatch, NEWER)

    with pytest.raises(SettingsError, match=r"lacks the keys [0-9a-f]{8} \(1 secrets\)"):
        await rekeying.check()
    code = pyotp.TOTP(secret).now()
    refused = await with_password(a_browser(app), person, code=code)
    recovered = await with_password(a_browser(app), person, code=codes[0])
    done = await rekeying.rotate(now())

    assert (refused.status_code, refused.json()["code"]) == (503, "secret-unreadable")
    assert recovered.status_code == 201
    assert (done.sealed, done.unreadable) == (0, 1)
    keys_are(monkeypatch, FORMER)
    assert (await with_password(a_browser(app), person, code=code)).status_code == 201


async def test_what_is_lost_can_be_given_up_and_is_told(
    app: Litestar, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys_are(monkeypatch, FORMER)
    person, _, _ = await with_second_factor(app)
    webhook, _ = await a_webhook(client)
    await client.post(f"/v1/webhooks/{webhook}/rotations", json={"overlapHours": 1})
    keys_are(monkeypatch, NEWER)

    done = await rekeying.rotate(now(), give_up=True)

    assert (done.sealed, done.unreadable) == (0, 2)
    await rekeying.check()
    assert (await with_password(a_browser(app), person)).status_code == 201
    state = (await client.get(f"/v1/webhooks/{webhook}")).json()["state"]
    told = await fetch(
        "SELECT action FROM audit_event WHERE subject = ANY($1) AND actor = 'system'",
        [person.id, webhook],
    )
    assert state == "paused"
    assert {row["action"] for row in told} == {"person.second-factor-off", "webhook.changed"}


@pytest.mark.parametrize("command", ["serve", "drain"])
def test_nothing_is_served_without_a_key(command: str, database_url: str) -> None:
    given = {name: value for name, value in os.environ.items() if name != "SECRETS_KEY"}
    engines = {"DATABASE_URL": database_url, "MEILISEARCH_URL": "http://127.0.0.1:1"}

    done = subprocess.run(
        [sys.executable, "-m", "importers", command],
        cwd=ROOT,
        env=given | engines,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert "`SECRETS_KEY` is needed" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("key", ["short", "a" * 31, "a" * 32 + ",short"])
def test_a_key_is_long_enough(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRETS_KEY", key)
    settings.cache_clear()

    with pytest.raises(SettingsError, match="SECRETS_KEY"):
        settings()
