"""What a page needs of who asks: an organisation to act for, or the present password."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request
from litestar.di import NamedDependency

from api.accounts import service as accounts
from api.accounts.service import Actor
from api.auth import current_actor, people_only
from api.pages.forms import Form, Noting
from api.pages.rendering import missing
from api.problems import TooManyRequests
from api.settings import settings
from api.sign_in.service import SignInRefused

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
SECRET: Final[dict[str, Any]] = {"idempotency": "never"}
"""What takes or shows a secret is not kept for a replay."""
OWN: Final[dict[str, Any]] = {"include_in_schema": False, "guards": [people_only]}
"""Pages about oneself."""
CHOOSE: Final = "/kies-organisatie"
HOME: Final = {
    "authority": "/aanbestedingen",
    "contractor": "/verplichtingen",
    "enterprise": "/mijn-onderneming",
    "platform": "/zoeken",
}
"""Where the work of each kind of organisation begins."""
MOST: Final = 100
"""Rows on a page of administration; more of them come behind a link."""


def acting(request: Caller) -> tuple[UUID, Actor]:
    """Give the organisation that somebody acts for, and who it is."""
    actor = current_actor(request)
    if actor.organisation is None:
        raise missing("organisation that you act for")
    return actor.organisation, actor


async def home_of(organisation: UUID | None) -> str:
    """Give where somebody's work begins."""
    known = None if organisation is None else await accounts.organisation(organisation)
    return "/account" if known is None else HOME[known.kind]


def has_provider() -> bool:
    """Tell whether people can sign in through a provider of identities."""
    return settings().oidc_issuer is not None


class Proving(Noting):
    """Notes at a field that a password or a token was refused, or tried too often."""

    def __init__(self, form: Form, name: str, code: str = "wrong-password") -> None:
        super().__init__(form)
        self.name, self.code = name, code

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        """Note a refusal."""
        if isinstance(error, SignInRefused):
            self.form.note(self.code, error.detail, self.name)
        elif isinstance(error, TooManyRequests):
            self.form.note(error.code, error.detail, self.name)
        else:
            return super().__exit__(kind, error, trace)
        return True
