"""My enterprise: room that is taken for a while, and how often it was shown."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from api.auth import current_actor
from api.capacity import service as capacity
from api.capacity.schemas import Purpose, ReservationIn
from api.capacity.service import CapacityTaken
from api.clock import legal_day
from api.exposure import service as exposure
from api.pages.enterprise import HOME, READ, WRITE, mine
from api.pages.forms import Form
from api.pages.proofs import Caller, Now
from api.pages.rendering import id_in, page, query, see

ROOM: Final = HOME + "/ruimte"
PERIODS: Final = (30, 90, 365)
"""Days of which is told how often an enterprise was shown."""


@get(ROOM, **WRITE)
async def show_room(request: Caller, now: Now) -> Response[Any]:
    """Show what every offering can still take on, and what is reserved."""
    return await _room(request, Form.filled(startsOn=legal_day(now)), now)


@post(ROOM, **WRITE)
async def take_room(request: Caller, now: Now) -> Response[Any]:
    """Take room off the market for a while."""
    form, own, actor = await Form.of(request), await mine(request), current_actor(request)
    with form.noting():
        form.needs("offering", *(name for name in _ASKED if not form.text(name)))
        given = {"startsOn": form.day("startsOn"), "endsOn": form.day("endsOn")}
        data = form.build(ReservationIn, amountCents=form.cents("amountCents"), **given)
        try:
            await capacity.hold_own((own, id_in(form.text("offering"))), data, actor, now)
            return see(ROOM + query(gedaan="bezet"))
        except CapacityTaken as error:
            form.note(error.code, error.detail, "amountCents")
    return await _room(request, form, now)


_ASKED: Final = ("amountCents", "startsOn", "endsOn")


@post(ROOM + "/{reservation_id:uuid}/vrij", **WRITE)
async def free_room(request: Caller, reservation_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Bring room back on the market."""
    await capacity.give_back(await mine(request), reservation_id, current_actor(request), now)
    return see(ROOM + query(gedaan="vrij"))


async def _room(request: Caller, form: Form, now: Now) -> Response[Any]:
    own = await mine(request)
    offered = await capacity.capacity(own, None, None, now)
    return page(
        request,
        "room.html",
        status=400 if form.faults else 200,
        offered=offered,
        titles={one.offering_id: one.title for one in offered},
        held=await capacity.reservations(own, current_actor(request), now),
        own_purpose=Purpose.OWN,
        form=form,
    )


@get(HOME + "/zichtbaarheid", **READ)
async def show_exposure(request: Caller, now: Now) -> Response[Any]:
    """Show how often the own enterprise was shown, in several periods up to today."""
    own, actor, until = await mine(request), current_actor(request), legal_day(now)
    found = []
    for days in PERIODS:
        period = (until - timedelta(days=days), until + timedelta(days=1))
        seen = await exposure.exposure(period, None, 1, actor)
        found.append((days, seen.items[0] if seen.items else None))
    return page(request, "exposure.html", own=own, found=found)


HANDLERS = [show_room, take_room, free_room, show_exposure]
