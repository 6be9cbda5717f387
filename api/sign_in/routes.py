"""Signing in and out over HTTP. No answer tells whether an address is known here."""

from datetime import datetime
from typing import Any, Final

from litestar import Request, Response, Router, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from api.auth import (
    PERSONAL,
    current_actor,
    ended_cookie,
    needs,
    people_only,
    same_site,
    session_cookie,
    session_token,
)
from api.limits.service import address_of
from api.preconditions import documented
from api.problems import answers
from api.sign_in import service
from api.sign_in.schemas import (
    CodeIn,
    Enrolment,
    PasswordChange,
    PasswordProof,
    RecoveryCodes,
    ResetIn,
    ResetToken,
    ResetUse,
    SignedIn,
    SignIn,
    SignOut,
)

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
NOT_KEYED: Final[dict[str, Any]] = {"idempotency": "never"}
"""What takes or gives a secret is not kept for a replay."""
OWN: Final[dict[str, Any]] = {
    "guards": [people_only],
    "security": PERSONAL,
    "responses": answers(400, 401, 403, 409, 413, 429),
    "opt": NOT_KEYED,
}


@post(
    "/sign-ins",
    operation_id="signIn",
    summary="Sign in",
    guards=[same_site],
    responses=answers(400, 401, 403, 413, 429),
    response_headers=[documented("Set-Cookie", "The session.")],
    opt=NOT_KEYED,
)
async def sign_in(request: Caller, data: JSONBody[SignIn], now: Now) -> Response[SignedIn]:
    """Sign in with e-mail address and password; the session comes as a cookie."""
    address, former = address_of(request.scope), session_token(request)
    made, opened = await service.sign_in(data, address, now, instead_of=former)
    return Response(made, status_code=201, cookies=[session_cookie(request, opened)])


@post(
    "/sign-outs",
    operation_id="signOut",
    summary="Sign out",
    status_code=204,
    guards=[people_only],
    security=PERSONAL,
    responses=answers(400, 401, 403, 413),
    opt=NOT_KEYED,
)
async def sign_out(request: Caller, data: JSONBody[SignOut]) -> Response[None]:
    """End this session, or every session of the person."""
    token = session_token(request) or ""
    await service.sign_out(token, current_actor(request), everywhere=data.everywhere)
    return Response(None, status_code=204, cookies=[ended_cookie(request)])


@post(
    "/me/password-changes",
    operation_id="changePassword",
    summary="Change the own password",
    status_code=204,
    **OWN,
)
async def change_password(request: Caller, data: JSONBody[PasswordChange], now: Now) -> None:
    """Set another password; every other session ends."""
    await service.change_password(data, current_actor(request), now)


@post(
    "/me/second-factors",
    operation_id="beginSecondFactor",
    summary="Begin with a second factor",
    **OWN,
)
async def begin_second_factor(request: Caller, data: JSONBody[PasswordProof]) -> Enrolment:
    """Give the secret for an authenticator app (TOTP); it counts once confirmed."""
    return await service.begin_second_factor(data, current_actor(request))


@post(
    "/me/second-factor-confirmations",
    operation_id="confirmSecondFactor",
    summary="Turn the second factor on",
    **OWN,
)
async def confirm_second_factor(request: Caller, data: JSONBody[CodeIn], now: Now) -> RecoveryCodes:
    """Confirm with a code of the app; gives the recovery codes. Other sessions end."""
    return await service.confirm_second_factor(data, current_actor(request), now)


@post(
    "/me/second-factor-removals",
    operation_id="endSecondFactor",
    summary="Turn the second factor off",
    status_code=204,
    **OWN,
)
async def end_second_factor(request: Caller, data: JSONBody[PasswordProof], now: Now) -> None:
    """Turn the second factor off, by the password."""
    await service.end_second_factor(data, current_actor(request), now)


@post(
    "/password-resets",
    operation_id="issuePasswordReset",
    summary="Let somebody set a new password",
    guards=[needs("people:write"), people_only],
    security=PERSONAL,
    responses=answers(400, 401, 403, 404, 413),
    opt=NOT_KEYED,
)
async def issue_reset(request: Caller, data: JSONBody[ResetIn], now: Now) -> ResetToken:
    """Make a token for a person; it is shown once, works once, and lasts a day."""
    return await service.issue_reset(data.person_id, current_actor(request), now)


@post(
    "/password-reset-uses",
    operation_id="usePasswordReset",
    summary="Set a new password by a token",
    status_code=204,
    guards=[same_site],
    responses=answers(400, 401, 403, 413, 429),
    opt=NOT_KEYED,
)
async def use_reset(request: Caller, data: JSONBody[ResetUse], now: Now) -> None:
    """Set a new password; every session of the person ends."""
    await service.use_reset(data, address_of(request.scope), now)


router = Router(
    "/",
    route_handlers=[
        sign_in,
        sign_out,
        change_password,
        begin_second_factor,
        confirm_second_factor,
        end_second_factor,
        issue_reset,
        use_reset,
    ],
    tags=["Access"],
)
