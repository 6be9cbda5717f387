"""From a template to an answer: language, visitor and the headers of a page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Redirect, Response, Template
from litestar.template import TemplateConfig

from api.auth import Connection, actor_or_none
from api.domain.errors import NotFound
from api.pages import assets, wording
from api.pages.texts import LANGUAGES, Texts, texts
from api.problems import NotAuthenticated, Problem
from api.settings import settings

OnError = Callable[[Request[Any, Any, Any], Any], Response[Any]]
LANGUAGE_COOKIE: Final = "taal"
_YEAR_SECONDS: Final = 31_536_000
MENU: Final = (
    ("/zoeken", "menu.find"),
    ("/aanbestedingen", "menu.tenders"),
    ("/verplichtingen", "menu.obligations"),
    ("/mijn-onderneming", "menu.mine"),
    ("/overzicht", "menu.overview"),
    ("/moderatie", "menu.moderation"),
    ("/importeren", "menu.imports"),
    ("/shortlists", "menu.lists"),
    ("/uitgaven", "menu.spend"),
    ("/werk-in-uitvoering", "menu.work"),
)
PLACES: Final[dict[str | None, frozenset[str]]] = {
    None: frozenset({"menu.find", "menu.tenders", "menu.obligations", "menu.mine"}),
    "authority": frozenset(
        {"menu.find", "menu.tenders", "menu.obligations", "menu.overview"}
        | {"menu.lists", "menu.spend", "menu.work"}
    ),
    "contractor": frozenset(
        {"menu.find", "menu.obligations", "menu.tenders", "menu.lists", "menu.spend", "menu.work"}
    ),
    "enterprise": frozenset({"menu.find", "menu.mine"}),
    "platform": frozenset(
        {"menu.find", "menu.tenders", "menu.moderation", "menu.imports", "menu.work"}
    ),
}
"""What the menu offers to whom; who may is decided by the guards."""


def template_config() -> TemplateConfig[JinjaTemplateEngine]:
    """Set up the templates: everything escaped, an unknown name is an error."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    said = {one.__name__: one for one in wording.SAID}
    environment.globals |= said | {"asset": assets.address, "query": query}
    environment.filters["area_name"] = lambda code, area: area(code)
    return TemplateConfig(instance=JinjaTemplateEngine.from_environment(environment))


def page(
    request: Request[Any, Any, Any], template: str, *, status: int = 200, **context: object
) -> Template:
    """Answer with a page in the language of the visitor."""
    own: dict[str, Any] = {
        "t": language_of(request),
        "path": request.url.path,
        "here": _here(request),
        "visitor": request.state.get("visitor"),
        "may": lambda scope: scope in getattr(request.state.get("visitor"), "scopes", ()),
        "menu": _menu(request),
        "with_map": assets.has_map(),
    }
    told = headers() | {"Content-Language": own["t"].language}
    return Template(template, context=own | context, status_code=status, headers=told)


def _menu(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    offered = PLACES[getattr(request.state.get("visitor"), "kind", None)]
    return [one for one in MENU if one[1] in offered]


async def greet(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard that refuses nobody: it notes who is there, for the head of the page."""
    connection.state.visitor = await actor_or_none(connection)


def headers() -> dict[str, str]:
    """Give the headers of a page: only our own scripts and styles, in nobody's frame."""
    tiles = settings().tile_url
    pictures = "'self' data:" if tiles is None else f"'self' data: {_origin(tiles)}"
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        f"connect-src 'self'; img-src {pictures}; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "same-origin",
        "Vary": "Cookie",
    }


def language_of(request: Request[Any, Any, Any]) -> Texts:
    """Give the catalogue that the visitor chose; Dutch otherwise."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return texts(chosen if chosen in LANGUAGES else LANGUAGES[0])


def language_cookie(language: str) -> Cookie:
    """Remember a choice of language."""
    value = language if language in LANGUAGES else LANGUAGES[0]
    return Cookie(
        LANGUAGE_COOKIE, value=value, max_age=_YEAR_SECONDS, samesite="lax", httponly=True
    )


def local(target: str | None, otherwise: str = "/") -> str:
    """Give a path of ours to go back to; never another site's."""
    if target is None or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return otherwise
    return target if target.isprintable() else otherwise


def see(target: str, *cookies: Cookie) -> Redirect:
    """Send the browser on after a form was taken (303, so that a reload asks and not posts)."""
    return Redirect(target, status_code=303, cookies=list(cookies))


def query(**values: object) -> str:
    """Write the part of an address after the path; what is empty is left out."""
    given: list[tuple[str, str]] = []
    for name, value in values.items():
        several = value if isinstance(value, (list, tuple)) else [value]
        given += [(name, str(one)) for one in several if one not in (None, "", False)]
    return f"?{urlencode(given)}" if given else ""


def page_or_problem(answer: OnError) -> OnError:
    """Turn what answers a fault with a problem into what answers people with a page."""

    def wrapped(request: Request[Any, Any, Any], error: Any) -> Response[Any]:  # noqa: ANN401  as the framework has it
        if not _for_people(request):
            return answer(request, error)
        if isinstance(error, NotAuthenticated):
            return see("/inloggen" + query(terug=_here(request)))
        return problem_page(request, answer(request, error).content)

    return wrapped


def _for_people(request: Request[Any, Any, Any]) -> bool:
    """Tell whether a page was asked for; where no route is known, browsers say so."""
    if request.url.path.startswith(("/v1", "/docs")):
        return False
    known = request.scope.get("route_handler") is not None
    return known or "text/html" in request.headers.get("Accept", "")


def problem_page(request: Request[Any, Any, Any], problem: Problem) -> Template:
    """Give the page of a problem."""
    return page(request, "problem.html", status=problem.status, problem=problem)


def id_in(text: str) -> UUID:
    """Read an id in an address or a form; what is none names nothing here."""
    try:
        return UUID(text)
    except ValueError as error:
        raise missing("such thing") from error


def missing(what: str) -> NotFound:
    """Say that there is no such page."""
    return NotFound(f"There is no {what}.")


def _origin(address: str) -> str:
    return "/".join(address.replace("{s}", "*").split("/")[:3])


def _here(request: Request[Any, Any, Any]) -> str:
    asked = request.url.query
    return f"{request.url.path}?{asked}" if asked else request.url.path
