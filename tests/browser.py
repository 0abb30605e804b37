"""A real Chromium for tests that look at pages as their readers do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import Browser, Page

__all__ = ["chromium", "faults"]

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
#: As readers open a page: on a desktop, on a phone, and in the dark.
_SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}

#: The innermost element that reaches beyond the screen.
_WIDEST = """width => [...document.body.querySelectorAll('*')]
    .filter(element => element.getBoundingClientRect().right > width + 1)
    .map(element => element.outerHTML.slice(0, 120)).pop()"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's own, headless; skips the test where there is none."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium is installed (on Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            # The sandbox needs rights that a container rarely gives; the pages are our own.
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()


def faults(browser: Browser, path: Path) -> list[str]:
    """What a reader would complain of, on each screen; an empty list is a sound page.

    Requests that leave the page, scripts that ran, what axe calls serious or critical, text
    wider than the screen, errors on the console, and a print that is no A4.
    """
    from axe_playwright_python.sync_playwright import Axe

    found = []
    for screen, options in _SCREENS.items():
        # Without its content policy: markup has to be harmless by itself.
        context = browser.new_context(bypass_csp=True, **options)
        page = context.new_page()
        found += [f"{screen}: {fault}" for fault in _faults_on_screen(page, path, Axe())]
        if screen == "desktop":
            found += _not_a4(page.pdf(prefer_css_page_size=True))
        context.close()
    return found


def _faults_on_screen(page: Page, path: Path, axe: Axe) -> Iterator[str]:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.resolve().as_uri())
    yield from (f"asks for {url}" for url in asked if url != page.url)
    yield from said
    if page.evaluate("window.ran"):
        yield "a script of a document ran"
    width = page.evaluate("screen.width")
    if page.evaluate("document.documentElement.scrollWidth") > width:
        yield f"wider than the screen: {page.evaluate(_WIDEST, width)}"
    for fault in axe.run(page).response["violations"]:
        if fault["impact"] in ("serious", "critical"):
            yield f"{fault['help']}, at {fault['nodes'][0]['html']}"


def _not_a4(printed: bytes) -> list[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(printed)
    sizes = {tuple(map(round, document.get_page_size(place))) for place in range(len(document))}
    document.close()
    # 210 x 297 mm in points, as Chromium rounds it.
    return [f"print: {size}" for size in sizes if size not in ((595, 842), (595, 841), (596, 842))]
