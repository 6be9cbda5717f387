"""The workbench: from a file to lots, to who can do them and why."""

import re
from uuid import UUID

import pytest
from httpx import AsyncClient
from litestar import Litestar

from tests.access_builders import a_person, signed_in
from tests.api.pages.reading import faults_of, heading, text_of
from tests.builders import a_csv_notice
from tests.match_builders import a_lot, a_tender

pytestmark = pytest.mark.usefixtures("db")


async def _officer(app: Litestar) -> AsyncClient:
    return await signed_in(app, await a_person("officer"))


async def test_a_notice_leads_to_its_lots(app: Litestar) -> None:
    browser = await _officer(app)
    files = {"document": ("aankondiging.csv", a_csv_notice(), "text/csv")}

    answer = await browser.post("/aanbestedingen", files=files)
    assert answer.status_code == 303, answer.text
    page = await browser.get(answer.headers["Location"])

    assert heading(page) == "Groenonderhoud"
    assert "1 perceel" in text_of(page)


async def test_a_file_of_another_kind_is_refused_at_the_field(app: Litestar) -> None:
    browser = await _officer(app)

    for name, body in (("foto.jpg", b"x"), ("leeg.xml", b"")):
        page = await browser.post("/aanbestedingen", files={"document": (name, body)})
        assert page.status_code == 400
        assert faults_of(page) == {"document"}


async def test_every_lot_is_searched_and_the_address_holds_the_searches(
    app: Litestar, directory: dict[str, UUID]
) -> None:
    browser = await _officer(app)
    tender = await a_tender(
        a_lot(1, euros=50_000), a_lot(2, euros=50_000, title="Binnenwerk"), source="ocds"
    )

    answer = await browser.post(f"/aanbestedingen/{tender}/zoekrondes")
    page = await browser.get(answer.headers["Location"])

    assert text_of(page).count("1 onderneming kan dit") >= 2
    [first, *_] = re.findall(r'href="(/zoekrondes/[^"]+)"', page.text)
    run = await browser.get(first)
    assert f'href="/ondernemingen/{directory["painter"]}"' in run.text
    assert "Werkt in het gevraagde gebied" in text_of(run)


async def test_a_firm_is_invited_once_and_its_answer_is_recorded(
    app: Litestar, directory: dict[str, UUID]
) -> None:
    browser = await _officer(app)
    tender = await a_tender(a_lot(1, euros=50_000), source="ocds")
    searched = await browser.post(f"/aanbestedingen/{tender}/zoekrondes")
    page = await browser.get(searched.headers["Location"])
    [run] = set(re.findall(r'href="(/zoekrondes/[^"]+)"', page.text))
    wave = {"enterpriseIds": str(directory["painter"]), "workdays": "10", "enough": "3"}

    invited = await browser.post(f"{run}/uitnodigingen", data=wave)
    again = await browser.post(f"{run}/uitnodigingen", data=wave)

    assert "Uitgenodigd" in text_of(await browser.get(invited.headers["Location"]))
    assert again.status_code == 400
    assert 'value="10"' in again.text


async def test_nobody_chosen_is_told_and_what_was_typed_stays(
    app: Litestar, directory: dict[str, UUID]
) -> None:
    browser = await _officer(app)
    tender = await a_tender(a_lot(1, euros=50_000), source="ocds")
    searched = await browser.post(f"/aanbestedingen/{tender}/zoekrondes")
    page = await browser.get(searched.headers["Location"])
    [run] = set(re.findall(r'href="(/zoekrondes/[^"]+)"', page.text))

    page = await browser.post(f"{run}/uitnodigingen", data={"workdays": "12", "enough": "drie"})

    assert page.status_code == 400
    assert "data-faults" in page.text
    assert 'value="12"' in page.text
    assert 'value="drie"' in page.text
    assert directory


async def test_why_not_is_told_of_any_one_firm(app: Litestar, directory: dict[str, UUID]) -> None:
    browser = await _officer(app)
    tender = await a_tender(a_lot(1, euros=50_000), source="ocds")
    page = await browser.get(f"/aanbestedingen/{tender}")
    [why] = set(re.findall(r'href="(/percelen/[^"]+/waarom)"', page.text))

    page = await browser.get(why, params={"onderneming": "Blink"})

    assert "Blink Schoonmaak: kan dit perceel niet doen" in text_of(page)
    assert "Het aanbod is iets anders" in text_of(page)
    assert directory


async def test_a_strange_id_in_an_address_names_nothing(app: Litestar) -> None:
    browser = await _officer(app)
    tender = await a_tender(a_lot(1), source="ocds")
    page = await browser.get(f"/aanbestedingen/{tender}")
    [why] = set(re.findall(r'href="(/percelen/[^"]+/waarom)"', page.text))

    assert (await browser.get(f"/aanbestedingen/{tender}?ronde=x")).status_code == 404
    assert (await browser.get(why, params={"id": "x"})).status_code == 404
    assert (await browser.get("/aanbestedingen?cursor=x")).status_code == 400
