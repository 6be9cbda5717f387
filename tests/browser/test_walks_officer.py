"""What an officer does around the three main tasks, with the keyboard alone or without scripts."""

from playwright.async_api import FilePayload, Page

from tests.browser.conftest import Opened
from tests.browser.looking import reach
from tests.browser.officer_pages import SPEND


async def _press(page: Page, words: str, key: str = "Enter") -> None:
    await reach(page, words)
    await page.keyboard.press(key)


async def test_a_search_is_kept_and_frozen_and_a_firm_listed_with_the_keyboard(
    opened: Opened,
) -> None:
    page = await opened("officer")
    await page.goto("/zoeken?q=groen")
    await _press(page, "Bewaar deze zoekvraag")
    await page.wait_for_url("**/zoekvragen/nieuw**")
    await reach(page, "Hoe noemt u deze zoekvraag?", tag="input")
    await page.keyboard.type("Groen om de hoek")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**gedaan=bewaard")
    await _press(page, "Zet vast wie nu wordt gevonden")
    await page.wait_for_url("**/vastgezet/*")
    await _press(page, "Verschil met nu")
    await page.wait_for_url("**/verschil")
    assert await page.locator("text=Er is niets veranderd.").count() == 1

    await page.goto("/zoeken?q=groen")
    await _press(page, "Zet op een shortlist")
    await page.wait_for_url("**/shortlist")
    await page.select_option("#list", "nieuw")
    await reach(page, "Waarom deze onderneming?", tag="textarea")
    await page.keyboard.type("Dichtbij en vrij.")
    for label, text in (("Hoe heet de lijst?", "Lente"), ("Voor welke afdeling?", "Beheer")):
        await page.eval_on_selector("details", "one => { one.open = true; }")
        await reach(page, label, tag="input")
        await page.keyboard.type(text)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**gedaan=erbij")

    assert await page.inner_text("h1") == "Lente"


async def test_a_tender_by_hand_is_divided_with_the_keyboard(opened: Opened) -> None:
    page = await opened("officer")
    await page.goto("/concepten/nieuw")
    await reach(page, "Hoe heet de aanbesteding?", tag="input")
    await page.keyboard.type("Plantsoenen 2027")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/werk")
    for title, euros in (("Gras", "40.000"), ("Heggen", "30.000")):
        await _press(page, "Voeg werk toe")
        await page.wait_for_url("**/werk/nieuw")
        for label, text in (
            ("Welk werk is het?", title),
            ("CPV-code", "77310000"),
            ("Waarde zonder btw", euros),
            ("Looptijd in maanden", "12"),
        ):
            await reach(page, label, tag="input")
            await page.keyboard.type(text)
        await page.select_option("#kind", "services")
        await page.fill("#areas", "Utrecht")
        await _press(page, "Bewaar")
        await page.wait_for_url("**gedaan=bewaard")
    await _press(page, "Verdeel in percelen")
    await page.wait_for_url("**/verdelingen/*")
    await _press(page, "Wat als?")
    await page.wait_for_url("**/wat-als")
    await page.fill("#maximumLots", "1")
    await _press(page, "Reken uit")
    await page.wait_for_url("**maximumLots=1**")

    assert await page.locator("text=Wat het verschil maakt").count() >= 1


async def test_a_longlist_is_locked_and_a_firm_left_out_without_scripts(opened: Opened) -> None:
    page = await opened("officer", scripts=False)
    await page.goto("/aanbestedingen")
    await page.click("text=Drukwerk, postbezorging")
    await page.click("text=Zoek ondernemingen voor alle percelen")
    await page.locator("text=Bekijk wie het kan doen").nth(1).click()
    await page.click("button:has-text('Zet vast als longlist')")
    assert await page.locator("text=Longlist, vastgezet").count() == 1
    await page.locator("a:has-text('Sluit uit')").first.click()
    await page.fill("#reason", "nee")
    await page.click("button:has-text('Sluit uit')")
    assert await page.input_value("#reason") == "nee"
    await page.fill("#reason", "Leverde het vorige werk niet op tijd.")
    await page.click("button:has-text('Sluit uit')")

    assert await page.locator("text=Door u uitgesloten van deze aanbesteding").count() == 1


async def test_spend_is_taken_in_without_scripts(opened: Opened) -> None:
    page = await opened("contractor", scripts=False)
    await page.goto("/uitgaven")
    file: FilePayload = {
        "name": "inkoop.csv",
        "mimeType": "text/csv",
        "buffer": SPEND.encode(),
    }
    await page.set_input_files("#list", [file])
    await page.click("button:has-text('Lees in')")
    assert await page.locator("text=Tellen mee").count() == 1
    await page.goto("/werk-in-uitvoering")

    assert await page.locator("text=inkoop.csv").count() >= 1


async def test_white_spots_are_a_map_and_a_table_without_scripts(opened: Opened) -> None:
    page = await opened("officer", scripts=False)
    await page.goto("/witte-vlekken")

    assert await page.locator(".p-map--spots svg path").count() > 12
    assert await page.locator(".p-spots__count").count() >= 1
    assert await page.locator("table").count() >= 1
