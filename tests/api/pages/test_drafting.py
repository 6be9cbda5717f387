"""A tender by hand on pages: its work, lots by hand, what a notice lacks, publication."""

import re
from typing import Any

import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.domain.tendering.notice import Nature
from tests.access_builders import a_person, signed_in
from tests.api.pages.reading import faults_of, heading, text_of
from tests.match_builders import a_lot, a_painter, a_tender

pytestmark = pytest.mark.usefixtures("db")
WORK: dict[str, Any] = {
    "title": "Schilderwerk",
    "cpv": "45442100-8 Schilderwerk",
    "kind": "services",
    "price": "60.000",
    "per": "term",
    "months": "12",
    "areas": "Utrecht, Zeist",
}
MOTIVE = "Samen is het werk te klein om apart te vervoeren; daarom voegen wij het samen."


async def _officer(app: Litestar) -> AsyncClient:
    return await signed_in(app, await a_person("officer"))


async def _draft(officer: AsyncClient, *items: dict[str, Any]) -> str:
    """The address of a draft with these pieces of work."""
    made = await officer.post("/concepten/nieuw", data={"title": "Onderhoud 2027"})
    assert made.status_code == 303, text_of(made)
    address = made.headers["Location"].removesuffix("/werk")
    for one in items:
        added = await officer.post(f"{address}/werk/nieuw", data=WORK | one)
        assert added.status_code == 303, text_of(added)
    return str(address)


def _items(page: Any) -> list[str]:
    return list(dict.fromkeys(re.findall(r'href="([^"]+/werk/[0-9a-f-]{36})"', page.text)))


async def test_a_tender_is_written_by_hand_and_its_work_is_added_up(app: Litestar) -> None:
    officer = await _officer(app)

    draft = await _draft(officer, {}, {"title": "Binnenwerk", "price": "20.000", "per": "year"})
    page = await officer.get(f"{draft}/werk")

    assert heading(page) == "Onderhoud 2027"
    words = text_of(page)
    assert "Samen \u20ac 80.000" in words
    assert "Utrecht, Zeist" in words
    assert draft in (await officer.get("/concepten")).text


async def test_a_draft_needs_a_name_and_says_so_at_the_field(app: Litestar) -> None:
    officer = await _officer(app)

    page = await officer.post("/concepten/nieuw", data={"title": "", "startsOn": "gauw"})

    assert faults_of(page) == {"title", "startsOn"}
    assert 'value="gauw"' in page.text


async def test_faulty_work_is_told_at_the_field_and_stays_as_typed(app: Litestar) -> None:
    officer = await _officer(app)
    draft = await _draft(officer)
    faulty = {"title": "", "cpv": "99999999", "price": "veel", "areas": "Utrecht\nNergens"}

    page = await officer.post(f"{draft}/werk/nieuw", data=WORK | faulty)
    code = await officer.post(f"{draft}/werk/nieuw", data=WORK | {"cpv": "99999999"})

    assert faults_of(page) == {"title", "price", "areas"}
    assert "Nergens</textarea>" in page.text
    assert faults_of(code) == {"cpv"}


async def test_work_is_changed_once_and_taken_away(app: Litestar) -> None:
    officer = await _officer(app)
    draft = await _draft(officer, {})
    [item] = _items(await officer.get(f"{draft}/werk"))
    form = await officer.get(item)
    [version] = re.findall(r'name="version" value="(\d+)"', form.text)
    assert 'value="60000,00"' in form.text
    changed = WORK | {"title": "Buitenwerk", "version": version}

    saved = await officer.post(item, data=changed)
    stale = await officer.post(item, data=changed)

    assert saved.status_code == 303, text_of(saved)
    assert "Iemand anders heeft dit net gewijzigd" in text_of(stale)
    assert "Buitenwerk" in text_of(await officer.get(f"{draft}/werk"))
    gone = await officer.post(f"{item}/weg")
    assert "Er staat nog geen werk" in text_of(await officer.get(gone.headers["Location"]))


async def test_what_a_draft_says_of_itself_is_changed(app: Litestar) -> None:
    officer = await _officer(app)
    draft = await _draft(officer)
    form = await officer.get(f"{draft}/gegevens")
    [version] = re.findall(r'name="version" value="(\d+)"', form.text)
    given = {"title": "Onderhoud 2028", "estimatedValueCents": "1.000", "version": version}

    await officer.post(f"{draft}/gegevens", data=given)
    stale = await officer.post(f"{draft}/gegevens", data=given)

    assert heading(await officer.get(f"{draft}/werk")) == "Onderhoud 2028"
    assert 'value="1000,00"' in (await officer.get(f"{draft}/gegevens")).text
    assert stale.status_code == 400


async def test_an_incomplete_draft_names_what_is_missing_and_where(app: Litestar) -> None:
    officer = await _officer(app)
    draft = await _draft(officer, {"cpv": "", "price": ""})

    answer = await officer.post(f"{draft}/verdelingen")
    page = await officer.get(answer.headers["Location"])

    assert "Verdelen kan nog niet" in text_of(page)
    [item] = _items(page)
    assert {f"{item}#cpv", f"{item}#price"} <= set(re.findall(r'href="([^"]+)"', page.text))


