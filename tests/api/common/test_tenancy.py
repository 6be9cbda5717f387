"""What is one organisation's is not there for another, on every operation that names it."""

import re
from typing import Any, Final
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from litestar import Litestar

from api.accounts.service import SCOPES, create_key
from api.clock import now
from api.database import fetch
from api.document import described
from api.permissions import Permission, permissions
from importers.asgi import app as composed
from tests.access_builders import HERE, a_browser, a_person, an_organisation, signed_in
from tests.api.obligations.conftest import World, caller, secret_of_pseudonyms, world
from tests.item_builders import a_draft, added, planned
from tests.match_builders import a_painter, a_tender, lots_of

__all__ = ["caller", "secret_of_pseudonyms", "world"]
OWNED: Final = {
    *("claim_id", "import_id", "invitation_id", "key_id", "lock_id", "obligation_id"),
    *("organisation_id", "person_id", "reservation_id", "run_id", "search_id", "shortlist_id"),
    *("award_id", "batch_id", "file_id", "supplier_id"),
    *("delivery_id", "item_id", "plan_id", "version_id", "webhook_id"),
}
"""Parameters that name something of an organisation."""
OF_ALL: Final = {
    *("enterprise_id", "lot_id", "mark_id", "offering_id", "tender_id"),
    *("refusal_id", "review_id"),
}
"""Of the public directory and notices, or of the platform's moderators."""
OF_NOBODY: Final = {"name", "table", "year"}
"""No name of a thing: the answer is about the caller's own organisation."""
DENIALS: Final = {"not-found", "not-the-owner", "own-explanations-only", "wrong-organisation"}
KNOWN: Final = [one for one in permissions(composed) if one.known]


def named(one: Permission) -> set[str]:
    return set(re.findall(r"{(\w+)}", one.path))


def is_of_a_draft(one: Permission) -> bool:
    """A tender that is being prepared is its buyer's until it is published."""
    return "/tender-drafts/" in one.path or "/lot-plan" in one.path


THEIRS: Final = [one for one in KNOWN if named(one) & OWNED or is_of_a_draft(one)]
PROFILES: Final = [
    one
    for one in KNOWN
    if "enterprise_id" in named(one)
    and not named(one) & OWNED
    and one.scopes in {("directory:write",), ("matches:read",)}
    and one.operation != "claimEnterprise"
]
"""What an enterprise does on its own profile alone."""
PERIOD: Final = {"amountCents": 1, "startsOn": "2027-03-01", "endsOn": "2027-06-01"}
PURCHASE: Final = {
    "kind": "purchase",
    "supplierId": str(uuid4()),
    "invoiceNumber": "X",
    "invoicedOn": "2026-10-01",
    "invoiceCents": 1,
}
BODIES: Final[dict[str, Any]] = {
    "bookFulfilment": {"fulfilment": PURCHASE},
    "counterFulfilment": {"amountCents": 1, "reason": "x"},
    "reserveOwnCapacity": PERIOD,
    "previewFulfilment": {"fulfilment": PURCHASE},
    "submitPlanned": {"fulfilment": PURCHASE},
}
"""Where the example of the document breaks a rule that is looked at first."""
OPERATIONS: Final = {
    operation["operationId"]: operation
    for item in described(composed)["paths"].values()
    for operation in item.values()
    if isinstance(operation, dict) and "operationId" in operation
}
FILES: Final = {
    "importEntries": "text/csv",
    "importInvoice": "application/xml",
    "importWorkItems": "text/csv",
}
UNREADY: Final = {"getAnnotatedImport", "getDraftNotice", "getDraftRelease", "getPlan"}
"""Theirs too, but there is nothing to read yet."""


def sample(one: Permission) -> dict[str, Any]:
    """What a request holds: the example of the document, or a file."""
    operation = OPERATIONS[one.operation]
    if one.operation in FILES:
        return {"content": b"x", "headers": {"Content-Type": FILES[one.operation]}}
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return {}
    [told] = content.values()
    return {"json": BODIES.get(one.operation, told.get("example", {}))}


class Theirs:
    """Things of one authority, and of one enterprise, with the keys of who owns them."""

    def __init__(self, world: World, browser: AsyncClient) -> None:
        self.world, self.browser = world, browser
        self.ids: dict[str, str] = {}
        self.contractor = {"Authorization": f"Bearer {world.keys['contractor']}"}
        self.owner = {"Authorization": f"Bearer {world.keys['authority']}"}

    async def post(self, path: str, body: Any, **headers: str) -> Any:
        sent = self.owner | headers
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        answer = await self.world.client.post(f"/v1{path}", headers=sent, **content)
        assert answer.status_code in {200, 201, 202}, answer.text
        return answer.json()

    def path(self, one: Permission) -> str:
        own = {"invitation_id": self.ids["member_invitation"]} if "member" in one.path else {}
        own |= {"claim_id": self.ids["profile_claim"]} if one.operation == "answerClaim" else {}
        if is_of_a_draft(one):
            own = {"tender_id": self.ids["draft"], "run_id": self.ids["split"]}
        return one.path.format_map(self.ids | own | {"name": "values", "table": "x"})


