"""Shortlists and saved searches on pages: kept, changed, frozen, compared and taken along."""

import io
import re
from uuid import UUID

import pytest
from httpx import AsyncClient
from litestar import Litestar
from openpyxl import load_workbook

from tests.access_builders import a_person, signed_in
from tests.api.pages.reading import faults_of, heading, text_of

pytestmark = pytest.mark.usefixtures("db")
NEW = {"list": "nieuw", "name": "Schilders 2027", "department": "Vastgoed"}
WHY = "Werkte goed samen in 2025."


async def _officer(app: Litestar) -> AsyncClient:
    return await signed_in(app, await a_person("officer"))


async def _list(officer: AsyncClient, firm: UUID) -> str:
    """The address of a new shortlist with one firm."""
    made = await officer.post(f"/ondernemingen/{firm}/shortlist", data=NEW | {"reason": WHY})
    assert made.status_code == 303, text_of(made)
    return str(made.headers["Location"].partition("?")[0])


def _version(page: str) -> str:
    return str(re.findall(r'name="version" value="(\d+)"', page)[0])


async def test_a_firm_goes_from_the_find_page_to_a_list_with_a_reason(
    app: Litestar, directory: dict[str, UUID]
) -> None:
    officer = await _officer(app)
    found = await officer.get("/zoeken?q=schilderwerk")
    assert f"/ondernemingen/{directory['painter']}/shortlist" in found.text

    faulty = await officer.post(
        f"/ondernemingen/{directory['painter']}/shortlist", data=NEW | {"name": "", "reason": ""}
    )
    address = await _list(officer, directory["painter"])
    page = await officer.get(address)

    assert faults_of(faulty) == {"name", "reason"}
    assert 'value="Vastgoed"' in faulty.text
    assert heading(page) == "Schilders 2027"
    assert WHY in text_of(page)
    assert address in (await officer.get("/shortlists")).text


async def test_nobody_without_the_right_sees_the_links(
    app: Litestar, directory: dict[str, UUID]
) -> None:
    editor = await signed_in(app, await a_person("editor", kind="enterprise"))

    assert "/shortlist" not in (await editor.get("/zoeken?q=schilderwerk")).text
    refused = await editor.get(f"/ondernemingen/{directory['painter']}/shortlist")
    assert refused.status_code == 403


async def test_entries_change_their_reason_and_place_and_go(
    app: Litestar, directory: dict[str, UUID]
) -> None:
    officer = await _officer(app)
    address = await _list(officer, directory["painter"])
    kept = address.rpartition("/")[2]
    other = directory["cleaner"]
    await officer.post(f"/ondernemingen/{other}/shortlist", data={"list": kept, "reason": WHY})
    entry = f"{address}/ondernemingen/{other}"
    version = _version((await officer.get(address)).text)
    given = {"reason": "Dichtbij.", "position": "1", "version": version}

    faulty = await officer.post(entry, data=given | {"reason": " ", "position": "x"})
    await officer.post(entry, data=given)
    stale = await officer.post(entry, data=given)
    page = await officer.get(address)

    assert faults_of(faulty) == {f"reason-{other}", f"position-{other}"}
    assert "Iemand anders heeft dit net gewijzigd" in text_of(stale)
    assert text_of(page).index("Blink") < text_of(page).index(WHY)
    gone = await officer.post(f"{entry}/weg", data={"version": _version(page.text)})
    assert "Blink" not in text_of(await officer.get(gone.headers["Location"]))


async def test_a_list_is_renamed_and_deleted(app: Litestar, directory: dict[str, UUID]) -> None:
    officer = await _officer(app)
    address = await _list(officer, directory["painter"])
    version = _version((await officer.get(address)).text)
    given = {"name": "Verf", "department": "Vastgoed", "purpose": "", "version": version}

    empty = await officer.post(address, data=given | {"name": ""})
    await officer.post(address, data=given)
    page = await officer.get(address)
    gone = await officer.post(f"{address}/weg", data={"version": _version(page.text)})

    assert faults_of(empty) == {"name"}
    assert heading(page) == "Verf"
    assert "Er is nog geen shortlist" in text_of(await officer.get(gone.headers["Location"]))


