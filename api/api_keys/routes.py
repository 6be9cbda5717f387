"""Keys over HTTP. People make them; a key with the scope sees them, and makes none."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.api_keys import service
from api.api_keys.schemas import KeyIn, KeyOut, NewKeyOut, RotationIn
from api.auth import PERSONAL, SECURITY, current_actor, needs, people_only
from api.pagination import Cursor, Limit, Page
from api.preconditions import documented
from api.problems import answers

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
READ: Final[dict[str, Any]] = {
    "guards": [needs("api-keys:write")],
    "security": SECURITY,
}
MAKE: Final[dict[str, Any]] = {
    "guards": [needs("api-keys:write"), people_only],
    "security": PERSONAL,
    "responses": answers(400, 401, 403, 404, 409, 413),
    "response_headers": [documented("Location", "The new key.")],
    "opt": {"idempotency": "never"},
}


@post("/api-keys", operation_id="createApiKey", summary="Make a key", **MAKE)
async def create_api_key(request: Caller, data: JSONBody[KeyIn], now: Now) -> Response[NewKeyOut]:
    """Make a key for the own organisation, with at most the own scopes; shown this once."""
    return _made(await service.make(data, current_actor(request), now))


@get(
    "/api-keys",
    operation_id="listApiKeys",
    summary="List keys",
    responses=answers(400, 401, 403),
    **READ,
)
async def list_api_keys(
    request: Caller, now: Now, cursor: Cursor = None, limit: Limit = 20
) -> Page[KeyOut]:
    """List the own keys; an administrator sees every key of the organisation."""
    return await service.keys(current_actor(request), now, cursor, limit)


@get(
    "/api-keys/{key_id:uuid}",
    operation_id="getApiKey",
    summary="Read a key",
    responses=answers(400, 401, 403, 404),
    **READ,
)
async def get_api_key(request: Caller, key_id: FromPath[UUID], now: Now) -> KeyOut:
    """Read what a key may do and when it was last used, without its secret."""
    return await service.read(key_id, current_actor(request), now)


@post(
    "/api-keys/{key_id:uuid}/rotations",
    operation_id="rotateApiKey",
    summary="Rotate a key",
    **MAKE,
)
async def rotate_api_key(
    request: Caller, key_id: FromPath[UUID], data: JSONBody[RotationIn], now: Now
) -> Response[NewKeyOut]:
    """Make a key that follows this one; both work for the hours of overlap."""
    return _made(await service.rotate(key_id, data, current_actor(request), now))


@post(
    "/api-keys/{key_id:uuid}/revocations",
    operation_id="revokeApiKey",
    summary="End a key",
    status_code=204,
    guards=[needs("api-keys:write"), people_only],
    security=PERSONAL,
    responses=answers(400, 401, 403, 404),
)
async def revoke_api_key(request: Caller, key_id: FromPath[UUID], now: Now) -> None:
    """End a key at once: its next request is refused."""
    await service.revoke(key_id, current_actor(request), now)


def _made(made: NewKeyOut) -> Response[NewKeyOut]:
    headers = {"Location": f"/v1/api-keys/{made.key.id}"}
    return Response(made, status_code=201, headers=headers)


router = Router(
    "/",
    route_handlers=[create_api_key, list_api_keys, get_api_key, rotate_api_key, revoke_api_key],
    tags=["Access"],
)
