"""Webhooks: wishes to be told, messages about events, and bringing them."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from asyncpg import PostgresError

from api import clock, keyring, outbound
from api.accounts.service import Actor
from api.audit import service as audit
from api.clock import new_id
from api.database import AWAY, Row, copy_rows, transaction, try_lock, update_row
from api.domain.errors import InvalidInput, NotFound, RuleViolation, Unavailable
from api.endings import all_ended
from api.pagination import Page, after, write_cursor
from api.preconditions import check_version
from api.problems import AccessDenied
from api.settings import settings
from api.webhooks import queries
from api.webhooks.drafts import (
    as_delivery,
    as_webhook,
    delivery_row,
    new_secret,
    outcome,
    place_of,
    signed,
    wanted_by,
)
from api.webhooks.schemas import (
    DeliveryOut,
    DeliveryState,
    NewSecretOut,
    RotationOfSecret,
    WebhookEvent,
    WebhookIn,
    WebhookOut,
    WebhookPatch,
)
from api.webhooks.tables import Webhook, WebhookDelivery

logger = logging.getLogger(__name__)

MOST: Final = 20
"""Webhooks of an organisation."""
_LEASE: Final = timedelta(seconds=60)
_AT_ONCE: Final = 20
_STEP: Final = 1_000
_SECONDS: Final = 1.0
_START: Final = UUID(int=0)


class WebhooksFull(RuleViolation):
    """An organisation has as many webhooks as it may."""

    code = "webhooks-full"


class NoOrganisation(AccessDenied):
    """A webhook belongs to an organisation, and the key acts for none."""

    code = "wrong-organisation"


async def add(data: WebhookIn, actor: Actor, now: datetime) -> NewSecretOut:
    """Keep a wish to be told; its secret is shown this once."""
    whose = _whose(actor)
    _check_target(data.url)
    webhook_id, secret = new_id(), new_secret()
    row: dict[str, Any] = {
        "id": webhook_id,
        "organisation": whose,
        "url": data.url,
        "description": data.description,
        "events": sorted(set(data.events)),
        "state": "active",
        "secret": keyring.sealed(secret, place_of(webhook_id)),
        "former_secret": None,
        "former_until": None,
        "version": 1,
        "created_at": now,
    }
    async with transaction():
        if len(await queries.webhooks(whose, None, MOST)) >= MOST:
            raise WebhooksFull(f"An organisation has at most {MOST} webhooks.")
        await copy_rows(Webhook, [row])
        await audit.record("webhook.added", [row["id"]], actor.name, now)
    return NewSecretOut(webhook=as_webhook(row, now), secret=secret)


async def webhooks(actor: Actor, now: datetime, cursor: str | None, limit: int) -> Page[WebhookOut]:
    """List the webhooks of the own organisation, the last added first."""
    rows = await queries.webhooks(_whose(actor), after(cursor), limit + 1)
    items = tuple(as_webhook(row, now) for row in rows[:limit])
    more = len(rows) > limit
    return Page(items=items, next_cursor=write_cursor(items[-1].id) if more else None)


async def read(webhook_id: UUID, actor: Actor, now: datetime) -> WebhookOut:
    """Give a webhook."""
    return as_webhook(await _own(webhook_id, actor), now)


async def change(
    webhook_id: UUID, data: WebhookPatch, version: int | None, actor: Actor, now: datetime
) -> WebhookOut:
    """Change what is sent."""
    if not isinstance(data.url, msgspec.UnsetType):
        _check_target(data.url)
    async with transaction():
        before = await _own(webhook_id, actor)
        check_version(before["version"], version)
        sent = {
            name: value
            for name, value in msgspec.structs.asdict(data).items()
            if value is not msgspec.UNSET
        }
        if "events" in sent:
            sent["events"] = sorted(set(sent["events"]))
        values = sent | {"version": before["version"] + 1}
        await update_row("webhook", webhook_id, values)
        await audit.record("webhook.changed", [webhook_id], actor.name, now)
    return as_webhook(dict(before) | values, now)


async def remove(webhook_id: UUID, version: int | None, actor: Actor, now: datetime) -> None:
    """Tell nothing any more. What is on its way stays where it is; secrets are wiped."""
    async with transaction():
        before = await _own(webhook_id, actor)
        check_version(before["version"], version)
        wiped = {"state": "removed", "secret": "", "former_secret": None, "former_until": None}
        await update_row("webhook", webhook_id, wiped)
        await audit.record("webhook.removed", [webhook_id], actor.name, now)


async def rotate(
    webhook_id: UUID, data: RotationOfSecret, actor: Actor, now: datetime
) -> NewSecretOut:
    """Make a new secret; the former one signs too for as long as asked."""
    secret = new_secret()
    async with transaction():
        before = await _own(webhook_id, actor)
        values = {
            "secret": keyring.sealed(secret, place_of(webhook_id)),
            "former_secret": before["secret"],
            "former_until": now + timedelta(hours=data.overlap_hours),
            "version": before["version"] + 1,
        }
        await update_row("webhook", webhook_id, values)
        await audit.record("webhook.rotated", [webhook_id], actor.name, now)
    webhook = as_webhook(dict(before) | values, now)
    return NewSecretOut(webhook=webhook, secret=secret)


async def ping(webhook_id: UUID, actor: Actor, now: datetime) -> DeliveryOut:
    """Send a message that says nothing, to see whether it arrives."""
    async with transaction():
        found = await _own(webhook_id, actor)
        type_ = WebhookEvent.WEBHOOK_PINGED.value
        event = {"subject": found["id"], "type": type_, "at": now}
        nothing = {"before_hash": None, "after_hash": None}
        row = delivery_row(new_id(), found["id"], event | nothing, now)
        await copy_rows(WebhookDelivery, [row])
        await audit.record("webhook.pinged", [webhook_id], actor.name, now)
    return as_delivery(row)


async def deliveries(
    webhook_id: UUID, actor: Actor, state: DeliveryState | None, cursor: str | None, limit: int
) -> Page[DeliveryOut]:
    """List the messages of a webhook, the last first."""
    await _own(webhook_id, actor)
    rows = await queries.deliveries(webhook_id, state, after(cursor), limit + 1)
    items = tuple(as_delivery(row) for row in rows[:limit])
    more = len(rows) > limit
    return Page(items=items, next_cursor=write_cursor(items[-1].id) if more else None)


async def replay(webhook_id: UUID, delivery_id: UUID, actor: Actor, now: datetime) -> DeliveryOut:
    """Bring a message once more, under the id that it had."""
    async with transaction():
        await _own(webhook_id, actor)
        row = await queries.replay(delivery_id, webhook_id, now)
        if row is None:
            raise NotFound(f"There is no message {delivery_id}.")
        await audit.record("webhook.replayed", [webhook_id], actor.name, now)
    return as_delivery(row)


async def fan_out(now: datetime) -> int:
    """Make messages of the events since the last time. Gives the events that were looked at."""
    async with transaction():
        if not await try_lock("webhooks"):
            return 0
        place = await queries.place()
        if place is None:
            await _begin()
            return 0
        behind = place["through_transaction"], place["through_event"]
        found = await queries.events(*behind, _STEP)
        if not found:
            return 0
        listening = await queries.listening()
        rows = [
            delivery_row(new_id(), webhook["id"], event, now)
            for event in found
            for webhook in listening
            if wanted_by(event, webhook)
        ]
        await copy_rows(WebhookDelivery, rows)
        await queries.put_place(found[-1]["transaction_id"], found[-1]["id"])
        return len(found)


async def deliver(now: datetime) -> int:
    """Bring messages that are due, several at once. Gives how many were tried."""
    claimed = await queries.claim(now, _AT_ONCE, now + _LEASE)
    await all_ended(_attempt(one, now) for one in claimed)
    return len(claimed)


async def work_forever() -> None:
    """Make and bring messages until stopped; survive whatever the database does."""
    while True:
        try:
            while await fan_out(clock.now()) or await deliver(clock.now()):
                pass
        except (*AWAY, PostgresError, Unavailable) as error:
            logger.warning("webhooks wait: %s", error)
        await asyncio.sleep(_SECONDS)


async def _attempt(delivery: Row, now: datetime) -> None:
    status: int | None = None
    failure: str | None = None
    try:
        answer = await outbound.post(
            delivery["url"],
            delivery["payload"].encode(),
            signed(delivery, now),
            local_too=settings().webhook_local_targets,
        )
        status = answer.status
    except outbound.TargetRefused as error:
        failure = str(error)
    except keyring.SecretUnreadable as error:
        failure = str(error)
        logger.error("webhook %s can't sign: %s", delivery["webhook"], error)  # noqa: TRY400  a sentence tells it
    except (OSError, ValueError) as error:
        failure = type(error).__name__
    attempts = delivery["attempts"]
    await queries.settle(delivery["id"], attempts, *outcome(attempts, now, status, failure))


async def _begin() -> None:
    """Start at the present end of the trail: nobody is told what was before."""
    last = await queries.last_event()
    place = (0, _START) if last is None else (last["transaction_id"], last["id"])
    await queries.put_place(*place)


async def _own(webhook_id: UUID, actor: Actor) -> Row:
    found = await queries.webhook(webhook_id, _whose(actor))
    if found is None:
        raise NotFound(f"There is no webhook {webhook_id}.")
    return found


def _whose(actor: Actor) -> UUID:
    if actor.organisation is None:
        raise NoOrganisation("This key acts for no organisation; a webhook belongs to one.")
    return actor.organisation


def _check_target(url: str) -> None:
    fault = outbound.fault_of_target(url, local_too=settings().webhook_local_targets)
    if fault is not None:
        raise InvalidInput(fault)