@pytest.fixture
async def theirs(world: World, app: Litestar) -> Theirs:
    administrator = await a_person("administrator", organisation=world.ids["authority"])
    made = Theirs(world, await signed_in(app, administrator))
    world.client.headers.update(made.owner)
    await _lists(made)
    await _matches(made)
    await _draft(made)
    await _market(made)
    path = await world.obligation()
    made.ids["obligation_id"] = path.rpartition("/")[2]
    booked = await world.booked(path, world.purchase("F-1"))
    made.ids["claim_id"] = booked.rpartition("/")[2]
    made.ids |= {"organisation_id": str(administrator.organisation)}
    made.ids |= {"person_id": str(administrator.id), "lock_id": str(uuid4())}
    invited = await made.browser.post(
        f"/v1/organisations/{administrator.organisation}/member-invitations",
        json={"email": "n@perceel.example", "roles": ["officer"]},
    )
    made.ids["member_invitation"] = invited.json()["invitation"]["id"]
    sent = {"name": "x", "scopes": ["people:read"]}
    made.ids["key_id"] = (await made.browser.post("/v1/api-keys", json=sent)).json()["key"]["id"]
    del world.client.headers["Authorization"]
    return made


async def _lists(made: Theirs) -> None:
    shortlist = {"name": "Lunches", "department": "x", "purpose": "y"}
    made.ids["shortlist_id"] = (await made.post("/shortlists", shortlist))["id"]
    search = {"name": "Groen", "parameters": {"q": "groen"}}
    made.ids["search_id"] = (await made.post("/saved-searches", search))["id"]
    lines = {"Content-Type": "application/x-ndjson"}
    job = await made.post("/imports?source=lijst", b'{"name": "x", "externalId": "1"}', **lines)
    made.ids["import_id"] = job["id"]
    rows = await fetch("SELECT id FROM rule_book LIMIT 1")
    made.ids["version_id"] = str(rows[0]["id"])


async def _matches(made: Theirs) -> None:
    tender = await a_tender(source="tenderned")
    [lot] = await lots_of(tender)
    firm = await a_painter(made.world.client, "Een", 200_000)
    profile = (await made.world.client.get(f"/v1/enterprises/{firm}")).json()
    offering = profile["offerings"][0]["id"]
    run = (await made.post(f"/lots/{lot}/match-runs", {}))["id"]
    wave = {"runId": run, "enterpriseIds": [firm], "replyWithinWorkdays": 5, "enoughInterested": 1}
    await made.post(f"/lots/{lot}/waves", wave)
    rows = await fetch("SELECT id FROM invitation WHERE lot = $1", lot)
    reserved = f"/enterprises/{firm}/offerings/{offering}/reservations"
    made.ids |= {
        "run_id": run,
        "lot_id": lot,
        "tender_id": str(tender),
        "enterprise_id": firm,
        "offering_id": offering,
        "invitation_id": str(rows[0]["id"]),
        "reservation_id": (await made.post(reserved, PERIOD))["id"],
        "profile_claim": str(uuid4()),
    }


async def _market(made: Theirs) -> None:
    bought = b"Leverancier;KvK;Bedrag;Datum;Factuurnummer;CPV\nBakker;;10,00;2026-01-01;;\n"
    file = await made.post("/spend-files", bought, **{"Content-Type": "text/csv"})
    found = await made.world.client.get("/v1/spend-suppliers")
    batch = await made.post(f"/tenders/{made.ids['tender_id']}/match-runs", {})
    award = {
        "enterpriseId": made.ids["enterprise_id"],
        "awardedOn": "2025-06-01",
        "source": "TenderNed 123",
        "buyer": {"name": "Gemeente"},
    }
    made.ids |= {
        "file_id": file["id"],
        "supplier_id": found.json()["items"][0]["id"],
        "batch_id": batch["id"],
        "award_id": (await made.post("/art-77-awards", award))["id"],
    }


