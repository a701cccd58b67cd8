"""A real Chromium on the phones page; it notes every request, complaint and fault of the page."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Locator, Page, async_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 8_000  # milliseconds a browser may take on a busy machine


def find_chromium() -> str:
    """Its path. In CI its absence is a failure; elsewhere the page's tests are left out, and said to be."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and os.environ.get("CI"):
        pytest.fail("Chromium is missing: the phones page cannot be proved here")
    if found is None:
        pytest.skip("left out: the phones page in a browser, for want of Chromium")
    return found


@dataclass(slots=True)
class Visit:
    """Somebody looking at the phones."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def phone(self, user: int) -> Locator:
        return self.page.locator(f'[data-phone="{user}"]')

    def group(self, chat: int) -> Locator:
        return self.page.locator(f'[data-chat="{chat}"]')

    def strangers(self) -> list[str]:
        """Requests that would have left this computer."""
        return [url for url in self.asked if urlsplit(url).scheme != "data" and urlsplit(url).hostname != "127.0.0.1"]


@asynccontextmanager
async def visit(url: str, *, width: int = 1440, height: int = 900, locale: str = "en-US") -> AsyncIterator[Visit]:
    """Opens the page, and at the end asks that it complained of nothing and asked nobody outside."""
    path = find_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        context = await browser.new_context(
            viewport={"width": width, "height": height}, locale=locale, has_touch=width < 700, reduced_motion="reduce"
        )
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        visit = Visit(page)
        page.on("request", lambda request: visit.asked.append(request.url))
        page.on("console", lambda said: visit.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        try:
            await page.goto(url)
            await page.wait_for_selector("[data-chip]")
            yield visit
        finally:
            await browser.close()
    assert visit.asked, "the page was asked for"
    assert visit.strangers() == []
    assert visit.complaints == []
