"""A world of organisations around the obligations: who opens, books, confirms and verifies."""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar

from api import settings as configuration
from api.accounts import service as accounts
from api.accounts.service import OrganisationKind
from api.app import create_app
from api.clock import new_id
from api.database import copy_rows, fetch, transaction
from api.enterprises.tables import Enterprise, Mark
from api.rule_books import service as rule_books
from importers.asgi import READERS
from importers.rule_books.parse import parse_rule_book

THEN = datetime(2026, 11, 1, tzinfo=UTC)
SIDES = {
    "authority": OrganisationKind.AUTHORITY,
    "contractor": OrganisationKind.CONTRACTOR,
    "supplier": OrganisationKind.ENTERPRISE,
    "stranger": OrganisationKind.CONTRACTOR,
    "other_authority": OrganisationKind.AUTHORITY,
}
BOOK = """
id: testland
version: 2026-01
name: Testland, bouwblokken
regions: [Testland]
municipalities: [GM9999]
sourceKind: example
sources:
  - {id: paper, title: Made for the tests, kind: example}
validFrom: 2026-01-01
obligation:
  base: contract-sum
  percentages:
    - {share: 0.05}
fullTime: {hoursPerWeek: 36}
categories:
  - {code: pso-purchases, label: Inkoop op PSO}
caps:
  - {category: pso-purchases, share: 0.50}
recognitions:
  - {code: sw-bedrijf, label: SW-bedrijf}
  - {code: pso, label: PSO}
blocks:
  - {code: wajong, label: Wajong, unit: year, valueEur: 50000}
activities:
  - {code: advice, label: Advies, unit: hour, valueEur: 100}
purchases:
  - {recognition: sw-bedrijf, share: 1, part: invoice}
  - {recognition: pso, level: "3", share: 0.30, part: invoice, categories: [pso-purchases]}
ownCertificates:
  - {recognition: pso, level: "2", discount: 0.25}
malus: {factor: 1.25}
"""


class World:
    """Keys and ids of everybody who takes part."""

    def __init__(self, client: AsyncClient) -> None:
        self.client = client
        self.keys: dict[str, str] = {}
        self.ids: dict[str, UUID] = {}
        self.enterprise = new_id()
        self.book = new_id()
        self.kvk: dict[str, str] = {}

    async def get(self, who: str, path: str, **query: Any) -> Response:
        headers = {"Authorization": f"Bearer {self.keys[who]}"}
        return await self.client.get(f"/v1{path}", params=query, headers=headers)

    async def post(self, who: str, path: str, body: Any = None) -> Response:
        headers = {"Authorization": f"Bearer {self.keys[who]}"}
        return await self.client.post(f"/v1{path}", json=body or {}, headers=headers)

    async def obligation(self, value_cents: int = 100_000_000, **more: Any) -> str:
        """Open one of 5 % of the contract sum; gives its path."""
        body = {
            "contractorId": str(self.ids["contractor"]),
            "title": "Onderhoud wegen",
            "municipality": "GM9999",
            "publishedOn": "2026-03-01",
            "startsOn": "2026-06-01",
            "dueOn": "2027-06-01",
            "contract": {"kind": "works", "valueCents": value_cents},
        }
        who = more.pop("who", "authority")
        answer = await self.post(who, "/obligations", body | more)
        assert answer.status_code == 201, answer.text
        return f"/obligations/{answer.json()['id']}"

    def purchase(self, number: str, cents: int = 100_00, **more: Any) -> dict[str, Any]:
        fulfilment = {
            "kind": "purchase",
            "supplierId": str(self.enterprise),
            "invoiceNumber": number,
            "invoicedOn": "2026-10-01",
            "invoiceCents": cents,
        }
        return {"fulfilment": fulfilment | more}

    def placement(self, reference: str = "W-17", **more: Any) -> dict[str, Any]:
        fulfilment = {
            "kind": "placement",
            "block": "wajong",
            "person": {"issuer": "wsp-testland", "reference": reference},
            "startedOn": "2026-06-01",
            "fromDay": "2026-06-01",
            "untilDay": "2026-12-01",
            "hoursPerWeek": "24",
        }
        return {"fulfilment": fulfilment | more}

    async def booked(self, path: str, body: dict[str, Any], who: str = "contractor") -> str:
        """Book, and give the path of the fulfilment."""
        answer = await self.post(who, f"{path}/fulfilments", body)
        assert answer.status_code == 201, answer.text
        return f"{path}/fulfilments/{answer.json()['claimId']}"

    async def verified(self, claim: str, confirmer: str = "supplier") -> None:
        """Confirm and verify."""
        for who, act, body in (
            (confirmer, "confirmations", {}),
            ("verifier", "decisions", {"decision": "verify"}),
        ):
            answer = await self.post(who, f"{claim}/{act}", body)
            assert answer.status_code == 201, answer.text


