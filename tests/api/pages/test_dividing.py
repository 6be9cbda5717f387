"""Plans of lots on pages: made on a draft, shown side by side, taken over once."""

import re

import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.domain.tendering.notice import Nature
from tests.access_builders import a_person, signed_in
from tests.api.pages.reading import text_of
from tests.match_builders import a_lot, a_painter, a_tender

pytestmark = pytest.mark.usefixtures("db")
MOTIVE = "Samen is het werk te klein om apart te vervoeren; daarom voegen wij het samen."


async def _divided(app: Litestar, desk: AsyncClient) -> tuple[AsyncClient, str]:
    """An officer, and the address of the plans for a tender of two lots."""
    for name in ("Aad", "Bep", "Cor"):
        await a_painter(desk, name, 200_000)
    officer = await signed_in(app, await a_person("officer"))
    tender = await a_tender(
        a_lot(1, euros=60_000, nature=Nature.SERVICES),
        a_lot(2, euros=40_000, title="Binnenwerk", nature=Nature.SERVICES),
        source="ocds",
    )
    made = await officer.post(f"/aanbestedingen/{tender}/verdelingen")
    assert made.status_code == 303, text_of(made)
    return officer, made.headers["Location"]


async def test_plans_stand_side_by_side_with_their_consequences(
    app: Litestar, desk: AsyncClient
) -> None:
    officer, address = await _divided(app, desk)

    words = text_of(await officer.get(address))

    assert "Plan 1:" in words
    assert "Totale waarde \u20ac 100.000" in words
    assert "3 ondernemingen" in words


async def test_other_rules_give_other_plans(app: Litestar, desk: AsyncClient) -> None:
    officer, address = await _divided(app, desk)

    again = await officer.post(address, data={"maximumLots": "1", "ableFirms": "2"})
    faulty = await officer.post(address, data={"maximumLots": "veel", "ableFirms": "2"})

    assert again.status_code == 303
    assert "Plan 1: 1 perceel" in text_of(await officer.get(again.headers["Location"]))
    assert faulty.status_code == 400
    assert 'value="veel"' in faulty.text


async def test_a_plan_is_taken_over_once(app: Litestar, desk: AsyncClient) -> None:
    officer, address = await _divided(app, desk)
    page = await officer.get(address)
    [plan, *_] = re.findall(r'name="plan" value="([^"]+)"', page.text)

    taken = await officer.post(f"{address}/overnemen", data={"plan": plan, "motive": MOTIVE})
    assert taken.status_code == 303, text_of(taken)
    draft = text_of(await officer.get(taken.headers["Location"]))
    twice = await officer.post(f"{address}/overnemen", data={"plan": plan, "motive": MOTIVE})

    assert "Alleen uw organisatie ziet het" in draft
    assert "Er is al een plan overgenomen" in text_of(twice)


async def test_a_draft_is_hidden_from_others(app: Litestar, desk: AsyncClient) -> None:
    officer, address = await _divided(app, desk)
    stranger = await signed_in(app, await a_person("officer"))
    page = await officer.get(address)
    [draft] = set(re.findall(r"/aanbestedingen/[0-9a-f-]{36}", page.text))

    assert (await stranger.get(address)).status_code == 404
    assert (await stranger.get(draft)).status_code == 404
    assert (await officer.get(draft)).status_code == 200
