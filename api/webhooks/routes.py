"""Webhooks over HTTP. Everything needs `webhooks:write`; a webhook belongs to its organisation."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, Response, Router, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from api.auth import SECURITY, current_actor, needs
from api.pagination import Cursor, Limit, Page
from api.preconditions import documented, etag, wanted_version
from api.problems import answers
from api.webhooks import service
from api.webhooks.schemas import (
    DeliveryOut,
    DeliveryState,
    NewSecretOut,
    RotationOfSecret,
    WebhookIn,
    WebhookOut,
    WebhookPatch,
)

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description="The ETag that was read, or `*`."),
]
State = Annotated[
    DeliveryState | None,
    QueryParameter(name="state", description="Only messages in this state."),
]
GUARDED: Final[dict[str, Any]] = {"guards": [needs("webhooks:write")], "security": SECURITY}
SECRET: Final[dict[str, Any]] = GUARDED | {"opt": {"idempotency": "never"}}


@post(
    operation_id="addWebhook",
    summary="Ask to be told",
    responses=answers(400, 401, 403, 409, 413),
    response_headers=[documented("Location", "The new webhook.")],
    **SECRET,
)
async def add_webhook(
    request: Caller, data: JSONBody[WebhookIn], now: Now
) -> Response[NewSecretOut]:
    """Have a system told of events; the secret that its messages are signed with is shown once."""
    made = await service.add(data, current_actor(request), now)
    headers = {"Location": f"/v1/webhooks/{made.webhook.id}", "ETag": etag(1)}
    return Response(made, status_code=201, headers=headers)


@get(
    operation_id="listWebhooks",
    summary="List webhooks",
    responses=answers(400, 401, 403),
    **GUARDED,
)
async def list_webhooks(
    request: Caller, now: Now, cursor: Cursor = None, limit: Limit = 20
) -> Page[WebhookOut]:
    """List the webhooks of the own organisation, the last added first."""
    return await service.webhooks(current_actor(request), now, cursor, limit)


@get(
    "/{webhook_id:uuid}",
    operation_id="getWebhook",
    summary="Read a webhook",
    responses=answers(400, 401, 403, 404),
    **GUARDED,
)
async def get_webhook(
    request: Caller, webhook_id: FromPath[UUID], now: Now
) -> Response[WebhookOut]:
    """Read a webhook with the events that it is told of, without its secret."""
    found = await service.read(webhook_id, current_actor(request), now)
    return Response(found, headers={"ETag": etag(found.version)})


@patch(
    "/{webhook_id:uuid}",
    operation_id="changeWebhook",
    summary="Change a webhook",
    responses=answers(400, 401, 403, 404, 412, 413, 428),
    **GUARDED,
)
async def change_webhook(
    request: Caller,
    webhook_id: FromPath[UUID],
    data: JSONBody[WebhookPatch],
    if_match: IfMatch,
    now: Now,
) -> Response[WebhookOut]:
    """Change its target or its events, pause it, or let it go on."""
    version = wanted_version(if_match)
    changed = await service.change(webhook_id, data, version, current_actor(request), now)
    return Response(changed, headers={"ETag": etag(changed.version)})


@delete(
    "/{webhook_id:uuid}",
    operation_id="removeWebhook",
    summary="Remove a webhook",
    responses=answers(400, 401, 403, 404, 412, 428),
    **GUARDED,
)
async def remove_webhook(
    request: Caller, webhook_id: FromPath[UUID], if_match: IfMatch, now: Now
) -> None:
    """Tell it nothing any more, from now on; its secrets are wiped."""
    await service.remove(webhook_id, wanted_version(if_match), current_actor(request), now)


@post(
    "/{webhook_id:uuid}/rotations",
    operation_id="rotateWebhookSecret",
    summary="Make a new secret",
    responses=answers(400, 401, 403, 404, 413),
    **SECRET,
)
async def rotate_webhook_secret(
    request: Caller, webhook_id: FromPath[UUID], data: JSONBody[RotationOfSecret], now: Now
) -> NewSecretOut:
    """Make a new secret; for the hours of overlap messages are signed with both."""
    return await service.rotate(webhook_id, data, current_actor(request), now)


@post(
    "/{webhook_id:uuid}/pings",
    operation_id="pingWebhook",
    summary="Send a test message",
    status_code=202,
    responses=answers(400, 401, 403, 404),
    **GUARDED,
)
async def ping_webhook(request: Caller, webhook_id: FromPath[UUID], now: Now) -> DeliveryOut:
    """Send a message that says nothing, to see whether it arrives."""
    return await service.ping(webhook_id, current_actor(request), now)


@get(
    "/{webhook_id:uuid}/deliveries",
    operation_id="listWebhookDeliveries",
    summary="List messages",
    responses=answers(400, 401, 403, 404),
    **GUARDED,
)
async def list_webhook_deliveries(
    request: Caller,
    webhook_id: FromPath[UUID],
    wanted: State = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[DeliveryOut]:
    """List the messages of a webhook and what became of them, the last first."""
    return await service.deliveries(webhook_id, current_actor(request), wanted, cursor, limit)


@post(
    "/{webhook_id:uuid}/deliveries/{delivery_id:uuid}/replays",
    operation_id="replayWebhookDelivery",
    summary="Send a message again",
    status_code=202,
    responses=answers(400, 401, 403, 404),
    **GUARDED,
)
async def replay_webhook_delivery(
    request: Caller, webhook_id: FromPath[UUID], delivery_id: FromPath[UUID], now: Now
) -> DeliveryOut:
    """Send a message again under its id, with attempts as for a new one."""
    return await service.replay(webhook_id, delivery_id, current_actor(request), now)


router = Router(
    "/webhooks",
    route_handlers=[
        add_webhook,
        list_webhooks,
        get_webhook,
        change_webhook,
        remove_webhook,
        rotate_webhook_secret,
        ping_webhook,
        list_webhook_deliveries,
        replay_webhook_delivery,
    ],
    tags=["Notifications"],
)
