"""Pages to sign in, to sign out, and to see who one is."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from api.accounts import service as accounts
from api.auth import (
    current_actor,
    ended_cookie,
    people_only,
    same_site,
    session_cookie,
    session_token,
)
from api.domain.errors import InvalidInput
from api.limits.service import address_of
from api.pages.forms import Form, at_field
from api.pages.rendering import local, page, see
from api.people import service as people
from api.people.schemas import SwitchIn
from api.problems import TooManyRequests
from api.sign_in import service as sign_ins
from api.sign_in.schemas import PasswordChange, SignIn
from api.sign_in.service import CodeNeeded, SignInRefused

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
HOME: Final = {
    "authority": "/aanbestedingen",
    "contractor": "/verplichtingen",
    "enterprise": "/mijn-onderneming",
    "platform": "/zoeken",
}
"""Where the work of each kind of organisation begins."""


@get("/inloggen", include_in_schema=False)
async def ask_who(request: Caller) -> Response[Any]:
    """Ask for e-mail address and password."""
    back = local(request.query_params.get("terug"), "")
    return page(request, "sign_in.html", form=Form.filled(terug=back), code_asked=False)


@post("/inloggen", include_in_schema=False, guards=[same_site])
async def sign_in(request: Caller, now: Now) -> Response[Any]:
    """Sign in, and go on to what was asked for."""
    form = await Form.of(request)
    code_asked = bool(form.text("code"))
    form.needs("email", "password")
    try:
        data = form.build(
            SignIn,
            email=form.text("email"),
            password=str(next(iter(form.given.get("password", ())), "")),
            code=form.word("code"),
        )
        former = session_token(request)
        known, opened = await sign_ins.sign_in(
            data, address_of(request.scope), now, instead_of=former
        )
    except InvalidInput as error:
        form.faults += [at_field(fault) for fault in error.faults]
    except CodeNeeded:
        code_asked = True
    except SignInRefused as error:
        form.note(error.code, error.detail, "email")
    except TooManyRequests as error:
        form.note(error.code, error.detail, "email")
    else:
        otherwise = await _home_of(known.organisation_id)
        return see(local(form.text("terug"), otherwise), session_cookie(request, opened))
    return page(request, "sign_in.html", status=400, form=form, code_asked=code_asked)


async def _home_of(organisation: UUID | None) -> str:
    known = None if organisation is None else await accounts.organisation(organisation)
    return "/account" if known is None else HOME[known.kind]


@post("/uitloggen", include_in_schema=False, guards=[people_only])
async def sign_out(request: Caller) -> Response[Any]:
    """Sign out here, or everywhere."""
    form = await Form.of(request)
    everywhere = form.ticked("overal")
    await sign_ins.sign_out(
        session_token(request) or "", current_actor(request), everywhere=everywhere
    )
    return see("/", ended_cookie(request))


@get("/account", include_in_schema=False, guards=[people_only])
async def account(request: Caller) -> Response[Any]:
    """Show who is signed in, for whom, and what they may."""
    return await _account(request, Form())


@post("/account/organisatie", include_in_schema=False, guards=[people_only])
async def switch(request: Caller) -> Response[Any]:
    """Go on for another organisation."""
    form = await Form.of(request)
    actor = current_actor(request)
    with form.noting():
        wanted = form.build(SwitchIn, organisationId=form.text("organisationId"))
        await people.switch(wanted.organisation_id, actor)
    return see("/account")


@post("/account/wachtwoord", include_in_schema=False, guards=[people_only])
async def change_password(request: Caller, now: Now) -> Response[Any]:
    """Set another password; every other session ends."""
    form = await Form.of(request)
    form.needs("present", "new")
    with form.noting():
        data = form.build(PasswordChange, present=form.text("present"), new=form.text("new"))
        try:
            await sign_ins.change_password(data, current_actor(request), now)
        except SignInRefused as error:
            form.note(error.code, error.detail, "present")
        else:
            return await _account(request, Form(), changed=True)
    return await _account(request, form)


async def _account(request: Caller, form: Form, *, changed: bool = False) -> Response[Any]:
    me = await people.me(current_actor(request))
    status = 400 if form.faults else 200
    return page(request, "account.html", status=status, me=me, form=form, changed=changed)
