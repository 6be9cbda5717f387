"""Pages to come in: by an invitation, by a provider, with a new password, for one organisation."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from api.auth import current_actor, flow_cookie, origin_of, same_site, session_cookie
from api.domain.errors import Unavailable
from api.limits.service import address_of
from api.oidc import service as oidc
from api.oidc.schemas import FlowIn
from api.pages.forms import Form
from api.pages.proofs import CHOOSE, OWN, SECRET, Caller, Now, Proving, has_provider, home_of
from api.pages.rendering import local, page, query, see
from api.people import service as people
from api.people.schemas import AcceptanceIn, Invited, SwitchIn
from api.people.service import SignInFirst
from api.sign_in import service as sign_ins
from api.sign_in.schemas import ResetUse, SignIn


@get("/uitnodiging/{token:str}", include_in_schema=False)
async def show_invitation(request: Caller, token: FromPath[str], now: Now) -> Response[Any]:
    """Show what an invitation offers, and ask who comes in."""
    return _invitation(request, await people.invited(token, now), Form())


@post("/uitnodiging/{token:str}", include_in_schema=False, guards=[same_site], opt=SECRET)
async def accept(request: Caller, token: FromPath[str], now: Now) -> Response[Any]:
    """Come in: as who is signed in, or as somebody new, who is signed in at once."""
    form, offered = await Form.of(request), await people.invited(token, now)
    visitor = request.state.get("visitor")
    with form.noting():
        if visitor is not None and visitor.session_id is not None:
            joined = await people.accept(AcceptanceIn(token=token), visitor, now)
            await people.switch(joined.organisation_id, visitor)
            return see("/account" + query(gedaan="erbij"))
        form.needs("name", "password")
        given = {"token": token, "name": form.word("name"), "password": form.secret("password")}
        data = form.build(AcceptanceIn, **given)
        try:
            joined = await people.accept(data, None, now)
        except SignInFirst as error:
            form.note(error.code, error.detail, "")
        else:
            return await _welcome(request, offered.email, form, joined.organisation_id, now)
    return _invitation(request, offered, form)


async def _welcome(
    request: Caller, email: str, form: Form, organisation: UUID, now: Now
) -> Response[Any]:
    proof = SignIn(email=email, password=form.secret("password"), organisation_id=organisation)
    _, opened = await sign_ins.sign_in(proof, address_of(request.scope), now)
    return see("/account" + query(gedaan="erbij"), session_cookie(request, opened))


def _invitation(request: Caller, offered: Invited, form: Form) -> Response[Any]:
    return page(
        request,
        "invitation.html",
        status=400 if form.faults else 200,
        offered=offered,
        form=form,
        provider=has_provider(),
    )


@get("/wachtwoord-vergeten", include_in_schema=False, sync_to_thread=False)
def forgotten(request: Caller) -> Response[Any]:
    """Say how somebody gets another password."""
    return page(request, "forgotten.html")


@get("/nieuw-wachtwoord/{token:str}", include_in_schema=False, sync_to_thread=False)
def ask_password(request: Caller, token: FromPath[str]) -> Response[Any]:  # noqa: ARG001  stays in the address
    """Ask for a new password; changes nothing."""
    return page(request, "new_password.html", form=Form())


@post("/nieuw-wachtwoord/{token:str}", include_in_schema=False, guards=[same_site], opt=SECRET)
async def set_password(request: Caller, token: FromPath[str], now: Now) -> Response[Any]:
    """Set a new password by the link that an administrator made."""
    form = await Form.of(request)
    with Proving(form, "", "reset-refused"):
        form.needs("password")
        data = form.build(ResetUse, token=token, password=form.secret("password"))
        await sign_ins.use_reset(data, address_of(request.scope), now)
        return see("/inloggen" + query(gedaan="wachtwoord"))
    return page(request, "new_password.html", status=400, form=form)


@post("/inloggen/organisatie", include_in_schema=False, guards=[same_site], opt=SECRET)
async def over_to_provider(request: Caller, now: Now) -> Response[Any]:
    """Send the browser to the provider; the page says where, for who is not sent on.

    No redirect: `form-action` would hold the browser back, as it should for any other form.
    """
    form = await Form.of(request)
    wanted = form.build(FlowIn, returnTo=local(form.text("terug"), "/account"))
    visitor = request.state.get("visitor")
    try:
        begun = await oidc.begin(visitor, origin_of(request), wanted.return_to, now)
    except Unavailable as error:
        form.note(error.code, error.detail, "")
        return page(request, "over.html", status=503, form=form, address=None)
    answer = page(request, "over.html", form=form, address=begun.address)
    seconds = int(oidc.FLOW_LASTS.total_seconds())
    answer.set_cookie(flow_cookie(request, oidc.COOKIE, begun.browser, seconds))
    return answer


@get(CHOOSE, **OWN)
async def choose(request: Caller) -> Response[Any]:
    """Ask for whom somebody acts, who is in several organisations."""
    back = local(request.query_params.get("terug"), "")
    me = await people.me(current_actor(request))
    return page(request, "choose.html", me=me, back=back)


@post(CHOOSE, **OWN)
async def chosen(request: Caller) -> Response[Any]:
    """Go on for an organisation, to what was asked for or to where its work begins."""
    form = await Form.of(request)
    wanted = form.build(SwitchIn, organisationId=form.text("organisationId"))
    await people.switch(wanted.organisation_id, current_actor(request))
    return see(local(form.text("terug"), await home_of(wanted.organisation_id)))


HANDLERS = [
    show_invitation,
    accept,
    forgotten,
    ask_password,
    set_password,
    over_to_provider,
    choose,
    chosen,
]
