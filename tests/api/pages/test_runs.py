"""The searches of a lot on pages: beside each other, their difference, the longlist, exclusions."""

import re
from uuid import UUID

import pytest
from httpx import AsyncClient
from litestar import Litestar

from tests.access_builders import a_person, signed_in
from tests.api.pages.reading import faults_of, heading, text_of
from tests.match_builders import a_lot, a_tender, lots_of

pytestmark = pytest.mark.usefixtures("db")


async def _searched(app: Litestar) -> tuple[AsyncClient, str, str]:
    """An officer, a lot, and the address of a search of it."""
    officer = await signed_in(app, await a_person("officer"))
    [lot] = await lots_of(await a_tender(a_lot(1, euros=50_000), source="ocds"))
    made = await officer.post(f"/percelen/{lot}/zoekrondes")
    return officer, lot, made.headers["Location"]


async def test_searches_stand_beside_each_other_with_what_was_asked(
    app: Litestar, directory: dict[str, UUID]
) -> None:
    officer, lot, first = await _searched(app)

    other = {"leadTimeDays": "1", "modes": "service"}
    again = await officer.post(f"/percelen/{lot}/zoekrondes/anders", data=other)
    assert again.status_code == 303, text_of(again)
    page = await officer.get(f"/percelen/{lot}/zoekrondes")

    words = text_of(page)
    assert "levering binnen 1 dag" in words
    assert "Levertijd in dagen: niets \u2192 1" in words
    assert first in page.text
    [difference] = set(re.findall(r'href="(/zoekrondes/[^"]+/verschil[^"]+)"', page.text))
    told = await officer.get(difference.replace("&amp;", "&"))
    assert heading(told) == "Verschil met de ronde ervoor"
    assert f'href="/ondernemingen/{directory["painter"]}"' in told.text
    assert "person 0" not in text_of(page)
    assert "Gemaakt door Iemand" in text_of(page)


async def test_faulty_demands_are_told_at_the_field_and_stay_as_typed(app: Litestar) -> None:
    officer, lot, _ = await _searched(app)

    page = await officer.post(f"/percelen/{lot}/zoekrondes/anders", data={"leadTimeDays": "gauw"})

    assert faults_of(page) == {"leadTimeDays"}
    assert 'value="gauw"' in page.text


async def test_a_firm_is_left_out_with_a_reason_and_let_in_again(
    app: Litestar, directory: dict[str, UUID]
) -> None:
    officer, lot, run = await _searched(app)
    address = f"{run}/uitsluiten/{directory['painter']}"

    short = await officer.post(address, data={"reason": "nee"})
    assert faults_of(short) == {"reason"}
    assert ">nee</textarea>" in short.text
    taken = await officer.post(address, data={"reason": "Ernstige fout bij een eerdere opdracht."})
    page = await officer.get(taken.headers["Location"])
    again = await officer.post(f"/percelen/{lot}/zoekrondes")
    later = await officer.get(again.headers["Location"])
    back = await officer.post(f"{run}/toelaten/{directory['painter']}")

    assert "Door u uitgesloten van deze aanbesteding" in text_of(page)
    assert "Uitgesloten door de inkoper" in text_of(later)
    assert "Door u uitgesloten" not in text_of(await officer.get(back.headers["Location"]))


async def test_a_search_is_locked_as_the_longlist_and_the_lock_taken_off(app: Litestar) -> None:
    officer, lot, run = await _searched(app)
    other = await officer.post(f"/percelen/{lot}/zoekrondes/anders", data={"leadTimeDays": "9"})

    locked = await officer.post(f"{run}/vastzetten", data={"note": "voor het college"})
    words = text_of(await officer.get(locked.headers["Location"]))
    assert "Longlist, vastgezet" in words
    assert "voor het college" in words
    refused = await officer.post(f"{other.headers['Location']}/vastzetten")
    assert refused.status_code == 400
    assert "al de longlist van dit perceel" in text_of(refused)
    empty = await officer.post(f"{run}/losmaken", data={"because": ""})
    assert faults_of(empty) == {"because"}
    await officer.post(f"{run}/losmaken", data={"because": "de eisen zijn anders"})
    history = text_of(await officer.get(f"/percelen/{lot}/zoekrondes"))

    assert "de eisen zijn anders" in history
    assert "Longlist, vastgezet" not in history


async def test_a_search_of_others_is_not_there(app: Litestar) -> None:
    _, lot, run = await _searched(app)
    stranger = await signed_in(app, await a_person("officer"))

    assert (await stranger.get(f"{run}/verschil?sinds={run.rpartition('/')[2]}")).status_code == 404
    assert (await stranger.post(f"{run}/vastzetten")).status_code == 404
    assert run not in (await stranger.get(f"/percelen/{lot}/zoekrondes")).text
