"""ETags and If-Match: nobody overwrites what they have not seen (RFC 9110, design decision 16)."""

import re
from typing import Final

from litestar.datastructures import ResponseHeader

from api.problems import PreconditionFailed, PreconditionRequired

_ETAG: Final = re.compile(r'"v(\d{1,9})(?:\.[0-9a-f]{18})?"')
"""A version, and what api.conditional puts behind it."""


def documented(name: str, description: str) -> ResponseHeader:
    """Name a header in the OpenAPI document; the handler sets its value."""
    return ResponseHeader(name=name, description=description, documentation_only=True)


def etag(version: int) -> str:
    """Give the strong ETag of a version."""
    return f'"v{version}"'


def wanted_version(if_match: str | None) -> int | None:
    """Read `If-Match`. `*` matches every version; absent is 428; unreadable is stale."""
    if if_match is None:
        raise PreconditionRequired("Send If-Match with the ETag that you read.")
    if if_match.strip() == "*":
        return None
    found = _ETAG.fullmatch(if_match.strip())
    return -1 if found is None else int(found[1])


def check_version(present: int, wanted: int | None) -> None:
    """Refuse when the thing changed since it was read."""
    if wanted is not None and wanted != present:
        raise PreconditionFailed(f"The present version is {etag(present)}; read it again.")
