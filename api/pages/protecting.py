"""Pages of the second factor: begin, confirm, keep the recovery codes, end."""

from typing import Any, Final

from litestar import Response, get, post

from api.auth import current_actor
from api.pages.forms import Form
from api.pages.proofs import OWN, SECRET, Caller, Now, Proving
from api.pages.rendering import page, query, see
from api.people import service as people
from api.sign_in import service as sign_ins
from api.sign_in.schemas import CodeIn, Enrolment, PasswordProof

PLACE: Final = "/account/tweede-factor"
_GROUP: Final = 4


@get(PLACE, **OWN)
async def show_factor(request: Caller) -> Response[Any]:
    """Tell whether a code is asked at sign-in, and offer the other way."""
    return await _factor(request, Form())


@post(PLACE, **OWN, opt=SECRET)
async def begin_factor(request: Caller) -> Response[Any]:
    """Show what goes into the app, this once."""
    form = await Form.of(request)
    with Proving(form, "password"):
        begun = await sign_ins.begin_second_factor(_proof(form), current_actor(request))
        return _enrolment(request, Form(), begun)
    return await _factor(request, form)


@post(PLACE + "/bevestiging", **OWN, opt=SECRET)
async def confirm_factor(request: Caller, now: Now) -> Response[Any]:
    """Turn it on by a first code, and show the recovery codes, this once."""
    form = await Form.of(request)
    begun = Enrolment(form.text("secret"), form.text("uri"))
    with Proving(form, "code"):
        form.needs("code")
        data = form.build(CodeIn, code=form.text("code").replace(" ", ""))
        made = await sign_ins.confirm_second_factor(data, current_actor(request), now)
        return page(request, "recovery.html", codes=made.codes)
    return _enrolment(request, form, begun)


@post(PLACE + "/einde", **OWN, opt=SECRET)
async def end_factor(request: Caller, now: Now) -> Response[Any]:
    """Turn it off, by the password."""
    form = await Form.of(request)
    with Proving(form, "password"):
        await sign_ins.end_second_factor(_proof(form), current_actor(request), now)
        return see(PLACE + query(gedaan="uit"))
    return await _factor(request, form)


def _proof(form: Form) -> PasswordProof:
    form.needs("password")
    return form.build(PasswordProof, password=form.secret("password"))


async def _factor(request: Caller, form: Form) -> Response[Any]:
    me = await people.me(current_actor(request))
    status = 400 if form.faults else 200
    return page(request, "factor.html", status=status, on=me.second_factor, form=form)


def _enrolment(request: Caller, form: Form, begun: Enrolment) -> Response[Any]:
    """Show the secret in groups that can be typed over; an address of another kind is no link."""
    groups = [begun.secret[n : n + _GROUP] for n in range(0, len(begun.secret), _GROUP)]
    return page(
        request,
        "enrolment.html",
        status=400 if form.faults else 200,
        form=form,
        begun=begun,
        groups=groups,
        linked=begun.uri.startswith("otpauth://totp/"),
    )


HANDLERS = [show_factor, begin_factor, confirm_factor, end_factor]
