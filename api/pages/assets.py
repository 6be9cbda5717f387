"""Style, scripts, font and outlines: gathered once from npm packages and our own files.

Nothing comes from elsewhere. An address holds a hash of the content, so browsers may keep it.
"""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

_STATIC: Final = Path(__file__).parent / "static"
_PACKAGES: Final = Path(__file__).parents[2] / "node_modules"
COMPONENTS: Final = (
    *("alert", "button", "checkbox", "form-field-description", "form-field-error-message"),
    *("form-label", "heading-1", "heading-2", "heading-3", "select", "skip-link", "table"),
    *("textarea", "textbox", "unordered-list"),
)
"""Components of NL Design System, from the packages of Utrecht."""
_KINDS: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/geo+json",
    ".woff2": "font/woff2",
}
_FONT: Final = "@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2"
_YEAR_SECONDS: Final = 31_536_000


class Asset(msgspec.Struct, frozen=True):
    """A file to serve, also packed."""

    name: str
    content: bytes
    packed: bytes
    digest: str

    @property
    def address(self) -> str:
        """Where browsers find it."""
        return f"/assets/{self.digest}/{self.name}"


def address(name: str) -> str:
    """Give the address of a file, for templates."""
    return _assets()[name].address


def has_map() -> bool:
    """Tell whether the library of the map was installed."""
    return "leaflet.js" in _assets()


@get("/assets/{digest:str}/{name:str}", include_in_schema=False, sync_to_thread=False)
def asset(
    request: Request[Any, Any, Any], digest: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """Give a file of the pages."""
    found = _assets().get(name)
    if found is None or found.digest != digest:
        raise NotFoundException
    headers = {
        "Cache-Control": f"public, max-age={_YEAR_SECONDS}, immutable",
        "Vary": "Accept-Encoding",
    }
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return Response(found.content, media_type=_KINDS[Path(name).suffix], headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(found.packed, media_type=_KINDS[Path(name).suffix], headers=headers)


@cache
def _assets() -> dict[str, Asset]:
    own = {file.name: file.read_bytes() for file in sorted(_STATIC.iterdir())}
    packages = {
        "htmx.js": "htmx.org/dist/htmx.min.js",
        "leaflet.js": "leaflet/dist/leaflet.js",
        "leaflet.css": "leaflet/dist/leaflet.css",
        "source-sans.woff2": _FONT,
    }
    others = {name: file for name, path in packages.items() if (file := _package_file(path))}
    made = {name: _asset(name, content) for name, content in (own | others).items()}
    style = _style(own.pop("perceel.css"), made)
    return made | {"perceel.css": _asset("perceel.css", style)}


def _style(own: bytes, made: dict[str, Asset]) -> bytes:
    """Join the components that we use, and our look after them."""
    paths = [f"@utrecht/{name}-css/dist/index.min.css" for name in COMPONENTS]
    parts = [content for path in paths if (content := _package_file(path))]
    font = made.get("source-sans.woff2")
    address = b"" if font is None else font.address.encode()
    return b"\n".join([*parts, own.replace(b"FONT_ADDRESS", address)])


def _package_file(path: str) -> bytes | None:
    file = _PACKAGES / path
    return file.read_bytes() if file.is_file() else None


def _asset(name: str, content: bytes) -> Asset:
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Asset(name, content, gzip.compress(content, mtime=0), digest)
