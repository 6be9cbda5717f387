"""Pages to sign in, to sign out, and to see who one is."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

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
from api.pages.proofs import CHOOSE, has_provider, home_of
from api.pages.rendering import local, page, see
from api.people import service as people
from api.people.schemas import SwitchIn
from api.problems import TooManyRequests
from api.sessions import service as sessions
from api.sign_in import service as sign_ins
from api.sign_in.schemas import PasswordChange, SignIn
from api.sign_in.service import CodeNeeded, SignInRefused

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]


@get("/inloggen", include_in_schema=False)
async def ask_who(request: Caller) -> Response[Any]:
    """Ask for e-mail address and password."""
    back = local(request.query_params.get("terug"), "")
    return _sign_in(request, Form.filled(terug=back), code_asked=False)


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
            password=form.secret("password"),
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
        back = local(form.text("terug"), "") or await _next(
            known.organisation_id, opened.token, now
        )
        return see(back, session_cookie(request, opened))
    return _sign_in(request, form, code_asked=code_asked)


def _sign_in(request: Caller, form: Form, *, code_asked: bool) -> Response[Any]:
    status = 400 if request.method == "POST" else 200
    context = {"code_asked": code_asked, "provider": has_provider()}
    return page(request, "sign_in.html", status=status, form=form, **context)


async def _next(organisation: UUID | None, token: str, now: datetime) -> str:
    """Give where to go on: who is in several organisations says first for which one."""
    actor = await sessions.actor_of(token, now)
    seats = () if actor is None else (await people.me(actor)).memberships
    return CHOOSE if len(seats) > 1 else await home_of(organisation)


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
        data = form.build(PasswordChange, present=form.secret("present"), new=form.secret("new"))
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
