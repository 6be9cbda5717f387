"""The one module that knows status codes: every error as problem+json (RFC 9457)."""

import logging
from typing import Any, Final, cast

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import Send

from api.decoding import as_fault, faults_of, unstorable
from api.domain.errors import (
    DomainError,
    Fault,
    Gone,
    InvalidInput,
    InvalidValue,
    NotFound,
    RuleViolation,
    TooLarge,
    Unavailable,
)

logger = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"


class Problem(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """Problem details (RFC 9457). `code` is stable; see docs/problems.md."""

    type: str
    status: int
    title: str
    detail: str
    code: str
    instance: str | None = None
    errors: tuple[Fault, ...] = ()
    successor_id: str | None = None


class AccessDenied(DomainError):
    """Whoever asks is known, but may not do this."""

    code = "missing-scope"


class NotAuthenticated(DomainError):
    """No key and no session, or one that is unknown, expired or ended."""

    code = "not-authenticated"


class CrossSiteRequest(DomainError):
    """A page of another site, or one that can't be told, asks in the name of who is signed in."""

    code = "cross-site-request"


class TooManyRequests(DomainError):
    """More than the published limit; `retry_after` in whole seconds."""

    code = "too-many-requests"

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class TooSlow(DomainError):
    """The answer did not begin within the limit; what was begun is undone."""

    code = "too-slow"


class UnsupportedMediaType(DomainError):
    """The body is of a kind that this operation does not take."""

    code = "unsupported-media-type"


class PreconditionRequired(DomainError):
    """`If-Match` is needed, so that nobody overwrites what they have not seen."""

    code = "precondition-required"


class PreconditionFailed(DomainError):
    """The thing changed since it was read."""

    code = "precondition-failed"


STATUS: Final[dict[type[DomainError], tuple[int, str]]] = {
    InvalidInput: (400, "The input is not valid"),
    InvalidValue: (400, "The input is not valid"),
    NotAuthenticated: (401, "Nobody is known to be asking"),
    AccessDenied: (403, "Not allowed with these scopes"),
    CrossSiteRequest: (403, "Asked from another site"),
    NotFound: (404, "Not found"),
    RuleViolation: (409, "A rule of the field forbids this"),
    Gone: (410, "No longer here"),
    PreconditionFailed: (412, "Changed in the meantime"),
    TooLarge: (413, "Too large"),
    UnsupportedMediaType: (415, "Unsupported media type"),
    PreconditionRequired: (428, "If-Match is required"),
    TooManyRequests: (429, "Too many requests"),
    TooSlow: (503, "It takes too long"),
    Unavailable: (503, "Temporarily not available"),
}
HTTP_CODES: Final = {
    400: "invalid-input",
    401: "not-authenticated",
    403: "missing-scope",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    408: "timeout",
    409: "rule-violation",
    410: "gone",
    412: "precondition-failed",
    413: "too-large",
    415: "unsupported-media-type",
    428: "precondition-required",
    429: "too-many-requests",
    500: "internal-error",
    503: "unavailable",
}


def on_domain_error(request: Request[Any, Any, Any], error: DomainError) -> Response[Problem]:
    """Answer a rule that was broken on purpose to be seen."""
    problem = _problem_of(error, request.url.path)
    if isinstance(error, InvalidInput):
        problem = msgspec.structs.replace(problem, errors=error.faults)
    if isinstance(error, Gone):
        problem = msgspec.structs.replace(problem, successor_id=error.successor_id)
    return _response(problem, _headers(error))


def _headers(error: DomainError) -> dict[str, str]:
    if isinstance(error, TooManyRequests):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, TooSlow):
        return {"Retry-After": "60"}
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, NotAuthenticated) else {}


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """Answer what the framework refused: unknown path, wrong method, unreadable input."""
    status = error.status_code
    code = HTTP_CODES.get(status, f"http-{status}")
    title = "The input is not valid" if status == 400 else error.detail  # noqa: PLR2004  HTTP
    problem = _problem(request.url.path, status, title, error.detail, code)
    if isinstance(error, ValidationException) or status == 400:  # noqa: PLR2004  HTTP
        faults = _faults(request, error)
        detail = "; ".join(fault.detail for fault in faults[:3]) or error.detail
        problem = msgspec.structs.replace(problem, errors=faults, detail=detail)
    return _response(problem, error.headers)