async def test_lots_by_hand_are_kept_by_every_plan(app: Litestar, desk: AsyncClient) -> None:
    await a_painter(desk, "Aad", 200_000)
    officer = await _officer(app)
    draft = await _draft(officer, {}, {"title": "Binnenwerk"}, {"title": "Trappenhuis"})
    ids = [one.rpartition("/")[2] for one in _items(await officer.get(f"{draft}/werk"))]
    numbers = dict(zip((f"lot-{one}" for one in ids), ("1", "2", "2"), strict=True))

    kept = await officer.post(f"{draft}/werk/percelen", data=numbers)
    faulty = await officer.post(f"{draft}/werk/percelen", data=numbers | {f"lot-{ids[0]}": "een"})
    made = await officer.post(f"{draft}/verdelingen")
    plans = text_of(await officer.get(made.headers["Location"]))

    assert kept.status_code == 303
    assert faults_of(faulty) == {f"lot-{ids[0]}"}
    assert "Plan 1: 2 percelen" in plans
    assert "Binnenwerk / Trappenhuis" in plans
    await officer.post(f"{draft}/werk/percelen", data=dict.fromkeys(numbers, ""))
    assert 'value="2"' not in (await officer.get(f"{draft}/werk")).text


async def test_an_incomplete_notice_leaves_no_draft_until_it_is_filled_in(
    app: Litestar, desk: AsyncClient
) -> None:
    await a_painter(desk, "Aad", 200_000)
    officer = await _officer(app)
    tender = await a_tender(
        a_lot(1, euros=None, nature=Nature.SERVICES), a_lot(2, euros=40_000, title="Binnenwerk")
    )
    asked = await officer.post(f"/aanbestedingen/{tender}/verdelingen")
    address = asked.headers["Location"]
    assert address == f"/aanbestedingen/{tender}/verdelen"
    assert "Vul aan wat er ontbreekt" in text_of(await officer.get(address))

    empty = await officer.post(address, data={"price0": "", "kind1": ""})
    wrong = await officer.post(address, data={"price0": "veel", "kind1": "services"})
    assert faults_of(empty) == {"price0", "kind1"}
    assert faults_of(wrong) == {"price0"}
    assert 'value="veel"' in wrong.text
    assert "Er zijn geen concepten" in text_of(await officer.get("/concepten"))
    made = await officer.post(address, data={"price0": "60.000", "kind1": "services"})

    assert made.status_code == 303, text_of(made)
    assert "Totale waarde \u20ac 100.000" in text_of(await officer.get(made.headers["Location"]))


async def test_a_code_that_does_not_exist_is_told_at_its_lot(app: Litestar) -> None:
    officer = await _officer(app)
    tender = await a_tender(a_lot(1, nature=Nature.SERVICES, cpv_main=None))

    page = await officer.post(f"/aanbestedingen/{tender}/verdelen", data={"cpv0": "99999999"})

    assert faults_of(page) == {"cpv0"}
    assert "Er zijn geen concepten" in text_of(await officer.get("/concepten"))


async def test_a_plan_is_taken_over_undone_and_published(app: Litestar, desk: AsyncClient) -> None:
    for name in ("Aad", "Bep", "Cor"):
        await a_painter(desk, name, 200_000)
    officer = await _officer(app)
    draft = await _draft(officer, {"doneNowBy": "nobody"}, {"title": "Binnenwerk"})
    made = (await officer.post(f"{draft}/verdelingen")).headers["Location"]
    [plan, *_] = re.findall(r'name="plan" value="([^"]+)"', (await officer.get(made)).text)
    taking = {"plan": plan, "motive": MOTIVE}
    await officer.post(f"{made}/overnemen", data=taking)
    assert "Draai deze verdeling terug" in text_of(await officer.get(made))

    unexplained = await officer.post(f"/plannen/{plan}/terugdraaien", data={"because": ""})
    undone = await officer.post(f"/plannen/{plan}/terugdraaien", data={"because": "te klein"})
    assert faults_of(unexplained) == {"because"}
    assert "weer weg" in text_of(await officer.get(undone.headers["Location"]))
    await officer.post(f"{made}/overnemen", data=taking)
    undated = await officer.post(f"{draft}/publiceren", data={"publishedOn": ""})
    published = await officer.post(f"{draft}/publiceren", data={"publishedOn": "2026-12-01"})

    assert faults_of(undated) == {"publishedOn"}
    words = text_of(await officer.get(published.headers["Location"]))
    assert "U kunt nu per perceel zoeken" in words
    assert "1 december 2026" in words


async def test_a_draft_of_others_is_not_there(app: Litestar) -> None:
    draft = await _draft(await _officer(app), {})
    stranger = await _officer(app)

    for path in ("werk", "gegevens", "werk/nieuw"):
        assert (await stranger.get(f"{draft}/{path}")).status_code == 404
    assert (
        await stranger.post(f"{draft}/publiceren", data={"publishedOn": "2026-12-01"})
    ).status_code == 404
