"""What is looked at on every page: axe, and whether it fits."""

from functools import cache
from typing import Any, Final

from playwright.async_api import Page

from tests.browser.site import ROOT

AXE: Final = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def violations(page: Page) -> list[str]:
    """What axe finds, as `rule: element`."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_axe())
    asked = {"runOnly": RULES}
    found: dict[str, Any] = await page.evaluate("asked => axe.run(document, asked)", asked)
    return [
        f"{one['id']}: {node['html'][:150]}" for one in found["violations"] for node in one["nodes"]
    ]


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


async def overflow(page: Page) -> int:
    """How many pixels the page is wider than the window."""
    wide: int = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wide


async def reach(page: Page, words: str, *, tag: str = "", most: int = 150) -> None:
    """Press Tab until the focus is on what has these words; fails when that never comes."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        if await page.evaluate(_FOCUSED, [words, tag]):
            return
    raise AssertionError(f"{words!r} can't be reached with Tab on {page.url}")


_FOCUSED = """([words, tag]) => {
  const here = document.activeElement;
  if (!here || (tag && here.tagName.toLowerCase() !== tag)) return false;
  const labels = here.labels ? [...here.labels].map((one) => one.textContent) : [];
  return [here.textContent, here.getAttribute("aria-label"), ...labels]
    .some((text) => text && text.includes(words));
}"""
