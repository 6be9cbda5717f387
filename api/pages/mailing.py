"""The page behind the link of a mail: ends mail, without signing in."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.auth import same_site
from api.notifications import service
from api.pages.rendering import page, see

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]


@get("/afmelden/{token:str}", include_in_schema=False)
async def ask_unsubscription(request: Caller, token: FromPath[str]) -> Response[Any]:
    """Ask whether mail should end, or tell that it did; changes nothing."""
    told = await service.subscription(token)
    return page(request, "unsubscribe.html", subscribed=told.subscribed)


@post("/afmelden/{token:str}", include_in_schema=False, guards=[same_site])
async def unsubscribe(token: FromPath[str], now: Now) -> Response[Any]:
    """End mail."""
    await service.unsubscribe(token, now)
    return see(f"/afmelden/{token}")
