"""The OpenAPI document at /v1/openapi.json, and the pages at /docs that let people try it."""

from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Litestar, MediaType, Request, Response, Router, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Contact, License, SecurityScheme, Server, Tag
from litestar.static_files import create_static_files_router

from api.conventions import add_conventions
from api.description import PREFIX, complete
from api.middleware import API_VERSION

_ASSETS: Final = Path(__file__).parents[1] / "node_modules" / "swagger-ui-dist"
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Perceel API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="icon" href="/docs/assets/favicon-32x32.png">
</head>
<body>
<div id="documentation">The description of this API stands at
<a href="/v1/openapi.json">/v1/openapi.json</a>.</div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START: Final = """SwaggerUIBundle({
  url: "/v1/openapi.json",
  dom_id: "#documentation",
  deepLinking: true,
});
"""
_CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
)
TAGS: Final = {
    "Directory": "Social enterprises and what they offer.",
    "Shortlists": "Who was chosen and why; saved searches, and results that were frozen.",
    "Exports": "The directory as files, as linked data, and as a feed of changes.",
    "Tenders": "Procurement procedures and their lots.",
    "Lot plans": "Work items, estimates, and plans that divide a tender into lots.",
    "Matches": "Who can do a lot, who cannot, and why.",
    "Spend": "What a buyer spent with social enterprises, and where it could have.",
    "Social return": "Rule books, obligations, and the ledgers that fulfil them.",
    "Access": "Signing in, people and their roles, keys.",
    "Notifications": "Who is told of what: webhooks.",
    "Privacy": "Your own data: read it, have it erased.",
    "Operations": "Whether the service works.",
}


def openapi_config() -> OpenAPIConfig:
    """Describe the API as the Dutch API Design Rules ask (/core/doc-openapi-contact)."""
    return OpenAPIConfig(
        title="Perceel",
        version=API_VERSION,
        path="/docs/openapi",
        description="A directory of social enterprises, joined to public procurement: tenders,"
        " lots, and suppliers with reasons for everyone found and everyone left out.",
        contact=Contact(
            name="Perceel", email="perceel@example.org", url="https://example.org/perceel"
        ),
        license=License(name="EUPL-1.2", identifier="EUPL-1.2"),
        servers=[Server(url=PREFIX, description="This server")],
        tags=[Tag(name=name, description=text) for name, text in TAGS.items()],
        use_handler_docstrings=True,
        components=Components(
            security_schemes={
                "apiKey": SecurityScheme(
                    type="http", scheme="bearer", description="An API key, `pcl_...`."
                ),
                "session": SecurityScheme(
                    type="apiKey",
                    name="__Host-perceel",
                    security_scheme_in="cookie",
                    description="Somebody who signed in. Unsafe methods need `Origin` or"
                    " `Sec-Fetch-Site` of this site.",
                ),
            }
        ),
        render_plugins=[JsonRenderPlugin()],
    )


def documentation() -> Router:
    """Serve the pages from the assets of swagger-ui-dist; nothing comes from elsewhere."""
    handlers: list[Any] = [_page, _start]
    if _ASSETS.is_dir():
        handlers.append(
            create_static_files_router(
                "/assets", [_ASSETS], include_in_schema=False, html_mode=False
            )
        )
    return Router("/docs", route_handlers=handlers, include_in_schema=False)


@get("/openapi.json", include_in_schema=False)
async def openapi_document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Give the description of this API (/core/publish-openapi)."""
    if "openapi_document" not in request.app.state:
        request.app.state.openapi_document = msgspec.json.encode(described(request.app))
    document: bytes = request.app.state.openapi_document
    return Response(document, media_type="application/vnd.oai.openapi+json")


def described(app: Litestar) -> dict[str, Any]:
    """Give the OpenAPI document, as it is kept in openapi/."""
    document = app.openapi_schema.to_schema()
    add_conventions(document, app)
    return complete(document, app)


@get("/", media_type=MediaType.HTML)
async def _page() -> Response[str]:
    headers = {"Content-Security-Policy": _CSP}
    return Response(_PAGE, media_type=MediaType.HTML, headers=headers)


@get("/start.js", media_type="text/javascript")
async def _start() -> str:
    return _START
