"""What members do, with the keyboard alone and without scripts: come in, protect, ask, keep."""

import pyotp

from tests.browser.conftest import Opened
from tests.browser.looking import overflow, reach, violations
from tests.browser.site import Site


async def test_an_administrator_invites_and_the_newcomer_comes_in(opened: Opened) -> None:
    page = await opened("coordinator")
    await page.goto("/account")
    await reach(page, "Mensen", tag="a")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/organisatie/mensen")
    await reach(page, "E-mailadres", tag="input")
    await page.keyboard.type("tweede@lingedaal.example")
    await reach(page, "inkoper:", tag="input")
    await page.keyboard.press("Space")
    await reach(page, "Maak een uitnodiging")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-secret]")
    link = await page.inner_text("[data-secret] code")
    assert await violations(page) == []

    page = await opened(scripts=False, width=320)
    await page.goto(link)
    await page.fill("#name", "Tess Tweede")
    await page.fill("#password", "een fiets met drie wielen")
    await page.click("text=Maak mijn account")

    assert "Tess Tweede" in await page.inner_text("main")
    assert await overflow(page) <= 0


async def test_a_second_factor_is_set_up_with_the_keyboard(opened: Opened, site: Site) -> None:
    page = await opened("officer")
    await page.goto("/account/tweede-factor")
    await reach(page, "Uw wachtwoord van nu", tag="input")
    await page.keyboard.type(site.password)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#code")
    assert await violations(page) == []
    secret = "".join((await page.inner_text(".p-code")).split())
    await reach(page, "Code uit uw app", tag="input")
    await page.keyboard.type(pyotp.TOTP(secret).now())
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".p-codes")
    assert await violations(page) == []
    assert await page.locator(".p-codes li").count() == 10

    await page.goto("/account/tweede-factor")
    await page.fill("#password", site.password)
    await page.click("text=Zet de extra code uit")
    await page.wait_for_url("**gedaan=uit")


async def test_a_key_is_shown_once_and_fits_a_small_screen(opened: Opened) -> None:
    page = await opened("contractor", width=320)
    await page.goto("/organisatie/sleutels")
    await page.click("text=Maak de sleutel")
    assert await page.locator("[data-faults]").count() == 0  # the browser itself holds it back
    await page.fill("#name", "Koppeling")
    await page.check("label:has-text('verplichtingen en boekingen zien')")
    await page.click("text=Maak de sleutel")
    await page.wait_for_selector("[data-secret]")

    assert (await page.inner_text("[data-secret] code")).startswith("pcl_")
    assert await violations(page) == []
    assert await overflow(page) <= 0
    await page.goto("/organisatie/sleutels")
    assert await page.locator("[data-secret]").count() == 0


async def test_mail_is_chosen_without_scripts(opened: Opened) -> None:
    page = await opened("contractor", scripts=False)
    await page.goto("/account/berichten")
    await page.uncheck("#tell-searches")
    await page.select_option("#language", "en")
    await page.click("main button:has-text('Bewaar')")

    assert not await page.is_checked("#tell-searches")
    assert await page.input_value("#language") == "en"


async def test_an_enterprise_prices_a_product_with_the_keyboard(opened: Opened) -> None:
    page = await opened("owner")
    await page.goto("/mijn-onderneming/profiel/aanbod")
    await reach(page, "Producten en prijzen: Snoeiploeg", tag="a")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/producten")
    await reach(page, "snoeiwerk", tag="summary")
    await page.keyboard.press("Enter")
    await reach(page, "Waarvoor geldt de prijs?", tag="select")
    await page.keyboard.type("per uur")
    await reach(page, "Prijs vanaf", tag="input")
    await page.keyboard.type("veel")
    await reach(page, "Bewaar de producten")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-faults]")
    assert await violations(page) == []
    await page.fill("#priceFromCents-0", "42,50")
    await page.click("text=Bewaar de producten")
    await page.wait_for_url("**gedaan=bewaard")
    await page.goto("/mijn-onderneming")
    await page.click("text=Bekijk uw openbare profiel")

    assert "vanaf \u20ac\u00a042,50 per uur" in await page.inner_text("main")


async def test_room_is_taken_and_freed_without_scripts(opened: Opened) -> None:
    page = await opened("owner", scripts=False, width=320)
    await page.goto("/mijn-onderneming/ruimte")
    await page.select_option("#offering", label="Snoeiploeg")
    await page.fill("#amountCents", "10.000")
    await page.fill("#startsOn", "2027-02-01")
    await page.fill("#endsOn", "2027-03-01")
    await page.click("text=Zet bezet")
    assert "van 1 februari 2027 tot en met 28 februari 2027" in await page.inner_text("main")
    assert await overflow(page) <= 0
    await page.click("button:has-text('Snoeiploeg')")

    assert "De ruimte is weer vrij" in await page.inner_text("main")


async def test_a_moderator_verifies_a_mark_with_the_keyboard(opened: Opened) -> None:
    page = await opened("moderator")
    await page.goto("/moderatie")
    await reach(page, "Keurmerken", tag="a")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/keurmerken")
    chosen = await page.locator("article a").first.get_attribute("href")
    await page.locator("article a").first.focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/keurmerken/*/*")
    await reach(page, "Wat heeft u gezien?", tag="input")
    await page.keyboard.type("Nummer in het register")
    await reach(page, "Keur goed")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**gedaan=akkoord")

    assert await page.locator(f"article a[href='{chosen}']").count() == 0


async def test_a_moderator_refuses_without_a_reason_and_is_told(opened: Opened) -> None:
    page = await opened("moderator", scripts=False)
    await page.goto("/moderatie/keurmerken")
    await page.locator("article a").first.click()
    await page.locator("#reason").evaluate("field => field.removeAttribute('required')")
    await page.click("button:has-text('Trek het keurmerk in')")

    assert await page.locator("[data-faults]").count() == 1
    assert await page.locator("#reason[aria-invalid]").count() == 1
