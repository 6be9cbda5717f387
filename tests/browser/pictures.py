"""`make screenshots`: the two pictures of the README, on the demo data."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, ViewportSize, async_playwright

from tests.browser.site import ARGS, PEOPLE, ROOT, Site, chromium, running

PICTURES: Final = ROOT / "docs" / "pictures"
SIZE: Final[ViewportSize] = {"width": 1280, "height": 800}


async def _take(site: Site) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        await _found(browser, site)
        await _judged(browser, site)
        await browser.close()


async def _found(browser: Browser, site: Site) -> None:
    page = await browser.new_page(viewport=SIZE)
    await page.goto(site.address + "/zoeken?q=groenonderhoud&municipality=Utrecht")
    await page.wait_for_selector(".p-pin")
    await page.screenshot(path=PICTURES / "find.png")


async def _judged(browser: Browser, site: Site) -> None:
    page = await browser.new_page(viewport=SIZE)
    await page.goto(site.address + "/inloggen")
    await page.fill("#email", PEOPLE["contractor"])
    await page.fill("#password", site.password)
    await page.press("#password", "Enter")
    await page.click("text=Onderhoud wegen en bruggen")
    await page.wait_for_selector(".p-chart--bar")
    await page.screenshot(path=PICTURES / "obligation.png")


def main() -> None:
    """Start the site, take the pictures, stop it."""
    if chromium() is None:
        sys.exit("Chromium is not here: install the package chromium.")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with running(Path(folder)) as site:
            asyncio.run(_take(site))


if __name__ == "__main__":
    main()
