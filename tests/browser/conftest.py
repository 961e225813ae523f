"""A real Chromium. It is told of every request and of every word on its console; a page may make neither."""

import os
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Open = Callable[..., "Page"]

collect_ignore_glob = [] if find_spec("playwright") else ["test_*.py"]
"""Environments of other tests have no Playwright: `tox -e pages` has."""


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("no Chromium is installed: the page is opened in none")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Without its sandbox, which needs rights that containers do not give; the page is our own.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: "Browser", tmp_path: Path) -> Iterator[Open]:
    """Open a document as the file that it is; it asks nobody, complains of nothing and opens no dialog."""
    said: list[str] = []
    asked: list[str] = []
    contexts = []

    def open_page(document: str, *, dark: bool = False, width: int = 1280, script: bool = True) -> "Page":
        file = tmp_path / "report.html"
        file.write_text(document)
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            permissions=["clipboard-read", "clipboard-write"],
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(f"a dialog: {dialog.message}"))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
    assert {url.partition("#")[0] for url in asked} <= {(tmp_path / "report.html").as_uri()}
