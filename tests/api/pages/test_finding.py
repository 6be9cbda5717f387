"""The pages that anybody may see."""

import re
from uuid import UUID

from httpx import AsyncClient

from tests.api.pages.reading import faults_of, heading, text_of


async def test_the_start_page_counts_what_can_be_found(
    client: AsyncClient, directory: dict[str, UUID]
) -> None:
    page = await client.get("/")

    assert page.status_code == 200
    assert f"Zoek in {len(directory)} ondernemingen" in text_of(page)


async def test_a_search_lists_counts_and_marks(
    client: AsyncClient, directory: dict[str, UUID]
) -> None:
    page = await client.get("/zoeken", params={"q": "schilderwerk", "municipality": "Utrecht"})

    assert "1 onderneming gevonden voor Utrecht" in text_of(page)
    assert f'href="/ondernemingen/{directory["painter"]}"' in page.text
    assert "PSO trede 3" in text_of(page)


async def test_a_place_without_firms_of_its_own_tells_who_comes_to_it(
    client: AsyncClient, directory: dict[str, UUID]
) -> None:
    page = await client.get("/zoeken", params={"q": "kerstpakketten", "municipality": "Zwolle"})

    assert f'href="/ondernemingen/{directory["caterer"]}"' in page.text
    assert "1 onderneming komt wel naar Zwolle" in text_of(page)


async def test_nothing_found_offers_wider_searches_that_find_something(
    client: AsyncClient, directory: dict[str, UUID]
) -> None:
    asked = {"q": "schilderwerk", "municipality": "Utrecht", "mark": "vca"}
    page = await client.get("/zoeken", params=asked)
    assert "We vonden geen onderneming" in text_of(page)

    [wider] = re.findall(r'href="([^"]+)">Zonder het keurmerk vindt u 1 onderneming', page.text)
    found = await client.get(wider.replace("&amp;", "&"))

    assert f'href="/ondernemingen/{directory["painter"]}"' in found.text


async def test_an_unknown_place_is_told_at_the_field_and_what_was_typed_stays(
    client: AsyncClient, directory: dict[str, UUID]
) -> None:
    page = await client.get("/zoeken", params={"q": "groen", "municipality": "Nergenshuizen"})

    assert page.status_code == 400
    assert faults_of(page) == {"municipality"}
    assert 'value="groen"' in page.text
    assert 'value="Nergenshuizen"' in page.text
    assert directory


async def test_what_is_typed_can_put_no_markup_on_the_page(
    client: AsyncClient, directory: dict[str, UUID]
) -> None:
    page = await client.get("/zoeken", params={"q": '"><script>alert(1)</script>'})

    assert "<script>alert" not in page.text
    assert directory


async def test_the_language_is_kept_and_leads_back_to_the_page(client: AsyncClient) -> None:
    answer = await client.post("/taal", data={"taal": "en", "terug": "/zoeken?q=groen"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/zoeken?q=groen"

    page = await client.get("/nergens-in-de-lijst", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert heading(page) == "This page does not exist"


async def test_the_language_leads_to_no_other_site(client: AsyncClient) -> None:
    targets = ("https://elders.example", "//elders.example", "/\\elders.example", "/\r\nX: y")
    for target in targets:
        answer = await client.post("/taal", data={"taal": "en", "terug": target})
        assert answer.headers["Location"] == "/"


async def test_a_profile_shows_offerings_marks_and_linked_data(
    client: AsyncClient, directory: dict[str, UUID]
) -> None:
    page = await client.get(f"/ondernemingen/{directory['painter']}")

    assert heading(page) == "De Kwast"
    assert "buitenschilderwerk" in text_of(page)
    assert "31 december 2099" in text_of(page)
    assert '<script type="application/ld+json">{"@context"' in page.text


async def test_an_unknown_profile_is_a_page_in_dutch(
    client: AsyncClient, directory: dict[str, UUID]
) -> None:
    page = await client.get(f"/ondernemingen/{UUID(int=7)}")

    assert page.status_code == 404
    assert heading(page) == "Deze pagina bestaat niet"
    assert directory


async def test_a_page_allows_only_scripts_and_styles_of_our_own(
    client: AsyncClient, directory: dict[str, UUID]
) -> None:
    page = await client.get("/zoeken")
    policy = page.headers["Content-Security-Policy"]

    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", page.text)
    assert directory


async def test_a_file_of_the_pages_is_kept_by_browsers_and_packed(
    client: AsyncClient, directory: dict[str, UUID]
) -> None:
    page = await client.get("/zoeken")
    [address] = set(re.findall(r'"(/assets/[^"]+/perceel\.css)"', page.text))

    style = await client.get(address)

    assert "immutable" in style.headers["Cache-Control"]
    assert style.headers["Content-Encoding"] == "gzip"
    assert "--utrecht-button" in style.text
    assert (await client.get("/assets/0123456789ab/perceel.css")).status_code == 404
    assert directory


async def test_the_link_of_a_saved_search_asks_all_that_it_asks(
    client: AsyncClient, directory: dict[str, UUID]
) -> None:
    asked = {"near": "52.09,5.12", "radiusKm": "15", "includeNational": "false"}
    page = await client.get("/zoeken", params=asked)
    api = (await client.get("/v1/enterprises", params=asked)).json()
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))

    assert f"{len(api['items'])} onderneming" in text_of(page)
    assert len(api["items"]) < len(directory)
    assert hidden["near"] == "52.09,5.12"
    assert hidden["includeNational"] == "false"
    [wider] = re.findall(
        r'href="([^"]+)"><span class="p-hidden">Haal weg: </span>binnen', page.text
    )
    assert "includeNational=false" in wider
    assert "near" not in wider
