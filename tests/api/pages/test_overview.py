"""The authority's year, and imports that can be left and found again."""

import pytest
from litestar import Litestar

from tests.access_builders import a_person, signed_in
from tests.api.obligations.conftest import World
from tests.api.pages.reading import faults_of, heading, text_of

LIST = b"name;kvkNumber\nDe Kade;12345678\n;x\n"


async def test_a_year_is_told_in_figures(app: Litestar, world: World) -> None:
    browser = await signed_in(app, await a_person("officer", organisation=world.ids["authority"]))
    claim = await world.booked(await world.obligation(), world.purchase("F-1", 1_250_000))
    await world.verified(claim)

    page = await browser.get("/overzicht?jaar=2026")

    assert heading(page) == "Social return in 2026"
    words = text_of(page)
    assert "Verplichtingen 1" in words
    assert "Goedgekeurd \u20ac 12.500" in words
    assert "/v1/social-return-reports/2026/xlsx" in page.text


async def test_a_strange_year_is_this_year(app: Litestar, world: World) -> None:
    browser = await signed_in(app, await a_person("officer", organisation=world.ids["authority"]))

    for typed in ("9999", "abc", "-1", ""):
        assert (await browser.get("/overzicht", params={"jaar": typed})).status_code == 200


@pytest.mark.usefixtures("db")
async def test_a_list_is_taken_in_as_a_job_that_is_found_again(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("editor", kind="platform"))
    sent = {"list": ("lijst.csv", LIST, "text/csv")}

    answer = await browser.post("/importeren", files=sent, data={"dryRun": "1"})
    assert answer.status_code == 303, text_of(answer)
    page = await browser.get(answer.headers["Location"])

    assert "Wacht" in text_of(page)
    assert 'hx-trigger="every 2s"' in page.text
    assert answer.headers["Location"] in (await browser.get("/importeren")).text


@pytest.mark.usefixtures("db")
async def test_a_list_of_another_kind_is_refused_at_the_field(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("editor", kind="platform"))

    page = await browser.post("/importeren", files={"list": ("lijst.pdf", b"x")})

    assert faults_of(page) == {"list"}
