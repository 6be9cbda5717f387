"""What goes in and out about signing in elsewhere."""

from typing import Annotated

import msgspec
from msgspec import Meta


class FlowIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """Where to go afterwards: a path of this site."""

    return_to: Annotated[str, Meta(pattern=r"^/([^/\\\s][^\\\s]*)?$", max_length=500)] = "/"


class FlowOut(msgspec.Struct, frozen=True, rename="camel"):
    """Where the browser goes to be signed in."""

    authorization_url: str
