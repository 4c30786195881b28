"""The distribution's Chromium: where it is, how it is started, and a witness of everything that its pages do."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Response, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MISSING = "There is no Chromium for the browser tests; install the distribution's, as with `apt-get install chromium`."
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""It asks for nothing by itself, so that every request is one of a page."""
PATIENCE = 10_000
"""Milliseconds that anything may take before it counts as missing."""


def find_chromium() -> str:
    """Return the path of the browser; raise a LookupError that names the cure where there is none."""
    for path in filter(None, map(shutil.which, NAMES)):
        return path
    raise LookupError(MISSING)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start the browser, and end it."""
    with sync_playwright() as playwright:
        # As root it has no sandbox to offer.
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=list(QUIET), chromium_sandbox=os.geteuid() != 0
        )
        yield browser
        browser.close()


@dataclass(kw_only=True)
class Witness:
    """Hold what pages did: every address that they asked for, and whatever they said, opened or broke."""

    own: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Look at all pages of a context from now on."""
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("response", self._note_response)
        context.on("console", self._note_console)
        context.on("dialog", self._note_dialog)
        context.on("weberror", lambda error: self.told.append(f"error: {error.error}"))

    def foreign(self) -> list[str]:
        """Return what was asked of anybody but us."""
        return [url for url in self.asked if not url.startswith(tuple(f"{one}/" for one in self.own))]

    def _note_response(self, response: Response) -> None:
        """Note what a page could not load; that a page itself is refused is for the test to see."""
        if response.status >= 400 and not response.request.is_navigation_request():
            self.told.append(f"{response.status}: {response.url}")

    def _note_console(self, message: ConsoleMessage) -> None:
        if not message.text.startswith("Failed to load resource"):
            self.told.append(f"{message.type}: {message.text}")

    def _note_dialog(self, dialog: Dialog) -> None:
        self.told.append(f"dialog: {dialog.message}")
        dialog.dismiss()
