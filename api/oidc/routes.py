"""Over to the identity provider and back."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody
from litestar.response import Redirect

from api.auth import (
    actor_or_none,
    flow_cookie,
    flow_token,
    origin_of,
    same_site,
    session_cookie,
)
from api.identities import ProviderRefused
from api.oidc import service
from api.oidc.schemas import FlowIn, FlowOut
from api.preconditions import documented
from api.problems import answers

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]


async def whoever(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Who is signed in links the identity to themselves."""
    await actor_or_none(connection)


@post(
    "/oidc-flows",
    operation_id="beginOidcFlow",
    summary="Sign in through the identity provider",
    guards=[same_site, whoever],
    responses=answers(400, 401, 403, 404, 413, 503),
    response_headers=[documented("Set-Cookie", "Ties the walk to this browser.")],
    opt={"idempotency": "never"},
)
async def begin_flow(request: Caller, data: JSONBody[FlowIn], now: Now) -> Response[FlowOut]:
    """Give the address to send the browser to; it comes back signed in, to `returnTo`."""
    actor = await actor_or_none(request)
    begun = await service.begin(actor, origin_of(request), data.return_to, now)
    seconds = int(service.FLOW_LASTS.total_seconds())
    cookie = flow_cookie(request, service.COOKIE, begun.browser, seconds)
    return Response(FlowOut(begun.address), status_code=201, cookies=[cookie])


@get("/oidc-callback", include_in_schema=False)
async def finish_flow(request: Caller, now: Now) -> Redirect:
    """Take the browser back. The protocol asks for GET; it works once, for who began."""
    # Read by hand: providers add parameters of their own, and `state` is a word of the framework.
    sent = {name: request.query_params.get(name, "") for name in ("code", "state", "error")}
    if not sent["code"] or not sent["state"] or sent["error"]:
        raise ProviderRefused("The provider signed nobody in.")
    browser = flow_token(request, service.COOKIE)
    done = await service.finish(browser, sent["state"], sent["code"], origin_of(request), now)
    cookies = [session_cookie(request, done.opened), flow_cookie(request, service.COOKIE, "", 0)]
    return Redirect(done.return_to, status_code=303, cookies=cookies)


router = Router("/", route_handlers=[begin_flow, finish_flow], tags=["Access"])
