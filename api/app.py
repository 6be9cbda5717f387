"""The application, composed. The readers of files come from outside (ADR 13)."""

import asyncio
import gc
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any, Final

import msgspec
from asyncpg import CharacterNotInRepertoireError, UntranslatableCharacterError
from litestar import Litestar, Request, Response, Router
from litestar.config.cors import CORSConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from api import clock, index, indexing, leaving, problems, rekeying, telemetry
from api.allocations.routes import router as allocations
from api.api_keys.routes import router as api_keys
from api.art77.routes import router as art77
from api.audit.service import go_on_after_restore, seal_forever
from api.audits.routes import router as audits
from api.auth import is_known
from api.capacity.routes import router as capacity
from api.conditional import conditional
from api.contacts.routes import router as contacts
from api.database import AWAY, pool
from api.directory.routes import router as directory
from api.document import documentation, openapi_config, openapi_document
from api.domain.errors import DomainError
from api.enterprises.routes import router as enterprises
from api.entry_imports.drafts import EntryReader, NoEntries
from api.entry_imports.routes import router as entry_imports
from api.exclusions.routes import router as exclusions
from api.exports.routes import router as exports
from api.exposure.routes import router as exposure
from api.fulfilment_plans.routes import router as fulfilment_plans
from api.fulfilments.routes import router as fulfilments
from api.health import router as health
from api.health import security_txt
from api.heap import give_large_buffers_back
from api.imports.drafts import ListReader, NoLists
from api.imports.routes import router as imports
from api.imports.service import work_forever
from api.invitations.routes import router as invitations
from api.ledgers.routes import router as ledgers
from api.logs import configure_logging
from api.longlists.routes import router as longlists
from api.lot_adoptions.routes import router as lot_adoptions
from api.lot_plans.routes import router as lot_plans
from api.marks.routes import router as marks
from api.match_batches.routes import router as match_batches
from api.match_batches.service import work_forever as match_forever
from api.matches.routes import router as matches
from api.metrics import count_forever
from api.middleware import every_method, no_trailing_slash, standard_headers, traced
from api.moderation.routes import router as moderation
from api.notifications.routes import router as notifications
from api.notifications.service import work_forever as send_mail
from api.obligations.routes import router as obligations
from api.oidc.routes import router as oidc
from api.opportunities.routes import router as opportunities
from api.pages.rendering import page_or_problem, template_config
from api.pages.routes import router as pages
from api.parameters import refuse_faulty_parameters, refuse_loose_body
from api.people.routes import router as people
from api.privacy.routes import router as privacy
from api.replay import replay, replayable
from api.rule_books.routes import router as rule_books
from api.rule_books.service import RuleBookReader, no_reader
from api.selection import selecting
from api.settings import settings
from api.shortlists.routes import router as shortlists
from api.sign_in.routes import router as sign_in
from api.social_return_reports.routes import router as social_return_reports
from api.spend.drafts import SpendReader, no_spend_reader
from api.spend.routes import router as spend
from api.tenders.routes import router as tenders
from api.tenders.service import NoticeReaders
from api.throttle import throttled, timed
from api.turns import taking_turns
from api.webhooks.routes import router as webhooks
from api.webhooks.service import work_forever as bring_messages
from api.work_items.routes import router as work_items
from api.work_items.service import ItemReader, no_item_reader

SLICES = (
    health,
    sign_in,
    people,
    oidc,
    api_keys,
    audits,
    webhooks,
    notifications,
    privacy,
    directory,
    enterprises,
    marks,
    capacity,
    contacts,
    moderation,
    imports,
    shortlists,
    exports,
    tenders,
    work_items,
    matches,
    match_batches,
    exclusions,
    exposure,
    art77,
    allocations,
    lot_plans,
    lot_adoptions,
    invitations,
    longlists,
    spend,
    rule_books,
    obligations,
    ledgers,
    fulfilments,
    fulfilment_plans,
    entry_imports,
    social_return_reports,
    opportunities,
)


_NO_LISTS = NoLists()
_NO_ENTRIES = NoEntries()
_PROBLEMS: Final[dict[type[Exception], Any]] = {
    DomainError: problems.on_domain_error,
    HTTPException: problems.on_http_error,
    RecursionError: problems.on_deep_nesting,
    CharacterNotInRepertoireError: problems.on_unstorable_text,
    UntranslatableCharacterError: problems.on_unstorable_text,
    **dict.fromkeys(AWAY, problems.on_database_away),
    Exception: problems.on_crash,
}
_ON_ERRORS: Final[Any] = {kind: page_or_problem(answer) for kind, answer in _PROBLEMS.items()}
"""A page for people, a problem for programs."""
_PARAMETER: Final = re.compile(r"\\\{[^/]*\\\}")
"""`{name:type}` in the template of a path, escaped."""