async def _draft(made: Theirs) -> None:
    draft = await a_draft(made.world.client)
    item = await added(made.world.client, draft, "a")
    run = await planned(made.world.client, draft)
    webhook = {"url": "https://hooks.example/x", "events": ["shortlist.created"]}
    kept = await made.post("/webhooks", webhook)
    made.ids |= {
        "draft": draft.rpartition("/")[2],
        "item_id": item["id"],
        "split": run["id"],
        "plan_id": run["plans"][0]["id"],
        "webhook_id": kept["webhook"]["id"],
        "delivery_id": str(uuid4()),
        "year": "2026",
    }


async def ask(client: AsyncClient, path: str, one: Permission, headers: dict[str, str]) -> Response:
    sent = sample(one)
    given = headers | {"If-Match": "*"} | sent.pop("headers", {})
    query = {"since": path.split("/")[3]} if one.operation == "compareMatchRuns" else {}
    return await client.request(one.method, path, params=query, headers=given, **sent)


def denied(answer: Response) -> bool:
    return answer.status_code in {403, 404} and answer.json()["code"] in DENIALS


@pytest.fixture
async def foreigners(app: Litestar, world: World) -> list[tuple[AsyncClient, dict[str, str]]]:
    """Keys with every scope of another authority, contractor and enterprise."""
    found = []
    for kind in ("authority", "contractor", "enterprise"):
        home = await an_organisation(kind)
        key = await create_key(kind, SCOPES, now=now(), organisation_id=home)
        found.append((a_browser(app), {"Authorization": f"Bearer {key.secret}"}))
    assert world.ids
    return found


def test_every_parameter_is_of_somebody_or_of_all() -> None:
    """A new one is put in its place here, and is tested from then on."""
    assert {name for one in KNOWN for name in named(one)} == OWNED | OF_ALL | OF_NOBODY


async def test_another_organisation_finds_nothing(
    app: Litestar, theirs: Theirs, foreigners: list[tuple[AsyncClient, dict[str, str]]]
) -> None:
    browser = await signed_in(app, await a_person("administrator"))
    strangers: list[tuple[AsyncClient, dict[str, str]]] = [(browser, {})]
    let_in = {}
    for one in THEIRS:
        asking = strangers if one.people_only else foreigners
        # Whoever keeps the directory keeps what firms have reserved; another firm does not.
        asking = foreigners[2:] if one.operation == "releaseOwnCapacity" else asking
        for client, headers in asking:
            answer = await ask(client, theirs.path(one), one, headers)
            if not denied(answer):
                let_in[one.operation] = f"{answer.status_code} {answer.text[:300]}"

    assert let_in == {}, let_in


async def test_whose_it_is_finds_it(theirs: Theirs) -> None:
    """Or the test above would prove nothing."""
    kept_out = {}
    for one in THEIRS:
        if one.method != "GET" or "lock_id" in named(one) or one.operation in UNREADY:
            continue
        own = "organisation" in one.path or "api-keys" in one.path
        client = theirs.browser if own else theirs.world.client
        answer = await ask(client, theirs.path(one), one, {} if own else theirs.owner)
        if answer.status_code != 200:
            kept_out[one.operation] = f"{answer.status_code} {answer.text[:300]}"

    assert kept_out == {}


async def test_an_enterprise_reaches_its_own_profile_alone(
    theirs: Theirs, foreigners: list[tuple[AsyncClient, dict[str, str]]]
) -> None:
    client, headers = foreigners[2]
    let_in = {}
    for one in PROFILES:
        answer = await ask(client, theirs.path(one), one, headers)
        if not denied(answer):
            let_in[one.operation] = f"{answer.status_code} {answer.text[:300]}"

    assert let_in == {}, let_in


async def test_work_on_a_public_lot_stays_ones_own(
    theirs: Theirs, foreigners: list[tuple[AsyncClient, dict[str, str]]]
) -> None:
    """The lot is everybody's; whom one leaves out and invites is not."""
    client, headers = foreigners[0]
    lot, tender, firm = (theirs.ids[name] for name in ("lot_id", "tender_id", "enterprise_id"))
    exclusion = f"/v1/tenders/{tender}/exclusions/{firm}"
    await client.put(exclusion, json={"reason": "belangenconflict"}, headers=headers)

    ours = (await client.post(f"/v1/lots/{lot}/match-runs", json={}, headers=headers)).json()
    again = await theirs.post(f"/lots/{lot}/match-runs", {})
    funnel = (await client.get(f"/v1/lots/{lot}/invitations", headers=headers)).json()
    listed = await theirs.world.client.get(exclusion.rpartition("/")[0], headers=theirs.owner)

    assert (ours["matched"], again["matched"]) == (0, 1)
    assert (funnel["waves"], funnel["invitations"], listed.json()) == ([], [], [])
    assert (await client.get(f"/v1/match-runs/{again['id']}", headers=headers)).status_code == 404
    assert client.base_url == HERE
