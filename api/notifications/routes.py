"""What somebody is told by e-mail, over HTTP; ending it needs nothing but the link of a mail."""

from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Request, Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from api.auth import PERSONAL, current_actor, people_only
from api.notifications import service
from api.notifications.schemas import PreferencesIn, PreferencesOut, UnsubscriptionOut
from api.preconditions import documented, etag, wanted_version
from api.problems import answers

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description="The ETag that was read, or `*`."),
]
ETAG: Final = [documented("ETag", "Version of the preferences.")]


@get(
    "/me/notifications",
    operation_id="getMyNotifications",
    summary="What you are told by e-mail",
    guards=[people_only],
    security=PERSONAL,
    responses=answers(400, 401, 403),
    response_headers=ETAG,
)
async def get_my_notifications(request: Caller) -> Response[PreferencesOut]:
    """Give what who asks is told by e-mail, and in which language."""
    found = await service.preferences(current_actor(request))
    return Response(found, headers={"ETag": etag(found.version)})


@put(
    "/me/notifications",
    operation_id="setMyNotifications",
    summary="Choose what you are told by e-mail",
    guards=[people_only],
    security=PERSONAL,
    responses=answers(400, 401, 403, 412, 413, 428),
    response_headers=ETAG,
)
async def set_my_notifications(
    request: Caller, data: JSONBody[PreferencesIn], if_match: IfMatch, now: Now
) -> Response[PreferencesOut]:
    """Choose what to be told, and in which language; with nothing chosen no mail comes."""
    version = wanted_version(if_match)
    changed = await service.change(data, version, current_actor(request), now)
    return Response(changed, headers={"ETag": etag(changed.version)})


@get(
    "/unsubscriptions/{token:str}",
    operation_id="getUnsubscription",
    summary="See whether mail still comes",
    responses=answers(400, 404),
)
async def get_unsubscription(token: FromPath[str]) -> UnsubscriptionOut:
    """Tell whether whom the link of a mail was made for still gets mail; changes nothing."""
    return await service.subscription(token)


@post(
    "/unsubscriptions/{token:str}",
    operation_id="unsubscribe",
    summary="End mail by the link of a mail",
    status_code=200,
    responses=answers(400, 404),
    opt={"idempotency": "never"},
)
async def unsubscribe(token: FromPath[str], now: Now) -> UnsubscriptionOut:
    """Send whom the link was made for nothing any more (RFC 8058); needs no sign-in."""
    return await service.unsubscribe(token, now)


router = Router(
    "/",
    route_handlers=[
        get_my_notifications,
        set_my_notifications,
        get_unsubscription,
        unsubscribe,
    ],
    tags=["Notifications"],
)
