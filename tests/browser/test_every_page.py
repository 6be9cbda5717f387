"""Every page and state: nothing for axe to find, nothing too wide, nothing from elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
import pytest
from playwright.async_api import Browser, BrowserContext, StorageState

from tests.browser.conftest import Opened, heard
from tests.browser.looking import overflow, violations
from tests.browser.member_pages import PAGES as MEMBER_PAGES
from tests.browser.member_pages import member_ids
from tests.browser.officer_pages import PAGES as OFFICER_PAGES
from tests.browser.officer_pages import officer_ids
from tests.browser.site import Site

AT_ONCE: Final = 3
"""Pages looked at together: two cores are busy with the browser and the site."""
WIDTHS: Final = (1280, 640, 375, 320)
"""A desk, 200 % zoom of it, a telephone, and 400 % zoom of a desk."""
JUDGED: Final = (1280, 375, 320)
"""Where axe looks; at 640 only whether the page fits."""
PAGES = [
    (None, "/"),
    (None, "/zoeken?q=groen&municipality=Utrecht"),
    (None, "/zoeken?q=groen&municipality=Nergens"),
    (None, "/zoeken?q=xyzzy&municipality=Utrecht&mark=pso-3"),
    (None, "/zoeken?pagina=2"),
    (None, "/ondernemingen/{firm}"),
    (None, "/ondernemingen/00000000-0000-0000-0000-000000000000"),
    (None, "/nergens"),
    (None, "/inloggen"),
    ("officer", "/account"),
    ("officer", "/aanbestedingen"),
    ("officer", "/aanbestedingen/{tender}"),
    ("officer", "/aanbestedingen/{tender}?ronde={run}"),
    ("officer", "/zoekrondes/{run}"),
    ("officer", "/percelen/{lot}/waarom?onderneming=groen"),
    ("officer", "/percelen/{lot}/uitnodigingen"),
    ("officer", "/verdelingen/{division}"),
    ("officer", "/overzicht"),
    ("officer", "/overzicht?jaar=2022"),
    ("officer", "/mijn-onderneming"),
    ("contractor", "/verplichtingen"),
    ("contractor", "/verplichtingen/{obligation}"),
    ("contractor", "/verplichtingen/{obligation}/inkoop"),
    ("contractor", "/verplichtingen/{obligation}/plaatsing"),
    ("contractor", "/verplichtingen/{obligation}/activiteit"),
    ("contractor", "/verplichtingen/{obligation}/plannen"),
    ("contractor", "/verplichtingen/{obligation}/boekingen/{claim}"),
    ("coordinator", "/werkvoorraad"),
    ("coordinator", "/werkvoorraad?wacht=authority-confirmation"),
    ("coordinator", "/verplichtingen/{waiting}/boekingen/{to_decide}"),
    ("owner", "/mijn-onderneming"),
    ("owner", "/mijn-onderneming/bevestigen"),
    ("owner", "/mijn-onderneming/aanbod"),
    *(
        ("owner", f"/mijn-onderneming/profiel/{step}")
        for step in ("basis", "plaats", "aanbod", "mensen", "keurmerken", "geld")
    ),
    ("moderator", "/importeren"),
    *MEMBER_PAGES,
    *OFFICER_PAGES,
]


@pytest.fixture(scope="session")
def ids(site: Site) -> dict[str, str]:
    """What stands in the demo, to fill the addresses with."""
    tenders = site.get("/v1/tenders")["items"]
    [tender] = [one["id"] for one in tenders if one["lotCount"] == 5]
    [lot, *_] = [one["id"] for one in site.get(f"/v1/tenders/{tender}")["lots"]]
    fulfilments = site.get("/v1/fulfilments?limit=50")["items"]
    [decide, *_] = [one for one in fulfilments if one["awaits"] == "verification"]
    [claim, *_] = [one for one in fulfilments if "wegen" in one["obligationTitle"]]
    found = {
        "tender": tender,
        "lot": lot,
        "run": site.post(f"/v1/lots/{lot}/match-runs")["id"],
        "firm": site.get("/v1/enterprises?q=Laakmond")["items"][0]["id"],
        "obligation": claim["obligationId"],
        "claim": claim["id"],
        "waiting": decide["obligationId"],
        "to_decide": decide["id"],
        "division": _division(site, tender),
        **member_ids(site),
    }
    return found | officer_ids(site, found)


def _division(site: Site, tender: str) -> str:
    """Plans for a draft with the lots of a tender."""
    draft = site.post("/v1/tenders", {"title": "Groen en schoonmaak"})["id"]
    site.post(f"/v1/tender-drafts/{draft}/work-items/copies", {"tenderId": tender})
    return str(site.post(f"/v1/tenders/{draft}/lot-plans", {"deadlineSeconds": 5})["id"])


class Look(msgspec.Struct):
    """What was seen of a page, by width of the window."""

    violations: dict[int, list[str]] = msgspec.field(default_factory=dict)
    too_wide: dict[int, int] = msgspec.field(default_factory=dict)
    complaints: list[str] = msgspec.field(default_factory=list)


@pytest.fixture(scope="session")
async def looks(
    request: pytest.FixtureRequest,
    site: Site,
    browser: Browser,
    sessions: dict[str, StorageState],
    ids: dict[str, str],
) -> AsyncIterator[dict[tuple[str | None, str], asyncio.Task[Look]]]:
    """Looks at the chosen pages, a few at a time, while the tests wait for each in turn."""
    gate = asyncio.Semaphore(AT_ONCE)
    params = [getattr(one, "callspec", None) for one in request.session.items]
    chosen = [
        one.params for one in params if one is not None and {"who", "path"} <= set(one.params)
    ]

    async def look(who: str | None, path: str) -> Look:
        async with gate:
            kept = sessions.get(who or "")
            context = await browser.new_context(base_url=site.address, storage_state=kept)
            try:
                return await _look(context, path.format(**ids), site.address)
            finally:
                await context.close()

    tasks = {
        (one["who"], one["path"]): asyncio.create_task(look(one["who"], one["path"]))
        for one in chosen
    }
    yield tasks
    for task in tasks.values():
        task.cancel()


async def _look(context: BrowserContext, path: str, address: str) -> Look:
    seen = Look()
    page = await heard(context, seen.complaints, address)
    await page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    await page.goto(path)
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        if (beyond := await overflow(page)) > 0:
            seen.too_wide[width] = beyond
        if width in JUDGED and (found := await violations(page)):
            seen.violations[width] = found
    return seen


@pytest.mark.parametrize(("who", "path"), PAGES, ids=lambda value: str(value).replace("/", "_"))
async def test_a_page_is_for_everybody(
    looks: dict[tuple[str | None, str], asyncio.Task[Look]], who: str | None, path: str
) -> None:
    seen = await looks[who, path]

    assert seen.violations == {}
    assert seen.too_wide == {}
    assert seen.complaints == []


async def test_pages_speak_english_to_who_asks(opened: Opened) -> None:
    page = await opened()
    await page.goto("/zoeken?q=groen")
    await page.click("text=English")

    assert await page.get_attribute("html", "lang") == "en"
    assert page.url.endswith("/zoeken?q=groen")
    assert await violations(page) == []


async def test_a_faulty_form_is_for_everybody_and_takes_the_focus(
    opened: Opened, ids: dict[str, str]
) -> None:
    page = await opened("contractor")
    await page.goto(f"/verplichtingen/{ids['obligation']}/inkoop")
    await page.fill("#invoiceCents", "veel")
    await page.eval_on_selector("form[hx-post]", "form => { form.noValidate = true; }")
    await page.click("text=Dien in")
    await page.wait_for_selector("[data-faults]")

    assert await violations(page) == []
    assert await page.evaluate("document.activeElement.hasAttribute('data-faults')")
    assert await page.input_value("#invoiceCents") == "veel"


async def test_the_first_page_is_light(opened: Opened) -> None:
    page = await opened()
    sizes: list[int] = []

    async def add(request: Any) -> None:
        size = await request.sizes()
        sizes.append(size["responseBodySize"] + size["responseHeadersSize"])

    page.on("requestfinished", add)
    await page.goto("/", wait_until="networkidle")

    assert len(sizes) >= 5
    assert sum(sizes) <= 150_000
