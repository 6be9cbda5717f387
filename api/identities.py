"""Who somebody is for the identity provider, apart from the libraries that ask it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from api.problems import NotAuthenticated


class ProviderRefused(NotAuthenticated):
    """The identity provider did not sign anybody in, or what it sent can't be trusted."""

    code = "provider-refused"


class Identity(msgspec.Struct, frozen=True):
    """Who somebody is for the provider."""

    issuer: str
    subject: str
    email: str | None
    email_is_verified: bool
    name: str | None
    claims: Mapping[str, Any]
