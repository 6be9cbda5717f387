"""ETags and If-Match: nobody overwrites what they have not seen (RFC 9110, design decision 16)."""

import re
from hashlib import blake2b
from typing import Annotated, Final

import msgspec
from litestar.datastructures import ResponseHeader
from litestar.params import HeaderParameter

from api.problems import PreconditionFailed, PreconditionRequired

_ETAG: Final = re.compile(r'"v(\d{1,9})(?:\.[0-9a-f]{18})?"')
"""A version, and what api.conditional puts behind it."""
_STATE: Final = re.compile(r'("s[0-9a-f]{16})(?:\.[0-9a-f]{18})?"')
ANYHOW: Final = " "
"""Asked from within, where nobody read anything before. No header reads like this."""
_ANY: Final = "*"
Tag = Annotated[str, msgspec.Meta(description="Send as `If-Match`, quotes included.")]
"""The ETag of an item that stands in a list alone."""
IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description="The ETag that was read, or `*`."),
]
IfMatchWhereThere = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        description="The ETag that was read, or `*`; absent where there is nothing yet.",
    ),
]


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


def state_tag(*facts: object) -> str:
    """Give the strong ETag of a thing whose versions nobody counts: a hash of what may change."""
    return f'"s{blake2b(msgspec.json.encode(facts), digest_size=8).hexdigest()}"'


def wanted_state(if_match: str | None) -> str:
    """Read `If-Match` for `check_state`; absent is 428, unreadable is stale."""
    if if_match is None:
        raise PreconditionRequired("Send If-Match with the ETag that you read.")
    given = if_match.strip()
    found = _STATE.fullmatch(given)
    return given if found is None else f'{found[1]}"'


def check_state(present: str | None, wanted: str | None) -> None:
    """Refuse when the thing is not as it was read; `None`: there is none, or no tag was sent.

    A thing that is not there yet may be made without a tag, as nobody's work is lost by that.
    """
    if wanted == ANYHOW or (present is None and wanted is None):
        return
    if wanted is None:
        raise PreconditionRequired("This is there already: send If-Match with its ETag.")
    if present is None:
        raise PreconditionFailed("This is not there (any more): to make it, send no If-Match.")
    if wanted not in {_ANY, present}:
        raise PreconditionFailed(f"The present ETag is {present}; read it again.")
