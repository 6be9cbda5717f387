"""What if a limit changed, and whose work a plan may push out."""

import re

import pytest
from httpx import AsyncClient
from litestar import Litestar

from tests.access_builders import a_person, signed_in
from tests.api.pages.reading import faults_of, text_of
from tests.api.pages.test_drafting import WORK
from tests.match_builders import a_painter

pytestmark = pytest.mark.usefixtures("db")


async def _plans(app: Litestar, desk: AsyncClient, **work: str) -> tuple[AsyncClient, str, str]:
    """An officer, the address of plans for two pieces of work, and the best plan."""
    for name in ("Aad", "Bep", "Cor"):
        await a_painter(desk, name, 100_000)
    officer = await signed_in(app, await a_person("officer"))
    made = await officer.post("/concepten/nieuw", data={"title": "Onderhoud"})
    draft = made.headers["Location"].removesuffix("/werk")
    for title in ("Buitenwerk", "Binnenwerk"):
        await officer.post(
            f"{draft}/werk/nieuw", data=WORK | {"title": title, "areas": "Utrecht"} | work
        )
    address = (await officer.post(f"{draft}/verdelingen")).headers["Location"]
    [plan, *_] = re.findall(r"/plannen/([^/]+)/verdringing", (await officer.get(address)).text)
    return officer, address, plan


async def test_another_limit_shows_the_best_plan_before_and_after(
    app: Litestar, desk: AsyncClient
) -> None:
    officer, address, _ = await _plans(app, desk)

    page = await officer.get(f"{address}/wat-als", params={"what": "rules", "maximumLots": "1"})

    assert "Percelen 2 1" in text_of(page)
    assert 'value="1"' in page.text


async def test_a_firm_that_is_not_there_is_taken_out_of_the_plan(
    app: Litestar, desk: AsyncClient
) -> None:
    officer, address, _ = await _plans(app, desk)
    first = await officer.get(f"{address}/wat-als")
    [firm] = re.findall(r'<option value="([^"]+)">Bep</option>', first.text)

    gone = await officer.get(f"{address}/wat-als", params={"what": "without", "firm": firm})
    grown = await officer.get(
        f"{address}/wat-als", params={"what": "grows", "firm": firm, "moreCents": "50.000"}
    )

    assert "Haalbaar voor sociale ondernemingen \u20ac 120.000 \u20ac 0" in text_of(gone)
    assert "Percelen die erbij komen Buitenwerk + Binnenwerk" in text_of(gone)
    assert "Dit maakt geen verschil" in text_of(grown)


async def test_faults_in_a_question_are_told_at_the_field(app: Litestar, desk: AsyncClient) -> None:
    officer, address, _ = await _plans(app, desk)

    nobody = await officer.get(f"{address}/wat-als", params={"what": "grows", "moreCents": "veel"})
    rules = await officer.get(f"{address}/wat-als", params={"what": "rules", "maximumLots": "x"})

    assert faults_of(nobody) == {"firm", "moreCents"}
    assert faults_of(rules) == {"maximumLots"}
    assert 'value="veel"' in nobody.text


async def test_answers_on_displacement_turn_a_lot_from_red_to_amber(
    app: Litestar, desk: AsyncClient
) -> None:
    officer, address, plan = await _plans(app, desk, doneNowBy="own-staff")
    guard = f"/plannen/{plan}/verdringing"
    page = await officer.get(guard)
    [version, *_] = re.findall(r'name="questionSet" value="([^"]+)"', page.text)
    answers = {"lotNumber": "1", "questionSet": version, "replaces": "replacement"}
    assert "rood" in text_of(page)
    motive = "Samen is het werk te klein om apart te vervoeren; daarom zo verdeeld."
    refused = await officer.post(f"{address}/overnemen", data={"plan": plan, "motive": motive})
    assert "Beantwoord eerst de vragen" in text_of(refused)

    faulty = await officer.post(guard, data=answers | {"unpaidHours": "veel", "priceCents": "x"})
    told = await officer.post(
        guard,
        data=answers | {"justification": "Zij gaan met pensioen.", "paidJobsReplaced": "no"},
    )

    assert faults_of(faulty) == {"unpaidHours-1", "priceCents-1"}
    assert 'value="veel"' in faulty.text
    words = text_of(await officer.get(told.headers["Location"].partition("#")[0]))
    assert "Vastgelegd door" in words
    assert "Zij gaan met pensioen" in words


async def test_a_plan_of_others_is_not_there(app: Litestar, desk: AsyncClient) -> None:
    _, address, plan = await _plans(app, desk)
    stranger = await signed_in(app, await a_person("officer"))

    for path in (
        f"{address}/wat-als",
        f"/plannen/{plan}/verdringing",
        f"/plannen/{plan}/terugdraaien",
    ):
        assert (await stranger.get(path)).status_code == 404
