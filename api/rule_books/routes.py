"""Rule books over HTTP. What is published is public; writing and publishing need keys."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter

from api.auth import SECURITY, current_actor, needs
from api.domain.errors import Fault, InvalidInput
from api.pagination import Cursor, Limit, Page
from api.preconditions import documented
from api.problems import UnsupportedMediaType, answers
from api.rule_books import service
from api.rule_books.schemas import RuleBookCard, RuleBookOut
from api.rule_books.service import RuleBookReader

YAML = "application/yaml"
ContentType = Annotated[
    str, HeaderParameter(name="Content-Type", description="`application/yaml` (RFC 9512).")
]


@post(
    "/rule-books",
    operation_id="writeRuleBook",
    summary="Write a draft of a rule book",
    guards=[needs("rule-books:write")],
    security=SECURITY,
    responses=answers(400, 401, 403, 409, 413, 415),
    response_headers=[documented("Location", "The version, once it is published.")],
)
async def write_rule_book(
    request: Request[Any, Any, Any],
    content_type: ContentType,
    rule_book_reader: NamedDependency[RuleBookReader],
    now: NamedDependency[datetime],
) -> Response[RuleBookOut]:
    """Keep a draft; the body is the YAML file. Every fault comes with its line and column."""
    if content_type.partition(";")[0].strip().lower() != YAML:
        raise UnsupportedMediaType(f"A rule book is sent as {YAML}.")
    text = _text(await request.body())
    kept = await service.write(text, rule_book_reader, current_actor(request), now)
    return Response(kept, status_code=201, headers={"Location": f"/v1/rule-books/{kept.id}"})


@post(
    "/rule-books/{version_id:uuid}/publications",
    operation_id="publishRuleBook",
    summary="Publish a draft",
    guards=[needs("rule-books:publish")],
    security=SECURITY,
    responses=answers(400, 401, 403, 404, 409),
)
async def publish_rule_book(
    request: Request[Any, Any, Any], version_id: FromPath[UUID], now: NamedDependency[datetime]
) -> RuleBookOut:
    """Publish a draft that somebody else wrote; from then on it never changes."""
    return await service.publish(version_id, current_actor(request), now)


@get(
    "/rule-book-drafts",
    operation_id="listRuleBookDrafts",
    summary="List the drafts of the own organisation",
    guards=[needs("rule-books:publish")],
    security=SECURITY,
    responses=answers(400, 401, 403),
)
async def list_drafts(
    request: Request[Any, Any, Any], cursor: Cursor = None, limit: Limit = 20
) -> Page[RuleBookOut]:
    """List what waits for publication, the last written first."""
    return await service.drafts(cursor, limit, current_actor(request))


@get(
    "/rule-books",
    operation_id="listRuleBooks",
    summary="List rule books",
    responses=answers(400),
)
async def list_rule_books(cursor: Cursor = None, limit: Limit = 20) -> Page[RuleBookCard]:
    """List published versions, the last added first."""
    return await service.published(cursor, limit)


@get(
    "/rule-books/{version_id:uuid}",
    operation_id="getRuleBook",
    summary="Read a rule book",
    responses=answers(400, 404),
)
async def get_rule_book(version_id: FromPath[UUID]) -> RuleBookOut:
    """Read a published version with all its rules and their sources."""
    return await service.read(version_id)


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1}"
        raise InvalidInput(Fault("not-utf-8", "The file is not UTF-8 text.", place)) from error


router = Router(
    "/",
    route_handlers=[
        write_rule_book,
        publish_rule_book,
        list_drafts,
        list_rule_books,
        get_rule_book,
    ],
    tags=["Social return"],
)
