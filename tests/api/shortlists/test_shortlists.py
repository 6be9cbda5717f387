import uuid
from typing import Any

import pytest
from httpx import AsyncClient

from api import database
from api.accounts import service as accounts
from tests.builders import a_key, stored
from tests.conftest import NOW

REASON = "Lunch uit eigen keuken, levert in Utrecht"
A_LIST = {"name": "Vergaderlunch", "department": "Facilitair"}


async def a_shortlist(desk: AsyncClient, **changes: Any) -> dict[str, Any]:
    response = await desk.post("/v1/shortlists", json=A_LIST | changes)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


async def put(desk: AsyncClient, shortlist: str, enterprise: str, **entry: Any) -> dict[str, Any]:
    path = f"/v1/shortlists/{shortlist}/entries/{enterprise}"
    body = {"reason": REASON, **entry}
    response = await desk.put(path, json=body, headers={"If-Match": "*"})
    assert response.status_code == 200, response.text
    answered: dict[str, Any] = response.json()
    return answered


async def history(subject: str) -> list[tuple[str, dict[str, Any]]]:
    import json

    sql = "SELECT action, detail FROM audit_event WHERE subject = $1 ORDER BY id"
    rows = await database.fetch(sql, uuid.UUID(subject))
    return [(row["action"], json.loads(row["detail"])) for row in rows]


async def test_a_shortlist_is_read_back_with_its_etag(desk: AsyncClient) -> None:
    made = await a_shortlist(desk, purpose="Raamovereenkomst lunches 2027")

    answer = await desk.get(f"/v1/shortlists/{made['id']}")

    assert answer.headers["ETag"].startswith('"v1.')
    assert answer.json() == made
    assert made["owner"] == "desk"
    assert made["department"] == "Facilitair"
    assert made["entries"] == []


async def test_an_entry_keeps_its_reason_author_and_place(desk: AsyncClient) -> None:
    made = await a_shortlist(desk)
    firm = await stored(desk, name="De Broodplank", town="Utrecht")

    answered = await put(desk, made["id"], firm["id"])

    [entry] = answered["entries"]
    assert answered["version"] == 2
    assert answered["entryCount"] == 1
    assert entry["name"] == "De Broodplank"
    assert entry["reason"] == REASON
    assert entry["position"] == 1
    assert entry["state"] == "published"
    assert entry["author"].startswith("desk (")


async def test_entries_move_along_when_one_takes_a_place(desk: AsyncClient) -> None:
    made = await a_shortlist(desk)
    names = ("A", "B", "C")
    firms = {name: (await stored(desk, name=name))["id"] for name in names}
    for name in names:
        await put(desk, made["id"], firms[name])

    answered = await put(desk, made["id"], firms["C"], position=1)

    assert [one["name"] for one in answered["entries"]] == ["C", "A", "B"]
    assert [one["position"] for one in answered["entries"]] == [1, 2, 3]


async def test_an_entry_taken_off_leaves_no_gap(desk: AsyncClient) -> None:
    made = await a_shortlist(desk)
    firms = [(await stored(desk, name=name))["id"] for name in ("A", "B", "C")]
    for one in firms:
        await put(desk, made["id"], one)
    path = f"/v1/shortlists/{made['id']}/entries/{firms[0]}"

    gone = await desk.delete(path, headers={"If-Match": '"v4"'})
    again = await desk.delete(path, headers={"If-Match": "*"})
    left = (await desk.get(f"/v1/shortlists/{made['id']}")).json()

    assert (gone.status_code, again.status_code) == (204, 404)
    assert [(one["name"], one["position"]) for one in left["entries"]] == [("B", 1), ("C", 2)]
    assert left["version"] == 5


async def test_the_audit_trail_keeps_every_reason(desk: AsyncClient) -> None:
    made = await a_shortlist(desk)
    firm = (await stored(desk))["id"]
    await put(desk, made["id"], firm, reason="Eerste indruk")
    await put(desk, made["id"], firm, reason="Na bezoek: capaciteit voldoende")

    answer = await desk.delete(f"/v1/shortlists/{made['id']}", headers={"If-Match": '"v3"'})

    assert answer.status_code == 204
    trail = await history(made["id"])
    assert [action for action, _ in trail] == [
        "shortlist.created",
        "shortlist.entry-set",
        "shortlist.entry-set",
        "shortlist.deleted",
    ]
    assert trail[1][1]["reason"] == "Eerste indruk"
    assert trail[2][1]["reason_before"] == "Eerste indruk"
    assert trail[3][1]["entries"][0]["reason"] == "Na bezoek: capaciteit voldoende"
    assert (await desk.get(f"/v1/shortlists/{made['id']}")).status_code == 404


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "   "}, {"reason": None}])
async def test_an_entry_without_a_reason_is_refused(
    desk: AsyncClient, body: dict[str, Any]
) -> None:
    made = await a_shortlist(desk)
    firm = await stored(desk)
    path = f"/v1/shortlists/{made['id']}/entries/{firm['id']}"

    answer = await desk.put(path, json=body, headers={"If-Match": "*"})

    assert answer.status_code == 400


async def test_a_personal_number_in_a_reason_is_refused_and_not_repeated(
    desk: AsyncClient,
) -> None:
    made = await a_shortlist(desk)
    firm = await stored(desk)
    path = f"/v1/shortlists/{made['id']}/entries/{firm['id']}"
    body = {"reason": "Contact via Jan, 111.222.333, werkt daar"}

    answer = await desk.put(path, json=body, headers={"If-Match": "*"})

    assert answer.status_code == 400
    [fault] = answer.json()["errors"]
    assert (fault["code"], fault["place"]) == ("personal-number-suspected", "/reason")
    assert "111" not in answer.text


