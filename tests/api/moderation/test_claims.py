"""Claiming a profile, and what its owner may change alone."""

from typing import Any

from httpx import AsyncClient

from api.accounts import service as accounts
from tests.builders import a_key, a_kvk_number, an_enterprise, stored
from tests.conftest import NOW

PROOF = {"proof": "Our KvK extract shows the name and the number.", "reference": "kvk.nl"}
YES, NO = {"approve": True, "reason": "seen"}, {"approve": False, "reason": "not shown"}
ANY = {"If-Match": "*"}


async def an_owner_key(kvk_number: str | None = None) -> dict[str, str]:
    kind = accounts.OrganisationKind.ENTERPRISE
    made = await accounts.create_organisation(kind, "De Kwast", kvk_number, now=NOW)
    scopes = ["directory:write"]
    key = await accounts.create_key("owner", scopes, now=NOW, organisation_id=made.id, person="a")
    return {"Authorization": f"Bearer {key.secret}"}


async def owned(desk: AsyncClient, **changes: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """A profile and the key of its owner, by a claim that a moderator approved."""
    firm = await stored(desk, **changes)
    key = await an_owner_key()
    claim = await desk.post(f"/v1/enterprises/{firm['id']}/claims", json=PROOF, headers=key)
    assert claim.status_code == 201, claim.text
    decided = await desk.post(f"/v1/reviews/{claim.json()['id']}/decisions", json=YES)
    assert decided.status_code == 204, decided.text
    return firm, key


async def test_a_claim_waits_for_a_moderator_and_then_the_profile_is_claimed(
    desk: AsyncClient,
) -> None:
    firm = await stored(desk)
    key = await an_owner_key(firm["kvkNumber"])
    assert firm["claimed"] is False

    made = await desk.post(f"/v1/enterprises/{firm['id']}/claims", json=PROOF, headers=key)

    assert (made.status_code, made.json()["waitingFor"]) == (201, "moderator")
    [review] = (await desk.get("/v1/reviews")).json()["items"]
    assert (review["kind"], review["id"]) == ("claim", made.json()["id"])
    assert (review["kvkMatches"], review["enterpriseName"]) == (True, "De Kwast")
    await desk.post(f"/v1/reviews/{review['id']}/decisions", json=YES)
    assert (await desk.get(f"/v1/enterprises/{firm['id']}")).json()["claimed"] is True
    assert (await desk.get("/v1/reviews")).json()["items"] == []


async def test_a_second_claim_goes_to_the_owner_first(desk: AsyncClient) -> None:
    firm, owner = await owned(desk)
    second = await an_owner_key()
    made = await desk.post(f"/v1/enterprises/{firm['id']}/claims", json=PROOF, headers=second)
    claim = made.json()
    assert claim["waitingFor"] == "owner"

    early = await desk.post(f"/v1/reviews/{claim['id']}/decisions", json=YES)
    foreign = await desk.post(f"/v1/claims/{claim['id']}/answers", json=NO, headers=second)
    answered = await desk.post(f"/v1/claims/{claim['id']}/answers", json=NO, headers=owner)

    assert (early.status_code, early.json()["code"]) == (409, "not-your-turn")
    assert foreign.status_code == 404
    assert (answered.json()["ownerAgrees"], answered.json()["waitingFor"]) == (False, "moderator")
    seen = (await desk.get("/v1/claims", headers=owner)).json()["items"]
    assert [one["state"] for one in seen] == ["approved", "pending"]
    decided = await desk.post(f"/v1/reviews/{claim['id']}/decisions", json=NO)
    assert decided.status_code == 204


async def test_a_profile_is_claimed_by_enterprises_and_once(desk: AsyncClient) -> None:
    firm, owner = await owned(desk)
    path = f"/v1/enterprises/{firm['id']}/claims"
    second = await an_owner_key()

    assert (await desk.post(path, json=PROOF)).json()["code"] == "claim-refused"
    assert (await desk.post(path, json=PROOF, headers=owner)).json()["code"] == "claim-refused"
    assert (await desk.post(path, json=PROOF, headers=second)).status_code == 201
    assert (await desk.post(path, json=PROOF, headers=second)).json()["code"] == "claim-refused"


async def test_an_owner_changes_free_fields_at_once_and_proposes_verified_ones(
    desk: AsyncClient,
) -> None:
    firm, owner = await owned(desk)
    path = f"/v1/enterprises/{firm['id']}"

    answer = await desk.patch(
        path, json={"name": "De Roller", "mission": "Verf"}, headers=owner | ANY
    )

    assert answer.status_code == 200, answer.text
    assert (answer.json()["name"], answer.json()["mission"]) == ("De Kwast", "Verf")
    assert (await desk.get(path)).json()["name"] == "De Kwast"
    [review] = (await desk.get("/v1/reviews")).json()["items"]
    assert review["id"] == answer.headers["Perceel-Review"]
    assert (review["kind"], review["fields"]) == ("change", ["name"])
    assert review["patch"] == {"name": "De Roller"}
    decided = await desk.post(f"/v1/reviews/{review['id']}/decisions", json=YES)
    assert decided.status_code == 204, decided.text
    assert (await desk.get(path)).json()["name"] == "De Roller"


async def test_a_refused_proposal_changes_nothing_and_stays_in_the_history(
    desk: AsyncClient,
) -> None:
    firm, owner = await owned(desk)
    path = f"/v1/enterprises/{firm['id']}"
    answer = await desk.patch(path, json={"legalForm": "bv"}, headers=owner | ANY)
    review = answer.headers["Perceel-Review"]

    await desk.post(f"/v1/reviews/{review}/decisions", json=NO)

    assert (await desk.get(path)).json()["legalForm"] is None
    entries = (await desk.get(f"{path}/history")).json()["items"]
    assert [(one["state"], one["source"]) for one in entries] == [
        ("refused", "manual"),
        ("applied", "manual"),
    ]
    assert (entries[0]["fields"], entries[0]["reason"]) == (["legalForm"], "not shown")
    assert (await desk.post(f"/v1/reviews/{review}/decisions", json=YES)).status_code == 404


async def test_an_owner_changes_no_other_profile(desk: AsyncClient) -> None:
    _, owner = await owned(desk)
    other = await stored(desk)
    path = f"/v1/enterprises/{other['id']}"

    changed = await desk.patch(path, json={"mission": "x"}, headers=owner | ANY)
    added = await desk.post("/v1/enterprises", json=an_enterprise(), headers=owner)

    assert (changed.status_code, changed.json()["code"]) == (403, "not-the-owner")
    assert (added.status_code, added.json()["code"]) == (403, "not-the-owner")


async def test_an_enterprise_that_adds_its_own_profile_owns_it(desk: AsyncClient) -> None:
    number = a_kvk_number()
    owner = await an_owner_key(number)

    made = await desk.post("/v1/enterprises", json=an_enterprise(kvkNumber=number), headers=owner)

    assert (made.status_code, made.json()["claimed"]) == (201, True)


async def test_moderating_needs_its_scope(desk: AsyncClient) -> None:
    key = await a_key("directory:write")

    assert (await desk.get("/v1/reviews", headers=key)).status_code == 403
    assert (await desk.get("/v1/duplicates", headers=key)).status_code == 403


async def test_history_tells_who_changed_what(desk: AsyncClient) -> None:
    firm = await stored(desk)
    path = f"/v1/enterprises/{firm['id']}"
    await desk.patch(path, json={"mission": "Verf", "town": "Ede"}, headers=ANY)

    newest, oldest = (await desk.get(f"{path}/history")).json()["items"]

    assert newest["fields"] == ["mission", "town"]
    assert newest["actor"].startswith("desk (")
    assert "name" in oldest["fields"]
    assert "kvkNumber" in oldest["fields"]
    first = (await desk.get(f"{path}/history?limit=1")).json()
    rest = (await desk.get(f"{path}/history?cursor={first['nextCursor']}")).json()
    assert [one["id"] for one in rest["items"]] == [oldest["id"]]
