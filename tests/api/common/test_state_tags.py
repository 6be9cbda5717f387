"""What nobody counts versions of is changed and deleted on its state as read, and never blindly."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import uuid4

import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from api import indexing
from api.domain.access import OrganisationKind
from api.preconditions import ANYHOW, check_state, state_tag, wanted_state
from api.problems import PreconditionFailed, PreconditionRequired
from tests.api.spend.test_spend import send
from tests.builders import stored
from tests.match_builders import a_key_of, a_painter, a_tender

pytestmark = pytest.mark.usefixtures("db")
WHY: Final = {"reason": "Voldeed in 2025 twee keer niet aan het contract."}
MISSION: Final = {"met": True, "basis": "Statuten, artikel 2 en 14."}
STALE: Final = '"s0123456789abcdef"'


class Thing(NamedTuple):
    """Something that is there, with the tag that reading it gave."""

    path: str
    tag: str


async def an_exclusion(desk: AsyncClient) -> Thing:
    tender, firm = await a_tender(), await a_painter(desk, "De Kwast", 200_000)
    path = f"/v1/tenders/{tender}/exclusions"
    await desk.put(f"{path}/{firm}", json=WHY)
    [told] = (await desk.get(path)).json()
    return Thing(f"{path}/{firm}", told["etag"])


async def a_saved_search(desk: AsyncClient) -> Thing:
    body = {"name": "Groen", "parameters": {"q": "groen"}}
    path = (await desk.post("/v1/saved-searches", json=body)).headers["Location"]
    return Thing(path, (await desk.get(path)).headers["ETag"])


async def an_import(desk: AsyncClient) -> Thing:
    sent, lines = b'{"name": "x", "externalId": "1"}', {"Content-Type": "application/x-ndjson"}
    made = await desk.post("/v1/imports?source=lijst", headers=lines, content=sent)
    path = made.headers["Location"]
    return Thing(path, (await desk.get(path)).headers["ETag"])


async def a_reservation(desk: AsyncClient) -> Thing:
    firm = await stored(desk)
    body = {"amountCents": 1, "startsOn": "2027-03-01", "endsOn": "2027-06-01"}
    offering = f"/v1/enterprises/{firm['id']}/offerings/{firm['offerings'][0]['id']}"
    await desk.post(f"{offering}/reservations", json=body)
    path = f"/v1/enterprises/{firm['id']}/reservations"
    [told] = (await desk.get(path)).json()
    return Thing(f"{path}/{told['id']}", told["etag"])


async def an_award(desk: AsyncClient) -> Thing:
    body = {
        "enterpriseId": (await stored(desk))["id"],
        "awardedOn": date(2025, 6, 1).isoformat(),
        "source": "TenderNed 123",
        "buyer": {"name": "Gemeente"},
    }
    await desk.post("/v1/art-77-awards", json=body)
    [told] = (await desk.get("/v1/art-77-awards")).json()["items"]
    return Thing(f"/v1/art-77-awards/{told['id']}", told["etag"])


async def a_mission(desk: AsyncClient) -> Thing:
    path = f"/v1/enterprises/{(await stored(desk))['id']}/public-service-mission"
    await desk.put(path, json=MISSION)
    return Thing(path, (await desk.get(path)).headers["ETag"])


async def a_spend_file(desk: AsyncClient) -> Thing:
    path = (await send(desk, "Bakker;;10,00;2026-01-01;;")).headers["Location"]
    return Thing(path, (await desk.get(path)).headers["ETag"])


async def a_supplier(desk: AsyncClient) -> Thing:
    await send(desk, "Bakker;;10,00;2026-01-01;;")
    [told] = (await desk.get("/v1/spend-suppliers")).json()["items"]
    return Thing(f"/v1/spend-suppliers/{told['id']}/decision", told["etag"])


Made = Callable[[AsyncClient], Awaitable[Thing]]
DELETED: Final = (
    *(an_exclusion, a_saved_search, an_import, a_reservation),
    *(an_award, a_spend_file, a_supplier),
)
CHANGED: Final[dict[Made, dict[str, Any]]] = {
    an_exclusion: WHY,
    a_mission: MISSION | {"met": False},
    a_supplier: {"enterpriseId": None},
}


@pytest.fixture
async def buyer(desk: AsyncClient) -> AsyncClient:
    desk.headers.update(await a_key_of(OrganisationKind.AUTHORITY))
    return desk


@pytest.mark.parametrize("made", DELETED, ids=lambda one: one.__name__)
async def test_what_is_deleted_is_what_was_read(buyer: AsyncClient, made: Made) -> None:
    path, tag = await made(buyer)

    blind = await buyer.delete(path)
    stale = await buyer.delete(path, headers={"If-Match": STALE})
    told = await buyer.delete(path, headers={"If-Match": tag})

    assert (blind.status_code, blind.json()["code"]) == (428, "precondition-required")
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition-failed")
    assert told.status_code == 204


@pytest.mark.parametrize("made", CHANGED, ids=lambda one: one.__name__)
async def test_what_is_changed_is_what_was_read(buyer: AsyncClient, made: Made) -> None:
    (path, tag), body = await made(buyer), CHANGED[made]

    blind = await buyer.put(path, json=body)
    told = await buyer.put(path, json=body, headers={"If-Match": tag})
    again = await buyer.put(path, json=body, headers={"If-Match": tag})
    after = await buyer.put(path, json=body, headers={"If-Match": told.headers["ETag"]})

    statuses = [one.status_code for one in (blind, told, again, after)]
    assert statuses == [428, 200, 412, 200]


@pytest.mark.parametrize("made", [an_exclusion, a_mission], ids=lambda one: one.__name__)
async def test_what_is_not_there_is_made_without_a_tag_and_not_with_one(
    buyer: AsyncClient, made: Made
) -> None:
    (path, _), body = await made(buyer), CHANGED[made]
    other = (await stored(buyer))["id"]
    parts = path.split("/")
    parts[-1 if made is an_exclusion else 3] = other
    path = "/".join(parts)

    tagged = await buyer.put(path, json=body, headers={"If-Match": "*"})
    plain = await buyer.put(path, json=body)

    assert (tagged.status_code, plain.status_code) == (412, 200)


@pytest.mark.usefixtures("engine")
async def test_a_lock_on_a_search_gives_it_another_tag(buyer: AsyncClient) -> None:
    path, before = await a_saved_search(buyer)

    await stored(buyer)
    await indexing.rebuild()
    locked = await buyer.post(f"{path}/locks")
    stale = await buyer.delete(path, headers={"If-Match": before})

    assert (locked.status_code, stale.status_code) == (201, 412)


@given(st.text(max_size=40), st.text(max_size=40))
def test_only_the_present_state_or_any_lets_through(given: str, fact: str) -> None:
    present = state_tag(fact)

    check_state(present, wanted_state(present))
    check_state(present, wanted_state(f'{present[:-1]}.0123456789abcdef01"'))
    check_state(present, wanted_state("*"))
    check_state(present, ANYHOW)
    if wanted_state(given) not in {present, "*", ANYHOW}:
        with pytest.raises(PreconditionFailed):
            check_state(present, wanted_state(given))


def test_an_empty_header_is_stale_and_not_a_way_around() -> None:
    with pytest.raises(PreconditionFailed):
        check_state(state_tag(uuid4()), wanted_state(" "))
    with pytest.raises(PreconditionRequired):
        check_state(state_tag(uuid4()), None)
