"""Pages of the keys by which machines ask in the name of an organisation."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from api.api_keys import service as api_keys
from api.api_keys.schemas import KeyIn, NewKeyOut, RotationIn
from api.auth import needs, people_only
from api.pages.forms import Form
from api.pages.proofs import MOST, SECRET, Caller, Now, acting
from api.pages.rendering import page, query, see

PLACE: Final = "/organisatie/sleutels"
MAKE: Final[dict[str, Any]] = {
    "include_in_schema": False,
    "guards": [needs("api-keys:write"), people_only],
}
DAYS: Final = 90


@get(PLACE, **MAKE)
async def list_keys(request: Caller, now: Now) -> Response[Any]:
    """List the keys that somebody sees."""
    return await _keys(request, Form.filled(days=DAYS), now)


@post(PLACE, **MAKE, opt=SECRET)
async def make_key(request: Caller, now: Now) -> Response[Any]:
    """Make a key; its secret is shown this once."""
    form = await Form.of(request)
    _, actor = acting(request)
    with form.noting():
        form.needs("name", "scopes")
        given = {"name": form.text("name"), "scopes": form.several("scopes")}
        data = form.build(KeyIn, **given, days=form.whole("days") or DAYS)
        made = await api_keys.make(data, actor, now)
        return await _keys(request, Form.filled(days=DAYS), now, made)
    return await _keys(request, form, now)


@post(PLACE + "/{key_id:uuid}/vervanging", **MAKE, opt=SECRET)
async def rotate_key(request: Caller, key_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Make a key that follows another; both work for a day."""
    form = Form.filled(days=DAYS)
    _, actor = acting(request)
    with form.noting():
        made = await api_keys.rotate(key_id, RotationIn(), actor, now)
        return await _keys(request, form, now, made)
    return await _keys(request, form, now)


@post(PLACE + "/{key_id:uuid}/einde", **MAKE)
async def end_key(request: Caller, key_id: FromPath[UUID], now: Now) -> Response[Any]:
    """End a key at once."""
    _, actor = acting(request)
    await api_keys.revoke(key_id, actor, now)
    return see(PLACE + query(gedaan="einde"))


async def _keys(
    request: Caller, form: Form, now: Now, made: NewKeyOut | None = None
) -> Response[Any]:
    _, actor = acting(request)
    return page(
        request,
        "keys.html",
        status=400 if form.faults else 200,
        found=await api_keys.keys(actor, now, request.query_params.get("cursor"), MOST),
        scopes=sorted(actor.scopes),
        form=form,
        made=made,
    )


HANDLERS = [list_keys, make_key, rotate_key, end_key]
