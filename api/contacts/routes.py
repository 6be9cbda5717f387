"""Contact addresses over HTTP: for whoever is known, and never without a trace."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Router, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.auth import SECURITY, current_actor, signed_in
from api.contacts import service
from api.contacts.schemas import ContactOut, RevealIn
from api.problems import answers


@post(
    "/enterprises/{enterprise_id:uuid}/contact-reveals",
    operation_id="revealContact",
    summary="See how an enterprise can be reached",
    status_code=200,
    responses=answers(400, 401, 403, 404, 410, 413),
    guards=[signed_in],
    security=SECURITY,
)
async def reveal_contact(
    request: Request[Any, Any, Any],
    enterprise_id: FromPath[UUID],
    data: JSONBody[RevealIn],
    now: NamedDependency[datetime],
) -> ContactOut:
    """Tell mail and telephone of an enterprise. Who was told, when and why is kept."""
    return await service.reveal(enterprise_id, data.purpose, current_actor(request), now)


router = Router("/", route_handlers=[reveal_contact], tags=["Directory"])
