"""The pages in the browser of the system; without one these tests say so and are skipped."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    Page,
    StorageState,
    async_playwright,
)

from tests.browser.looking import AXE
from tests.browser.site import ARGS, PEOPLE, Site, chromium, running

Opened = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The whole product with its demo data."""
    if chromium() is None:
        pytest.skip("Chromium is not here: install the package chromium to test the pages")
    if not AXE.is_file():
        pytest.skip("axe-core is not here: run npm ci")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with running(Path(folder)) as started:
            yield started


@pytest.fixture(scope="session")
async def browser(site: Site) -> AsyncIterator[Browser]:  # noqa: ARG001  no browser without a site
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        yield opened
        await opened.close()


@pytest.fixture(scope="session")
async def sessions(site: Site, browser: Browser) -> dict[str, StorageState]:
    """What a browser keeps of everybody who signed in."""
    kept: dict[str, StorageState] = {}
    for who, email in PEOPLE.items():
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(site.address + "/inloggen")
        await page.fill("#email", email)
        await page.fill("#password", site.password)
        await page.press("#password", "Enter")
        await page.wait_for_url(lambda url: "/inloggen" not in url)
        kept[who] = await context.storage_state()
        await context.close()
    return kept


@pytest.fixture
async def opened(
    site: Site, browser: Browser, sessions: dict[str, StorageState]
) -> AsyncIterator[Opened]:
    """Opens pages as somebody, or as nobody; whatever the browser complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    async def page_of(who: str | None = None, *, scripts: bool = True, width: int = 1280) -> Page:
        context = await browser.new_context(
            base_url=site.address,
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
            storage_state=sessions.get(who or ""),
        )
        contexts.append(context)
        return await heard(context, complaints, site.address)

    yield page_of
    for context in contexts:
        await context.close()
    assert complaints == []


async def heard(context: BrowserContext, complaints: list[str], address: str) -> Page:
    """Open a page of which everything that the browser complains of is noted."""
    page = await context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: _note(complaints, line.type, line.text))
    page.on("request", lambda one: _foreign(complaints, one.url, address))
    return page


def _note(complaints: list[str], kind: str, text: str) -> None:
    # A page that tells of a fault has a status to match; the browser remarks on that.
    if kind == "error" and "status of 4" not in text:
        complaints.append(text)


def _foreign(complaints: list[str], url: str, address: str) -> None:
    if not url.startswith((address, "data:")):
        complaints.append(f"asks {url}")
