"""Pages of webhooks: who is told of what, whether it arrives, and sending it again."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from api.auth import needs
from api.pages.forms import Form
from api.pages.proofs import MOST, SECRET, Caller, Now, acting
from api.pages.rendering import page, query, see
from api.problems import PreconditionFailed
from api.webhooks import service as webhooks
from api.webhooks.schemas import (
    DeliveryState,
    NewSecretOut,
    RotationOfSecret,
    WebhookEvent,
    WebhookIn,
    WebhookPatch,
)

PLACE: Final = "/organisatie/webhooks"
GUARDED: Final[dict[str, Any]] = {"include_in_schema": False, "guards": [needs("webhooks:write")]}
SHOWN: Final = 20
EVENTS: Final = tuple(one.value for one in WebhookEvent if one is not WebhookEvent.WEBHOOK_PINGED)
"""What can be chosen; a test message comes when it is asked for."""


@get(PLACE, **GUARDED)
async def list_hooks(request: Caller, now: Now) -> Response[Any]:
    """List the webhooks of the organisation."""
    return await _hooks(request, Form(), now)


@post(PLACE, **GUARDED, opt=SECRET)
async def add_hook(request: Caller, now: Now) -> Response[Any]:
    """Ask to be told; the secret is shown this once."""
    form = await Form.of(request)
    _, actor = acting(request)
    with form.noting():
        form.needs("url", "events")
        data = form.build(WebhookIn, **_stated(form))
        made = await webhooks.add(data, actor, now)
        return await _hook(request, made.webhook.id, Form(), now, made)
    return await _hooks(request, form, now)


def _stated(form: Form) -> dict[str, Any]:
    return {
        "url": form.text("url"),
        "events": form.several("events"),
        "description": form.text("description"),
    }


async def _hooks(request: Caller, form: Form, now: Now) -> Response[Any]:
    _, actor = acting(request)
    status = 400 if form.faults else 200
    found = await webhooks.webhooks(actor, now, None, MOST)
    return page(request, "hooks.html", status=status, found=found, events=EVENTS, form=form)


@get(PLACE + "/{webhook_id:uuid}", **GUARDED)
async def show_hook(request: Caller, webhook_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Show a webhook with its last messages."""
    return await _hook(request, webhook_id, Form(), now)


@post(PLACE + "/{webhook_id:uuid}", **GUARDED)
async def change_hook(request: Caller, webhook_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Change a webhook, or remove it."""
    form = await Form.of(request)
    _, actor = acting(request)
    with form.noting():
        version = form.whole("version")
        try:
            if form.text("actie") == "weg":
                await webhooks.remove(webhook_id, version, actor, now)
                return see(PLACE + query(gedaan="weg"))
            form.needs("url", "events")
            data = form.build(WebhookPatch, **_stated(form), state=form.text("state"))
            await webhooks.change(webhook_id, data, version, actor, now)
            return see(f"{PLACE}/{webhook_id}" + query(gedaan="bewaard"))
        except PreconditionFailed as error:
            form.note("hook-changed", error.detail, "")
    return await _hook(request, webhook_id, form, now)


@post(PLACE + "/{webhook_id:uuid}/proef", **GUARDED)
async def ping_hook(request: Caller, webhook_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Send a message that says nothing."""
    _, actor = acting(request)
    await webhooks.ping(webhook_id, actor, now)
    return see(f"{PLACE}/{webhook_id}" + query(gedaan="proef"))


@post(PLACE + "/{webhook_id:uuid}/geheim", **GUARDED, opt=SECRET)
async def rotate_hook(request: Caller, webhook_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Make a new secret, shown this once; the former one signs too for a day."""
    _, actor = acting(request)
    made = await webhooks.rotate(webhook_id, RotationOfSecret(), actor, now)
    return await _hook(request, webhook_id, Form(), now, made)


@post(PLACE + "/{webhook_id:uuid}/berichten/{delivery_id:uuid}", **GUARDED)
async def replay_delivery(
    request: Caller, webhook_id: FromPath[UUID], delivery_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Send a message once more."""
    _, actor = acting(request)
    await webhooks.replay(webhook_id, delivery_id, actor, now)
    return see(f"{PLACE}/{webhook_id}" + query(gedaan="opnieuw"))


async def _hook(
    request: Caller, webhook_id: UUID, form: Form, now: Now, made: NewSecretOut | None = None
) -> Response[Any]:
    _, actor = acting(request)
    found = await webhooks.read(webhook_id, actor, now)
    asked = request.query_params.get("stand", "")
    state = DeliveryState(asked) if asked in set(DeliveryState) else None
    cursor = request.query_params.get("cursor")
    standing = {"url": found.url, "description": found.description, "state": found.state}
    return page(
        request,
        "hook.html",
        status=400 if form.faults else 200,
        hook=found,
        events=EVENTS,
        form=form if form.given else Form.filled(**standing, events=found.events),
        made=made,
        sent=await webhooks.deliveries(webhook_id, actor, state, cursor, SHOWN),
        state=state,
        states=tuple(DeliveryState),
    )


HANDLERS = [
    list_hooks,
    add_hook,
    show_hook,
    change_hook,
    ping_hook,
    rotate_hook,
    replay_delivery,
]
