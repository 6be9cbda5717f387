"""One's own personal data over HTTP."""

from datetime import datetime
from typing import Any

from litestar import Request, Router, get, post
from litestar.di import NamedDependency

from api.auth import PERSONAL, current_actor, people_only
from api.privacy import service
from api.privacy.schemas import PersonData
from api.problems import answers

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]


@get(
    "/me/data",
    operation_id="exportMyData",
    summary="Read everything that is kept about you",
    guards=[people_only],
    security=PERSONAL,
    responses=answers(400, 401, 403, 404),
)
async def export_my_data(request: Caller) -> PersonData:
    """Give everything that is kept about who asks, in a form that machines read."""
    return await service.export(current_actor(request))


@post(
    "/me/erasures",
    operation_id="eraseMe",
    summary="Have yourself forgotten",
    status_code=204,
    guards=[people_only],
    security=PERSONAL,
    responses=answers(400, 401, 403, 409),
    opt={"idempotency": "never"},
)
async def erase_me(request: Caller, now: Now) -> None:
    """Take away name, address, password and sessions; what was done stays, under a bare id."""
    await service.erase(current_actor(request), now)


router = Router("/", route_handlers=[export_my_data, erase_me], tags=["Privacy"])