@pytest.fixture(scope="session")
def app() -> Litestar:
    """The whole application, the reader of rule books included."""
    return create_app(READERS, with_engines=False)


@pytest.fixture(scope="session", autouse=True)
def secret_of_pseudonyms() -> Iterator[None]:
    """A key of the tests, so that none is made in the folder."""
    os.environ["PSEUDONYM_KEY"] = "only-for-the-tests-0123456789abcdef"
    configuration.settings.cache_clear()
    configuration.pseudonym_key.cache_clear()
    yield
    os.environ.pop("PSEUDONYM_KEY", None)
    configuration.settings.cache_clear()
    configuration.pseudonym_key.cache_clear()


@pytest.fixture
async def caller(app: Litestar) -> AsyncIterator[AsyncClient]:
    inside: Any = app  # Litestar narrows the types of ASGI
    transport = ASGITransport(inside)
    async with AsyncClient(transport=transport, base_url="http://perceel.test") as opened:
        yield opened


@pytest.fixture
async def world(db: None, caller: AsyncClient) -> World:  # noqa: ARG001  depends by name
    """Everybody who takes part; rolled back after the test."""
    return await peopled(World(caller))


async def peopled(world: World, mark: str = "BASE") -> World:
    """Make the organisations, keys, supplier and rule book of a world."""
    world.kvk = numbers = {"supplier": kvk(), "contractor": kvk()}
    for name, kind in SIDES.items():
        places = ["GM9999"] if name == "authority" else []
        made = await accounts.create_organisation(
            kind, f"{mark} {name}", numbers.get(name), places, now=THEN
        )
        world.ids[name] = made.id
        world.keys[name] = await _key(name, made.id, "one")
    world.keys["verifier"] = await _key("verifier", world.ids["authority"], "two")
    world.keys["nobody"] = (await accounts.create_key("n", ["obligations:read"], now=THEN)).secret
    async with transaction():
        await copy_rows(Enterprise, [_enterprise(world.enterprise, numbers["supplier"])])
        await copy_rows(Mark, [_mark(world.enterprise, "sw-bedrijf", None)])
        text = BOOK.replace("testland", f"testland-{world.enterprise.hex[-12:]}")
        book = parse_rule_book(text)
        await rule_books.store_shipped([(book, text)], THEN)
        found = await fetch("SELECT id FROM rule_book WHERE book_id = $1", book.id)
    world.book = found[0]["id"]
    return world


def kvk() -> str:
    """A number of eight digits that nobody else in the tests has."""
    return f"{new_id().int % 10**8:08d}"


async def _key(name: str, organisation: UUID, person: str) -> str:
    made = await accounts.create_key(
        name, accounts.SCOPES, now=THEN, organisation_id=organisation, person=person
    )
    return made.secret


def _enterprise(enterprise_id: UUID, kvk_number: str) -> dict[str, Any]:
    given: dict[str, Any] = {
        "id": enterprise_id,
        "state": "published",
        "source": "manual",
        "kvk_number": kvk_number,
        "name": "De Werkplaats",
        "trade_names": [],
        "mission": "",
        "country": "NLD",
        "target_groups": [],
        "content_hash": "0" * 64,
        "version": 1,
        "created_at": THEN,
        "updated_at": THEN,
    }
    return {column._meta.name: given.get(column._meta.name) for column in Enterprise._meta.columns}


def _mark(enterprise_id: UUID, scheme: str, level: str | None) -> dict[str, Any]:
    given: dict[str, Any] = {
        "id": new_id(),
        "enterprise": enterprise_id,
        "scheme": scheme,
        "level": level,
        "holder_kvk_numbers": [],
        "issued_on": date(2026, 1, 1),
        "valid_until": date(2026, 10, 31),
        "verified_on": date(2026, 2, 1),
        "verified_by": "desk",
    }
    return {column._meta.name: given.get(column._meta.name) for column in Mark._meta.columns}


def add_mark(enterprise_id: UUID, scheme: str, level: str | None) -> dict[str, Any]:
    """Give the row of one more verified mark."""
    return _mark(enterprise_id, scheme, level)


def decoded(response: Response) -> Any:
    """Read an answer."""
    return msgspec.json.decode(response.content)
