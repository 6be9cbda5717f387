"""White spots: a map with numbers, the same in a table and in files."""

from datetime import date
from typing import Any

from litestar import Litestar

from api.clock import legal_day, new_id, now
from api.database import fetch
from api.domain.tendering.coverage import Municipality
from api.domain.values import Point
from api.pages.regions import regions_around
from tests.access_builders import a_person, signed_in
from tests.api.pages.reading import heading, text_of

YEAR = legal_day(now()).year


async def _asked(world: Any, *codes: str) -> None:
    """Lots in Utrecht, the only place of the authority, that ask for these categories."""
    await fetch(
        "UPDATE organisation SET municipalities = '{GM0344}' WHERE id = $1", world.ids["authority"]
    )
    await fetch(
        "INSERT INTO tender (id, source, source_id, title, description, published_on, warnings,"
        " content_hash, version, created_at, updated_at) VALUES ($1, 't', 't', 't', '', $2, '{}',"
        " '', 1, now(), now())",
        *(world.book, date(YEAR, 3, 1)),
    )
    for code in codes:
        await fetch(
            "INSERT INTO lot (id, tender, source_lot_id, position, status, title, description,"
            " cpv_main, cpv_additional, places, areas, reservations, social_objectives, version)"
            " VALUES ($1, $2, $3, 1, 'active', 'l', '', $3, '{}', '[]', '{GM0344}', '{}', '{}', 1)",
            *(new_id(), world.book, code),
        )


async def test_white_spots_are_counted_on_the_map_and_told_by_category(
    app: Litestar, world: Any
) -> None:
    browser = await signed_in(app, await a_person("officer", organisation=world.ids["authority"]))
    await _asked(world, "77310000", "90910000")

    whole = await browser.get("/witte-vlekken")
    one = await browser.get("/witte-vlekken", params={"categorie": "90910000"})
    strange = await browser.get("/witte-vlekken", params={"categorie": "x", "jaar": "zo"})

    assert heading(whole) == f"Witte vlekken in {YEAR}"
    assert '<text class="p-spots__count"' in whole.text
    assert "Utrecht 2" in text_of(whole)
    assert "Utrecht 1" in text_of(one)
    assert "77310000)" not in text_of(one).partition("Wat er ontbreekt")[2]
    assert strange.status_code == 200


async def test_white_spots_are_taken_along(app: Litestar, world: Any) -> None:
    browser = await signed_in(app, await a_person("officer", organisation=world.ids["authority"]))
    await _asked(world, "90910000")

    text = (await browser.get(f"/witte-vlekken/{YEAR}/bestand/csv")).content.decode("utf-8-sig")

    assert text.splitlines()[0].startswith("CPV-code;Categorie")
    assert text.splitlines()[1].startswith("90910000;")
    assert (await browser.get(f"/witte-vlekken/{YEAR}/bestand/xlsx")).status_code == 200


async def test_a_table_of_the_year_is_taken_along(app: Litestar, world: Any) -> None:
    browser = await signed_in(app, await a_person("officer", organisation=world.ids["authority"]))
    claim = await world.booked(await world.obligation(), world.purchase("F-1", 1_250_050))
    await world.verified(claim)

    page = await browser.get("/overzicht?jaar=2026")
    file = await browser.get("/overzicht/2026/kind/bestand/csv")

    assert "/overzicht/2026/kind/bestand/csv" in page.text
    assert "Inkoop;" in file.content.decode("utf-8-sig")
    assert ";12500,5" in file.content.decode("utf-8-sig")
    assert (await browser.get("/overzicht/2026/x/bestand/csv")).status_code == 404


def test_areas_share_a_province_and_what_lies_between_them_is_a_border() -> None:
    west = Municipality("GM1", "West", "NL350", Point(52.1, 4.9))
    east = Municipality("GM2", "Oost", "NL351", Point(52.1, 5.4))
    same = Municipality("GM3", "Ook oost", "NL351", Point(52.0, 5.4))
    elsewhere = Municipality("GM4", "Elders", "NL111", Point(53.2, 6.5))

    drawn = regions_around([west, east, same, elsewhere], ["NL350"])

    assert [one.code for one in drawn.regions] == ["NL350", "NL351"]
    first, second = (one.path.count("Z") for one in drawn.regions)
    assert (first, second) == (1, 2)
    assert drawn.borders.count("M") >= 1


def test_no_area_gives_an_empty_map() -> None:
    assert regions_around([], ["NL350"]).regions == ()
