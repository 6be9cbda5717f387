"""Pages about oneself: which mail comes, what is kept, and being forgotten."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post

from api.auth import current_actor, ended_cookie
from api.notifications import service as notifications
from api.notifications.schemas import Kind, Language, PreferencesIn
from api.pages.forms import Form
from api.pages.proofs import OWN, SECRET, Caller, Now
from api.pages.rendering import headers, page, query, see
from api.privacy import service as privacy
from api.problems import PreconditionFailed

MAIL: Final = "/account/berichten"
DATA: Final = "/account/gegevens"


@get(MAIL, **OWN)
async def show_mail(request: Caller) -> Response[Any]:
    """Show which mail comes, in which language."""
    return await _mail(request, None)


@post(MAIL, **OWN)
async def choose_mail(request: Caller, now: Now) -> Response[Any]:
    """Choose which mail comes; with nothing ticked none does."""
    form = await Form.of(request)
    with form.noting():
        given = {"language": form.text("language"), "tell": form.several("tell")}
        data = form.build(PreferencesIn, **given)
        try:
            await notifications.change(data, form.whole("version"), current_actor(request), now)
            return see(MAIL + query(gedaan="bewaard"))
        except PreconditionFailed as error:
            form.note("mail-changed", error.detail, "")
    return await _mail(request, form)


async def _mail(request: Caller, sent: Form | None) -> Response[Any]:
    chosen = await notifications.preferences(current_actor(request))
    form = Form.filled(language=chosen.language, tell=chosen.tell) if sent is None else sent
    return page(
        request,
        "mail.html",
        status=400 if form.faults else 200,
        chosen=chosen,
        form=form,
        kinds=tuple(Kind),
        languages=tuple(Language),
    )


@get(DATA, **OWN)
async def show_data(request: Caller) -> Response[Any]:
    """Show what is kept about oneself."""
    return await _data(request, Form())


@get(DATA + "/download", **OWN)
async def download_data(request: Caller) -> Response[bytes]:
    """Give what is kept about oneself as a file (GDPR art. 20)."""
    found = await privacy.export(current_actor(request))
    content = msgspec.json.format(msgspec.json.encode(found), indent=2)
    told = headers() | {"Content-Disposition": 'attachment; filename="perceel-gegevens.json"'}
    return Response(content, media_type="application/json", headers=told)


@post(DATA + "/vergeten", **OWN, opt=SECRET)
async def erase(request: Caller, now: Now) -> Response[Any]:
    """Forget who asks, who says to be sure."""
    form = await Form.of(request)
    with form.noting():
        if form.ticked("zeker"):
            await privacy.erase(current_actor(request), now)
            return see("/inloggen" + query(gedaan="vergeten"), ended_cookie(request))
        form.note("not-sure", "Say that you are sure.", "zeker")
    return await _data(request, form)


async def _data(request: Caller, form: Form) -> Response[Any]:
    found = await privacy.export(current_actor(request))
    return page(request, "data.html", status=400 if form.faults else 200, found=found, form=form)


HANDLERS = [show_mail, choose_mail, show_data, download_data, erase]