class Readers(msgspec.Struct, frozen=True, kw_only=True):
    """The readers of files, by the names under which handlers ask for them."""

    notice_readers: NoticeReaders
    rule_book_reader: RuleBookReader = no_reader
    list_reader: ListReader = _NO_LISTS
    work_item_reader: ItemReader = no_item_reader
    spend_reader: SpendReader = no_spend_reader
    entry_reader: EntryReader = _NO_ENTRIES


def create_app(readers: Readers, *, with_engines: bool = True) -> Litestar:
    """Compose the application; tests hold the engines themselves."""
    app = Litestar(
        route_handlers=[
            pages,
            security_txt,
            Router("/v1", route_handlers=[openapi_document, *SLICES]),
            documentation(),
        ],
        dependencies={"now": Provide(_now, sync_to_thread=False), **_dependencies(readers)},
        exception_handlers=_ON_ERRORS,
        before_request=_before,
        cors_config=CORSConfig(allow_origins=["*"], allow_methods=["GET", "HEAD", "OPTIONS"]),
        lifespan=[engines] if with_engines else [],
        logging_config=None,
        openapi_config=openapi_config(),
        template_config=template_config(),
        request_max_body_size=settings().max_body_bytes,
    )
    app.state.list_reader = readers.list_reader
    inner = every_method(app.asgi_handler, _methods(app))
    app.asgi_handler = _around(replayable(inner, _never_kept(app), is_known))
    return app


def _around(app: ASGIApp) -> ASGIApp:
    """Stand around everything, so that a path without a route is answered alike."""
    answered = conditional(selecting(taking_turns(app)))
    inner = no_trailing_slash(throttled(timed(answered)))
    return traced(standard_headers(inner))


def _dependencies(readers: Readers) -> dict[str, Provide]:
    """Give every reader under its name."""
    names = [field.name for field in msgspec.structs.fields(Readers)]
    return {name: _giving(getattr(readers, name)) for name in names}


def _giving(reader: object) -> Provide:
    def give() -> Any:  # noqa: ANN401  as the handler's own annotation says
        return reader

    return Provide(give, sync_to_thread=False)


def _methods(app: Litestar) -> dict[str, str]:
    """Give the methods of every path, as `Allow` tells them."""
    found: dict[str, set[str]] = {}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            of_path = found.setdefault(route.path_format, set())
            of_path |= getattr(handler, "http_methods", set()) | {"OPTIONS"}
    return {path: ", ".join(sorted(methods)) for path, methods in found.items()}


def _never_kept(app: Litestar) -> Callable[[str], bool]:
    """Tell of a path whether its answers are never kept: pages, and what takes or gives secrets."""
    formats = (
        route.path_format
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if handler.opt.get("idempotency") == "never"
    )
    paths = "|".join({_PARAMETER.sub("[^/]+", re.escape(one)) for one in formats})
    found = re.compile(paths)
    return lambda path: not path.startswith("/v1/") or found.fullmatch(path) is not None


@asynccontextmanager
async def engines(app: Litestar) -> AsyncIterator[None]:
    """Hold the engines that the application needs, as long as it runs."""
    configure_logging()
    give_large_buffers_back()
    leaving.listen()
    async with pool(settings().database_pool_size), index.engine():
        await rekeying.check()
        await go_on_after_restore()
        # What lives as long as the process need not be searched for garbage again and again.
        gc.collect()
        gc.freeze()
        with telemetry.exposed():
            async with _working(app):
                yield


@asynccontextmanager
async def _working(app: Litestar) -> AsyncIterator[None]:
    """Drain the outbox and work jobs off in this process, where the settings say so."""
    if not settings().drain_in_process:
        yield
        return
    tasks = [asyncio.create_task(job) for job in jobs(app.state.list_reader)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


def jobs(list_reader: ListReader) -> tuple[Coroutine[Any, Any, None], ...]:
    """Give what a worker does until it is stopped."""
    work = (indexing.drain_forever(), work_forever(list_reader), match_forever())
    return (*work, seal_forever(), bring_messages(), send_mail(), count_forever())


async def _before(request: Request[Any, Any, Any]) -> Response[bytes] | None:
    """Do what comes between the guards and the handler, for every operation."""
    await refuse_faulty_parameters(request)
    kept = await replay(request)
    if kept is None:
        await refuse_loose_body(request)
    return kept


def _now() -> datetime:
    return clock.now()
