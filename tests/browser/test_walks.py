"""The three main tasks, with the keyboard alone, and without scripts."""

import re

from tests.browser.conftest import Opened
from tests.browser.looking import reach
from tests.builders import a_csv_notice


async def test_an_officer_finds_who_can_do_a_lot_with_the_keyboard(opened: Opened) -> None:
    page = await opened("officer")
    await page.goto("/aanbestedingen")
    await reach(page, "Drukwerk, postbezorging")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/aanbestedingen/*")
    await reach(page, "Zoek ondernemingen voor alle percelen")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**ronde=*")
    await reach(page, "Bekijk wie het kan doen")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/zoekrondes/*")
    await reach(page, "Nodig uit")
    await page.keyboard.press("Space")
    await reach(page, "Leg uitnodigingen vast")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/uitnodigingen")

    assert await page.locator("text=Uitgenodigd").count() >= 1


async def test_a_contractor_books_a_purchase_with_the_keyboard(opened: Opened) -> None:
    page = await opened("contractor")
    await page.goto("/verplichtingen")
    await reach(page, "Onderhoud wegen en bruggen")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/verplichtingen/*")
    await reach(page, "Inkoop toevoegen")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/inkoop")
    for label, text in (
        ("Bij welke sociale onderneming", "Laakmond Werkbedrijf"),
        ("Factuurnummer", "T-2026-77"),
        ("Datum van de factuur", "10/05/2026"),
        ("Bedrag zonder btw", "1.250,00"),
    ):
        await reach(page, label, tag="input")
        await page.keyboard.type(text)
    credit = page.locator("#uitkomst .p-big")
    await credit.wait_for()
    assert await credit.inner_text() == "\u20ac\u00a01.250"
    await reach(page, "Dien in")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**gedaan=indienen")

    assert await page.locator("text=Het is ingediend.").count() == 1


async def test_an_enterprise_keeps_its_profile_with_the_keyboard(opened: Opened) -> None:
    page = await opened("owner")
    await page.goto("/mijn-onderneming")
    await reach(page, "Geld en bestuur")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/profiel/geld")
    before = await page.locator(".p-meter").first.inner_text()
    await reach(page, "Welk deel is van de overheid?", tag="input")
    await page.keyboard.type("0")
    await reach(page, "Bewaar en ga verder")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/mijn-onderneming?gedaan=bewaard")

    assert await page.locator(".p-meter").first.inner_text() != before


async def test_a_notice_that_is_dropped_is_read_at_once(opened: Opened) -> None:
    page = await opened("officer")
    await page.goto("/aanbestedingen")
    await page.evaluate(
        """(text) => {
          const carried = new DataTransfer();
          carried.items.add(new File([text], "aankondiging.csv", { type: "text/csv" }));
          const event = new DragEvent("drop", { dataTransfer: carried, bubbles: true });
          document.querySelector("[data-drop]").dispatchEvent(event);
        }""",
        a_csv_notice().decode(),
    )
    await page.wait_for_url(re.compile(r"/aanbestedingen/[0-9a-f-]{36}"))

    assert await page.inner_text("h1") == "Groenonderhoud"


async def test_a_filter_counts_at_once_and_can_be_shared(opened: Opened) -> None:
    page = await opened()
    await page.goto("/zoeken?q=groen")
    before = await page.inner_text("#gevonden")
    await page.check("label:has-text('PSO trede 3')")
    await page.wait_for_url("**mark=pso-3**")
    await page.wait_for_selector(".p-chosen")
    after = await page.inner_text("#gevonden")
    again = await opened()
    await again.goto(page.url)

    assert after != before
    assert await again.inner_text("#gevonden") == after
    assert "municipality=" not in page.url


async def test_the_map_shows_pins_that_lead_to_profiles(opened: Opened) -> None:
    page = await opened()
    await page.goto("/zoeken?q=groen&municipality=Utrecht")
    await page.locator(".p-pin").first.click()
    await page.locator(".leaflet-popup a").first.click()

    await page.wait_for_url("**/ondernemingen/*")


async def test_everything_works_without_scripts(opened: Opened) -> None:
    page = await opened(scripts=False)
    await page.goto("/zoeken")
    await page.fill("#q", "groen")
    await page.click("main button:has-text('Zoeken')")
    await page.click("summary:has-text('Verfijn')")
    await page.check("#mark-1")
    await page.click("text=Toon resultaten")
    assert "mark=" in page.url
    assert await page.locator(".p-map svg path").count() == 12

    page = await opened("contractor", scripts=False)
    await page.goto("/verplichtingen")
    await page.click("text=Onderhoud wegen en bruggen")
    await page.click("text=Inkoop toevoegen")
    await page.fill("#supplier", "Spadesteek Groenbeheer")
    await page.fill("#invoiceNumber", "Z-1")
    await page.fill("#invoicedOn", "2026-10-05")
    await page.fill("#invoiceCents", "100")
    await page.click("button:has-text('Bereken')")

    assert await page.inner_text("#uitkomst .p-big") == "\u20ac\u00a0100"