async def test_a_list_is_taken_along_as_a_file(app: Litestar, directory: dict[str, UUID]) -> None:
    officer = await _officer(app)
    made = await officer.post(
        f"/ondernemingen/{directory['painter']}/shortlist", data=NEW | {"reason": "=1+1"}
    )
    address = made.headers["Location"].partition("?")[0]

    text = (await officer.get(f"{address}/bestand/csv")).content.decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO((await officer.get(f"{address}/bestand/xlsx")).content)).active

    assert "'=1+1" in text
    assert text.startswith("Plek;Onderneming;KvK-nummer;")
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][4] == "'=1+1"
    assert (await officer.get(f"{address}/bestand/exe")).status_code == 404


async def test_a_new_list_needs_a_name(app: Litestar) -> None:
    officer = await _officer(app)

    page = await officer.post("/shortlists", data={"name": "", "department": "Groen"})
    made = await officer.post("/shortlists", data={"name": "Groen", "department": "Groen"})

    assert faults_of(page) == {"name"}
    assert 'value="Groen"' in page.text
    assert "Er staat nog niemand" in text_of(await officer.get(made.headers["Location"]))


async def _search(officer: AsyncClient) -> str:
    """The address of a saved search."""
    made = await officer.post(
        "/zoekvragen/nieuw?q=schilderwerk&municipality=Utrecht",
        data={"name": "Schilders in Utrecht", "alerts": "weekly"},
    )
    assert made.status_code == 303, text_of(made)
    return str(made.headers["Location"].partition("?")[0])


async def test_a_search_is_kept_with_messages_and_changed(
    app: Litestar, directory: dict[str, UUID]
) -> None:
    officer = await _officer(app)
    empty = await officer.post("/zoekvragen/nieuw?q=schilderwerk", data={"name": ""})
    address = await _search(officer)
    assert faults_of(empty) == {"name"}
    listed = await officer.get("/zoekvragen")
    assert "Bericht: elke week" in text_of(listed)
    assert "/zoeken?q=schilderwerk&amp;municipality=Utrecht" in listed.text

    await officer.post(address, data={"name": "Schilders", "alerts": "off"})
    nameless = await officer.post(address, data={"name": "", "alerts": "off"})

    words = text_of(await officer.get("/zoekvragen"))
    assert "Schilders" in words
    assert "Bericht: geen bericht" in words
    assert faults_of(nameless) == {"name"}
    await officer.post(f"{address}/weg")
    assert "nog geen zoekvraag" in text_of(await officer.get("/zoekvragen"))
    assert directory


async def test_a_frozen_result_tells_what_differs_now(
    app: Litestar, directory: dict[str, UUID]
) -> None:
    officer = await _officer(app)
    address = await _search(officer)

    locked = await officer.post(f"{address}/vastzetten")
    assert locked.status_code == 303, text_of(locked)
    lock = locked.headers["Location"]
    page = await officer.get(lock)
    same = await officer.get(f"{lock}/verschil")
    kept = await officer.post(f"{address}/weg")

    assert f"/ondernemingen/{directory['painter']}" in page.text
    assert "Er is niets veranderd" in text_of(same)
    assert "heeft vastgezette lijsten" in text_of(kept)
    file = await officer.get(f"{lock}/bestand/csv")
    assert file.content.decode("utf-8-sig").count("\r\n") == 2


async def test_lists_and_searches_of_others_are_not_there(
    app: Litestar, directory: dict[str, UUID]
) -> None:
    officer, stranger = await _officer(app), await _officer(app)
    kept, search = await _list(officer, directory["painter"]), await _search(officer)

    assert (await stranger.get(kept)).status_code == 404
    assert (await stranger.get(f"{kept}/bestand/csv")).status_code == 404
    assert (await stranger.get(search)).status_code == 404
    assert (await stranger.post(search, data={"name": "x", "alerts": "off"})).status_code == 404
