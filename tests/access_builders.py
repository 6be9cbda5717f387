"""People and organisations for tests; only what matters is named."""

import itertools
from typing import Any, cast
from uuid import UUID

import msgspec
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from api import passwords
from api.accounts import service as accounts
from api.accounts.service import OrganisationKind
from api.clock import now
from api.database import transaction
from api.domain.access import Role
from api.people import queries, service
from api.sessions import service as sessions
from tests.builders import a_kvk_number

PASSWORD, WRONG = "paard batterij nietje", "not this one"
HERE = "http://127.0.0.1"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
_numbers = itertools.count(1)


class Person(msgspec.Struct, frozen=True):
    """Somebody who can sign in."""

    id: UUID
    email: str
    organisation: UUID


async def an_organisation(kind: str = "authority", **given: Any) -> UUID:
    """An organisation of a kind, with a number in the business register."""
    wanted = {"name": f"Organisatie {next(_numbers)}", "kvk_number": a_kvk_number(), **given}
    made = await accounts.create_organisation(OrganisationKind(kind), **wanted, now=now())
    return made.id


async def a_person(
    *roles: str, kind: str = "authority", organisation: UUID | None = None, password: str = PASSWORD
) -> Person:
    """Somebody with roles in an organisation, a new one where none is named."""
    email = f"p{next(_numbers)}@perceel.example"
    home = await an_organisation(kind) if organisation is None else organisation
    kept = await passwords.hashed(password, email, "/password")
    async with transaction():
        person = await service.add_person(email, "Iemand", kept, now())
        await queries.join(person, home, [Role(role).value for role in roles], now())
    return Person(person, email, home)


def a_browser(app: Litestar, **headers: str) -> AsyncClient:
    """A browser on our own pages, on this machine."""
    transport = ASGITransport(cast("Any", app))
    return AsyncClient(transport=transport, base_url=HERE, headers=SAME_SITE | headers)


async def signed_in(app: Litestar, person: Person) -> AsyncClient:
    """A browser in which a person is signed in; without the cost of a password."""
    opened = await sessions.open_session(person.id, now(), organisation=person.organisation)
    browser = a_browser(app)
    browser.cookies.set("perceel", opened.token, domain="127.0.0.1")
    return browser


async def with_password(browser: AsyncClient, person: Person, **more: Any) -> Any:
    """The answer to signing in as a person does."""
    sent = {"email": person.email, "password": PASSWORD, **more}
    return await browser.post("/v1/sign-ins", json=sent)