def on_database_away(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Answer that the database is down; the cause goes to the log."""
    logger.warning("the database is away: %s", error)
    return on_domain_error(request, Unavailable("The database does not answer. Try again."))


def on_unstorable_text(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Answer a text that JSON can carry and PostgreSQL cannot keep."""
    body = getattr(request, "_body", None)
    faults = unstorable(body) if isinstance(body, bytes) else ()
    return on_domain_error(request, InvalidInput(*faults)) if faults else on_crash(request, error)


def on_deep_nesting(request: Request[Any, Any, Any], error: RecursionError) -> Response[Problem]:
    """Answer a body that nests deeper than can be read; other recursion is a fault of ours."""
    faults = _body_faults(request)
    return on_domain_error(request, InvalidInput(*faults)) if faults else on_crash(request, error)


def on_crash(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Answer a fault of ours. The cause goes to the log, never to the caller."""
    logger.error("unhandled error on %s %s", request.method, request.url.path, exc_info=error)
    detail = "The server failed to answer. Nothing was stored."
    return _response(_problem(request.url.path, 500, "Internal error", detail, HTTP_CODES[500]))


async def send_problem(error: DomainError, path: str, send: Send) -> None:
    """Answer where no route was asked yet: limits and the like."""
    problem = _problem_of(error, path)
    told = {"Content-Type": MEDIA_TYPE, **_headers(error)}
    headers = [(name.lower().encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    body = msgspec.json.encode(problem)
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _problem_of(error: DomainError, path: str) -> Problem:
    status, title = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    code = error.value_code if isinstance(error, InvalidValue) else error.code
    return _problem(path, status, title, error.detail, code)


def _problem(path: str, status: int, title: str, detail: str, code: str) -> Problem:
    return Problem(
        type=f"/problems/{code}",
        status=status,
        title=title,
        detail=detail,
        code=code,
        instance=path,
    )


def _response(problem: Problem, headers: dict[str, str] | None = None) -> Response[Problem]:
    return Response(problem, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


def _faults(request: Request[Any, Any, Any], error: HTTPException) -> tuple[Fault, ...]:
    """Name every fault of the body; where the body is sound, those of the parameters."""
    extras = (extra for extra in error.extra or () if isinstance(extra, dict))
    found = _body_faults(request) or tuple(_parameter_fault(extra) for extra in extras)
    return found or (Fault("invalid-value", error.detail),)


def _body_faults(request: Request[Any, Any, Any]) -> tuple[Fault, ...]:
    handler = request.scope.get("route_handler", None)
    parameter = handler.parsed_fn_signature.parameters.get("data") if handler is not None else None
    body = getattr(request, "_body", None)
    if parameter is None or not isinstance(body, bytes):
        return ()
    return faults_of(body, parameter.annotation)


def _parameter_fault(extra: dict[str, Any]) -> Fault:
    message, key = str(extra.get("message", "not valid")), str(extra.get("key", ""))
    return as_fault(message, _public_name(key, extra.get("source")))


def _public_name(key: str, source: object) -> str:
    """Name a parameter as the document does: the framework tells the name of our argument."""
    first, *others = key.split("_")
    if source == "header":
        return "-".join(part.capitalize() for part in (first, *others))
    return first + "".join(other.capitalize() for other in others)


MEANINGS: Final = {
    400: "The input is not valid; every fault is listed with its place.",
    401: "No valid key was sent, and nobody is signed in.",
    403: "The scopes of the caller do not allow this.",
    404: "There is no such thing.",
    409: "A rule of the field forbids this.",
    410: "It was withdrawn, or merged into its successor.",
    412: "It changed since it was read.",
    413: "The body is over the documented limit.",
    415: "The body is of a kind that is not taken here.",
    428: "If-Match is required.",
    429: "More than the limit; Retry-After says how long to wait.",
    500: "The server failed. Nothing was stored.",
    503: "An engine that this answer needs is down.",
}


def answers(*statuses: int) -> dict[int, ResponseSpec]:
    """Document the problems that an operation can answer with, 500 included."""
    return {
        status: ResponseSpec(
            Problem,
            description=MEANINGS[status],
            media_type=cast(
                "MediaType", MEDIA_TYPE
            ),  # any text will do, Litestar's type is narrower
            generate_examples=False,
        )
        for status in (*statuses, 500)
    }


def described_answer(status: int) -> dict[str, Any]:
    """Give what the document says of a problem that is added to it later."""
    return {"description": MEANINGS[status], "content": {MEDIA_TYPE: {}}}
