"""Capacity over HTTP. What is free is public; who holds it is not."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.auth import SECURITY, current_actor, needs
from api.capacity import service
from api.capacity.schemas import OfferingCapacity, ReservationIn, ReservationOut
from api.preconditions import IfMatch, documented, wanted_state
from api.problems import answers

WRITE: dict[str, Any] = {"guards": [needs("directory:write")], "security": SECURITY}
Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
Since = Annotated[date | None, QueryParameter(description="First day; absent: today.")]
Until = Annotated[
    date | None, QueryParameter(description="First day after the period; absent: a year on.")
]


@get(
    "/enterprises/{enterprise_id:uuid}/capacity",
    operation_id="getCapacity",
    summary="What an enterprise can still take on",
    responses=answers(400, 404, 410),
)
async def get_capacity(
    enterprise_id: FromPath[UUID], now: Now, since: Since = None, until: Until = None
) -> tuple[OfferingCapacity, ...]:
    """Give the free capacity of every offering throughout a period."""
    return await service.capacity(enterprise_id, since, until, now)


@get(
    "/enterprises/{enterprise_id:uuid}/reservations",
    operation_id="listReservations",
    summary="What is reserved at an enterprise",
    responses=answers(400, 401, 403, 404, 410),
    **WRITE,
)
async def list_reservations(
    request: Caller, enterprise_id: FromPath[UUID], now: Now
) -> tuple[ReservationOut, ...]:
    """List the live reservations at an enterprise, to those who keep its profile."""
    return await service.reservations(enterprise_id, current_actor(request), now)


@post(
    "/enterprises/{enterprise_id:uuid}/offerings/{offering_id:uuid}/reservations",
    operation_id="reserveOwnCapacity",
    summary="Take capacity off the market for a while",
    responses=answers(400, 401, 403, 404, 409, 410, 413),
    response_headers=[
        documented("ETag", "Of the reservation; it also stands in the list."),
        documented("Location", "The list that now holds the reservation."),
    ],
    **WRITE,
)
async def reserve_own_capacity(
    request: Caller,
    enterprise_id: FromPath[UUID],
    offering_id: FromPath[UUID],
    data: JSONBody[ReservationIn],
    now: Now,
) -> Response[ReservationOut]:
    """Say that part of the capacity is taken: other customers, or fewer hands."""
    ids = (enterprise_id, offering_id)
    made = await service.hold_own(ids, data, current_actor(request), now)
    place = f"/v1/enterprises/{enterprise_id}/reservations"
    headers = {"ETag": made.etag, "Location": place}
    return Response(made, status_code=201, headers=headers)


@delete(
    "/enterprises/{enterprise_id:uuid}/reservations/{reservation_id:uuid}",
    operation_id="releaseOwnCapacity",
    summary="Bring capacity back on the market",
    responses=answers(400, 401, 403, 404, 410, 412, 428),
    **WRITE,
)
async def release_own_capacity(
    request: Caller,
    enterprise_id: FromPath[UUID],
    reservation_id: FromPath[UUID],
    if_match: IfMatch,
    now: Now,
) -> None:
    """End a reservation of the enterprise's own; what others hold ends with what it is for."""
    wanted, ids = wanted_state(if_match), (enterprise_id, reservation_id)
    await service.give_back(*ids, current_actor(request), now, wanted=wanted)


router = Router(
    "",
    route_handlers=[get_capacity, list_reservations, reserve_own_capacity, release_own_capacity],
    tags=["Directory"],
)
