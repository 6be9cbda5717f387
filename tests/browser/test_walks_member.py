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