async def test_a_stale_version_is_refused_and_an_absent_one_asked_for(desk: AsyncClient) -> None:
    path = f"/v1/shortlists/{(await a_shortlist(desk))['id']}"

    missing = await desk.patch(path, json={"name": "Ander"})
    good = await desk.patch(path, json={"name": "Ander"}, headers={"If-Match": '"v1"'})
    stale = await desk.patch(path, json={"name": "Weer"}, headers={"If-Match": '"v1"'})

    assert (missing.status_code, good.status_code, stale.status_code) == (428, 200, 412)
    assert good.headers["ETag"] == '"v2"'
    assert good.json()["name"] == "Ander"


async def test_an_empty_change_counts_as_a_change_of_nothing(desk: AsyncClient) -> None:
    made = await a_shortlist(desk)

    answer = await desk.patch(f"/v1/shortlists/{made['id']}", json={}, headers={"If-Match": "*"})

    assert answer.status_code == 200
    assert answer.json()["name"] == "Vergaderlunch"


async def test_a_firm_that_left_stays_on_the_list_as_such(desk: AsyncClient) -> None:
    made = await a_shortlist(desk)
    firm = await stored(desk)
    await put(desk, made["id"], firm["id"])
    await desk.delete(f"/v1/enterprises/{firm['id']}", headers={"If-Match": "*"})

    [entry] = (await desk.get(f"/v1/shortlists/{made['id']}")).json()["entries"]
    again = await put(desk, made["id"], firm["id"], reason="Blijft vermeld: was gevraagd")

    assert entry["state"] == "withdrawn"
    assert again["entries"][0]["reason"] == "Blijft vermeld: was gevraagd"


async def test_unknown_and_withdrawn_firms_cannot_be_added(desk: AsyncClient) -> None:
    made = await a_shortlist(desk)
    firm = await stored(desk)
    await desk.delete(f"/v1/enterprises/{firm['id']}", headers={"If-Match": "*"})

    async def status(enterprise: str) -> int:
        path = f"/v1/shortlists/{made['id']}/entries/{enterprise}"
        return (await desk.put(path, json={"reason": "x"}, headers={"If-Match": "*"})).status_code

    assert await status(str(uuid.uuid4())) == 404
    assert await status(firm["id"]) == 410


async def test_a_full_list_takes_nobody_more(
    desk: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.shortlists import drafts

    monkeypatch.setattr(drafts, "MOST_ENTRIES", 1)
    made = await a_shortlist(desk)
    firms = [(await stored(desk))["id"] for _ in range(2)]
    await put(desk, made["id"], firms[0])

    path = f"/v1/shortlists/{made['id']}/entries/{firms[1]}"
    answer = await desk.put(path, json={"reason": REASON}, headers={"If-Match": "*"})

    assert answer.status_code == 409
    assert answer.json()["code"] == "shortlist-full"


async def test_lists_are_walked_by_pages_and_seen_once(desk: AsyncClient) -> None:
    made = [(await a_shortlist(desk, name=f"Lijst {n}"))["id"] for n in range(5)]

    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await desk.get("/v1/shortlists", params={"limit": "2", **cursor})).json()
        seen += [one["id"] for one in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = {"cursor": page["nextCursor"]}

    assert seen == made


async def test_a_key_made_anew_under_its_name_goes_on_with_the_lists(desk: AsyncClient) -> None:
    made = await a_shortlist(desk)

    answer = await desk.get(f"/v1/shortlists/{made['id']}", headers=await a_key())

    assert answer.status_code == 200


async def test_lists_of_others_are_not_found(desk: AsyncClient) -> None:
    made = await a_shortlist(desk)
    ours = await _key_of_an_organisation("Gemeente Ede")
    theirs = await _key_of_an_organisation("Gemeente Utrecht")
    path = f"/v1/shortlists/{made['id']}"

    assert (await desk.get(path, headers=ours)).status_code == 404
    of_ede = (await desk.post("/v1/shortlists", json=A_LIST, headers=ours)).json()
    for others in (theirs, dict(desk.headers)):
        there = f"/v1/shortlists/{of_ede['id']}"
        match = {"If-Match": "*"}
        assert (await desk.get(there, headers=others)).status_code == 404
        assert (await desk.delete(there, headers=others | match)).status_code == 404
        listed = (await desk.get("/v1/shortlists", headers=others)).json()["items"]
        assert of_ede["id"] not in [one["id"] for one in listed]


async def _key_of_an_organisation(name: str) -> dict[str, str]:
    kind = accounts.OrganisationKind.AUTHORITY
    organisation = await accounts.create_organisation(kind, name, now=NOW)
    made = await accounts.create_key(
        "desk", accounts.SCOPES, now=NOW, organisation_id=organisation.id
    )
    return {"Authorization": f"Bearer {made.secret}"}


async def test_reading_and_writing_need_their_scopes(desk: AsyncClient) -> None:
    reader = await a_key("shortlists:read")

    assert (await desk.post("/v1/shortlists", json=A_LIST, headers=reader)).status_code == 403
    assert (await desk.get("/v1/shortlists", headers=reader)).status_code == 200
    nobody = {"Authorization": ""}
    assert (await desk.get("/v1/shortlists", headers=nobody)).status_code == 401
